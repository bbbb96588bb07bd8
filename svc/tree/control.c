/*
 * Letters from supervise/control: what each asks of the machine, and the ones
 * that are only a signal.
 */
#include "svc/tree/control.h"

#include <fcntl.h>
#include <signal.h>

#include "lib/fd.h"
#include "lib/say.h"
#include "lib/sys.h"
#include "svc/core/status.h"
#include "svc/tree/life/life.h"
#include "svc/tree/state/scandir.h"
#include "svc/tree/state/state.h"

/* Letters taken at one time: whoever writes without end waits its turn. */
#define LETTERS 64

static void
send_letter(uint32_t i, char letter)
{
	int sig = status_letter_signal(letter);

	if (sig == 0 || sv_role(state_word(i).sv) != SV_ROLE_RUN)
		return;
	if (!aux_control(i, letter, sig))
		kill_one(i, sig, false);
}

/* Until its link is another one. */
static void
set_exited(uint32_t i)
{
	char name[BOARD_NAME_MAX + 1];

	rec(i)->exit_link = scandir_link(state_name(i, name));
	state_flags(i, BOARD_EXITED, 0);
}

void
control_letter(uint32_t i, char letter)
{
	enum sv_event ev = status_letter_event(letter);

	if (!wish_may(i) || (letter == 'x' && (rec(i)->flags & BOARD_LOG)))
		return;
	if (letter == 'k' && aux_control(i, letter, SIGKILL))
		return;
	if (ev == EV_NOTHING) {
		send_letter(i, letter);
		return;
	}
	if (ev == EV_EXIT)
		set_exited(i);
	if (ev == EV_DOWN)
		state_flags(i, 0, BOARD_EXITED);
	wish(i, ev);
}

void
control_ready(void *arg, uint32_t events)
{
	uint32_t i = (uint32_t)(uintptr_t)arg;
	char letters[LETTERS];
	int fd = live(i)->control.fd;
	uint16_t life = live(i)->life;
	ssize_t n = peek(fd, letters, sizeof(letters));

	(void)events;
	/* Done first, taken away then: a letter may be heard twice if we are
	 * killed in between, but none is lost. */
	for (ssize_t k = 0; k < n && live(i)->life == life; k++)
		control_letter(i, letters[k]);
	if (n > 0 && live(i)->life == life)
		sys_read(fd, letters, (size_t)n);
}
