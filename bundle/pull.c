/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "bundle/plan.h"
#include "bundle/pull.h"
#include "bundle/refusal.h"
#include "bundle/tar.h"

#define CHUNK_SIZE ((size_t)256 * 1024)

/* All in the bundle process. */
struct pull {
	struct transfer_child *child;
	int fd;
	struct digest_ctx *hash;
	char *chunk;
	uint64_t done;
	uint64_t size_bytes;
};

static int
give(struct pull *p, struct span bytes, struct err *e)
{
	if (file_write_all(p->fd, bytes, e) != 0)
		return err_context(e, "the bundle cannot be written");
	p->done += bytes.len;
	transfer_progress(p->child, p->done, p->size_bytes);
	return 0;
}

/* Hashed as it comes; what is wrong with it is known when it is written. */
static int
give_rest(struct pull *p, struct registry_blob *b, const struct plan_step *s,
    struct err *e)
{
	uint64_t left = s->size_bytes;
	struct digest d;
	size_t n = 1;

	while (left > 0) {
		if (registry_blob_read(b, p->chunk, CHUNK_SIZE, &n, e) != 0)
			return -1;
		if (n == 0 || n > left)
			break;
		digest_update(p->hash, p->chunk, n);
		left -= n;
		if (give(p, span_make(p->chunk, n), e) != 0)
			return -1;
	}
	digest_final(p->hash, &d);
	if (left == 0 && digest_eq(&d, &s->sha256))
		return 0;
	return refuse(e, REFUSAL_UNTRUSTED,
	    "the registry has other bytes under that digest");
}

static int
give_blob(struct pull *p, const struct plan_step *s, struct err *e)
{
	struct registry_blob b;
	char hex[DIGEST_HEX_SIZE];
	int rc;

	if (s->known.ptr != NULL)
		return give(p, s->known, e);
	rc = registry_blob_open(
	    &b, p->child->registry, &s->sha256, s->size_bytes, e);
	if (rc == 0) {
		rc = give_rest(p, &b, s, e);
		registry_blob_close(&b);
	}
	if (rc != 0)
		err_context(e, "blob %.12s", digest_hex(&s->sha256, hex));
	return rc;
}

static int
give_all(
    struct pull *p, const struct layout *l, struct span manifest, struct err *e)
{
	struct plan plan;
	struct plan_step s;
	int rc = 0;

	p->size_bytes = plan_size(l, manifest);
	p->child->result.size_bytes = p->size_bytes;
	plan_init(&plan, l, manifest);
	p->child->result.manifest = plan.digest;
	while (rc == 0 && plan_next(&plan, &s) == 1) {
		rc = give(p, s.frame, e);
		if (rc == 0 && s.has_blob)
			rc = give_blob(p, &s, e);
		p->child->result.n_blobs += s.has_blob;
	}
	plan_cleanup(&plan);
	return rc;
}

/* As much as a tar can say; the sum is bounded by that, too. */
static int
check_sizes(const struct layout *l, struct err *e)
{
	size_t i;

	for (i = 0; i < l->n_parts; i++)
		if (l->parts[i].size_bytes > TAR_SIZE_MAX)
			return refuse(e, REFUSAL_SHAPE,
			    "%.*s: larger than a bundle can hold",
			    SPAN_ARG(l->parts[i].name));
	return 0;
}

/* What the user wants, where it goes. */
struct asked {
	struct registry_reference reference;
	int fd;
};

static int
run(struct transfer_child *c, void *ctx, struct err *e)
{
	const struct asked *asked = ctx;
	struct pull p = { .child = c, .fd = asked->fd };
	struct buf manifest = { 0 };
	struct arena a = { 0 };
	struct layout l;
	int rc = registry_manifest(c->registry,
	    asked->reference.has_digest ? &asked->reference.digest : NULL,
	    &manifest, e);

	if (rc == 0)
		rc = layout_read(buf_span(&manifest), &a, &l, e);
	if (rc == 0)
		rc = check_sizes(&l, e);
	if (rc == 0) {
		p.hash = digest_new();
		p.chunk = xmalloc(CHUNK_SIZE);
		rc = give_all(&p, &l, buf_span(&manifest), e);
		digest_free(p.hash);
		free(p.chunk);
	}
	arena_cleanup(&a);
	buf_cleanup(&manifest);
	return rc;
}

int
pull_run(const struct transfer_options *o, int fd, struct transfer_result *out,
    struct err *e)
{
	struct asked asked = { .fd = fd };
	const struct transfer_work work = {
		.run = run, .ctx = &asked, .keep = &fd, .n_keep = 1
	};
	struct span name =
	    span_from(span_of(o->target), span_of(REGISTRY_SCHEME).len);
	struct arena a = { 0 };
	int rc = registry_reference_parse(&asked.reference, name, &a, e);

	if (rc == 0)
		rc = transfer_run(o, &work, out, e);
	arena_cleanup(&a);
	return rc;
}
