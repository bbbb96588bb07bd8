/*
 * An event says whom to look for. Where a log is told by no event, so for some
 * seconds one looks again and again.
 */
#include "svc/cmd/logs_news.h"

#include <string.h>

#include "lib/clock.h"
#include "lib/glob.h"
#include "lib/mono.h"
#include "lib/str.h"

#include "svc/cmd/memory.h"
#include "svc/cmd/view.h"

#define AGAIN_MS 200	  /* between two looks for a log */
#define PATIENCE_MS 10000 /* for a log to come */
#define AWAY_MS 1000	  /* between two looks for svcd */

/* One that was heard of. */
struct heard {
	const char *name;
	bool is_followed;
	struct mono until; /* looked for; past: not any more */
};

static struct {
	struct client *client; /* NULL: nothing comes */
	char **names;
	bool is_away; /* svcd is */
	struct heard *heard;
	size_t count, room;
	struct mono look_at;
} news;

static struct heard *
find(const char *name, size_t n)
{
	for (size_t i = 0; i < news.count; i++)
		if (strlen(news.heard[i].name) == n &&
		    memcmp(news.heard[i].name, name, n) == 0)
			return &news.heard[i];
	return NULL;
}

static struct heard *
hear(const char *name, size_t n)
{
	struct heard *h = find(name, n);

	if (h != NULL)
		return h;
	news.heard = memory_grow(
	    news.heard, &news.room, news.count + 1, sizeof(*news.heard));
	h = &news.heard[news.count++];
	*h = (struct heard){.name = memory_copy(name, n)};
	return h;
}

static bool
is_meant(const char *name, size_t n)
{
	for (char **p = news.names; *p != NULL; p++)
		if (glob_match_n(*p, strlen(*p), name, n))
			return true;
	return news.names[0] == NULL;
}

/* A logger's event is its service's: there may be a log now. */
static void
look_for(const char *name, size_t n)
{
	const char *slash = memchr(name, '/', n);

	if (slash != NULL)
		n = (size_t)(slash - name);
	if (is_meant(name, n))
		hear(name, n)->until = mono_add_ms(mono_now(), PATIENCE_MS);
}

/* What was missed may have been anybody's. */
static void
look_for_all(void)
{
	struct views all = views_of(news.client);

	for (size_t i = 0; i < all.count; i++)
		look_for(all.v[i].name, strlen(all.v[i].name));
}

bool
logs_news_begin(struct client *client, char **names,
    const struct logs_source *s, size_t count)
{
	if (!client_subscribe(client))
		return false;
	news.client = client;
	news.names = names;
	for (size_t i = 0; i < count; i++)
		hear(s[i].name, strlen(s[i].name))->is_followed = true;
	/* Who has come since they were found. */
	look_for_all();
	return true;
}

static void
come_back(void)
{
	uint64_t mark = memory_mark();

	news.is_away = !client_try(news.client, client_dir()) ||
		       !client_subscribe(news.client);
	if (news.is_away)
		memory_release(mark);
	else
		look_for_all();
}

static void
listen(void)
{
	struct client_message m;
	struct wire_event e;

	for (;;) {
		switch (client_receive(news.client, &m, mono_now())) {
		case CLIENT_LATE:
			return;
		case CLIENT_GONE:
			client_close(news.client);
			news.is_away = true;
			return;
		case CLIENT_GOT:
			if (m.head.tag == WIRE_MISSED)
				look_for_all();
			else if (m.head.tag == WIRE_EVENT &&
				 wire_get_event(&m.fields, &e))
				look_for(e.name.p, e.name.len);
		}
	}
}

static bool
is_looked_for(const struct heard *h)
{
	return !h->is_followed && mono_before(mono_now(), h->until);
}

/* Its name is ours; what its place is told by is kept where it is found. */
static bool
take(struct heard *h, struct logs_source *s)
{
	char *name[] = {memory_copy(h->name, strlen(h->name)), NULL};
	struct views views = views_about(news.client, 1, name);
	const struct view *v = views_name(&views, h->name);

	h->is_followed = v != NULL && logs_find(s, h->name, v->path, NULL);
	return h->is_followed;
}

bool
logs_news_next(struct logs_source *s)
{
	if (news.client == NULL)
		return false;
	if (news.is_away)
		come_back();
	else
		listen();
	if (news.is_away || mono_before(mono_now(), news.look_at))
		return false;
	for (size_t i = 0; i < news.count; i++) {
		uint64_t mark = memory_mark();
		if (!is_looked_for(&news.heard[i]))
			continue;
		if (take(&news.heard[i], s))
			return true;
		memory_release(mark);
	}
	news.look_at = mono_add_ms(mono_now(), AGAIN_MS);
	return false;
}

int
logs_news_fd(void)
{
	return news.client == NULL || news.is_away ? -1 : news.client->fd;
}

int64_t
logs_news_wait_ms(void)
{
	if (news.client == NULL)
		return -1;
	if (news.is_away)
		return AWAY_MS;
	for (size_t i = 0; i < news.count; i++)
		if (is_looked_for(&news.heard[i]))
			return AGAIN_MS;
	return -1;
}
