/*
 * Files of a service directory, and the packed form that outlives svcd: the
 * first byte says which. What the parser has packed without a complaint the
 * view must read; rubbish in its place must be seen or be harmless.
 */
#include "svc/core/settings.h"
#include "tests/fuzz/fuzz.h"

static char blob_bytes[SETTINGS_BLOB_MAX + 1], text_bytes[4096];
static struct settings s;

/* Every list is walked to its end. */
static void
look(void)
{
	struct settings_list *lists[] = {&s.needs, &s.wants, &s.after};

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		struct settings_list l = *lists[i];
		const char *item;
		size_t n = 0;

		while ((item = settings_each(&l)) != NULL) {
			CLAIM(strlen(item) < SETTINGS_BLOB_MAX);
			CLAIM(n++ < SETTINGS_BLOB_MAX);
		}
	}
	settings_is_clean(&s, 1, 0);
	settings_config(&s);
}

static void
parse(uint8_t how, const char *bytes, size_t size)
{
	static const char *const files[] = {"down-signal", "timeout-kill",
	    "notification-fd", "type", "run", "dependencies",
	    "max-death-tally"};
	struct settings_parse p;
	struct buf blob = BUF(blob_bytes), text = BUF(text_bytes);
	const char *file = files[how % (sizeof(files) / sizeof(*files))];
	bool good;

	settings_begin(&p, &blob, &text, how % 2 ? "getty@tty1" : "test");
	if (how & 0x40)
		settings_defaults(&p, "defaults", bytes, size);
	if ((how & 0x20) && settings_is_file(file))
		settings_file(&p, file, bytes, size);
	else
		settings_lines(&p, "service", bytes, size);
	if (how & 0x10)
		settings_override(&p, "override", bytes, size);
	good = settings_end(&p);
	CLAIM(good == (p.errors == 0));
	CLAIM(good || text.len > 0);
	CLAIM(settings_view(&s, blob.p, blob.len) || !good);
	look();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] & 0x80) {
		settings_view(&s, data + 1, size - 1);
		look();
	} else {
		parse(data[0], (const char *)data + 1, size - 1);
	}
	return 0;
}
