/* SPDX-License-Identifier: Apache-2.0 */
/* The main process's side; the other is proc_scan_judge.c. */
#include <unistd.h>

#include "base/file.h"
#include "base/pack.h"
#include "base/proc.h"
#include "scanner/proc_scan_impl.h"
#include "scanner/proc_scan_jobs.h"

struct master {
	const struct scan_jobs *jobs;
	struct proc proc;
	struct scan_job ahead[SCAN_JOBS_AHEAD];
	size_t n; /* handed in and not answered */
	size_t first;
	bool is_last; /* all were handed in */
	struct buf bytes;
	struct buf payload;
	struct memfd_ring ring;
};

/* Twin: read_job() in proc_scan_judge.c. */
static int
send_job(struct master *m, const struct scan_job *job, struct err *e)
{
	int fd = -1;

	buf_reset(&m->payload);
	pack_span(&m->payload, job->target);
	pack_span(&m->payload, job->image);
	pack_int(&m->payload, job->judged_at);
	pack_uint(&m->payload, job->fail_on_set);
	pack_uint(&m->payload, job->fail_on);
	pack_span(&m->payload, job->document);
	if (memfd_ring_fill(&m->ring, buf_span(&m->bytes), &fd, e) != 0)
		return -1;
	return ipc_send(&m->proc.ipc, SCAN_JOB, buf_span(&m->payload), fd, e);
}

static int
hand_in(struct master *m, struct err *e)
{
	struct scan_job *job;
	int rc = 1;

	while (rc == 1 && !m->is_last && m->n < SCAN_JOBS_AHEAD) {
		job = &m->ahead[(m->first + m->n) % SCAN_JOBS_AHEAD];
		*job = (struct scan_job){ 0 };
		buf_reset(&m->bytes);
		rc = m->jobs->next(m->jobs->ctx, job, &m->bytes, e);
		if (rc == 1) {
			m->n++;
			if (send_job(m, job, e) != 0)
				rc = -1;
		} else if (rc == 0) {
			m->is_last = true;
			rc = ipc_send(&m->proc.ipc, SCAN_JOB, SPAN_NONE, -1, e);
		}
	}
	return rc < 0 ? -1 : 0;
}

static int
take_verdict(struct master *m, const struct ipc_message *msg,
    const struct scan_job *job, struct err *e)
{
	struct results_verdict v;

	if (scan_read_verdict(msg->payload, &v, e) != 0)
		return -1;
	buf_reset(&m->bytes);
	if (file_read_fd(msg->fd, RESULTS_RECORD_MAX, &m->bytes, e) != 0)
		return -1;
	v.record = buf_span(&m->bytes);
	return m->jobs->judged(m->jobs->ctx, job, &v, e);
}

static int
take_answer(struct master *m, const struct ipc_message *msg, struct err *e)
{
	const struct scan_job *job = &m->ahead[m->first];
	struct err why;

	if (msg->type == SCAN_FAILED)
		return ipc_read_err(msg->payload, ERR_MISSING, e);
	if (m->n == 0 ||
	    (msg->type == SCAN_VERDICT ? msg->fd == -1
				       : msg->type != SCAN_UNJUDGED))
		return err_set(e, ERR_SYSTEM,
		    "the scan process spoke of something unknown");
	m->first = (m->first + 1) % SCAN_JOBS_AHEAD;
	m->n--;
	if (msg->type == SCAN_VERDICT)
		return take_verdict(m, msg, job, e);
	ipc_read_err(msg->payload, ERR_MISSING, &why);
	return m->jobs->failed(m->jobs->ctx, job, &why, e);
}

static int
run(struct master *m, struct err *e)
{
	struct ipc_message msg = { .fd = -1 };
	int rc = hand_in(m, e);

	while (rc == 0 && (m->n > 0 || !m->is_last)) {
		rc = ipc_recv(&m->proc.ipc, &msg, e);
		if (rc == 1) {
			rc = take_answer(m, &msg, e);
			if (msg.fd != -1)
				close(msg.fd);
			msg.fd = -1;
		} else if (rc == 0) {
			rc = -1;
			if (proc_wait(&m->proc, e) == 0)
				err_set(e, ERR_SYSTEM,
				    "the scan process ended without an "
				    "answer");
		}
		if (rc == 0)
			rc = hand_in(m, e);
	}
	ipc_message_cleanup(&msg);
	return rc;
}

int
proc_scan_jobs(const struct scan_jobs *jobs, struct err *e)
{
	struct scan_request copy = *jobs->request;
	struct master m = { .jobs = jobs, .proc = { .ipc = { -1 } } };
	struct proc_start start = {
		.role = ROLE_SCAN, .run = scan_process, .ctx = &copy
	};
	int rc = -1;

	copy.is_jobs = true;
	copy.fetch = (struct ipc){ -1 };
	memfd_ring_init(&m.ring);
	if (proc_spawn(&m.proc, &start, e) == 0 && run(&m, e) == 0)
		rc = proc_wait(&m.proc, e);
	proc_kill(&m.proc);
	memfd_ring_cleanup(&m.ring);
	buf_cleanup(&m.bytes);
	buf_cleanup(&m.payload);
	return rc;
}
