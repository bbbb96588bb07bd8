/*
 * The version of struct memo, apart from all that uses it: the tests link the
 * init that will come after this one. 2: the oldest exit that is unread.
 */
#include "init/memo.h"

const uint32_t memo_version = 2;
