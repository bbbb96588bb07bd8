/*
 * svlogd's file `config`: bytes in, a struct and complaints out. Touches
 * nothing else. One row per directive stands in conf.c.
 *
 * The struct borrows from the text, which is changed in place (every line
 * gets a NUL) and must live as long as the struct.
 */
#ifndef SVC_LOG_CONF_H
#define SVC_LOG_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "svc/log/pattern.h"

#define CONF_RULES 512	     /* + - e E lines in one config */
#define CONF_TEXT (64 << 10) /* bytes of one config, its last NUL included */

struct conf {
	uint64_t size_max;     /* bytes; 0 = never rotate by size */
	uint64_t keep;	       /* old files; 0 = all */
	uint64_t keep_min;     /* of them, when the disk is full */
	uint64_t age_s;	       /* 0 = never rotate by age */
	const char *processor; /* for /bin/sh -c, or NULL */
	const char *prefix;    /* or "" */
	uint32_t udp_addr;     /* IPv4, host byte order */
	uint16_t udp_port;     /* 0 = no UDP */
	bool udp_only;
	size_t rules;
	struct pattern_rule rule[CONF_RULES];
};

/* One complaint at a time: line number from 1, what is wrong, about what. */
typedef void conf_complain(
    void *arg, unsigned line, const char *what, const char *about);

/* text[len] must be writable: it becomes NUL. */
void conf_parse(
    struct conf *c, char *text, size_t len, conf_complain *complain, void *arg);

#endif
