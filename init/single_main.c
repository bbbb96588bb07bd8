/*
 * init-command: the one-command init and nothing else, for images that have no
 * services and count the bytes. init itself can all of this too.
 */
#include "init/single.h"
#include "init/start.h"
#include "lib/path.h"

/* Set by the program's entry, before libc. */
uint64_t start_mask;

int
main(int argc, char **argv, char **envp)
{
	const char *name = argc > 0 ? path_base(argv[0]) : "init";
	single_main_fn *run = single_named(name, argc, argv);

	return (run != NULL ? run : command_main)(argc, argv, envp);
}
