/*
 * The inside of reading one value: the readers of values that are small rules.
 * Only settings_value.c uses them.
 */
#ifndef SVC_CORE_SETTINGS_RULE_H
#define SVC_CORE_SETTINGS_RULE_H

#include "svc/core/rule.h"
#include "svc/core/settings.h"

bool rule_ready(const char *text, struct buf *bytes);
bool rule_restart(const char *text, struct buf *bytes);
bool rule_codes(const char *text, struct buf *bytes);
bool rule_on_failed(const char *text, struct buf *bytes);
bool rule_stop(const char *text, struct buf *bytes);
bool rule_class(
    const struct settings_row *row, const char *text, struct buf *bytes);
bool rule_stdio(const char *text, struct buf *bytes);
bool rule_log(const char *text, struct buf *bytes);
bool rule_rate(const char *text, struct buf *bytes);
bool rule_listen(const char *text, struct buf *bytes);
bool rule_at(const char *text, struct buf *bytes);
bool rule_caps(const char *text, struct buf *bytes);
bool rule_limit(
    const struct settings_row *row, const char *text, struct buf *bytes);
bool rule_cpus(
    const struct settings_row *row, const char *text, struct buf *bytes);

#endif
