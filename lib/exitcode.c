/*
 * What exit codes mean.
 */
#include "lib/exitcode.h"

#include <stddef.h>

const char *
exitcode_text(int code)
{
	/* clang-format off */
	switch (code) {
#define TEXT(name, number, text) case number: return text;
	EXITCODES(TEXT)
#undef TEXT
	}
	/* clang-format on */
	return NULL;
}
