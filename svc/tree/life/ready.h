/*
 * How a service becomes ready and is seen to work.
 */
#ifndef SVC_TREE_READY_H
#define SVC_TREE_READY_H

#include "svc/tree/state/tree.h"
#include "svc/tree/talk/talk.h"

/* --- ready.c: which kind of readiness --- */
void ready_now(uint32_t i);
void ready_at(uint32_t i, int64_t at_ns);
/* The next look at one that is not ready: soon at first, then more calmly. */
void ready_again(uint32_t i, int64_t first_ms, int64_t most_ms);
enum settings_ready_kind ready_kind(uint32_t i);
/* It says so, on the descriptor of ready = fd. */
void ready_said(uint32_t i);
void ready_end(uint32_t i);
void ready_executed(uint32_t i);
void ready_watch(uint32_t i);
void ready_unwatch(uint32_t i);
void ready_look(uint32_t i);

/* --- probe.c: readiness looked for: a port, a socket, a file --- */
/* Looks now, and again when something has changed. */
void probe(uint32_t i);
void probe_end(uint32_t i);
/* ready_look() when something has changed at this path. */
void probe_wait(uint32_t i, const char *path);
/* The process that the file names; 0: none. */
uint32_t probe_pidfile(const char *path);

/* --- check.c: the command `check`; watchdog.c: silence --- */
void check_due(uint32_t i);
void check_plan(uint32_t i);
void check_ended(uint32_t i, bool is_good);
void check_end(uint32_t i);
int64_t watchdog_at(uint32_t i);
void watchdog_begin(uint32_t i);
void watchdog_heard(uint32_t i);
void watchdog_due(uint32_t i);
void watchdog_end(uint32_t i);
void watchdog_every(uint32_t i, uint64_t usec);

/* --- reload.c: a reload that is under way --- */
/* It is asked for one; just before a signal it is expected to tell of it. */
void reload_begin(uint32_t i);
void reload_expect(uint32_t i);
/* It says that it has begun. */
void reload_heard(uint32_t i);
/* It is done, or its command has ended. */
void reload_over(uint32_t i, bool is_good);
/* When nothing more is expected of it; 0: no such time. */
int64_t reload_at(uint32_t i);
void reload_due(uint32_t i);

/* --- heard.c: what was said, carried out --- */
void heard(uint32_t i, const struct notify *n, struct sock_msg *m);

#endif
