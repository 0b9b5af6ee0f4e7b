/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "base/sandbox.h"

static const struct role_rights *roles;
static char *state_path;

void
proc_init(const struct role_rights table[N_ROLES], const char *state)
{
	roles = table;
	free(state_path);
	state_path = xstrdup(state);
}

const struct role_rights *
proc_rights(enum role role)
{
	return &roles[role];
}

/* The least descriptor from fd on that stays open; INT_MAX: none. */
static int
next_kept(const struct proc_start *start, const struct ipc *ipc, int fd)
{
	int least = ipc->fd >= fd ? ipc->fd : INT_MAX;
	size_t i;

	for (i = 0; i < start->n_keep; i++)
		if (start->keep[i] >= fd && start->keep[i] < least)
			least = start->keep[i];
	return least;
}

static void
close_others(const struct proc_start *start, const struct ipc *ipc)
{
	int fd = STDERR_FILENO + 1;
	int kept;

	while ((kept = next_kept(start, ipc, fd)) != INT_MAX) {
		if (kept > fd)
			close_range((unsigned)fd, (unsigned)kept - 1, 0);
		fd = kept + 1;
	}
	close_range((unsigned)fd, ~0U, 0);
}

/* What `ps -e` shows; the kernel keeps 15 bytes of it. */
static void
take_name(const char *role)
{
	char name[32];

	snprintf(name, sizeof(name), "scapcache-%s", role);
	prctl(PR_SET_NAME, name);
}

/* Never returns. */
static void
child(const struct proc_start *start, const char *name, struct ipc *ipc,
    pid_t parent)
{
	struct err e = { 0 };
	int status;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	take_name(name);
	signal(SIGPIPE, SIG_IGN);
	if (start->bare)
		close_others(start, ipc);
	/* What libraries read of the system is read before. */
	tzset();
	digest_prepare();
	if (start->role != ROLE_MAIN &&
	    sandbox_enter(&roles[start->role], state_path, start->reads,
		start->writes, &e) != 0) {
		log_error("%s: %s", name, e.msg);
		_exit(1);
	}
	status = start->run(ipc, start->ctx);
	fflush(NULL);
	_exit(status);
}

int
proc_spawn(struct proc *p, const struct proc_start *start, struct err *e)
{
	struct ipc other;
	pid_t parent = getpid();

	*p = (struct proc){ .ipc = { -1 },
		.role = start->role,
		.name = start->name != NULL ? start->name
					    : roles[start->role].name };
	if (ipc_pair(&p->ipc, &other, e) != 0)
		return -1;
	fflush(NULL);
	p->pid = fork();
	if (p->pid == 0) {
		ipc_close(&p->ipc);
		child(start, p->name, &other, parent);
	}
	ipc_close(&other);
	if (p->pid > 0)
		return 0;
	p->pid = 0;
	ipc_close(&p->ipc);
	return err_system(e, "cannot start the %s process", p->name);
}

int
proc_ended(struct proc *p, int status, struct err *e)
{
	ipc_close(&p->ipc);
	p->pid = 0;
	p->was_killed = WIFSIGNALED(status) &&
	    (WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGTERM);
	if (WIFSIGNALED(status))
		return err_set(e, ERR_SYSTEM,
		    "the %s process was ended by signal %d (%s)", p->name,
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (WEXITSTATUS(status) != 0)
		return err_set(e, ERR_SYSTEM,
		    "the %s process ended with status %d", p->name,
		    WEXITSTATUS(status));
	return 0;
}

int
proc_wait(struct proc *p, struct err *e)
{
	int status = 0;
	pid_t pid = p->pid;

	ipc_close(&p->ipc);
	if (pid == 0)
		return 0;
	p->pid = 0;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return err_system(e, "the %s process", p->name);
	}
	return proc_ended(p, status, e);
}

void
proc_kill(struct proc *p)
{
	struct err ignored;

	if (p->pid == 0)
		return;
	kill(p->pid, SIGKILL);
	proc_wait(p, &ignored);
}
