/*
 * The list of settings as a table, and questions about it.
 */
#include "svc/core/settings.h"

#include <string.h>

#include "lib/str.h"

static const struct settings_row rows[] = {
#define ROW(                                                                \
    field, number, key, kind, least, most, fallback, group, values, help)   \
	{key, number, KIND_##kind, SETTINGS_##group, least, most, fallback, \
	    values, help},
    SETTINGS(ROW)};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct settings_row *
settings_row(size_t i)
{
	return i < ROWS ? &rows[i] : NULL;
}

const struct settings_row *
settings_find(const char *key)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].key, key) == 0)
			return &rows[i];
	return NULL;
}

const struct settings_row *
settings_of(uint16_t number)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].number == number)
			return &rows[i];
	return NULL;
}

/* What people have written for other supervisors: their word, ours. */
/* clang-format off */
#define HABITS(X) \
	X("ExecStart", run) X("exec", run) X("command", run) \
	X("ExecReload", reload) X("ExecStop", stop) X("stopsignal", stop) \
	X("Requires", needs) X("depends-on", needs) X("depends", needs) \
	X("BindsTo", binds) X("WorkingDirectory", dir) X("directory", dir) \
	X("Environment", env) X("environment", env) \
	X("EnvironmentFile", env_file) X("autorestart", restart) \
	X("RestartSec", restart) X("priority", nice) X("OnFailure", on_failed)
/* clang-format on */

const char *
settings_nearest(const char *key)
{
	static const struct {
		const char *key;
		enum setting number;
	} habits[] = {
#define HABIT(theirs, ours) {theirs, SET_##ours},
	    HABITS(HABIT)};
	struct str_near near = str_near_to(key);

	for (size_t i = 0; i < sizeof(habits) / sizeof(habits[0]); i++)
		if (str_eq(habits[i].key, key))
			return settings_of(habits[i].number)->key;
	for (size_t i = 0; i < ROWS; i++)
		str_near_offer(&near, rows[i].key);
	return near.best;
}

const char *
settings_group_name(enum settings_group group)
{
	static const char *const names[] = {
#define GROUP(name, text) text,
	    SETTINGS_GROUPS(GROUP)};

	return (size_t)group < sizeof(names) / sizeof(names[0]) ? names[group]
								: "?";
}

const char *
settings_choice(uint16_t number, unsigned n)
{
#define WORD(name, text) text,
	static const char *const types[] = {SETTINGS_TYPES(WORD) NULL};
	static const char *const kills[] = {SETTINGS_KILLS(WORD) NULL};
	static const char *const strategies[] = {
	    SETTINGS_STRATEGIES(WORD) NULL};
	static const char *const accesses[] = {SETTINGS_ACCESSES(WORD) NULL};
	const char *const *words = number == SET_type		 ? types
				   : number == SET_kill		 ? kills
				   : number == SET_strategy	 ? strategies
				   : number == SET_notify_access ? accesses
								 : NULL;

	for (unsigned i = 0; words != NULL && words[i] != NULL; i++)
		if (i == n)
			return words[i];
	return NULL;
}

bool
settings_is_list(enum settings_kind kind)
{
	return kind == KIND_NAMES || kind == KIND_PATHS || kind == KIND_DIRS ||
	       kind == KIND_ENV || kind == KIND_LISTEN || kind == KIND_AT;
}

const char *
settings_instance(const char *name)
{
	const char *at = strchr(name, '@');

	return at != NULL ? at + 1 : "";
}
