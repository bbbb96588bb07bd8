/*
 * Lines to another machine, a datagram each, without waiting for anything.
 */
#ifndef SVC_LOG_UDP_H
#define SVC_LOG_UDP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens the socket when first needed. False: not sent, errno says why. */
bool udp_send(uint32_t addr, uint16_t port, const char *p, size_t n);

#endif
