/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/file.h"
#include "bundle/import_reading.h"
#include "bundle/patch.h"
#include "bundle/refusal.h"

void
import_miss(struct reading *r, struct span what)
{
	const struct import_sink *sink = r->in->sink;

	r->n_missing++;
	if (sink->missing != NULL)
		sink->missing(sink->ctx, what);
}

static bool
is_wanted(const struct reading *r, const struct digest *d)
{
	uint32_t ignored;

	return map_get(&r->wanted, span_make(d->bytes, DIGEST_SIZE), &ignored);
}

static bool
has(const struct reading *r, const struct digest *d)
{
	const struct import_sink *sink = r->in->sink;

	return sink->has != NULL && sink->has(sink->ctx, d);
}

/* enum import_want, or -1. */
static int
want(struct reading *r, const struct import_target *t, int *fd, struct err *e)
{
	const struct import_blob b = { r->out->bundle, t->sha256,
		t->size_bytes };
	int answer;

	if (r->in->options->verify_only)
		answer = has(r, &t->sha256) ? IMPORT_STORED : IMPORT_WRITE;
	else
		answer = r->in->sink->want(r->in->sink->ctx, &b, fd, e);
	if (answer == IMPORT_WRITE || answer == IMPORT_KEPT) {
		r->out->n_new++;
		r->out->new_bytes += t->size_bytes;
	}
	return answer;
}

static int
done(struct reading *r, const struct import_target *t, struct err *e)
{
	const struct import_blob b = { r->out->bundle, t->sha256,
		t->size_bytes };

	if (r->in->options->verify_only)
		return 0;
	return r->in->sink->done(r->in->sink->ctx, &b, e);
}

static bool
is_manifest(const struct import_target *t)
{
	return span_is(t->path, REPOSITORY_MANIFEST);
}

/* --- files --- */

/* The blob of the configuration stands before the parts. */
static int
take_config(struct reading *r, const struct import_target *t, struct err *e)
{
	int fd = -1, rc;

	if (r->has_config || !is_wanted(r, &t->sha256))
		return 0;
	r->has_config = true;
	rc = want(r, t, &fd, e);
	if (rc == IMPORT_WRITE && fd != -1)
		rc = file_write_all(fd, layout_config(), e);
	if (rc == IMPORT_WRITE)
		rc = done(r, t, e);
	if (fd != -1)
		close(fd);
	return rc == -1 ? -1 : 0;
}

static bool
is_config(const struct digest *d)
{
	struct digest config;

	digest_of(layout_config(), &config);
	return digest_eq(d, &config);
}

static int
take_target(struct reading *r, const struct layout_part *p,
    const struct import_target *t, struct err *e)
{
	struct import_into into = { .fd = -1 };
	int answer = IMPORT_STORED, rc = -1;

	if (!digest_eq(&p->sha256, &t->sha256) ||
	    p->size_bytes != t->size_bytes)
		return refuse(e, REFUSAL_UNTRUSTED,
		    "%.*s is not the file that is signed", SPAN_ARG(t->path));
	if (is_config(&t->sha256) && take_config(r, t, e) != 0)
		return -1;
	if (is_manifest(t))
		into.buf = &r->manifest;
	if (is_wanted(r, &t->sha256) && !import_has_come(r, &t->sha256))
		answer = want(r, t, &into.fd, e);
	into.pass_by = answer == IMPORT_KEPT && into.buf == NULL;
	if (answer != -1 && import_read_part(r, p, &into, e) == 0)
		rc = answer == IMPORT_WRITE ? done(r, t, e) : 0;
	if (into.fd != -1)
		close(into.fd);
	return rc;
}

/* --- patches --- */

/* Writes the target, and reads it if it is the manifest. */
static int
apply_to(struct reading *r, const struct import_target *t, const int fds[3],
    struct err *e)
{
	struct patch_head head;

	if (patch_apply(fds[0], fds[1], fds[2], &head, e) != 0)
		return err_context(e, "%.*s", SPAN_ARG(t->path));
	if (is_manifest(t) &&
	    file_read_fd(fds[2], MANIFEST_SIZE_MAX, &r->manifest, e) != 0)
		return -1;
	return done(r, t, e);
}

static int
apply(struct reading *r, const struct import_target *t, int base, int patch,
    struct err *e)
{
	int fds[3] = { base, patch, -1 };
	int rc = want(r, t, &fds[2], e);

	/* Nothing is kept, but it has to be possible. */
	if (rc == IMPORT_WRITE && r->in->options->verify_only)
		rc = r->in->sink->scratch(r->in->sink->ctx, &fds[2], e);
	if (rc == IMPORT_WRITE)
		rc = apply_to(r, t, fds, e);
	if (fds[2] != -1)
		close(fds[2]);
	return rc == -1 ? -1 : 0;
}

static bool
note_made(struct reading *r, const struct import_target *t)
{
	return map_add(
	    &r->made, span_make(t->sha256.bytes, DIGEST_SIZE), 0, NULL);
}

/* 1: *base is open; 0: it is not there; -1. */
static int
open_base(
    struct reading *r, const struct patch_head *head, int *base, struct err *e)
{
	const struct import_sink *sink = r->in->sink;

	if (sink->stored == NULL)
		return 0;
	if (sink->stored(sink->ctx, &head->base, base, e) == 0)
		return 1;
	return e->code == ERR_MISSING ? 0 : -1;
}

static int
use_patch(
    struct reading *r, const struct import_target *t, int patch, struct err *e)
{
	struct patch_head head;
	int base = -1, rc;

	if (patch_read_head(patch, &head, e) != 0)
		return err_context(e, "the patch of %.*s", SPAN_ARG(t->path));
	if (!digest_eq(&head.target, &t->sha256) ||
	    head.target_size_bytes != t->size_bytes)
		return refuse(e, REFUSAL_UNTRUSTED,
		    "the patch of %.*s makes another file than is signed",
		    SPAN_ARG(t->path));
	if (!is_wanted(r, &t->sha256) || has(r, &t->sha256)) {
		note_made(r, t);
		return 0;
	}
	rc = open_base(r, &head, &base, e);
	if (rc == 0)
		import_miss(r, t->path);
	if (rc != 1)
		return rc;
	rc = apply(r, t, base, patch, e);
	close(base);
	note_made(r, t);
	return rc;
}

/* Two targets may be the same file, and so their patches. */
static int
take_patch_again(struct reading *r, const struct layout_part *p,
    const struct import_target *t, struct err *e)
{
	const struct import_into into = { .fd = -1 };

	if (note_made(r, t))
		import_miss(r, t->path);
	return import_read_part(r, p, &into, e);
}

static int
take_patch(struct reading *r, const struct layout_part *p,
    const struct import_target *t, struct err *e)
{
	struct import_into into = { .fd = -1 };
	int rc = -1;

	if (p->size_bytes >= t->size_bytes)
		return refuse(e, REFUSAL_SHAPE,
		    "the patch of %.*s is not smaller than it",
		    SPAN_ARG(t->path));
	if (import_has_come(r, &p->sha256))
		return take_patch_again(r, p, t, e);
	if (r->in->sink->scratch(r->in->sink->ctx, &into.fd, e) != 0)
		return -1;
	if (import_read_part(r, p, &into, e) == 0)
		rc = use_patch(r, t, into.fd, e);
	close(into.fd);
	return rc;
}

int
import_take(struct reading *r, const struct layout_part *p, struct err *e)
{
	uint32_t i;

	if (!map_get(&r->by_path, p->name, &i))
		return refuse(e, REFUSAL_SHAPE,
		    "%.*s is in the bundle, and no role names it",
		    SPAN_ARG(p->name));
	if (p->kind == LAYOUT_IS_PATCH)
		return take_patch(r, p, &r->targets[i], e);
	return take_target(r, p, &r->targets[i], e);
}
