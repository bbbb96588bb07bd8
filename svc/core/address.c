/*
 * Addresses as text, and as the kernel wants them.
 */
#include "svc/core/address.h"

#include <netinet/in.h>
#include <string.h>

#include "lib/scan.h"
#include "lib/str.h"

#define TEXT_MOST 64

static bool
parse_four(uint8_t to[4], const char *text)
{
	for (unsigned k = 0; k < 4; k++) {
		uint32_t part;
		size_t n = scan_u32_prefix(text, &part);
		if (n == 0 || n > 3 || part > 255)
			return false;
		to[k] = (uint8_t)part;
		text += n;
		if (k < 3 && *text++ != '.')
			return false;
	}
	return *text == '\0';
}

/* One group of up to four digits; the length of it, 0: none. */
static size_t
group(const char *text, uint16_t *value)
{
	uint64_t part = 0;
	size_t n = scan_hex_prefix(text, &part);

	*value = (uint16_t)part;
	return n <= 4 ? n : 0;
}

/* The groups up to a "::" or the end, two bytes each; how many bytes, -1. */
static int
parse_groups(uint8_t *to, int most, const char **text)
{
	const char *p = *text;
	int len = 0;

	while (*p != '\0' && *p != ':' && len < most) {
		uint16_t value;
		size_t n = group(p, &value);
		if (p[n] == '.' && len + 4 <= most && parse_four(to + len, p)) {
			len += 4;
			p += strlen(p);
			break;
		}
		if (n == 0)
			return -1;
		to[len++] = (uint8_t)(value >> 8);
		to[len++] = (uint8_t)value;
		p += n;
		if (*p == ':' && p[1] != ':' && p[1] != '\0')
			p++;
	}
	*text = p;
	return len;
}

static bool
parse_six(uint8_t to[16], const char *text)
{
	uint8_t tail[16];
	int head, rest;

	memset(to, 0, 16);
	head = parse_groups(to, 16, &text);
	if (head < 0)
		return false;
	if (*text == '\0')
		return head == 16;
	if (!str_starts(text, "::") || head > 14)
		return false;
	text += 2;
	rest = parse_groups(tail, 14 - head, &text);
	if (rest < 0 || *text != '\0')
		return false;
	memcpy(to + 16 - rest, tail, (size_t)rest);
	return true;
}

static bool
parse_host(struct address *a, const char *host, bool is_peer)
{
	static const uint8_t loopback[4] = {127, 0, 0, 1};

	if (str_eq(host, "localhost") ||
	    (is_peer && (str_eq(host, "") || str_eq(host, "*")))) {
		memcpy(a->bytes, loopback, sizeof(loopback));
		return true;
	}
	if (str_eq(host, "") || str_eq(host, "*")) {
		a->is_any = a->is_six = true;
		return true;
	}
	if (parse_four(a->bytes, host))
		return true;
	a->is_six = true;
	return parse_six(a->bytes, host);
}

bool
address_parse(struct address *a, const char *text, bool is_peer)
{
	const char *colon = strrchr(text, ':');
	const char *digits = colon != NULL ? colon + 1 : text;
	size_t len = colon != NULL ? (size_t)(colon - text) : 0;
	char host[TEXT_MOST];
	uint32_t port;

	memset(a, 0, sizeof(*a));
	if (!scan_u32(digits, &port) || port == 0 || port > 65535 ||
	    len >= sizeof(host))
		return false;
	a->port = (uint16_t)port;
	memcpy(host, text, len);
	host[len] = '\0';
	if (len >= 2 && host[0] == '[' && host[len - 1] == ']') {
		host[len - 1] = '\0';
		a->is_six = true;
		return parse_six(a->bytes, host + 1);
	}
	/* Without brackets nobody knows where the port begins. */
	return strchr(host, ':') == NULL && parse_host(a, host, is_peer);
}

struct address
address_any_four(struct address a)
{
	memset(a.bytes, 0, sizeof(a.bytes));
	a.is_six = false;
	return a;
}

socklen_t
address_socket(const struct address *a, struct sockaddr_storage *to)
{
	const uint8_t port[2] = {(uint8_t)(a->port >> 8), (uint8_t)a->port};
	struct sockaddr_in four = {.sin_family = AF_INET};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6};

	memset(to, 0, sizeof(*to));
	if (a->is_six) {
		memcpy(&six.sin6_port, port, sizeof(port));
		memcpy(&six.sin6_addr, a->bytes, 16);
		memcpy(to, &six, sizeof(six));
		return sizeof(six);
	}
	memcpy(&four.sin_port, port, sizeof(port));
	memcpy(&four.sin_addr, a->bytes, 4);
	memcpy(to, &four, sizeof(four));
	return sizeof(four);
}
