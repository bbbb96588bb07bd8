/*
 * `at`: the next of the moments that a service is to run at.
 */
#ifndef SVC_CORE_CALENDAR_H
#define SVC_CORE_CALENDAR_H

#include "lib/zone.h"
#include "svc/core/settings.h"

/* In the order of the week. */
#define CALENDAR_DAYS(X) \
	X("Mon") X("Tue") X("Wed") X("Thu") X("Fri") X("Sat") X("Sun")

/* The first after `after`, Unix seconds; 0: there is none. */
int64_t calendar_next(
    struct settings_list at, const struct zone *z, int64_t after);
/*
 * When a run last began, as the clock now has it, so that no moment is met
 * twice: the clock may have been set since. `then` is what it showed when the
 * run began, `ago` how long ago that is by a clock that nobody sets.
 */
int64_t calendar_since(int64_t now, int64_t then, int64_t ago);

#endif
