/*
 * Manners of the programs of runit and daemontools. Messages go out in one
 * write each, so that several programs on one stderr do not mix.
 */
#include "lib/sys.h"

#include "svc/cmd/tool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "svc/cmd/memory.h"

extern char **environ;

static void
say(const char *part, va_list ap)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	if (out == NULL)
		return;
	for (; part != NULL; part = va_arg(ap, const char *))
		fputs(part, out);
	fputc('\n', out);
	if (fclose(out) != 0)
		return;
	for (size_t done = 0; done < len;) {
		ssize_t n = sys_write(STDERR_FILENO, text + done, len - done);
		if (n < 0 && errno != EINTR)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	free(text);
}

void
tool_say(const char *part, ...)
{
	va_list ap;
	va_start(ap, part);
	say(part, ap);
	va_end(ap);
}

void
tool_die(int code, const char *part, ...)
{
	va_list ap;
	fflush(stdout);
	va_start(ap, part);
	say(part, ap);
	va_end(ap);
	exit(code);
}

const char *
tool_name(const char *argv0)
{
	const char *slash = strrchr(argv0, '/');
	return slash != NULL ? slash + 1 : argv0;
}

struct tool_manner
tool_manner(
    const char *argv0, const char *name, const char *usage, int usage_code)
{
	const char *called = tool_name(argv0);
	struct tool_manner m = {name, usage, usage_code, false};
	if (called[0] == 'd' && strcmp(called + 1, name) == 0) {
		m.runit = true;
		m.usage_code = 100;
	}
	return m;
}

void
tool_usage(const struct tool_manner *m)
{
	if (m->runit)
		tool_die(
		    m->usage_code, "usage: ", m->name, m->usage, "\n", NULL);
	tool_die(m->usage_code, m->name, ": usage: ", m->name, m->usage, NULL);
}

void
tool_cannot(const struct tool_manner *m, const char *what, const char *object)
{
	const char *reason = errtext(errno);
	tool_die(TOOL_TROUBLE, m->runit ? "chpst" : m->name, ": fatal: ", what,
	    object == NULL ? ""
	    : m->runit	   ? ": "
			   : " ",
	    object == NULL ? "" : object, ": ", reason, NULL);
}

int
tool_next(const char *name, struct opt *o, const char *known)
{
	const char *word = o->argv[o->at];
	bool fresh = o->rest == NULL || *o->rest == '\0';
	if (fresh && word != NULL && strncmp(word, "--", 2) == 0) {
		o->at++;
		return -1;
	}
	int letter = opt_next(o, known, NULL);
	if (letter == OPT_END)
		return -1;
	if (letter > 0)
		return letter;
	tool_say(name,
	    letter == OPT_UNKNOWN ? ": illegal option -- "
				  : ": option requires an argument -- ",
	    o->name + 1, NULL);
	return '?';
}

struct tool_env
tool_env(void)
{
	struct tool_env env = {NULL, 0, 0};
	while (environ[env.count] != NULL)
		env.count++;
	env.vec = memory_grow(NULL, &env.room, env.count + 1, sizeof(char *));
	memcpy(env.vec, environ, (env.count + 1) * sizeof(char *));
	return env;
}

void
tool_env_set(struct tool_env *env, const char *name, const char *value)
{
	size_t len = strlen(name), kept = 0;
	for (size_t i = 0; i < env->count; i++)
		if (strncmp(env->vec[i], name, len) != 0 ||
		    env->vec[i][len] != '=')
			env->vec[kept++] = env->vec[i];
	env->count = kept;
	if (value != NULL) {
		env->vec =
		    memory_grow(env->vec, &env->room, kept + 2, sizeof(char *));
		env->vec[env->count++] = memory_text("%s=%s", name, value);
	}
	env->vec[env->count] = NULL;
}

void
tool_env_number(struct tool_env *env, const char *name, uint32_t value)
{
	tool_env_set(env, name, memory_text("%lu", (unsigned long)value));
}

/* An error that says more than "it is not in this directory". */
static bool
worth_telling(int error)
{
	return error != ENOENT && error != ENOTDIR;
}

static bool
worth_trying_on(int error)
{
	return error == ENOENT || error == EACCES || error == EPERM ||
	       error == EISDIR || error == ENOTDIR;
}

void
tool_exec(const char *file, char **argv, char *const *env)
{
	const char *path = getenv("PATH");
	int told = ENOENT;
	if (file == NULL)
		file = argv[0];
	if (strchr(file, '/') != NULL) {
		sys_execve(file, argv, env);
		return;
	}
	if (path == NULL)
		path = "/bin:/usr/bin";
	for (;;) {
		size_t len = strcspn(path, ":");
		sys_execve(memory_text("%.*s/%s", len > 0 ? (int)len : 1,
			       len > 0 ? path : ".", file),
		    argv, env);
		if (worth_telling(errno))
			told = errno;
		if (!worth_trying_on(errno) || path[len] == '\0')
			break;
		path += len + 1;
	}
	errno = told;
}

void
tool_run(const struct tool_manner *m, char **argv, char *const *env)
{
	tool_exec(NULL, argv, env);
	tool_cannot(m, "unable to run", argv[0]);
}

bool
tool_number(const char *text, uint64_t *value)
{
	uint64_t sum = 0;
	for (; *text >= '0' && *text <= '9'; text++) {
		unsigned digit = (unsigned)(*text - '0');
		sum = sum > (UINT64_MAX - digit) / 10 ? UINT64_MAX
						      : sum * 10 + digit;
	}
	*value = sum;
	return *text == '\0';
}
