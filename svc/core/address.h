/*
 * An internet address in numbers: what `listen` and `ready = tcp` name. No
 * name is looked up, but for localhost: that would wait for others.
 *
 *	80  *:80  127.0.0.1:80  [::1]:80  localhost:80
 */
#ifndef SVC_CORE_ADDRESS_H
#define SVC_CORE_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct address {
	bool is_six;
	bool is_any; /* no address was named */
	uint16_t port;
	uint8_t bytes[16]; /* 4 of them, or all */
};

/*
 * False: not one. Without an address: that of this machine's loopback if
 * `is_peer`, else any, by IPv6 (which takes IPv4 too).
 */
bool address_parse(struct address *a, const char *text, bool is_peer);
/* Any, by IPv4, where the kernel has no IPv6. */
struct address address_any_four(struct address a);
/* For bind and connect; the length. */
socklen_t address_socket(const struct address *a, struct sockaddr_storage *to);

#endif
