/*
 * Only looks; makes and removes nothing.
 */
#include "svc/cmd/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lib/path.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"

static const char *
place(const char *of_root, const char *below_home)
{
	const char *home = getenv("HOME");

	if (sys_geteuid() == 0 || home == NULL || *home == '\0')
		return of_root;
	return memory_text("%s/%s", home, below_home);
}

const char *
place_usual_scan(void)
{
	return place("/etc/service", ".config/service");
}

const char *
place_scan(void)
{
	const char *told = getenv("SVDIR");

	return told != NULL && *told != '\0' ? told : place_usual_scan();
}

const char *
place_definitions(void)
{
	return place("/etc/sv", ".config/sv");
}

static const char *
resolved(const char *path)
{
	char *whole = realpath(path, NULL);

	return whole;
}

const char *
place_definition(const char *definitions, const char *name)
{
	const char *dir =
	    definitions != NULL ? definitions : place_definitions();
	const char *at = strchr(name, '@'), *found;

	if (strchr(name, '/') != NULL)
		return resolved(name);
	if (!path_is_name(name)) {
		errno = EINVAL;
		return NULL;
	}
	found = resolved(memory_text("%s/%s", dir, name));
	if (found == NULL && errno == ENOENT && at != NULL)
		found = resolved(
		    memory_text("%s/%.*s", dir, (int)(at - name) + 1, name));
	return found;
}

const char *
place_link(const char *scan, const char *name)
{
	char target[PATH_MAX];
	const char *path = memory_text("%s/%s", scan, name);

	if (sys_readlinkat(AT_FDCWD, path, target, sizeof target) < 0)
		return NULL;
	/* A link into nowhere is a link all the same. */
	const char *whole = resolved(path);
	return whole != NULL ? whole : memory_copy(target, strlen(target));
}
