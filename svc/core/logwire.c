/*
 * Packing and unpacking between svcd and the shared logger.
 */
#include "svc/core/logwire.h"

#include <string.h>

#include "svc/core/wire.h"

/* wire.c only writes the number down. */
static void
begin(struct buf *b, enum logwire_tag tag, uint32_t id)
{
	wire_begin(b, (enum wire_tag)tag, id);
}

static void
put_text(struct buf *b, const char *s)
{
	wire_put_text(b, s, strlen(s));
}

bool
logwire_attach(struct buf *b, uint32_t id, const char *name,
    const char *directory, const char *plan)
{
	begin(b, LOGWIRE_ATTACH, id);
	put_text(b, name);
	put_text(b, directory);
	put_text(b, plan);
	return wire_end(b);
}

bool
logwire_plain(struct buf *b, enum logwire_tag tag, uint32_t id)
{
	begin(b, tag, id);
	return wire_end(b);
}

bool
logwire_ready(struct buf *b)
{
	begin(b, LOGWIRE_READY, 0);
	wire_put_u16(b, LOGWIRE_VERSION);
	return wire_end(b);
}

bool
logwire_trouble(struct buf *b, uint32_t id, int error, const char *text)
{
	begin(b, LOGWIRE_TROUBLE, id);
	put_text(b, text);
	wire_put_u32(b, (uint32_t)error);
	return wire_end(b);
}

bool
logwire_open(const void *bytes, size_t n, uint16_t *tag, uint32_t *id)
{
	struct wire w;
	struct wire_head head;

	if (!wire_open(&w, &head, bytes, n))
		return false;
	*tag = head.tag;
	*id = head.id;
	return true;
}

bool
logwire_get_attach(const void *bytes, size_t n, struct logwire_attach *to)
{
	struct wire w;
	struct wire_head head;

	if (!wire_open(&w, &head, bytes, n))
		return false;
	struct wire_text name = wire_get_text(&w);
	struct wire_text directory = wire_get_text(&w);
	struct wire_text plan = wire_get_text(&w);
	return wire_done(&w) && wire_copy(name, to->name, sizeof(to->name)) &&
	       wire_copy(directory, to->directory, sizeof(to->directory)) &&
	       wire_copy(plan, to->plan, sizeof(to->plan));
}

bool
logwire_get_trouble(const void *bytes, size_t n, int *error)
{
	struct wire w;
	struct wire_head head;

	if (!wire_open(&w, &head, bytes, n))
		return false;
	wire_get_text(&w);
	*error = (int)wire_get_u32(&w);
	return wire_done(&w);
}
