/*
 * What the table says to a person: usage, help of one command, overview.
 */
#include <stdio.h>
#include <string.h>

#include "lib/str.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/screen.h"
#include "svc/cmd/table.h"

#define COLUMN 12 /* of the help texts in the overview */
#define INDENT 2
#define OPTION_COLUMN 21
#define LINES_WIDE 80 /* so wide the lines of texts have been made */

const char *
cmd_title(const struct cmd *cmd)
{
	return cmd->program ? cmd->name : memory_text("svc %s", cmd->name);
}

static void
print_usage(const struct cmd *cmd, FILE *to)
{
	const char *line = cmd->usage;

	/* A usage of several lines shows several forms. */
	do {
		size_t length = strcspn(line, "\n");
		fprintf(to, "%s %s%s%.*s\n",
		    line == cmd->usage ? "usage:" : "      ", cmd_title(cmd),
		    length > 0 ? " " : "", (int)length, line);
		line += length;
	} while (*line++ == '\n');
}

int
cmd_usage(const struct cmd *cmd)
{
	print_usage(cmd, stderr);
	return EXITCODE_USAGE;
}

int
cmd_unknown(const char *name)
{
	struct str_near near = str_near_to(name);

	for (size_t i = 0; cmd_table[i] != NULL; i++)
		str_near_offer(&near, cmd_table[i]->name);
	fputs("svc: unknown verb: ", stderr);
	screen_escaped(stderr, name);
	fputs(options_near(near.best), stderr);
	fputs("\n`svc help` lists what there is.\n", stderr);
	return EXITCODE_USAGE;
}

void
cmd_print_row(const char *what, int wide, const char *text)
{
	int at = printf("  %-*s ", wide, what);

	screen_wrap(text, (unsigned)at, (unsigned)(INDENT + wide + 1));
	putchar('\n');
}

static void
print_option(const struct cmd_option *row)
{
	char shown[80];
	const char *value = row->value != NULL ? row->value : "";

	if (row->word == NULL)
		snprintf(shown, sizeof shown, "-%c%s%s", row->letter,
		    *value ? " " : "", value);
	else if (row->letter == 0)
		snprintf(shown, sizeof shown, "    --%s%s%s", row->word,
		    *value ? "=" : "", value);
	else
		snprintf(shown, sizeof shown, "-%c, --%s%s%s", row->letter,
		    row->word, *value ? "=" : "", value);
	cmd_print_row(shown, OPTION_COLUMN, row->help);
}

void
cmd_print_text(const char *text)
{
	unsigned width = screen_width();
	char *lines = memory_copy(text, strlen(text));

	for (char *p = lines; width > 0 && width < LINES_WIDE && *p != '\0';
	     p++)
		if (*p == '\n' && p[1] != ' ' && p[1] != '\n')
			*p = ' ';
	for (size_t n; *lines != '\0'; lines += n + (lines[n] == '\n')) {
		n = strcspn(lines, "\n");
		screen_wrap(
		    memory_copy(lines, n), 0, *lines == ' ' ? 2 * INDENT : 0);
		putchar('\n');
	}
}

void
cmd_help(const struct cmd *cmd)
{
	print_usage(cmd, stdout);
	cmd_print_text(cmd->help);
	if (cmd->aliases != NULL)
		printf("also called: %s\n", cmd->aliases);
	if (cmd->about != NULL) {
		putchar('\n');
		cmd_print_text(cmd->about);
	}
	if (cmd->options == NULL || cmd->options->help == NULL)
		return;
	putchar('\n');
	for (const struct cmd_option *row = cmd->options; row->help != NULL;
	     row++)
		print_option(row);
}

static const char *const headings[] = {
#define HEADING(name, text) text,
    CMD_GROUPS(HEADING)};

static void
print_group(enum cmd_group group)
{
	bool any = false;

	for (size_t i = 0; cmd_table[i] != NULL; i++) {
		if (cmd_table[i]->group != group)
			continue;
		if (!any)
			cmd_print_text(memory_text("\n%s:", headings[group]));
		any = true;
		cmd_print_row(cmd_table[i]->name, COLUMN, cmd_table[i]->help);
	}
}

void
cmd_overview(void)
{
	puts("usage: svc VERB [OPTION...] [NAME...]");
	cmd_print_text("NAME is a service or a pattern of services (web-*); "
		       "`svc help VERB` tells more.");
	for (enum cmd_group group = 0; group < GROUP_COUNT; group++)
		print_group(group);
	putchar('\n');
	cmd_print_text("A tree other than the usual one: svc -r DIR VERB, or "
		       "TRIVET_RUN.\n"
		       "`svc -LETTERS DIR...` speaks daemontools' letters.\n"
		       "Exit codes: 0 yes, 1 no, 100 wrong use, 111 the system "
		       "failed.");
}
