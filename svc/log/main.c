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
	if (argc > 1 && str_eq(argv[1], "--shared"))
		return shared_main(argc > 2 ? argv[2] : NULL);
	return svlogd_main(argc, argv);
}
