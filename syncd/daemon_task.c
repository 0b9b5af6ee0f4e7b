/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "bundle/refusal.h"
#include "indexer/generation.h"
#include "syncd/daemon_parts.h"
#include "syncd/mirror.h"
#include "syncd/publish.h"
#include "syncd/publish_bundles.h"
#include "syncd/sync.h"

#define LOCK_WAIT_MS 60000   /* for a `sync` or `gc` that somebody started */
#define CRASH_WAIT_MS 600000 /* before another run after one that fell over */
#define RENEWAL_WAIT_MS 3600000       /* before signatures are renewed again */
#define RUN_MAX_MS (48 * 3600 * 1000) /* it hangs: nothing else would run */
#define STOP_MS 4000                  /* for a run to end, of 5 s for all */
#define STOP_TURN_MS 10

/* How the process of a run ends. */
enum task_status {
	TASK_OK = 0,
	TASK_FAILED,  /* the catalog says what failed */
	TASK_NOTHING, /* nothing stands in the catalog */
};

static void
log_summary(const struct sync_result *r)
{
	unsigned fetched = 0, unchanged = 0, refused = 0;
	size_t i;

	for (i = 0; i < n_sources; i++) {
		fetched += r->tallies[i].n_fetched;
		unchanged += r->tallies[i].n_unchanged;
		refused += r->tallies[i].n_refused;
	}
	log_info("sync: run: ended result=%s fetched=%u unchanged=%u "
		 "refused=%u generation=%" PRIu64 " published=%s seconds=%lld",
	    r->failed ? "failed" : "ok", fetched, unchanged, refused,
	    r->generation, r->published ? "yes" : "no",
	    (long long)(r->ended - r->started));
}

/* Ends with NULL. In the process of the run, which frees nothing. */
static const struct source **
accepted_sources(const struct daemon *d)
{
	const struct source **accepted = xcalloc(n_sources + 1, sizeof(void *));
	size_t n = 0, i;

	for (i = 0; i < n_sources; i++)
		if (d->requests[i].accept)
			accepted[n++] = &sources[i];
	return accepted;
}

/* A mirror is taken whole, or of sync.sources, whatever was due. */
static int
run_mirror(struct daemon *d, struct state *state)
{
	const char *root = config_str(d->options.config, "sync.root");
	const struct mirror_options options = {
		.config = d->options.config,
		.from = daemon_from(d),
		.root = root[0] == '\0' ? NULL : root,
		.quiet = true,
	};
	struct mirror_result result;
	struct err e = { 0 };
	enum refusal r;

	if (mirror_run(state, &options, &result, &e) == 0)
		return TASK_OK;
	r = refusal_of(&e);
	log_error("sync: run: %s%s%s", refusal_name(r),
	    r == REFUSAL_NONE ? "" : ": ", e.msg);
	return TASK_NOTHING;
}

static int
run_sync(struct daemon *d, const struct source *const *run, struct state *state)
{
	const struct sync_options options = {
		.config = d->options.config,
		.sources = run,
		.accept = accepted_sources(d),
		.from = daemon_from(d),
		.quiet = true,
	};
	struct sync *sync = NULL;
	struct err e = { 0 };
	int rc;

	if (sync_run(&sync, state, &options, &e) != 0) {
		log_error("sync: run: %s", e.msg);
		return TASK_NOTHING;
	}
	log_summary(sync_result(sync));
	rc = sync_result(sync)->failed ? TASK_FAILED : TASK_OK;
	sync_free(sync);
	return rc;
}

/* In the process of the run; its exit status. */
static int
run_task(struct daemon *d, const struct source *const *run)
{
	struct state state;
	struct err e = { 0 };
	int rc;

	if (state_open(
		&state, d->options.state, STATE_WRITE, LOCK_WAIT_MS, &e) != 0) {
		log_error("sync: run: %s", e.msg);
		return TASK_NOTHING;
	}
	rc = mirror_is_url(daemon_from(d)) ? run_mirror(d, &state)
					   : run_sync(d, run, &state);
	state_close(&state);
	return rc;
}

/* A process that is no daemon any more, whatever it inherited. */
static void
become_task(struct daemon *d, pid_t parent)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(TASK_NOTHING);
	/* Whoever sends it to all processes of the service means the daemon. */
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close(d->listenfd);
	close(d->signalfd);
	close(d->lockfd);
	daemon_clients_close(d);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
}

/* Returns twice: in the new process *pid is 0. */
static int
fork_task(struct daemon *d, pid_t *pid, struct err *e)
{
	pid_t parent = getpid();

	*pid = fork();
	if (*pid == -1)
		return err_system(e, "cannot start a process");
	if (*pid == 0) {
		become_task(d, parent);
		return 0;
	}
	d->child = *pid;
	d->started = clock_now();
	d->started_ms = clock_monotonic_ms();
	return 0;
}

int
daemon_task_mend(struct daemon *d, struct err *e)
{
	struct err why = { 0 };
	pid_t pid;

	if (fork_task(d, &pid, e) != 0)
		return -1;
	if (pid != 0)
		return 0;
	if (daemon_mend(d, &why) == 0)
		_exit(TASK_OK);
	log_error("syncd: %s", why.msg);
	_exit(TASK_FAILED);
}

int
daemon_task_start(
    struct daemon *d, const struct source *const *run, size_t n, struct err *e)
{
	pid_t pid;

	if (fork_task(d, &pid, e) != 0)
		return -1;
	if (pid == 0)
		_exit(run_task(d, run));
	log_info("syncd: run: started sources=%zu process=%d", n, (int)pid);
	memset(d->requests, 0, n_sources * sizeof(*d->requests));
	d->any_requested = false;
	return 0;
}

/* In the process of the renewal; its exit status. */
static int
run_renewal(struct daemon *d)
{
	const struct publish_options o = { .config = d->options.config,
		.passphrase_fd = -1 };
	struct db *catalog = NULL;
	struct state state;
	struct err e = { 0 };
	int rc;

	if (state_open(
		&state, d->options.state, STATE_WRITE, LOCK_WAIT_MS, &e) != 0) {
		log_error("publish: %s", e.msg);
		return TASK_FAILED;
	}
	rc = catalog_open(&catalog, &state, DB_WRITE, &e);
	if (rc == 0)
		rc = publish_renew(&state, catalog, &o, false, &e);
	if (rc == -1)
		log_error("publish: not signed again: %s", e.msg);
	else if (publish_bundles(&state, catalog, d->options.config, &e) == -1)
		log_warn("publish: no bundle: %s", e.msg);
	db_close(catalog);
	state_close(&state);
	return rc == -1 ? TASK_FAILED : TASK_OK;
}

int
daemon_task_renew(struct daemon *d, struct err *e)
{
	pid_t pid;

	d->renewal_ms = clock_monotonic_ms() + RENEWAL_WAIT_MS;
	if (fork_task(d, &pid, e) != 0)
		return -1;
	if (pid == 0)
		_exit(run_renewal(d));
	return 0;
}

static void
run_ended(struct daemon *d, int status)
{
	uint64_t generation = 0;
	struct err e = { 0 };

	d->child = 0;
	if (generation_current(d->state.dirfd, &generation, &e) != 0)
		log_error("syncd: %s", e.msg);
	if (WIFSIGNALED(status) && !d->stopping)
		log_error("syncd: run: ended by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	/* Its sources are due as before: not at once again. */
	if (!WIFEXITED(status) || WEXITSTATUS(status) >= TASK_NOTHING)
		d->not_before_ms = clock_monotonic_ms() + CRASH_WAIT_MS;
	daemon_run_ended(
	    d, WIFEXITED(status) && WEXITSTATUS(status) == TASK_OK, generation);
}

/* The processes that a killed run leaves behind come to us, too. */
void
daemon_task_reap(struct daemon *d)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (pid == d->child)
			run_ended(d, status);
}

void
daemon_task_check(struct daemon *d)
{
	if (d->child == 0 || clock_monotonic_ms() - d->started_ms < RUN_MAX_MS)
		return;
	log_error("syncd: run: it has lasted for %d hours and is ended",
	    RUN_MAX_MS / 3600000);
	kill(d->child, SIGKILL);
}

/* Nothing of a run that is killed is lost: what it has is kept by then. */
void
daemon_task_stop(struct daemon *d)
{
	int64_t until = clock_monotonic_ms() + STOP_MS;

	if (d->child != 0)
		kill(d->child, SIGTERM);
	while (clock_monotonic_ms() < until) {
		daemon_task_reap(d);
		if (d->child == 0 && waitpid(-1, NULL, WNOHANG) == -1)
			return;
		poll(NULL, 0, STOP_TURN_MS);
	}
	if (d->child != 0) {
		kill(d->child, SIGKILL);
		waitpid(d->child, NULL, 0);
	}
}
