/*
 * Verbs that ask something of services and say what came of it: up, down,
 * restart, … One engine; a verb brings its table entry and struct wish.
 */
#ifndef SVC_CMD_WISH_H
#define SVC_CMD_WISH_H

#include <stdbool.h>
#include <stdint.h>

#include "svc/cmd/options.h"
#include "svc/cmd/view.h"

/* When a wish is over, and whether well. */
enum wish_end {
	WISH_SENT,  /* as soon as it was taken */
	WISH_READY, /* ready by a run of its own: up, restart */
	WISH_RAN,   /* as READY, and having ended well will do: once */
	WISH_DOWN,  /* nothing of it runs */
	WISH_PAUSED,
	WISH_RUNNING, /* not paused */
	WISH_RELOADED,
};

struct wish {
	const struct cmd *cmd;
	enum wire_verb verb;
	enum wish_end end;
	uint32_t flags; /* enum wire_flag */
	int32_t argument;
	bool no_wait, quiet, json;
	int64_t timeout_ms; /* 0: for ever */
};

#define WISH_TIMEOUT_MS 60000

/* clang-format off */
/* The options that all of them have: rows for their tables. */
#define WISH_OPTIONS \
	{'n', "no-wait", NULL, "do not wait for the result", 0}, \
	{'t', "timeout", "TIME", "how long to wait: 30s, 5m, 0 for ever " \
	    "(default 60s)", 0}, \
	{'q', "quiet", NULL, "say nothing, only the exit code tells", 0}, \
	{'j', "json", NULL, "say it in JSON", 0}
/* clang-format on */

/* Takes one of these options. False: not one of them, or (told) wrong. */
bool wish_option(struct wish *w, const struct options *o, int code);
/*
 * All there is to a verb without options of its own: reads argv, asks, waits,
 * tells. The value is the exit code.
 */
int wish_main(struct wish w, int argc, char **argv);
/* The rest for the others: names and patterns, at least one. */
int wish_run(const struct wish *w, const struct options *o, char **names);

#endif
