/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/memfd.h"
#include "base/pack.h"
#include "scanner/inventory.h"
#include "scanner/layer_facts.h"
#include "scanner/policy.h"
#include "scanner/proc_scan_impl.h"

#define KEEP_QUEUE_MAX 128u
#define KEEP_QUEUE_SIZE_MAX ((uint64_t)16 * 1024 * 1024) /* bytes, about */

/* A message that waits to be written. */
struct kept {
	uint32_t type;
	struct buf payload;
	int fd;
};

struct scan_keep {
	struct results *results; /* NULL: nothing is known and kept */
	bool writes;
	struct kept queue[KEEP_QUEUE_MAX];
	size_t n;
	uint64_t size; /* bytes behind the descriptors of the queue */
	const struct scan_request *request;
	bool policy_is_kept;
	struct buf bytes;
	/* Of the transaction, and of those before it. */
	struct kept_names {
		bool has_record;
		struct digest record;
		char image[RESULTS_NAME_SIZE];
	} now, done;
};

/*
 * Once: what cannot be kept is read again another time. Who may not write, as
 * another user, has no need to know; who can mend the file has.
 */
static void
give_up(struct scan_keep *k, const struct err *e)
{
	if (k->writes && e->code == ERR_FORMAT)
		log_warn("results: not kept: %s", e->msg);
	else if (k->writes)
		log_info("results: not kept: %s", e->msg);
	k->writes = false;
}

struct scan_keep *
scan_keep_new(const struct scan_request *r)
{
	struct scan_keep *k = xcalloc(1, sizeof(*k));
	const struct state *state = r->state;
	struct err e;

	k->request = r;
	k->writes = state != NULL;
	if (state == NULL || results_open(&k->results, state, true, &e) == 0)
		return k;
	give_up(k, &e);
	if (results_open(&k->results, state, false, &e) != 0)
		k->results = NULL;
	return k;
}

static void
drop_queue(struct scan_keep *k)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (k->queue[i].fd != -1)
			close(k->queue[i].fd);
		buf_cleanup(&k->queue[i].payload);
		k->queue[i] = (struct kept){ .fd = -1 };
	}
	k->n = 0;
	k->size = 0;
}

void
scan_keep_free(struct scan_keep *k)
{
	if (k == NULL)
		return;
	drop_queue(k);
	results_close(k->results);
	buf_cleanup(&k->bytes);
	free(k);
}

/* --- taking messages apart; twins in proc_scan_send.c --- */

static int
nonsense(struct err *e)
{
	return err_set(e, ERR_SYSTEM,
	    "the scan process sent a result that makes no sense");
}

static int
read_layer(struct span payload, struct digest *diff_id, struct digest *wanted,
    struct err *e)
{
	struct unpack u = unpack_of(payload);

	unpack_digest(&u, diff_id);
	unpack_digest(&u, wanted);
	return unpack_done(&u) ? 0 : nonsense(e);
}

/* In k->bytes, then. */
static bool
layer_is_known(struct scan_keep *k, const struct digest *diff_id,
    const struct digest *wanted)
{
	struct err e;

	buf_reset(&k->bytes);
	return results_layer_get(k->results, diff_id, wanted, &k->bytes, &e) ==
	    1 &&
	    layer_facts_sealed(buf_span(&k->bytes));
}

/*
 * What an image is judged by that came earlier stays: a process that a later
 * one took over cannot say anything else of a layer that is known.
 */
static int
write_layer(struct scan_keep *k, const struct kept *m, struct err *e)
{
	struct digest diff_id, wanted;

	if (read_layer(buf_span(&m->payload), &diff_id, &wanted, e) != 0)
		return -1;
	if (m->type == SCAN_LAYER_GET)
		return results_layer_touch(k->results, &diff_id, &wanted, e);
	if (layer_is_known(k, &diff_id, &wanted))
		return results_layer_touch(k->results, &diff_id, &wanted, e);
	buf_reset(&k->bytes);
	if (file_read_fd(m->fd, RESULTS_LAYER_MAX, &k->bytes, e) != 0)
		return -1;
	return results_layer_put(
	    k->results, &diff_id, &wanted, buf_span(&k->bytes), e);
}

static int
write_inventory(struct scan_keep *k, const struct kept *m, struct err *e)
{
	struct unpack u = unpack_of(buf_span(&m->payload));
	struct results_inventory i = { 0 };

	unpack_digest(&u, &i.digest);
	i.n_packages = unpack_uint(&u);
	i.os = unpack_span(&u);
	if (!unpack_done(&u))
		return nonsense(e);
	buf_reset(&k->bytes);
	if (file_read_fd(m->fd, INVENTORY_SIZE_MAX, &k->bytes, e) != 0)
		return -1;
	i.bytes = buf_span(&k->bytes);
	return results_inventory_put(k->results, &i, e);
}

static int
write_image(struct scan_keep *k, const struct kept *m, struct err *e)
{
	struct unpack u = unpack_of(buf_span(&m->payload));
	struct results_image i = { 0 };

	i.target = unpack_span(&u);
	i.digest = unpack_span(&u);
	i.platform = unpack_span(&u);
	unpack_digest(&u, &i.inventory);
	if (!unpack_done(&u))
		return nonsense(e);
	buf_reset(&k->bytes);
	if (file_read_fd(m->fd, INVENTORY_ORIGIN_MAX, &k->bytes, e) != 0)
		return -1;
	i.origin = buf_span(&k->bytes);
	results_image_name(&i, k->now.image);
	return results_image_put(k->results, &i, e);
}

/* Read from the file that main opened itself. */
static int
write_policy(struct scan_keep *k, struct err *e)
{
	const struct scan_request *r = k->request;

	if (k->policy_is_kept || r->policy_fd == -1)
		return 0;
	buf_reset(&k->bytes);
	if (file_read_fd(r->policy_fd, POLICY_SIZE_MAX, &k->bytes, e) != 0 ||
	    results_policy_put(k->results, buf_span(&k->bytes),
		span_of(r->policy_name), e) != 0)
		return -1;
	k->policy_is_kept = true;
	return 0;
}

int
scan_read_verdict(struct span payload, struct results_verdict *v, struct err *e)
{
	struct unpack u = unpack_of(payload);

	*v = (struct results_verdict){ 0 };
	unpack_digest(&u, &v->inventory);
	v->target = unpack_span(&u);
	v->image = unpack_span(&u);
	v->has_policy = unpack_max(&u, 1) == 1;
	unpack_digest(&u, &v->policy);
	v->generation = unpack_uint(&u);
	unpack_digest(&u, &v->content);
	v->fail_on_set = unpack_max(&u, 1) == 1;
	v->fail_on = unpack_max(&u, N_SEVERITIES - 1);
	v->document = unpack_span(&u);
	v->judged_at = unpack_int(&u);
	v->verdict = unpack_max(&u, VERDICT_UNKNOWN);
	v->n_findings = unpack_uint(&u);
	v->n_failing = unpack_uint(&u);
	return unpack_done(&u) ? 0 : nonsense(e);
}

static int
write_verdict(struct scan_keep *k, const struct kept *m, struct err *e)
{
	struct results_verdict v;

	if (scan_read_verdict(buf_span(&m->payload), &v, e) != 0)
		return -1;
	if (v.has_policy && write_policy(k, e) != 0)
		return -1;
	buf_reset(&k->bytes);
	if (file_read_fd(m->fd, RESULTS_RECORD_MAX, &k->bytes, e) != 0)
		return -1;
	v.record = buf_span(&k->bytes);
	if (results_verdict_put(k->results, &v, e) != 0)
		return -1;
	k->now.has_record = true;
	k->now.record = v.digest;
	return 0;
}

/* --- writing --- */

static int
write_one(struct scan_keep *k, const struct kept *m, struct err *e)
{
	switch (m->type) {
	case SCAN_INVENTORY:
		return write_inventory(k, m, e);
	case SCAN_IMAGE:
		return write_image(k, m, e);
	case SCAN_VERDICT:
		return write_verdict(k, m, e);
	default:
		return write_layer(k, m, e);
	}
}

static int
write_queue(struct scan_keep *k, struct err *e)
{
	bool trim = false;
	size_t i;

	if (results_begin(k->results, e) != 0)
		return -1;
	for (i = 0; i < k->n; i++) {
		if (write_one(k, &k->queue[i], e) != 0)
			return -1;
		trim = trim || k->queue[i].type == SCAN_LAYER_PUT;
	}
	if (trim && results_layers_trim(k->results, e) != 0)
		return -1;
	return results_commit(k->results, e);
}

void
scan_keep_flush(struct scan_keep *k)
{
	struct err e;

	if (k->n > 0 && k->writes && write_queue(k, &e) != 0) {
		results_rollback(k->results);
		give_up(k, &e);
		k->now = k->done;
	}
	k->done = k->now;
	drop_queue(k);
}

void
scan_keep_tell(const struct scan_keep *k, struct scan_answer *answer)
{
	size_t i;

	answer->has_record = k->done.has_record;
	answer->record = k->done.record;
	for (i = 0; i < RESULTS_NAME_SIZE; i++)
		answer->image[i] = k->done.image[i];
}

static uint64_t
size_behind(int fd)
{
	struct stat st;

	return fd == -1 || fstat(fd, &st) != 0 ? 0 : (uint64_t)st.st_size;
}

static void
enqueue(struct scan_keep *k, struct ipc_message *m)
{
	struct kept *q;

	if (k->n == KEEP_QUEUE_MAX || k->size > KEEP_QUEUE_SIZE_MAX)
		scan_keep_flush(k);
	if (!k->writes)
		return;
	k->size += size_behind(m->fd);
	q = &k->queue[k->n++];
	*q = (struct kept){ .type = m->type, .fd = m->fd };
	buf_add_span(&q->payload, m->payload);
	m->fd = -1;
}

static int
hand_over_layer(
    struct scan_keep *k, struct ipc *ipc, struct ipc_message *m, struct err *e)
{
	struct digest diff_id, wanted;
	struct err why;
	int fd = -1;
	int rc;

	if (read_layer(m->payload, &diff_id, &wanted, e) != 0)
		return -1;
	buf_reset(&k->bytes);
	if (k->results != NULL &&
	    results_layer_get(k->results, &diff_id, &wanted, &k->bytes, &why) ==
		1 &&
	    memfd_of(buf_span(&k->bytes), &fd, &why) == 0)
		enqueue(k, m);
	rc = ipc_send(ipc, SCAN_LAYER, SPAN_NONE, fd, e);
	if (fd != -1)
		close(fd);
	return rc;
}

/* A scan process speaks of its own image alone, or of its platforms. */
static int
check_target(
    const struct scan_keep *k, const struct ipc_message *m, struct err *e)
{
	struct unpack u = unpack_of(m->payload);
	struct span own = span_of(k->request->target);
	struct span target, platform;

	if (m->type != SCAN_IMAGE && m->type != SCAN_VERDICT)
		return 0;
	if (m->type == SCAN_VERDICT)
		unpack_span(&u); /* the inventory's digest */
	target = unpack_span(&u);
	platform = span_from(target, own.len);
	if (!u.failed && span_has_prefix(target, k->request->target) &&
	    (platform.len == 0 || span_has_prefix(platform, ", ")))
		return 0;
	return nonsense(e);
}

int
scan_keep_handle(
    struct scan_keep *k, struct ipc *ipc, struct ipc_message *m, struct err *e)
{
	switch (m->type) {
	case SCAN_LAYER_GET:
		return hand_over_layer(k, ipc, m, e) == 0 ? 1 : -1;
	case SCAN_LAYER_PUT:
	case SCAN_INVENTORY:
	case SCAN_IMAGE:
	case SCAN_VERDICT:
		if (m->fd == -1)
			return nonsense(e);
		if (check_target(k, m, e) != 0)
			return -1;
		enqueue(k, m);
		return 1;
	default:
		return 0;
	}
}
