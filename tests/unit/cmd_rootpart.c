#include "svc/cmd/rootpart.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/unit/unit.h"

static int disk;
static char uuid[37];

static void
put(off_t at, const void *bytes, size_t n)
{
	HOLDS(pwrite(disk, bytes, n, at) == (ssize_t)n);
}

/* A table of four entries of 128 bytes in the third sector. */
static void
make_gpt(uint32_t sector)
{
	static const unsigned char rest[20] = {
	    2, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 128};
	static const unsigned char entry[16] = {0xef, 0xcd, 0xab, 0x89, 0x23,
	    0x01, 0x67, 0x45, 0x89, 0xab, 0xcd, 0xef, 0x01, 0x23, 0x45, 0x67};

	put(sector, "EFI PART", 8);
	put(sector + 72, rest, sizeof(rest));
	put(sector * 2 + 128 + 16, entry, sizeof(entry));
}

static void
test_gpt(void)
{
	const uint32_t sectors[] = {512, 4096};

	for (int i = 0; i < 2; i++) {
		HOLDS(ftruncate(disk, 0) == 0 && ftruncate(disk, 65536) == 0);
		make_gpt(sectors[i]);
		HOLDS(rootpart_uuid(disk, sectors[i], 2, uuid));
		SAME(uuid, "89abcdef-0123-4567-89ab-cdef01234567");
		HOLDS(!rootpart_uuid(disk, sectors[i], 0, uuid));
		HOLDS(!rootpart_uuid(disk, sectors[i], 5, uuid));
	}
}

static void
test_mbr(void)
{
	HOLDS(ftruncate(disk, 0) == 0 && ftruncate(disk, 65536) == 0);
	HOLDS(!rootpart_uuid(disk, 512, 1, uuid));
	put(510, "\x55\xaa", 2);
	HOLDS(!rootpart_uuid(disk, 512, 1, uuid));
	put(440, "\x0d\xf0\xad\x0b", 4);
	HOLDS(rootpart_uuid(disk, 512, 12, uuid));
	SAME(uuid, "0badf00d-0c");
}

static void
test_rubbish(void)
{
	static unsigned char ones[65536];

	memset(ones, 0xff, sizeof(ones));
	put(0, ones, sizeof(ones));
	put(512, "EFI PART", 8);
	HOLDS(!rootpart_uuid(disk, 512, 1, uuid));
	HOLDS(!rootpart_uuid(disk, 0, 1, uuid));
	HOLDS(ftruncate(disk, 600) == 0);
	HOLDS(!rootpart_uuid(disk, 512, 1, uuid));
	HOLDS(!rootpart_uuid(-1, 512, 1, uuid));
}

int
main(void)
{
	disk = memfd_create("disk", 0);
	TEST(
	    "a partition of a GPT has its number, whatever the size of sectors",
	    test_gpt);
	TEST("one of an MBR has the signature of the disk", test_mbr);
	TEST("rubbish has none", test_rubbish);
	return unit_done();
}
