/*
 * Files of a service directory as settings, in Trivet's, s6's and s6-rc's
 * spelling: most are "the name is the key", the rest is a list below.
 */
#include <string.h>
#include <sys/stat.h>

#include "lib/fmt.h"
#include "lib/scan.h"
#include "lib/str.h"
#include "svc/core/settings_store.h"

/* clang-format off */
/*
 * Files that are more than "the key is the name": name, what becomes of it,
 * what its presence says.
 */
#define FILES(X) \
	X("run", SCRIPT, WITH_RUN) \
	X("finish", SCRIPT, WITH_FINISH) \
	X("check", SCRIPT, WITH_CHECK) \
	X("down", DOWN, WITH_DOWN) \
	X("up", PROGRAM, 0) \
	X("reload", PROGRAM, 0) \
	X("type", TYPE, 0) \
	X("notification-fd", VALUE, WITH_S6) \
	X("lock-fd", VALUE, WITH_S6) \
	X("timeout-kill", MS, WITH_S6) \
	X("timeout-finish", MS, WITH_S6) \
	X("timeout-up", MS, 0) \
	X("timeout-down", MS, 0) \
	X("down-signal", VALUE, WITH_S6) \
	X("max-death-tally", TALLY, WITH_S6) \
	X("flag-timeout-killpg", KILLPG, WITH_S6) \
	X("flag-newpidns", REFUSED, WITH_S6) \
	X("nosetsid", REFUSED, WITH_S6) \
	X("flag-essential", ESSENTIAL, WITH_S6RC) \
	X("flag-recommended", RECOMMENDED, 0) \
	X("pipeline-name", PIPELINE, WITH_S6RC) \
	X("dependencies", NEEDS, WITH_S6RC) \
	X("contents", MEMBERS, WITH_S6RC)
/* clang-format on */

enum file_act {
	ACT_SCRIPT,
	ACT_DOWN,
	ACT_PROGRAM,
	ACT_TYPE,
	ACT_VALUE,
	ACT_MS,
	ACT_TALLY,
	ACT_RECOMMENDED,
	ACT_KILLPG,
	ACT_REFUSED,
	ACT_ESSENTIAL,
	ACT_PIPELINE,
	ACT_NEEDS,
	ACT_MEMBERS
};

static const struct special {
	const char *name;
	enum file_act act;
	uint32_t files;
} specials[] = {
#define SPECIAL(name, act, files) {name, ACT_##act, files},
    FILES(SPECIAL)};

static const struct special *
special_of(const char *name)
{
	for (size_t i = 0; i < sizeof(specials) / sizeof(specials[0]); i++)
		if (str_eq(specials[i].name, name))
			return &specials[i];
	return NULL;
}

bool
settings_is_file(const char *name)
{
	/* A directory of variables, and the users' own. */
	if (str_eq(name, "env") || str_eq(name, "log"))
		return false;
	return special_of(name) != NULL || settings_find(name) != NULL;
}

/* The entries' names are the values. */
static bool
is_dir_of_names(const char *name)
{
	return str_eq(name, "dependencies.d") || str_eq(name, "contents.d");
}

bool
settings_is_leftover(const char *name)
{
	static const char *const ends[] = {"~", ".bak", ".orig", ".rej", ".swp",
	    ".tmp", ".dpkg-new", ".dpkg-old", ".dpkg-dist", ".dpkg-tmp",
	    ".ucf-new", ".ucf-old", ".ucf-dist", ".rpmnew", ".rpmsave",
	    ".rpmorig", ".pacnew", ".pacsave", ".apk-new", NULL};
	unsigned i = 0;

	while (ends[i] != NULL && !str_ends(name, ends[i]))
		i++;
	return ends[i] != NULL || name[0] == '#';
}

bool
settings_is_more(const char *name)
{
	const struct special *special = special_of(name);
	bool is_runits = special != NULL && (special->act == ACT_SCRIPT ||
						special->act == ACT_DOWN);

	return str_eq(name, "service") || is_dir_of_names(name) ||
	       (settings_is_file(name) && !is_runits);
}

enum settings_sight
settings_see(struct settings_parse *p, const char *name, uint32_t mode)
{
	const struct special *special = special_of(name);

	/* A program may be long, and nobody's to read. */
	if (S_ISREG(mode) && special != NULL && special->act == ACT_SCRIPT)
		settings_note(p, special->files);
	else if (S_ISREG(mode) && settings_is_file(name))
		return SETTINGS_BYTES;
	if (!S_ISDIR(mode))
		return SETTINGS_NOTHING;
	if (str_eq(name, "log"))
		settings_note(p, WITH_LOGGER);
	else if (str_eq(name, "control"))
		settings_note(p, WITH_CONTROL);
	return is_dir_of_names(name) ? SETTINGS_NAMES : SETTINGS_NOTHING;
}

void
settings_unread(struct settings_parse *p, const char *file, const char *why)
{
	p->file = file;
	p->line = 1;
	parse_complain(p, "", why);
	parse_mark(p->said, SET_run); /* it may stand there */
}

/* The first line, without blanks around it, as a C string. */
static bool
first_line(struct settings_parse *p, const char *name, const char *bytes,
    size_t len, struct buf *to)
{
	const char *nl = memchr(bytes, '\n', len);
	size_t n = nl != NULL ? (size_t)(nl - bytes) : len;

	buf_put(to, bytes, n);
	if (to->full || memchr(to->p, '\0', to->len) != NULL) {
		parse_complain(p, name, "not a line of text");
		return false;
	}
	return true;
}

/* A bare number in a file of s6 is milliseconds, and 0 is no limit. */
static void
add_unit(const struct special *special, char *value, size_t cap)
{
	uint32_t ms;
	size_t len = strlen(value);

	if (special == NULL || special->act != ACT_MS ||
	    !scan_u32(value, &ms) || len + 3 > cap)
		return;
	if (ms == 0 && cap > 8)
		memcpy(value, "infinity", 9);
	else
		memcpy(value + len, "ms", 3);
}

/*
 * An empty file of one of our names says nothing: run scripts of other worlds
 * leave marks called `ready` or `user`, and must not find their service
 * refused for it. s6's files have no such namesakes.
 */
static void
read_file_value(
    struct settings_parse *p, const char *name, const char *bytes, size_t len)
{
	char storage[LINE_MOST];
	struct buf line = BUF(storage);
	const struct special *special = special_of(name);
	const struct settings_row *row;
	char *value;
	size_t room;

	if (!first_line(p, name, bytes, len, &line))
		return;
	value = parse_trim(line.p);
	if (*value == '\0') {
		if (special != NULL)
			parse_complain(p, name, "is empty");
		return;
	}
	room = line.cap - (size_t)(value - line.p);
	row = parse_alias(name, value, room);
	if (row == NULL)
		return;
	add_unit(special, value, room);
	parse_mark(p->by_file, row->number);
	parse_store(p, row, value);
}

/* A list as a file: one line, one or more items; # lines are comments. */
static void
read_file_list(struct settings_parse *p, const struct settings_row *row,
    const char *bytes, size_t len)
{
	char storage[LINE_MOST];
	struct buf line = BUF(storage);
	size_t at = 0;

	p->line = 0;
	parse_mark(p->by_file, row->number);
	while (parse_next_line(p, bytes, len, &at, &line)) {
		bool is_bad =
		    line.full || memchr(line.p, '\0', line.len) != NULL;
		char *value = parse_trim(line.p);
		if (is_bad)
			parse_complain(p, row->key, "not a line of text");
		else if (*value != '\0' && *value != '#')
			parse_store(p, row, value);
	}
}

/* A word { : the language of execlineb, which we do not speak. */
static bool
has_block(const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] == '{' &&
		    (i == 0 || strchr(" \t\n", bytes[i - 1]) != NULL) &&
		    (i + 1 == len || strchr(" \t\n", bytes[i + 1]) != NULL))
			return true;
	return false;
}

/*
 * up, down, reload as files: a script (#!) or a command line. s6-rc does not
 * want them executable, so the interpreter is named here.
 */
static void
program_of(const char *name, const char *bytes, size_t len, struct buf *to)
{
	const char *nl;

	if (len >= 2 && bytes[0] == '#' && bytes[1] == '!') {
		nl = memchr(bytes, '\n', len);
		buf_put(to, bytes + 2,
		    nl != NULL ? (size_t)(nl - bytes - 2) : len - 2);
		buf_fmt(to, " ./%s", name);
		return;
	}
	if (has_block(bytes, len)) {
		buf_fmt(to, "execlineb -P ./%s", name);
		return;
	}
	for (size_t i = 0; i < len; i++)
		buf_putc(to, bytes[i] == '\n' ? ' ' : bytes[i]);
}

static void
read_program(
    struct settings_parse *p, const char *name, const char *bytes, size_t len)
{
	char storage[LINE_MOST];
	struct buf line = BUF(storage);
	const struct settings_row *row = settings_find(name);

	program_of(name, bytes, len, &line);
	parse_mark(p->by_file, row->number);
	if (line.full || memchr(line.p, '\0', line.len) != NULL)
		parse_complain(p, name, "not a command line");
	else
		parse_store(p, row, parse_trim(line.p));
}

static void
read_type(struct settings_parse *p, const char *bytes, size_t len)
{
	if ((len >= 7 && memcmp(bytes, "longrun", 7) == 0) ||
	    (len >= 6 && memcmp(bytes, "bundle", 6) == 0))
		p->files |= WITH_S6RC;
	read_file_value(p, "type", bytes, len);
}

static void
read_down(struct settings_parse *p, const char *bytes, size_t len)
{
	struct buf line = BUF(p->down);

	/* Which of the two it is only settings_end() can know. */
	program_of("down", bytes, len, &line);
	if (line.full || memchr(line.p, '\0', line.len) != NULL)
		parse_complain(p, "down", "not a command line");
}

static void
say_yes(struct settings_parse *p, enum setting setting)
{
	const struct settings_row *row = settings_of((uint16_t)setting);

	parse_mark(p->by_file, row->number);
	parse_store(p, row, "yes");
}

static void
read_special(struct settings_parse *p, const struct special *s,
    const char *bytes, size_t len)
{
	switch (s->act) {
	case ACT_SCRIPT:
		return;
	case ACT_TALLY:
		parse_warn(p, s->name,
		    "the last ends are kept, and shown by svc status");
		return;
	case ACT_RECOMMENDED:
		parse_warn(p, s->name,
		    "starts nothing here: enable the service, or use wants");
		return;
	case ACT_DOWN:
		read_down(p, bytes, len);
		return;
	case ACT_PROGRAM:
		read_program(p, s->name, bytes, len);
		return;
	case ACT_TYPE:
		read_type(p, bytes, len);
		return;
	case ACT_VALUE:
	case ACT_MS:
		read_file_value(p, s->name, bytes, len);
		return;
	case ACT_KILLPG:
		say_yes(p, SET_killpg);
		return;
	case ACT_ESSENTIAL:
		say_yes(p, SET_essential);
		return;
	case ACT_REFUSED:
		parse_complain(p, s->name,
		    "not supported: it would run otherwise "
		    "than asked for");
		return;
	case ACT_PIPELINE:
		parse_warn(p, s->name, "makes no group here: use members");
		return;
	case ACT_NEEDS:
		read_file_list(p, settings_of(SET_needs), bytes, len);
		return;
	case ACT_MEMBERS:
		read_file_list(p, settings_of(SET_members), bytes, len);
		return;
	}
}

void
settings_file(
    struct settings_parse *p, const char *name, const char *bytes, size_t len)
{
	const struct special *special = special_of(name);
	const struct settings_row *row = settings_find(name);

	p->file = name;
	p->line = 1;
	if (special != NULL) {
		p->files |= special->files;
		read_special(p, special, bytes, len);
	} else if (row != NULL && settings_is_list(row->kind)) {
		read_file_list(p, row, bytes, len);
	} else if (row != NULL) {
		read_file_value(p, name, bytes, len);
	}
}

void
settings_entry(struct settings_parse *p, const char *dir, const char *entry)
{
	bool is_needs = str_eq(dir, "dependencies.d");

	if (entry[0] == '.')
		return;
	p->file = dir;
	p->line = 1;
	p->files |= WITH_S6RC;
	parse_store(p, settings_of(is_needs ? SET_needs : SET_members), entry);
}

void
settings_note(struct settings_parse *p, uint32_t files)
{
	p->files |= files;
}
