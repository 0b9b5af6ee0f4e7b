/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/push.h"
#include "content/registry_push.h"

/* 1: sent; 0: it was there; -1. */
static int
count(struct transfer_child *c, const struct registry_bytes *b, int rc,
    struct err *e)
{
	char hex[DIGEST_HEX_SIZE];

	if (rc == -1)
		return err_context(
		    e, "blob %.12s", digest_hex(&b->sha256, hex));
	c->result.n_blobs++;
	if (rc == 1) {
		c->result.n_sent++;
		c->result.sent_bytes += b->size_bytes;
	}
	return 0;
}

/* The manifest last: who sees it finds all blobs. */
static int
send_all(struct transfer_child *c, const struct push_list *list,
    uint64_t size_bytes, struct err *e)
{
	size_t i;

	transfer_progress(c, 0, size_bytes);
	for (i = 1; i < list->n; i++) {
		const struct registry_bytes *b = &list->blobs[i];

		if (count(c, b, registry_push_blob(c->registry, b, e), e) != 0)
			return -1;
		transfer_progress(c, b->offset + b->size_bytes, size_bytes);
	}
	c->result.manifest = list->blobs[0].sha256;
	return count(c, list->blobs,
	    registry_push_manifest(c->registry, list->blobs, e), e);
}

static int
run(struct transfer_child *c, void *ctx, struct err *e)
{
	const struct push_file *f = ctx;
	struct push_list list;
	struct arena a = { 0 };
	int rc = push_list_read(&list, f, c, &a, e);

	c->result.size_bytes = f->size_bytes;
	if (rc == 0)
		rc = send_all(c, &list, f->size_bytes, e);
	arena_cleanup(&a);
	return rc;
}

/* --- the main process' side --- */

struct pushing {
	struct push_file file;
	const struct transfer_options *options;
};

static int
pieces(void *ctx, uint64_t offset, uint64_t size_bytes, struct http_piece *out,
    size_t *n, struct err *e)
{
	const struct pushing *p = ctx;

	return push_file_pieces(&p->file, offset, size_bytes, out, n, e);
}

static void
sent(void *ctx, uint64_t offset)
{
	const struct pushing *p = ctx;

	if (p->options->progress != NULL)
		p->options->progress(
		    p->options->ctx, offset, p->file.size_bytes);
}

int
push_run(const struct transfer_options *o, const char *const *parts,
    struct transfer_result *out, struct err *e)
{
	struct pushing p = { .options = o };
	struct push_file *f = &p.file;
	const struct registry_source source = { &p, pieces, sent };
	int keep[PUSH_PARTS_MAX];
	struct transfer_work work = {
		.run = run, .ctx = f, .keep = keep, .source = &source
	};
	int rc = push_file_open(f, parts, e);

	for (; work.n_keep < f->n_parts; work.n_keep++)
		keep[work.n_keep] = f->parts[work.n_keep].fd;
	if (rc == 0)
		rc = transfer_run(o, &work, out, e);
	push_file_close(f);
	return rc;
}
