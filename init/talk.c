/* Texts of the one-command names. */
#include "init/talk.h"

#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/fmt.h"
#include "lib/sys.h"

void
talk_out(int fd, const char *text)
{
	sys_write(fd, text, strlen(text));
}

void
talk_licence(int fd)
{
	talk_out(fd,
	    "Trivet " TRIVET_VERSION ", under the ISC licence:\n"
	    "Permission to use, copy, modify, and/or distribute this software "
	    "for any\npurpose with or without fee is hereby granted, provided "
	    "that the above\ncopyright notice and this permission notice "
	    "appear in all copies.\nThe software is provided \"as is\", "
	    "without warranty of any kind.\n");
}

void
single_tell(
    const struct single *s, enum single_level level, const char *fmt, ...)
{
	char line[512];
	struct buf text = BUF(line);
	va_list ap;

	if ((int)level > s->verbosity)
		return;
	va_start(ap, fmt);
	buf_vfmt(&text, fmt, ap);
	va_end(ap);
	s->tell(s, level, buf_str(&text));
}
