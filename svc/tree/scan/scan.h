/*
 * Directories of services, and what becomes of a name in them.
 */
#ifndef SVC_TREE_SCAN_H
#define SVC_TREE_SCAN_H

#include "svc/tree/state/tree.h"

/* --- scan.c, watch.c: directories --- */
/* An entry of that name was made. */
void scan_made(const char *name);
void scan_start(void);
void scan_all(void);
bool scan_is_sound(void);
/* Why something is looked at: what is there is meant; the kernel has told of
 * it; it was left to settle. */
enum scan_why {
	SCAN_ASKED,
	SCAN_HEARD,
	SCAN_SETTLED
};
/* Whatever is called so in scan directory `which`. */
void scan_name(unsigned which, const char *name, enum scan_why why);
/* Heard of, in whichever has it; false: none. */
bool scan_again(const char *name);
/* Before all directories are watched, anew or for the first time. */
void watch_begin(void);
/* inotify's, or -1. */
int watch_descriptor(void);
bool watch_works(void);
void watch_scan(unsigned which, const char *path);
void watch_missing(const char *name);
void watch_entry(int dir, const char *scan, const char *name);

/* --- settle.c: what is being written --- */
/* It is no entry, or is looked at when it has stood for a while. */
bool settle_has(unsigned which, const char *name, enum scan_why why);

/* --- instance.c: NAME@ARG, a link to a directory NAME@ --- */
/* The directory of that instance; -1: it is none of this template's. */
int instance_open(const char *name, const char *template);

#endif
