/*
 * Scripts of /etc/init.d as services: what the header between BEGIN INIT INFO
 * and END INIT INFO says, in the words of service(5).
 */
#ifndef SVC_CMD_LSB_H
#define SVC_CMD_LSB_H

#include <stdbool.h>
#include <stddef.h>

struct lsb_words {
	const char **word;
	size_t count, room;
};

struct lsb_script {
	const char *name; /* of the file in /etc/init.d */
	const char *path;
	const char *description; /* one line; "" */
	const char *pidfile;	 /* of a `# pidfile:` line; NULL: none said */
	bool has_header;
	/* Service names; facilities such as $network are named as ours are. */
	struct lsb_words provides, required, should, before;
	bool after_all; /* it asks for $all */
};

/* Reads a script's text; the strings live on. */
struct lsb_script lsb_read(
    const char *name, const char *path, const char *text, size_t length);
bool lsb_has(const struct lsb_words *words, const char *word);
void lsb_add(struct lsb_words *words, const char *word);
/*
 * The one-file service that runs it: `wants` and `after` are the names among
 * the script's that exist.
 */
const char *lsb_service(const struct lsb_script *s,
    const struct lsb_words *wants, const struct lsb_words *after,
    const struct lsb_words *before);

#endif
