/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/catalog.h"
#include "base/log.h"
#include "base/mem.h"
#include "syncd/daemon_parts.h"

/* --- the state directory --- */

int
daemon_mend(struct daemon *d, struct err *e)
{
	struct db *catalog = NULL;
	struct state state;
	int rc;

	if (state_open(&state, d->options.state, STATE_WRITE, 0, e) != 0)
		return -1;
	rc = catalog_open(&catalog, &state, DB_WRITE, e);
	db_close(catalog);
	state_close(&state);
	return rc;
}

int
daemon_open_state(struct daemon *d, struct err *e)
{
	const char *path = d->options.state;
	struct err ignored;

	if (daemon_mend(d, e) == 0)
		return state_open(&d->state, path, STATE_READ, 0, e);
	/* Somebody else may be at it: whoever writes mends it as well. */
	if (e->code == ERR_FORMAT || e->code == ERR_LIMIT ||
	    state_open(&d->state, path, STATE_READ, 0, &ignored) != 0)
		return -1;
	log_warn("syncd: %s", e->msg);
	return 0;
}

/* --- the lock --- */

/* A lock of the process, not of the file: children do not have it. */
static struct flock
whole_file(void)
{
	return (struct flock){ .l_type = F_WRLCK, .l_whence = SEEK_SET };
}

int
daemon_take_lock(struct daemon *d, struct err *e)
{
	struct flock lock = whole_file();
	char pid[16];
	int n, other;

	d->lockfd = openat(d->state.dirfd, DAEMON_LOCK_PATH,
	    O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (d->lockfd == -1)
		return err_system(e, "%s/%s", d->state.path, DAEMON_LOCK_PATH);
	if (fcntl(d->lockfd, F_SETLK, &lock) != 0) {
		if (daemon_pid(d->state.dirfd, &other, e) != 0)
			return -1;
		return err_set(e, ERR_SYSTEM,
		    "%s: a daemon is running already, process %d",
		    d->state.path, other);
	}
	/* For people: the lock itself says who holds it. */
	n = snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	if (ftruncate(d->lockfd, 0) != 0 ||
	    pwrite(d->lockfd, pid, (size_t)n, 0) != n)
		return err_system(e, "%s/%s", d->state.path, DAEMON_LOCK_PATH);
	return 0;
}

bool
daemon_has_lock(const struct daemon *d)
{
	struct stat ours, there;
	struct buf path = { 0 };
	bool same;

	buf_printf(&path, "%s/%s", d->state.path, DAEMON_LOCK_PATH);
	same = fstat(d->lockfd, &ours) == 0 &&
	    stat(buf_str(&path), &there) == 0 && ours.st_ino == there.st_ino &&
	    ours.st_dev == there.st_dev;
	buf_cleanup(&path);
	return same;
}

int
daemon_pid(int statefd, int *pid, struct err *e)
{
	int fd = openat(statefd, DAEMON_LOCK_PATH, O_RDONLY | O_CLOEXEC);
	struct flock lock = whole_file();
	int rc = 0;

	*pid = 0;
	/* Not ours to look at, or none yet: then it is not ours either. */
	if (fd == -1)
		return 0;
	/* Looking takes no lock: a daemon that starts meanwhile gets it. */
	if (fcntl(fd, F_GETLK, &lock) != 0)
		rc = err_system(e, DAEMON_LOCK_PATH);
	else if (lock.l_type != F_UNLCK)
		*pid = (int)lock.l_pid;
	close(fd);
	return rc;
}

/* --- the configuration --- */

static int
plan_sources(struct daemon_plan *plans, struct config *c, struct err *e)
{
	const char *const *words = config_words(c, "sync.sources");
	size_t i;

	for (; *words != NULL; words++)
		if (source_find(span_of(*words)) == NULL)
			return err_set(e, ERR_FORMAT,
			    "sync.sources names %s, and there is no such "
			    "source (scapcache source list)",
			    *words);
	for (i = 0; i < n_sources; i++)
		if (due_schedule(&sources[i], c, &plans[i].schedule,
			&plans[i].asked, e) != 0)
			return -1;
	return 0;
}

int
daemon_plan(struct daemon *d, struct config *c, struct err *e)
{
	struct daemon_plan *plans = xcalloc(n_sources, sizeof(*plans));
	uint64_t max = config_uint(c, "sync.random_delay_s");
	int64_t delay_s;

	if (plan_sources(plans, c, e) != 0 ||
	    due_delay(d->state.dirfd, max, true, &delay_s, e) != 0) {
		free(plans);
		return -1;
	}
	free(d->plans);
	d->plans = plans;
	d->delay_s = delay_s;
	return 0;
}
