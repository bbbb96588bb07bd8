/*
 * Nothing is handed over: all that a svcd knows is in the state file, and the
 * keeper starts the new one as it would after a crash of the old one.
 */
#include "svc/tree/upgrade.h"

#include <errno.h>
#include <fcntl.h>

#include "lib/error.h"
#include "lib/fd.h"
#include "lib/fmt.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"

static struct {
	struct client *client; /* who asked last */
	uint32_t id;
} asked;

/* The program of this name beside the one that runs, or that once did. */
static int
open_installed(const char *name)
{
	static const char gone[] = " (deleted)";
	char self[TREE_PATH], dir[TREE_PATH], path[TREE_PATH];
	struct buf d = BUF(dir), p = BUF(path);
	ssize_t n =
	    sys_readlinkat(AT_FDCWD, "/proc/self/exe", self, sizeof(self));

	if (n <= 0)
		return -1;
	if (str_ends(self, gone))
		self[(size_t)n - (sizeof(gone) - 1)] = '\0';
	path_dir(&d, self);
	path_make(&p, dir, name);
	return p.full ? -1 : sys_open(path, O_PATH, 0);
}

static void
refuse(struct client *c, uint32_t id, const char *why)
{
	char room[256];
	struct buf b = BUF(room);

	if (wire_no(&b, id, WIRE_REASON_SYSTEM, why))
		client_answer(c, &b, -1);
}

void
upgrade_ask(struct client *c, uint32_t id)
{
	char room[WIRE_HEADER + 1];
	struct buf b = BUF(room);
	int fds[2] = {open_installed("svcd"), open_installed("init")};

	asked.client = c;
	asked.id = id;
	if (fds[0] < 0 || fds[1] < 0)
		refuse(c, id, "svcd or init is not where this one was");
	else if (!keep_exec(fds, 2))
		refuse(c, id, "the keeper cannot be told");
	else if (wire_ok(&b, id))
		client_answer(c, &b, -1);
	fd_close(&fds[0]);
	fd_close(&fds[1]);
}

void
upgrade_refused(int why)
{
	const char *text = why == 0 ? "the installed init does not know the "
				      "running one's state"
				    : error_text(why);

	say_warnx("upgrade refused: %s", text);
	if (asked.client != NULL && asked.client->watch.fd >= 0)
		refuse(asked.client, asked.id, text);
	asked.client = NULL;
}
