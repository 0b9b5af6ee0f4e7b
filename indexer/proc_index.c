/* SPDX-License-Identifier: Apache-2.0 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pack.h"
#include "base/proc.h"
#include "indexer/answer.h"
#include "indexer/proc_index.h"

enum message {
	MESSAGE_RECORDS = 1, /* input, records so far */
	MESSAGE_OUTCOME,     /* input and what came of it */
	MESSAGE_DONE,        /* the family's error, if any */
	MESSAGE_DIGESTS,     /* of content and plan, 32 bytes each */
};

static int
nonsense(struct err *e)
{
	return err_set(
	    e, ERR_FORMAT, "the index process gave an answer without sense");
}

/* Twin: take_records(). The parent may be gone: then so will we be. */
static void
send_records(void *ctx, size_t i, uint64_t n_records)
{
	struct buf b = { 0 };
	struct err ignored;

	pack_uint(&b, i);
	pack_uint(&b, n_records);
	ipc_send(ctx, MESSAGE_RECORDS, buf_span(&b), -1, &ignored);
	buf_cleanup(&b);
}

static int
take_records(const struct index_job *job, struct span payload,
    const struct index_report *report, struct err *e)
{
	struct unpack u = unpack_of(payload);
	uint64_t i = unpack_uint(&u), n = unpack_uint(&u);

	if (!unpack_done(&u) || i >= job->n_inputs)
		return nonsense(e);
	if (report != NULL)
		report->records(report->ctx, job, (size_t)i, n);
	return 0;
}

/* Twin: take_outcome(). */
static int
send_outcome(struct ipc *ipc, size_t i, const struct index_outcome *outcome,
    struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_uint(&b, i);
	pack_uint(&b, outcome->refused);
	answer_pack_err(&b, &outcome->error);
	pack_span(&b, span_of(outcome->published));
	pack_uint(&b, outcome->n_missing);
	pack_span(&b, span_of(outcome->missing));
	pack_uint(&b, outcome->n_records);
	pack_uint(&b, outcome->n_added);
	pack_uint(&b, outcome->n_changed);
	pack_uint(&b, outcome->n_removed);
	pack_uint(&b, outcome->n_written);
	rc = ipc_send(ipc, MESSAGE_OUTCOME, buf_span(&b), -1, e);
	buf_cleanup(&b);
	return rc;
}

static int
take_outcome(const struct index_job *job, struct span payload, struct err *e)
{
	struct unpack u = unpack_of(payload);
	uint64_t i = unpack_uint(&u);
	struct index_outcome o = { 0 };
	struct span published, missing;

	o.refused = unpack_max(&u, 1) == 1;
	answer_unpack_err(&u, &o.error);
	published = unpack_span(&u);
	snprintf(o.published, sizeof(o.published), "%.*s", SPAN_ARG(published));
	o.n_missing = unpack_uint(&u);
	missing = unpack_span(&u);
	snprintf(o.missing, sizeof(o.missing), "%.*s", SPAN_ARG(missing));
	o.n_records = unpack_uint(&u);
	o.n_added = unpack_uint(&u);
	o.n_changed = unpack_uint(&u);
	o.n_removed = unpack_uint(&u);
	o.n_written = unpack_uint(&u);
	if (!unpack_done(&u) || i >= job->n_inputs)
		return nonsense(e);
	job->outcomes[i] = o;
	return 0;
}

/* Twin: take_done(). */
static int
send_done(struct ipc *ipc, const struct err *result, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	answer_pack_err(&b, result);
	rc = ipc_send(ipc, MESSAGE_DONE, buf_span(&b), -1, e);
	buf_cleanup(&b);
	return rc;
}

static int
take_done(struct span payload, struct err *e)
{
	struct unpack u = unpack_of(payload);

	answer_unpack_err(&u, e);
	if (!unpack_done(&u))
		return nonsense(e);
	return e->code == ERR_NONE ? 0 : -1;
}

/* --- in the index process --- */

static int
run_build(struct ipc *ipc, void *ctx)
{
	const struct index_job *job = ctx;
	struct index_progress progress = { ipc, send_records };
	struct err result = { 0 }, e;
	size_t i;

	if (family_build(job->path, job->inputs, job->n_inputs, job->outcomes,
		&progress, &result) == 0) {
		for (i = 0; i < job->n_inputs; i++)
			if (send_outcome(ipc, i, &job->outcomes[i], &e) != 0)
				return 1;
		/* A document that was refused has left its error here. */
		result = (struct err){ 0 };
	}
	return send_done(ipc, &result, &e) == 0 ? 0 : 1;
}

/* Twin: take_digests(). */
static int
run_digests(struct ipc *ipc, void *ctx)
{
	struct family_digests d;
	struct buf b = { 0 };
	struct err result = { 0 }, e;
	int rc;

	if (family_digests(ctx, &d, &result) != 0)
		return send_done(ipc, &result, &e) == 0 ? 0 : 1;
	buf_add(&b, d.content.bytes, DIGEST_SIZE);
	buf_add(&b, d.plan.bytes, DIGEST_SIZE);
	rc = ipc_send(ipc, MESSAGE_DIGESTS, buf_span(&b), -1, &e);
	buf_cleanup(&b);
	return rc == 0 ? 0 : 1;
}

/* --- in main --- */

/* The family's folder is the one place where the process may write. */
static int
spawn(struct proc *p, const char *path, struct proc_start *start, struct err *e)
{
	struct span full = span_of(path);
	struct buf folder = { 0 };
	const char *paths[2] = { NULL, NULL };
	int rc;

	buf_add_span(&folder, span_first(full, span_rfind(full, '/')));
	paths[0] = buf_str(&folder);
	start->role = ROLE_INDEX;
	start->writes = paths;
	start->bare = true;
	rc = proc_spawn(p, start, e);
	buf_cleanup(&folder);
	return rc;
}

struct running {
	struct index_job *job;
	struct proc proc;
	struct ipc_message message;
};

/* 1: more to come; 0: done; -1: the job has failed. */
static int
take_message(
    struct running *r, const struct index_report *report, struct err *e)
{
	struct ipc_message *m = &r->message;
	int rc = ipc_recv(&r->proc.ipc, m, e);

	if (rc == 0)
		return proc_wait(&r->proc, e) == 0 ? nonsense(e) : -1;
	if (rc == -1)
		return -1;
	switch ((enum message)m->type) {
	case MESSAGE_RECORDS:
		return take_records(r->job, m->payload, report, e) == 0 ? 1
									: -1;
	case MESSAGE_OUTCOME:
		return take_outcome(r->job, m->payload, e) == 0 ? 1 : -1;
	case MESSAGE_DONE:
		return take_done(m->payload, e);
	default:
		return nonsense(e);
	}
}

static void
end_job(struct running *r, int rc)
{
	if (rc == 0)
		rc = proc_wait(&r->proc, &r->job->error);
	r->job->failed = rc != 0;
	proc_kill(&r->proc);
	ipc_message_cleanup(&r->message);
	r->job = NULL;
}

static bool
start_job(struct running *r, struct index_job *job)
{
	struct proc_start start = { .run = run_build, .ctx = job };
	int *files = xmalloc(xmul(job->n_inputs + 1, sizeof(*files)));
	const struct store *store = NULL;
	size_t i;

	for (i = 0; i < job->n_inputs; i++) {
		if (job->inputs[i].file != NULL)
			files[start.n_keep++] =
			    verified_fd(job->inputs[i].file);
		else if (job->inputs[i].store != NULL)
			store = job->inputs[i].store;
	}
	if (store != NULL)
		files[start.n_keep++] = store->dirfd;
	start.keep = files;
	memset(job->outcomes, 0, job->n_inputs * sizeof(*job->outcomes));
	job->error = (struct err){ 0 };
	*r = (struct running){ .job = job, .message = { .fd = -1 } };
	job->failed = spawn(&r->proc, job->path, &start, &job->error) != 0;
	free(files);
	if (job->failed)
		r->job = NULL;
	return !job->failed;
}

/* Waits until one of them has something to say, and listens. */
static void
listen_once(struct running running[INDEX_JOBS_AT_ONCE],
    const struct index_report *report)
{
	struct pollfd fds[INDEX_JOBS_AT_ONCE];
	int i, rc;

	for (i = 0; i < INDEX_JOBS_AT_ONCE; i++)
		fds[i] = (struct pollfd){
			.fd = running[i].job == NULL ? -1
						     : running[i].proc.ipc.fd,
			.events = POLLIN,
		};
	if (poll(fds, INDEX_JOBS_AT_ONCE, -1) < 0)
		return;
	for (i = 0; i < INDEX_JOBS_AT_ONCE; i++) {
		if (running[i].job == NULL || fds[i].revents == 0)
			continue;
		rc = take_message(&running[i], report, &running[i].job->error);
		if (rc != 1)
			end_job(&running[i], rc);
	}
}

void
index_jobs_run(
    struct index_job *jobs, size_t n, const struct index_report *report)
{
	struct running running[INDEX_JOBS_AT_ONCE] = { { 0 } };
	size_t next = 0;
	int i, n_running;

	do {
		n_running = 0;
		for (i = 0; i < INDEX_JOBS_AT_ONCE; i++) {
			while (running[i].job == NULL && next < n)
				start_job(&running[i], &jobs[next++]);
			n_running += running[i].job != NULL;
		}
		if (n_running > 0)
			listen_once(running, report);
	} while (n_running > 0);
}

int
index_family_run(const char *path, const struct index_input *inputs, size_t n,
    struct index_outcome *outcomes, struct err *e)
{
	struct index_job job = { .path = path,
		.inputs = inputs,
		.n_inputs = n,
		.outcomes = outcomes };

	index_jobs_run(&job, 1, NULL);
	if (job.failed)
		*e = job.error;
	return job.failed ? -1 : 0;
}

static int
take_digests(
    const struct ipc_message *m, struct family_digests *out, struct err *e)
{
	if (m->type == MESSAGE_DONE && take_done(m->payload, e) != 0)
		return -1;
	if (m->type != MESSAGE_DIGESTS || m->payload.len != 2 * DIGEST_SIZE)
		return nonsense(e);
	memcpy(out->content.bytes, m->payload.ptr, DIGEST_SIZE);
	memcpy(out->plan.bytes, m->payload.ptr + DIGEST_SIZE, DIGEST_SIZE);
	return 0;
}

int
index_digests_run(const char *path, struct family_digests *out, struct err *e)
{
	char *copy = xstrdup(path);
	struct proc_start start = { .run = run_digests, .ctx = copy };
	struct ipc_message m = { .fd = -1 };
	struct proc p = { 0 };
	int rc = -1;

	if (spawn(&p, path, &start, e) != 0)
		goto out;
	rc = ipc_recv(&p.ipc, &m, e);
	if (rc == 0 && proc_wait(&p, e) == 0)
		nonsense(e);
	if (rc == 1 && take_digests(&m, out, e) == 0)
		rc = proc_wait(&p, e);
	else
		rc = -1;
out:
	proc_kill(&p);
	ipc_message_cleanup(&m);
	free(copy);
	return rc;
}
