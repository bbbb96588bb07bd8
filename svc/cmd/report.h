/*
 * What a program is told about services: JSON, and the sums over processes
 * that tables show.
 */
#ifndef SVC_CMD_REPORT_H
#define SVC_CMD_REPORT_H

#include "svc/cmd/json.h"
#include "svc/cmd/process.h"
#include "svc/cmd/view.h"

struct definition;

struct report {
	struct processes processes;
	uint32_t *mains; /* sorted */
	size_t count;
	struct process_sum *sums;
};

/* One look at /proc for all of these services. */
struct report report_of(const struct views *some);
/* What the processes of one of them take. */
struct process_sum report_sum(const struct report *r, const struct view *v);
/* The array of `svc status -j`; `lines` of last output each, 0: none. */
void report_json(struct client *c, const struct views *all,
    const struct views *some, uint32_t lines);

/* What came of a wish for one of them. */
struct report_end {
	const char *name;
	const struct view *v; /* NULL: there is none, as `none` says */
	const char *none;     /* "gone"; NULL: nobody knows */
	bool is_good, is_pending;
	const char *why;
};
void report_put_end(struct json *j, const struct report_end *end);

/*
 * The last output of a service that svcd holds, or its log; *bytes counts it.
 * NULL: none. `d` is its definition if it has been read, else NULL.
 */
const char *report_output(struct client *c, const struct view *v,
    const struct definition *d, uint32_t lines, size_t *bytes);
/* The same as the member `output`, an array of lines. */
void report_put_output(
    struct json *j, struct client *c, const struct view *v, uint32_t lines);
/*
 * What is held back: services that wait for this one or went down with it.
 * Calls each() for each.
 */
void report_held_back(const struct views *all, const struct view *v,
    void (*each)(const struct view *other, void *arg), void *arg);

#endif
