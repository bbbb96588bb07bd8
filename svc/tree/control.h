/*
 * Letters from supervise/control.
 */
#ifndef SVC_TREE_CONTROL_H
#define SVC_TREE_CONTROL_H

#include <stdint.h>

void control_ready(void *arg, uint32_t events);
void control_letter(uint32_t i, char letter);

#endif
