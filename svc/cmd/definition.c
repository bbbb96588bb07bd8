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
#include "lib/fmt.h"
#include "lib/glob.h"
#include "lib/path.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"
#include "svc/cmd/present.h"

#define COMPLAINTS_MAX 65536

struct reading {
	struct settings_parse parse;
	struct buf blob, text;
	struct definition *d;
};

/* The whole file; false: it is not there, or that was a complaint. */
static bool
fetch(
    struct reading *r, const char *path, const char *called, struct buf *bytes)
{
	static char room[SETTINGS_FILE_MAX];

	*bytes = BUF(room);
	if (fd_slurp(AT_FDCWD, path, bytes) == 0)
		return true;
	if (errno != ENOENT && errno != ENOTDIR)
		settings_unread(&r->parse, called, error_text(errno));
	return false;
}

static void
read_lines(struct reading *r, const char *path,
    void (*take)(struct settings_parse *p, const char *file, const char *bytes,
	size_t len))
{
	struct buf bytes;

	if (fetch(r, path, path, &bytes))
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

/* s6-rc has scripts that need not be executable; they name who reads them. */
static bool
is_script_of_s6rc(const struct reading *r, const char *path, const char *name)
{
	char head[2] = "";
	int fd;

	if (!(r->parse.files & WITH_S6RC) || str_eq(name, "check"))
		return false;
	fd = sys_open(path, O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return false;
	(void)sys_read(fd, head, sizeof(head));
	sys_close(fd);
	return head[0] == '#' && head[1] == '!';
}

/* What the tree finds out when it executes it. */
static void
look_at_program(struct reading *r, const char *path, const char *name)
{
	bool is_run = str_eq(name, "run");

	if (!is_run && !str_eq(name, "finish") && !str_eq(name, "check"))
		return;
	if (is_script_of_s6rc(r, path, name))
		return;
	if (sys_faccessat(AT_FDCWD, path, F_OK, 0) < 0)
		buf_fmt(&r->text, "%s: %s%s\n", path,
		    is_run ? "" : "warning: ", error_text(errno));
	else if (!present_is_program(path))
		buf_fmt(&r->text, "%s: %sis not executable\n", path,
		    is_run ? "" : "warning: ");
	else
		return;
	r->d->errors += is_run;
	r->d->warnings += !is_run;
}

/* One entry of a service directory. */
static void
read_entry(struct reading *r, const char *dir, const char *name)
{
	const char *path = memory_text("%s/%s", dir, name);
	struct stat st;
	struct buf bytes;

	if (sys_fstatat(AT_FDCWD, path, &st, 0) < 0) {
		if (settings_is_more(name))
			settings_unread(&r->parse, name, error_text(errno));
		return;
	}
	switch (settings_see(&r->parse, name, st.st_mode)) {
	case SETTINGS_NOTHING:
		return;
	case SETTINGS_BYTES:
		if (fetch(r, path, name, &bytes))
			settings_file(&r->parse, name, bytes.p, bytes.len);
		return;
	case SETTINGS_NAMES:
		read_entries(r, path, name);
		return;
	}
}

static void
read_directory(struct reading *r, const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, NULL, alphasort);

	if (count < 0) {
		settings_unread(&r->parse, path, error_text(errno));
		return;
	}
	r->parse.is_directory = true;
	r->parse.where = path;
	for (int i = 0; i < count; i++)
		if (entries[i]->d_name[0] != '.')
			read_entry(r, path, entries[i]->d_name);
	/* By now it is known whose directory it is. */
	for (int i = 0; i < count; i++)
		look_at_program(r,
		    memory_text("%s/%s", path, entries[i]->d_name),
		    entries[i]->d_name);
	r->parse.is_directory = false;
	r->parse.where = NULL;
	read_lines(r, memory_text("%s/service", path), settings_lines);
}

/* What stands before its name in its path. */
static const char *
place_of(const char *path, const char *name)
{
	size_t all = strlen(path), n = strlen(name);

	if (all <= n || !str_eq(path + all - n, name))
		n = strlen(path_base(path));
	return memory_text("%.*s", (int)(all - n) - 1, path);
}

struct definition
definition_read(const char *root, const char *path, const char *name)
{
	struct definition d = {.name = name, .path = path};
	struct reading r = {.d = &d};
	struct stat st;

	/* What is kept of them is small. */
	static char blob[SETTINGS_BLOB_MAX], text[COMPLAINTS_MAX];

	r.blob = BUF(blob);
	r.text = BUF(text);
	settings_begin(&r.parse, &r.blob, &r.text, name);
	read_lines(&r, memory_text("%s" TRIVET_ETC "/defaults", root),
	    settings_defaults);
	if (sys_fstatat(AT_FDCWD, path, &st, 0) < 0)
		settings_unread(&r.parse, path, error_text(errno));
	else if (S_ISDIR(st.st_mode))
		read_directory(&r, path);
	else
		read_lines(&r, path, settings_lines);
	read_lines(&r, memory_text("%s" TRIVET_ETC "/override/%s", root, name),
	    settings_override);
	r.parse.where = place_of(path, name);
	settings_end(&r.parse);
	d.errors += r.parse.errors;
	d.warnings += r.parse.warnings;
	d.complaints = memory_copy(r.text.p, r.text.len);
	d.is_good = settings_view(&d.settings,
			memory_copy(r.blob.p, r.blob.len), r.blob.len) &&
		    d.errors == 0;
	return d;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct definition *)a)->name,
	    ((const struct definition *)b)->name);
}

/* By name and place, as svcd would come to know them. */
static void
collect_roles(struct definitions *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct settings_list list = all->d[i].settings.provides;
		const char *name;
		while ((name = settings_each(&list)) != NULL) {
			all->roles = memory_grow(all->roles, &all->role_room,
			    all->role_count + 1, sizeof *all->roles);
			all->roles[all->role_count++] =
			    (struct definition_role){name, i};
		}
	}
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
		if (name[0] == '.' ||
		    (entry->d_type == DT_REG && settings_is_leftover(name)))
			continue;
		name = memory_copy(name, strlen(name));
		all->d = memory_grow(
		    all->d, &all->room, all->count + 1, sizeof *all->d);
		all->d[all->count++] = definition_read(
		    root, memory_text("%s%s/%s", root, scan, name), name);
	}
	closedir(d);
	if (all->count > 0)
		qsort(all->d, all->count, sizeof *all->d, by_name);
	collect_roles(all);
	return true;
}

static int
is_of_name(const void *name, const void *d)
{
	return strcmp(name, ((const struct definition *)d)->name);
}

const struct definition *
definitions_find(const struct definitions *all, const char *name)
{
	const struct definition *d = NULL;

	if (all->count > 0)
		d = bsearch(
		    name, all->d, all->count, sizeof *all->d, is_of_name);
	for (size_t i = 0; d == NULL && i < all->role_count; i++)
		if (str_eq(all->roles[i].name, name))
			d = &all->d[all->roles[i].of];
	return d;
}

bool
definitions_means(
    const struct definitions *all, const char *operand, const char *name)
{
	const struct definition *d = definitions_find(all, operand);

	if (d != NULL && str_eq(d->name, operand))
		return str_eq(operand, name);
	return glob_match(operand, name);
}

const char *
definitions_missing(const struct definitions *all, const char *name)
{
	struct str_near near = str_near_to(name);

	if (definitions_find(all, name) != NULL)
		return NULL;
	for (size_t i = 0; i < all->count; i++)
		str_near_offer(&near, all->d[i].name);
	return options_near(near.best);
}
