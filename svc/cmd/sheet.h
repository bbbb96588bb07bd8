/*
 * A table on a terminal: cells in columns as wide as they need to be, headed.
 * Where stdout is no terminal the same lines come without colours and whole.
 *
 *	struct sheet s = {0};
 *	sheet_columns(&s, "NAME", "1>PID", "WHY", NULL);
 *	sheet_cell(&s, INK_PLAIN, name);		any bytes
 *	…
 *	sheet_print(&s);
 *
 * A head may begin with a digit and a '>'. What has '>' stands to the right.
 * What has a digit is left out where there is no room for all, the least
 * digit first, until of the last column enough can be read; where even that
 * does not help, the last one stands below each row, in a line of its own.
 * A column that is empty in every row is left out anyway.
 */
#ifndef SVC_CMD_SHEET_H
#define SVC_CMD_SHEET_H

#include <stddef.h>
#include <stdio.h>

#include "svc/cmd/screen.h"

#define SHEET_COLUMNS 16

struct sheet_cell;
struct sheet {
	const char *heads[SHEET_COLUMNS];
	unsigned columns;
	struct sheet_cell *cells; /* row by row */
	size_t count, room;
};

void sheet_columns(struct sheet *s, ...);
/* The next cell, from the left; NULL is an empty one. */
void sheet_cell(struct sheet *s, enum screen_ink ink, const char *text);
/* All of it, cut at `width` columns (0: never). */
void sheet_print(const struct sheet *s, FILE *to, unsigned width);

#endif
