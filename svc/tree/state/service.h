/*
 * What the definition of a service says, asked by what needs it.
 */
#ifndef SVC_TREE_SERVICE_H
#define SVC_TREE_SERVICE_H

#include "svc/tree/state/tree.h"

struct sv_config service_config(uint32_t i, int dir);
bool service_is_s6(uint32_t i);
bool service_is_essential(uint32_t i);
bool service_is_oneshot(uint32_t i);
bool service_is_group(uint32_t i);
bool service_is_scheduled(uint32_t i);
bool service_is_down(uint32_t i, int dir);
/* How an exit counts. */
bool service_is_clean(uint32_t i, int code, int value);
bool service_is_fatal(uint32_t i, int code, int value);
int service_reload_signal(uint32_t i);
struct budget_policy service_policy(uint32_t i);
int service_stop_signal(uint32_t i, unsigned at);
int64_t service_stop_ms(uint32_t i, unsigned at);
int64_t service_timeout_up_ms(uint32_t i);
int64_t service_timeout_finish_ms(uint32_t i);
bool service_finish_gives_up(uint32_t i);
bool service_kills_group(uint32_t i);
bool service_kills_group_at_last(uint32_t i);
bool service_kills_all(uint32_t i);

#endif
