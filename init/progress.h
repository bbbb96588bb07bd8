/* What init tells of the phase it is in. */
#ifndef INIT_PROGRESS_H
#define INIT_PROGRESS_H

#include "init/memo.h"

/* This step has begun, or its child was pushed. */
void progress_begin(const struct memo_step *s);
/* Says it again, now and then. */
void progress_remind(int64_t now_ns);

#endif
