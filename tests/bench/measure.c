/* SPDX-License-Identifier: Apache-2.0 */
/*
 * measure N [-m] COMMAND…: runs a command N times, its output thrown away, and
 * prints "MEDIAN_MS MIN_MS CPU_MS LARGEST_KIB STATUS TOGETHER_KIB": wall clock,
 * processor time of the median run with all its descendants, the largest of
 * these processes, the last exit status. With -m one more run is watched and
 * TOGETHER_KIB is that of all its processes at a time, pages that they share
 * counted once; else 0.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNS_MAX 1000
#define WATCH_NS 2000000

struct sample {
	double wall_ms;
	double cpu_ms;
};

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double
ms(struct timeval t)
{
	return (double)t.tv_sec * 1e3 + (double)t.tv_usec / 1e3;
}

static pid_t
start(char **argv)
{
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		setpgid(0, 0);
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

/* Proportional set size of one process, KiB. */
static long
pss_of(const char *pid)
{
	char path[64], line[128];
	long kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%.16s/smaps_rollup", pid);
	f = fopen(path, "r");
	if (f == NULL)
		return 0;
	while (kib == 0 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "Pss:", 4) == 0)
			kib = strtol(line + 4, NULL, 10);
	fclose(f);
	return kib;
}

static bool
in_group(const char *pid, pid_t group)
{
	char *end;
	long n = strtol(pid, &end, 10);

	return n > 0 && *end == '\0' && getpgid((pid_t)n) == group;
}

static long
pss_of_group(pid_t group)
{
	const struct dirent *d;
	DIR *proc = opendir("/proc");
	long kib = 0;

	if (proc == NULL)
		return 0;
	while ((d = readdir(proc)) != NULL)
		if (in_group(d->d_name, group))
			kib += pss_of(d->d_name);
	closedir(proc);
	return kib;
}

static long
watch(char **argv)
{
	const struct timespec pause = { 0, WATCH_NS };
	pid_t pid = start(argv);
	long peak = 0;
	int status;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		long kib = pss_of_group(pid);

		peak = kib > peak ? kib : peak;
		nanosleep(&pause, NULL);
	}
	return peak;
}

static int
run(char **argv, struct sample *s, long *largest)
{
	struct rusage u;
	double begun = now_ms();
	int status = 0;

	wait4(start(argv), &status, 0, &u);
	s->wall_ms = now_ms() - begun;
	s->cpu_ms = ms(u.ru_utime) + ms(u.ru_stime);
	/* The kernel's maximum over it and all that it has waited for. */
	*largest = u.ru_maxrss > *largest ? u.ru_maxrss : *largest;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static int
by_wall(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;

	return (x->wall_ms > y->wall_ms) - (x->wall_ms < y->wall_ms);
}

int
main(int argc, char **argv)
{
	static struct sample samples[RUNS_MAX];
	bool together = argc > 2 && strcmp(argv[2], "-m") == 0;
	char **command = argv + (together ? 3 : 2);
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	long largest = 0, at_once = 0;
	int status = 0;

	if (n < 1 || n > RUNS_MAX || argc < (together ? 4 : 3)) {
		fprintf(stderr, "usage: measure N [-m] COMMAND…\n");
		return 1;
	}
	for (long i = 0; i < n; i++)
		status = run(command, &samples[i], &largest);
	if (together)
		at_once = watch(command);
	qsort(samples, (size_t)n, sizeof(*samples), by_wall);
	printf("%.2f %.2f %.2f %ld %d %ld\n", samples[n / 2].wall_ms,
	    samples[0].wall_ms, samples[n / 2].cpu_ms, largest, status,
	    at_once);
	return 0;
}
