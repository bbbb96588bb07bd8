/*
 * Readers of values that are small rules: a schedule, a policy, a set. Each
 * takes the whole text or refuses it; the packed bytes are read again by
 * settings_view.c, field by field in the same order.
 */
#include "svc/core/settings_rule.h"
#include "svc/core/calendar.h"
#include "svc/core/listen.h"
#include "svc/core/logplan.h"

#include <string.h>

#include "lib/scan.h"
#include "lib/signame.h"
#include "lib/str.h"

#define WORD(name, text) text,
#define WORD3(name, number, text) text,
#define NUMBER3(name, number, text) number,

/* --- readiness, failure, restart --- */

bool
rule_ready(const char *text, struct buf *bytes)
{
	static const char *const words[] = {SETTINGS_READIES(WORD) NULL};
	struct rule r;
	uint32_t fd = 0;
	int kind;
	const char *rest;

	rule_begin(&r, text);
	kind = rule_index(&r, words);
	rest = rule_rest(&r);
	if (kind < 0)
		return false;
	if (kind == READY_FD) {
		if (!scan_u32(rest, &fd) || fd < 3 || fd > 1023)
			return false;
		rest = "";
	} else if (kind == READY_TCP || kind == READY_UNIX ||
		   kind == READY_FILE) {
		struct address a;
		if (*rest == '\0' ||
		    (kind == READY_TCP && !address_parse(&a, rest, true)))
			return false;
	} else if (*rest != '\0') {
		return false;
	}
	rule_put(bytes, (uint64_t)kind, 1);
	rule_put(bytes, fd, 2);
	rule_put_text(bytes, rest);
	return true;
}

bool
rule_on_failed(const char *text, struct buf *bytes)
{
	static const char *const words[] = {SETTINGS_FAILEDS(WORD) NULL};
	struct rule r;
	uint32_t code = SETTINGS_OWN_CODE;
	int kind;
	const char *rest;

	rule_begin(&r, text);
	kind = rule_index(&r, words);
	rest = rule_rest(&r);
	if (kind < 0)
		return false;
	if (kind == FAILED_EXIT && *rest != '\0') {
		if (!scan_u32(rest, &code) || code > 255)
			return false;
		rest = "";
	}
	if ((kind == FAILED_START) != (*rest != '\0'))
		return false;
	rule_put(bytes, (uint64_t)kind, 1);
	rule_put(bytes, code, 4);
	rule_put_text(bytes, rest);
	return true;
}

/* "1s" or "1s..30s". */
static bool
read_delay(char *word, int64_t *least, int64_t *most)
{
	char *dots = strstr(word, "..");

	if (dots == NULL) {
		if (!scan_duration_ms(word, least))
			return false;
		*most = *least;
		return true;
	}
	*dots = '\0';
	return scan_duration_ms(word, least) &&
	       scan_duration_ms(dots + 2, most) && *most >= *least;
}

/* The present word and the next two: "5 in 1m". */
static bool
read_rate(struct rule *r, uint32_t *count, int64_t *time_ms)
{
	if (!scan_u32(r->word, count) || *count == 0)
		return false;
	rule_next(r);
	if (!str_eq(r->word, "in"))
		return false;
	rule_next(r);
	if (!scan_duration_ms(r->word, time_ms) || *time_ms <= 0)
		return false;
	rule_next(r);
	return true;
}

bool
rule_restart(const char *text, struct buf *bytes)
{
	static const char *const words[] = {BUDGET_RULES(WORD) NULL};
	struct budget_policy p = {.delay_ms = 1000, .max_ms = 1000};
	struct rule r;
	int kind;
	uint32_t n;

	rule_begin(&r, text);
	kind = rule_index(&r, words);
	if (kind < 0)
		return false;
	rule_next(&r);
	/* A bare number begins the limit; a delay has a unit. */
	if (!rule_is_end(&r) &&
	    (!scan_u32(r.word, &n) || !str_starts(rule_rest(&r), "in "))) {
		if (!read_delay(r.word, &p.delay_ms, &p.max_ms))
			return false;
		rule_next(&r);
	}
	if (!rule_is_end(&r) && !read_rate(&r, &p.count, &p.window_ms))
		return false;
	if (!rule_is_end(&r))
		return false;
	rule_put(bytes, (uint64_t)kind, 1);
	rule_put(bytes, (uint64_t)p.delay_ms, 8);
	rule_put(bytes, (uint64_t)p.max_ms, 8);
	rule_put(bytes, p.count, 4);
	rule_put(bytes, (uint64_t)p.window_ms, 8);
	return true;
}

bool
rule_rate(const char *text, struct buf *bytes)
{
	struct rule r;
	uint32_t count;
	int64_t time_ms;

	rule_begin(&r, text);
	if (!read_rate(&r, &count, &time_ms) || !rule_is_end(&r))
		return false;
	rule_put(bytes, count, 4);
	rule_put(bytes, (uint64_t)time_ms, 8);
	return true;
}

/* One of "7", "3-5", "TERM". */
static bool
read_code(char *word, struct settings_codes *c)
{
	char *dash = strchr(word, '-');
	uint32_t from, to;
	int signal;

	if (word[0] < '0' || word[0] > '9') {
		signal = sig_parse(word);
		if (signal <= 0)
			return false;
		c->signals |= SIG_BIT(signal);
		return true;
	}
	if (dash != NULL)
		*dash = '\0';
	if (!scan_u32(word, &from) ||
	    !scan_u32(dash != NULL ? dash + 1 : word, &to) || from > to ||
	    to > 255)
		return false;
	for (; from <= to; from++)
		c->exits[from / 64] |= UINT64_C(1) << from % 64;
	return true;
}

bool
rule_codes(const char *text, struct buf *bytes)
{
	struct settings_codes c = {0};
	struct rule r;

	rule_begin(&r, text);
	if (rule_is_end(&r))
		return false;
	for (; !rule_is_end(&r); rule_next(&r))
		if (!read_code(r.word, &c))
			return false;
	for (unsigned i = 0; i < 4; i++)
		rule_put(bytes, c.exits[i], 8);
	rule_put(bytes, c.signals, 8);
	return true;
}

/* --- stop --- */

bool
rule_stop(const char *text, struct buf *bytes)
{
	struct settings_stop s = {0};
	struct rule r;
	bool is_first = true, needs_time = false;

	rule_begin(&r, text);
	for (; !rule_is_end(&r); rule_next(&r), is_first = false) {
		int signal = sig_parse(r.word);
		int64_t ms = 0;
		bool is_time = scan_duration_ms(r.word, &ms);
		if ((!is_time && signal <= 0) || s.count == SV_STEPS_MAX)
			return false;
		if (is_time != needs_time && !(is_first && is_time))
			return false;
		needs_time = !is_time;
		if (is_time && !is_first) {
			s.step[s.count - 1].wait_ms = ms;
			continue;
		}
		s.step[s.count].signal = is_time ? 0 : signal;
		s.step[s.count++].wait_ms = is_time ? ms : SETTINGS_FOREVER;
	}
	/* The last is a signal: a time at the end would wait for nothing. */
	if (s.count == 0 || !needs_time)
		return false;
	for (unsigned i = 0; i < s.count; i++) {
		rule_put(bytes, (uint64_t)s.step[i].signal, 1);
		rule_put(bytes, (uint64_t)s.step[i].wait_ms, 8);
	}
	return true;
}

/* --- what the kernel is asked for --- */

bool
rule_class(const struct settings_row *row, const char *text, struct buf *bytes)
{
	static const char *const io[] = {SETTINGS_IO_CLASSES(WORD3) NULL};
	static const int io_numbers[] = {SETTINGS_IO_CLASSES(NUMBER3)};
	static const char *const cpu[] = {SETTINGS_SCHEDULERS(WORD3) NULL};
	static const int cpu_numbers[] = {SETTINGS_SCHEDULERS(NUMBER3)};
	bool is_io = row->kind == KIND_IONICE;
	struct rule r;
	uint32_t level = 0;
	int i, number;
	bool has_level;

	rule_begin(&r, text);
	i = rule_index(&r, is_io ? io : cpu);
	if (i < 0)
		return false;
	number = is_io ? io_numbers[i] : cpu_numbers[i];
	/* Realtime and best-effort; fifo and rr. */
	has_level = number == 1 || number == 2;
	rule_next(&r);
	if (has_level) {
		if (!scan_u32(r.word, &level) || level > (uint64_t)row->most ||
		    (!is_io && level == 0))
			return false;
		rule_next(&r);
	}
	if (!rule_is_end(&r))
		return false;
	rule_put(bytes, (uint64_t)number, 1);
	rule_put(bytes, level, 1);
	return true;
}

static bool
read_limit(const struct settings_row *row, const char *word, uint64_t *v)
{
	if (str_eq(word, "infinity") || str_eq(word, "unlimited")) {
		*v = SETTINGS_UNLIMITED;
		return true;
	}
	return row->least == 1 ? scan_size(word, v) : scan_u64(word, v);
}

bool
rule_limit(const struct settings_row *row, const char *text, struct buf *bytes)
{
	struct rule r;
	uint64_t soft, hard;
	char *colon;

	rule_begin(&r, text);
	colon = strchr(r.word, ':');
	if (colon != NULL)
		*colon = '\0';
	if (!read_limit(row, r.word, &soft) || *rule_rest(&r) != '\0')
		return false;
	hard = soft;
	if (colon != NULL && !read_limit(row, colon + 1, &hard))
		return false;
	if (soft > hard)
		return false;
	rule_put(bytes, soft, 8);
	rule_put(bytes, hard, 8);
	return true;
}

bool
rule_cpus(const struct settings_row *row, const char *text, struct buf *bytes)
{
	struct rule r;
	bool is_first = true;

	rule_begin(&r, text);
	if (rule_is_end(&r))
		return false;
	for (; !rule_is_end(&r); rule_next(&r), is_first = false) {
		uint32_t from, to;
		size_t n = scan_u32_prefix(r.word, &from);
		const char *after = r.word + n;
		to = from;
		if (n == 0 || (*after != '\0' &&
				  (*after != '-' || !scan_u32(after + 1, &to))))
			return false;
		if (from > to || to > (uint64_t)row->most)
			return false;
		if (!is_first)
			buf_putc(bytes, ' ');
		buf_puts(bytes, r.word);
	}
	buf_putc(bytes, '\0');
	return true;
}

/* In the order of the kernel's numbers. */
static const char *const cap_names[] = {"chown", "dac_override",
    "dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
    "setpcap", "linux_immutable", "net_bind_service", "net_broadcast",
    "net_admin", "net_raw", "ipc_lock", "ipc_owner", "sys_module", "sys_rawio",
    "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin", "sys_boot",
    "sys_nice", "sys_resource", "sys_time", "sys_tty_config", "mknod", "lease",
    "audit_write", "audit_control", "setfcap", "mac_override", "mac_admin",
    "syslog", "wake_alarm", "block_suspend", "audit_read", "perfmon", "bpf",
    "checkpoint_restore", NULL};

bool
rule_caps(const char *text, struct buf *bytes)
{
	struct rule r;
	uint64_t caps = 0;

	rule_begin(&r, text);
	if (rule_is_end(&r))
		return false;
	for (; !rule_is_end(&r); rule_next(&r)) {
		int i;
		for (char *c = r.word; *c != '\0'; c++)
			if (*c >= 'A' && *c <= 'Z')
				*c = (char)(*c - 'A' + 'a');
		if (str_eq(r.word, "none"))
			continue;
		if (str_starts(r.word, "cap_"))
			memmove(r.word, r.word + 4, strlen(r.word + 4) + 1);
		i = rule_index(&r, cap_names);
		if (i < 0)
			return false;
		caps |= UINT64_C(1) << i;
	}
	rule_put(bytes, caps, 8);
	return true;
}

/* --- descriptors, logs, sockets, times of day --- */

bool
rule_stdio(const char *text, struct buf *bytes)
{
	static const char *const words[] = {SETTINGS_STDIOS(WORD) NULL};
	struct rule r;
	const char *rest;
	int kind;

	rule_begin(&r, text);
	kind = rule_index(&r, words);
	rest = rule_rest(&r);
	if (kind < 0)
		return false;
	if ((kind == STDIO_FILE || kind == STDIO_APPEND) != (*rest != '\0'))
		return false;
	rule_put(bytes, (uint64_t)kind, 1);
	rule_put_text(bytes, rest);
	return true;
}

/* Checked here; svcd hands the words to the logger as they are. */
bool
rule_log(const char *text, struct buf *bytes)
{
	struct logplan plan;
	char room[LOGPLAN_TEXT];
	const char *word;

	if (logplan_parse(text, room, &plan, &word) != NULL)
		return false;
	rule_put(bytes, plan.to != LOGPLAN_NONE, 1);
	rule_put_text(bytes, text);
	return true;
}

/* Kept as it was written, its kind first: svcd reads it again. */
bool
rule_listen(const char *text, struct buf *bytes)
{
	struct listen_spec spec;

	text += strspn(text, " \t,");
	if (!listen_parse(&spec, text))
		return false;
	rule_put_text(bytes, text);
	return true;
}

static bool
is_time_of_day(const char *word)
{
	uint32_t hour, minute;
	size_t n = scan_u32_prefix(word, &hour);

	return n == 2 && word[2] == ':' && strlen(word) == 5 &&
	       scan_u32(word + 3, &minute) && hour < 24 && minute < 60;
}

#define CALENDAR_DAY(name) name,

bool
rule_at(const char *text, struct buf *bytes)
{
	static const char *const days[] = {CALENDAR_DAYS(CALENDAR_DAY) NULL};
	struct rule r;
	unsigned n = 0;

	rule_begin(&r, text);
	for (; rule_index(&r, days) >= 0; rule_next(&r)) {
		if (n++ > 0)
			buf_putc(bytes, ',');
		buf_puts(bytes, r.word);
	}
	if (!is_time_of_day(r.word) || *rule_rest(&r) != '\0')
		return false;
	if (n > 0)
		buf_putc(bytes, ' ');
	rule_put_text(bytes, r.word);
	return true;
}
