/*
 * The pure half takes one line apart; the other half hands it the lines of a
 * file, each seen once, from a buffer of one line. Nothing here is kept from
 * call to call, so an edited file is seen by the next look-up.
 */
#include "lib/passwd.h"

#include <fcntl.h>
#include <string.h>

#include "lib/sys.h"

struct field {
	const char *at;
	size_t len;
};

/* Splits at colons into exactly `want` fields. */
static bool
fields(const char *line, size_t len, struct field *field, size_t want)
{
	for (size_t i = 0; i < want; i++) {
		const char *colon = memchr(line, ':', len);
		bool last = i == want - 1;
		if (last != (colon == NULL))
			return false;
		field[i].at = line;
		field[i].len = last ? len : (size_t)(colon - line);
		if (!last) {
			len -= field[i].len + 1;
			line = colon + 1;
		}
	}
	return field[0].len > 0;
}

static bool
field_id(struct field field, uint32_t *id)
{
	uint64_t value = 0;
	if (field.len == 0 || field.len > 10)
		return false;
	for (size_t i = 0; i < field.len; i++) {
		if (field.at[i] < '0' || field.at[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(field.at[i] - '0');
	}
	if (value >= UINT32_MAX)
		return false;
	*id = (uint32_t)value;
	return true;
}

static bool
field_copy(struct field field, char *to, size_t size)
{
	if (field.len >= size)
		return false;
	memcpy(to, field.at, field.len);
	to[field.len] = '\0';
	return true;
}

static bool
field_is(struct field field, const char *text)
{
	return field.len == strlen(text) &&
	       memcmp(field.at, text, field.len) == 0;
}

bool
passwd_line(const char *line, size_t len, struct passwd_user *user)
{
	struct field field[7];
	return fields(line, len, field, 7) && field_id(field[2], &user->uid) &&
	       field_id(field[3], &user->gid) &&
	       field_copy(field[0], user->name, sizeof user->name) &&
	       field_copy(field[5], user->home, sizeof user->home) &&
	       field_copy(field[6], user->shell, sizeof user->shell);
}

bool
passwd_group_line(const char *line, size_t len, const char *name, uint32_t *gid)
{
	struct field field[4];
	return fields(line, len, field, 4) && field_is(field[0], name) &&
	       field_id(field[2], gid);
}

bool
passwd_group_member(
    const char *line, size_t len, const char *member, uint32_t *gid)
{
	struct field field[4], one;
	if (!fields(line, len, field, 4) || !field_id(field[2], gid))
		return false;
	const char *at = field[3].at, *end = at + field[3].len;
	while (at < end) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		const char *stop = comma ? comma : end;
		one = (struct field){at, (size_t)(stop - at)};
		if (field_is(one, member))
			return true;
		at = stop + 1;
	}
	return false;
}

bool
passwd_id(const char *text, uint32_t *id)
{
	return field_id((struct field){text, strlen(text)}, id);
}

/* Sees one line; true ends the walk. */
typedef bool see_line(void *arg, const char *line, size_t len);

/* Shows the whole lines of text[0..len) and returns how much they take. */
static size_t
see_buffer(const char *text, size_t len, see_line *see, void *arg, bool *seen)
{
	size_t at = 0;
	while (!*seen) {
		const char *newline = memchr(text + at, '\n', len - at);
		if (newline == NULL)
			break;
		size_t line = (size_t)(newline - text) - at;
		*seen = see(arg, text + at, line);
		at += line + 1;
	}
	return at;
}

/* A line that fills the buffer is read away up to its newline. */
static int
see_file(int fd, see_line *see, void *arg)
{
	char text[PASSWD_LINE];
	size_t len = 0;
	bool seen = false, skip = false;
	for (;;) {
		ssize_t n = sys_read(fd, text + len, sizeof text - len);
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		len += (size_t)n;
		size_t used = 0;
		if (skip) {
			const char *newline = memchr(text, '\n', len);
			skip = newline == NULL;
			used = skip ? len : (size_t)(newline - text) + 1;
		}
		used += see_buffer(text + used, len - used, see, arg, &seen);
		if (seen)
			return 1;
		if (used == 0 && len == sizeof text) {
			skip = true;
			used = len;
		}
		memmove(text, text + used, len - used);
		len -= used;
	}
	return len > 0 && !skip && see(arg, text, len);
}

static int
see_path(const char *path, see_line *see, void *arg)
{
	int fd = sys_open(path, O_RDONLY, 0);
	if (fd < 0)
		return -1;
	int result = see_file(fd, see, arg);
	sys_close(fd);
	return result;
}

struct look {
	const char *name; /* or NULL: by number */
	uint32_t id;
	struct passwd_user *user;
	uint32_t *gids; /* with room for max, of which count are used */
	size_t max, count;
};

static bool
look_user(void *arg, const char *line, size_t len)
{
	struct look *look = arg;
	return passwd_line(line, len, look->user) &&
	       (look->name ? strcmp(look->user->name, look->name) == 0
			   : look->user->uid == look->id);
}

static bool
look_group(void *arg, const char *line, size_t len)
{
	struct look *look = arg;
	return passwd_group_line(line, len, look->name, &look->id);
}

static bool
look_member(void *arg, const char *line, size_t len)
{
	struct look *look = arg;
	uint32_t gid;
	if (!passwd_group_member(line, len, look->name, &gid))
		return false;
	for (size_t i = 0; i < look->count; i++)
		if (look->gids[i] == gid)
			return false;
	if (look->count == look->max)
		return true;
	look->gids[look->count++] = gid;
	return false;
}

int
passwd_user(const char *name, struct passwd_user *user)
{
	struct look look = {.name = name, .user = user};
	return see_path(PASSWD_FILE, look_user, &look);
}

int
passwd_uid(uint32_t uid, struct passwd_user *user)
{
	struct look look = {.id = uid, .user = user};
	return see_path(PASSWD_FILE, look_user, &look);
}

int
passwd_group(const char *name, uint32_t *gid)
{
	struct look look = {.name = name};
	int result = see_path(PASSWD_GROUP_FILE, look_group, &look);
	*gid = look.id;
	return result;
}

int
passwd_groups(const char *name, uint32_t primary, uint32_t *gids, size_t max)
{
	struct look look = {.name = name, .gids = gids, .max = max};
	if (max > 0)
		gids[look.count++] = primary;
	if (see_path(PASSWD_GROUP_FILE, look_member, &look) < 0)
		return -1;
	return (int)look.count;
}
