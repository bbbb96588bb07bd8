/*
 * A datagram from a stranger: what is taken lies inside it, and is text where
 * text is promised.
 */
#include "svc/core/notify.h"
#include "tests/fuzz/fuzz.h"

static void
inside(const char *bytes, size_t size, struct notify_text t)
{
	CLAIM(t.len == 0 || (t.p >= bytes && t.p + t.len <= bytes + size));
	CLAIM(t.len == 0 || memchr(t.p, '\n', t.len) == NULL);
	CLAIM(t.len == 0 || memchr(t.p, '\0', t.len) == NULL);
	CLAIM(notify_is_utf8(t.p, t.len));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct notify n, again;

	if (!notify_parse(&n, bytes, size))
		return 0;
	inside(bytes, size, n.status);
	inside(bytes, size, n.error);
	CLAIM(n.has < 1u << NOTIFY_KEY_COUNT);
	CLAIM(!n.is_barrier || n.has == NOTIFY_BIT(BARRIER));
	CLAIM(!n.is_trigger || (n.has & NOTIFY_BIT(WATCHDOG)));
	CLAIM(n.number[NOTIFY_NOTIFYACCESS] < 4);
	/* A NUL at the end is no part of it. */
	if (size > 0 && data[size - 1] == '\0') {
		CLAIM(notify_parse(&again, bytes, size - 1));
		CLAIM(again.has == n.has && again.phase == n.phase);
	}
	return 0;
}
