/*
 * Signals by number and name.
 */
#include "lib/signame.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "lib/fmt.h"
#include "lib/scan.h"

static const struct name {
	char name[7];
	uint8_t sig;
} names[] = {
#define ROW(name) {#name, SIG##name},
    SIG_NAMES(ROW)
#undef ROW
    /* Other names of the same. */
    {"IOT", SIGABRT},
    {"POLL", SIGIO},
    {"CLD", SIGCHLD},
};
#define NAMES (sizeof(names) / sizeof(*names))

/* "RTMIN", "RTMIN+3", "RTMAX-1"; 0: not that. */
static int
parse_realtime(const char *s)
{
	int base = strncasecmp(s, "RTMIN", 5) == 0   ? SIG_RTMIN
		   : strncasecmp(s, "RTMAX", 5) == 0 ? SIG_RTMAX
						     : 0;
	int32_t offset = 0;

	if (base == 0)
		return 0;
	s += 5;
	if (*s != '\0' && ((*s != '+' && *s != '-') || !scan_i32(s, &offset)))
		return 0;
	if (offset < SIG_RTMIN - base || offset > SIG_RTMAX - base)
		return 0;
	return base + offset;
}

int
sig_parse(const char *s)
{
	uint32_t number;

	if (scan_u32(s, &number))
		return number >= 1 && number <= SIG_COUNT ? (int)number : 0;
	if (strncasecmp(s, "SIG", 3) == 0)
		s += 3;
	for (size_t i = 0; i < NAMES; i++)
		if (strcasecmp(s, names[i].name) == 0)
			return names[i].sig;
	return parse_realtime(s);
}

const char *
sig_name(int sig)
{
	for (size_t i = 0; i < NAMES; i++)
		if (names[i].sig == sig)
			return names[i].name;
	return NULL;
}

void
buf_signal(struct buf *b, int sig)
{
	const char *name = sig_name(sig);

	if (name != NULL)
		buf_puts(b, name);
	else if (sig == SIG_RTMIN)
		buf_puts(b, "RTMIN");
	else if (sig > SIG_RTMIN && sig <= SIG_RTMAX)
		buf_fmt(b, "RTMIN+%d", sig - SIG_RTMIN);
	else
		buf_i64(b, sig);
}
