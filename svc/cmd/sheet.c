/*
 * Cells are kept until all are known, because only then it is known how wide
 * a column is.
 */
#include <stdarg.h>
#include <string.h>

#include "svc/cmd/memory.h"
#include "svc/cmd/sheet.h"

#define GAP 2	      /* blanks between columns */
#define LAST_LEAST 32 /* of the last column nobody understands less */
#define INDENT 4

struct sheet_cell {
	const char *text; /* harmless */
	unsigned wide;
	enum screen_ink ink;
};

/* How a sheet is laid out on so many columns; 0: as many as it likes. */
struct layout {
	unsigned width;
	unsigned wide[SHEET_COLUMNS]; /* 0: left out */
	bool is_below;		      /* the last column, in its own line */
};

/* When a column is to go; 0: never. */
static unsigned
rank_of(const char *head)
{
	return *head >= '1' && *head <= '9' ? (unsigned)(*head - '0') : 0;
}

static bool
is_right(const char *head)
{
	return head[rank_of(head) > 0] == '>';
}

static const char *
head_text(const char *head)
{
	return head + (rank_of(head) > 0) + is_right(head);
}

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

/* How wide each column likes to be; 0: nothing in it. */
static void
measure(const struct sheet *s, unsigned wide[SHEET_COLUMNS])
{
	memset(wide, 0, SHEET_COLUMNS * sizeof *wide);
	for (size_t i = 0; i < s->count; i++)
		if (s->cells[i].wide > wide[i % s->columns])
			wide[i % s->columns] = s->cells[i].wide;
	for (unsigned i = 0; i < s->columns; i++) {
		size_t head = strlen(head_text(s->heads[i]));
		if (wide[i] > 0 && wide[i] < head)
			wide[i] = (unsigned)head;
	}
}

/* Columns that a row takes, the last of them cut as far as it may be. */
static unsigned
row_least(const struct sheet *s, const struct layout *l)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < s->columns; i++) {
		unsigned wide = l->wide[i];
		if (i == s->columns - 1)
			wide = l->is_below	   ? 0
			       : wide > LAST_LEAST ? LAST_LEAST
						   : wide;
		if (wide > 0)
			sum += wide + (sum > 0 ? GAP : 0);
	}
	return sum;
}

/* Leaves out what may go and goes first; false: there is nothing like it. */
static bool
leave_one_out(const struct sheet *s, struct layout *l)
{
	unsigned found = 0, least = 0;

	for (unsigned i = 0; i < s->columns; i++) {
		unsigned rank = rank_of(s->heads[i]);
		if (l->wide[i] == 0 || rank == 0 || (least > 0 && rank > least))
			continue;
		found = i;
		least = rank;
	}
	if (least > 0)
		l->wide[found] = 0;
	return least > 0;
}

static bool
fit(const struct sheet *s, struct layout *l)
{
	while (row_least(s, l) > l->width)
		if (!leave_one_out(s, l))
			return false;
	return true;
}

static struct layout
lay_out(const struct sheet *s, unsigned width)
{
	struct layout l = {.width = width}, below;

	measure(s, l.wide);
	below = l;
	if (width == 0 || fit(s, &l) || l.wide[s->columns - 1] == 0)
		return l;
	below.is_below = true;
	fit(s, &below);
	return below;
}

static void
print_cell(FILE *to, const struct sheet_cell *cell, unsigned before)
{
	fprintf(to, "%*s%s%s%s", (int)before, "", screen_on(cell->ink),
	    cell->text, screen_off(cell->ink));
}

static struct sheet_cell
cell_cut(struct sheet_cell cell, unsigned columns)
{
	cell.text = screen_cut(cell.text, columns);
	cell.wide = screen_columns(cell.text);
	return cell;
}

static void
print_row(const struct sheet *s, FILE *to, const struct sheet_cell *row,
    const struct layout *l)
{
	unsigned used = 0, blanks = 0;

	for (unsigned i = 0; i < s->columns - l->is_below; i++) {
		struct sheet_cell cell = row[i];
		bool right = is_right(s->heads[i]);
		if (l->wide[i] == 0)
			continue;
		unsigned pad = l->wide[i] - cell.wide;
		unsigned before = blanks + (right ? pad : 0);
		if (l->width > 0 && used + before >= l->width)
			break;
		if (l->width > 0)
			cell = cell_cut(cell, l->width - used - before);
		/* Blanks are owed, so that no line ends in them. */
		if (cell.wide > 0) {
			print_cell(to, &cell, before);
			used += before + cell.wide;
			blanks = right ? 0 : pad;
		} else {
			blanks += l->wide[i];
		}
		blanks += GAP;
	}
	fputc('\n', to);
}

static void
print_below(FILE *to, struct sheet_cell last, const struct layout *l)
{
	if (last.wide == 0 || l->width <= INDENT)
		return;
	last = cell_cut(last, l->width - INDENT);
	print_cell(to, &last, INDENT);
	fputc('\n', to);
}

void
sheet_print(const struct sheet *s, FILE *to, unsigned width)
{
	struct sheet_cell head[SHEET_COLUMNS];
	struct layout l;

	if (s->count == 0)
		return;
	l = lay_out(s, width);
	for (unsigned i = 0; i < s->columns; i++) {
		const char *text = head_text(s->heads[i]);
		head[i] = (struct sheet_cell){text, 0, INK_DIM};
		head[i].wide = l.wide[i] > 0 ? (unsigned)strlen(text) : 0;
	}
	print_row(s, to, head, &l);
	for (size_t i = 0; i + s->columns <= s->count; i += s->columns) {
		print_row(s, to, s->cells + i, &l);
		if (l.is_below)
			print_below(to, s->cells[i + s->columns - 1], &l);
	}
}
