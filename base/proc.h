/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting and ending the processes of the role table. A child is forked,
 * enters its sandbox, runs its function with one end of an ipc, and exits;
 * it dies with its parent.
 */
#ifndef BASE_PROC_H
#define BASE_PROC_H

#include <sys/types.h>

#include "base/ipc.h"
#include "base/role.h"

struct proc {
	pid_t pid; /* 0: not running */
	struct ipc ipc;
	enum role role;
	const char *name; /* for messages */
	bool was_killed;  /* by others, as for want of memory: no fault of it */
};

/* Once, by main(): the table and the state directory it speaks of. */
void proc_init(const struct role_rights table[N_ROLES], const char *state);
const struct role_rights *proc_rights(enum role role);

struct proc_start {
	enum role role;   /* ROLE_MAIN: acts for it, and is not narrowed */
	const char *name; /* NULL: the role's */
	/* Runs in the child; its return value is the exit status. */
	int (*run)(struct ipc *ipc, void *ctx);
	void *ctx;
	const char *const *reads;  /* further paths, NULL-terminated */
	const char *const *writes; /* or NULL */
	bool bare; /* no descriptors of ours but the ipc, 0 to 2 and these: */
	const int *keep;
	size_t n_keep;
};

int proc_spawn(struct proc *p, const struct proc_start *start, struct err *e);
/*
 * Closes the ipc and waits. ERR_SYSTEM names role and signal or status if the
 * child did not exit with 0.
 */
int proc_wait(struct proc *p, struct err *e);
/* The same of one that waitpid() told of already, with its status. */
int proc_ended(struct proc *p, int status, struct err *e);
/* Ends it at once, for the ways out after an error; not running is fine. */
void proc_kill(struct proc *p);

#endif
