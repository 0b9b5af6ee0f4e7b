/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/file.h"
#include "base/memfd.h"
#include "base/pack.h"
#include "scanner/proc_scan_impl.h"

static int
send_bytes(struct ipc *ipc, enum scan_message type, const struct buf *payload,
    struct span bytes, struct err *e)
{
	int fd, rc;

	if (memfd_of(bytes, &fd, e) != 0)
		return -1;
	rc = ipc_send(ipc, type, buf_span(payload), fd, e);
	close(fd);
	return rc;
}

int
scan_send_inventory(
    struct ipc *ipc, const struct results_inventory *i, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_digest(&b, &i->digest);
	pack_uint(&b, i->n_packages);
	pack_span(&b, i->os);
	rc = send_bytes(ipc, SCAN_INVENTORY, &b, i->bytes, e);
	buf_cleanup(&b);
	return rc;
}

int
scan_send_image(struct ipc *ipc, const struct results_image *i, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_span(&b, i->target);
	pack_span(&b, i->digest);
	pack_span(&b, i->platform);
	pack_digest(&b, &i->inventory);
	rc = send_bytes(ipc, SCAN_IMAGE, &b, i->origin, e);
	buf_cleanup(&b);
	return rc;
}

int
scan_send_verdict(struct ipc *ipc, const struct results_verdict *v,
    struct memfd_ring *ring, struct err *e)
{
	struct buf b = { 0 };
	int fd = -1;
	int rc;

	pack_digest(&b, &v->inventory);
	pack_span(&b, v->target);
	pack_span(&b, v->image);
	pack_uint(&b, v->has_policy);
	pack_digest(&b, &v->policy);
	pack_uint(&b, v->generation);
	pack_digest(&b, &v->content);
	pack_uint(&b, v->fail_on_set);
	pack_uint(&b, v->fail_on);
	pack_span(&b, v->document);
	pack_int(&b, v->judged_at);
	pack_uint(&b, v->verdict);
	pack_uint(&b, v->n_findings);
	pack_uint(&b, v->n_failing);
	if (ring == NULL)
		rc = send_bytes(ipc, SCAN_VERDICT, &b, v->record, e);
	else if ((rc = memfd_ring_fill(ring, v->record, &fd, e)) == 0)
		rc = ipc_send(ipc, SCAN_VERDICT, buf_span(&b), fd, e);
	buf_cleanup(&b);
	return rc;
}

/* --- layers --- */

static void
layer_key(
    struct buf *b, const struct digest *diff_id, const struct digest *wanted)
{
	pack_digest(b, diff_id);
	pack_digest(b, wanted);
}

/* The answer to SCAN_LAYER_GET: 1: there, 0: not, -1. */
static int
take_layer(struct ipc *ipc, struct buf *bytes, struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	struct buf read = { 0 };
	int rc = ipc_recv(ipc, &m, e);

	if (rc == 0 || (rc == 1 && m.type != SCAN_LAYER)) {
		rc = err_set(e, ERR_SYSTEM, "the main process is gone");
	} else if (rc == 1) {
		rc = m.fd == -1 ? 0 : 1;
		if (rc == 1 &&
		    file_read_fd(m.fd, RESULTS_LAYER_MAX, &read, e) != 0)
			rc = -1;
		if (rc == 1)
			buf_add_span(bytes, buf_span(&read));
	}
	if (m.fd != -1)
		close(m.fd);
	ipc_message_cleanup(&m);
	buf_cleanup(&read);
	return rc;
}

static int
get_layer(void *ctx, const struct digest *diff_id, const struct digest *wanted,
    struct buf *bytes, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	layer_key(&b, diff_id, wanted);
	rc = ipc_send(ctx, SCAN_LAYER_GET, buf_span(&b), -1, e);
	buf_cleanup(&b);
	return rc == 0 ? take_layer(ctx, bytes, e) : -1;
}

static int
put_layer(void *ctx, const struct digest *diff_id, const struct digest *wanted,
    struct span bytes, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	if (bytes.len > RESULTS_LAYER_MAX)
		return 0;
	layer_key(&b, diff_id, wanted);
	rc = send_bytes(ctx, SCAN_LAYER_PUT, &b, bytes, e);
	buf_cleanup(&b);
	return rc;
}

void
layer_cache_of(struct layer_cache *out, struct ipc *ipc)
{
	*out = (struct layer_cache){ ipc, get_layer, put_layer };
}
