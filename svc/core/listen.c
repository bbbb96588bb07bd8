/*
 * A line of `listen`, read.
 */
#include "svc/core/listen.h"

#include <string.h>

#include "lib/scan.h"
#include "lib/str.h"
#include "svc/core/rule.h"

#define BACKLOG 4096
#define MODE 0666

static bool
copy(char *to, size_t cap, const char *from)
{
	size_t n = strlen(from);

	if (n == 0 || n >= cap)
		return false;
	memcpy(to, from, n + 1);
	return true;
}

/* Printable, without what parts names: systemd's rule for FDNAME. */
static bool
read_name(struct listen_spec *s, const char *word)
{
	for (const char *c = word; *c != '\0'; c++)
		if (*c <= ' ' || *c >= 127 || *c == ':')
			return false;
	return s->name[0] == '\0' && copy(s->name, sizeof(s->name), word);
}

static bool
read_option(struct listen_spec *s, struct rule *r)
{
	char what[16];

	if (!copy(what, sizeof(what), r->word))
		return false;
	rule_next(r);
	if (rule_is_end(r))
		return false;
	if (str_eq(what, "as"))
		return read_name(s, r->word);
	if (str_eq(what, "mode"))
		return scan_oct(r->word, &s->mode) && s->mode <= 0777;
	if (str_eq(what, "owner"))
		return s->owner[0] == '\0' &&
		       copy(s->owner, sizeof(s->owner), r->word);
	return str_eq(what, "backlog") && scan_u32(r->word, &s->backlog) &&
	       s->backlog > 0 && s->backlog <= INT32_MAX;
}

static bool
read_address(struct listen_spec *s, const char *word)
{
	if (s->kind == LISTEN_TCP || s->kind == LISTEN_UDP)
		return address_parse(&s->address, word, false);
	if (word[0] == '@' && s->kind != LISTEN_FIFO)
		return word[1] != '\0' && copy(s->path, sizeof(s->path), word);
	return word[0] == '/' && copy(s->path, sizeof(s->path), word);
}

bool
listen_parse(struct listen_spec *s, const char *text)
{
#define WORD(name, text) text,
	static const char *const kinds[] = {SETTINGS_LISTENS(WORD) NULL};
	struct rule r;
	int kind;

	memset(s, 0, sizeof(*s));
	s->mode = MODE;
	s->backlog = BACKLOG;
	rule_begin(&r, text);
	kind = rule_index(&r, kinds);
	if (kind < 0)
		return false;
	s->kind = (enum settings_listen)kind;
	rule_next(&r);
	if (!read_address(s, r.word))
		return false;
	for (rule_next(&r); !rule_is_end(&r); rule_next(&r))
		if (!read_option(s, &r))
			return false;
	return true;
}
