/*
 * The header of a script in /etc/init.d, and the service made of it. Text in,
 * text out.
 */
#include <string.h>

#include "lib/str.h"

#include "svc/cmd/lsb.h"
#include "svc/cmd/memory.h"

/* What LSB calls a facility, and the service of ours that stands for it. */
/* clang-format off */
#define FACILITIES(X) \
	X("$local_fs", "mounts") \
	X("$remote_fs", "netmounts") \
	X("$network", "network") \
	X("$named", "named") \
	X("$portmap", "rpcbind") \
	X("$syslog", "syslog") \
	X("$time", "time")
/* clang-format on */
#define FACILITY(lsb, ours) {lsb, ours},
static const struct {
	const char *lsb, *ours;
} facilities[] = {FACILITIES(FACILITY)};

/* Scripts that stand for a facility, by their name or what they provide. */
/* clang-format off */
#define STANDINS(X) \
	X("networking", "network") \
	X("network-manager", "network") \
	X("rsyslog", "syslog") \
	X("syslog-ng", "syslog") \
	X("sysklogd", "syslog") \
	X("busybox-syslogd", "syslog") \
	X("bind9", "named") \
	X("unbound", "named") \
	X("dnsmasq", "named") \
	X("chrony", "time") \
	X("ntp", "time") \
	X("ntpsec", "time") \
	X("openntpd", "time")
/* clang-format on */
#define STANDIN(script, facility) {script, facility},
static const struct {
	const char *script, *facility;
} standins[] = {STANDINS(STANDIN)};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define BLANKS " \t\r"

bool
lsb_has(const struct lsb_words *words, const char *word)
{
	for (size_t i = 0; i < words->count; i++)
		if (str_eq(words->word[i], word))
			return true;
	return false;
}

void
lsb_add(struct lsb_words *words, const char *word)
{
	if (lsb_has(words, word))
		return;
	words->word = memory_grow(
	    words->word, &words->room, words->count + 1, sizeof *words->word);
	words->word[words->count++] = word;
}

static const char *
ours(const char *word)
{
	for (size_t i = 0; i < COUNT(facilities); i++)
		if (str_eq(word, facilities[i].lsb))
			return facilities[i].ours;
	return word;
}

static void
add_words(struct lsb_script *s, struct lsb_words *to, const char *value)
{
	while (*(value += strspn(value, BLANKS)) != '\0') {
		size_t n = strcspn(value, BLANKS);
		const char *word = memory_copy(value, n);
		if (str_eq(word, "$all"))
			s->after_all = true;
		else if (ours(word)[0] != '$')
			lsb_add(to, ours(word));
		value += n;
	}
}

static void
take_header(struct lsb_script *s, const char *key, const char *value)
{
	if (str_eq(key, "Provides"))
		add_words(s, &s->provides, value);
	else if (str_eq(key, "Required-Start"))
		add_words(s, &s->required, value);
	else if (str_eq(key, "Should-Start"))
		add_words(s, &s->should, value);
	else if (str_eq(key, "X-Start-Before"))
		add_words(s, &s->before, value);
	else if (str_eq(key, "Short-Description"))
		s->description = value;
}

/* "# Key: value" in two; false: no such line. */
static bool
split(const char *line, const char **key, const char **value)
{
	const char *colon = strchr(line, ':');

	if (line[0] != '#' || colon == NULL)
		return false;
	line += 1 + strspn(line + 1, BLANKS);
	if (line + strcspn(line, BLANKS) < colon)
		return false;
	*key = memory_copy(line, (size_t)(colon - line));
	*value = colon + 1 + strspn(colon + 1, BLANKS);
	return true;
}

struct lsb_script
lsb_read(const char *name, const char *path, const char *text, size_t length)
{
	struct lsb_script s = {.name = name, .path = path, .description = ""};
	const char *end = text + length, *key, *value;
	bool is_inside = false;

	for (size_t i = 0; i < COUNT(standins); i++)
		if (str_eq(name, standins[i].script))
			lsb_add(&s.provides, standins[i].facility);

	while (text < end) {
		size_t n = (size_t)(end - text);
		const char *newline = memchr(text, '\n', n);
		if (newline != NULL)
			n = (size_t)(newline - text);
		const char *line = memory_copy(text, n);
		text += n + 1;
		if (str_starts(line, "### BEGIN INIT INFO"))
			s.has_header = is_inside = true;
		else if (str_starts(line, "### END INIT INFO"))
			is_inside = false;
		else if (!split(line, &key, &value))
			continue;
		else if (is_inside)
			take_header(&s, key, value);
		else if (str_eq(key, "pidfile") && value[0] == '/')
			s.pidfile = value;
	}
	return s;
}

/* "KEY = A B\n", or nothing. */
static const char *
line_of(const char *key, const struct lsb_words *words, const char *but)
{
	const char *line = "";

	for (size_t i = 0; i < words->count; i++)
		if (!str_eq(words->word[i], but))
			line = memory_text("%s %s", line, words->word[i]);
	return *line == '\0' ? "" : memory_text("%s =%s\n", key, line);
}

const char *
lsb_service(const struct lsb_script *s, const struct lsb_words *wants,
    const struct lsb_words *after, const struct lsb_words *before)
{
	const char *kind =
	    s->pidfile == NULL
		? memory_text("type = oneshot\nup = %s start\ndown = %s stop\n",
		      s->path, s->path)
		: memory_text("type = forking\nrun = %s start\npidfile = %s\n"
			      "restart = never\n",
		      s->path, s->pidfile);

	return memory_text("# Made by svc lsb of %s.\n%s%s%s"
			   "reload = %s reload\nenv = TRIVET_LSB=%s\n"
			   "kill = main\ntimeout-up = 5m\n"
			   "timeout-down = 5m\n%s%s%s%s",
	    s->path, *s->description != '\0' ? "description = " : "",
	    s->description,
	    memory_text("%s%s", *s->description != '\0' ? "\n" : "", kind),
	    s->path, s->name, line_of("provides", &s->provides, s->name),
	    line_of("wants", wants, s->name), line_of("after", after, s->name),
	    line_of("before", before, s->name));
}
