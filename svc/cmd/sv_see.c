/*
 * What sv sees of a service, what it sends to it, and how it says what came of
 * that: on stdout, in words that configuration tools take apart. Only the
 * ./down and ./check complaints go to stderr.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/sys.h"

#include "svc/cmd/sv.h"
#include "svc/cmd/tool.h"

void
sv_fail(struct sv *sv, const char *kind, const struct sv_target *t,
    const char *suffix, const char *what, int error)
{
	if (strcmp(kind, "ok") != 0)
		sv->trouble++;
	printf("%s: %s%s: %s%s%s\n", kind, t->name, suffix, what,
	    error != 0 ? ": " : "", error != 0 ? errtext(error) : "");
	fflush(stdout);
}

int
sv_enter(struct sv *sv, const struct sv_target *t)
{
	int dir = supervise_open(t->path);
	if (dir < 0)
		sv_fail(sv, "fail", t, "",
		    "unable to change to service directory", errno);
	return dir;
}

enum sv_sight
sv_see(struct sv *sv, const struct sv_target *t, int dir, const char *suffix,
    struct supervise_status *s)
{
	const char *what;
	int ok = supervise_ok(dir);
	if (ok < 0 && errno == ENXIO) {
		sv_fail(sv, sv->letters[0] == 'x' ? "ok" : "fail", t, suffix,
		    "runsv not running", 0);
		return SV_GONE;
	}
	if (ok < 0) {
		sv_fail(sv, "warning", t, suffix, "unable to open supervise/ok",
		    errno);
		return SV_TROUBLE;
	}
	sys_close(ok);
	switch (supervise_read(dir, SUPERVISE_RUNIT, s, &what)) {
	case 1:
		return SV_SEEN;
	case 0:
		sv_fail(sv, "warning", t, suffix,
		    "unable to read supervise/status: bad format", 0);
		return SV_TROUBLE;
	default:
		sv_fail(sv, "warning", t, suffix, what, errno);
		return SV_TROUBLE;
	}
}

bool
sv_send(struct sv *sv, struct sv_target *t, int dir, const char *letters)
{
	struct supervise_status s;
	const char *what;
	if (sv_see(sv, t, dir, "", &s) != SV_SEEN)
		return false;
	t->since = s.since;
	/* A second `d` counts as long as the first was not obeyed by a TERM. */
	if (s.want == letters[0] && (letters[0] != 'd' || s.got_term))
		return true;
	if (supervise_send(dir, letters, &what) == 0)
		return true;
	if (errno == ENXIO)
		sv_fail(sv, letters[0] == 'x' ? "ok" : "fail", t, "",
		    "runsv not running", 0);
	else
		sv_fail(sv, "warning", t, "", what, errno);
	return false;
}

bool
sv_put(const struct sv *sv, const struct sv_target *t, int dir,
    const char *name, const struct supervise_status *s)
{
	static const char *const states[] = {"down: ", "run: ", "finish: "};
	struct stat st;
	bool has_down = sys_fstatat(dir, "down", &st, 0) == 0;
	if (!has_down && errno != ENOENT) {
		tool_say("warning: unable to stat ", t->name,
		    "/down: ", errtext(errno), NULL);
		return false;
	}
	printf("%s%s: ", s->state < 3 ? states[s->state] : "", name);
	if (s->state != SUPERVISE_DOWN)
		printf("(pid %lu) ", (unsigned long)s->pid);
	printf(
	    "%llus", (unsigned long long)supervise_seconds(s->since, sv->now));
	supervise_print_wishes(s, has_down);
	if (s->pid != 0 && s->got_term)
		printf(", got TERM");
	return true;
}

/* The part after the service's own: its logger's, if there is one. */
static void
put_log(struct sv *sv, const struct sv_target *t, int dir)
{
	struct supervise_status s;
	int log = sys_openat(dir, "log", O_RDONLY | O_DIRECTORY, 0);
	if (log < 0 && errno == ENOENT) {
		putchar('\n');
		return;
	}
	printf("; ");
	if (log < 0) {
		sv_fail(sv, "warning", t, "/log", "unable to change directory",
		    errno);
		return;
	}
	if (sv_see(sv, t, log, "/log", &s) == SV_SEEN) {
		sv_put(sv, t, log, "log", &s);
		putchar('\n');
	}
	sys_close(log);
}

/* LSB's codes for status. */
enum {
	LSB_RUN = 0,
	LSB_DOWN = 3,
	LSB_UNKNOWN = 4
};

int
sv_status(struct sv *sv, const struct sv_target *t, int dir)
{
	struct supervise_status s;
	enum sv_sight sight = sv_see(sv, t, dir, "", &s);
	if (sight == SV_GONE)
		return 1;
	if (sight == SV_TROUBLE)
		return LSB_UNKNOWN;
	bool put = sv_put(sv, t, dir, t->name, &s);
	put_log(sv, t, dir);
	fflush(stdout);
	if (!put)
		return LSB_UNKNOWN;
	return s.pid != 0 ? LSB_RUN : LSB_DOWN;
}
