/*
 * Texts to the packed form: lines of `service`, defaults and override, and the
 * check of the whole. What is wrong is said with its place; nothing is guessed
 * and nothing is ignored in silence. Files: settings_files.c.
 */
#include <string.h>

#include "lib/env.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/scan.h"
#include "lib/str.h"
#include "svc/core/rule.h"
#include "svc/core/settings_store.h"

/* --- complaints --- */

static void
place(struct settings_parse *p)
{
	if (p->where != NULL) {
		buf_escaped(p->text, p->where, strlen(p->where));
		buf_putc(p->text, '/');
	}
	buf_escaped(p->text, p->file, strlen(p->file));
	buf_fmt(p->text, ":%u: ", p->line);
}

static void
begin_error(struct settings_parse *p, const char *key)
{
	p->errors++;
	place(p);
	if (*key != '\0') {
		buf_escaped(p->text, key, strlen(key));
		buf_puts(p->text, ": ");
	}
}

void
parse_complain(struct settings_parse *p, const char *key, const char *what)
{
	begin_error(p, key);
	buf_puts(p->text, what);
	buf_putc(p->text, '\n');
}

void
parse_warn(struct settings_parse *p, const char *key, const char *what)
{
	p->warnings++;
	place(p);
	buf_fmt(p->text, "warning: %s: %s\n", key, what);
}

static void
complain_unknown(struct settings_parse *p, const char *key)
{
	const char *near = settings_nearest(key);

	begin_error(p, key);
	buf_puts(p->text, "unknown setting");
	if (near != NULL)
		buf_fmt(p->text, "; did you mean %s?", near);
	buf_putc(p->text, '\n');
}

/* --- one setting --- */

static bool
has_bit(const uint64_t *set, uint16_t n)
{
	return (set[n / 64] >> n % 64 & 1) != 0;
}

void
parse_mark(uint64_t *set, uint16_t n)
{
	set[n / 64] |= UINT64_C(1) << n % 64;
}

/* An entry of `number` from here on; its length is set by end_entry(). */
static size_t
begin_entry(struct settings_parse *p, uint16_t number)
{
	size_t at = p->blob->len;

	rule_put(p->blob, number, 2);
	rule_put(p->blob, 0, 2);
	return at;
}

static void
end_entry(struct settings_parse *p, size_t at)
{
	size_t len = p->blob->len - at - 4;

	if (p->blob->full || len > UINT16_MAX) {
		buf_cut(p->blob, at);
		parse_complain(p, "", "more settings than a service can hold");
		return;
	}
	p->blob->p[at + 2] = (char)len;
	p->blob->p[at + 3] = (char)(len >> 8);
}

/* %i becomes the instance and %% a %; a command is expanded at its start. */
static void
put_expanded(struct settings_parse *p, const char *value, struct buf *to)
{
	for (const char *c = value; *c != '\0'; c++) {
		if (c[0] == '%' && c[1] == 'i') {
			buf_puts(to, p->instance);
			c++;
		} else if (c[0] == '%' && c[1] == '%') {
			buf_putc(to, '%');
			c++;
		} else {
			buf_putc(to, *c);
		}
	}
}

/* ${NAME}, $NAME, but between '', by which it is said to be meant so. */
static bool
has_variable(const char *value)
{
	bool is_quoted = false;

	for (const char *c = value; *c != '\0'; c++) {
		is_quoted ^= *c == '\'';
		if (*c == '$' && !is_quoted &&
		    env_is_name(c + 1 + (c[1] == '{'), 1))
			return true;
	}
	return false;
}

void
parse_store(
    struct settings_parse *p, const struct settings_row *row, const char *value)
{
	char storage[LINE_MOST], said[512];
	struct buf text = BUF(storage), why = BUF(said);
	bool is_blank = *value == '\0';
	size_t at;

	if (row->kind != KIND_COMMAND) {
		put_expanded(p, value, &text);
		value = buf_str(&text);
	}
	/* What was to be a user and has come out empty must not mean root. */
	if (*value == '\0' && !(is_blank && has_bit(p->said, row->number))) {
		parse_complain(p, row->key,
		    is_blank ? "has no value, and none to take back"
			     : "has no value");
		return;
	}
	if (row->kind != KIND_COMMAND && row->kind != KIND_TEXT &&
	    has_variable(value))
		parse_warn(p, row->key,
		    "$ is left as it is: variables are replaced in commands "
		    "only");
	parse_mark(p->said, row->number);
	at = begin_entry(p, row->number);
	/* Empty: what was said before is taken back. */
	if (*value != '\0' &&
	    (text.full || !settings_value(row, value, p->blob, &why))) {
		buf_cut(p->blob, at);
		begin_error(p, row->key);
		if (text.full)
			buf_puts(&why, "too long");
		buf_put(p->text, why.p, why.len);
		buf_putc(p->text, '\n');
		return;
	}
	end_entry(p, at);
}

/* --- lines --- */

/* A comment at the end of a value whose reader knows none. */
static void
cut_comment(const struct settings_row *row, char *value)
{
	if (row->kind == KIND_COMMAND || row->kind == KIND_TEXT)
		return;
	for (char *c = value; *c != '\0'; c++)
		if (*c == '#' &&
		    (c == value || c[-1] == ' ' || c[-1] == '\t')) {
			/* Lists are split as a shell does: it may be quoted. */
			if (settings_is_list(row->kind))
				return;
			*c = '\0';
			return;
		}
}

char *
parse_trim(char *s)
{
	char *end;

	while (*s == ' ' || *s == '\t')
		s++;
	end = s + strlen(s);
	while (
	    end > s && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	*end = '\0';
	return s;
}

/* s6's word for `ready = fd N`, as a file or as a line. */
const struct settings_row *
parse_alias(const char *key, char *value, size_t cap)
{
	char fd[32];
	size_t len = strlen(value);

	if (!str_eq(key, "notification-fd"))
		return settings_find(key);
	if (len < sizeof(fd) && len + 4 <= cap) {
		memcpy(fd, value, len + 1);
		memcpy(value, "fd ", 3);
		memcpy(value + 3, fd, len + 1);
	}
	return settings_find("ready");
}

static void
check_twice(struct settings_parse *p, const struct settings_row *row)
{
	if (p->is_directory && has_bit(p->by_file, row->number))
		parse_complain(p, row->key, "is also a file of the directory");
	else if (has_bit(p->by_line, row->number) &&
		 !settings_is_list(row->kind))
		parse_complain(p, row->key, "said twice");
	parse_mark(p->by_line, row->number);
}

static void
read_line(struct settings_parse *p, char *line, size_t cap)
{
	const struct settings_row *row;
	char *key = parse_trim(line), *value, *equal = strchr(key, '=');

	if (*key == '\0' || *key == '#')
		return;
	if (equal == NULL) {
		parse_complain(p, "",
		    *key == '[' ? "there are no sections: expected KEY = VALUE"
				: "expected KEY = VALUE");
		return;
	}
	*equal = '\0';
	value = parse_trim(equal + 1);
	key = parse_trim(key);
	row = parse_alias(key, value, cap - (size_t)(value - line));
	if (row == NULL) {
		complain_unknown(p, key);
		return;
	}
	cut_comment(row, value);
	check_twice(p, row);
	parse_store(p, row, parse_trim(value));
}

/*
 * The next logical line of bytes[*at..len) into `line`, its lines joined where
 * one ends in a backslash; false: no more. A comment is not continued.
 */
static bool
is_comment(const char *line, size_t n)
{
	while (n > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		n--;
	}
	return n > 0 && *line == '#';
}

bool
parse_next_line(struct settings_parse *p, const char *bytes, size_t len,
    size_t *at, struct buf *line)
{
	bool goes_on = *at < len;

	if (!goes_on)
		return false;
	buf_clear(line);
	while (goes_on && *at < len) {
		const char *start = bytes + *at;
		const char *nl = memchr(start, '\n', len - *at);
		size_t n = nl != NULL ? (size_t)(nl - start) : len - *at;
		*at += n + 1;
		p->line++;
		goes_on = n > 0 && start[n - 1] == '\\' &&
			  !(line->len == 0 && is_comment(start, n));
		buf_put(line, start, n - goes_on);
		if (goes_on)
			buf_putc(line, ' ');
	}
	return true;
}

static void
read_lines(
    struct settings_parse *p, const char *file, const char *bytes, size_t len)
{
	char storage[LINE_MOST];
	struct buf line = BUF(storage);
	bool has_mark = len >= 3 && memcmp(bytes, "\357\273\277", 3) == 0;
	size_t at = has_mark ? 3 : 0; /* some editors' byte order mark */

	p->file = file;
	p->line = 0;
	memset(p->by_line, 0, sizeof(p->by_line));
	if (len >= 2 && memcmp(bytes, "#!", 2) == 0) {
		p->line = 1;
		parse_complain(p, "",
		    "a script, where settings are expected: it belongs in a "
		    "directory, as run");
		return;
	}
	while (parse_next_line(p, bytes, len, &at, &line)) {
		if (line.full)
			parse_complain(p, "", "line is too long");
		else if (memchr(line.p, '\0', line.len) != NULL)
			parse_complain(p, "", "a NUL byte: not a text");
		else
			read_line(p, line.p, line.cap);
	}
}

void
settings_lines(
    struct settings_parse *p, const char *file, const char *bytes, size_t len)
{
	p->files |= WITH_LINES;
	p->is_directory = true;
	read_lines(p, file, bytes, len);
	p->is_directory = false;
}

void
settings_defaults(
    struct settings_parse *p, const char *file, const char *bytes, size_t len)
{
	read_lines(p, file, bytes, len);
}

void
settings_override(
    struct settings_parse *p, const char *file, const char *bytes, size_t len)
{
	read_lines(p, file, bytes, len);
}

/* --- the whole --- */

/* A logger is called NAME/log, and what holds for all holds for it. */
static bool
is_service_name(const char *name)
{
	char service[PATH_NAME_MAX + 1];
	size_t n = strlen(name);

	if (!str_ends(name, "/log") || n - 4 > PATH_NAME_MAX)
		return path_is_name(name);
	memcpy(service, name, n - 4);
	service[n - 4] = '\0';
	return path_is_name(service);
}

void
settings_begin(struct settings_parse *p, struct buf *blob,
    struct buf *complaints, const char *name)
{
	*p = (struct settings_parse){
	    .blob = blob,
	    .text = complaints,
	    .name = name,
	    .instance = settings_instance(name),
	    .file = name,
	};
	buf_clear(blob);
	if (!is_service_name(name))
		parse_complain(p, "", "not a name for a service");
}

/* It was said with an error, which is told already. */
static bool
has_faulty_run(const struct settings_parse *p)
{
	return p->errors > 0 &&
	       (has_bit(p->said, SET_run) || has_bit(p->said, SET_up));
}

static void
check_commands(struct settings_parse *p, const struct settings *s)
{
	bool has_run = (p->files & WITH_RUN) != 0;

	if (s->type == TYPE_GROUP) {
		if (has_run || s->run != NULL)
			parse_complain(
			    p, "type", "a group has members and no run");
		if (!settings_has(s, SET_members))
			parse_complain(p, "members", "a group without members");
		return;
	}
	if (settings_has(s, SET_members))
		parse_complain(p, "members", "only a group has members");
	if (has_run && settings_has(s, SET_run))
		parse_complain(p, "run", "is also a script of the directory");
	if (!has_run && s->run == NULL && !has_faulty_run(p))
		parse_complain(p, "run",
		    "nothing to execute: neither a script run "
		    "nor a line run = COMMAND");
	if ((p->files & WITH_FINISH) && settings_has(s, SET_finish))
		parse_complain(
		    p, "finish", "is also a script of the directory");
	if ((p->files & WITH_CHECK) && settings_has(s, SET_check))
		parse_complain(p, "check", "is also a script of the directory");
	if (s->type == TYPE_ONESHOT)
		return;
	if (s->up != NULL)
		parse_complain(p, "up", "only a oneshot has up; use run");
	if (s->down != NULL)
		parse_complain(p, "down",
		    "only a oneshot has the command down; the "
		    "flag is autostart = no");
}

static void
check_descriptors(struct settings_parse *p, const struct settings *s)
{
	const struct settings_stdio *all[] = {
	    &s->stdin_, &s->stdout_, &s->stderr_};
	static const char *const names[] = {"stdin", "stdout", "stderr"};

	for (int n = 0; n < 3 && s->tty == NULL; n++)
		if (all[n]->kind == STDIO_TTY)
			parse_complain(
			    p, names[n], "tty needs the setting tty");
}

static void
check_count(struct settings_parse *p, enum setting setting,
    struct settings_list list, unsigned most)
{
	char what[48];
	struct buf b = BUF(what);
	unsigned n = 0;

	while (settings_each(&list) != NULL)
		n++;
	if (n <= most)
		return;
	buf_fmt(&b, "%u of them: at most %u", n, most);
	parse_complain(p, settings_of((uint16_t)setting)->key, what);
}

static void
check_counts(struct settings_parse *p, const struct settings *s)
{
	check_count(p, SET_listen, s->listen, SETTINGS_LISTENS_MAX);
	check_count(p, SET_groups, s->groups, SETTINGS_GROUPS_MAX);
	check_count(p, SET_read_only, s->read_only, SETTINGS_PATHS_MAX);
	check_count(p, SET_hide, s->hide, SETTINGS_PATHS_MAX);
}

static void
check_rest(struct settings_parse *p, const struct settings *s)
{
	bool has_check = s->check != NULL || (p->files & WITH_CHECK);

	if (s->type == TYPE_FORKING && s->pidfile == NULL)
		parse_complain(p, "type", "forking needs a pidfile");
	if (s->ready.kind == READY_PIDFILE && s->pidfile == NULL &&
	    s->type != TYPE_FORKING)
		parse_complain(p, "ready", "pidfile needs the setting pidfile");
	if (s->ready.kind == READY_CHECK && !has_check)
		parse_complain(p, "ready", "check needs a check");
	if (s->ready.kind == READY_NOTIFY && s->notify_access == ACCESS_NONE)
		parse_complain(p, "ready", "notify needs a notify-access");
	if (s->watchdog > 0 && s->notify_access == ACCESS_NONE)
		parse_complain(p, "watchdog", "needs a notify-access");
	if (s->check_every != 0 && !has_check)
		parse_complain(p, "check-every", "there is no check to run");
	check_descriptors(p, s);
	if (settings_has(s, SET_caps) && (s->caps_ambient & ~s->caps) != 0)
		parse_complain(p, "caps-ambient", "has more than caps");
	if (s->on_failed.kind == FAILED_START &&
	    str_eq(s->on_failed.name, p->name))
		parse_complain(p, "on-failed", "starts itself");
}

/* The file down: the flag of runit, or what takes a oneshot back. */
static void
settle_down(struct settings_parse *p, const struct settings *s)
{
	char *down;

	if (!(p->files & WITH_DOWN))
		return;
	if (s->type != TYPE_ONESHOT) {
		/* s6-rc does not look at it in a longrun. */
		if (p->files & WITH_S6RC)
			p->files &= ~(uint32_t)WITH_DOWN;
		return;
	}
	p->files &= ~(uint32_t)WITH_DOWN;
	down = parse_trim(p->down);
	if (*down != '\0')
		parse_store(p, settings_of(SET_down), down);
}

bool
settings_end(struct settings_parse *p)
{
	struct settings s;
	size_t at;

	p->file = p->name;
	p->line = 1;
	(void)settings_view(&s, p->blob->p, p->blob->len);
	settle_down(p, &s);
	at = begin_entry(p, 0);
	rule_put(p->blob, p->files, 4);
	end_entry(p, at);
	if (!settings_view(&s, p->blob->p, p->blob->len))
		parse_complain(p, "", "cannot be packed");
	check_commands(p, &s);
	check_counts(p, &s);
	check_rest(p, &s);
	return p->errors == 0;
}
