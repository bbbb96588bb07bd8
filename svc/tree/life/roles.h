/*
 * Which service provides a role, the names of settings `provides`. They are
 * gathered once after any definition has changed, and not looked for in all
 * definitions for each name: of 10,000 services each may need the same role,
 * or one that nobody provides.
 */
#ifndef SVC_TREE_LIFE_ROLES_H
#define SVC_TREE_LIFE_ROLES_H

#include <stdint.h>

/* Before any other; ends svcd when there is no memory. */
void roles_start(void);
/* A definition has come, gone or changed. */
void roles_changed(void);
/* Of several that provide it the one of the least number; 0: none. */
uint32_t roles_find(const char *role);

#endif
