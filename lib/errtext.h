/*
 * The words that runit and daemontools have for system errors. Programs and
 * packages look for them ("file does not exist", never "No such file or
 * directory"), so they are an interface, and strerror(3) is no answer.
 */
#ifndef LIB_ERRTEXT_H
#define LIB_ERRTEXT_H

/* The words for `error`, an errno value; "unknown error" for what has none. */
const char *errtext(int error);

#endif
