/*
 * A service as its files define it, read without asking anybody: for checking
 * before use, for relations, for what a status wants to tell.
 */
#ifndef SVC_CMD_DEFINITION_H
#define SVC_CMD_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>

#include "svc/core/settings.h"

struct definition {
	const char *name; /* of the service: instance and all */
	const char *path; /* its directory or file */
	bool is_good;	  /* no errors */
	unsigned errors, warnings;
	const char *complaints;	  /* lines "FILE:LINE: what" */
	const char *ring;	  /* "a -> b -> a", by definitions_rings() */
	struct settings settings; /* with errors: what could be read */
};

struct definitions {
	struct definition *d; /* by name */
	size_t count, room;
	struct definition_role {
		const char *name;
		size_t of; /* index of who provides it */
	} * roles;
	size_t role_count, role_room;
};

/*
 * Reads /etc/trivet/defaults, the directory (or one file) at `path` and
 * /etc/trivet/override/NAME, all below `root` ("" for the machine itself).
 * What cannot be read is one of the complaints.
 */
struct definition definition_read(
    const char *root, const char *path, const char *name);
/* All that a scan directory holds. False with errno: it cannot be read. */
bool definitions_read(
    struct definitions *all, const char *root, const char *scan);
/* By its name, or by a role it provides; NULL. */
const struct definition *definitions_find(
    const struct definitions *all, const char *name);
/* Whether an operand, a name or a pattern, means it; a name that is there is no
 * pattern. */
bool definitions_means(
    const struct definitions *all, const char *operand, const char *name);
/* A name that nothing has: the nearest, " (did you mean …?)" or ""; else NULL.
 */
const char *definitions_missing(
    const struct definitions *all, const char *name);
/*
 * Finds the rings of needs, binds, wants, order and membership: `ring` of each
 * who stands in one begins with him; NULL: none.
 */
void definitions_rings(struct definitions *all);

#endif
