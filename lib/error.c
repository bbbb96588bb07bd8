/*
 * errno in our words. The list is the one place where names and words stand.
 */
#include "lib/error.h"

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* clang-format off */
#define ERRORS(X) \
	X(E2BIG, "arguments or environment too long") \
	X(EACCES, "permission denied") \
	X(EADDRINUSE, "address already in use") \
	X(EADDRNOTAVAIL, "address not available") \
	X(EAFNOSUPPORT, "address family not supported") \
	X(EAGAIN, "resource temporarily unavailable") \
	X(EALREADY, "already in progress") \
	X(EBADF, "bad file descriptor") \
	X(EBADMSG, "bad message") \
	X(EBUSY, "device or resource busy") \
	X(ECANCELED, "canceled") \
	X(ECHILD, "no child process") \
	X(ECONNABORTED, "connection aborted") \
	X(ECONNREFUSED, "connection refused") \
	X(ECONNRESET, "connection reset by peer") \
	X(EDEADLK, "would deadlock") \
	X(EDESTADDRREQ, "destination address required") \
	X(EDOM, "argument out of domain") \
	X(EDQUOT, "disk quota exceeded") \
	X(EEXIST, "file exists") \
	X(EFAULT, "bad address") \
	X(EFBIG, "file too large") \
	X(EHOSTUNREACH, "host unreachable") \
	X(EILSEQ, "illegal byte sequence") \
	X(EINPROGRESS, "in progress") \
	X(EINTR, "interrupted") \
	X(EINVAL, "invalid argument") \
	X(EIO, "input/output error") \
	X(EISCONN, "already connected") \
	X(EISDIR, "is a directory") \
	X(ELIBBAD, "broken shared library") \
	X(ELOOP, "too many symbolic links") \
	X(EMFILE, "too many open files") \
	X(EMLINK, "too many links") \
	X(EMSGSIZE, "message too long") \
	X(ENAMETOOLONG, "name too long") \
	X(ENETDOWN, "network is down") \
	X(ENETUNREACH, "network unreachable") \
	X(ENFILE, "too many open files in the system") \
	X(ENOBUFS, "no buffer space") \
	X(ENODATA, "no data") \
	X(ENODEV, "no such device") \
	X(ENOENT, "no such file or directory") \
	X(ENOEXEC, "exec format error") \
	X(ENOKEY, "key not available") \
	X(ENOLCK, "no locks available") \
	X(ENOMEM, "out of memory") \
	X(ENOPROTOOPT, "protocol option not available") \
	X(ENOSPC, "no space left") \
	X(ENOSYS, "not implemented by this kernel") \
	X(ENOTBLK, "not a block device") \
	X(ENOTCONN, "not connected") \
	X(ENOTDIR, "not a directory") \
	X(ENOTEMPTY, "directory not empty") \
	X(ENOTSOCK, "not a socket") \
	X(ENOTSUP, "not supported") \
	X(ENOTTY, "not a terminal, or wrong ioctl") \
	X(ENXIO, "no such device or address") \
	X(EOVERFLOW, "value too large") \
	X(EPERM, "operation not permitted") \
	X(EPIPE, "broken pipe") \
	X(EPROTO, "protocol error") \
	X(EPROTONOSUPPORT, "protocol not supported") \
	X(EPROTOTYPE, "wrong type of socket") \
	X(ERANGE, "result out of range") \
	X(EROFS, "read-only file system") \
	X(ESPIPE, "cannot seek") \
	X(ESRCH, "no such process") \
	X(ESTALE, "stale file handle") \
	X(ETIMEDOUT, "timed out") \
	X(ETXTBSY, "text file busy") \
	X(EUSERS, "too many users") \
	X(EXDEV, "different file system")
/* clang-format on */

/* The n-th of the words belongs to the n-th of the numbers. */
#define NUMBER(name, text) name,
#define TEXT(name, text) text "\0"
#define NAME(name, text) #name "\0"
static const uint8_t numbers[] = {ERRORS(NUMBER)};
static const char texts[] = ERRORS(TEXT);
static const char names[] = ERRORS(NAME);

/* One string for all of them, for init is to be small; NULL: none of these. */
static const char *
find(int error, const char *words)
{
	for (size_t i = 0; i < sizeof(numbers); i++) {
		if (numbers[i] == error)
			return words;
		words += strlen(words) + 1;
	}
	return NULL;
}

const char *
error_text(int error)
{
	const char *text = find(error, texts);

	if (error == 0)
		return "no error";
	return text != NULL ? text : "unknown error";
}

const char *
error_name(int error)
{
	return find(error, names);
}

bool
error_may_pass(int error)
{
	static const int these[] = {
	    EAGAIN, ENOMEM, EMFILE, ENFILE, ENOBUFS, ENOSPC, EDQUOT};

	for (size_t i = 0; i < sizeof(these) / sizeof(these[0]); i++)
		if (these[i] == error)
			return true;
	return false;
}
