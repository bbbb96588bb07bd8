/* Records of /run/initctl, whole, torn, and between rubbish. */
#include "svc/cmd/initctl.h"

#include "tests/unit/unit.h"

static unsigned char bytes[4 * INITCTL_SIZE];

/* A record as sysvinit's telinit writes it. */
static void
put(size_t at, uint32_t command, uint32_t level, const char *data)
{
	uint32_t head[4] = {INITCTL_MAGIC, command, level, 0};

	memset(bytes + at, 0, INITCTL_SIZE);
	memcpy(bytes + at, head, sizeof(head));
	memcpy(bytes + at + 16, data, strlen(data));
}

static void
whole(void)
{
	struct initctl r;
	size_t used;

	put(0, INITCTL_RUNLEVEL, '6', "");
	HOLDS(initctl_next(bytes, INITCTL_SIZE, &r, &used) == INITCTL_RECORD);
	HOLDS(used == INITCTL_SIZE);
	HOLDS(r.command == INITCTL_RUNLEVEL && r.level == '6');
	put(0, INITCTL_SETENV, 0, "INIT_HALT=HALT");
	HOLDS(initctl_next(bytes, INITCTL_SIZE, &r, &used) == INITCTL_RECORD);
	SAME(r.data, "INIT_HALT=HALT");
}

static void
unended(void)
{
	struct initctl r;
	size_t used;

	put(0, INITCTL_SETENV, 0, "");
	memset(bytes + 16, 'x', INITCTL_DATA);
	HOLDS(initctl_next(bytes, INITCTL_SIZE, &r, &used) == INITCTL_RECORD);
	HOLDS(strlen(r.data) == INITCTL_DATA);
}

static void
torn(void)
{
	struct initctl r;
	size_t used;

	put(0, INITCTL_RUNLEVEL, '6', "");
	for (size_t n = 0; n < INITCTL_SIZE; n++) {
		HOLDS(initctl_next(bytes, n, &r, &used) == INITCTL_END);
		HOLDS(used == 0);
	}
}

static void
between_rubbish(void)
{
	struct initctl r;
	size_t used;

	for (size_t shift = 1; shift < INITCTL_SIZE; shift++) {
		memset(bytes, 0x69, sizeof(bytes));
		put(shift, INITCTL_RUNLEVEL, '0', "");
		HOLDS(initctl_next(bytes, sizeof(bytes), &r, &used) ==
		      INITCTL_RUBBISH);
		HOLDS(used == shift);
		HOLDS(initctl_next(bytes + shift, INITCTL_SIZE, &r, &used) ==
		      INITCTL_RECORD);
		HOLDS(r.level == '0');
	}
}

static void
nothing_but_rubbish(void)
{
	struct initctl r;
	size_t used;

	memset(bytes, 0, sizeof(bytes));
	for (size_t n = sizeof(uint32_t); n < sizeof(bytes); n++) {
		HOLDS(initctl_next(bytes, n, &r, &used) == INITCTL_RUBBISH);
		HOLDS(used == n);
	}
}

int
main(void)
{
	TEST("a record is read", whole);
	TEST("data without an end is ended", unended);
	TEST("part of a record is none", torn);
	TEST("a record after rubbish is found", between_rubbish);
	TEST("rubbish is stepped over whole", nothing_but_rubbish);
	return unit_done();
}
