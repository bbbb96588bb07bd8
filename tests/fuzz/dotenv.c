/*
 * An env-file: whatever it holds, what comes out of it are assignments that
 * can stand in an environment.
 */
#include "svc/core/dotenv.h"
#include "lib/env.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char room[4096];
	struct buf b = BUF(room);
	struct dotenv d;
	unsigned line = 0;

	dotenv_begin(&d, (const char *)data, size);
	while (dotenv_next(&d, &b)) {
		const char *sign = strchr(b.p, '=');
		CLAIM(sign != NULL && strlen(b.p) == b.len);
		CLAIM(env_is_name(b.p, (size_t)(sign - b.p)));
		CLAIM(d.line > line);
		line = d.line;
	}
	CLAIM(d.is_bad || d.p == d.end);
	CLAIM(!dotenv_next(&d, &b));
	return 0;
}
