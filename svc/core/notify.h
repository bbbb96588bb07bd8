/*
 * One datagram of sd_notify: lines KEY=VALUE, parsed. Nothing here believes
 * the sender; who may say what is svc/tree's business.
 *
 * A message is void as a whole if it is too long or holds a NUL that is not
 * its last byte. A line of an unknown key, or whose value makes no sense, is
 * passed over in silence, as the protocol wants it: services speak to
 * receivers older and newer than themselves. Of a key said twice the first
 * counts.
 */
#ifndef SVC_CORE_NOTIFY_H
#define SVC_CORE_NOTIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of text in one message. */
#define NOTIFY_MAX 4096

/* clang-format off */
/*
 * Name, key, what its value is, what it does. FLAG: 1. NUMBER: decimal.
 * TEXT: UTF-8. WATCHDOG: 1 or trigger. ACCESS: a word of notify-access.
 */
#define NOTIFY_KEYS(X) \
	X(READY, "READY", FLAG, "ready = notify: it is ready; its reload is done") \
	X(RELOADING, "RELOADING", FLAG, "it reads its configuration again; READY=1 ends that") \
	X(MONOTONIC_USEC, "MONOTONIC_USEC", NUMBER, "when the reload began: an older one than asked for is not it") \
	X(STOPPING, "STOPPING", FLAG, "it is ending; no READY or RELOADING takes that back") \
	X(STATUS, "STATUS", TEXT, "a line for people, in svc status") \
	X(NOTIFYACCESS, "NOTIFYACCESS", ACCESS, "who may notify from now on, until it has ended") \
	X(ERRNO, "ERRNO", NUMBER, "why it fails, as an errno") \
	X(BUSERROR, "BUSERROR", TEXT, "why it fails, as a D-Bus error") \
	X(VARLINKERROR, "VARLINKERROR", TEXT, "why it fails, as a Varlink error") \
	X(EXIT_STATUS, "EXIT_STATUS", NUMBER, "the exit code that counts if the main process exits 0") \
	X(MAINPID, "MAINPID", NUMBER, "the new main process") \
	X(MAINPIDFDID, "MAINPIDFDID", NUMBER, "the inode of its pidfd: MAINPID must be the one that has it") \
	X(MAINPIDFD, "MAINPIDFD", FLAG, "the new main process, by the one attached pidfd") \
	X(WATCHDOG, "WATCHDOG", WATCHDOG, "it lives; trigger: it does not do its work") \
	X(WATCHDOG_USEC, "WATCHDOG_USEC", NUMBER, "the watchdog's time, from now on") \
	X(EXTEND_TIMEOUT_USEC, "EXTEND_TIMEOUT_USEC", NUMBER, "the running time limit ends that much later") \
	X(RESTART_RESET, "RESTART_RESET", FLAG, "its restarts so far are forgotten") \
	X(FDSTORE, "FDSTORE", FLAG, "refused, its descriptors are closed") \
	X(FDSTOREREMOVE, "FDSTOREREMOVE", FLAG, "nothing is stored: nothing to be done") \
	X(BARRIER, "BARRIER", FLAG, "its one descriptor is closed when all before is done")
/* clang-format on */

#define NOTIFY_ENUM(name, key, kind, help) NOTIFY_##name,
enum notify_key {
	NOTIFY_KEYS(NOTIFY_ENUM)
};
#define NOTIFY_ONE(...) +1
enum {
	NOTIFY_KEY_COUNT = 0 NOTIFY_KEYS(NOTIFY_ONE)
};
#define NOTIFY_BIT(name) (1u << NOTIFY_##name)

/* What the three flags come to: STOPPING beats READY beats RELOADING. */
enum notify_phase {
	NOTIFY_IS_NOTHING,
	NOTIFY_IS_RELOADING,
	NOTIFY_IS_READY,
	NOTIFY_IS_STOPPING
};

struct notify_text {
	const char *p; /* into the message; not NUL ended */
	size_t len;
};

struct notify {
	uint32_t has; /* NOTIFY_BIT of each key with a good value */
	enum notify_phase phase;
	uint64_t number[NOTIFY_KEY_COUNT]; /* of NUMBER and ACCESS */
	struct notify_text status, error;
	bool is_trigger; /* WATCHDOG=trigger */
	bool is_barrier; /* BARRIER=1 and nothing else */
};

/* False: void. The texts point into `bytes`. */
bool notify_parse(struct notify *n, const char *bytes, size_t len);
/* Well-formed UTF-8 without surrogates, up to 10FFFF. */
bool notify_is_utf8(const char *p, size_t len);

#endif
