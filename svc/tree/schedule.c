/*
 * Services that run every so often: by once, counted from the start of the last
 * run, which stands in the record; so a death of svcd moves nothing. One that
 * still runs when its time comes is not run twice, and one that was stopped by
 * a person stays so until it is started by one.
 */
#include "svc/tree/define.h"

#include "lib/clock.h"

static bool
is_stopped(uint32_t i, struct sv sv)
{
	return sv.leave ||
	       (sv.want == WANT_DOWN && rec(i)->cause == CAUSE_ASKED);
}

int64_t
schedule_at(uint32_t i)
{
	struct board_record *r = rec(i);
	struct sv sv = sv_unpack(board_word(r)).sv;
	const struct settings *s;

	if (!(r->flags & BOARD_SCHEDULED) || live(i)->is_posted ||
	    stop_is_on() || !sv_is_settled(sv) || sv.state == S_UP ||
	    is_stopped(i, sv))
		return 0;
	s = define_view(i);
	if (s == NULL || s->every <= 0)
		return 0;
	/* The first time it is found it is run. */
	if (r->start_count == 0)
		return tree.loop.now.ns;
	return mono_add_ms((struct mono){r->start_mono_ns}, s->every).ns;
}

void
schedule_due(uint32_t i)
{
	live(i)->is_posted = true;
	post(i, EV_ONCE);
}

void
schedule_moved(uint32_t i)
{
	live(i)->is_posted = false;
}
