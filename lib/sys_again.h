/*
 * For lib/sys_*.c only: a call that is made again when a signal interrupted it.
 */
#ifndef LIB_SYS_AGAIN_H
#define LIB_SYS_AGAIN_H

#define AGAIN(type, call)                       \
	type result;                            \
	do                                      \
		result = (call);                \
	while (result == -1 && errno == EINTR); \
	return result

#endif
