/* The version of struct memo in an init that comes after the present one. */
#include "init/memo.h"

const uint32_t memo_version = 3;
