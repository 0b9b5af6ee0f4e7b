/* SPDX-License-Identifier: Apache-2.0 */
#include "base/proc.h"
#include "indexer/answer.h"
#include "indexer/current.h"
#include "indexer/proc_lookup.h"

#define MESSAGE_ANSWER 1u /* the error, if any; records found */

/* --- in the process --- */

static int
ask_index(const struct lookup_request *r, struct out *out, uint64_t *n_found,
    struct err *e)
{
	struct index_reader index;
	struct lookup l = { .index = &index,
		.out = out,
		.document = r->document,
		.as_json = r->as_json,
		.raw = r->raw,
		.limit = r->limit };
	int rc = r->below == NULL
	    ? current_open(&index, r->state, e)
	    : generation_open(&index, r->state, r->below, e);

	if (rc == 0)
		rc = r->show ? lookup_show(&l, span_of(r->what), n_found, e)
			     : lookup_search(&l, span_of(r->what), n_found, e);
	index_close(&index);
	return rc;
}

static int
look_up(const struct lookup_request *r, uint64_t *n_found, struct err *e)
{
	struct out out;
	int rc;

	out_init(&out, r->fd);
	rc = r->changes != NULL ? changes_write(r->changes, &out, n_found, e)
				: ask_index(r, &out, n_found, e);
	if (rc == 0)
		rc = out_flush(&out, e);
	out_cleanup(&out);
	return rc;
}

/* Twin: take_answer(). */
static int
run(struct ipc *ipc, void *ctx)
{
	struct buf b = { 0 };
	struct err result = { 0 }, e;
	uint64_t n_found = 0;
	int rc;

	look_up(ctx, &n_found, &result);
	answer_pack_err(&b, &result);
	pack_uint(&b, n_found);
	rc = ipc_send(ipc, MESSAGE_ANSWER, buf_span(&b), -1, &e);
	buf_cleanup(&b);
	return rc == 0 ? 0 : 1;
}

/* --- in main --- */

static int
take_answer(const struct ipc_message *m, uint64_t *n_found, struct err *e)
{
	struct unpack u = unpack_of(m->payload);

	answer_unpack_err(&u, e);
	*n_found = unpack_uint(&u);
	if (m->type != MESSAGE_ANSWER || !unpack_done(&u))
		return err_set(
		    e, ERR_FORMAT, "the lookup gave an answer without sense");
	return e->code == ERR_NONE ? 0 : -1;
}

int
proc_lookup(const struct lookup_request *r, uint64_t *n_found, struct err *e)
{
	struct lookup_request copy = *r;
	struct proc_start start = {
		.role = ROLE_SCAN, .run = run, .ctx = &copy
	};
	struct ipc_message m = { .fd = -1 };
	struct proc p;
	int rc;

	if (proc_spawn(&p, &start, e) != 0)
		return -1;
	rc = ipc_recv(&p.ipc, &m, e);
	if (rc == 0 && proc_wait(&p, e) == 0)
		err_set(e, ERR_SYSTEM, "the lookup ended without an answer");
	if (rc == 1 && take_answer(&m, n_found, e) == 0)
		rc = proc_wait(&p, e);
	else
		rc = -1;
	proc_kill(&p);
	ipc_message_cleanup(&m);
	return rc;
}
