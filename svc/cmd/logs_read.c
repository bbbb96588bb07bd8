/*
 * Lines out of files, old ones too, newest file first, until there are enough.
 */
#include <string.h>

#include "lib/sys.h"

#include "svc/cmd/logs_file.h"
#include "svc/cmd/logs_place.h"
#include "svc/cmd/memory.h"

void
logs_add(struct logs *to, struct logs_line line)
{
	to->line =
	    memory_grow(to->line, &to->room, to->count + 1, sizeof(line));
	to->line[to->count++] = line;
}

/* The start of the last line that begins before `end`. */
static size_t
line_before(const struct logs_file *f, size_t end)
{
	size_t n = end > 0 && f->bytes[end - 1] == '\n' ? end - 1 : end;
	const char *newline = n == 0 ? NULL : memrchr(f->bytes, '\n', n);

	return newline == NULL ? 0 : (size_t)(newline - f->bytes) + 1;
}

/*
 * Adds lines of a file from its end on, latest first, until `most` were added
 * (true: enough) or one is older than wanted (true as well).
 */
static bool
read_back(struct logs *to, const struct logs_file *f, const char *name,
    const struct logs_ask *ask, size_t *left)
{
	for (size_t end = f->n; end > 0;) {
		size_t start = line_before(f, end);
		struct logs_line line = logs_file_line(f, name, start, end);

		if (ask->since_ns != 0 && line.at_ns < ask->since_ns)
			return true;
		end = start;
		if (ask->fits != NULL && !ask->fits(&line))
			continue;
		logs_add(to, line);
		if (--*left == 0)
			return true;
	}
	return false;
}

/* What has been written so far; true: there are enough. */
static bool
read_current(struct logs *to, const struct logs_source *s, struct logs_place *p,
    const struct logs_ask *ask, size_t *left)
{
	struct logs_file f;

	if (!logs_file_whole(&f, p->fd))
		return false;
	if (!s->is_file)
		logs_file_index(&f, s->path, "current");
	if (ask->whole)
		f.n = f.n > 0 && f.bytes[f.n - 1] != '\n' ? line_before(&f, f.n)
							  : f.n;
	p->at = f.n;
	return read_back(to, &f, s->name, ask, left);
}

static bool
read_old(struct logs *to, const struct logs_source *s,
    const struct logs_place *p, char *name, const struct logs_ask *ask,
    size_t *left)
{
	struct logs_file f;
	int fd = logs_old_open(s, p, &name);
	bool enough = false;

	if (logs_file_whole(&f, fd)) {
		logs_file_index(&f, s->path, name);
		enough = read_back(to, &f, s->name, ask, left);
	}
	if (fd != -1)
		sys_close(fd);
	return enough;
}

static void
reverse(struct logs_line *line, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		struct logs_line swap = line[i];
		line[i] = line[n - 1 - i];
		line[n - 1 - i] = swap;
	}
}

void
logs_read_upto(struct logs *to, const struct logs_source *s,
    struct logs_place *p, const struct logs_ask *ask)
{
	size_t left = ask->most == 0 ? SIZE_MAX : ask->most;
	size_t before = to->count, n = 0;
	bool enough = read_current(to, s, p, ask, &left);
	char **old = logs_old(s, NULL, p);

	while (old[n] != NULL)
		n++;
	while (!enough && n-- > 0)
		enough = read_old(to, s, p, old[n], ask, &left);
	if (to->count > before)
		reverse(to->line + before, to->count - before);
}

void
logs_read(
    struct logs *to, const struct logs_source *s, const struct logs_ask *ask)
{
	struct logs_place now;

	logs_stand(&now, s);
	logs_read_upto(to, s, &now, ask);
	logs_leave(&now);
}

/* Lines of one source never change places, whatever their clock said. */
static int
by_time(const void *a, const void *b)
{
	const struct logs_line *x = a, *y = b;

	if (x->name == y->name || x->at_ns == y->at_ns)
		return 0;
	return x->at_ns < y->at_ns ? -1 : 1;
}

/* Stable, as qsort is not. */
static void
sort(struct logs_line *line, struct logs_line *room, size_t n)
{
	size_t half = n / 2, i = 0, j = half, k = 0;

	if (n < 2)
		return;
	sort(line, room, half);
	sort(line + half, room, n - half);
	while (i < half && j < n)
		room[k++] =
		    by_time(&line[j], &line[i]) < 0 ? line[j++] : line[i++];
	while (i < half)
		room[k++] = line[i++];
	memcpy(line, room, k * sizeof(*line));
}

void
logs_merge(struct logs *all, size_t most)
{
	sort(all->line, memory_get(all->count + 1, sizeof(*all->line)),
	    all->count);
	if (most != 0 && all->count > most) {
		all->line += all->count - most;
		all->count = most;
	}
}
