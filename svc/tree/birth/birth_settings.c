/*
 * What a definition adds to a birth: its command line, whom it runs as, where
 * it reads and writes, with which limits; variables, directories and rights
 * have files of their own. All is looked up here, in svcd; what the child does
 * is only to set it.
 */
#include "svc/tree/birth/birth.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/fmt.h"
#include "lib/passwd.h"
#include "lib/path.h"
#include "lib/scan.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "lib/words.h"
#include "svc/tree/birth/births.h"
#include "svc/tree/output/pipeline.h"
#include "svc/tree/state/state.h"

#define SEARCH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* --- words --- */

static bool
expand(struct buf *to, char sigil, const char *name, size_t len, void *arg)
{
	const struct birth *b = arg;
	const char *value;

	if (sigil == '%') {
		if (len == 1 && name[0] == 'i')
			buf_puts(to, settings_instance(b->name));
		return len == 1 && name[0] == 'i';
	}
	value = birth_lookup(b, name, len);
	if (value != NULL)
		buf_puts(to, value);
	return value != NULL;
}

const char *
birth_search(const struct birth *b)
{
	const char *path = birth_lookup(b, "PATH", 4);

	return path != NULL ? path : SEARCH;
}

static void
set_command(struct birth *b, const char *line)
{
	struct words w;

	words_init(&w, b->words, SETTINGS_WORDS_MAX + 1, b->text + b->text_len,
	    sizeof(b->text) - b->text_len);
	w.expand = expand;
	w.arg = b;
	w.percent = true;
	if (words_split(&w, line) != WORDS_NONE || w.n == 0) {
		errno = EINVAL;
		birth_refuse(b, SPAWN_WORDS);
		return;
	}
	b->text_len += w.text.len + 1;
	b->spawn.argv = b->words;
	b->spawn.file = b->words[0];
	b->spawn.search = birth_search(b);
}

/* --- whom it runs as --- */

static bool
find_user(const char *text, struct passwd_user *user)
{
	uint32_t uid;
	int found;

	if (!passwd_id(text, &uid)) {
		found = passwd_user(text, user);
	} else if ((found = passwd_uid(uid, user)) == 0) {
		*user = (struct passwd_user){.uid = uid, .gid = uid};
		found = 1;
	}
	if (found == 0)
		errno = ENOENT;
	return found == 1;
}

static bool
find_group(const char *text, uint32_t *gid)
{
	int found = passwd_id(text, gid) ? 1 : passwd_group(text, gid);

	if (found == 0)
		errno = ENOENT;
	return found == 1;
}

/* What is said, or else those that a login of the user has. */
static bool
find_groups(
    struct birth *b, const struct settings *s, const struct passwd_user *user)
{
	struct settings_list l = s->groups;
	const char *name;
	int n = 0;

	if (settings_has(s, SET_groups)) {
		for (; (name = settings_each(&l)) != NULL; n++)
			if (n == SETTINGS_GROUPS_MAX ||
			    !find_group(name, &b->gids[n]))
				return false;
	} else if (user->name[0] != '\0') {
		n = passwd_groups(
		    user->name, b->gid, b->gids, SETTINGS_GROUPS_MAX);
	} else {
		b->gids[n++] = b->gid;
	}
	b->group_count = n;
	return n >= 0;
}

/* Who it is, for itself; a number without an entry has no home but /. */
static bool
name_user(struct birth *b, const struct passwd_user *user, const char *text)
{
	bool is_known = user->name[0] != '\0';
	const char *name = is_known ? user->name : text;

	return birth_named(b, "USER", name) &&
	       birth_named(b, "LOGNAME", name) &&
	       birth_named(b, "HOME", is_known ? user->home : "/") &&
	       birth_named(b, "SHELL",
		   is_known && user->shell[0] != '\0' ? user->shell
						      : "/bin/sh");
}

/* user = NAME[:GROUP]; names are looked up now: an unknown one is no root. */
static void
find_whom(struct birth *b, const struct settings *s)
{
	struct passwd_user user = {0};
	char name[PASSWD_NAME];
	struct buf n = BUF(name);
	const char *group;

	b->group_count = -1;
	if (s->user != NULL) {
		group = strchr(s->user, ':');
		buf_put(&n, s->user,
		    group != NULL ? (size_t)(group - s->user)
				  : strlen(s->user));
		if (n.full || !find_user(name, &user)) {
			birth_refuse(b, SPAWN_UID);
			return;
		}
		b->uid = user.uid;
		b->gid = user.gid;
		if (group != NULL && !find_group(group + 1, &b->gid)) {
			birth_refuse(b, SPAWN_GID);
			return;
		}
		if (!name_user(b, &user, name))
			birth_refuse(b, SPAWN_ENVIRON);
	}
	if ((s->user != NULL || settings_has(s, SET_groups)) &&
	    !find_groups(b, s, &user))
		birth_refuse(b, SPAWN_GROUPS);
}

static void
become(struct birth *b)
{
	if (b->group_count >= 0)
		birth_step(b, (struct spawn_step){.op = SPAWN_GROUPS,
				  .data = b->gids,
				  .size = (size_t)b->group_count});
	if (b->uid == BIRTH_SELF)
		return;
	birth_step(
	    b, (struct spawn_step){.op = SPAWN_GID, .number = (int)b->gid});
	birth_step(
	    b, (struct spawn_step){.op = SPAWN_UID, .number = (int)b->uid});
}

/* --- limits and the rest --- */

static void
set_limit(struct birth *b, int what, const struct settings_limit *l)
{
	struct rlimit *r = &b->limits[b->limit_count];

	if (!l->is_set || b->limit_count == BIRTH_LIMITS)
		return;
	b->limit_count++;
	r->rlim_cur = l->soft == SETTINGS_UNLIMITED ? RLIM_INFINITY : l->soft;
	r->rlim_max = l->hard == SETTINGS_UNLIMITED ? RLIM_INFINITY : l->hard;
	birth_step(b,
	    (struct spawn_step){.op = SPAWN_RLIMIT, .number = what, .data = r});
}

/* clang-format off */
#define LIMITS(X) \
	X(AS, as) X(CORE, core) X(CPU, cpu) X(DATA, data) X(FSIZE, fsize) \
	X(LOCKS, locks) X(MEMLOCK, memlock) X(MSGQUEUE, msgqueue) \
	X(NICE, nice) X(NOFILE, nofile) X(NPROC, nproc) X(RSS, rss) \
	X(RTPRIO, rtprio) X(RTTIME, rttime) X(SIGPENDING, sigpending) \
	X(STACK, stack)
/* clang-format on */

static void
set_limits(struct birth *b, const struct settings *s)
{
#define SET(name, field) set_limit(b, RLIMIT_##name, &s->limit_##field);
	LIMITS(SET)
}

const char *
birth_limit_key(int what)
{
	switch (what) {
#define KEY(name, field)    \
	case RLIMIT_##name: \
		return settings_of(SET_limit_##field)->key;
		LIMITS(KEY)
	default:
		return NULL;
	}
}

static void
set_class(struct birth *b, const struct settings *s)
{
	if (settings_has(s, SET_nice))
		birth_step(b, (struct spawn_step){
				  .op = SPAWN_NICE, .number = (int)s->nice});
	if (s->ionice.is_set)
		birth_step(
		    b, (struct spawn_step){.op = SPAWN_IONICE,
			   .number = s->ionice.class << 13 | s->ionice.level});
	if (s->scheduler.is_set)
		birth_step(b, (struct spawn_step){.op = SPAWN_SCHEDULER,
				  .number = s->scheduler.class,
				  .flags = (unsigned)s->scheduler.level});
}

/* "0-3 5" as a mask. */
static void
set_cpus(struct birth *b, const char *text)
{
	const size_t bits = 8 * sizeof(b->cpus[0]);

	memset(b->cpus, 0, sizeof(b->cpus));
	while (*text != '\0') {
		uint32_t from = 0, to = 0;
		text += scan_u32_prefix(text, &from);
		to = from;
		if (*text == '-') {
			text++;
			text += scan_u32_prefix(text, &to);
		}
		for (uint32_t n = from; n <= to && n < BIRTH_CPUS; n++)
			b->cpus[n / bits] |= 1UL << n % bits;
		if (*text != '\0')
			text++;
	}
	birth_step(
	    b, (struct spawn_step){
		   .op = SPAWN_CPUS, .data = b->cpus, .size = sizeof(b->cpus)});
}

static void
set_oom(struct birth *b, int64_t value)
{
	struct buf t = BUF(b->oom);

	buf_i64(&t, value);
	birth_step(b, (struct spawn_step){.op = SPAWN_OOM, .text = b->oom});
}

/* --- standard input and output --- */

static void
open_onto(struct birth *b, const char *path, unsigned flags, int to)
{
	birth_step(b, (struct spawn_step){.op = SPAWN_OPEN,
			  .text = path,
			  .flags = flags,
			  .mode = 0644,
			  .number = to});
}

static void
dup_onto(struct birth *b, int from, int to)
{
	birth_step(
	    b, (struct spawn_step){.op = SPAWN_DUP, .fd = from, .number = to});
}

static void
set_stdio(struct birth *b, const struct settings_stdio *s, int to)
{
	switch (s->kind) {
	case STDIO_STDOUT:
		dup_onto(b, 1, to);
		return;
	case STDIO_LOG:
		/* The log is where standard output goes already. */
		if (to == 2 && live(b->record)->pipe[1] >= 0)
			dup_onto(b, 1, to);
		return;
	case STDIO_NULL:
		open_onto(b, "/dev/null", O_RDWR | O_NOCTTY, to);
		return;
	case STDIO_FILE:
	case STDIO_APPEND:
		open_onto(b, s->path,
		    (to == 0 ? O_RDONLY
			: s->kind == STDIO_FILE
			    ? O_WRONLY | O_CREAT | O_TRUNC
			    : O_WRONLY | O_CREAT | O_APPEND) |
			O_NOCTTY,
		    to);
		return;
	case STDIO_TTY:
	case STDIO_INHERIT:
		return;
	}
}

/* The terminal comes first, as standard input: it is what controls. */
static void
set_tty(struct birth *b, const struct settings *s)
{
	if (s->tty == NULL)
		return;
	open_onto(b, s->tty, O_RDWR | O_NOCTTY, 0);
	birth_step(b, (struct spawn_step){.op = SPAWN_TTY, .fd = 0});
	if (s->stdout_.kind == STDIO_TTY)
		dup_onto(b, 0, 1);
	if (s->stderr_.kind == STDIO_TTY)
		dup_onto(b, 0, 2);
}

/* s6's lock-fd: one svcd is the owner, so the file is opened, not locked. */
static void
open_lock(struct birth *b, int to)
{
	struct buf t = BUF(b->lock);

	path_make(&t, b->own, "supervise/service-lock");
	open_onto(b, b->lock, O_RDWR | O_CREAT, to);
}

/* Descriptors: before root and user, in whose eyes files may not be there. */
void
birth_stdio(struct birth *b, const struct settings *s)
{
	set_tty(b, s);
	/* A reader of other services has its input already. */
	if (settings_has(s, SET_stdin_) || pipeline_input(b->record) < 0 ||
	    b->kind != BIRTH_RUN)
		set_stdio(b, &s->stdin_, 0);
	set_stdio(b, &s->stdout_, 1);
	set_stdio(b, &s->stderr_, 2);
	/* One svcd is the owner, so nothing is locked: s6's file is opened. */
	if (settings_has(s, SET_lock_fd))
		open_lock(b, (int)s->lock_fd);
}

/* NULL: a script. */
static const char *
aux_line(const struct birth *b, const struct settings *s)
{
	enum sv_aux_kind kind = sv_aux_unpack(rec(b->record)->aux).kind;

	if (kind == AUX_RELOAD)
		return s->reload;
	return kind == AUX_CHECK ? s->check : NULL;
}

/* --- all of it --- */

static const char *
command_of(const struct birth *b, const struct settings *s)
{
	if (b->kind == BIRTH_RUN)
		return s->run != NULL ? s->run : s->up;
	if (b->kind == BIRTH_FINISH)
		return s->type == TYPE_ONESHOT ? s->down : s->finish;
	return b->kind == BIRTH_AUX ? aux_line(b, s) : NULL;
}

void
birth_settings(struct birth *b, const struct settings *s)
{
	const char *line = command_of(b, s);

	find_whom(b, s);
	birth_dirs(b, s);
	birth_talk(b, s);
	birth_environment(b, s);
	if (settings_has(s, SET_oom_score_adj))
		set_oom(b, s->oom_score_adj);
	set_class(b, s);
	if (s->cpus != NULL)
		set_cpus(b, s->cpus);
	birth_namespaces(b, s);
	set_limits(b, s);
	if (s->root != NULL)
		birth_step(b,
		    (struct spawn_step){.op = SPAWN_CHROOT, .text = s->root});
	birth_step(
	    b, (struct spawn_step){.op = SPAWN_UMASK, .number = (int)s->umask});
	birth_bounds(b, s);
	become(b);
	birth_caps(b, s);
	if (line != NULL)
		set_command(b, line);
}
