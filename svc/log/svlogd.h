/*
 * The personalities of this binary, by the name it is started under.
 */
#ifndef SVC_LOG_SVLOGD_H
#define SVC_LOG_SVLOGD_H

int svlogd_main(int argc, char **argv);
int multilog_main(int argc, char **argv);
/* `svlogd --shared [USER]`, started by svcd. */
int shared_main(const char *user);

#endif
