/*
 * A sorted list of hashes. The roles themselves stand in the definitions: who
 * has the hash is asked whether it provides that very role.
 */
#include "svc/tree/life/roles.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/mem.h"
#include "lib/say.h"
#include "lib/str.h"
#include "svc/tree/state/define.h"
#include "svc/tree/state/index.h"
#include "svc/tree/state/state.h"

#define ROLES (TREE_RECORDS * 4)

struct role {
	uint64_t hash;
	uint32_t record;
};

static struct role *roles;
static size_t count;
static bool is_gathered;

void
roles_start(void)
{
	roles = mem_pages(ROLES * sizeof(*roles));
	if (roles == NULL)
		die(111, "cannot reserve memory");
}

void
roles_changed(void)
{
	is_gathered = false;
}

static struct settings_list
provided_by(uint32_t i)
{
	const struct settings *s = define_view(i);

	return s != NULL ? s->provides : (struct settings_list){0};
}

static bool
provides(uint32_t i, const char *role)
{
	struct settings_list l = provided_by(i);
	const char *name;

	while ((name = settings_each(&l)) != NULL)
		if (str_eq(name, role))
			return true;
	return false;
}

static uint64_t
hash_of(const char *role)
{
	return index_hash_text(role, strlen(role));
}

static void
add_roles_of(uint32_t i)
{
	struct settings_list l = provided_by(i);
	char room[BOARD_NAME_MAX + 1];
	const char *name;

	while ((name = settings_each(&l)) != NULL) {
		if (count == ROLES) {
			say_warnx("%s: provides %s: there are %d roles "
				  "already, this one is not found",
			    state_name(i, room), name, ROLES);
			return;
		}
		roles[count++] = (struct role){hash_of(name), i};
	}
}

static int
in_order(const void *a, const void *b)
{
	const struct role *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return x->record < y->record ? -1 : x->record > y->record;
}

static void
gather(void)
{
	count = 0;
	for (uint32_t i = state_next(0); i != 0; i = state_next(i))
		add_roles_of(i);
	qsort(roles, count, sizeof(*roles), in_order);
	is_gathered = true;
}

/* The first that is not before this hash. */
static size_t
first_at(uint64_t hash)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (roles[middle].hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

uint32_t
roles_find(const char *role)
{
	uint64_t hash = hash_of(role);

	if (!is_gathered)
		gather();
	for (size_t k = first_at(hash); k < count && roles[k].hash == hash; k++)
		if (provides(roles[k].record, role))
			return roles[k].record;
	return 0;
}
