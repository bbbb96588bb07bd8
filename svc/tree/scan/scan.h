/*
 * Directories of services, and what becomes of a name in them.
 */
#ifndef SVC_TREE_SCAN_H
#define SVC_TREE_SCAN_H

#include "svc/tree/state/tree.h"

/* --- begin.c: a service begins, and is read again --- */
/* Its first word, with the wish in it; false: it is another's, forgotten. */
bool service_begin(uint32_t i, int dir);
/* A rescan: an edited definition is read, and used by the next start. */
void service_look_again(uint32_t i, int dir);
/* Takes up its logger. */
void service_take_log(uint32_t i, int dir);
/* The same for one that was not there before, or has gone. */
void service_find_log(uint32_t i);

/* --- scan.c, watch.c: directories --- */
bool scan_add(const char *path);
/* Not a scan directory but one service: runsv, supervise. */
void scan_only(const char *path);
unsigned scan_count(void);
bool scan_is_only(void);
/* An entry of that name was made. */
void scan_made(const char *name);
void scan_start(void);
void scan_all(void);
bool scan_is_sound(void);
void scan_want_all(void);
/* Something called so has changed in scan directory `which`. */
void scan_name(unsigned which, const char *name);
/* The same in whichever has it; false: none. */
bool scan_again(const char *name);
/* The record is about to be free. */
void scan_freed(uint32_t i);
/* A service of one file, and the scan directory that has it; -1: none. */
bool scan_is_file(uint32_t i);
int scan_of_file(const char *name);
void watch_start(void);
/* inotify's, or -1. */
int watch_descriptor(void);
bool watch_works(void);
void watch_scan(unsigned which, const char *path);
void watch_missing(const char *name);
void watch_entry(int dir, const char *scan, const char *name);

/* --- instance.c: NAME@ARG, a link to a directory NAME@ --- */
/* The directory of that instance; -1: it is none of this template's. */
int instance_open(const char *name, const char *template);

#endif
