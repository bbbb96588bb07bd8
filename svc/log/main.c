/*
 * The loggers: which one is asked for stands in the name.
 */
#include "lib/path.h"
#include "lib/str.h"
#include "svc/log/svlogd.h"

int
main(int argc, char **argv)
{
	const char *name = argc > 0 ? path_base(argv[0]) : "svlogd";

	if (str_eq(name, "multilog"))
		return multilog_main(argc, argv);
	return svlogd_main(argc, argv);
}
