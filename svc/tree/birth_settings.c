/*
 * What a definition adds to a birth: its command line and variables, whom it
 * runs as, where, with which limits. All is looked up here, in svcd; what the
 * child does is only to set it.
 */
#include "svc/tree/births.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/resource.h>

#include "lib/passwd.h"
#include "lib/scan.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "lib/words.h"
#include "svc/tree/define.h"

#define SEARCH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* --- variables and words
 * ------------------------------------------------------------ */

static const char *
variable(const struct birth *b, const char *name, size_t len)
{
	for (char *const *e = b->envp; *e != NULL; e++)
		if (strncmp(*e, name, len) == 0 && (*e)[len] == '=')
			return *e + len + 1;
	return NULL;
}

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
	value = variable(b, name, len);
	if (value != NULL)
		buf_puts(to, value);
	return value != NULL;
}

static bool
set_command(struct birth *b, const char *line)
{
	struct words w;

	words_init(&w, b->words, BIRTH_WORDS, b->text + b->text_len,
	    sizeof(b->text) - b->text_len);
	w.expand = expand;
	w.arg = b;
	w.percent = true;
	if (words_split(&w, line) != WORDS_NONE || w.n == 0) {
		errno = EINVAL;
		return false;
	}
	b->text_len += w.text.len + 1;
	b->spawn.argv = b->words;
	b->spawn.file = b->words[0];
	b->spawn.search = variable(b, "PATH", 4);
	if (b->spawn.search == NULL)
		b->spawn.search = SEARCH;
	return true;
}

/* One NAME=VALUE more; an earlier one of that name gives way. */
static bool
add_variable(struct birth *b, const char *text)
{
	size_t len = strlen(text) + 1, name = strcspn(text, "=") + 1, n;
	char *copy = b->text + b->text_len;

	for (n = 0; b->envp[n] != NULL; n++)
		if (strncmp(b->envp[n], text, name) == 0)
			break;
	if (b->text_len + len > sizeof(b->text) || n >= BIRTH_ENV) {
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

static bool
add_named(struct birth *b, const char *name, const char *value)
{
	char text[PASSWD_PATH + 32];
	struct buf t = BUF(text);

	buf_puts(&t, name);
	buf_putc(&t, '=');
	buf_puts(&t, value);
	return !t.full && add_variable(b, text);
}

/* --- whom it runs as
 * ----------------------------------------------------------------------- */

static bool
find_user(const char *text, struct passwd_user *user)
{
	uint32_t uid;
	int found;

	if (!scan_u32(text, &uid)) {
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
	int found = scan_u32(text, gid) ? 1 : passwd_group(text, gid);

	if (found == 0)
		errno = ENOENT;
	return found == 1;
}

static bool
set_groups(struct birth *b, const struct settings *s,
    const struct passwd_user *user, uint32_t gid)
{
	struct settings_list l = s->groups;
	const char *name;
	int n;

	if (settings_has(s, SET_groups)) {
		for (n = 0; (name = settings_each(&l)) != NULL; n++)
			if (n == BIRTH_GROUPS || !find_group(name, &b->gids[n]))
				return false;
	} else if (user->name[0] != '\0') {
		n = passwd_groups(user->name, gid, b->gids, BIRTH_GROUPS);
		if (n < 0)
			return false;
	} else {
		b->gids[0] = gid;
		n = 1;
	}
	birth_step(
	    b, (struct spawn_step){
		   .op = SPAWN_GROUPS, .data = b->gids, .size = (size_t)n});
	return true;
}

/* user = NAME[:GROUP]; names are looked up now: an unknown one is no root. */
static bool
set_user(struct birth *b, const struct settings *s)
{
	struct passwd_user user;
	char name[PASSWD_NAME];
	const char *group;
	uint32_t gid;

	if (s->user == NULL)
		return true;
	if (strlen(s->user) >= sizeof(name))
		return false;
	memcpy(name, s->user, strlen(s->user) + 1);
	group = strchr(name, ':');
	if (group != NULL)
		name[group++ - name] = '\0';
	if (!find_user(name, &user))
		return false;
	gid = user.gid;
	if (group != NULL && !find_group(group, &gid))
		return false;
	if (!set_groups(b, s, &user, gid))
		return false;
	birth_step(b, (struct spawn_step){.op = SPAWN_GID, .number = (int)gid});
	birth_step(
	    b, (struct spawn_step){.op = SPAWN_UID, .number = (int)user.uid});
	return user.name[0] == '\0' || (add_named(b, "USER", user.name) &&
					   add_named(b, "LOGNAME", user.name) &&
					   add_named(b, "HOME", user.home));
}

/* --- limits and the rest
 * ---------------------------------------------------------------------- */

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

static void
set_limits(struct birth *b, const struct settings *s)
{
	set_limit(b, RLIMIT_AS, &s->limit_as);
	set_limit(b, RLIMIT_CORE, &s->limit_core);
	set_limit(b, RLIMIT_CPU, &s->limit_cpu);
	set_limit(b, RLIMIT_DATA, &s->limit_data);
	set_limit(b, RLIMIT_FSIZE, &s->limit_fsize);
	set_limit(b, RLIMIT_LOCKS, &s->limit_locks);
	set_limit(b, RLIMIT_MEMLOCK, &s->limit_memlock);
	set_limit(b, RLIMIT_MSGQUEUE, &s->limit_msgqueue);
	set_limit(b, RLIMIT_NICE, &s->limit_nice);
	set_limit(b, RLIMIT_NOFILE, &s->limit_nofile);
	set_limit(b, RLIMIT_NPROC, &s->limit_nproc);
	set_limit(b, RLIMIT_RSS, &s->limit_rss);
	set_limit(b, RLIMIT_RTPRIO, &s->limit_rtprio);
	set_limit(b, RLIMIT_RTTIME, &s->limit_rttime);
	set_limit(b, RLIMIT_SIGPENDING, &s->limit_sigpending);
	set_limit(b, RLIMIT_STACK, &s->limit_stack);
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

static void
set_stdio(struct birth *b, const struct settings_stdio *s, int to)
{
	int flags = to == 0 ? O_RDONLY : O_WRONLY | O_CREAT;

	/* The log is where standard output goes already. */
	if (s->kind == STDIO_STDOUT ||
	    (s->kind == STDIO_LOG && to == 2 && live(b->record)->pipe[1] >= 0))
		birth_step(b, (struct spawn_step){
				  .op = SPAWN_DUP, .fd = 1, .number = to});
	if (s->kind != STDIO_NULL && s->kind != STDIO_FILE &&
	    s->kind != STDIO_APPEND)
		return;
	if (to != 0)
		flags |= s->kind == STDIO_APPEND ? O_APPEND : O_TRUNC;
	if (s->kind == STDIO_NULL)
		flags = O_RDWR;
	birth_step(b, (struct spawn_step){.op = SPAWN_OPEN,
			  .text = s->kind == STDIO_NULL ? "/dev/null" : s->path,
			  .flags = (unsigned)flags | O_NOCTTY,
			  .mode = 0644,
			  .number = to});
}

/* Descriptors: before root and user, in whose eyes files may not be there. */
void
birth_stdio(struct birth *b, const struct settings *s)
{
	set_stdio(b, &s->stdin_, 0);
	set_stdio(b, &s->stdout_, 1);
	set_stdio(b, &s->stderr_, 2);
}

/* False and errno: something named does not exist; nothing is started. */
bool
birth_settings(struct birth *b, const struct settings *s)
{
	struct settings_list l = s->env;
	const char *item, *line = NULL;

	while ((item = settings_each(&l)) != NULL)
		if (!add_variable(b, item))
			return false;
	if (s->root != NULL)
		birth_step(b,
		    (struct spawn_step){.op = SPAWN_CHROOT, .text = s->root});
	birth_step(
	    b, (struct spawn_step){.op = SPAWN_UMASK, .number = (int)s->umask});
	set_class(b, s);
	set_limits(b, s);
	if (!set_user(b, s))
		return false;
	if (s->no_new_privs)
		birth_step(b, (struct spawn_step){.op = SPAWN_NO_NEW_PRIVS});
	if (b->kind == BIRTH_RUN)
		line = s->run != NULL ? s->run : s->up;
	else if (b->kind == BIRTH_FINISH)
		line = s->type == TYPE_ONESHOT ? s->down : s->finish;
	return line == NULL || set_command(b, line);
}
