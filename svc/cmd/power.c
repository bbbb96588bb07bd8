/*
 * Must work with an almost empty environment and without a terminal: the
 * kernel itself calls /sbin/poweroff.
 */
#include "svc/cmd/power.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/reboot.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include "lib/clock.h"
#include "lib/error.h"
#include "lib/exitcode.h"
#include "lib/fd.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/broadcast.h"
#include "svc/cmd/client.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/utmp.h"

#define ANSWER_MS 5000

/* clang-format off */
/* What each ending is called, signalled as (raw number), told to the kernel. */
#define ENDINGS(X) \
	X(POWEROFF, "power off", 38, LINUX_REBOOT_CMD_POWER_OFF) \
	X(REBOOT, "reboot", 39, LINUX_REBOOT_CMD_RESTART) \
	X(HALT, "halt", 37, LINUX_REBOOT_CMD_HALT) \
	X(KEXEC, "reboot into the loaded kernel", 40, LINUX_REBOOT_CMD_KEXEC) \
	X(SOFT_REBOOT, "restart its user space", 41, 0) \
	X(RESCUE, "enter rescue mode", 35, 0)
/* clang-format on */

static const struct {
	const char *words;
	int signal;
	int command;
} endings[] = {
#define ENDING_ROW(name, words, signal, command) \
	[KEEP_END_##name] = {words, signal, (int)(command)},
    ENDINGS(ENDING_ROW)};

#define ENDINGS_COUNT (sizeof endings / sizeof *endings)

const char *
power_words(enum keep_ending ending)
{
	return ending < ENDINGS_COUNT && endings[ending].words != NULL
		   ? endings[ending].words
		   : "end";
}

const char *
power_name(enum keep_ending ending)
{
	static const char *const names[] = {
#define ENDING_NAME(name, number, text) [number] = text,
	    KEEP_ENDINGS(ENDING_NAME)};

	return ending < sizeof names / sizeof *names ? names[ending] : "?";
}

enum keep_ending
power_ending(const char *name)
{
	for (unsigned i = 0; i < ENDINGS_COUNT; i++)
		if (str_eq(name, power_name(i)))
			return (enum keep_ending)i;
	return KEEP_END_NONE;
}

enum keep_ending
power_of_reboot(void)
{
	char text[8];
	struct buf loaded = BUF(text);

	if (fd_slurp_word(AT_FDCWD, "/sys/kernel/kexec_loaded", &loaded) == 0 &&
	    str_eq(text, "1"))
		return KEEP_END_KEXEC;
	return KEEP_END_REBOOT;
}

/* --- with force --- */

static void
interface_down(int sock, const char *name)
{
	struct ifreq request = {0};

	if (strlen(name) >= sizeof request.ifr_name || str_eq(name, "lo"))
		return;
	memcpy(request.ifr_name, name, strlen(name));
	if (sys_ioctl(sock, SIOCGIFFLAGS, &request) < 0)
		return;
	request.ifr_flags &= ~IFF_UP;
	sys_ioctl(sock, SIOCSIFFLAGS, &request);
}

static void
interfaces_down(void)
{
	DIR *d = opendir("/sys/class/net");
	int sock = sys_socket(AF_INET, SOCK_DGRAM, 0);
	struct dirent *entry;

	while (d != NULL && sock >= 0 && (entry = readdir(d)) != NULL)
		if (entry->d_name[0] != '.')
			interface_down(sock, entry->d_name);
	if (d != NULL)
		closedir(d);
	fd_close(&sock);
}

static int
do_now(const struct power *p)
{
	enum keep_ending ending = p->ending;
	int command = endings[ending].command;

	if (command == 0) {
		fprintf(
		    stderr, "svc: %s cannot be forced\n", power_name(ending));
		return EXITCODE_USAGE;
	}
	if (sys_geteuid() != 0) {
		fputs("svc: only root may do this\n", stderr);
		return EXITCODE_NO;
	}
	if (!p->no_wtmp) {
		struct utmp_entry e = utmp_shutdown(time(NULL));
		utmp_append(WTMP_FILE, &e);
	}
	if (p->net_down)
		interfaces_down();
	if (!p->no_sync)
		sys_sync();
	if (ending == KEEP_END_REBOOT && p->argument != NULL)
		sys_reboot((int)LINUX_REBOOT_CMD_RESTART2, p->argument);
	else
		sys_reboot(command, NULL);
	fprintf(stderr, "svc: cannot %s: %s\n", endings[ending].words,
	    error_text(errno));
	return EXITCODE_SYSTEM;
}

/* --- by asking --- */

static int
refused(struct client_message *m)
{
	fprintf(stderr, "svc: %s\n", client_reason(m));
	return EXITCODE_NO;
}

/* True: svcd has answered, *code is what to say. */
static bool
ask_svcd(const struct power *p, int *code)
{
	static struct client client;
	struct client_message m;
	const char *told = getenv("TRIVET_RUN");
	const char *dir = client_is_chosen() || (told != NULL && *told != '\0')
			      ? client_dir()
			      : CLIENT_SYSTEM_DIR;
	const char *message = p->message != NULL ? p->message : "";

	if (!client_try(&client, dir))
		return false;
	struct buf b = client_begin(&client, WIRE_END);
	wire_put_u16(&b, (uint16_t)p->ending);
	wire_put_i32(&b, 0);
	wire_put_i64(&b, 0);
	wire_put_u32(&b, p->at_once ? WIRE_FORCE : 0);
	wire_put_text(&b, message, strnlen(message, WIRE_TEXT_MAX));
	if (!client_send(&client, &b) ||
	    client_reply(&client, &m, mono_add_ms(mono_now(), ANSWER_MS)) !=
		CLIENT_GOT)
		return false;
	*code = m.head.tag == WIRE_OK ? EXITCODE_YES : refused(&m);
	return true;
}

static int
signal_init(enum keep_ending ending)
{
	if (sys_kill(1, endings[ending].signal) == 0)
		return EXITCODE_YES;
	if (errno == EPERM) {
		fputs("svc: only root may do this\n", stderr);
		return EXITCODE_NO;
	}
	fprintf(
	    stderr, "svc: cannot signal process 1: %s\n", error_text(errno));
	return EXITCODE_SYSTEM;
}

int
power_ask(const struct power *p)
{
	int code;

	if (p->force)
		return do_now(p);
	if (ask_svcd(p, &code))
		return code;
	if (client_is_chosen()) {
		fprintf(stderr, "svc: no svcd answers at %s\n", client_dir());
		return EXITCODE_SYSTEM;
	}
	return signal_init(p->ending);
}

int
power_end(const struct power *p)
{
	struct broadcast b = {
	    .text = memory_text("%s%sThe system will %s now!",
		p->message != NULL ? p->message : "",
		p->message != NULL ? "\n" : "", power_words(p->ending)),
	};

	if (!p->no_wall && !p->force && sys_geteuid() == 0)
		broadcast(&b);
	return power_ask(p);
}
