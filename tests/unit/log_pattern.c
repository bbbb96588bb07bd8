/*
 * svlogd's and multilog's patterns, and the file `config`.
 */
#include "svc/log/conf.h"
#include "svc/log/pattern.h"
#include "tests/unit/unit.h"

static const struct fit {
	enum pattern_kind kind;
	const char *pattern, *text;
	bool fits;
} fits[] = {
    {PATTERN_STAR, "", "", true},
    {PATTERN_STAR, "", "a", false},
    {PATTERN_STAR, "abc", "abc", true},
    {PATTERN_STAR, "abc", "abcd", false},
    {PATTERN_STAR, "abcd", "abc", false},
    {PATTERN_STAR, "*", "", true},
    {PATTERN_STAR, "*", "anything at all", true},
    {PATTERN_STAR, "a*", "a", true},
    {PATTERN_STAR, "*b", "aaab", true},
    {PATTERN_STAR, "*b", "abab", false}, /* the star stops at the first b */
    {PATTERN_STAR, "*b*", "abab", true},
    {PATTERN_STAR, "*: *: pid *", "2005 tcpsvd: info: pid 1977", true},
    {PATTERN_STAR, "*pid*", "2005 tcpsvd: info: pid 1977", false},
    {PATTERN_STAR, "named[*]: *", "named[135]: Cleaned", true},
    {PATTERN_STAR, "+a", "+a", true}, /* no plus in multilog */
    {PATTERN_STAR, "+a", "aa", false},
    {PATTERN_STAR_PLUS, "+a", "aaa", true},
    {PATTERN_STAR_PLUS, "+a", "", false},
    {PATTERN_STAR_PLUS, "+ab", "aab", true},
    {PATTERN_STAR_PLUS, "+ab", "b", false},
    {PATTERN_STAR_PLUS, "+ab", "aaa", false},
    {PATTERN_STAR_PLUS, "x+ *y", "x   zy", true},
    {PATTERN_STAR_PLUS, "+", "+", false},
    {PATTERN_STAR_PLUS, "++", "+++", true},
};

static void
patterns_fit(void)
{
	for (size_t i = 0; i < sizeof(fits) / sizeof(fits[0]); i++) {
		const struct fit *f = &fits[i];
		bool got =
		    pattern_fits(f->kind, f->pattern, f->text, strlen(f->text));
		if (got != f->fits)
			printf("# '%s' and '%s'\n", f->pattern, f->text);
		HOLDS(got == f->fits);
	}
}

static void
zero_bytes_are_bytes(void)
{
	HOLDS(pattern_fits(PATTERN_STAR, "*b", "a\0b", 3));
	HOLDS(!pattern_fits(PATTERN_STAR, "a", "a\0", 2));
}

static void
last_match_wins(void)
{
	const struct pattern_rule r[] = {
	    {'-', "*"}, {'+', "a*"}, {'e', "*"}, {'-', "ab"}, {'E', "aq"}};
	const struct pattern_ask log = {PATTERN_STAR_PLUS, '+', '-', true};
	const struct pattern_ask err = {PATTERN_STAR_PLUS, 'e', 'E', false};

	HOLDS(!pattern_selects(&log, r, 5, "x", 1));
	HOLDS(pattern_selects(&log, r, 5, "ax", 2));
	HOLDS(!pattern_selects(&log, r, 5, "ab", 2));
	HOLDS(pattern_selects(&log, r, 3, "ab", 2));
	HOLDS(pattern_selects(&log, r, 0, "ab", 2));
	HOLDS(pattern_selects(&err, r, 5, "ab", 2));
	HOLDS(!pattern_selects(&err, r, 5, "aq", 2));
	HOLDS(!pattern_selects(&err, r, 0, "aq", 2));
}

static char said[256];

static void
complain(void *arg, unsigned line, const char *what, const char *about)
{
	(void)arg;
	(void)about;
	size_t n = strlen(said);
	snprintf(said + n, sizeof(said) - n, "%u %s;", line, what);
}

static char text[CONF_TEXT];
static struct conf conf;

static void
parse(const char *s)
{
	said[0] = '\0';
	strcpy(text, s);
	conf_parse(&conf, text, strlen(s), complain, NULL);
}

static void
every_directive(void)
{
	parse(
	    "#comment\n\ns1000k\nn5\nN2\nt2h\n!gzip -c\npx: \n-*\n+a*\neb\nEc\n"
	    "u1.2.3.4:99\n");
	SAME(said, "");
	HOLDS(conf.size_max == 1000 * 1024);
	HOLDS(conf.keep == 5 && conf.keep_min == 2);
	HOLDS(conf.age_s == 7200);
	SAME(conf.processor, "gzip -c");
	SAME(conf.prefix, "x: ");
	HOLDS(conf.udp_addr == 0x01020304 && conf.udp_port == 99);
	HOLDS(!conf.udp_only);
	HOLDS(conf.rules == 4);
	HOLDS(conf.rule[0].verb == '-' && conf.rule[3].verb == 'E');
	SAME(conf.rule[1].pattern, "a*");
}

static void
defaults(void)
{
	parse("");
	HOLDS(conf.size_max == 1000000 && conf.keep == 10);
	HOLDS(conf.keep_min == 10 && conf.age_s == 0);
	HOLDS(conf.processor == NULL && conf.udp_port == 0);
	SAME(conf.prefix, "");
}

static void
last_line_needs_no_newline(void)
{
	parse("n3\ns1m");
	HOLDS(conf.keep == 3 && conf.size_max == 1 << 20);
}

static void
wrong_lines(void)
{
	parse(
	    "n3\nwhat\nsbig\nt5x\nn99999999999999999999\nu1.2.3\nu1.2.3.4:0\n");
	SAME(said,
	    "2 unknown directive;3 not a number;4 ignored what follows the "
	    "number;5 not a number;6 unable to scan ip address;7 unable to "
	    "scan port number;");
	HOLDS(conf.keep == 3);
	HOLDS(conf.size_max == 1000000);
	HOLDS(conf.age_s == 5); /* as the original reads it */
	HOLDS(conf.udp_port == 0);
}

static void
only_udp_needs_an_address(void)
{
	parse("Unowhere\n");
	HOLDS(!conf.udp_only);
	parse("U10.0.0.1\n");
	HOLDS(conf.udp_only && conf.udp_port == 514);
}

int
main(void)
{
	TEST("a pattern must fit the whole text", patterns_fit);
	TEST("a zero byte is a byte", zero_bytes_are_bytes);
	TEST("the last rule that fits decides", last_match_wins);
	TEST("config: every directive", every_directive);
	TEST("config: defaults", defaults);
	TEST("config: the last line may lack a newline",
	    last_line_needs_no_newline);
	TEST("config: wrong lines are named, the rest holds", wrong_lines);
	TEST("config: U without an address is no U", only_udp_needs_an_address);
	return unit_done();
}
