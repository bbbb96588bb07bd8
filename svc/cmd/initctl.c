/*
 * Bytes into records, in the byte order of this machine: writers are on it.
 */
#include "svc/cmd/initctl.h"

#include <string.h>

static uint32_t
word_at(const unsigned char *p)
{
	uint32_t word;

	memcpy(&word, p, sizeof(word));
	return word;
}

/* Up to the next place where a record may begin. */
static size_t
rubbish(const unsigned char *p, size_t n)
{
	size_t i = 1;

	while (i + sizeof(uint32_t) <= n && word_at(p + i) != INITCTL_MAGIC)
		i++;
	return i + sizeof(uint32_t) <= n ? i : n;
}

enum initctl_found
initctl_next(const void *p, size_t n, struct initctl *record, size_t *used)
{
	const unsigned char *bytes = p;

	*used = 0;
	if (n >= sizeof(uint32_t) && word_at(bytes) != INITCTL_MAGIC) {
		*used = rubbish(bytes, n);
		return INITCTL_RUBBISH;
	}
	if (n < INITCTL_SIZE)
		return INITCTL_END;
	*record = (struct initctl){
	    .command = word_at(bytes + 4),
	    .level = word_at(bytes + 8),
	};
	memcpy(record->data, bytes + 16, INITCTL_DATA);
	*used = INITCTL_SIZE;
	return INITCTL_RECORD;
}
