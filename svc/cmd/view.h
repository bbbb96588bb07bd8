/*
 * Services as the board shows them, copied, sorted and told in words.
 */
#ifndef SVC_CMD_VIEW_H
#define SVC_CMD_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "svc/cmd/client.h"
#include "svc/cmd/screen.h"

struct view {
	uint32_t record;
	struct sv_word word;
	enum sv_shown shown;
	struct board_record r;
	const char *name, *path, *status; /* raw bytes of others */
	const char *needed_by;		  /* NULL: svcd was not asked */
	bool picked;			  /* free for the caller */
};

struct views {
	struct view *v;
	size_t count, room;
	struct mono now;
	uint32_t ending; /* enum keep_ending that is under way */
	uint32_t *place; /* of a record in v, counted from 1; NULL: not known */
	uint32_t places;
};

/* All services at this moment, by name. */
struct views views_of(struct client *c);
/*
 * The services of these names, with all that an answer about them looks at:
 * what explains them and who waits for them. All services where one of the
 * names is a pattern, a path or nobody's.
 */
struct views views_about(struct client *c, int count, char **names);
/* Copies one record: false if it is free. */
bool view_read(struct client *c, uint32_t record, struct view *v);
/* By name, and each to be found by its record. */
void views_order(struct views *all);
/* The one with this record number or name; NULL. */
struct view *views_record(const struct views *all, uint32_t record);
struct view *views_name(const struct views *all, const char *name);
/* One record again: false if it is free by now. */
bool view_again(struct client *c, struct view *v);

/*
 * Marks (picked) what these names, patterns and directories mean. A pattern
 * means no loggers unless it has a slash. No names: all. False, and told with
 * the nearest name: one means nothing; *nothing is the exit code for that.
 */
bool views_pick(struct views *all, int count, char **names, int *code);
/* The picked ones alone. */
struct views views_picked(const struct views *all);
/* What is most in need of a look first, then by name. */
void views_sort_by_need(struct views *all);

/* "up", "failed", …; with its colour. */
const char *view_state(const struct view *v);
enum screen_ink view_ink(const struct view *v);
/* Whether it is as it was wanted to be. */
bool view_is_as_wanted(const struct view *v);
/* Whether its cause is another that it waits for. */
bool view_waits(const struct board_record *r);
/* Whether a wish of this target has been answered by what it is now. */
bool view_is_answered(const struct view *v, uint16_t target);
/*
 * What counts as ready as soon as it is executed has not shown much: a run that
 * ends within a moment was never up. When that moment is over; zero for what
 * is not up.
 */
struct mono view_trial_end(const struct view *v);
#define VIEW_TRIAL_MS 100 /* how long that moment is */
/* For how long it has been so, in ns. */
int64_t view_age(const struct views *all, const struct view *v);
/* When its schedule runs it, in Unix seconds; 0: not now. */
int64_t view_next_run(const struct views *all, const struct view *v);
/* The pid of its process, 0: none. */
uint32_t view_pid(const struct view *v);

/*
 * Why it is so, in one phrase: "waiting for postgres", "exit 1; next try in 4
 * s". "" where there is nothing to add.
 */
const char *view_note(const struct views *all, const struct view *v);
/* The same without what one knows who has just asked for it. */
const char *view_note_to_asker(const struct views *all, const struct view *v);
/* The cause alone, with names and numbers put in; "" for none. */
const char *view_cause(const struct views *all, const struct view *v);
/*
 * The state, what is to follow it at once, and a note on it: "up (pid 7):
 * reloading", "failed: exit 1"; "waiting for postgres", not "waiting: waiting".
 */
const char *view_phrase(
    const struct view *v, const char *more, const char *note);
/* Its last exit in words; "" if it never ended. */
const char *view_last_exit(const struct view *v);
/* One of its past: in words, and "not started" where it never ran. */
const char *view_exit(const struct board_exit *e);
/* That of the run of this generation, not of its finish; NULL: not over, or
 * long forgotten. */
const struct board_exit *view_exit_of(
    const struct view *v, uint16_t generation);

#endif
