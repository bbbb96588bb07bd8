/*
 * Where the system is on its way up or down, in words for a person in front of
 * a console; with the time that is left when it takes long. What is over in a
 * blink as a rule is told only when it is not.
 */
#include "init/progress.h"

#include "init/runit.h"
#include "init/stage.h"
#include "lib/fmt.h"
#include "lib/mono.h"
#include "lib/say.h"

#define REMIND_MS 10000 /* between two words about what is waited for */
#define BRIEF_MS 1000	/* before the first about what is over soon */

/* What this phase does or waits for; NULL where there is nothing to say. */
static const char *
doing(const struct plan *p)
{
	switch ((enum phase)p->phase) {
	case PHASE_BOOT:
	case PHASE_SHUTDOWN:
	case PHASE_RESCUE:
		return "running";
	case PHASE_KEEP:
		return "starting the services";
	case PHASE_STOP:
		return "stopping the services";
	case PHASE_TERM:
		return "TERM to all processes, waiting for them to end";
	case PHASE_KILL:
		return "KILL to all processes, waiting for them to end";
	case PHASE_FINAL:
		return final_text((enum final)p->final);
	case PHASE_LAST:
		return ending_name((enum keep_ending)p->ending);
	case PHASE_MOUNT:
		return "mounting the kernel's file systems";
	case PHASE_START:
	case PHASE_COUNT:
		break;
	}
	return NULL;
}

/* What is pushed, or goes on; with its program, where there is one. */
static void
put_doing(struct buf *b, const struct plan *p, const char *before)
{
	const char *push = p->push == PUSH_TERM ? "TERM" : "KILL";
	bool program = p->phase == PHASE_BOOT || p->phase == PHASE_SHUTDOWN ||
		       p->phase == PHASE_RESCUE;

	if (p->push == PUSH_NONE)
		buf_fmt(b, "%s%s", before, doing(p));
	else if (program)
		buf_fmt(b, "%s to", push);
	else
		buf_fmt(b, "%s, for it hangs: %s", push, doing(p));
	if (program)
		buf_fmt(b, " %s", stage_path((enum phase)p->phase));
}

static void
say_phase(const struct memo_step *s, const char *before, int64_t left_ns)
{
	char room[WORD_PATH_MAX + 96];
	struct buf b = BUF(room);

	if (doing(&s->plan) == NULL)
		return;
	put_doing(&b, &s->plan, before);
	if (left_ns > 0 && s->plan.phase != PHASE_LAST)
		buf_fmt(&b, ", at most %ld s",
		    (long)((left_ns + NS_OF_MS(999)) / NS_OF_MS(1000)));
	say_info("%s", room);
}

static bool
is_brief(const struct plan *p)
{
	return p->push == PUSH_NONE &&
	       (p->phase == PHASE_MOUNT || p->phase == PHASE_TERM ||
		   p->phase == PHASE_FINAL);
}

/* A stage tells by itself what it waits for, and for how long. */
static int64_t
limit_to_tell(const struct memo_step *s)
{
	bool is_stage =
	    s->plan.phase == PHASE_BOOT || s->plan.phase == PHASE_SHUTDOWN;

	return is_stage && s->plan.push == PUSH_NONE
		   ? 0
		   : s->until_ns - s->since_ns;
}

void
progress_begin(const struct memo_step *s)
{
	bool brief = is_brief(&s->plan);

	memo.say_ns = s->since_ns + NS_OF_MS(brief ? BRIEF_MS : REMIND_MS);
	if (memo.runit.is && s->plan.push == PUSH_NONE)
		runit_say_enter((enum phase)s->plan.phase);
	else if (!brief)
		say_phase(s, "", limit_to_tell(s));
}

/* A person in front of a console wants to know that it goes on. */
void
progress_remind(int64_t now_ns)
{
	const struct memo_step *s = memo_step();

	if (now_ns < memo.say_ns)
		return;
	memo.say_ns = now_ns + NS_OF_MS(REMIND_MS);
	if (s->until_ns > now_ns)
		say_phase(s, "still ", s->until_ns - now_ns);
}
