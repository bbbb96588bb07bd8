/*
 * svc/core/address.c: addresses in numbers.
 */
#include "svc/core/address.h"

#include <netinet/in.h>

#include "tests/unit/unit.h"

static const struct {
	const char *text;
	bool is_six, is_any;
	unsigned port;
	unsigned char bytes[16];
} good[] = {
    {"80", true, true, 80, {0}},
    {"*:80", true, true, 80, {0}},
    {":80", true, true, 80, {0}},
    {"127.0.0.1:65535", false, false, 65535, {127, 0, 0, 1}},
    {"localhost:1", false, false, 1, {127, 0, 0, 1}},
    {"[::]:80", true, false, 80, {0}},
    {"[::1]:80", true, false, 80, {[15] = 1}},
    {"[1::]:80", true, false, 80, {0, 1}},
    {"[fe80::1:2]:80", true, false, 80, {0xfe, 0x80, [13] = 1, [15] = 2}},
    {"[1:2:3:4:5:6:7:8]:80", true, false, 80,
	{0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 8}},
    {"[::ffff:10.0.0.1]:80", true, false, 80, {[10] = 0xff, 0xff, 10, 0, 0, 1}},
};

static const char *const bad[] = {"", ":", "0", "65536", "x", "80x", "-1",
    "127.0.0.1", "127.0.0:80", "127.0.0.256:80", "127.0.0.1.1:80",
    "1.2.3.4x:80", "example.org:80", "::1:80", "[::1:80", "[]:80", "[:]:80",
    "[:::]:80", "[1::2::3]:80", "[1:2:3:4:5:6:7]:80", "[1:2:3:4:5:6:7:8:9]:80",
    "[12345::]:80", "[::1]", "[1:]:80", "[g::]:80", "[1.2.3.4]:80"};

static void
test_good(void)
{
	for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++) {
		struct address a;
		bool is = address_parse(&a, good[k].text, false);
		HOLDS(is && a.is_six == good[k].is_six &&
		      a.is_any == good[k].is_any && a.port == good[k].port &&
		      memcmp(a.bytes, good[k].bytes, 16) == 0);
		if (unit_bad)
			printf("# %s\n", good[k].text);
	}
}

static void
test_bad(void)
{
	for (size_t k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
		struct address a;
		HOLDS(!address_parse(&a, bad[k], false));
		if (unit_bad)
			printf("# %s\n", bad[k]);
	}
}

static void
test_socket(void)
{
	struct sockaddr_storage s;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
	struct address a;

	HOLDS(address_parse(&a, "80", true) && !a.is_six && a.bytes[0] == 127);
	HOLDS(address_socket(&a, &s) == sizeof(four));
	memcpy(&four, &s, sizeof(four));
	HOLDS(four.sin_family == AF_INET && four.sin_port == htons(80));
	HOLDS(four.sin_addr.s_addr == htonl(0x7f000001));
	HOLDS(address_parse(&a, "80", false));
	HOLDS(address_socket(&a, &s) == sizeof(six));
	memcpy(&six, &s, sizeof(six));
	HOLDS(six.sin6_family == AF_INET6 && six.sin6_port == htons(80));
	a = address_any_four(a);
	HOLDS(!a.is_six && a.is_any && a.port == 80);
}

int
main(void)
{
	TEST("addresses in numbers", test_good);
	TEST("what is none", test_bad);
	TEST("as the kernel wants them", test_socket);
	return unit_done();
}
