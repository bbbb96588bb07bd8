/*
 * supervise/status of another supervisor: what is taken is written again as it
 * was.
 */
#include "svc/core/status.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char again[STATUS_BYTES];
	char text[64];
	struct buf b = BUF(text);
	struct status s;

	if (!status_parse(data, size, &s))
		return 0;
	status_pack(s, again);
	CLAIM(memcmp(data, again, STATUS_BYTES_DJB) == 0);
	buf_stat(&b, s);
	buf_pid_line(&b, s);
	CLAIM(!b.full);
	return 0;
}
