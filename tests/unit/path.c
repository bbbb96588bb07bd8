#include "lib/path.h"
#include "tests/unit/unit.h"

static void
joins(void)
{
	char text[32];
	struct buf b = BUF(text);

	path_make(&b, "/etc/sv", "nginx");
	SAME(text, "/etc/sv/nginx");
	path_join(&b, "run");
	SAME(text, "/etc/sv/nginx/run");
	path_make(&b, "/", "x");
	SAME(text, "/x");
	path_make(&b, "dir/", "x");
	SAME(text, "dir/x");
	path_make(&b, "/etc", "/abs");
	SAME(text, "/abs");
	path_make(&b, "", "name");
	SAME(text, "name");
	path_make(&b, "/a-rather-lengthy-directory", "and-name");
	HOLDS(b.full);
}

static void
parts(void)
{
	static const char *const rows[][3] = {
	    {"/a/b/c", "c", "/a/b"},
	    {"/a", "a", "/"},
	    {"a", "a", "."},
	    {"a/b/", "", "a/b"},
	    {"a//b", "b", "a"},
	    {"/", "", "/"},
	    {"", "", "."},
	};
	char text[32];
	struct buf b = BUF(text);

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		SAME(path_base(rows[i][0]), rows[i][1]);
		path_dir(&b, rows[i][0]);
		SAME(text, rows[i][2]);
	}
}

static void
names(void)
{
	char name[300];

	HOLDS(path_is_name("getty-tty1"));
	HOLDS(path_is_name("..."));
	HOLDS(path_is_name("\303\244"));
	HOLDS(!path_is_name(""));
	HOLDS(!path_is_name("."));
	HOLDS(!path_is_name(".."));
	HOLDS(!path_is_name("a/b"));
	HOLDS(!path_is_name("a\nb"));
	HOLDS(!path_is_name("a\177"));
	memset(name, 'a', sizeof(name));
	name[PATH_NAME_MAX + 1] = '\0';
	HOLDS(!path_is_name(name));
	name[PATH_NAME_MAX] = '\0';
	HOLDS(path_is_name(name));
}

int
main(void)
{
	TEST("path: joins with one slash", joins);
	TEST("path: base and directory", parts);
	TEST("path: what may be a name", names);
	return unit_done();
}
