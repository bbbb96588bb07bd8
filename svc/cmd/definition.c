/*
 * The reading half of settings for svc: core parses bytes, here they are
 * fetched in the order that core wants.
 */
#include "svc/cmd/definition.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/error.h"
#include "lib/fd.h"
#include "lib/path.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"

#define FILE_MAX 262144
#define COMPLAINTS_MAX 65536
#define RING_MAX 256 /* services in one ring */

struct reading {
	struct settings_parse parse;
	struct buf blob, text;
	struct definition *d;
};

static void
complain(struct reading *r, const char *where, const char *what)
{
	buf_puts(&r->text, where);
	buf_puts(&r->text, ": ");
	buf_puts(&r->text, what);
	buf_putc(&r->text, '\n');
	r->d->errors++;
}

/* The whole file; false: it is not there, or that was a complaint. */
static bool
fetch(struct reading *r, const char *path, struct buf *bytes)
{
	*bytes = buf_over(memory_get(FILE_MAX, 1), FILE_MAX);
	if (fd_slurp(AT_FDCWD, path, bytes) == 0)
		return true;
	if (errno != ENOENT)
		complain(r, path, error_text(errno));
	return false;
}

static void
read_lines(struct reading *r, const char *path,
    void (*take)(struct settings_parse *p, const char *file, const char *bytes,
	size_t len))
{
	struct buf bytes;

	if (fetch(r, path, &bytes))
		take(&r->parse, path, bytes.p, bytes.len);
}

static void
read_entries(struct reading *r, const char *dir, const char *name)
{
	DIR *d = opendir(dir);
	struct dirent *entry;

	while (d != NULL && (entry = readdir(d)) != NULL)
		settings_entry(&r->parse, name, entry->d_name);
	if (d != NULL)
		closedir(d);
}

/* One entry of a service directory. */
static void
read_entry(struct reading *r, const char *dir, const char *name)
{
	const char *path = memory_text("%s/%s", dir, name);
	struct stat st;
	struct buf bytes;

	if (sys_fstatat(AT_FDCWD, path, &st, 0) < 0) {
		if (settings_is_file(name))
			complain(r, path, error_text(errno));
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		if (str_eq(name, "log"))
			settings_note(&r->parse, WITH_LOGGER);
		else if (str_eq(name, "control"))
			settings_note(&r->parse, WITH_CONTROL);
		else if (settings_is_dir(name))
			read_entries(r, path, name);
		return;
	}
	if (!settings_is_file(name) || !S_ISREG(st.st_mode))
		return;
	if (fetch(r, path, &bytes))
		settings_file(&r->parse, name, bytes.p, bytes.len);
	if ((str_eq(name, "run") || str_eq(name, "finish")) &&
	    (st.st_mode & 0111) == 0)
		complain(r, path, "is not executable");
}

static void
read_directory(struct reading *r, const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	if (count < 0) {
		complain(r, path, error_text(errno));
		return;
	}
	r->parse.is_directory = true;
	for (int i = 0; i < count; i++)
		if (entries[i]->d_name[0] != '.')
			read_entry(r, path, entries[i]->d_name);
	r->parse.is_directory = false;
	read_lines(r, memory_text("%s/service", path), settings_lines);
}

struct definition
definition_read(const char *root, const char *path, const char *name)
{
	struct definition d = {.name = name, .path = path};
	struct reading r = {.d = &d};
	struct stat st;

	r.blob = buf_over(memory_get(SETTINGS_BLOB_MAX, 1), SETTINGS_BLOB_MAX);
	r.text = buf_over(memory_get(COMPLAINTS_MAX, 1), COMPLAINTS_MAX);
	settings_begin(&r.parse, &r.blob, &r.text, name);
	read_lines(&r, memory_text("%s" TRIVET_ETC "/defaults", root),
	    settings_defaults);
	if (sys_fstatat(AT_FDCWD, path, &st, 0) < 0)
		complain(&r, path, error_text(errno));
	else if (S_ISDIR(st.st_mode))
		read_directory(&r, path);
	else
		read_lines(&r, path, settings_lines);
	read_lines(&r, memory_text("%s" TRIVET_ETC "/override/%s", root, name),
	    settings_override);
	settings_end(&r.parse);
	d.errors += r.parse.errors;
	d.warnings = r.parse.warnings;
	d.complaints = r.text.p;
	d.is_good =
	    d.errors == 0 && settings_view(&d.settings, r.blob.p, r.blob.len);
	return d;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct definition *)a)->name,
	    ((const struct definition *)b)->name);
}

bool
definitions_read(struct definitions *all, const char *root, const char *scan)
{
	DIR *d = opendir(memory_text("%s%s", root, scan));
	struct dirent *entry;

	if (d == NULL)
		return false;
	while ((entry = readdir(d)) != NULL) {
		const char *name = entry->d_name;
		if (name[0] == '.')
			continue;
		name = memory_copy(name, strlen(name));
		all->d = memory_grow(
		    all->d, &all->room, all->count + 1, sizeof *all->d);
		all->d[all->count++] = definition_read(
		    root, memory_text("%s%s/%s", root, scan, name), name);
	}
	closedir(d);
	qsort(all->d, all->count, sizeof *all->d, by_name);
	return true;
}

static bool
provides(const struct definition *d, const char *role)
{
	struct settings_list list = d->settings.provides;
	const char *name;

	while (d->is_good && (name = settings_each(&list)) != NULL)
		if (str_eq(name, role))
			return true;
	return false;
}

const struct definition *
definitions_find(const struct definitions *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++)
		if (str_eq(all->d[i].name, name))
			return &all->d[i];
	for (size_t i = 0; i < all->count; i++)
		if (provides(&all->d[i], name))
			return &all->d[i];
	return NULL;
}

/* --- rings -------------------------------------------------------------------
 */

struct search {
	const struct definitions *all;
	const struct definition *path[RING_MAX];
	size_t length;
	bool *seen; /* leads to no ring */
};

static bool walk(struct search *s, const struct definition *d);

/* Follows one list of names. */
static bool
follow(struct search *s, struct settings_list list)
{
	const char *name;

	while ((name = settings_each(&list)) != NULL) {
		const struct definition *next = definitions_find(s->all, name);
		if (next != NULL && walk(s, next))
			return true;
	}
	return false;
}

/* What says it comes before d. */
static bool
follow_before(struct search *s, const struct definition *d)
{
	for (size_t i = 0; i < s->all->count; i++) {
		const struct definition *other = &s->all->d[i];
		struct settings_list list = other->settings.before;
		const char *name;
		while (other->is_good && (name = settings_each(&list)) != NULL)
			if (definitions_find(s->all, name) == d &&
			    walk(s, other))
				return true;
	}
	return false;
}

/* True: a ring back to path[0]. */
static bool
walk(struct search *s, const struct definition *d)
{
	size_t index = (size_t)(d - s->all->d);

	if (s->length > 0 && d == s->path[0])
		return true;
	if (s->seen[index] || !d->is_good || s->length == RING_MAX)
		return false;
	s->seen[index] = true;
	s->path[s->length++] = d;
	if (follow(s, d->settings.needs) || follow(s, d->settings.binds) ||
	    follow(s, d->settings.wants) || follow(s, d->settings.after) ||
	    follow_before(s, d))
		return true;
	s->length--;
	return false;
}

const char *
definitions_ring(const struct definitions *all, const struct definition *d)
{
	struct search s = {
	    .all = all, .seen = memory_get(all->count, sizeof(bool))};
	const char *text = "";

	if (!walk(&s, d))
		return NULL;
	for (size_t i = 0; i < s.length; i++)
		text = memory_text("%s%s -> ", text, s.path[i]->name);
	return memory_text("%s%s", text, d->name);
}
