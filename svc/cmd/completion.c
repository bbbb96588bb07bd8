/*
 * svc completion bash | zsh: a small script that asks svc itself what may come
 * next (svc completion next WORD...), so that it is never out of date.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "lib/path.h"
#include "lib/sig.h"
#include "lib/str.h"

#include "svc/core/settings.h"

#include "svc/cmd/options.h"
#include "svc/cmd/place.h"
#include "svc/cmd/view.h"

extern const struct cmd cmd_completion;

static const char bash_script[] =
    "# bash completion of svc: . <(svc completion bash)\n"
    "_svc() {\n"
    "\tlocal IFS=$'\\n'\n"
    "\tCOMPREPLY=($(svc completion next "
    "\"${COMP_WORDS[@]:1:COMP_CWORD}\" 2>/dev/null))\n"
    "}\n"
    "complete -o default -F _svc svc\n";

static const char zsh_script[] =
    "#compdef svc\n"
    "_svc() {\n"
    "\tlocal -a found\n"
    "\tfound=(\"${(@f)$(svc completion next "
    "\"${(@)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
    "\tif [[ -n ${found[1]} ]]; then compadd -a found; else _files; fi\n"
    "}\n"
    "if [[ $funcstack[1] = _svc ]]; then _svc; else compdef _svc svc; fi\n";

static void
offer(const char *word, const char *begun)
{
	/* A name that would need quoting is nothing to offer. */
	if (str_starts(word, begun) && path_is_name(word))
		puts(word);
}

/* The same of NAME and NAME/log. */
static void
offer_service(const char *name, const char *begun)
{
	const char *slash = strchr(name, '/');

	if (slash == NULL)
		offer(name, begun);
	else if (str_starts(name, begun) && path_is_name(slash + 1))
		puts(name);
}

static void
offer_verbs(const char *begun)
{
	for (size_t i = 0; cmd_table[i] != NULL; i++)
		offer(cmd_table[i]->name, begun);
}

static void
offer_settings(const char *begun)
{
	const struct settings_row *row;

	for (size_t i = 0; (row = settings_row(i)) != NULL; i++) {
		const struct cmd *cmd = cmd_find(row->key);
		/* Found by another name it has not been offered as a verb. */
		if (cmd == NULL || !str_eq(cmd->name, row->key))
			offer(row->key, begun);
	}
}

static void
offer_options(const struct cmd *cmd, const char *begun)
{
	char word[80];

	for (const struct cmd_option *row = cmd->options;
	     row != NULL && row->help != NULL; row++) {
		if (row->word == NULL)
			snprintf(word, sizeof word, "-%c", row->letter);
		else
			snprintf(word, sizeof word, "--%s", row->word);
		offer(word, begun);
	}
	offer("--help", begun);
}

static void
offer_entries(const char *dir, const char *begun)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	if (d == NULL)
		return;
	while ((entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.')
			offer(entry->d_name, begun);
	closedir(d);
}

static void
offer_services(const char *begun)
{
	static struct client client;
	struct views all;

	if (!client_try(&client, client_dir()))
		return;
	all = views_of(&client);
	for (size_t i = 0; i < all.count; i++)
		if ((all.v[i].r.flags & BOARD_LOG) == 0 ||
		    strchr(begun, '/') != NULL)
			offer_service(all.v[i].name, begun);
}

static void
offer_signals(const char *begun)
{
	for (int i = 1; i < SIG_RTMIN; i++)
		if (sig_name(i) != NULL)
			offer(sig_name(i), begun);
}

static void
offer_operand(enum cmd_arg kind, const char *begun)
{
	switch (kind) {
	case ARG_SERVICE:
		offer_services(begun);
		break;
	case ARG_DEFINED:
		offer_entries(place_definitions(), begun);
		break;
	case ARG_VERB:
		offer_verbs(begun);
		offer_settings(begun);
		break;
	case ARG_SIGNAL:
		offer_signals(begun);
		break;
	case ARG_NONE:
	case ARG_PATH:
	case ARG_COMMAND:
	case ARG_WORD:
		break;
	}
}

/* What may stand where the last of these words is being typed. */
static void
next(int count, char **words)
{
	const struct cmd *cmd;
	const char *begun = words[count - 1];
	int operand = 0;

	while (count > 2 && str_eq(words[0], "-r")) {
		count -= 2;
		words += 2;
	}
	if (count == 1) {
		offer_verbs(begun);
		return;
	}
	cmd = cmd_find(words[0]);
	if (cmd == NULL)
		return;
	if (begun[0] == '-') {
		offer_options(cmd, begun);
		return;
	}
	for (int i = 1; i < count - 1; i++)
		operand += words[i][0] != '-';
	while (operand > 0 &&
	       (operand >= CMD_ARGS || cmd->args[operand] == ARG_NONE))
		operand--;
	offer_operand(cmd->args[operand], begun);
}

static int
run(int argc, char **argv)
{
	struct options o;

	if (argc > 2 && str_eq(argv[1], "next")) {
		next(argc - 2, argv + 2);
		return EXITCODE_YES;
	}
	options_init(&o, &cmd_completion, argc, argv);
	for (int code; (code = options_next(&o)) != OPTIONS_END;)
		return options_wrong(&o, code);
	if (o.count == 1 && str_eq(o.operands[0], "bash"))
		fputs(bash_script, stdout);
	else if (o.count == 1 && str_eq(o.operands[0], "zsh"))
		fputs(zsh_script, stdout);
	else
		return options_refuse(&o, "bash or zsh?");
	return EXITCODE_YES;
}

const struct cmd cmd_completion = {
    .name = "completion",
    .group = GROUP_HELP,
    .usage = "bash | zsh",
    .help = "a script that teaches the shell what may come next",
    .args = {ARG_WORD},
    .run = run,
};
