/*
 * Where a service's log is. Nobody writes that down in one place: loggers are
 * told by an argument in a script, by a setting, or by custom.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/path.h"
#include "lib/sys.h"

#include "svc/cmd/client.h"
#include "svc/cmd/definition.h"
#include "svc/cmd/logs.h"
#include "svc/cmd/memory.h"
#include "svc/core/logplan.h"

static bool
is_log_dir(const char *path)
{
	struct stat st;

	return sys_fstatat(AT_FDCWD, memory_text("%s/current", path), &st, 0) ==
	       0;
}

static bool
take_dir(struct logs_source *s, const char *path)
{
	if (!is_log_dir(path))
		return false;
	s->path = path;
	s->is_file = false;
	return true;
}

/* A word of the logger's script that is a log directory, seen from there. */
static bool
from_script(struct logs_source *s, const char *path)
{
	char text[4096];
	FILE *f = fopen(memory_text("%s/log/run", path), "r");

	if (f == NULL)
		return false;
	size_t n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	for (char *w = strtok(text, " \t\n\"'"); w != NULL;
	     w = strtok(NULL, " \t\n\"'"))
		if (take_dir(s, w[0] == '/'
				    ? memory_copy(w, strlen(w))
				    : memory_text("%s/log/%s", path, w)))
			return true;
	return false;
}

static bool
from_setting(
    struct logs_source *s, const char *path, const struct definition *d)
{
	struct definition own;
	struct logplan *plan = memory_get(1, sizeof(*plan));
	char *room = memory_get(1, LOGPLAN_TEXT);
	const char *word;

	if (d == NULL) {
		own = definition_read("", path, s->name);
		d = &own;
	}
	if (!d->settings.log.is_on || d->settings.log.plan == NULL ||
	    logplan_parse(d->settings.log.plan, room, plan, &word) != NULL ||
	    plan->path == NULL)
		return false;
	if (plan->to == LOGPLAN_DIR)
		return take_dir(s, plan->path);
	if (plan->to != LOGPLAN_FILE)
		return false;
	s->path = plan->path;
	s->is_file = true;
	return sys_faccessat(AT_FDCWD, s->path, F_OK, 0) == 0;
}

static const char *
own_base(void)
{
	const char *state = getenv("XDG_STATE_HOME");

	if (sys_getuid() == 0)
		return LOGS_BASE;
	if (state != NULL && state[0] == '/')
		return memory_text("%s/trivet/log", state);
	return memory_text("%s/.local/state/trivet/log",
	    getenv("HOME") != NULL ? getenv("HOME") : "");
}

/* svcd leaves a link to each log of the shared logger. */
static bool
from_link(struct logs_source *s)
{
	const char *link = memory_text("%s/logs/%s", client_dir(), s->name);
	struct stat st;

	if (sys_fstatat(AT_FDCWD, link, &st, 0) == -1)
		return false;
	s->path = link;
	s->is_file = !S_ISDIR(st.st_mode);
	return s->is_file || is_log_dir(link);
}

bool
logs_find(struct logs_source *s, const char *name, const char *path,
    const struct definition *d)
{
	struct stat st;

	*s = (struct logs_source){.name = name};
	if (strchr(name, '/') != NULL &&
	    sys_fstatat(AT_FDCWD, name, &st, 0) == 0) {
		s->path = name;
		s->is_file = !S_ISDIR(st.st_mode);
		return s->is_file || is_log_dir(name);
	}
	if (from_link(s))
		return true;
	if (path != NULL && (from_script(s, path) || from_setting(s, path, d) ||
				take_dir(s, memory_text("%s/log/main", path)) ||
				take_dir(s, memory_text("%s/log", path))))
		return true;
	return take_dir(s, memory_text("%s/%s", own_base(), name)) ||
	       take_dir(s, memory_text("/var/log/runit/%s", name)) ||
	       take_dir(s, memory_text("/var/log/%s", name));
}

const char *
logs_none(const char *name, const char *path)
{
	struct stat st;

	if (path == NULL ||
	    sys_fstatat(AT_FDCWD, memory_text("%s/log", path), &st, 0) == 0)
		return "";
	struct definition d = definition_read("", path, name);
	if (!d.is_good)
		return "";
	if (d.settings.log.plan != NULL && d.settings.log.plan[0] != '\0')
		return memory_text(": log = %s", d.settings.log.plan);
	return ": log = yes makes one";
}
