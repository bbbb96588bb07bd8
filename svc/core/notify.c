/*
 * From the bytes of a datagram to what was said.
 */
#include "svc/core/notify.h"

#include <string.h>

#include "svc/core/settings.h"

enum kind {
	FLAG,
	NUMBER,
	TEXT,
	WATCHDOG,
	ACCESS
};

#define ROW(name, key, kind, help) {key, kind},
static const struct {
	const char *key;
	enum kind kind;
} rows[] = {NOTIFY_KEYS(ROW)};

#define WORD(name, text) text,
static const char *const accesses[] = {SETTINGS_ACCESSES(WORD) NULL};

/* Bytes of the character at p; 0: it is none. Bounds of the second byte keep
 * overlong forms, surrogates and what lies beyond 10FFFF out. */
static size_t
character(const unsigned char *p, size_t len)
{
	unsigned char least = 0x80, most = 0xbf;
	size_t n;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		least = 0xa0;
	else if (p[0] == 0xed)
		most = 0x9f;
	else if (p[0] == 0xf0)
		least = 0x90;
	else if (p[0] == 0xf4)
		most = 0x8f;
	if (len < n || p[1] < least || p[1] > most)
		return 0;
	for (size_t k = 2; k < n; k++)
		if ((p[k] & 0xc0) != 0x80)
			return 0;
	return n;
}

bool
notify_is_utf8(const char *p, size_t len)
{
	size_t n;

	for (; len > 0; p += n, len -= n)
		if ((n = character((const unsigned char *)p, len)) == 0)
			return false;
	return true;
}

static bool
is_word(struct notify_text v, const char *word)
{
	return strlen(word) == v.len && memcmp(word, v.p, v.len) == 0;
}

static bool
read_number(struct notify_text v, uint64_t *number)
{
	*number = 0;
	for (size_t k = 0; k < v.len; k++) {
		unsigned digit = (unsigned char)v.p[k] - (unsigned)'0';
		if (digit > 9 || *number > (UINT64_MAX - digit) / 10)
			return false;
		*number = *number * 10 + digit;
	}
	return v.len > 0;
}

static bool
read_access(struct notify_text v, uint64_t *number)
{
	for (unsigned k = 0; accesses[k] != NULL; k++) {
		if (!is_word(v, accesses[k]))
			continue;
		*number = k;
		return true;
	}
	return false;
}

static bool
read_text(struct notify *n, enum notify_key key, struct notify_text v)
{
	if (!notify_is_utf8(v.p, v.len))
		return false;
	if (key == NOTIFY_STATUS)
		n->status = v;
	else
		n->error = v;
	return true;
}

static bool
read_value(struct notify *n, enum notify_key key, struct notify_text v)
{
	switch (rows[key].kind) {
	case FLAG:
		return is_word(v, "1");
	case NUMBER:
		return read_number(v, &n->number[key]);
	case TEXT:
		return read_text(n, key, v);
	case WATCHDOG:
		n->is_trigger = is_word(v, "trigger");
		return n->is_trigger || is_word(v, "1");
	case ACCESS:
		return read_access(v, &n->number[key]);
	}
	return false;
}

static void
take_line(struct notify *n, const char *p, size_t len)
{
	const char *equals = memchr(p, '=', len);
	struct notify_text name = {p, 0}, value;

	if (equals == NULL)
		return;
	name.len = (size_t)(equals - p);
	value = (struct notify_text){equals + 1, len - name.len - 1};
	for (int k = 0; k < NOTIFY_KEY_COUNT; k++) {
		if (!is_word(name, rows[k].key))
			continue;
		if ((n->has & 1u << k) == 0 &&
		    read_value(n, (enum notify_key)k, value))
			n->has |= 1u << k;
		return;
	}
}

static enum notify_phase
phase_of(uint32_t has)
{
	if (has & NOTIFY_BIT(STOPPING))
		return NOTIFY_IS_STOPPING;
	if (has & NOTIFY_BIT(READY))
		return NOTIFY_IS_READY;
	return has & NOTIFY_BIT(RELOADING) ? NOTIFY_IS_RELOADING
					   : NOTIFY_IS_NOTHING;
}

bool
notify_parse(struct notify *n, const char *bytes, size_t len)
{
	const char *end;
	unsigned lines = 0;

	memset(n, 0, sizeof(*n));
	if (len > NOTIFY_MAX)
		return false;
	if (len > 0 && bytes[len - 1] == '\0')
		len--;
	if (memchr(bytes, '\0', len) != NULL)
		return false;
	end = bytes + len;
	for (const char *p = bytes; p < end;) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		if (stop == NULL)
			stop = end;
		if (stop > p) {
			take_line(n, p, (size_t)(stop - p));
			lines++;
		}
		p = stop + 1;
	}
	n->phase = phase_of(n->has);
	n->is_barrier = lines == 1 && (n->has & NOTIFY_BIT(BARRIER));
	return true;
}
