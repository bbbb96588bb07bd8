/*
 * What PID 1 has done by children of its own program: the work that needs
 * paths, and may block. Each function is the whole life of one such child, to
 * be given to job_start; its return value is the exit code.
 */
#ifndef INIT_HELPER_H
#define INIT_HELPER_H

/* Mounts /proc, /sys, /dev, /run, … where nothing is mounted yet. */
int helper_mount(void *unused);
/* One step of leaving: *(enum final *)arg. */
int helper_final(void *step);
/* Calls reboot(2) as *(enum keep_ending *)arg says. */
int helper_reboot(void *ending);

#endif
