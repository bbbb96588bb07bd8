/*
 * Everything that the loggers read from others: config and patterns, the words
 * of `log = …`, messages of svcd, and the index beside a file. The first byte
 * chooses.
 */
#include "svc/core/logindex.h"
#include "svc/core/logplan.h"
#include "svc/core/logwire.h"
#include "svc/log/conf.h"
#include "svc/log/line.h"
#include "tests/fuzz/fuzz.h"

static void
complain(void *arg, unsigned line, const char *what, const char *about)
{
	unsigned *last = arg;

	CLAIM(line >= *last && what[0] != '\0' && about != NULL);
	*last = line;
}

/* A config, and its patterns against its own text. */
static void
try_conf(const uint8_t *data, size_t size)
{
	static char text[CONF_TEXT];
	static struct conf c;
	const struct pattern_ask ask = {PATTERN_STAR_PLUS, '+', '-', true};
	unsigned line = 1;

	if (size >= sizeof(text))
		return;
	memcpy(text, data, size);
	conf_parse(&c, text, size, complain, &line);
	CLAIM(c.rules <= CONF_RULES && c.prefix != NULL);
	CLAIM(!c.udp_only || c.udp_port != 0);
	pattern_selects(&ask, c.rule, c.rules, (const char *)data, size);
	for (size_t i = 0; i < c.rules; i++)
		pattern_fits(
		    PATTERN_STAR, c.rule[i].pattern, (const char *)data, size);
}

static void
try_plan(const uint8_t *data, size_t size)
{
	char value[2 * LOGPLAN_TEXT], room[LOGPLAN_TEXT];
	struct logplan plan;
	const char *word;

	fuzz_text(value, sizeof(value), data, size);
	if (logplan_parse(value, room, &plan, &word) != NULL) {
		CLAIM(word != NULL);
		return;
	}
	CLAIM(plan.size >= LOGPLAN_SIZE_MIN && plan.keep > 0);
	CLAIM(plan.to != LOGPLAN_FILE || plan.path != NULL);
	CLAIM(plan.age_ms == 0 || plan.age_ms >= 1000);
}

static void
try_message(const uint8_t *data, size_t size)
{
	static struct logwire_attach a;
	uint16_t tag;
	uint32_t id;
	int error;

	if (!logwire_open(data, size, &tag, &id))
		return;
	if (logwire_get_attach(data, size, &a))
		CLAIM(strlen(a.plan) < sizeof(a.plan));
	logwire_get_trouble(data, size, &error);
}

static void
try_index(const uint8_t *data, size_t size)
{
	struct logindex x;
	uint64_t last = 0, file = size * 1000;

	if (!logindex_open(&x, data, size, file))
		return;
	for (size_t i = 0; i < x.count; i++) {
		struct logindex_record r = logindex_record(&x, i);
		CLAIM(r.end >= last && r.end <= file);
		last = r.end;
		logindex_time(&x, r.end, 0);
		CLAIM(logindex_since(&x, r.at_ns, file) <= file);
	}
}

/* Bytes in, in two parts, are bytes out. */
static void
try_lines(const uint8_t *data, size_t size)
{
	static char held[64], out[65536];
	struct line l;
	struct line_piece p;
	size_t n = 0, half = size / 2;

	if (size > 4096)
		return;
	line_init(&l, held, 1 + size % 64, size % 2);
	for (int part = 0; part < 2; part++) {
		line_feed(&l, (const char *)data + (part ? half : 0),
		    part ? size - half : half);
		while (line_next(&l, &p)) {
			memcpy(out + n, p.p, p.n);
			n += p.n;
			if (p.ends)
				out[n++] = '\n';
		}
	}
	if (line_last(&l, &p)) {
		memcpy(out + n, p.p, p.n);
		n += p.n;
	}
	CLAIM(n == size && memcmp(out, data, n) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const tries[])(const uint8_t *data, size_t size) = {
	    try_conf, try_plan, try_message, try_index, try_lines};

	if (size > 0)
		tries[data[0] % (sizeof(tries) / sizeof(tries[0]))](
		    data + 1, size - 1);
	return 0;
}
