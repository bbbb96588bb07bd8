/*
 * What strangers write into /run/initctl: every byte is a record's or rubbish,
 * and the reader always comes to the end.
 */
#include "svc/cmd/initctl.h"
#include "tests/fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct initctl record;
	size_t at = 0, used;

	for (;;) {
		switch (initctl_next(data + at, size - at, &record, &used)) {
		case INITCTL_RECORD:
			CLAIM(used == INITCTL_SIZE);
			CLAIM(strlen(record.data) <= INITCTL_DATA);
			break;
		case INITCTL_RUBBISH:
			CLAIM(used > 0 && used <= size - at);
			break;
		case INITCTL_END:
			CLAIM(used == 0 && size - at < INITCTL_SIZE);
			return 0;
		}
		at += used;
	}
}
