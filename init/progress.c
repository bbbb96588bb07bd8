/*
 * Where the system is on its way up or down, in words for a person in front of
 * a console: each step with the time it may take, and again when it takes long.
 */
#include "init/progress.h"

#include "init/runit.h"
#include "init/stage.h"
#include "lib/fmt.h"
#include "lib/say.h"

#define NS_OF_MS(ms) ((int64_t)(ms)*1000000)
#define REMIND_MS 10000 /* between two words about what is waited for */

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

	/* The first of all is worth a word when it takes long. */
	if (doing(&s->plan) == NULL ||
	    (s->plan.phase == PHASE_MOUNT && s->plan.push == PUSH_NONE &&
		*before == '\0'))
		return;
	put_doing(&b, &s->plan, before);
	if (s->until_ns != 0 && s->plan.phase != PHASE_LAST)
		buf_fmt(&b, ", at most %ld s",
		    (long)((left_ns + NS_OF_MS(999)) / NS_OF_MS(1000)));
	say_info("%s", room);
}

void
progress_begin(const struct memo_step *s)
{
	memo.say_ns = s->since_ns + NS_OF_MS(REMIND_MS);
	if (memo.runit.is && s->plan.push == PUSH_NONE)
		runit_say_enter((enum phase)s->plan.phase);
	else
		say_phase(s, "", s->until_ns - s->since_ns);
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
