/*
 * Reading a service's definition: the files of its directory, the lines of
 * `service` or of the one file that it is, what holds for all, what the
 * administrator puts over it; parsed by svc/core. A directory that holds
 * nothing but what runit knows has no settings at all.
 *
 * A definition with an error changes nothing: what runs goes on under the
 * former one, and a new service is not started.
 */
#include "svc/tree/state/define.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/dir.h"
#include "lib/error.h"
#include "lib/fd.h"
#include "lib/path.h"
#include "lib/say.h"
#include "lib/str.h"
#include "lib/sys.h"
#include "svc/core/logplan.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"

#define COMPLAINTS 1024

static const char defaults[] = TRIVET_ETC "/defaults";
static const char override[] = TRIVET_ETC "/override";

/* What is being read: one definition at a time. */
static struct {
	struct settings_parse parse;
	struct buf blob, text;
	char blob_room[SETTINGS_BLOB_MAX], text_room[COMPLAINTS];
	char file_room[SETTINGS_FILE_MAX];
	char name[BOARD_NAME_MAX + 1];
} now;
static bool may_pass; /* something of it could not be read just now */

/* By errno. */
static void
unread(const char *called)
{
	may_pass = may_pass || error_may_pass(errno);
	settings_unread(&now.parse, called, error_text(errno));
}

bool
define_may_pass(void)
{
	return may_pass;
}

typedef void take_text(
    struct settings_parse *p, const char *file, const char *bytes, size_t len);

static void
read_text(int dir, const char *path, const char *called, take_text *take)
{
	struct buf b = BUF(now.file_room);

	if (fd_slurp(dir, path, &b) == 0)
		take(&now.parse, called, b.p, b.len);
	else if (errno != ENOENT && errno != ENOTDIR)
		unread(called);
}

static void
read_entries(int dir, const char *name)
{
	char room[DIR_ROOM];
	struct dir d;
	struct dir_entry e;
	int got;

	if (dir_open(&d, dir, name, room, sizeof(room)) < 0) {
		unread(name);
		return;
	}
	while ((got = dir_next(&d, &e)) == 1)
		settings_entry(&now.parse, name, e.name);
	if (got < 0)
		unread(name);
	dir_close(&d);
}

static void
read_entry(int dir, const char *name)
{
	struct stat st;

	if (sys_fstatat(dir, name, &st, 0) < 0) {
		if (settings_is_more(name) || errno != ENOENT)
			unread(name);
		return;
	}
	switch (settings_see(&now.parse, name, st.st_mode)) {
	case SETTINGS_NOTHING:
		return;
	case SETTINGS_BYTES:
		read_text(dir, name, name, settings_file);
		return;
	case SETTINGS_NAMES:
		read_entries(dir, name);
		return;
	}
}

/* Asked once a turn, in which thousands of directories may be read. */
static bool
exists_now(const char *path, struct mono *when, bool *answer)
{
	if (when->ns != tree.loop.now.ns)
		*answer = sys_faccessat(AT_FDCWD, path, 0, 0) == 0;
	*when = tree.loop.now;
	return *answer;
}

static bool
has_override(const char *name)
{
	static struct mono when[2];
	static bool has_defaults, has_overrides;
	char path[TREE_PATH];
	struct buf b = BUF(path);

	if (exists_now(defaults, &when[0], &has_defaults))
		return true;
	if (!exists_now(override, &when[1], &has_overrides))
		return false;
	path_make(&b, override, name);
	return !b.full && sys_faccessat(AT_FDCWD, path, 0, 0) == 0;
}

static unsigned seen;

unsigned
define_seen(void)
{
	return seen;
}

static unsigned
seen_bit(const char *name)
{
	static const char *const names[] = {"log", "finish", "down", "control"};

	for (unsigned n = 0; n < sizeof(names) / sizeof(names[0]); n++)
		if (str_eq(name, names[n]))
			return 1u << n;
	return 0;
}

/*
 * One pass over the entries; with `read` each is given to the parser. 1: there
 * is more than runit knows, 0: there is not, -1: it cannot be read.
 */
static int
look_through(int dir, bool read)
{
	char room[DIR_ROOM];
	struct dir d;
	struct dir_entry e;
	bool more = false;
	int got;

	seen = SEEN_ALL;
	/* One that may be entered and not listed is a directory of runit's. */
	if (dir_open(&d, dir, ".", room, sizeof(room)) < 0)
		return errno == EACCES ? 0 : -1;
	seen = 0;
	while ((got = dir_next(&d, &e)) == 1) {
		if (e.name[0] == '.')
			continue;
		seen |= seen_bit(e.name);
		more = more || settings_is_more(e.name);
		if (read)
			read_entry(dir, e.name);
	}
	dir_close(&d);
	if (got < 0)
		seen = SEEN_ALL;
	return got < 0 ? -1 : more;
}

static void
begin(const char *name)
{
	struct buf b = BUF(now.name);

	may_pass = false;
	buf_puts(&b, name);
	now.blob = BUF(now.blob_room);
	now.text = BUF(now.text_room);
	settings_begin(&now.parse, &now.blob, &now.text, now.name);
	read_text(AT_FDCWD, defaults, defaults, settings_defaults);
}

static bool
finish(void)
{
	char path[TREE_PATH];
	struct buf b = BUF(path);

	path_make(&b, override, now.name);
	if (!b.full)
		read_text(AT_FDCWD, path, path, settings_override);
	return settings_end(&now.parse) && now.parse.errors == 0;
}

/* --- from outside --- */

/* Each line by itself, with the name before it. */
static void
say_complaint(uint32_t i)
{
	char name[BOARD_NAME_MAX + 1];
	const char *p = now.text.p, *end;

	for (state_name(i, name); *p != '\0'; p = end + (*end == '\n')) {
		end = p + strcspn(p, "\n");
		say_warnx("%s: %.*s", name, (int)(end - p), p);
	}
}

/* Said once, however often it is read again. */
static void
take_complaint(uint32_t i)
{
	char known[COMPLAINTS];
	size_t n = board_status(tree.board, rec(i), known, sizeof(known));

	if ((rec(i)->flags & BOARD_BROKEN) == 0 || n != now.text.len ||
	    memcmp(known, now.text.p, n) != 0)
		say_complaint(i);
	state_flags(i, BOARD_BROKEN, 0);
	state_cause(i, CAUSE_SETTINGS, 0);
	board_set_status(tree.board, i, now.text.p, now.text.len);
}

/* Nothing is left to be said of it. */
static void
take_back_complaint(uint32_t i)
{
	if (!(rec(i)->flags & BOARD_BROKEN))
		return;
	state_flags(i, 0, BOARD_BROKEN);
	board_set_status(tree.board, i, "", 0);
	if (rec(i)->cause == CAUSE_SETTINGS)
		state_cause(i, CAUSE_NONE, 0);
}

static enum define
keep(uint32_t i, bool is_good)
{
	size_t len;
	const void *old = blob_of(i, &len);

	if (!is_good) {
		take_complaint(i);
		return DEFINE_BROKEN;
	}
	take_back_complaint(i);
	if (old != NULL && len == now.blob.len &&
	    memcmp(old, now.blob.p, len) == 0)
		return DEFINE_SAME;
	if (!blob_set(i, now.blob.p, now.blob.len)) {
		settings_unread(
		    &now.parse, now.name, "no room for its settings");
		take_complaint(i);
		return DEFINE_BROKEN;
	}
	return DEFINE_NEW;
}

enum define
define_directory(uint32_t i, int dir)
{
	char name[BOARD_NAME_MAX + 1];

	state_name(i, name);
	if (look_through(dir, false) == 0 && !has_override(name)) {
		bool is_same = rec(i)->settings == 0 && !define_is_lacking(i);
		take_back_complaint(i);
		if (rec(i)->settings != 0)
			blob_drop(i);
		return is_same ? DEFINE_SAME : DEFINE_NEW;
	}
	begin(name);
	now.parse.is_directory = true;
	if (look_through(dir, true) < 0)
		unread(".");
	now.parse.is_directory = false;
	read_text(dir, "service", "service", settings_lines);
	return keep(i, finish());
}

enum define
define_file(uint32_t i, int at, const char *file)
{
	char name[BOARD_NAME_MAX + 1];

	seen = SEEN_ALL;
	begin(state_name(i, name));
	read_text(at, file, file, settings_lines);
	return keep(i, finish());
}

enum define
define_text(uint32_t i, const char *called, const char *text, size_t len)
{
	char name[BOARD_NAME_MAX + 1];

	begin(state_name(i, name));
	settings_note(&now.parse, WITH_RUN);
	settings_lines(&now.parse, called, text, len);
	return keep(i, finish());
}

/* One that has run without settings keeps to that, as others to theirs. */
bool
define_is_lacking(uint32_t i)
{
	const struct board_record *r = rec(i);

	return (r->flags & BOARD_BROKEN) && r->settings == 0 &&
	       r->start_count == 0;
}

/* The view of one record's settings; NULL: it has none. The last stays open. */
const struct settings *
define_view(uint32_t i)
{
	static struct settings view;
	static uint64_t opened, change;
	size_t len;
	const void *blob = blob_of(i, &len);

	if (blob == NULL)
		return NULL;
	if (opened != rec(i)->settings || change != blobs_change()) {
		settings_view(&view, blob, len);
		opened = rec(i)->settings;
		change = blobs_change();
	}
	return &view;
}
