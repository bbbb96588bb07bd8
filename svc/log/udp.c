/*
 * One socket for all destinations; the address goes with each datagram. What
 * cannot be sent at once is not sent: the caller writes it into the log.
 */
#include "svc/log/udp.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "lib/sys.h"

bool
udp_send(uint32_t addr, uint16_t port, const char *p, size_t n)
{
	static int fd = -1;
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(addr)};

	if (fd == -1)
		fd = sys_socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return false;
	return sys_sendto(fd, p, n, MSG_DONTWAIT, (const struct sockaddr *)&to,
		   sizeof(to)) == (ssize_t)n;
}
