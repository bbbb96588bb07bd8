/*
 * svc, and every short-lived program that is a link to it. Decides by the name
 * it was called by who it is; all else is in the table.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "lib/fd.h"
#include "lib/path.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/client.h"
#include "svc/cmd/screen.h"
#include "svc/cmd/table.h"

#define LINKS_MAX 40 /* the kernel's own bound */

/*
 * LSB: /etc/init.d/nginx may be a link to sv. argv[0] says nothing then, but
 * the path that was executed leads, link by link, to something named sv.
 */
static bool
is_link_to_sv(void)
{
	const char *executed = (const char *)getauxval(AT_EXECFN);
	char path[PATH_MAX], target[PATH_MAX], dir[PATH_MAX];
	struct buf at = BUF(path), folder = BUF(dir);

	if (executed == NULL)
		return false;
	buf_puts(&at, executed);
	for (int i = 0; i < LINKS_MAX && !at.full; i++) {
		ssize_t n =
		    sys_readlinkat(AT_FDCWD, path, target, sizeof target);
		if (n < 0)
			return false;
		if (str_eq(path_base(target), "sv"))
			return true;
		path_dir(&folder, path);
		path_make(&at, dir, target);
	}
	return false;
}

/* "-u", "-dx": daemontools' letters; "-r", "-V", "--help" and "-h" are ours. */
static bool
is_letters(int argc, char **argv)
{
	const char *word = argv[1];

	return word[0] == '-' && word[1] != '\0' && word[1] != '-' &&
	       argc > 2 && word[1] != 'r';
}

static int
run_verb(int argc, char **argv)
{
	const struct cmd *cmd = cmd_find(argv[0]);

	if (cmd == NULL)
		return cmd_unknown(argv[0]);
	return cmd->run(argc, argv);
}

static int
version(void)
{
	puts("svc (Trivet) " TRIVET_VERSION);
	return EXITCODE_YES;
}

static int
usage(void)
{
	fputs("usage: svc [-r DIR] VERB [OPTION...] [NAME...]; "
	      "`svc help` lists the verbs\n",
	    stderr);
	return EXITCODE_USAGE;
}

/* Options before the verb, of which there is one: -r DIR. */
static int
run_svc(int argc, char **argv)
{
	const struct cmd *letters = cmd_find("svc");

	/* Else the socket to svcd is 1, and what is said goes there. */
	fd_ensure_012();
	while (argc > 1 && str_starts(argv[1], "-r")) {
		bool attached = argv[1][2] != '\0';
		if (!attached && argc < 3)
			return usage();
		client_use(attached ? argv[1] + 2 : argv[2]);
		argv += attached ? 1 : 2;
		argc -= attached ? 1 : 2;
	}
	if (argc < 2)
		return usage();
	if (str_eq(argv[1], "-V") || str_eq(argv[1], "--version"))
		return version();
	if (str_eq(argv[1], "-h") || str_eq(argv[1], "--help")) {
		if (argc > 2 && str_eq(argv[1], "-h") && letters != NULL)
			return letters->run(argc, argv);
		cmd_overview();
		return EXITCODE_YES;
	}
	if (letters != NULL && is_letters(argc, argv))
		return letters->run(argc, argv);
	return run_verb(argc - 1, argv + 1);
}

/* An answer that did not arrive is none. */
static int
delivered(int code)
{
	if (fflush(stdout) == 0 && ferror(stdout) == 0)
		return code;
	fputs("svc: cannot write to standard output\n", stderr);
	return EXITCODE_SYSTEM;
}

int
main(int argc, char **argv)
{
	const char *name = argc > 0 ? path_base(argv[0]) : "svc";
	const struct cmd *program = cmd_find_program(name);
	const struct cmd *sv = cmd_find_program("sv");

	if (*name == '-')
		name++; /* a login shell's manner */
	if (str_eq(name, "svc"))
		return delivered(run_svc(argc, argv));
	if (program != NULL)
		return program->run(argc, argv);
	if (sv != NULL && is_link_to_sv())
		return sv->run(argc, argv);
	return delivered(run_svc(argc, argv));
}
