/*
 * Paths as text. Nothing here looks at a file system.
 */
#ifndef LIB_PATH_H
#define LIB_PATH_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"

/* Appends "/name" ("name" to an empty buf, no second slash after one). */
void path_join(struct buf *b, const char *name);
/* b becomes dir/name; an absolute name stands alone. */
void path_make(struct buf *b, const char *dir, const char *name);
/* The last component, inside `path`: "c" of "/a/b/c", "" of "/a/b/". */
const char *path_base(const char *path);
/* b becomes all before the last component: "/a/b", "/" of "/a", "." of "a". */
void path_dir(struct buf *b, const char *path);
bool path_is_absolute(const char *path);
/*
 * One directory entry that is safe to create, to print and to put into a
 * path: 1 to PATH_NAME_MAX bytes, no slash, no control character, valid
 * nowhere as "." or "..".
 */
#define PATH_NAME_MAX 255
bool path_is_name(const char *s);

#endif
