#include "lib/exitcode.h"
#include "tests/unit/unit.h"

static const int listed[] = {
#define NUMBER(name, number, text) number,
    EXITCODES(NUMBER)
#undef NUMBER
};
#define LISTED (sizeof(listed) / sizeof(*listed))

/* Of all that a process can exit with, those in the list have a text. */
static void
has_a_text_for_each(void)
{
	size_t texts = 0;

	for (int code = 0; code <= 255; code++)
		texts += exitcode_text(code) != NULL;
	HOLDS(texts == LISTED);
	for (size_t i = 0; i < LISTED; i++)
		HOLDS(exitcode_text(listed[i]) != NULL);
	HOLDS(exitcode_text(-1) == NULL && exitcode_text(256) == NULL);
}

/* People and scripts know these; they may never move. */
static void
keeps_its_numbers(void)
{
	SAME(exitcode_text(0), "success");
	SAME(exitcode_text(100), "wrong use");
	SAME(exitcode_text(111), "the system failed");
	SAME(exitcode_text(127), "command not found");
	SAME(exitcode_text(203), "cannot execute");
	SAME(exitcode_text(217), "cannot change user");
	SAME(exitcode_text(240), "cannot make the log directory");
}

int
main(void)
{
	TEST("exitcode: every code of the list has a text, no other has",
	    has_a_text_for_each);
	TEST("exitcode: the numbers that others know", keeps_its_numbers);
	return unit_done();
}
