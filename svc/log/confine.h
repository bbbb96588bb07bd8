/*
 * The shared logger reads what every service cares to write. So it keeps
 * nothing that would be of use to whoever makes it misbehave by that: no user
 * but one that owns logs, no capability, no way to get one back, no network,
 * and none of the system calls that neither writing a log nor compressing one
 * needs. What it starts has no more.
 */
#ifndef SVC_LOG_CONFINE_H
#define SVC_LOG_CONFINE_H

/* NULL: it stays who it is. Dies if there is no such user. */
void confine_as(const char *user);

#endif
