/*
 * svc help [VERB | SETTING]...
 */
#include <stdio.h>

#include "lib/str.h"

#include "svc/core/settings.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/screen.h"

extern const struct cmd cmd_help_verb;

#define KEY_COLUMNS 18

static void
print_setting(const struct settings_row *row)
{
	printf("setting: %s = %s\n", row->key, row->values);
	cmd_print_text(row->help);
	if (row->fallback != NULL)
		printf("default: %s\n", row->fallback);
	cmd_print_text(
	    "a line of the file `service`, or a file of this name; service(5)");
}

static void
print_settings(void)
{
	enum settings_group group = 0;
	const struct settings_row *row;

	for (size_t i = 0; (row = settings_row(i)) != NULL; i++) {
		if (i == 0 || row->group != group)
			printf("%s%s:\n", i == 0 ? "" : "\n",
			    settings_group_name(row->group));
		group = row->group;
		cmd_print_row(row->key, KEY_COLUMNS, row->help);
	}
}

/* A word may be both: restart is a verb and a setting. */
static bool
explain(const char *word)
{
	const struct cmd *cmd = cmd_find(word);
	const struct settings_row *row = settings_find(word);

	if (str_eq(word, "settings")) {
		print_settings();
		return true;
	}
	if (cmd != NULL)
		cmd_help(cmd);
	if (cmd != NULL && row != NULL)
		putchar('\n');
	if (row != NULL)
		print_setting(row);
	return cmd != NULL || row != NULL;
}

/* Neither: the nearest of both kinds. */
static int
unknown(const char *word)
{
	struct str_near near = str_near_to(word);
	const struct settings_row *row;

	for (size_t i = 0; cmd_table[i] != NULL; i++)
		str_near_offer(&near, cmd_table[i]->name);
	for (size_t i = 0; (row = settings_row(i)) != NULL; i++)
		str_near_offer(&near, row->key);
	fputs("svc help: no such verb or setting: ", stderr);
	screen_escaped(stderr, word);
	fputs(options_near(near.best), stderr);
	fputc('\n', stderr);
	return EXITCODE_USAGE;
}

static int
run(int argc, char **argv)
{
	struct options o;
	int code;

	options_init(&o, &cmd_help_verb, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		return options_wrong(&o, code);
	if (o.count == 0)
		cmd_overview();
	for (int i = 0; i < o.count; i++) {
		if (i > 0)
			putchar('\n');
		if (!explain(o.operands[i]))
			return unknown(o.operands[i]);
	}
	return EXITCODE_YES;
}

const struct cmd cmd_help_verb = {
    .name = "help",
    .group = GROUP_HELP,
    .usage = "[VERB | SETTING | settings]...",
    .help = "what there is, or all about a verb or a setting",
    .about = "settings lists what may stand in a service's settings.",
    .args = {ARG_VERB},
    .run = run,
};
