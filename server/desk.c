/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>
#include <unistd.h>

#include "base/catalog.h"
#include "base/memfd.h"
#include "scanner/results.h"
#include "server/desk.h"
#include "server/desk_impl.h"
#include "server/desk_results.h"
#include "server/desk_scan.h"

static const struct desk_entry *const tables[] = { desk_catalog_entries,
	desk_results_entries, desk_scan_entries, desk_metrics_entries,
	desk_bundles_entries };

#define N_TABLES (sizeof(tables) / sizeof(*tables))

static const struct desk_entry *
find_entry(uint32_t call)
{
	const struct desk_entry *row;
	size_t i;

	for (i = 0; i < N_TABLES; i++)
		for (row = tables[i]; row->call != DESK_NONE; row++)
			if (row->call == call)
				return row;
	return NULL;
}

/* One that was lost is made anew by the next sync. */
static void
close_replaced(struct desk_server *d)
{
	struct stat st = { 0 };

	if (fstatat(d->state.dirfd, "catalog.sqlite", &st, 0) != 0)
		st.st_ino = 0;
	if (st.st_ino != d->catalog_inode) {
		db_close(d->catalog);
		d->catalog = NULL;
	}
	d->catalog_inode = st.st_ino;
}

/* A first sync, or a first scan, may have come since the last question. */
static int
open_databases(struct desk_server *d, struct err *e)
{
	close_replaced(d);
	if (d->catalog == NULL &&
	    catalog_open(&d->catalog, &d->state, DB_READ, e) != 0 &&
	    e->code != ERR_MISSING)
		return -1;
	if (desk_results(d, e) != 0 && e->code != ERR_MISSING)
		return -1;
	return 0;
}

static int
call(struct desk_server *d, const struct ipc_message *q, struct out *out,
    int *answer_fd, struct err *e)
{
	const struct desk_entry *entry = find_entry(q->type);

	if (entry == NULL)
		return err_set(
		    e, ERR_FORMAT, "there is no call %u", (unsigned)q->type);
	if (open_databases(d, e) != 0)
		return -1;
	*e = (struct err){ 0 };
	return entry->answer(d, q->payload, q->fd, out, answer_fd, e);
}

static int
send_part(struct ipc *ipc, struct span bytes, struct err *e)
{
	int fd, rc;

	if (memfd_of(bytes, &fd, e) != 0)
		return -1;
	rc = ipc_send(ipc, DESK_PART, SPAN_NONE, fd, e);
	close(fd);
	return rc;
}

static int
send_answer(struct ipc *ipc, struct span bytes, int answer_fd, struct err *e)
{
	if (bytes.len > IPC_PAYLOAD_MAX) {
		if (send_part(ipc, bytes, e) != 0)
			return -1;
		bytes = SPAN_NONE;
	}
	return ipc_send(ipc, DESK_DONE, bytes, answer_fd, e);
}

/* -1: the other side is gone. */
static int
answer(struct desk_server *d, struct ipc *ipc, const struct ipc_message *q,
    struct err *e)
{
	struct err why = { 0 };
	int answer_fd = -1, rc;
	struct out out;

	out_init(&out, -1);
	if (call(d, q, &out, &answer_fd, &why) != 0) {
		rc = ipc_send_err(ipc, DESK_FAILED, &why, e);
	} else if (out.buf.len > DESK_ANSWER_MAX) {
		err_set(&why, ERR_LIMIT, "the answer is longer than %zu bytes",
		    DESK_ANSWER_MAX);
		rc = ipc_send_err(ipc, DESK_FAILED, &why, e);
	} else {
		rc = send_answer(ipc, buf_span(&out.buf), answer_fd, e);
	}
	if (answer_fd != -1)
		close(answer_fd);
	out_cleanup(&out);
	return rc;
}

static int
next_question(struct ipc *ipc, struct ipc_message *q, struct err *e)
{
	desk_scan_wait(ipc->fd);
	return ipc_recv(ipc, q, e);
}

int
desk_run(struct ipc *ipc, struct desk_server *d, struct err *e)
{
	struct ipc_message q = { .fd = -1 };
	int rc;

	while ((rc = next_question(ipc, &q, e)) == 1) {
		rc = answer(d, ipc, &q, e);
		if (q.fd != -1)
			close(q.fd);
		q.fd = -1;
		if (rc != 0)
			break;
	}
	ipc_message_cleanup(&q);
	desk_scan_end();
	results_close(d->results);
	db_close(d->catalog);
	d->results = NULL;
	d->catalog = NULL;
	desk_told_cleanup(&d->status);
	desk_told_cleanup(&d->sources);
	return rc;
}
