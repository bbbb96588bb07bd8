/*
 * lib/opt.h with the rows of a table instead of letters, with help and words
 * for mistakes, and with operands put aside on the way, so that
 * `svc restart nginx -n` means what it says.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/str.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/screen.h"

static size_t
count_rows(const struct cmd_option *rows)
{
	size_t n = 0;

	while (rows != NULL && rows[n].help != NULL)
		n++;
	return n;
}

static int
row_code(const struct cmd_option *row)
{
	return row->code != 0 ? row->code : row->letter;
}

static void
add_row(struct options *o, const struct cmd_option *row, size_t *word)
{
	if (row->letter != 0)
		o->letters = memory_text("%s%c%s", o->letters, row->letter,
		    row->value != NULL ? ":" : "");
	if (row->word != NULL)
		o->words[(*word)++] = (struct opt_word){
		    .word = row->word,
		    .code = row_code(row),
		    .takes_value = row->value != NULL,
		};
}

void
options_init(struct options *o, const struct cmd *cmd, int argc, char **argv)
{
	size_t rows = count_rows(cmd->options), word = 0;

	*o = (struct options){
	    .cmd = cmd,
	    .opt = opt_over(argc, argv),
	    .letters = "",
	    .words = memory_get(rows + 2, sizeof *o->words),
	    .operands = memory_get((size_t)argc + 1, sizeof(char *)),
	};
	for (size_t i = 0; i < rows; i++)
		add_row(o, &cmd->options[i], &word);
	/* Every verb has these two, unless the letter means something. */
	if (strchr(o->letters, 'h') == NULL)
		o->letters = memory_text("%sh", o->letters);
	o->words[word] = (struct opt_word){"help", OPTIONS_HELP_CODE, 0};
}

static bool
is_help(const struct options *o, int code)
{
	if (code == OPTIONS_HELP_CODE)
		return true;
	if (code != 'h')
		return false;
	for (size_t i = 0; i < count_rows(o->cmd->options); i++)
		if (row_code(&o->cmd->options[i]) == 'h')
			return false;
	return true;
}

static void
say_unknown(const struct options *o)
{
	struct str_near near = str_near_to(o->opt.name + 2);

	fprintf(stderr, "%s: unknown option %s", cmd_title(o->cmd),
	    screen_text(o->opt.name, strlen(o->opt.name)));
	if (str_starts(o->opt.name, "--"))
		for (const struct opt_word *w = o->words; w->word != NULL; w++)
			str_near_offer(&near, w->word);
	if (near.best != NULL)
		fprintf(stderr, " (did you mean --%s?)", near.best);
	fputc('\n', stderr);
}

int
options_next(struct options *o)
{
	int code;

	while ((code = opt_next(&o->opt, o->letters, o->words)) == OPT_END) {
		int at = o->opt.at;
		bool is_over =
		    o->opt.rest == NULL &&
		    (at >= o->opt.argc ||
			(at > 1 && str_eq(o->opt.argv[at - 1], "--")));
		if (is_over || o->strict)
			break;
		o->operands[o->count++] = o->opt.argv[o->opt.at++];
	}
	o->value = (char *)o->opt.value;
	if (code == OPT_END) {
		while (o->opt.at < o->opt.argc)
			o->operands[o->count++] = o->opt.argv[o->opt.at++];
		return OPTIONS_END;
	}
	if (code == OPT_UNKNOWN) {
		say_unknown(o);
		return OPTIONS_BAD;
	}
	if (code == OPT_MISSING) {
		fprintf(stderr, "%s: %s needs a value\n", cmd_title(o->cmd),
		    o->opt.name);
		return OPTIONS_BAD;
	}
	if (!is_help(o, code))
		return code;
	cmd_help(o->cmd);
	return OPTIONS_HELP;
}

int
options_wrong(const struct options *o, int code)
{
	if (code == OPTIONS_HELP)
		return EXITCODE_YES;
	return cmd_usage(o->cmd);
}

int
options_refuse(const struct options *o, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", cmd_title(o->cmd));
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	return cmd_usage(o->cmd);
}

const char *
options_near(const char *near)
{
	return near == NULL ? "" : memory_text(" (did you mean %s?)", near);
}

int
options_none(const struct cmd *cmd, int argc, char **argv)
{
	struct options o;
	int code;

	options_init(&o, cmd, argc, argv);
	code = options_next(&o);
	if (code != OPTIONS_END)
		return options_wrong(&o, code);
	return o.count == 0 ? OPTIONS_END
			    : options_refuse(&o, "takes no names");
}
