/*
 * svc klog: the kernel's messages as lines, from where it left off, for a
 * service whose log they end in; the boot stage's lines go before. The kernel
 * keeps both until then, and while this is not running.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/sys.h"

#include "svc/cmd/client.h"
#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"

extern const struct cmd cmd_klog;

#define RECORD 8192 /* the kernel's own bound */
#define LEVELS 8

static const struct cmd_option options[] = {
    {'s', "state", "FILE", "where it keeps how far it has come", 0},
    {'d', "dump", NULL, "what there is, and no more", 0},
    {0},
};

static struct {
	int messages, state;
	uint64_t next; /* number of the first message not told */
	bool is_new;   /* nothing was told since the boot */
} klog;

/* How far it has come is true at any instant: lines first, then this. */
static void
remember(void)
{
	char text[32];
	int n = snprintf(text, sizeof(text), "%020" PRIu64 "\n", klog.next);

	if (fflush(stdout) == 0 && klog.state >= 0)
		(void)!sys_pwrite(klog.state, text, (size_t)n, 0);
}

static void
recall(const char *path)
{
	char text[32] = "";

	klog.state = sys_open(path, O_RDWR | O_CREAT, 0600);
	klog.is_new = klog.state == -1 ||
		      sys_pread(klog.state, text, sizeof(text) - 1, 0) <= 0;
	klog.next = strtoull(text, NULL, 10);
}

/* "prio,seq,usec,flags;text\n KEY=value\n…" */
static void
print_record(char *record)
{
	char *rest, *text = strchr(record, ';');
	unsigned long priority = strtoul(record, &rest, 10);
	uint64_t number = *rest == ',' ? strtoull(rest + 1, &rest, 10) : 0;
	uint64_t usec = *rest == ',' ? strtoull(rest + 1, &rest, 10) : 0;

	if (text == NULL || number < klog.next)
		return;
	if (number > klog.next && !klog.is_new)
		printf("<4>trivet: %" PRIu64 " kernel messages were lost\n",
		    number - klog.next);
	klog.is_new = false;
	klog.next = number + 1;
	text[1 + strcspn(text + 1, "\n")] = '\0';
	printf("<%lu>[%5" PRIu64 ".%06" PRIu64 "] %s\n", priority % LEVELS,
	    usec / 1000000, usec % 1000000, text + 1);
}

/* False: no more now. */
static bool
read_one(void)
{
	static char record[RECORD + 1];
	ssize_t n = sys_read(klog.messages, record, RECORD);

	if (n > 0) {
		record[n] = '\0';
		print_record(record);
		return true;
	}
	/* Overwritten before it was read: the next one tells how many. */
	return n == -1 && (errno == EPIPE || errno == EINTR);
}

static void
print_file(const char *path)
{
	char line[4096];
	FILE *f = fopen(path, "re");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		printf("<%d>boot: %s", strncmp(line, "[fail]", 6) == 0 ? 3 : 6,
		    line);
	if (f != NULL)
		fclose(f);
}

static int
run(int argc, char **argv)
{
	struct options o;
	const char *state = memory_text("%s/klog", client_dir());
	bool is_dump = false;
	int code;

	options_init(&o, &cmd_klog, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 's':
			state = o.value;
			break;
		case 'd':
			is_dump = true;
			break;
		default:
			return options_wrong(&o, code);
		}
	klog.messages = sys_open("/dev/kmsg", O_RDONLY | O_NONBLOCK, 0);
	if (klog.messages == -1) {
		perror("svc klog: cannot open /dev/kmsg");
		return EXITCODE_SYSTEM;
	}
	recall(state);
	for (int i = 0; klog.is_new && i < o.count; i++)
		print_file(o.operands[i]);
	for (;;) {
		struct pollfd p = {.fd = klog.messages, .events = POLLIN};

		while (read_one())
			continue;
		remember();
		if (is_dump || ferror(stdout))
			return ferror(stdout) ? EXITCODE_SYSTEM : EXITCODE_YES;
		sys_ppoll(&p, 1, NULL);
	}
}

const struct cmd cmd_klog = {
    .name = "klog",
    .group = GROUP_MACHINE,
    .usage = "[-d] [-s FILE] [BOOTLOG...]",
    .help = "print the kernel's messages as they come (a service)",
    .about = "From where it left off, each with its level <N> and the "
	     "kernel's time; before\nthem, once after a boot, the lines of the "
	     "files BOOTLOG.",
    .options = options,
    .args = {ARG_PATH},
    .run = run,
};
