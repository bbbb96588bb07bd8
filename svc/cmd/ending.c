/*
 * svc kexec, soft-reboot, rescue: endings without a program of their own.
 */
#include "svc/cmd/options.h"
#include "svc/cmd/power.h"

extern const struct cmd cmd_kexec, cmd_soft_reboot, cmd_rescue;

enum {
	OPTION_NO_WALL = OPTIONS_WORD
};

static const struct cmd_option options[] = {
    {'f', "force", NULL, "do not wait for services: kill them", 0},
    {0, "no-wall", NULL, "tell nobody", OPTION_NO_WALL},
    {0},
};

static int
end(enum keep_ending ending, const struct cmd *cmd, int argc, char **argv)
{
	struct power p = {.ending = ending};
	struct options o;
	int code;

	options_init(&o, cmd, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		if (code == 'f')
			p.at_once = true;
		else if (code == OPTION_NO_WALL)
			p.no_wall = true;
		else
			return options_wrong(&o, code);
	if (o.count > 0)
		return options_refuse(&o, "what is %s?", o.operands[0]);
	if (ending == KEEP_END_KEXEC && power_of_reboot() != KEEP_END_KEXEC)
		return options_refuse(
		    &o, "no kernel is loaded: kexec -l first");
	return power_end(&p);
}

static int
run_kexec(int argc, char **argv)
{
	return end(KEEP_END_KEXEC, &cmd_kexec, argc, argv);
}

static int
run_soft_reboot(int argc, char **argv)
{
	return end(KEEP_END_SOFT_REBOOT, &cmd_soft_reboot, argc, argv);
}

static int
run_rescue(int argc, char **argv)
{
	return end(KEEP_END_RESCUE, &cmd_rescue, argc, argv);
}

const struct cmd cmd_kexec = {
    .name = "kexec",
    .group = GROUP_MACHINE,
    .usage = "[-f] [--no-wall]",
    .help = "stop everything and start the kernel that kexec -l has loaded",
    .options = options,
    .run = run_kexec,
};

const struct cmd cmd_soft_reboot = {
    .name = "soft-reboot",
    .group = GROUP_MACHINE,
    .usage = "[-f] [--no-wall]",
    .help = "stop everything and start again without the kernel",
    .options = options,
    .run = run_soft_reboot,
};

const struct cmd cmd_rescue = {
    .name = "rescue",
    .group = GROUP_MACHINE,
    .usage = "[-f] [--no-wall]",
    .help = "stop services and open a root shell on the console",
    .options = options,
    .run = run_rescue,
};
