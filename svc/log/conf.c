/*
 * The reader of svlogd's `config`. Where the original is silent about a wrong
 * line this complains; what a directive did there it does here, rubbish behind
 * a number included.
 */
#include "svc/log/conf.h"

#include <string.h>

#include "lib/scan.h"

struct reading {
	struct conf *conf;
	conf_complain *complain;
	void *arg;
	unsigned line;
};

static void
wrong(const struct reading *r, const char *what, const char *about)
{
	r->complain(r->arg, r->line, what, about);
}

struct unit {
	char letter;
	uint64_t factor;
};

static const struct unit sizes[] = {
    {'k', 1024}, {'m', 1024 * 1024}, {'g', 1024 * 1024 * 1024}, {0, 0}};
static const struct unit times[] = {
    {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {0, 0}};
static const struct unit none[] = {{0, 0}};

/* A number with an optional unit; *v stays as it is where there is none. */
static void
number(struct reading *r, const char *s, const struct unit *unit, uint64_t *v)
{
	uint64_t n, factor = 1;
	size_t used = scan_u64_prefix(s, &n);

	if (used == 0) {
		wrong(r, "not a number", s);
		return;
	}
	const char *rest = s + used;
	for (; unit->letter != 0; unit++)
		if (unit->letter == *rest) {
			factor = unit->factor;
			rest++;
			break;
		}
	if (*rest != '\0' && *rest != ' ' && *rest != '\t')
		wrong(r, "ignored what follows the number", rest);
	if (n > UINT64_MAX / factor)
		wrong(r, "number too large", s);
	else
		*v = n * factor;
}

/* a.b.c.d; returns how much of s that is, 0 for "none". */
static size_t
ip4(const char *s, uint32_t *addr)
{
	uint32_t sum = 0, part;
	size_t at = 0;

	for (int i = 0; i < 4; i++) {
		if (i > 0 && s[at++] != '.')
			return 0;
		size_t used = scan_u32_prefix(s + at, &part);
		if (used == 0 || part > 255)
			return 0;
		sum = sum << 8 | part;
		at += used;
	}
	*addr = sum;
	return at;
}

static void
udp(struct reading *r, const char *s)
{
	uint32_t addr, port = 514;
	size_t used = ip4(s, &addr);

	if (used == 0) {
		wrong(r, "unable to scan ip address", s);
		return;
	}
	if (s[used] == ':' && (scan_u32_prefix(s + used + 1, &port) == 0 ||
				  port == 0 || port > 65535)) {
		wrong(r, "unable to scan port number", s + used + 1);
		return;
	}
	r->conf->udp_addr = addr;
	r->conf->udp_port = (uint16_t)port;
}

static void
rule(struct reading *r, char verb, const char *pattern)
{
	struct conf *c = r->conf;

	if (c->rules == CONF_RULES) {
		wrong(r, "more than 512 patterns, ignored", pattern);
		return;
	}
	c->rule[c->rules++] = (struct pattern_rule){verb, pattern};
}

static void
directive(struct reading *r, const char *line)
{
	struct conf *c = r->conf;
	const char *rest = line + 1;

	switch (line[0]) {
	case '\0':
	case '#':
		break;
	case 's':
		number(r, rest, sizes, &c->size_max);
		break;
	case 'n':
		number(r, rest, none, &c->keep);
		break;
	case 'N':
		number(r, rest, none, &c->keep_min);
		break;
	case 't':
		number(r, rest, times, &c->age_s);
		break;
	case '!':
		c->processor = *rest != '\0' ? rest : c->processor;
		break;
	case 'U':
		c->udp_only = true;
		udp(r, rest);
		break;
	case 'u':
		udp(r, rest);
		break;
	case 'p':
		c->prefix = *rest != '\0' ? rest : c->prefix;
		break;
	case '+':
	case '-':
	case 'e':
	case 'E':
		rule(r, line[0], rest);
		break;
	default:
		wrong(r, "unknown directive", line);
	}
}

void
conf_parse(
    struct conf *c, char *text, size_t len, conf_complain *complain, void *arg)
{
	struct reading r = {c, complain, arg, 0};

	c->size_max = 1000000;
	c->keep = c->keep_min = 10;
	c->age_s = 0;
	c->processor = NULL;
	c->prefix = "";
	c->udp_addr = 0;
	c->udp_port = 0;
	c->udp_only = false;
	c->rules = 0;
	for (size_t at = 0; at < len;) {
		char *line = text + at;
		char *end = memchr(line, '\n', len - at);

		if (end == NULL)
			end = text + len;
		*end = '\0';
		at = (size_t)(end - text) + 1;
		r.line++;
		if (strlen(line) != (size_t)(end - line))
			wrong(&r, "line holds a zero byte, cut there", line);
		directive(&r, line);
	}
	/* "Only by UDP" without an address would be nowhere at all. */
	if (c->udp_port == 0)
		c->udp_only = false;
}
