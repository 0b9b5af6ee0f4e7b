/* SPDX-License-Identifier: Apache-2.0 */
/* Judging stored inventories, in the scan process. */
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/pack.h"
#include "scanner/inventory.h"
#include "scanner/proc_scan_impl.h"
#include "scanner/proc_scan_jobs.h"
#include "scanner/record.h"
#include "scanner/scan_machines.h"
#include "scanner/scan_memo.h"

struct judge {
	struct ipc *ipc;
	const struct index_reader *index;
	struct scan_options options;
	struct scan_memo *memo; /* NULL: each image as a whole */
	struct record_content content;
	struct arena arena; /* of the content */
	struct arena job;   /* of the one at hand */
	struct target target;
	struct span image;
	struct buf bytes;
	struct buf record;
	struct memfd_ring ring;
};

/* Twin: send_job() in proc_scan_jobs.c. */
static int
read_job(struct judge *j, const struct ipc_message *m, struct err *e)
{
	struct unpack u = unpack_of(m->payload);
	struct span document;

	arena_reset(&j->job);
	j->target.text = arena_str(&j->job, unpack_span(&u));
	j->image = arena_span(&j->job, unpack_span(&u));
	j->options.judged_at = unpack_int(&u);
	j->options.fail_on_set = unpack_max(&u, 1) == 1;
	j->options.fail_on = (enum severity)unpack_max(&u, N_SEVERITIES - 1);
	document = unpack_span(&u);
	if (!unpack_done(&u))
		return err_set(e, ERR_SYSTEM, "the main process is gone");
	j->options.document =
	    document.len > 0 ? arena_str(&j->job, document) : NULL;
	buf_reset(&j->bytes);
	return file_read_fd(m->fd, INVENTORY_SIZE_MAX, &j->bytes, e);
}

static int
judge_whole(struct judge *j, const struct facts *facts,
    struct results_verdict *v, struct err *e)
{
	struct scan scan;

	if (scan_run(&scan, facts, j->index, &j->options, e) != 0)
		return -1;
	record_make(v, &scan, &j->options, &j->content, &j->record);
	scan_cleanup(&scan);
	return 0;
}

static int
judge_one(struct judge *j, struct err *e)
{
	struct results_verdict v;
	struct facts facts;
	int rc = inventory_decode(&facts, buf_span(&j->bytes), e);

	facts.image_digest = j->image;
	if (rc == 0 && j->memo != NULL)
		rc = scan_memo_judge(
		    j->memo, &facts, &j->options, &v, &j->record, e);
	if (rc == 0)
		rc = judge_whole(j, &facts, &v, e);
	if (rc >= 0)
		rc = scan_send_verdict(j->ipc, &v, &j->ring, e);
	facts_cleanup(&facts);
	return rc;
}

static int
send_unjudged(struct judge *j, const struct err *why, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_uint(&b, why->code);
	pack_span(&b, span_of(why->msg));
	rc = ipc_send(j->ipc, SCAN_UNJUDGED, buf_span(&b), -1, e);
	buf_cleanup(&b);
	return rc;
}

/* 1: more to come; 0: that was all; -1. */
static int
take_job(struct judge *j, struct ipc_message *m, struct err *e)
{
	struct err why;
	int rc = ipc_recv(j->ipc, m, e);

	if (rc == 1 && m->type != SCAN_JOB)
		rc = 0;
	if (rc <= 0)
		return err_set(e, ERR_SYSTEM, "the main process is gone");
	if (m->fd == -1)
		return 0;
	rc = read_job(j, m, e);
	close(m->fd);
	m->fd = -1;
	if (rc == 0 && judge_one(j, &why) != 0)
		rc = send_unjudged(j, &why, e);
	return rc == 0 ? 1 : -1;
}

static void
tell_work(const struct judge *j)
{
	struct scan_memo_stats s;

	if (j->memo == NULL)
		return;
	s = scan_memo_stats(j->memo);
	log_info("scan: images by package=%llu whole=%llu runs=%llu "
		 "packages=%llu",
	    (unsigned long long)s.n_images, (unsigned long long)s.n_whole,
	    (unsigned long long)s.n_runs, (unsigned long long)s.n_packages);
}

int
scan_jobs_run(struct ipc *ipc, const struct scan_options *options,
    const struct index_reader *index, bool by_package, struct err *e)
{
	struct judge j = { .ipc = ipc, .index = index, .options = *options };
	struct ipc_message m = { .fd = -1 };
	int rc = 1;

	j.options.target = &j.target;
	j.options.findings = true;
	j.options.machines = scan_machines_new();
	memfd_ring_init(&j.ring);
	record_content_of(&j.content, index, &j.arena);
	if (by_package)
		j.memo = scan_memo_new(index, &j.content);
	while (rc == 1)
		rc = take_job(&j, &m, e);
	ipc_message_cleanup(&m);
	buf_cleanup(&j.bytes);
	buf_cleanup(&j.record);
	memfd_ring_cleanup(&j.ring);
	tell_work(&j);
	scan_memo_free(j.memo);
	scan_machines_free(j.options.machines);
	arena_cleanup(&j.job);
	arena_cleanup(&j.arena);
	return rc;
}
