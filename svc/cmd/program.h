/*
 * What a program file needs besides itself. execve(2) tells ENOENT of a file
 * that is there, too: when the interpreter that the first line of a script
 * names is not, or the loader that a dynamic binary names.
 */
#ifndef SVC_CMD_PROGRAM_H
#define SVC_CMD_PROGRAM_H

#include <stdbool.h>

struct program {
	const char *what; /* "interpreter", "loader"; NULL: it needs none */
	const char *path; /* of that, as the file names it */
	bool has_cr;	  /* a script with the lines of another system */
	bool is_text;	  /* a script that names none: ENOEXEC */
};

/* False: it cannot be read, or is not a regular file. */
bool program_read(const char *file, struct program *program);

#endif
