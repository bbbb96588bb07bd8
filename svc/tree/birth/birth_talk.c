/*
 * What a child is born with so that it can talk: its sockets from descriptor 3
 * on, the descriptor it writes a newline to, the address it notifies, and the
 * variables that tell of all this. Those that name its own pid are filled in
 * when that is known, while it waits at the gate: it shares our memory.
 */
#include "svc/tree/birth/birth.h"

#include <errno.h>
#include <linux/magic.h>
#include <string.h>

#include "lib/fmt.h"
#include "lib/sys.h"
#include "svc/tree/birth/births.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"
#include "svc/tree/talk/talk.h"

#define FIRST_SOCKET 3
#define DIGITS 20

#ifndef PID_FS_MAGIC
#define PID_FS_MAGIC 0x50494446
#endif

static bool
set_number(struct birth *b, const char *name, int64_t value)
{
	char text[DIGITS + 1];
	struct buf t = BUF(text);

	buf_i64(&t, value);
	return birth_named(b, name, text);
}

/* A number that is not known yet: room for it, and where that is. */
static char *
set_later(struct birth *b, const char *name)
{
	if (!birth_named(b, name, "00000000000000000000"))
		return NULL;
	return b->text + b->text_len - 1 - DIGITS;
}

/* --- sockets --- */

/* Kernels from 6.9 on: the inode of a pidfd is one process's alone. */
static bool
has_pidfs(void)
{
	static int known = -1;
	struct statfs st;
	int fd;

	if (known >= 0)
		return known;
	fd = sys_pidfd_open(sys_getpid());
	known = fd >= 0 && sys_fstatfs(fd, &st) == 0 &&
		(uint64_t)st.f_type == PID_FS_MAGIC;
	sys_close(fd);
	return known;
}

/* The names that the settings give, else what systemd says for none. */
static void
names_of(struct buf *to, const struct settings *s, unsigned most)
{
	struct settings_list l = s->listen;
	struct listen_spec spec;
	const char *text;

	for (unsigned n = 0; n < most && (text = settings_each(&l)) != NULL;
	     n++) {
		if (n > 0)
			buf_putc(to, ':');
		buf_puts(to, listen_parse(&spec, text) && spec.name[0] != '\0'
				 ? spec.name
				 : "unknown");
	}
}

/*
 * They stand high in our table, where 3 and those after it cannot be; the
 * child has all of it, so that there may be many.
 */
static bool
give_sockets(struct birth *b, const struct settings *s)
{
	char names[SETTINGS_LISTENS_MAX * (LISTEN_NAME + 1)];
	struct buf to = BUF(names);
	int n = listen_open(b->record, s);

	if (n <= 0)
		return n == 0;
	b->has_all = true;
	for (int k = 0; k < n; k++)
		birth_step(b, (struct spawn_step){.op = SPAWN_DUP,
				  .fd = talk(b->record)->listen[k],
				  .number = FIRST_SOCKET + k});
	names_of(&to, s, (unsigned)n);
	if (!set_number(b, "LISTEN_FDS", n) ||
	    !birth_named(b, "LISTEN_FDNAMES", names) ||
	    (b->pid_at[0] = set_later(b, "LISTEN_PID")) == NULL)
		return false;
	if (has_pidfs() && !b->is_apart &&
	    (b->inode_at = set_later(b, "LISTEN_PIDFDID")) == NULL)
		return false;
	return true;
}

/* --- notification --- */

static bool
tell_address(struct birth *b)
{
	char path[TREE_PATH];
	struct buf to = BUF(path);

	return !notify_address(b->record, &to) ||
	       birth_named(b, "NOTIFY_SOCKET", path);
}

static bool
give_notify(struct birth *b, const struct settings *s)
{
	if (!notify_is_for(s)) {
		if (kept(b->record, false) != NULL)
			notify_close(b->record);
		return true;
	}
	if (!notify_open(b->record) || !tell_address(b))
		return false;
	kept(b->record, false)->uid =
	    b->uid == BIRTH_SELF ? sys_geteuid() : b->uid;
	if (s->watchdog <= 0)
		return true;
	b->pid_at[1] = set_later(b, "WATCHDOG_PID");
	return b->pid_at[1] != NULL &&
	       set_number(b, "WATCHDOG_USEC", s->watchdog * 1000);
}

/* Last of all descriptors: its number may be that of another's way. */
static bool
give_ready(struct birth *b, const struct settings *s)
{
	int end, from;

	if (s->ready.kind != READY_FD)
		return true;
	end = talk_pipe(b->record);
	if (end < 0)
		return false;
	b->end = end;
	from = b->has_all ? end : birth_hand_over(b, end, b->low);
	birth_step(b, (struct spawn_step){
			  .op = SPAWN_DUP, .fd = from, .number = s->ready.fd});
	return from >= 0;
}

void
birth_talk(struct birth *b, const struct settings *s)
{
	uint32_t pid = state_word(b->record).pid;

	errno = 0;
	if (rec(b->record)->flags & BOARD_LOG)
		return;
	if (b->kind != BIRTH_RUN) {
		if (!tell_address(b) ||
		    (pid != 0 && !set_number(b, "MAINPID", pid)))
			birth_refuse(b, SPAWN_ENVIRON);
		return;
	}
	if (!give_sockets(b, s))
		birth_refuse(b, SPAWN_LISTEN);
	else if (!give_notify(b, s))
		birth_refuse(b, SPAWN_NOTIFY);
	else if (!give_ready(b, s))
		birth_refuse(b, SPAWN_NOTIFY);
	for (unsigned n = 0; b->is_apart && n < 2; n++)
		if (b->pid_at[n] != NULL)
			birth_step(
			    b, (struct spawn_step){.op = SPAWN_LISTEN_PID,
				   .data = b->pid_at[n]});
}

static void
fill(char *at, uint64_t number)
{
	struct buf b = buf_over(at, DIGITS + 1);

	buf_u64(&b, number);
}

void
birth_told(struct birth *b)
{
	struct stat st;
	int fd;

	for (unsigned n = 0; n < 2; n++)
		if (b->pid_at[n] != NULL)
			fill(b->pid_at[n], (uint64_t)b->pid);
	if (b->inode_at == NULL)
		return;
	fd = sys_pidfd_open(b->pid);
	if (fd >= 0 && sys_fstat(fd, &st) == 0)
		fill(b->inode_at, st.st_ino);
	else
		fill(b->inode_at, 0);
	sys_close(fd);
}
