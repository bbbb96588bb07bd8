#include "svc/tree/birth/mark.h"

#include "lib/fmt.h"
#include "svc/tree/birth/birth.h"
#include "svc/tree/state/state.h"

void
mark_of(uint32_t i, struct mark *m)
{
	struct buf t = BUF(m->tree), s = BUF(m->service);
	char name[BOARD_NAME_MAX + 1];

	buf_puts(&t, "TRIVET_TREE=");
	buf_i64(&t, state_head()->began_real_ns);
	buf_puts(&s, "TRIVET_SERVICE=");
	buf_puts(&s, state_name(i, name));
}

void
birth_mark(struct birth *b)
{
	struct mark m;

	mark_of(b->record, &m);
	birth_variable(b, m.tree);
	birth_variable(b, m.service);
}
