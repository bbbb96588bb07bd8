/*
 * orphans N: leaves N dead children to whoever reaps for others, as fast as it
 * can: each is the child of a child that ends first.
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define BATCH 50 /* dead at a time, before their parent ends */

/* One more dead child of this process; no page table to copy for it. */
static void
leave_one(void)
{
	pid_t pid;

	while ((pid = vfork()) == -1)
		;
	if (pid == 0)
		_exit(0);
}

int
main(int argc, char **argv)
{
	int left = argc > 1 ? atoi(argv[1]) : 1;

	while (left > 0) {
		int batch = left < BATCH ? left : BATCH;
		pid_t parent = fork();

		if (parent == 0) {
			while (batch-- > 0)
				leave_one();
			_exit(0);
		}
		if (parent == -1)
			continue;
		waitpid(parent, NULL, 0);
		left -= batch;
	}
	return 0;
}
