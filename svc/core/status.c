/*
 * runit's and daemontools' view of a service, and words for exits and times.
 * The byte formats are interface: other programs read these files.
 */
#include "svc/core/status.h"

#include "lib/fmt.h"
#include "lib/signame.h"

#define MS INT64_C(1000000)
#define SECOND (1000 * MS)
/* CLD_KILLED and CLD_DUMPED: kernel ABI. */
#define DUMPED 3
#define KILLED 2

static enum status_state
state_of(struct sv sv)
{
	switch (sv.state) {
	case S_START:
	case S_ADOPT:
	case S_UP:
	case S_STOP:
	case S_DONE:
		return STATUS_RUN;
	case S_SWEEP:
	case S_FIN_SPAWN:
	case S_FIN:
	case S_FIN_SWEEP:
		return STATUS_FINISH;
	case S_NONE:
	case S_DOWN:
	case S_WAIT:
	case S_PRE_SPAWN:
	case S_PRE:
	case S_SPAWN:
	case S_BACKOFF:
	case S_FAILED:
	case S_ENDED:
		return STATUS_DOWN;
	}
	return STATUS_DOWN;
}

struct status
status_of(struct sv sv, uint32_t pid, bool got_term, struct tai64n since)
{
	enum status_state state = state_of(sv);
	return (struct status){
	    .since = since,
	    .pid = state == STATUS_DOWN ? 0 : pid,
	    .is_paused = sv_shown(sv) == SV_SHOWN_PAUSED,
	    /* A run by `once` is as if it were wanted down. */
	    .want = sv_wanted_on(sv) ? 'u' : 'd',
	    .got_term = got_term && state == STATUS_RUN,
	    .state = state,
	    .is_exiting = sv.leave,
	};
}

void
status_pack(struct status s, unsigned char bytes[STATUS_BYTES])
{
	tai_pack(s.since, bytes);
	for (unsigned i = 0; i < 4; i++)
		bytes[12 + i] = (unsigned char)(s.pid >> 8 * i);
	bytes[16] = s.is_paused;
	bytes[17] = (unsigned char)s.want;
	bytes[18] = s.got_term;
	bytes[19] = (unsigned char)s.state;
}

bool
status_parse(const unsigned char *bytes, size_t len, struct status *s)
{
	struct status t = {0};

	if (len != STATUS_BYTES && len != STATUS_BYTES_DJB)
		return false;
	if (bytes[16] > 1 ||
	    (bytes[17] != 'u' && bytes[17] != 'd' && bytes[17] != 0))
		return false;
	t.since = tai_unpack(bytes);
	for (unsigned i = 0; i < 4; i++)
		t.pid |= (uint32_t)bytes[12 + i] << 8 * i;
	t.is_paused = bytes[16];
	t.want = (char)bytes[17];
	t.state = t.pid != 0 ? STATUS_RUN : STATUS_DOWN;
	if (len == STATUS_BYTES) {
		if (bytes[18] > 1 || bytes[19] > STATUS_FINISH)
			return false;
		t.got_term = bytes[18];
		t.state = (enum status_state)bytes[19];
	}
	*s = t;
	return true;
}

void
buf_stat(struct buf *b, struct status s)
{
	static const char *const words[] = {"down", "run", "finish"};

	buf_puts(b, words[s.state]);
	if (s.is_paused)
		buf_puts(b, ", paused");
	if (s.got_term)
		buf_puts(b, ", got TERM");
	if (s.state != STATUS_DOWN && s.is_exiting)
		buf_puts(b, ", want exit");
	else if (s.state != STATUS_DOWN && s.want == 'd')
		buf_puts(b, ", want down");
	buf_putc(b, '\n');
}

void
buf_pid_line(struct buf *b, struct status s)
{
	if (s.pid == 0)
		return;
	buf_u64(b, s.pid);
	buf_putc(b, '\n');
}

void
buf_exit(struct buf *b, int code, int value)
{
	if (code != KILLED && code != DUMPED) {
		buf_fmt(b, "exit %d", value);
		return;
	}
	buf_puts(b, "killed by ");
	if (sig_name(value) != NULL)
		buf_puts(b, "SIG");
	buf_signal(b, value);
	if (code == DUMPED)
		buf_puts(b, ", core dumped");
}

static const struct unit {
	const char *long_name;
	char short_name;
	int64_t ns;
} units[] = {
    {"d", 'd', 86400 * SECOND},
    {"h", 'h', 3600 * SECOND},
    {"min", 'm', 60 * SECOND},
    {"s", 's', SECOND},
};

void
buf_span(struct buf *b, int64_t ns)
{
	if (ns < 0)
		ns = 0;
	if (ns < SECOND) {
		buf_fmt(b, "%lld ms", (long long)(ns / MS));
		return;
	}
	for (unsigned i = 0; i < 4; i++) {
		int64_t n = ns / units[i].ns, rest = ns % units[i].ns;
		if (n == 0)
			continue;
		buf_fmt(b, "%lld %s", (long long)n, units[i].long_name);
		if (i < 3 && rest / units[i + 1].ns > 0)
			buf_fmt(b, " %lld %s",
			    (long long)(rest / units[i + 1].ns),
			    units[i + 1].long_name);
		return;
	}
}

void
buf_span_short(struct buf *b, int64_t ns)
{
	unsigned i = 0;
	int64_t rest;

	if (ns < 0)
		ns = 0;
	while (i < 3 && ns < units[i].ns)
		i++;
	rest = ns % units[i].ns;
	buf_fmt(
	    b, "%lld%c", (long long)(ns / units[i].ns), units[i].short_name);
	if (i < 3)
		buf_fmt(b, "%02lld%c", (long long)(rest / units[i + 1].ns),
		    units[i + 1].short_name);
}

void
buf_duration(struct buf *b, int64_t ms)
{
	int64_t ns = ms * MS;
	bool is_any = false;

	for (unsigned i = 0; i < 4; i++) {
		int64_t n = ns / units[i].ns;
		ns %= units[i].ns;
		if (n == 0)
			continue;
		buf_fmt(b, "%lld%c", (long long)n, units[i].short_name);
		is_any = true;
	}
	if (ns > 0)
		buf_fmt(b, "%lldms", (long long)(ns / MS));
	else if (!is_any)
		buf_putc(b, '0');
}

void
buf_size(struct buf *b, uint64_t bytes)
{
	static const char names[] = "TGMK";

	for (unsigned i = 0; i < 4; i++) {
		unsigned shift = 40 - 10 * i;
		if (bytes == 0 || bytes & ((UINT64_C(1) << shift) - 1))
			continue;
		buf_u64(b, bytes >> shift);
		buf_putc(b, names[i]);
		return;
	}
	buf_u64(b, bytes);
}

/* clang-format off */
/* Letter, the signal it sends, the wish it is: runit's, daemontools', s6's. */
#define LETTERS(X) \
	X('u', 0, EV_UP) X('d', 0, EV_DOWN) X('o', 0, EV_ONCE) \
	X('x', 0, EV_EXIT) X('r', 0, EV_CYCLE) X('l', 0, EV_RELOAD) \
	X('t', SIGTERM, EV_TERM) X('k', SIGKILL, EV_KILL) \
	X('p', SIGSTOP, EV_PAUSE) X('c', SIGCONT, EV_CONT) \
	X('a', SIGALRM, EV_NOTHING) X('h', SIGHUP, EV_NOTHING) \
	X('i', SIGINT, EV_NOTHING) X('q', SIGQUIT, EV_NOTHING) \
	X('1', SIGUSR1, EV_NOTHING) X('2', SIGUSR2, EV_NOTHING) \
	X('b', SIGABRT, EV_NOTHING) X('y', SIGWINCH, EV_NOTHING)
/* clang-format on */

static const struct {
	char letter;
	int signal;
	enum sv_event event;
} letters[] = {
#define LETTER(letter, signal, event) {letter, signal, event},
    LETTERS(LETTER)};

#define LETTER_COUNT (sizeof(letters) / sizeof(letters[0]))

int
status_letter_signal(char letter)
{
	for (size_t i = 0; i < LETTER_COUNT; i++)
		if (letters[i].letter == letter)
			return letters[i].signal;
	return 0;
}

char
status_signal_letter(int signal)
{
	for (size_t i = 0; i < LETTER_COUNT; i++)
		if (signal != 0 && letters[i].signal == signal)
			return letters[i].letter;
	return 0;
}

enum sv_event
status_letter_event(char letter)
{
	for (size_t i = 0; i < LETTER_COUNT; i++)
		if (letters[i].letter == letter)
			return letters[i].event;
	return EV_NOTHING;
}
