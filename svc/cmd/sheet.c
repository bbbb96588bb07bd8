/*
 * Cells are kept until all are known, because only then it is known how wide
 * a column is.
 */
#include <stdarg.h>
#include <string.h>

#include "svc/cmd/memory.h"
#include "svc/cmd/sheet.h"

#define GAP 2 /* blanks between columns */

struct sheet_cell {
	const char *text; /* harmless */
	unsigned wide;
	enum screen_ink ink;
};

void
sheet_columns(struct sheet *s, ...)
{
	va_list ap;
	const char *head;

	va_start(ap, s);
	while ((head = va_arg(ap, const char *)) != NULL &&
	       s->columns < SHEET_COLUMNS)
		s->heads[s->columns++] = head;
	va_end(ap);
}

void
sheet_cell(struct sheet *s, enum screen_ink ink, const char *text)
{
	struct sheet_cell cell = {.text = "", .ink = ink};

	if (text != NULL)
		cell.text = screen_text(text, strlen(text));
	cell.wide = screen_columns(cell.text);
	s->cells =
	    memory_grow(s->cells, &s->room, s->count + 1, sizeof *s->cells);
	s->cells[s->count++] = cell;
}

/* How wide each column is; 0: nothing in it. */
static void
measure(const struct sheet *s, unsigned wide[SHEET_COLUMNS])
{
	memset(wide, 0, SHEET_COLUMNS * sizeof *wide);
	for (size_t i = 0; i < s->count; i++)
		if (s->cells[i].wide > wide[i % s->columns])
			wide[i % s->columns] = s->cells[i].wide;
	for (unsigned i = 0; i < s->columns; i++) {
		const char *head = s->heads[i] + (*s->heads[i] == '>');
		if (wide[i] > 0 && wide[i] < strlen(head))
			wide[i] = (unsigned)strlen(head);
	}
}

static void
print_cell(
    FILE *to, const struct sheet_cell *cell, unsigned before, unsigned after)
{
	fprintf(to, "%*s%s%s%s%*s", (int)before, "", screen_on(cell->ink),
	    cell->text, screen_off(cell->ink), (int)after, "");
}

static void
print_row(const struct sheet *s, FILE *to, const struct sheet_cell *row,
    const unsigned wide[SHEET_COLUMNS], unsigned width)
{
	unsigned used = 0, blanks = 0;

	for (unsigned i = 0; i < s->columns; i++) {
		struct sheet_cell cell = row[i];
		unsigned pad = wide[i] - cell.wide;
		if (wide[i] == 0)
			continue;
		if (width > 0 && used + blanks >= width)
			break;
		if (width > 0 && used + blanks + cell.wide > width) {
			cell.text =
			    screen_cut(cell.text, width - used - blanks);
			cell.wide = screen_columns(cell.text);
		}
		bool right = *s->heads[i] == '>';
		/* Blanks are owed, so that no line ends in them. */
		if (cell.wide > 0) {
			print_cell(to, &cell, blanks + (right ? pad : 0), 0);
			used += blanks + (right ? pad : 0) + cell.wide;
			blanks = right ? 0 : pad;
		} else {
			blanks += wide[i];
		}
		blanks += GAP;
	}
	fputc('\n', to);
}

void
sheet_print(const struct sheet *s, FILE *to, unsigned width)
{
	unsigned wide[SHEET_COLUMNS];
	struct sheet_cell head[SHEET_COLUMNS];

	if (s->count == 0)
		return;
	measure(s, wide);
	for (unsigned i = 0; i < s->columns; i++) {
		const char *text = s->heads[i] + (*s->heads[i] == '>');
		head[i] = (struct sheet_cell){text, 0, INK_DIM};
		head[i].wide = wide[i] > 0 ? (unsigned)strlen(text) : 0;
	}
	print_row(s, to, head, wide, width);
	for (size_t i = 0; i + s->columns <= s->count; i += s->columns)
		print_row(s, to, s->cells + i, wide, width);
}
