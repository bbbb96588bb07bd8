/*
 * svc seed: entropy carried over from one boot to the next. Used by the
 * stages; a file name says whether the kernel may count what is in it:
 *
 *	DIR/seed.credit		made when the kernel's generator was ready
 *	DIR/seed.no-credit	made before: mixed in, and counts for nothing
 *
 * No seed is ever used twice: it is gone from the disk before the kernel gets
 * it, so that a power cut costs entropy, and never makes two boots alike.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "lib/dir.h"
#include "lib/error.h"
#include "lib/fd.h"
#include "lib/str.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/options.h"

extern const struct cmd cmd_seed;

#define SEED_DIR "/var/lib/trivet"
#define SEED_BYTES 512
#define CREDIT "seed.credit"
#define NO_CREDIT "seed.no-credit"

static const struct cmd_option options[] = {
    {'n', "no-credit", NULL, "mix it in, and let it count for nothing", 0},
    {0},
};

static int
cannot(const char *what, const char *name)
{
	fprintf(stderr, "svc seed: cannot %s %s: %s\n", what, name,
	    error_text(errno));
	return EXITCODE_SYSTEM;
}

/* In one piece, as RNDADDENTROPY wants it. */
struct pool {
	int bits, bytes;
	unsigned char data[SEED_BYTES + 1]; /* a NUL ends a buf */
};

/* Only root may have read or written a seed that counts. */
static bool
is_ours(int fd)
{
	struct stat st;

	return sys_fstatat(fd, "", &st, AT_EMPTY_PATH) == 0 &&
	       S_ISREG(st.st_mode) && st.st_uid == 0 && (st.st_mode & 077) == 0;
}

/* 1: given to the kernel; 0: there is none; -1: told why not. */
static int
load_one(int dir, const char *name, bool counts)
{
	struct pool pool = {0};
	struct buf b = buf_over((char *)pool.data, sizeof pool.data);
	int fd = sys_openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0);
	int random, result;

	if (fd < 0)
		return errno == ENOENT ? 0 : -cannot("open", name);
	counts = counts && is_ours(fd);
	result = fd_read_all(fd, &b);
	sys_close(fd);
	if (result < 0 && errno != EFBIG)
		return -cannot("read", name);
	if (sys_unlinkat(dir, name, 0) < 0 || sys_fsync(dir) < 0)
		return -cannot("remove", name);
	pool.bytes = (int)b.len;
	pool.bits = counts ? pool.bytes * 8 : 0;
	random = sys_open("/dev/urandom", O_RDONLY, 0);
	result = random < 0 ? -1 : sys_ioctl(random, RNDADDENTROPY, &pool);
	if (result < 0)
		return -cannot("give to the kernel", name);
	sys_close(random);
	return 1;
}

static int
save(int dir)
{
	char bytes[SEED_BYTES];
	/* Before the generator is ready this would block. */
	ssize_t n = sys_getrandom(bytes, sizeof bytes, GRND_NONBLOCK);
	const char *name = n == SEED_BYTES ? CREDIT : NO_CREDIT;
	const char *other = n == SEED_BYTES ? NO_CREDIT : CREDIT;

	if (n != SEED_BYTES &&
	    sys_getrandom(bytes, sizeof bytes, GRND_INSECURE) != SEED_BYTES)
		return cannot("read", "random bytes");
	if (fd_replace(dir, name, bytes, sizeof bytes, 0600) < 0)
		return cannot("write", name);
	sys_unlinkat(dir, other, 0);
	return sys_fsync(dir) < 0 ? cannot("write", name) : EXITCODE_YES;
}

static int
load(int dir, bool counts)
{
	int credit = load_one(dir, CREDIT, counts);
	int other = load_one(dir, NO_CREDIT, false);

	if (credit < 0 || other < 0)
		return EXITCODE_SYSTEM;
	return save(dir);
}

static int
run(int argc, char **argv)
{
	struct options o;
	bool counts = true;
	const char *where = SEED_DIR;
	int code, dir;

	options_init(&o, &cmd_seed, argc, argv);
	while ((code = options_next(&o)) != OPTIONS_END)
		switch (code) {
		case 'n':
			counts = false;
			break;
		default:
			return options_wrong(&o, code);
		}
	if (o.count < 1 || o.count > 2 ||
	    (!str_eq(o.operands[0], "load") && !str_eq(o.operands[0], "save")))
		return options_refuse(&o, "load or save?");
	if (o.count == 2)
		where = o.operands[1];
	if (dir_make(AT_FDCWD, where, 0755) < 0)
		return cannot("make", where);
	dir = sys_openat(AT_FDCWD, where, O_RDONLY | O_DIRECTORY, 0);
	if (dir < 0)
		return cannot("open", where);
	return str_eq(o.operands[0], "load") ? load(dir, counts) : save(dir);
}

const struct cmd cmd_seed = {
    .name = "seed",
    .group = GROUP_MACHINE,
    .usage = "[-n] load|save [DIR]",
    .help = "carry entropy over from one boot to the next",
    .about = "load gives the kernel what was saved, counted where it was made "
	     "by a\ngenerator that was ready, and saves a new one at once. The "
	     "directory is\n/var/lib/trivet. An image that is copied to many "
	     "machines must hold no seed.",
    .options = options,
    .args = {ARG_WORD, ARG_PATH},
    .run = run,
};
