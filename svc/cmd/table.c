/*
 * The list of all commands and what is read from it. The order within a group
 * is the order of the help.
 */
#include <string.h>

#include "svc/cmd/table.h"

/* clang-format off */
#define COMMANDS(X) \
	X(up) \
	X(down) \
	X(restart) \
	X(reload) \
	X(once) \
	X(kill) \
	X(pause) \
	X(cont) \
	X(notify) \
	X(run) \
	X(status) \
	X(why) \
	X(list) \
	X(log) \
	X(events) \
	X(progress) \
	X(wait) \
	X(health) \
	X(top) \
	X(graph) \
	X(plot) \
	X(enable) \
	X(disable) \
	X(check) \
	X(rescan) \
	X(upgrade) \
	X(poweroff) \
	X(reboot) \
	X(halt) \
	X(shutdown) \
	X(kexec) \
	X(soft_reboot) \
	X(rescue) \
	X(telinit) \
	X(requests) \
	X(klog) \
	X(lsb) \
	X(seed) \
	X(switch_root) \
	X(runlevel) \
	X(wall) \
	X(sv) \
	X(svc) \
	X(svstat) \
	X(svok) \
	X(chpst) \
	X(envdir) \
	X(envuidgid) \
	X(setuidgid) \
	X(pgrphack) \
	X(setlock) \
	X(softlimit) \
	X(fghack) \
	X(tai64n) \
	X(tai64nlocal) \
	X(readproctitle) \
	X(svscanboot) \
	X(runsvchdir) \
	X(utmpset) \
	X(runsvctrl) \
	X(runsvstat) \
	X(svwaitup) \
	X(svwaitdown) \
	X(help_verb) \
	X(completion)
/* clang-format on */

#define DECLARE(name) extern const struct cmd cmd_##name;
#define ENTRY(name) &cmd_##name,

COMMANDS(DECLARE)

const struct cmd *const cmd_table[] = {COMMANDS(ENTRY) NULL};

bool
cmd_has_name(const struct cmd *cmd, const char *name)
{
	size_t length = strlen(name);
	const char *at = cmd->aliases;

	if (strcmp(cmd->name, name) == 0)
		return true;
	while (at != NULL && length > 0) {
		size_t word = strcspn(at, " ");
		if (word == length && memcmp(at, name, length) == 0)
			return true;
		at = at[word] == ' ' ? at + word + 1 : NULL;
	}
	return false;
}

const struct cmd *
cmd_find(const char *name)
{
	for (size_t i = 0; cmd_table[i] != NULL; i++)
		if (cmd_has_name(cmd_table[i], name))
			return cmd_table[i];
	return NULL;
}

const struct cmd *
cmd_find_program(const char *name)
{
	for (size_t i = 0; cmd_table[i] != NULL; i++)
		if (cmd_table[i]->program && cmd_has_name(cmd_table[i], name))
			return cmd_table[i];
	return NULL;
}
