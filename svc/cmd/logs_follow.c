/*
 * Following logs through rotations: inotify on the directories, no polling.
 * Events say where to look, never what is new: that is what lies behind the
 * place that was read to, in how many files it may be by now.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/exitcode.h"
#include "lib/sys.h"

#include "svc/cmd/logs_file.h"
#include "svc/cmd/logs_follow.h"
#include "svc/cmd/logs_news.h"
#include "svc/cmd/memory.h"

#define LINE (64 << 10) /* a longer one is shown in parts */
#define TURN (1 << 20)	/* bytes of one log, then the others */

/* Of the directory, and of the one in which it comes and goes itself. */
#define INSIDE (IN_MODIFY | IN_CLOSE_WRITE | COMES | IN_MASK_ADD)
#define ABOVE (COMES | IN_DELETE | IN_MASK_ADD)
#define COMES (IN_CREATE | IN_MOVED_TO)

static int events = -1;

/* --- what is new --- */

static int64_t
now_ns(void)
{
	struct timespec t;

	sys_clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/*
 * Adds the lines of f; bytes of it that are dealt with. The beginning of a line
 * is left alone unless it is too long, or the file is complete.
 */
static size_t
add_lines(
    struct logs *to, const struct logs_file *f, const char *name, bool complete)
{
	size_t start = 0;

	while (start < f->n) {
		size_t left = f->n - start;
		const char *newline = memchr(f->bytes + start, '\n', left);
		size_t n = newline != NULL
			       ? (size_t)(newline - f->bytes) + 1 - start
			       : left;

		if (newline == NULL && left < LINE && !complete)
			break;
		if (n > LINE)
			n = LINE;
		logs_add(to, logs_file_line(f, name, start, start + n));
		start += n;
	}
	return start;
}

/* Lines behind the place; true: there may be more of them. */
static bool
add_tail(struct logs *to, struct logs_followed *l, bool complete)
{
	const struct logs_source *s = &l->source;
	struct logs_file f;

	if (!logs_file_part(&f, l->place.fd, l->place.at, TURN) || f.n == 0)
		return false;
	if (!s->is_file)
		logs_file_index(&f, s->path, "current");
	/* What the index does not know yet has come just now. */
	f.changed_ns = now_ns();
	l->place.at += add_lines(to, &f, s->name, complete && f.n < TURN);
	return f.n == TURN;
}

/* --- what became of the file that was followed --- */

/* Is it the file of this place, perhaps in another form? */
static bool
is_file_of(const struct logs_place *p, int fd)
{
	struct logs_file mine, other;
	struct stat st;

	if (sys_fstat(fd, &st) == 0 && st.st_ino == p->inode)
		return true;
	return p->fd != -1 && sys_fstat(p->fd, &st) == 0 && st.st_nlink == 0 &&
	       logs_file_whole(&mine, p->fd) && logs_file_whole(&other, fd) &&
	       logs_file_alike(&mine, &other);
}

/* Old files that came behind the one of l->place and up to `now`: all that are
 * left, if that one itself is gone. */
static char **
old_between(const struct logs_followed *l, const struct logs_place *now)
{
	char **names = logs_old(&l->source, &l->place, now), **first = names;

	for (char **name = names; *name != NULL; name++) {
		int fd = logs_old_open(&l->source, now, name);
		if (fd == -1)
			continue;
		if (is_file_of(&l->place, fd))
			first = name + 1;
		sys_close(fd);
	}
	return first;
}

static void
add_old(struct logs *to, const struct logs_followed *l,
    const struct logs_place *now, char *name)
{
	const struct logs_source *s = &l->source;
	struct logs_file f;
	int fd = logs_old_open(s, now, &name);

	if (logs_file_whole(&f, fd)) {
		logs_file_index(&f, s->path, name);
		add_lines(to, &f, s->name, true);
	}
	if (fd != -1)
		sys_close(fd);
}

/* Another file is written by now: those between come first. */
static void
move_on(struct logs *to, struct logs_followed *l)
{
	struct logs_place now;

	logs_stand(&now, &l->source);
	while (add_tail(to, l, true))
		;
	for (char **name = old_between(l, &now); *name != NULL; name++)
		add_old(to, l, &now, *name);
	logs_leave(&l->place);
	l->place = now;
}

/* True: there is more to be read at once. */
static bool
look(struct logs *to, struct logs_followed *l)
{
	struct logs_place *p = &l->place;
	struct stat st;

	if (add_tail(to, l, false))
		return true;
	if (sys_fstatat(AT_FDCWD, logs_current(&l->source), &st, 0) == -1)
		return false;
	if (p->fd == -1 || st.st_ino != p->inode) {
		move_on(to, l);
		return l->place.fd != -1;
	}
	if ((uint64_t)st.st_size >= p->at)
		return false;
	p->at = 0; /* it was emptied */
	return true;
}

/* --- where to look --- */

/* The directory in which a log's files come and go. */
static char *
directory(const struct logs_source *s)
{
	char *real = realpath(s->path, NULL);
	char *path = memory_text("%s", real != NULL ? real : s->path);

	free(real);
	if (s->is_file) {
		char *slash = strrchr(path, '/');
		if (slash == NULL)
			return memory_text(".");
		slash[slash == path] = '\0';
	}
	return path;
}

/* The nearest directory above `path` that is there. */
static int
watch_above(const char *path)
{
	for (;;) {
		char *above = memory_text("%s", path), *slash;
		char *missing = memory_text("%s", path);
		int wd = -1;

		while (wd == -1 && (slash = strrchr(above, '/')) != NULL &&
		       slash[1] != '\0') {
			memcpy(missing, above, strlen(above) + 1);
			slash[slash == above] = '\0';
			wd = sys_inotify_add_watch(events, above, ABOVE);
		}
		/* What was missing may have been made just before that. */
		if (wd == -1 || strcmp(missing, path) == 0 ||
		    sys_faccessat(AT_FDCWD, missing, F_OK, 0) == -1)
			return wd;
	}
}

/* False: of neither can be known what happens there. */
static bool
watch(struct logs_followed *l)
{
	const char *path = directory(&l->source);

	l->above = watch_above(path);
	l->inside = sys_inotify_add_watch(events, path, INSIDE);
	return l->inside != -1 || (errno == ENOENT && l->above != -1);
}

/* A descriptor for each log. */
static void
raise_limit(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0) {
		l.rlim_cur = l.rlim_max;
		setrlimit(RLIMIT_NOFILE, &l);
	}
}

static bool
add(struct logs_following *all, const struct logs_source *s)
{
	struct logs_followed *l;

	all->at =
	    memory_grow(all->at, &all->room, all->count + 1, sizeof(*all->at));
	l = &all->at[all->count];
	*l = (struct logs_followed){.source = *s, .is_woken = true};
	if (!watch(l))
		return false;
	logs_stand(&l->place, s);
	all->count++;
	return true;
}

bool
logs_watch(
    struct logs_following *all, const struct logs_source *s, size_t count)
{
	all->since_ns = now_ns();
	raise_limit();
	events = inotify_init1(IN_CLOEXEC);
	if (events == -1)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!add(all, &s[i]))
			return false;
	return true;
}

/* --- what happens --- */

static void
wake(struct logs_following *all, const struct inotify_event *e)
{
	for (size_t i = 0; i < all->count; i++)
		if (e->wd == -1 || e->wd == all->at[i].inside ||
		    e->wd == all->at[i].above)
			all->at[i].is_woken = true;
}

static bool
take_events(struct logs_following *all)
{
	_Alignas(struct inotify_event) char bytes[4096];
	ssize_t n = sys_read(events, bytes, sizeof(bytes));

	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *e = (const void *)(bytes + at);
		wake(all, e);
		at += (ssize_t)sizeof(*e) + e->len;
	}
	return n != -1 || errno == EINTR;
}

/* Until something happens to a log, or one may have come; false: never. */
static bool
wait_for_events(struct logs_following *all)
{
	struct pollfd p[] = {{.fd = events, .events = POLLIN},
	    {.fd = logs_news_fd(), .events = POLLIN}};
	int64_t ms = logs_news_wait_ms();
	struct timespec t = {
	    .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	if (sys_ppoll(p, 2, ms < 0 ? NULL : &t) <= 0)
		return true;
	return p[0].revents == 0 || take_events(all);
}

static void
show_all(struct logs *lines, void (*show)(const struct logs_line *line))
{
	logs_merge(lines, 0);
	for (size_t i = 0; i < lines->count; i++)
		show(&lines->line[i]);
}

/* A turn for each log where something happened; true: there is more. */
static bool
turn(struct logs_following *all, void (*show)(const struct logs_line *line))
{
	uint64_t mark = memory_mark();
	struct logs lines = {0};
	bool more = false;

	for (size_t i = 0; i < all->count; i++) {
		if (!all->at[i].is_woken)
			continue;
		/* Before the look: what comes behind it will wake. */
		watch(&all->at[i]);
		all->at[i].is_woken = look(&lines, &all->at[i]);
		more |= all->at[i].is_woken;
	}
	show_all(&lines, show);
	memory_release(mark);
	return more;
}

/* Logs that have come, with what was said since we began. */
static void
take_news(
    struct logs_following *all, void (*show)(const struct logs_line *line))
{
	struct logs_ask ask = {.since_ns = all->since_ns, .whole = true};
	struct logs_source s;

	while (logs_news_next(&s)) {
		if (!add(all, &s))
			continue;
		uint64_t mark = memory_mark();
		struct logs_followed *l = &all->at[all->count - 1];
		struct logs lines = {0};
		logs_read_upto(&lines, &l->source, &l->place, &ask);
		show_all(&lines, show);
		memory_release(mark);
	}
}

int
logs_follow(
    struct logs_following *all, void (*show)(const struct logs_line *line))
{
	for (;;) {
		take_news(all, show);
		while (turn(all, show))
			;
		if (fflush(stdout) != 0)
			return EXITCODE_YES;
		if (!wait_for_events(all))
			return EXITCODE_SYSTEM;
	}
}
