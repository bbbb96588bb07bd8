/*
 * The reader of `log = …`. One row per key word; what no row knows is a size,
 * a directory or a service.
 */
#include "svc/core/logplan.h"

#include <string.h>

#include "lib/path.h"
#include "lib/scan.h"
#include "lib/str.h"

struct reading {
	struct logplan *plan;
	char *rest; /* words that are still to come */
	bool has_to;
	bool has_size;
};

/* The next word, or NULL. */
static char *
next(struct reading *r)
{
	char *p = r->rest;

	p += strspn(p, " \t");
	if (*p == '\0')
		return NULL;
	char *end = p + strcspn(p, " \t");
	r->rest = *end == '\0' ? end : end + 1;
	*end = '\0';
	return p;
}

static const char *
set_to(struct reading *r, enum logplan_to to, const char *path)
{
	if (r->has_to)
		return "only one place to log to";
	r->has_to = true;
	r->plan->to = to;
	r->plan->path = path;
	return NULL;
}

static const char *
read_to_dir(struct reading *r)
{
	return set_to(r, LOGPLAN_DIR, NULL);
}

static const char *
read_to_console(struct reading *r)
{
	return set_to(r, LOGPLAN_CONSOLE, NULL);
}

static const char *
read_to_syslog(struct reading *r)
{
	return set_to(r, LOGPLAN_SYSLOG, NULL);
}

static const char *
read_to_none(struct reading *r)
{
	return set_to(r, LOGPLAN_NONE, NULL);
}

static const char *
read_to_file(struct reading *r)
{
	const char *path = next(r);

	if (path == NULL || !path_is_absolute(path))
		return "file wants an absolute path";
	return set_to(r, LOGPLAN_FILE, path);
}

static const char *
read_keep(struct reading *r)
{
	const char *word = next(r);
	uint32_t n;

	if (word == NULL || !scan_u32(word, &n) || n == 0)
		return "x wants the number of old files";
	r->plan->keep = n;
	return NULL;
}

static const char *
read_age(struct reading *r)
{
	const char *word = next(r);

	if (word == NULL || !scan_duration_ms(word, &r->plan->age_ms) ||
	    r->plan->age_ms < 1000)
		return "age wants a time like 1d";
	return NULL;
}

static const char *
read_time(struct reading *r)
{
	const char *word = next(r);

#define IS(name, text)                               \
	if (word != NULL && str_eq(word, text)) {    \
		r->plan->time = LOGPLAN_TIME_##name; \
		return NULL;                         \
	}
	LOGPLAN_TIMES(IS)
#undef IS
	return "time wants iso, tai64n or none";
}

static const char *
read_compress(struct reading *r)
{
	r->plan->compress = next(r);
	return r->plan->compress == NULL ? "compress wants a program" : NULL;
}

static const char *
read_fsync(struct reading *r)
{
	r->plan->fsync = true;
	return NULL;
}

/* A time, or the bare name of a unit. */
static bool
read_unit(const char *text, int64_t *ms)
{
	char one[4] = "1";

	if (strlen(text) != 1)
		return scan_duration_ms(text, ms);
	one[1] = text[0];
	return scan_duration_ms(one, ms);
}

static const char *
read_rate(struct reading *r)
{
	const char *word = next(r);
	struct logplan *p = r->plan;
	size_t used = word == NULL ? 0 : scan_u32_prefix(word, &p->rate);

	if (used == 0 || p->rate == 0 || word[used] != '/' ||
	    !read_unit(word + used + 1, &p->rate_ms) || p->rate_ms < 1000)
		return "rate wants lines a time like 1000/s or 100/10s";
	return NULL;
}

/* clang-format off */
static const struct key {
	const char *word;
	const char *(*read)(struct reading *r);
} keys[] = {
	{"yes", read_to_dir},
	{"on", read_to_dir},
	{"no", read_to_none},
	{"off", read_to_none},
	{"none", read_to_none},
	{"console", read_to_console},
	{"syslog", read_to_syslog},
	{"file", read_to_file},
	{"x", read_keep},
	{"age", read_age},
	{"time", read_time},
	{"compress", read_compress},
	{"fsync", read_fsync},
	{"rate", read_rate},
};
/* clang-format on */

static const char *
read_other(struct reading *r, char *word)
{
	if (path_is_absolute(word))
		return set_to(r, LOGPLAN_DIR, word);
	if (word[0] < '0' || word[0] > '9') {
		if (!path_is_name(word))
			return "neither a word of log nor a service";
		return set_to(r, LOGPLAN_SERVICE, word);
	}
	/* 10M, 10Mx20 */
	size_t used = scan_size_prefix(word, &r->plan->size);
	if (used == 0 || r->has_size || r->plan->size < LOGPLAN_SIZE_MIN)
		return "not a size of at least 4K";
	r->has_size = true;
	if (word[used] == '\0')
		return NULL;
	uint32_t keep;
	if (word[used] != 'x' || !scan_u32(word + used + 1, &keep) || keep == 0)
		return "not a size like 10M x 20";
	r->plan->keep = keep;
	return NULL;
}

static const char *
read_word(struct reading *r, char *word)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (str_eq(word, keys[i].word))
			return keys[i].read(r);
	return read_other(r, word);
}

const char *
logplan_parse(
    const char *value, char *room, struct logplan *plan, const char **word)
{
	struct reading r = {.plan = plan, .rest = room};
	size_t n = strlen(value);
	const char *wrong = NULL;
	char *w;

	*word = "";
	*plan = (struct logplan){
	    .to = LOGPLAN_DIR, .size = LOGPLAN_SIZE, .keep = LOGPLAN_KEEP};
	if (n >= LOGPLAN_TEXT)
		return "too long";
	memcpy(room, value, n + 1);
	while (wrong == NULL && (w = next(&r)) != NULL) {
		*word = w;
		wrong = read_word(&r, w);
	}
	return wrong;
}
