/*
 * Files that are no services, or not yet: what is being written, and what
 * editors and package managers leave beside it. A directory is meant from the
 * moment it is there.
 */
#include "svc/tree/scan/scan.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "lib/clock.h"
#include "lib/sys.h"
#include "svc/core/settings.h"
#include "svc/tree/state/scandir.h"
#include "svc/tree/state/state.h"

/*
 * Written this very moment: by an editor or sed -i it may be renamed at once,
 * and a file that is not there may have been moved away to be written anew.
 */
static bool
is_in_flux(unsigned which, const char *name, uint32_t i, enum scan_why why)
{
	int fd = scandir(which)->fd;
	struct timespec now;
	struct stat st;
	int64_t age_ms;

	if (why == SCAN_HEARD && i != 0 && scandir_is_file(i) &&
	    sys_fstatat(fd, name, &st, 0) < 0)
		return errno == ENOENT;
	if (sys_fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(st.st_mode) || (i != 0 && st.st_size > 0))
		return false;
	now = clock_real();
	age_ms = (now.tv_sec - st.st_ctim.tv_sec) * 1000 +
		 (now.tv_nsec - st.st_ctim.tv_nsec) / 1000000;
	return age_ms >= 0 && age_ms < SCANDIR_STANDS_MS;
}

/* It is looked at when it has stood for a while. */
static bool
is_left_to_settle(unsigned which, const char *name, enum scan_why why)
{
	uint32_t i;

	if (why == SCAN_ASKED)
		return false;
	i = state_by_name(name);
	if (!is_in_flux(which, name, i, why))
		return false;
	if (i != 0)
		live(i)->is_seen = true;
	scandirs_settle();
	return true;
}

/* What an editor keeps beside a file, or a package manager. */
static bool
is_leftover(unsigned which, const char *name)
{
	struct stat st;

	return settings_is_leftover(name) &&
	       sys_fstatat(
		   scandir(which)->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode);
}

bool
settle_has(unsigned which, const char *name, enum scan_why why)
{
	return is_leftover(which, name) || is_left_to_settle(which, name, why);
}
