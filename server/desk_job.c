/* SPDX-License-Identifier: Apache-2.0 */
/* Processes that run scans, their turns and their locks. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/db.h"
#include "base/log.h"
#include "base/proc.h"
#include "scanner/results.h"
#include "server/desk_results.h"
#include "server/desk_scan.h"
#include "server/registry_settings.h"

#define TURN_PAUSE_MS 50
#define MAIN_PAUSE_MS 500
#define RUNNERS_MAX 256 /* of one desk at a time */
#define PATH_SIZE 64

#define JOB_ENDED 1u /* the only message: scan_outcome_pack() */

/* --- locks --- */

static void
lock_path(const char *job, char path[PATH_SIZE])
{
	snprintf(path, PATH_SIZE, "run/scan-%s", job);
}

int
desk_job_lock(
    const struct desk_server *d, const char *job, int *fd, struct err *e)
{
	char path[PATH_SIZE];

	lock_path(job, path);
	*fd = openat(
	    d->state.dirfd, path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (*fd == -1)
		return err_system(e, "run/: a scan's lock");
	if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	err_system(e, "run/: a scan's lock");
	close(*fd);
	*fd = -1;
	return -1;
}

static bool
is_locked(const struct desk_server *d, const char *job)
{
	char path[PATH_SIZE];
	bool locked;
	int fd;

	lock_path(job, path);
	fd = openat(d->state.dirfd, path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1)
		return false;
	locked = flock(fd, LOCK_EX | LOCK_NB) != 0;
	close(fd);
	return locked;
}

void
desk_job_unlock(const struct desk_server *d, const char *job)
{
	char path[PATH_SIZE];

	lock_path(job, path);
	unlinkat(d->state.dirfd, path, 0);
}

int
desk_job_check(struct desk_server *d, struct span job, struct err *e)
{
	struct results_job end = { .name = job,
		.state = JOB_FAILED,
		.why = SPAN_LIT(
		    "the scan's process was ended before the scan was") };
	struct results *r = NULL;
	char name[SCAN_JOB_SIZE];
	int rc;

	if (job.len >= sizeof(name))
		return err_set(e, ERR_FORMAT, "that is no scan's id");
	snprintf(name, sizeof(name), "%.*s", SPAN_ARG(job));
	if (is_locked(d, name))
		return 0;
	/* It may have ended meanwhile: that stays as it is. */
	rc = results_open(&r, &d->state, true, e);
	if (rc == 0)
		rc = results_job_end(r, &end, e);
	results_close(r);
	desk_job_unlock(d, name);
	return rc;
}

/* --- in the process that runs a scan --- */

struct runner {
	struct desk_server *desk;
	struct scan_work *work;
	pid_t main;
};

static void
pause_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

static volatile pid_t main_process;

static void
on_alarm(int n)
{
	int saved = errno;

	(void)n;
	if (kill(main_process, 0) != 0 && errno == ESRCH)
		_exit(1);
	errno = saved;
}

/*
 * The desk may end before the scan does; the server may not. A timer looks
 * after it: a thread would be in the way of forks, which stop no timer of ours
 * and inherit none.
 */
static int
outlive_the_desk(const struct runner *r, struct err *e)
{
	const struct itimerval often = { { 0, MAIN_PAUSE_MS * 1000 },
		{ 0, MAIN_PAUSE_MS * 1000 } };
	struct sigaction action = { .sa_handler = on_alarm,
		.sa_flags = SA_RESTART };

	main_process = r->main;
	prctl(PR_SET_PDEATHSIG, 0);
	if (sigaction(SIGALRM, &action, NULL) != 0 ||
	    setitimer(ITIMER_REAL, &often, NULL) != 0)
		return err_system(e, "a scan's timer");
	return 0;
}

/*
 * One of so many at a time, whichever desk began it. Stored images that are
 * judged again take no scan's turn, for they may be many.
 */
static int
take_turn(const struct runner *r, int *fd, struct err *e)
{
	bool again = r->work->question.body == SCAN_BODY_STORED;
	uint64_t n = again ? 1 : config_uint(r->desk->config, "serve.scans");
	char path[PATH_SIZE];
	uint64_t i;

	for (i = 0;; i = (i + 1) % n) {
		snprintf(path, sizeof(path), "run/%s.%u",
		    again ? "rescan" : "scan", (unsigned)i);
		*fd = openat(r->desk->state.dirfd, path,
		    O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (*fd == -1)
			return err_system(e, "%s", path);
		if (flock(*fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		close(*fd);
		*fd = -1;
		if (i + 1 == n)
			pause_ms(TURN_PAUSE_MS);
	}
}

static char *
text_of(struct scan_work *w, struct span s)
{
	return s.len > 0 ? arena_str(&w->arena, s) : NULL;
}

static int
scan(struct runner *r, struct scan_answer *answer, struct err *e)
{
	struct scan_work *w = r->work;
	const struct scan_question *q = &w->question;
	struct registry_options registry;
	struct scan_request request = { .policy_fd = -1,
		.statefd = r->desk->state.dirfd,
		.state = &r->desk->state,
		.has_input = w->input_fd != -1,
		.input_fd = w->input_fd,
		.is_list = q->body == SCAN_BODY_LIST,
		.one_platform = true,
		.registry = &registry,
		.format = w->format,
		.fd = w->report_fd };
	struct judge_at at = { 0 };
	struct as_of_when when;
	struct buf policy = { 0 };
	int rc = -1;

	registry_settings(r->desk->config, &registry);
	request.target = arena_str(&w->arena, q->target);
	request.os = text_of(w, q->os);
	request.platform = text_of(w, q->platform);
	if (desk_as_of(q->as_of, &when, e) == 0 &&
	    desk_rules(r->desk, q->policy, q->fail_on, &policy, &request, e) ==
		0 &&
	    judge_at_find(&r->desk->state, &when, true, &at, e) == 0) {
		request.options.document = text_of(w, q->document);
		judge_at_use(&request, &at);
		rc = proc_scan(&request, answer, e);
		if (rc != 0 && request.has_input)
			err_context(e, "%s", request.target);
	}
	desk_rules_close(&request);
	judge_at_cleanup(&at);
	buf_cleanup(&policy);
	return rc;
}

static int
work(struct runner *r, struct scan_answer *answer, struct err *e)
{
	return r->work->question.body == SCAN_BODY_STORED
	    ? desk_rescan(r->desk, r->work, answer, e)
	    : scan(r, answer, e);
}

static int
begin(struct runner *r, int *turn, struct err *e)
{
	struct results *results = NULL;
	int rc = -1;

	if (take_turn(r, turn, e) == 0 &&
	    results_open(&results, &r->desk->state, true, e) == 0)
		rc = results_job_start(results, span_of(r->work->job), e);
	results_close(results);
	return rc;
}

/* The row says it before anybody is told. */
static int
write_end(struct runner *r, const struct scan_answer *a, const struct err *why,
    struct err *e)
{
	struct results_job j = { .name = span_of(r->work->job),
		.state = why == NULL ? JOB_DONE : JOB_FAILED,
		.why = why == NULL ? SPAN_NONE : span_of(why->msg) };
	struct results *results = NULL;
	int rc = -1;

	if (why == NULL) {
		j.verdict = a->verdict;
		j.has_record = a->has_record;
		j.record = a->record;
		j.image = span_of(a->image);
	}
	if (results_open(&results, &r->desk->state, true, e) == 0)
		rc = results_job_end(results, &j, e);
	results_close(results);
	return rc;
}

static int
send_end(struct runner *r, struct ipc *ipc, const struct scan_answer *a,
    const struct err *why)
{
	const struct scan_outcome o = { .has_ended = true,
		.failed = why == NULL ? ERR_NONE : why->code,
		.why = why == NULL ? SPAN_NONE : span_of(why->msg),
		.was_killed = why != NULL && a->was_killed,
		.format = r->work->format,
		.verdict = why == NULL ? a->verdict : VERDICT_NONE,
		.has_report = why == NULL && a->has_report,
		.has_record = why == NULL && a->has_record,
		.record = a->record,
		.image = span_of(a->image) };
	struct buf b = { 0 };
	struct err e;
	int rc;

	scan_outcome_pack(&b, &o);
	rc = ipc_send(ipc, JOB_ENDED, buf_span(&b), -1, &e);
	buf_cleanup(&b);
	return rc;
}

static int
run_job(struct ipc *ipc, void *ctx)
{
	struct runner *r = ctx;
	struct scan_answer answer = { 0 };
	struct err why = { 0 };
	struct err e;
	int turn = -1;
	int rc;

	rc = outlive_the_desk(r, &why);
	if (rc == 0)
		rc = begin(r, &turn, &why);
	if (rc == 0)
		rc = work(r, &answer, &why);
	if (rc == 0 && answer.verdict == VERDICT_NONE)
		rc = err_set(&why, ERR_SYSTEM, "the scan gave no verdict");
	if (write_end(r, &answer, rc == 0 ? NULL : &why, &e) != 0) {
		log_error("scan: %s", e.msg);
		rc = -1;
		why = e;
	}
	/* Nobody may listen any more: the row has it. */
	(void)send_end(r, ipc, &answer, rc == 0 ? NULL : &why);
	desk_job_unlock(r->desk, r->work->job);
	scan_answer_cleanup(&answer);
	return 0;
}

/* --- in the desk --- */

/* Those that run; fd is at its end when the process is. */
static struct {
	pid_t pid;
	int fd;
} runners[RUNNERS_MAX];
static size_t n_runners;

/* What it says is not asked for any more. */
static bool
has_ended(int fd)
{
	char ignored[256];

	return read(fd, ignored, sizeof(ignored)) <= 0;
}

/* Its status. */
static int
reap(size_t i)
{
	int status = 0;

	close(runners[i].fd);
	waitpid(runners[i].pid, &status, 0);
	runners[i] = runners[--n_runners];
	return status;
}

/* Waits, unless timeout_ms is 0, until fd has something or one has ended. */
static bool
look(int fd, int timeout_ms)
{
	struct pollfd p[RUNNERS_MAX + 1];
	size_t i;

	p[0] = (struct pollfd){ fd, POLLIN, 0 };
	for (i = 0; i < n_runners; i++)
		p[1 + i] = (struct pollfd){ runners[i].fd, POLLIN, 0 };
	if (poll(p, n_runners + 1, timeout_ms) <= 0)
		return false;
	/* the last one takes the place of one that is reaped */
	for (i = n_runners; i > 0; i--)
		if (p[i].revents != 0 && has_ended(p[i].fd))
			(void)reap(i - 1);
	return p[0].revents != 0;
}

void
desk_scan_wait(int fd)
{
	while (!look(fd, -1))
		;
}

void
desk_scan_end(void)
{
	while (n_runners > 0)
		(void)reap(n_runners - 1);
}

/* The last one that was begun, which says nothing any more. */
static int
take_death(struct proc *p, struct scan_work *w, struct scan_outcome *out,
    struct err *e)
{
	int status = reap(n_runners - 1);

	p->ipc.fd = -1; /* went with it */
	if (proc_ended(p, status, e) == 0)
		err_set(e, ERR_SYSTEM, "a scan ended without an answer");
	if (!p->was_killed)
		return -1;
	out->was_killed = true;
	out->has_ended = true;
	out->failed = e->code;
	out->why = arena_span(&w->arena, span_of(e->msg));
	return 0;
}

/* Its end, which was told. The message's bytes go into the arena. */
static int
take_end(struct proc *p, struct scan_work *w, struct scan_outcome *out,
    struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	int rc = ipc_recv(&p->ipc, &m, e);

	if (rc == 1 && m.type == JOB_ENDED)
		rc = scan_outcome_unpack(
		    out, arena_span(&w->arena, m.payload), e);
	else if (rc == 0)
		rc = take_death(p, w, out, e);
	else if (rc == 1)
		rc = err_set(e, ERR_SYSTEM, "a scan's answer makes no sense");
	if (m.fd != -1)
		close(m.fd);
	ipc_message_cleanup(&m);
	return rc;
}

int
desk_job_run(struct desk_server *d, struct scan_work *w, unsigned wait_s,
    struct scan_outcome *out, struct err *e)
{
	struct runner r = { d, w, getppid() };
	struct proc p = { .ipc = { -1 } };
	struct proc_start start = {
		.role = ROLE_MAIN, .name = "job", .run = run_job, .ctx = &r
	};
	struct pollfd wait;
	int rc = 0;

	(void)look(-1, 0);
	if (n_runners == RUNNERS_MAX) {
		out->is_full = true;
		return 0;
	}
	results_close(d->results);
	d->results = NULL;
	db_close(d->catalog);
	d->catalog = NULL;
	if (proc_spawn(&p, &start, e) != 0)
		return -1;
	runners[n_runners].pid = p.pid;
	runners[n_runners++].fd = p.ipc.fd;
	wait = (struct pollfd){ p.ipc.fd, POLLIN, 0 };
	if (wait_s > 0 && poll(&wait, 1, (int)wait_s * 1000) > 0)
		rc = take_end(&p, w, out, e);
	return rc;
}
