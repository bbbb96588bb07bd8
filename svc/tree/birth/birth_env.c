/*
 * The variables that a process is born with, beyond those of svcd: what its
 * definition says, in the order in which a later one wins: env, env-file,
 * env-dir; and what finish and those started by a failure are told.
 */
#include "svc/tree/birth/birth.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>

#include "lib/dir.h"
#include "lib/env.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/passwd.h"
#include "lib/path.h"
#include "lib/signame.h"
#include "lib/str.h"
#include "svc/core/dotenv.h"
#include "svc/tree/birth/births.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"

static char bytes[BIRTH_TEXT], value[BIRTH_TEXT];

const char *
birth_lookup(const struct birth *b, const char *name, size_t len)
{
	for (char *const *e = b->envp; *e != NULL; e++)
		if (strncmp(*e, name, len) == 0 && (*e)[len] == '=')
			return *e + len + 1;
	return NULL;
}

const char *
birth_own(const struct birth *b)
{
	return b->own;
}

/* Where this name stands, or the end. */
static size_t
place_of(const struct birth *b, const char *text, size_t with_sign)
{
	size_t n = 0;

	while (b->envp[n] != NULL && strncmp(b->envp[n], text, with_sign) != 0)
		n++;
	return n;
}

bool
birth_variable(struct birth *b, const char *text)
{
	size_t len = strlen(text) + 1;
	size_t n = place_of(b, text, strcspn(text, "=") + 1);
	char *copy = b->text + b->text_len;

	if (len > sizeof(b->text) - b->text_len || n >= BIRTH_ENV) {
		errno = E2BIG;
		return false;
	}
	memcpy(copy, text, len);
	b->text_len += len;
	if (b->envp[n] == NULL)
		b->envp[n + 1] = NULL;
	b->envp[n] = copy;
	return true;
}

bool
birth_named(struct birth *b, const char *name, const char *text)
{
	struct buf t = BUF(value);

	buf_puts(&t, name);
	buf_putc(&t, '=');
	buf_puts(&t, text);
	if (t.full)
		errno = E2BIG;
	return !t.full && birth_variable(b, value);
}

static void
unset(struct birth *b, const char *name)
{
	struct buf t = BUF(value);
	size_t n;

	buf_puts(&t, name);
	buf_putc(&t, '=');
	n = place_of(b, value, t.len);
	for (; b->envp[n] != NULL; n++)
		b->envp[n] = b->envp[n + 1];
}

/* A relative path begins at the service's own directory. */
static bool
own_path(const struct birth *b, const char *path, char to[TREE_PATH])
{
	struct buf t = buf_over(to, TREE_PATH);

	path_make(&t, path[0] == '/' ? "/" : birth_own(b), path);
	if (t.full)
		errno = ENAMETOOLONG;
	return !t.full;
}

/* --- env-file --- */

static bool
take_file(struct birth *b, const char *file)
{
	bool may_be_missing = file[0] == '-';
	struct buf text = BUF(bytes), line = BUF(value);
	struct dotenv d;
	char path[TREE_PATH];

	if (!own_path(b, file + may_be_missing, path))
		return false;
	if (fd_slurp(AT_FDCWD, path, &text) < 0)
		return may_be_missing && errno == ENOENT;
	dotenv_begin(&d, text.p, text.len);
	while (dotenv_next(&d, &line))
		if (!birth_variable(b, line.p))
			return false;
	errno = EINVAL;
	return !d.is_bad;
}

/* --- env-dir --- */

/* The first line without blanks at its end; zero bytes are line ends. */
static void
take_first_line(struct buf *text)
{
	const char *nl = memchr(text->p, '\n', text->len);
	size_t n = nl != NULL ? (size_t)(nl - text->p) : text->len;

	while (n > 0 && (text->p[n - 1] == ' ' || text->p[n - 1] == '\t'))
		n--;
	buf_cut(text, n);
	for (size_t k = 0; k < n; k++)
		if (text->p[k] == '\0')
			text->p[k] = '\n';
}

static bool
take_entry(struct birth *b, int dir, const char *name)
{
	struct buf text = BUF(bytes);

	if (name[0] == '.' || strchr(name, '=') != NULL)
		return true;
	if (fd_slurp(dir, name, &text) < 0)
		return errno == EISDIR || errno == EINVAL;
	/* An empty file takes the variable away. */
	if (text.len == 0) {
		unset(b, name);
		return true;
	}
	take_first_line(&text);
	return birth_named(b, name, text.p);
}

static bool
take_dir(struct birth *b, const char *name)
{
	char room[DIR_ROOM], path[TREE_PATH];
	struct dir d;
	struct dir_entry e;
	bool is_good = true;

	if (!own_path(b, name, path) ||
	    dir_open(&d, AT_FDCWD, path, room, sizeof(room)) < 0)
		return false;
	while (is_good && dir_next(&d, &e) == 1)
		is_good = take_entry(b, d.fd, e.name);
	dir_close(&d);
	return is_good;
}

typedef bool take_item(struct birth *b, const char *item);

static void
take_each(struct birth *b, struct settings_list list, take_item *take)
{
	const char *item;

	while ((item = settings_each(&list)) != NULL) {
		errno = 0;
		if (!take(b, item)) {
			birth_refuse(b, SPAWN_ENVIRON);
			return;
		}
	}
}

/*
 * Systemd's name of one run, the same for all that belongs to it: what logs by
 * it, or asks whether it is supervised, finds it. Nothing secret.
 */
static void
name_run(struct birth *b)
{
	const struct board_head *h = state_head();
	uint64_t number = rec(b->record)->start_count;
	char text[64];
	struct buf t = BUF(text);
	uint64_t half;

	/* What is about to begin has not been counted yet. */
	number += b->kind == BIRTH_RUN || b->kind == BIRTH_PRE;
	half = index_hash((uint64_t)h->began_real_ns, number);
	half = index_hash(half, live(b->record)->name_hash);
	buf_puts(&t, "INVOCATION_ID=");
	buf_hex(&t, half, 16);
	buf_hex(&t, index_hash(half, (uint64_t)h->began_mono_ns), 16);
	(void)birth_variable(b, t.p);
}

void
birth_environment(struct birth *b, const struct settings *s)
{
	name_run(b);
	take_each(b, s->env, birth_variable);
	take_each(b, s->env_file, take_file);
	take_each(b, s->env_dir, take_dir);
}

/* --- how it ended --- */

static const char *
result_of(const struct board_record *r, const struct board_exit *e)
{
	if (r->flags & BOARD_OOM)
		return "oom-kill";
	if (r->cause == CAUSE_TIMEOUT_UP)
		return "timeout";
	if (r->cause == CAUSE_WATCHDOG)
		return "watchdog";
	if (r->cause == CAUSE_SPENT)
		return "start-limit-hit";
	if (!e->is_failure)
		return "success";
	if (e->code == CLD_EXITED)
		return "exit-code";
	return e->code == CLD_DUMPED ? "core-dump" : "signal";
}

/* Names behind a prefix: "", or "MONITOR_" for those told of another. */
static void
tell_result(struct birth *b, uint32_t i, const char *prefix)
{
	const struct board_exit *e = birth_last_run(rec(i));
	char name[40], status[24];
	struct buf n = BUF(name), t = BUF(status);
	const char *sig;

	if (e == NULL)
		return;
	buf_puts(&n, prefix);
	buf_puts(&n, "SERVICE_RESULT");
	birth_named(b, name, result_of(rec(i), e));
	buf_cut(&n, strlen(prefix));
	buf_puts(&n, "EXIT_CODE");
	birth_named(b, name,
	    e->code == CLD_EXITED   ? "exited"
	    : e->code == CLD_DUMPED ? "dumped"
				    : "killed");
	sig = e->code == CLD_EXITED ? NULL : sig_name(e->value);
	if (sig != NULL)
		buf_puts(&t, sig);
	else
		buf_i64(&t, e->value);
	buf_cut(&n, strlen(prefix));
	buf_puts(&n, "EXIT_STATUS");
	birth_named(b, name, status);
}

void
birth_result(struct birth *b)
{
	const struct board_record *r = rec(b->record);
	char name[BOARD_NAME_MAX + 1];

	if (b->kind == BIRTH_FINISH)
		tell_result(b, b->record, "");
	if (b->kind != BIRTH_RUN || r->cause != CAUSE_FAILURE ||
	    r->cause_record == 0 || board_word(rec(r->cause_record)) == 0)
		return;
	birth_named(b, "MONITOR_SERVICE", state_name(r->cause_record, name));
	tell_result(b, r->cause_record, "MONITOR_");
}
