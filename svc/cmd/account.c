/*
 * Accounts. The ids are set groups first, then gid, then uid: after the last
 * there is no right left to do any of it.
 */
#include "svc/cmd/account.h"

#include <grp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/passwd.h"
#include "lib/scan.h"
#include "lib/sys.h"
#include "svc/cmd/memory.h"

static enum account_answer
answer(int found)
{
	return found > 0    ? ACCOUNT_FOUND
	       : found == 0 ? ACCOUNT_UNKNOWN
			    : ACCOUNT_TROUBLE;
}

enum account_answer
account_name(const char *name, struct account *a)
{
	struct passwd_user user;
	int found = passwd_user(name, &user);
	if (found == 1) {
		a->uid = user.uid;
		a->gids[0] = user.gid;
		a->count = 1;
	}
	return answer(found);
}

/* uid:gid[:gid…] */
static enum account_answer
numbers(const char *text, struct account *a)
{
	uint32_t id;
	size_t len = scan_u32_prefix(text, &id);
	if (len == 0 || text[len] != ':')
		return ACCOUNT_INVALID;
	a->uid = id;
	for (a->count = 0; text[len] == ':';) {
		text += len + 1;
		len = scan_u32_prefix(text, &id);
		if (len == 0 || a->count == ACCOUNT_GROUPS)
			return ACCOUNT_INVALID;
		a->gids[a->count++] = id;
	}
	return text[len] == '\0' ? ACCOUNT_FOUND : ACCOUNT_INVALID;
}

/* group[:group…] */
static enum account_answer
groups(const char *text, struct account *a)
{
	for (a->count = 0;; text++) {
		size_t len = strcspn(text, ":");
		uint32_t gid;
		if (a->count == ACCOUNT_GROUPS)
			return ACCOUNT_UNKNOWN;
		int found = passwd_group(memory_copy(text, len), &gid);
		if (found != 1)
			return answer(found);
		a->gids[a->count++] = gid;
		text += len;
		if (*text == '\0')
			return ACCOUNT_FOUND;
	}
}

enum account_answer
account_spec(const char *spec, struct account *a)
{
	size_t len = strcspn(spec, ":");
	if (spec[0] == ':')
		return numbers(spec + 1, a);
	enum account_answer found = account_name(memory_copy(spec, len), a);
	if (found != ACCOUNT_FOUND || spec[len] == '\0')
		return found;
	return groups(spec + len + 1, a);
}

const char *
account_become(const struct account *a)
{
	if (sys_setgroups(a->count, a->gids) < 0)
		return "setgroups";
	if (sys_setresgid(a->gids[0], a->gids[0], a->gids[0]) < 0)
		return "setgid";
	if (sys_setresuid(a->uid, a->uid, a->uid) < 0)
		return "setuid";
	return NULL;
}
