/*
 * orphans N: leaves N dead children to whoever reaps for others, as fast as it
 * can: each is the child of a child that ends first. It waits while the machine
 * has very many processes: other tests need pids too, when this one's reaper
 * gets little of a processor.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define BATCH 50   /* dead at a time, before their parent ends */
#define MANY 16000 /* of a pid_max of 32768 */

/* All that have a pid, the dead among them. 0: not to be known. */
static int
processes(void)
{
	FILE *f = fopen("/proc/loadavg", "r");
	int count = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%*s %*s %*s %*d/%d", &count) != 1)
		count = 0;
	fclose(f);
	return count;
}

/* One more dead child of this process; no page table to copy for it. */
static void
leave_one(void)
{
	pid_t pid;

	while ((pid = vfork()) == -1)
		sched_yield(); /* to the reaper: there may be no more */
	if (pid == 0)
		_exit(0);
}

int
main(int argc, char **argv)
{
	int left = argc > 1 ? atoi(argv[1]) : 1;

	while (left > 0) {
		while (processes() > MANY)
			sched_yield();
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
