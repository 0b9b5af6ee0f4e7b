/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "bundle/import_reading.h"
#include "bundle/refusal.h"

/* --- metadata --- */

static int
too_much(struct err *e)
{
	return refuse(e, REFUSAL_SHAPE, "more than %zu bytes of metadata",
	    IMPORT_METADATA_MAX);
}

/* Two roles may have the same bytes: those of the first then. */
static struct span
bytes_of(const struct reading *r, const struct layout_part *p)
{
	const struct import_metadata *files = r->trust.files;
	size_t i;

	for (i = 0; i < r->trust.n_files; i++)
		if (digest_eq(&r->layout.parts[i].sha256, &p->sha256))
			return files[i].bytes;
	return SPAN_NONE;
}

static int
read_file(struct reading *r, const struct layout_part *p,
    struct import_metadata *out, struct err *e)
{
	struct buf bytes = { 0 };
	const struct import_into into = { .fd = -1, .buf = &bytes };
	bool has_come = import_has_come(r, &p->sha256);
	int rc = import_read_part(r, p, &into, e);

	out->name = p->name;
	out->bytes =
	    has_come ? bytes_of(r, p) : arena_span(r->arena, buf_span(&bytes));
	buf_cleanup(&bytes);
	return rc;
}

static int
read_metadata(struct reading *r, struct err *e)
{
	struct import_metadata *files;
	size_t total = 0;

	files = arena_array(r->arena, r->layout.n_parts, sizeof(*files));
	r->trust.files = files;
	for (; r->next < r->layout.n_parts; r->next++) {
		const struct layout_part *p = &r->layout.parts[r->next];

		if (p->kind != LAYOUT_IS_METADATA)
			break;
		if (p->size_bytes > IMPORT_METADATA_MAX - total)
			return too_much(e);
		total += (size_t)p->size_bytes;
		if (read_file(r, p, &files[r->trust.n_files], e) != 0)
			return -1;
		r->trust.n_files++;
	}
	return 0;
}

/* --- what is wanted --- */

static bool
is_asked(const struct import_options *o, struct span source)
{
	size_t i;

	if (o->sources == NULL || source.len == 0)
		return true;
	for (i = 0; i < o->n_sources; i++)
		if (span_eq(o->sources[i], source))
			return true;
	return false;
}

/* The result keeps those that are wanted; r->targets has all. */
static void
choose(struct reading *r)
{
	struct import_result *out = r->out;
	struct import_target *wanted =
	    arena_array(r->arena, out->n_targets, sizeof(*wanted));
	size_t i, n = 0;

	r->targets = out->targets;
	r->n_targets = out->n_targets;
	for (i = 0; i < r->n_targets; i++) {
		const struct import_target *t = &r->targets[i];

		map_add(&r->by_path, t->path, (uint32_t)i, NULL);
		if (!is_asked(r->in->options, t->custom.source))
			continue;
		map_add(&r->wanted, span_make(t->sha256.bytes, DIGEST_SIZE),
		    (uint32_t)i, NULL);
		wanted[n++] = *t;
	}
	out->targets = wanted;
	out->n_targets = n;
}

/* Digests of targets that come with the bundle, whole or as a patch. */
static void
find_carried(const struct reading *r, struct map *carried)
{
	size_t i;
	uint32_t t;

	for (i = r->next; i < r->layout.n_parts; i++)
		if (map_get(&r->by_path, r->layout.parts[i].name, &t))
			map_add(carried,
			    span_make(r->targets[t].sha256.bytes, DIGEST_SIZE),
			    0, NULL);
}

/* "kev nvd" as it is said to us. */
static void
add_sources(struct buf *b, struct span words)
{
	struct span word;
	const char *comma = "";

	buf_add_str(b, "--source ");
	while (span_next(&words, ' ', &word)) {
		buf_printf(b, "%s%.*s", comma, SPAN_ARG(word));
		comma = ",";
	}
}

/* What the message says is told, too, file by file. */
static int
incomplete(const struct reading *r, struct err *e)
{
	const struct import_result *out = r->out;
	struct buf why = { 0 };

	if (out->base.len > 0) {
		buf_printf(&why,
		    "this is a delta for whoever has snapshot %.12s: import "
		    "what brings that first, or ask for a full bundle",
		    out->base.ptr);
	} else if (out->sources.len > 0 && r->in->options->sources == NULL) {
		buf_add_str(&why,
		    "it was made of some sources only: to take them, say ");
		add_sources(&why, out->sources);
	} else {
		buf_add_str(&why, "export it again");
	}
	refuse(e, REFUSAL_INCOMPLETE, "%zu %s missing: %s", r->n_missing,
	    r->n_missing == 1 ? "file is" : "files are", buf_str(&why));
	buf_cleanup(&why);
	return -1;
}

static int
check_carried(struct reading *r, struct err *e)
{
	const struct import_sink *sink = r->in->sink;
	struct map carried = { 0 };
	uint32_t ignored;
	size_t i;

	find_carried(r, &carried);
	for (i = 0; i < r->out->n_targets; i++) {
		const struct import_target *t = &r->out->targets[i];
		struct span key = span_make(t->sha256.bytes, DIGEST_SIZE);

		if (!map_get(&carried, key, &ignored) &&
		    (sink->has == NULL || !sink->has(sink->ctx, &t->sha256)))
			import_miss(r, t->path);
	}
	map_cleanup(&carried);
	return r->n_missing == 0 ? 0 : incomplete(r, e);
}

/* --- the manifest of the generation --- */

static const struct import_target *
find_manifest(const struct reading *r)
{
	uint32_t i;

	return map_get(&r->by_path, SPAN_LIT(REPOSITORY_MANIFEST), &i)
	    ? &r->targets[i]
	    : NULL;
}

/* One that did not change is not in a delta. */
static int
load_manifest(struct reading *r, const struct import_target *t, struct err *e)
{
	const struct import_sink *sink = r->in->sink;
	int fd = -1, rc;

	if (r->manifest.len > 0)
		return 0;
	if (sink->stored == NULL ||
	    sink->stored(sink->ctx, &t->sha256, &fd, e) != 0) {
		import_miss(r, t->path);
		return incomplete(r, e);
	}
	rc = file_read_fd(fd, MANIFEST_SIZE_MAX, &r->manifest, e);
	close(fd);
	return rc;
}

/* Every document has to be a target, or nothing could be made of it. */
static int
check_documents(struct reading *r, struct err *e)
{
	const struct manifest *m = &r->out->manifest;
	struct digest d;
	uint32_t ignored;
	size_t i;

	for (i = 0; i < m->n_documents; i++) {
		const struct catalog_document *doc = &m->documents[i];

		if (is_asked(r->in->options, doc->source) &&
		    (!digest_parse(doc->sha256, &d) ||
			!map_get(&r->wanted, span_make(d.bytes, DIGEST_SIZE),
			    &ignored)))
			import_miss(r, doc->name);
	}
	return r->n_missing == 0 ? 0 : incomplete(r, e);
}

static int
check_clock(const struct reading *r, struct err *e)
{
	char made[CLOCK_TEXT_SIZE], now[CLOCK_TEXT_SIZE];
	int64_t at = r->out->manifest.made, clock = r->in->options->now;

	if (at <= clock + IMPORT_AHEAD_MAX_S)
		return 0;
	return refuse(e, REFUSAL_CLOCK,
	    "the bundle was made at %s, and the clock here says %s: set it",
	    clock_text(at, made), clock_text(clock, now));
}

static int
read_manifest(struct reading *r, struct err *e)
{
	const struct import_target *t = find_manifest(r);

	if (t == NULL)
		return refuse(
		    e, REFUSAL_SHAPE, "no role names " REPOSITORY_MANIFEST);
	if (r->next < r->layout.n_parts &&
	    span_eq(r->layout.parts[r->next].name, t->path) &&
	    import_take(r, &r->layout.parts[r->next++], e) != 0)
		return -1;
	if (load_manifest(r, t, e) != 0)
		return -1;
	if (manifest_read(arena_span(r->arena, buf_span(&r->manifest)),
		r->arena, &r->out->manifest, e) != 0)
		return -1;
	return check_clock(r, e) == 0 ? check_documents(r, e) : -1;
}

/* --- all of it --- */

static int
read_bodies(struct reading *r, struct err *e)
{
	for (; r->next < r->layout.n_parts; r->next++)
		if (import_take(r, &r->layout.parts[r->next], e) != 0)
			return -1;
	return import_read_end(r, e);
}

static int
run(struct reading *r, struct err *e)
{
	struct import_result *out = r->out;

	if (import_read_head(r, e) != 0 || read_metadata(r, e) != 0)
		return -1;
	out->base = r->layout.base_snapshot;
	out->sources = r->layout.sources;
	if (import_trust_run(&r->trust, out, e) != 0)
		return -1;
	choose(r);
	if (check_carried(r, e) != 0 || read_manifest(r, e) != 0 ||
	    read_bodies(r, e) != 0)
		return -1;
	if (r->n_missing > 0)
		return incomplete(r, e);
	out->is_replay = out->is_replay && out->n_new == 0;
	return 0;
}

int
import_stream(const struct import_stream *s, struct arena *a,
    struct import_result *out, struct err *e)
{
	struct reading r = { .in = s, .arena = a, .out = out };
	int rc;

	*out = (struct import_result){ 0 };
	r.trust.in = s;
	r.trust.arena = a;
	r.tar = tar_reader_new(&s->pull);
	r.hash = digest_new();
	rc = run(&r, e);
	import_trust_cleanup(&r.trust);
	tar_reader_free(r.tar);
	digest_free(r.hash);
	map_cleanup(&r.seen);
	map_cleanup(&r.by_path);
	map_cleanup(&r.wanted);
	map_cleanup(&r.made);
	buf_cleanup(&r.manifest);
	buf_cleanup(&r.line);
	return rc;
}
