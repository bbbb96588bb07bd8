/*
 * Lines out of files, old ones too, newest file first, until there are enough.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/scan.h"
#include "lib/tai.h"

#include "svc/cmd/logs.h"
#include "svc/cmd/memory.h"
#include "svc/core/logindex.h"

#define NS INT64_C(1000000000)

struct file {
	const char *bytes;
	size_t n;
	int64_t changed_ns;
	bool has_index;
	struct logindex index;
};

/* --- stamps and levels --- */

static bool
number(const char *p, size_t width, unsigned *v)
{
	*v = 0;
	for (size_t i = 0; i < width; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		*v = *v * 10 + (unsigned)(p[i] - '0');
	}
	return true;
}

/* YYYY-MM-DD, then _ T or a blank, HH:MM:SS and .digits; bytes of it. */
static size_t
date_stamp(const char *p, size_t n, int64_t *ns)
{
	struct tai_date d;
	unsigned year;
	int64_t fraction = 0, unit = NS;

	if (n < 20 || p[4] != '-' || p[7] != '-' || p[13] != ':' ||
	    p[16] != ':' || strchr("_T ", p[10]) == NULL ||
	    !number(p, 4, &year) || !number(p + 5, 2, &d.month) ||
	    !number(p + 8, 2, &d.day) || !number(p + 11, 2, &d.hour) ||
	    !number(p + 14, 2, &d.minute) || !number(p + 17, 2, &d.second))
		return 0;
	size_t at = 19;
	if (p[at] == '.')
		for (at++; at < n && p[at] >= '0' && p[at] <= '9'; at++)
			if (unit > 1) {
				unit /= 10;
				fraction += (p[at] - '0') * unit;
			}
	/* s6-log's stamp is in local time and has a blank: not believed. */
	if (at == n || p[at] != ' ' || p[10] == ' ')
		return 0;
	d.year = year;
	*ns = tai_date_unix(d) * NS + fraction;
	return at + 1;
}

static size_t
stamp(const char *p, size_t n, int64_t *ns)
{
	struct tai64n t;

	if (n > TAI_TEXT && p[0] == '@' && p[TAI_TEXT] == ' ' &&
	    tai_parse(p, n, &t)) {
		*ns = tai_unix(t) * NS + t.nano;
		return TAI_TEXT + 1;
	}
	return date_stamp(p, n, ns);
}

static size_t
level(const char *p, size_t n, int *v)
{
	if (n < 3 || p[0] != '<')
		return 0;
	size_t at = 1;
	unsigned sum = 0;
	for (; at < n && at < 4 && p[at] >= '0' && p[at] <= '9'; at++)
		sum = sum * 10 + (unsigned)(p[at] - '0');
	if (at == 1 || at == n || p[at] != '>' || sum > 191)
		return 0;
	*v = (int)(sum & 7);
	return at + 1;
}

struct logs_line
logs_line(const char *name, const char *p, size_t n, int64_t at_ns)
{
	struct logs_line l = {.at_ns = at_ns, .level = -1, .name = name};
	size_t skip = stamp(p, n, &l.at_ns);

	skip += level(p + skip, n - skip, &l.level);
	l.p = p + skip;
	l.n = n - skip;
	return l;
}

/* --- files --- */

static const char *
slurp(FILE *f, size_t *n)
{
	char *bytes = NULL;
	size_t room = 0;

	*n = 0;
	for (;;) {
		bytes = memory_grow(bytes, &room, *n + 65536, 1);
		size_t got = fread(bytes + *n, 1, room - *n, f);
		if (got == 0)
			return bytes;
		*n += got;
	}
}

/* What undoes the compression that the first bytes tell of; NULL: none. */
static const char *
expander(const unsigned char *p, size_t n)
{
	if (n > 2 && p[0] == 0x1f && p[1] == 0x8b)
		return "gzip";
	if (n > 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0)
		return "zstd";
	if (n > 6 && memcmp(p,
			 "\xfd"
			 "7zXZ",
			 5) == 0)
		return "xz";
	if (n > 3 && memcmp(p, "BZh", 3) == 0)
		return "bzip2";
	return NULL;
}

static void
expand(struct file *f, const char *program, int fd)
{
	int out[2];

	if (pipe(out) == -1)
		return;
	pid_t pid = fork();
	if (pid == 0) {
		lseek(fd, 0, SEEK_SET);
		dup2(fd, 0);
		dup2(out[1], 1);
		close(out[0]);
		execlp(program, program, "-dc", (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	FILE *stream = fdopen(out[0], "r");
	if (stream != NULL) {
		f->bytes = slurp(stream, &f->n);
		fclose(stream);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

static bool
open_file(struct file *f, const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	*f = (struct file){.bytes = ""};
	if (fd == -1)
		return false;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		f->changed_ns = st.st_mtim.tv_sec * NS + st.st_mtim.tv_nsec;
		void *p = mmap(
		    NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p != MAP_FAILED) {
			f->bytes = p;
			f->n = (size_t)st.st_size;
		}
		const char *program =
		    expander((const unsigned char *)f->bytes, f->n);
		if (program != NULL)
			expand(f, program, fd);
	}
	close(fd);
	return true;
}

static void
open_index(struct file *f, const char *dir, const char *name)
{
	size_t n;
	FILE *stream =
	    fopen(memory_text("%s/" LOGINDEX_PREFIX "%s", dir, name), "r");

	if (stream == NULL)
		return;
	const char *bytes = slurp(stream, &n);
	fclose(stream);
	f->has_index = logindex_open(&f->index, bytes, n, f->n);
}

/* --- lines --- */

static void
add(struct logs *to, struct logs_line line)
{
	to->line =
	    memory_grow(to->line, &to->room, to->count + 1, sizeof(line));
	to->line[to->count++] = line;
}

/* The start of the last line that begins before `end`. */
static size_t
line_before(const struct file *f, size_t end)
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
read_back(struct logs *to, const struct file *f, const char *name,
    const struct logs_ask *ask, size_t *left)
{
	for (size_t end = f->n; end > 0;) {
		size_t start = line_before(f, end);
		size_t n = end - start;
		int64_t at = f->has_index ? logindex_time(
						&f->index, start, f->changed_ns)
					  : f->changed_ns;

		if (f->bytes[end - 1] == '\n')
			n--;
		struct logs_line line =
		    logs_line(name, f->bytes + start, n, at);
		if (ask->since_ns != 0 && line.at_ns < ask->since_ns)
			return true;
		end = start;
		if (ask->fits != NULL && !ask->fits(&line))
			continue;
		add(to, line);
		if (--*left == 0)
			return true;
	}
	return false;
}

static int
newest_first(const void *a, const void *b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

/* current, then @… from the newest on; NULL at the end. */
static char **
file_names(const char *path)
{
	DIR *dir = opendir(path);
	char **names = NULL;
	size_t room = 0, n = 0;
	struct dirent *e;

	names = memory_grow(names, &room, 2, sizeof(*names));
	names[n++] = memory_copy("current", 7);
	while (dir != NULL && (e = readdir(dir)) != NULL) {
		size_t len = strlen(e->d_name);
		if (e->d_name[0] != '@' || len < 2 || e->d_name[len - 1] == 't')
			continue;
		names = memory_grow(names, &room, n + 2, sizeof(*names));
		names[n++] = memory_copy(e->d_name, len);
	}
	if (dir != NULL)
		closedir(dir);
	names[n] = NULL;
	if (n > 1)
		qsort(names + 1, n - 1, sizeof(*names), newest_first);
	return names;
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
logs_read(
    struct logs *to, const struct logs_source *s, const struct logs_ask *ask)
{
	size_t left = ask->most == 0 ? SIZE_MAX : ask->most;
	size_t before = to->count;
	struct file f;

	if (s->is_file) {
		if (open_file(&f, s->path))
			read_back(to, &f, s->name, ask, &left);
	} else
		for (char **name = file_names(s->path); *name != NULL; name++) {
			if (!open_file(
				&f, memory_text("%s/%s", s->path, *name)))
				continue;
			open_index(&f, s->path, *name);
			if (read_back(to, &f, s->name, ask, &left))
				break;
		}
	if (to->count > before)
		reverse(to->line + before, to->count - before);
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
