/*
 * svcd: the supervision tree. This file is the way in: who we were called as,
 * which directories, whether a keeper stands above (if not, init becomes it and
 * starts us again), and the turn of everything.
 */
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/fd.h"
#include "lib/opt.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/sig.h"
#include "lib/sys.h"
#include "svc/tree/birth/births.h"
#include "svc/tree/control.h"
#include "svc/tree/life/begin.h"
#include "svc/tree/life/life.h"
#include "svc/tree/life/ready.h"
#include "svc/tree/life/relations.h"
#include "svc/tree/options.h"
#include "svc/tree/output/logger.h"
#include "svc/tree/output/output.h"
#include "svc/tree/output/said.h"
#include "svc/tree/requests.h"
#include "svc/tree/scan/scan.h"
#include "svc/tree/shown/clients.h"
#include "svc/tree/shown/shown.h"
#include "svc/tree/state/cgroups.h"
#include "svc/tree/state/scandir.h"
#include "svc/tree/state/state.h"
#include "svc/tree/stop.h"
#include "svc/tree/talk/talk.h"
#include "svc/tree/upgrade.h"
#include "svc/tree/upward.h"

#define USUAL_FILES 1024

/* As many descriptors as may be; services get the usual number. */
static struct rlimit
raise_limits(void)
{
	struct rlimit now = {.rlim_cur = USUAL_FILES, .rlim_max = USUAL_FILES};
	struct rlimit most;

	tree.fds = USUAL_FILES;
	if (sys_prlimit(0, RLIMIT_NOFILE, NULL, &now) < 0)
		return now;
	most = (struct rlimit){now.rlim_max, now.rlim_max};
	sys_prlimit(0, RLIMIT_NOFILE, &most, NULL);
	tree.fds = now.rlim_max;
	if (now.rlim_cur > USUAL_FILES)
		now.rlim_cur = USUAL_FILES;
	return now;
}

/* What a service inherits from us is what it is to have. */
static void
clean_self(void)
{
	/* Every signal is at its default: the keeper started us so. */
	alive_start();
	sig_mask(SIG_ALL & ~SIG_FAULTS & ~SIG_BIT(SIGPROF), NULL);
	tree.umask = (unsigned)sys_umask(022);
	for (int fd = 3; fd < KEEP_FD_END; fd++)
		fd_cloexec(fd, true);
	sys_close_range(KEEP_FD_END, ~0U, 0);
	births_reserve();
}

/* What the last svcd left: nothing is killed, everything goes on. */
static void
recover(void)
{
	/* Or so it was: stop_start() waits to be told once more. */
	tree.is_ending = state_head()->ending != KEEP_END_NONE;
	state_reindex();
	lines_start();
	for (uint32_t i = state_next(0); i != 0; i = state_next(i)) {
		alive_note();
		if (!(rec(i)->flags & BOARD_EXITED) ||
		    !sv_is_rest(state_word(i).sv))
			supervise_open(i);
		logpipe_recover(i);
		if (tree.output == LINES_RAW)
			output_recover(i);
		else
			said_recover(i);
		cgroups_recover(i);
		talk_recover(i);
		deadline_sync(i);
	}
}

/* A service and its logger name each other, or they are none. */
static void
recover_pair(uint32_t i)
{
	struct board_record *r = rec(i);

	if (r->logger != 0 &&
	    (board_word(rec(r->logger)) == 0 || rec(r->logger)->parent != i))
		r->logger = 0;
	if (!(r->flags & BOARD_LOG))
		return;
	if (r->parent == 0 || board_word(rec(r->parent)) == 0 ||
	    rec(r->parent)->logger != i) {
		r->parent = 0;
		log_is_over(i);
	} else if (!logpipe_return(r->parent, i)) {
		logpipe_close(i);
	}
}

/* Before the first death is heard, which may be others' business. */
static void
recover_relations(void)
{
	for (uint32_t i = state_next(0); i != 0; i = state_next(i)) {
		relations_defined(i);
		group_recover(i);
	}
}

static void
recover_events(void)
{
	for (uint32_t i = state_next(0); i != 0; i = state_next(i)) {
		alive_note();
		recover_pair(i);
		aux_recover(i);
		post(i, EV_RECOVER);
		relations_recover(i);
		failed_look(i);
		views_add(i);
	}
	relations_resolve();
}

static void
set_up(void)
{
	struct rlimit files = raise_limits();

	clean_self();
	state_open();
	blobs_start();
	tree.loop.now = mono_now();
	events_start();
	peek_start();
	group_start();
	relations_start();
	forking_start();
	cgroups_start();
	views_start();
	births_start(&files,
	    (struct births_ears){
		.born = born, .failed = born_not, .executed = ready_executed});
	talk_start((struct talk_ears){
	    .heard = heard, .barrier = queue_settle, .is_ready = ready_said});
	supervise_start(control_ready);
	clients_start(request);
	if (tree.output == LINES_RAW)
		output_start();
	else
		said_start();
	scan_start();
	if (tree.is_recovered) {
		recover();
		recover_relations();
	} else {
		lines_start();
	}
	/* The first steps are taken here: all that effects use stands. */
	exits_start(died_told);
	if (tree.is_recovered)
		recover_events();
	keep_start((struct keep_ears){.signal = stop_signal,
	    .stop = stop_all,
	    .refused = upgrade_refused});
	stop_start();
	upgrade_start();
	logger_start();
	scan_all();
	if (tree.is_strict && !tree.is_recovered && !scan_is_sound())
		keep_refuse(100);
	service_take_command();
	board_claim(tree.board);
	keep_ready();
	/* runsv of what is none, or is another's: told by now. */
	if (scandir_is_only() && state_next(0) == 0)
		keep_end(KEEP_END_EXIT, 111, false);
}

/*
 * Events before births, births before views. While children are on the way to
 * their programs nothing else is done: they need the processor.
 */
static void
turn(void)
{
	bool more;

	alive_note();
	exits_drain();
	more = queue_run(QUEUE_SOME);
	if (!more)
		relations_settle();
	more = births_run() || more;
	/* After whatever hears of deaths: the last one may be the last. */
	stop_look();
	more = more || events_wait() || relations_wait();
	if (!more && !births_are_near()) {
		more = !stop_is_near() && views_run();
		if (!more && !tree.is_ending)
			cgroups_calm();
		upward_look();
	}
	more = output_run() || more;
	if (more)
		loop_turn_until(&tree.loop, mono_zero());
	else if (loop_turn(&tree.loop) < 0)
		say_warn("cannot wait for events");
}

int
main(int argc, char **argv, char **envp)
{
	tree.env = envp;
	fd_ensure_012();
	options_read(argc, argv);
	if (!keep_above())
		options_under_keeper(argv);
	upward_start(envp);
	set_up();
	/* From here on we do not die, and if we do, nothing is lost. */
	for (;;)
		turn();
}
