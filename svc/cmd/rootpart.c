#include "svc/cmd/rootpart.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "lib/fd.h"
#include "lib/path.h"
#include "lib/scan.h"
#include "lib/sys.h"

#include "svc/cmd/memory.h"

#define ENTRY_MIN 128
#define ENTRY_MAX 4096

static uint64_t
little(const unsigned char *p, int bytes)
{
	uint64_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | p[bytes];
	return v;
}

/* GPT's numbers have their first three fields the other way round. */
static void
put_guid(char uuid[37], const unsigned char *b)
{
	int n = snprintf(uuid, 37, "%08x-%04x-%04x-%02x%02x-",
	    (unsigned)little(b, 4), (unsigned)little(b + 4, 2),
	    (unsigned)little(b + 6, 2), b[8], b[9]);

	for (int i = 10; i < 16; i++)
		n += snprintf(uuid + n, (size_t)(37 - n), "%02x", b[i]);
}

static bool
gpt(int disk, uint32_t sector, uint32_t number, char uuid[37])
{
	unsigned char head[92], entry[32];

	if (sys_pread(disk, head, sizeof(head), sector) != sizeof(head) ||
	    memcmp(head, "EFI PART", 8) != 0)
		return false;
	uint64_t at = little(head + 72, 8), size = little(head + 84, 4);

	if (number < 1 || number > little(head + 80, 4) || size < ENTRY_MIN ||
	    size > ENTRY_MAX || at > INT64_MAX / sector / 2)
		return false;
	at = at * sector + (uint64_t)(number - 1) * size;
	if (sys_pread(disk, entry, sizeof(entry), (off_t)at) != sizeof(entry))
		return false;
	put_guid(uuid, entry + 16);
	return true;
}

static bool
mbr(int disk, uint32_t number, char uuid[37])
{
	unsigned char b[512];

	if (sys_pread(disk, b, sizeof(b), 0) != sizeof(b) || b[510] != 0x55 ||
	    b[511] != 0xaa || little(b + 440, 4) == 0)
		return false;
	snprintf(uuid, 37, "%08x-%02x", (unsigned)little(b + 440, 4), number);
	return true;
}

bool
rootpart_uuid(int disk, uint32_t sector, uint32_t number, char uuid[37])
{
	return sector >= 512 &&
	       (gpt(disk, sector, number, uuid) || mbr(disk, number, uuid));
}

static uint32_t
number_in(const char *path)
{
	char room[32];
	struct buf b = BUF(room);
	uint32_t number = 0;

	if (fd_slurp(AT_FDCWD, path, &b) == 0)
		scan_u32_prefix(room, &number);
	return number;
}

bool
rootpart_uuid_of(const char *device, char uuid[37])
{
	const char *class = memory_text("/sys/class/block/%s", device);
	uint32_t number = number_in(memory_text("%s/partition", class));
	char place[4096];
	ssize_t n = sys_readlinkat(AT_FDCWD, class, place, sizeof(place) - 1);
	bool found;
	char *slash;
	int fd;

	/* …/block/DISK/PARTITION */
	if (number == 0 || n <= 0)
		return false;
	place[n] = '\0';
	slash = strrchr(place, '/');
	if (slash == NULL)
		return false;
	*slash = '\0';
	const char *disk = path_base(place);

	fd = sys_open(memory_text("/dev/%s", disk), O_RDONLY | O_NONBLOCK, 0);
	if (fd < 0)
		return false;
	found = rootpart_uuid(fd,
	    number_in(memory_text(
		"/sys/class/block/%s/queue/logical_block_size", disk)),
	    number, uuid);
	sys_close(fd);
	return found;
}
