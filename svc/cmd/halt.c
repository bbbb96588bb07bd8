/*
 * halt, poweroff, reboot: one command under three names, with the options of
 * sysvinit, systemd, busybox and Void.
 */
#include <time.h>
#include <unistd.h>

#include "lib/scan.h"
#include "lib/str.h"

#include "svc/cmd/options.h"
#include "svc/cmd/power.h"
#include "svc/cmd/utmp.h"

extern const struct cmd cmd_halt, cmd_poweroff, cmd_reboot;

enum {
	OPTION_HALT = OPTIONS_WORD,
	OPTION_REBOOT,
	OPTION_NO_WALL
};

static const struct cmd_option options[] = {
    {'f', "force", NULL, "by the kernel, at once: no service is stopped", 0},
    {'p', "poweroff", NULL, "halt: switch the power off", 0},
    {0, "halt", NULL, "halt, whatever the name says", OPTION_HALT},
    {0, "reboot", NULL, "reboot, whatever the name says", OPTION_REBOOT},
    {'k', "kexec", NULL, "reboot: into the loaded kernel", 0},
    {'n', "no-sync", NULL, "with -f: do not write caches to disk", 0},
    {'w', "wtmp-only", NULL, "only write the record of a shutdown", 0},
    {'d', "no-wtmp", NULL, "do not write it (-d SECONDS: wait before)", 0},
    {'B', "boot-record", NULL, "only write the record of a boot", 0},
    {'i', NULL, NULL, "with -f: take network interfaces down first", 0},
    {'h', NULL, NULL, "disks to standby: the kernel does so anyway", 0},
    {'m', "message", "ARGUMENT", "reboot: argument for the firmware; as -f", 0},
    {'t', NULL, "SECONDS", "accepted: stop schedules say how long", 0},
    {0, "no-wall", NULL, "tell nobody", OPTION_NO_WALL},
    {0},
};

/* What the options asked for beside the ending. */
struct extra {
	bool is_wtmp_only, is_boot_record, has_d;
};

static int
take_option(
    struct power *p, struct extra *extra, const struct options *o, int code)
{
	switch (code) {
	case 'f':
		p->force = true;
		break;
	case 'p':
		if (p->ending == KEEP_END_HALT)
			p->ending = KEEP_END_POWEROFF;
		break;
	case OPTION_HALT:
		p->ending = KEEP_END_HALT;
		break;
	case OPTION_REBOOT:
		p->ending = power_of_reboot();
		break;
	case 'k':
		p->ending = KEEP_END_KEXEC;
		break;
	case 'n':
		p->no_sync = true;
		break;
	case 'w':
		extra->is_wtmp_only = true;
		break;
	case 'd':
		p->no_wtmp = extra->has_d = true;
		break;
	case 'B':
		extra->is_boot_record = true;
		break;
	case 'i':
		p->net_down = true;
		break;
	case 'm':
		p->argument = o->value;
		p->force = true;
		break;
	case OPTION_NO_WALL:
		p->no_wall = true;
		break;
	case 'h':
	case 't':
		break;
	default:
		return options_wrong(o, code);
	}
	return -1;
}

static int
write_shutdown_record(void)
{
	struct utmp_entry e = utmp_shutdown(time(NULL));

	return utmp_append(WTMP_FILE, &e) < 0 ? EXITCODE_SYSTEM : EXITCODE_YES;
}

/* The levels are those of a machine that is up with everything. */
static int
write_boot_record(void)
{
	int64_t now = time(NULL);
	struct utmp_entry boot = utmp_boot(now);
	struct utmp_entry level = utmp_run_level(now, '5', 'N');

	if (utmp_put(UTMP_FILE, &boot) < 0 || utmp_append(WTMP_FILE, &boot) < 0)
		return EXITCODE_SYSTEM;
	if (utmp_put(UTMP_FILE, &level) < 0 ||
	    utmp_append(WTMP_FILE, &level) < 0)
		return EXITCODE_SYSTEM;
	return EXITCODE_YES;
}

static int
end(enum keep_ending ending, const struct cmd *cmd, int argc, char **argv)
{
	struct power p = {.ending = ending};
	struct extra extra = {0};
	struct options o;
	uint32_t delay = 0;
	int code;

	options_init(&o, cmd, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END) {
		int wrong = take_option(&p, &extra, &o, code);
		if (wrong >= 0)
			return wrong;
	}
	/* busybox: -d is a delay and has a number. */
	if (o.count == 1 && extra.has_d && scan_u32(o.operands[0], &delay))
		p.no_wtmp = false;
	else if (o.count > 0)
		return options_refuse(&o, "what is %s?", o.operands[0]);
	if (extra.is_boot_record)
		return write_boot_record();
	if (extra.is_wtmp_only)
		return write_shutdown_record();
	while (delay > 0)
		delay = sleep(delay);
	return power_end(&p);
}

static int
run_halt(int argc, char **argv)
{
	return end(KEEP_END_HALT, &cmd_halt, argc, argv);
}

static int
run_poweroff(int argc, char **argv)
{
	return end(KEEP_END_POWEROFF, &cmd_poweroff, argc, argv);
}

static int
run_reboot(int argc, char **argv)
{
	return end(power_of_reboot(), &cmd_reboot, argc, argv);
}

#define USAGE                                               \
	"[-fpkndwBih] [-m ARGUMENT] [-t SECONDS] [--halt] " \
	"[--reboot] [--no-wall]"
#define ABOUT                                                                 \
	"Services are stopped, disks unmounted, and then the machine ends. "  \
	"Asks svcd; where\nthat does not answer, a signal to process 1 does " \
	"it."

const struct cmd cmd_poweroff = {
    .name = "poweroff",
    .group = GROUP_MACHINE,
    .program = true,
    .usage = USAGE,
    .help = "stop everything and switch the power off",
    .about = ABOUT,
    .options = options,
    .run = run_poweroff,
};

const struct cmd cmd_reboot = {
    .name = "reboot",
    .group = GROUP_MACHINE,
    .program = true,
    .usage = USAGE,
    .help = "stop everything and start the machine again",
    .about = ABOUT,
    .options = options,
    .run = run_reboot,
};

const struct cmd cmd_halt = {
    .name = "halt",
    .group = GROUP_MACHINE,
    .program = true,
    .usage = USAGE,
    .help = "stop everything and leave the power on",
    .about = ABOUT,
    .options = options,
    .run = run_halt,
};
