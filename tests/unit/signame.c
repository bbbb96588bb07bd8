#include "lib/signame.h"
#include "tests/unit/unit.h"

static const struct {
	const char *text;
	int sig;
} rows[] = {
    {"TERM", SIGTERM},
    {"SIGTERM", SIGTERM},
    {"sigterm", SIGTERM},
    {"15", 15},
    {"64", 64},
    {"0", 0},
    {"65", 0},
    {"-1", 0},
    {"", 0},
    {"SIG", 0},
    {"TERMS", 0},
    {"RTMIN", 34},
    {"RTMIN+3", 37},
    {"SIGRTMIN+30", 64},
    {"RTMIN+31", 0},
    {"RTMIN-1", 0},
    {"RTMIN+", 0},
    {"RTMIN3", 0},
    {"RTMAX", 64},
    {"RTMAX-1", 63},
    {"RTMAX+1", 0},
    {"RTMAX-31", 0},
    {"IOT", SIGABRT},
    {"POLL", SIGIO},
};

static void
parses(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (sig_parse(rows[i].text) != rows[i].sig) {
			HOLDS(!"as the table says");
			printf("# %s\n", rows[i].text);
		}
}

/* Every number has a text that leads back to it. */
static void
names(void)
{
	for (int sig = 1; sig <= SIG_COUNT; sig++) {
		char text[16];
		struct buf b = BUF(text);

		buf_signal(&b, sig);
		HOLDS(sig_parse(text) == sig);
	}
	SAME(sig_name(SIGKILL), "KILL");
	HOLDS(sig_name(34) == NULL);
}

int
main(void)
{
	TEST("signame: names and numbers, RTMIN is 34", parses);
	TEST("signame: every number has a name that parses", names);
	return unit_done();
}
