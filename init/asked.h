/*
 * What the command lines ask for: into memo, and what is wrong is said.
 */
#ifndef INIT_ASKED_H
#define INIT_ASKED_H

/* A word of the kernel's command line or of ours. */
void asked_by(const char *word);
/* All words of the kernel's: once /proc is there. Nothing is parsed later. */
void asked_by_kernel(void);

#endif
