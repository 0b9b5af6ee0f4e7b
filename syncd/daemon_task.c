/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/catalog.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "schema_catalog.h"
#include "syncd/daemon_parts.h"
#include "syncd/sync.h"

#define LOCK_WAIT_MS 60000 /* for a `sync` or `gc` that somebody started */

/* How each source fared when it was asked last; none yet is fine. */
static int
read_last(struct daemon *d, struct due_last *last, struct err *e)
{
	struct db *catalog = NULL;
	struct db_stmt *q;
	int rc;

	memset(last, 0, n_sources * sizeof(*last));
	if (catalog_open(&catalog, &d->state, DB_READ, e) != 0)
		return e->code == ERR_MISSING ? 0 : -1;
	q = db_query(catalog, QUERY_CATALOG_SOURCE_LIST);
	while ((rc = db_step(q, e)) == 1) {
		const struct source *s = source_find(db_text(q, 0));

		if (s != NULL)
			last[s - sources] = (struct due_last){ db_int(q, 1),
				span_is(db_text(q, 3), "failed") };
	}
	db_reset(q);
	db_close(catalog);
	return rc;
}

int
daemon_due(struct daemon *d, const struct source **run, size_t *n,
    int64_t *next, struct err *e)
{
	struct due_last *last = xcalloc(n_sources, sizeof(*last));
	int64_t now = clock_now(), at;
	struct schedule schedule;
	int rc = read_last(d, last, e);
	size_t i;

	*n = 0;
	*next = SCHEDULE_NEVER;
	for (i = 0; rc == 0 && i < n_sources; i++) {
		bool asked;

		rc = due_schedule(
		    &sources[i], d->options.config, &schedule, &asked, e);
		if (rc != 0)
			break;
		at = asked ? due_at(&schedule, &last[i], d->delay_s, now)
			   : SCHEDULE_NEVER;
		if (at <= now || d->requested[i])
			run[(*n)++] = &sources[i];
		else if (at < *next)
			*next = at;
	}
	free(last);
	return rc;
}

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

/* In the process of the run; its exit status. */
static int
run_task(struct daemon *d, const struct source *const *run)
{
	const char *from = config_str(d->options.config, "sync.from");
	const struct sync_options options = {
		.config = d->options.config,
		.sources = run,
		.from = d->options.from != NULL ? d->options.from
		    : from[0] != '\0'           ? from
						: NULL,
		.quiet = true,
	};
	struct sync *sync = NULL;
	struct state state;
	struct err e = { 0 };
	int rc;

	if (state_open(
		&state, d->options.state, STATE_WRITE, LOCK_WAIT_MS, &e) != 0) {
		log_error("sync: run: %s", e.msg);
		return 1;
	}
	rc = sync_run(&sync, &state, &options, &e);
	if (rc == 0) {
		log_summary(sync_result(sync));
		rc = sync_result(sync)->failed ? 1 : 0;
		sync_free(sync);
	} else {
		log_error("sync: run: %s", e.msg);
		rc = 1;
	}
	state_close(&state);
	return rc;
}

/* A process that is no daemon any more, whatever it inherited. */
static void
become_task(struct daemon *d)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	close(d->listenfd);
	close(d->signalfd);
	close(d->lockfd);
	daemon_clients_close(d);
	unsetenv("NOTIFY_SOCKET");
}

int
daemon_task_start(
    struct daemon *d, const struct source *const *run, size_t n, struct err *e)
{
	pid_t pid = fork();

	if (pid == -1)
		return err_system(e, "cannot start a process");
	if (pid == 0) {
		become_task(d);
		_exit(run_task(d, run));
	}
	log_info("syncd: run: started sources=%zu process=%d", n, (int)pid);
	d->child = pid;
	d->started = clock_now();
	memset(d->requested, 0, n_sources * sizeof(*d->requested));
	d->any_requested = false;
	return 0;
}
