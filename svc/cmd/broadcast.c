/*
 * One fresh, non-blocking opening of each terminal (the flag belongs to the
 * opening, so nobody else's is changed), one write, no second try.
 */
#include "svc/cmd/broadcast.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/fd.h"
#include "lib/passwd.h"
#include "lib/path.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/screen.h"
#include "svc/cmd/utmp.h"

#define GROUPS_MAX 256

struct tour {
	const char *text;
	uint32_t gid;
	bool has_group;
	int reached;
};

static bool
is_member(const char *user, uint32_t gid)
{
	static struct passwd_user entry;
	uint32_t gids[GROUPS_MAX];
	int n;

	if (passwd_user(user, &entry) != 1)
		return false;
	n = passwd_groups(user, entry.gid, gids, GROUPS_MAX);
	for (int i = 0; i < n; i++)
		if (gids[i] == gid)
			return true;
	return false;
}

/* "tty1", "pts/3": never a way out of /dev. */
static bool
is_line(const char *line)
{
	return *line != '\0' && *line != '/' && *line != ':' &&
	       strstr(line, "..") == NULL;
}

static bool
visit(const struct utmp_entry *e, void *arg)
{
	struct tour *tour = arg;
	size_t length = strlen(tour->text);

	if (e->type != UTMP_USER || !is_line(e->line))
		return true;
	if (tour->has_group && !is_member(e->user, tour->gid))
		return true;
	int fd = sys_open(memory_text("/dev/%s", e->line),
	    O_WRONLY | O_NONBLOCK | O_NOCTTY, 0);
	if (fd < 0)
		return true;
	if (isatty(fd) && sys_write(fd, tour->text, length) > 0)
		tour->reached++;
	fd_close(&fd);
	return true;
}

/* Harmless, with the line ends that a terminal wants. */
static const char *
for_terminals(const char *text)
{
	const char *out = "";

	while (*text != '\0') {
		size_t length = strcspn(text, "\n");
		out = memory_text("%s%s\r\n", out, screen_text(text, length));
		text += length + (text[length] == '\n');
	}
	return out;
}

static const char *
banner(void)
{
	static struct passwd_user user;
	char host[65] = "", now[16] = "";
	time_t at = time(NULL);
	struct tm tm;
	const char *line = ttyname(STDIN_FILENO);
	bool known = passwd_uid(sys_getuid(), &user) == 1;

	gethostname(host, sizeof host - 1);
	if (localtime_r(&at, &tm) != NULL)
		strftime(now, sizeof now, "%H:%M", &tm);
	return memory_text(
	    "\r\nBroadcast message from %s@%s%s%s%s (%s):\r\n\r\n",
	    known ? user.name : "uid", host, line != NULL ? " (" : "",
	    line != NULL ? path_base(line) : "", line != NULL ? ")" : "", now);
}

int
broadcast(const struct broadcast *b)
{
	struct tour tour = {.has_group = b->has_group};

	if (b->has_group && passwd_group(b->group, &tour.gid) != 1)
		return 0;
	tour.text = memory_text("%s%s\r\n", b->no_banner ? "\r\n" : banner(),
	    for_terminals(b->text));
	if (utmp_each(b->utmp != NULL ? b->utmp : UTMP_FILE, visit, &tour) < 0)
		return -1;
	return tour.reached;
}
