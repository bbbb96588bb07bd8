/*
 * Services that run every so often, or at a time of day: by once, counted from
 * the start of the last run, which stands in the record; so a death of svcd
 * moves nothing. One that still runs when its time comes is not run twice, and
 * one that was stopped by a person stays so until it is started by one.
 *
 * A time of day is a moment of the wall clock, which people and programs set:
 * the kernel tells of that, and all such moments are looked for anew.
 */
#include "svc/tree/life/life.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/timerfd.h>

#include "lib/clock.h"
#include "lib/env.h"
#include "lib/error.h"
#include "lib/fd.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/core/calendar.h"
#include "svc/tree/life/begin.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"

#define SECOND_NS INT64_C(1000000000)
#define ZONES "/usr/share/zoneinfo"
#define ZONE_MOST 32768
#define NEVER INT64_MAX

/* --- the wall clock --- */

static struct watch clock_set = WATCH_NONE;

static void
clock_was_set(void *arg, uint32_t events)
{
	uint64_t times;

	(void)arg;
	(void)events;
	sys_read(clock_set.fd, &times, sizeof(times));
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		if (rec(i)->flags & BOARD_SCHEDULED) {
			live(i)->at_s = 0;
			deadline_sync(i);
		}
}

/* It never expires; that the clock was set (or slept) cancels it. */
static void
watch_clock(void)
{
	const struct itimerspec never = {.it_value.tv_sec = INT64_MAX};
	int fd;

	if (clock_set.fd >= 0)
		return;
	fd = sys_timerfd_create(CLOCK_REALTIME);
	if (fd < 0 ||
	    sys_timerfd_settime(
		fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never) < 0 ||
	    fd_lift(&fd, TREE_FD_FLOOR) < 0 ||
	    watch_add(
		&tree.loop, &clock_set, fd, EPOLLIN, clock_was_set, NULL) < 0)
		fd_close(&fd);
}

/* Read each time, which is once a run: it may be another by then. */
static void
read_zone(struct zone *z)
{
	static char bytes[ZONE_MOST];
	const char *name = env_find(tree.env, "TZ");
	char path[TREE_PATH] = "/etc/localtime";
	struct buf b = BUF(bytes), to = BUF(path);

	if (name != NULL && *name == ':')
		name++;
	if (name != NULL && *name != '\0') {
		if (zone_text(z, name))
			return;
		path_make(&to, ZONES, name);
	}
	if (fd_slurp(AT_FDCWD, path, &b) == 0 && zone_read(z, b.p, b.len))
		return;
	zone_text(z, "UTC0");
}

/* --- when --- */

static bool
is_stopped(uint32_t i, struct sv sv)
{
	return sv.leave ||
	       (sv.want == WANT_DOWN && rec(i)->cause == CAUSE_ASKED);
}

/* The first time it is found it is run. */
static int64_t
every_at(uint32_t i, const struct settings *s)
{
	struct board_record *r = rec(i);

	if (r->start_count == 0)
		return tree.loop.now.ns;
	return mono_add_ms((struct mono){r->start_mono_ns}, s->every).ns;
}

/* In Unix seconds; `since` of the wall clock as it is now. */
static void
look_for_next(uint32_t i, const struct settings *s, int64_t since)
{
	struct zone z;

	watch_clock();
	read_zone(&z);
	live(i)->at_s = calendar_next(s->at, &z, since);
	if (live(i)->at_s == 0)
		live(i)->at_s = NEVER;
}

/* When it last began to run, or to be there. */
static int64_t
last_began(uint32_t i)
{
	const struct board_record *r = rec(i);
	bool has_run = r->start_count > 0;
	int64_t real = has_run ? r->start_real_ns : r->since_real_ns;
	int64_t mono = has_run ? r->start_mono_ns : r->since_mono_ns;

	return calendar_since(real_ns() / SECOND_NS, real / SECOND_NS,
	    (mono_now().ns - mono) / SECOND_NS);
}

static int64_t
of_day_at(uint32_t i, const struct settings *s)
{
	int64_t left;

	if (live(i)->at_s == 0)
		look_for_next(i, s, last_began(i));
	if (live(i)->at_s == NEVER)
		return 0;
	left = live(i)->at_s * SECOND_NS - real_ns();
	return left <= 0 ? tree.loop.now.ns : mono_add_ns(mono_now(), left).ns;
}

int64_t
schedule_at(uint32_t i)
{
	struct board_record *r = rec(i);
	struct sv sv = state_word(i).sv;
	const struct settings *s;
	int64_t at = 0, of_day;

	if (!(r->flags & BOARD_SCHEDULED) || live(i)->is_posted ||
	    tree.is_ending || !sv_is_settled(sv) || sv.state == S_UP ||
	    is_stopped(i, sv))
		return 0;
	s = define_view(i);
	if (s == NULL)
		return 0;
	if (s->every > 0)
		at = every_at(i, s);
	of_day = settings_has(s, SET_at) ? of_day_at(i, s) : 0;
	return at == 0 || (of_day != 0 && of_day < at) ? of_day : at;
}

void
schedule_due(uint32_t i)
{
	/* It may be for another time by now, without anybody's having said. */
	service_refresh(i);
	if (!deadline_past(schedule_at(i)))
		return;
	live(i)->is_posted = true;
	post(i, EV_ONCE);
}

void
schedule_moved(uint32_t i)
{
	live(i)->is_posted = false;
	live(i)->at_s = 0;
}

/* What lies before the change does not count. */
void
schedule_defined(uint32_t i)
{
	const struct settings *s = define_view(i);

	if (s != NULL && settings_has(s, SET_at))
		look_for_next(i, s, real_ns() / SECOND_NS);
}
