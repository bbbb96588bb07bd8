/*
 * What the one-command names share in talking: texts written whole, and
 * the licence.
 */
#ifndef INIT_TALK_H
#define INIT_TALK_H

#include "init/single.h"

/* Writes a text to a descriptor; what cannot be written is let go. */
void talk_out(int fd, const char *text);
void talk_licence(int fd);

/* One line in the manner of the personality, if its level is shown. */
void single_tell(const struct single *s, enum single_level level,
    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
