/*
 * What a service's directory says about it. The files of runit and s6 are read
 * when they are used, as both do; nothing of them is kept here.
 */
#include "svc/tree/state/service.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/path.h"
#include "lib/sig.h"
#include "lib/sys.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"

#define SECOND_MS 1000

static bool
is_program(int dir, const char *file)
{
	struct stat st;

	return sys_fstatat(dir, file, &st, 0) == 0 && S_ISREG(st.st_mode) &&
	       (st.st_mode & S_IXUSR);
}

static bool
exists(int dir, const char *file)
{
	return sys_faccessat(dir, file, F_OK, 0) == 0;
}

bool
service_is_s6(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL && (s->files & (WITH_S6 | WITH_S6RC));
}

bool
service_is_oneshot(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL && settings_config(s).is_oneshot;
}

bool
service_is_group(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL && s->type == TYPE_GROUP;
}

bool
service_is_scheduled(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL && (s->every > 0 || settings_has(s, SET_at));
}

bool
service_is_essential(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL && s->essential;
}

/* What is true of a directory that says nothing more than runit knows. It has
 * just been looked through. */
static struct sv_config
plain_config(int dir, bool is_log)
{
	return (struct sv_config){
	    .has_finish = !is_log && (define_seen() & SEEN_FINISH) &&
			  exists(dir, "finish"),
	    .has_pre = !is_log && (define_seen() & SEEN_CONTROL) &&
		       is_program(dir, "control/u"),
	};
}

struct sv_config
service_config(uint32_t i, int dir)
{
	const struct settings *s = define_view(i);
	struct sv_config c;

	if (s == NULL)
		return plain_config(dir, rec(i)->flags & BOARD_LOG);
	c = settings_config(s);
	c.has_pre = dir >= 0 && (define_seen() & SEEN_CONTROL) &&
		    is_program(dir, "control/u");
	return c;
}

bool
service_is_down(uint32_t i, int dir)
{
	const struct settings *s = define_view(i);

	if (s != NULL)
		return !s->autostart || service_is_scheduled(i);
	return (define_seen() & SEEN_DOWN) && exists(dir, "down");
}

/* runit: at least a second from start to start, and never giving up. */
struct budget_policy
service_policy(uint32_t i)
{
	const struct settings *s = define_view(i);

	if (s != NULL)
		return s->restart;
	return (struct budget_policy){
	    .rule = BUDGET_ALWAYS, .delay_ms = SECOND_MS, .max_ms = SECOND_MS};
}

bool
service_is_clean(uint32_t i, int code, int value)
{
	static const uint64_t clean = SIG_BIT(SIGTERM) | SIG_BIT(SIGHUP) |
				      SIG_BIT(SIGINT) | SIG_BIT(SIGPIPE);
	const struct settings *s = define_view(i);

	if (s != NULL)
		return settings_is_clean(s, code, value);
	if (code == CLD_EXITED)
		return value == 0;
	return (clean & SIG_BIT(value)) != 0;
}

bool
service_is_fatal(uint32_t i, int code, int value)
{
	const struct settings *s = define_view(i);

	return s != NULL && settings_is_code(&s->give_up_on, code, value);
}

static int
scheduled(const struct settings *s, unsigned at)
{
	if (s != NULL)
		return at < s->stop.count ? s->stop.step[at].signal : 0;
	return at == 0 ? SIGTERM : 0;
}

/*
 * ABRT takes the place of the first signal and does not come before it: the
 * kernel ends a process by TERM at once, also if an ABRT, which waits for the
 * process to run, was sent first, and there would be no core.
 */
int
service_stop_signal(uint32_t i, unsigned at)
{
	const struct board_record *r = rec(i);
	int sig = scheduled(define_view(i), at);
	bool is_silent =
	    (r->flags & BOARD_SICK) != 0 && r->cause == CAUSE_WATCHDOG;

	return at == 0 && is_silent && sig != SIGKILL ? SIGABRT : sig;
}

static int64_t
limit(int64_t ms)
{
	return ms == SETTINGS_FOREVER ? 0 : ms;
}

int64_t
service_stop_ms(uint32_t i, unsigned at)
{
	const struct settings *s = define_view(i);

	if (s == NULL || at >= s->stop.count)
		return 0;
	return limit(s->stop.step[at].wait_ms);
}

int64_t
service_timeout_up_ms(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL ? limit(s->timeout_up) : 0;
}

int64_t
service_timeout_finish_ms(uint32_t i)
{
	const struct settings *s = define_view(i);

	if (s == NULL)
		return 0;
	return limit(
	    s->type == TYPE_ONESHOT ? s->timeout_down : s->timeout_finish);
}

bool
service_finish_gives_up(uint32_t i)
{
	return rec(i)->flags & BOARD_S6;
}

bool
service_kills_all(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL && s->kill == KILL_ALL;
}

bool
service_kills_group(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL && s->kill == KILL_GROUP;
}

/* s6's flag-timeout-killpg. */
bool
service_kills_group_at_last(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL && (s->kill == KILL_GROUP || s->killpg);
}

int
service_reload_signal(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL ? s->reload_signal : SIGHUP;
}
