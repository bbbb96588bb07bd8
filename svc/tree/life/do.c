/*
 * Effects: one small function for each. They act and come back at once; what
 * comes of them is posted as an event. Each may be done twice without harm,
 * since a svcd that was killed in the middle is told to do it again.
 */
#include "svc/tree/life/life.h"

#include <signal.h>
#include <string.h>

#include "lib/clock.h"
#include "svc/core/status.h"
#include "svc/tree/birth/births.h"
#include "svc/tree/life/ready.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/output/logger.h"
#include "svc/tree/output/output.h"
#include "svc/tree/output/said.h"
#include "svc/tree/shown/clients.h"
#include "svc/tree/shown/shown.h"
#include "svc/tree/state/cgroups.h"
#include "svc/tree/state/later.h"
#include "svc/tree/state/scandir.h"
#include "svc/tree/state/service.h"
#include "svc/tree/state/state.h"
#include "svc/tree/talk/talk.h"

static void
forgive(uint32_t i)
{
	struct board_record *r = rec(i);

	board_begin(r);
	r->budget = (struct budget){0};
	r->flags &= ~(uint32_t)BOARD_FELL;
	board_end(r);
}

/* A signal that people may have put a script in front of. */
static void
send_or_script(uint32_t i, int sig)
{
	char letter = status_signal_letter(sig);

	if (letter == 0 || !aux_control(i, letter, sig))
		kill_main(i, sig, service_kills_group(i));
}

/* One step of the stop schedule; the first also takes the exit scripts along:
 * they run after it, and after CONT. */
static void
stop_signal_step(uint32_t i, struct sv sv)
{
	int sig = service_stop_signal(i, sv.step);

	if (sig == SIGKILL)
		kill_main(i, sig, service_kills_group_at_last(i));
	else if (sig != 0)
		send_or_script(i, sig);
	if (sig == SIGTERM)
		state_flags(i, BOARD_GOT_TERM, 0);
	if (sv.step == 0)
		aux_control(i, sv.leave ? 'x' : 'd', 0);
}

static void
terminate(uint32_t i)
{
	send_or_script(i, SIGTERM);
	state_flags(i, BOARD_GOT_TERM, 0);
}

static void
go_on(uint32_t i, struct sv before)
{
	if (before.pause == PAUSE_NO || state_word(i).sv.state == S_STOP)
		kill_main(i, SIGCONT, false);
	else
		send_or_script(i, SIGCONT);
}

static void
reload(uint32_t i)
{
	reload_begin(i);
	if (aux_reload(i))
		return;
	reload_expect(i);
	send_or_script(i, service_reload_signal(i));
}

static void
tell(uint32_t i)
{
	struct board_record *r = rec(i);
	enum sv_shown now = sv_shown(state_word(i).sv);
	enum sv_shown old = (enum sv_shown)live(i)->shown;

	if (now != old) {
		board_begin(r);
		r->since_mono_ns = tree.loop.now.ns;
		r->since_real_ns = real_ns();
		board_end(r);
		live(i)->shown = (uint8_t)now;
	}
	state_head()->changes++;
	if (now == SV_SHOWN_WAITING)
		relations_cause(i);
	listen_settled(i);
	views_add(i);
	failed_look(i);
	if (now != old) {
		if (now == SV_SHOWN_DOWN || now == SV_SHOWN_FAILED)
			dirs_remove(i);
		relations_news(i);
		clients_tell(i, old, now);
	}
	ending_rested(i);
}

bool
service_leave_logger(uint32_t i)
{
	uint32_t logger = rec(i)->logger;

	if (logger == 0)
		return false;
	logpipe_leave(i, logger);
	rec(logger)->parent = rec(i)->logger = 0;
	log_is_over(logger);
	return true;
}

/* A logger whose directory is gone could not read them: its service may have
 * another one now. They name each other no more. */
static void
leave_lines(uint32_t i)
{
	char name[BOARD_NAME_MAX + 1];
	char *end = strchr(state_name(i, name), '/');
	uint32_t service;

	if (!(rec(i)->flags & BOARD_LOG) || end == NULL)
		return;
	*end = '\0';
	service = state_by_name(name);
	if (service != 0)
		logger_look(service);
	logpipe_inherit(service, i);
}

/*
 * Told to exit, while its link is there: not forgotten, or the next look at the
 * directories would start it again. It stays, without files, until its link is
 * made anew or somebody wants it up.
 */
static void
set_aside(uint32_t i)
{
	struct sv_word w = state_word(i);
	struct sv sv = {.state = S_DOWN, .want = WANT_DOWN, .deps = true};

	service_leave_logger(i);
	logpipe_close(i);
	views_last(i);
	supervise_close(i);
	state_commit(i, sv, w.generation, 0);
	relations_tell(i);
	tell(i);
}

/* Whoever may take its place is looked for; a runsv has nothing left to do. */
static void
leave_directory(uint32_t i)
{
	uint32_t parent = rec(i)->parent;

	if (live(i)->is_recreated ||
	    !(rec(i)->flags & (BOARD_UNLINKED | BOARD_EXITED)))
		scandirs_want();
	if (parent != 0)
		rec(parent)->logger = 0;
	else if (scandir_is_only() && !live(i)->is_recreated)
		keep_end(KEEP_END_EXIT, 0, false);
	if (!service_leave_logger(i))
		logger_leave(i);
}

static void
free_record(uint32_t i)
{
	if ((rec(i)->flags & BOARD_EXITED) &&
	    !(rec(i)->flags & BOARD_UNLINKED) && !scandir_is_only()) {
		set_aside(i);
		return;
	}
	leave_lines(i);
	leave_directory(i);
	probe_end(i);
	talk_close(i);
	logpipe_close(i);
	said_close(i);
	output_close(i);
	cgroups_close(i);
	views_last(i);
	supervise_close(i);
	clients_note(i);
	relations_remove(i);
	state_free(i);
	clients_gone();
}

/* clang-format off */
static void
do_effect(uint32_t i, struct sv before, struct sv now, enum sv_effect_bit bit)
{
	if (group_effect(i, bit))
		return;
	switch (bit) {
	case SV_BIT_FORGIVE:	forgive(i); break;
	case SV_BIT_DISARM:	deadline_disarm(i); break;
	case SV_BIT_UNWATCH:	ready_unwatch(i); break;
	case SV_BIT_UNGATE:	births_ungate(i); break;
	case SV_BIT_DROP:	births_drop(i); break;
	case SV_BIT_SIGNAL:	stop_signal_step(i, now); break;
	case SV_BIT_TERM:	terminate(i); break;
	case SV_BIT_KILL:	kill_main(i, SIGKILL, service_kills_group(i)); break;
	case SV_BIT_PAUSE:	send_or_script(i, SIGSTOP); break;
	case SV_BIT_CONT:	go_on(i, before); break;
	case SV_BIT_RELOAD:	reload(i); break;
	case SV_BIT_SWEEP:	sweep(i, bit == SV_BIT_SWEEP ? SIGTERM : SIGKILL); break;
	case SV_BIT_SWEEP_KILL:	sweep(i, bit == SV_BIT_SWEEP ? SIGTERM : SIGKILL); break;
	case SV_BIT_WATCH:	ready_watch(i); break;
	case SV_BIT_ADOPT:	forking_look(i); break;
	case SV_BIT_ARM:	deadline_arm(i); break;
	case SV_BIT_PRE:	births_add(i); break;
	case SV_BIT_RUN:	births_add(i); break;
	case SV_BIT_FINISH:	births_add(i); break;
	case SV_BIT_TELL:	tell(i); break;
	case SV_BIT_FREE:	free_record(i); break;
	}
}
/* clang-format on */

#define SIGNALS                                                           \
	(DO_SIGNAL | DO_CONT | DO_PAUSE | DO_TERM | DO_KILL | DO_RELOAD | \
	    DO_SWEEP | DO_SWEEP_KILL)

static void
send_again(uint32_t i)
{
	post(i, EV_RECOVER);
}

static struct later unsent = LATER(send_again);

void
do_effects(uint32_t i, struct sv before, struct sv now, uint32_t effects)
{
	enum kill_result result;

	kill_begin();
	for (unsigned bit = 0; bit < SV_EFFECT_COUNT; bit++)
		if (effects & 1u << bit)
			do_effect(i, before, now, (enum sv_effect_bit)bit);
	result = kill_end();
	/* The machine names again what was not sent: when the queue has been
	 * drained, or after a while. */
	if ((effects & SIGNALS) && result == KILL_LATER)
		later_add(&unsent, i);
	else if (effects & SIGNALS)
		post(i, result == KILL_SENT ? EV_SENT : EV_RECOVER);
}
