/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "bundle/layout.h"
#include "bundle/refusal.h"
#include "bundle/repository.h"

/* Where a part stands in the fixed order, before its name counts. */
enum rank {
	RANK_NONE = 0,
	RANK_ROOT, /* by version */
	RANK_TIMESTAMP,
	RANK_SNAPSHOT,
	RANK_TARGETS,
	RANK_ROLE,     /* by name */
	RANK_MANIFEST, /* of the generation */
	RANK_TARGET,   /* by path */
};

struct place {
	enum rank rank;
	uint64_t version;
	struct span name;
};

struct reading {
	struct arena *arena;
	struct layout_part *parts;
	size_t n;
	struct place last;
};

static int
not_ours(const char *what, struct err *e)
{
	return refuse(e, REFUSAL_SHAPE, "the manifest of the bundle: %s", what);
}

/* --- names --- */

static bool
is_letter_of(struct span s, const char *also)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!span_is_alpha(s.ptr[i]) && !span_is_digit(s.ptr[i]) &&
		    span_find(span_of(also), s.ptr[i]) == span_of(also).len)
			return false;
	return s.len > 0;
}

static bool
is_target_name(struct span name)
{
	struct span rest = name, part;

	if (name.len > TUF_TARGET_PATH_MAX || !is_letter_of(name, "/._-+~@:="))
		return false;
	while (span_next(&rest, '/', &part))
		if (part.len == 0 || span_is(part, ".") || span_is(part, ".."))
			return false;
	return true;
}

/* "7.redhat.json" into version and "redhat". */
static bool
cut_metadata_name(struct span name, uint64_t *version, struct span *role)
{
	size_t dot = span_find(name, '.');
	size_t i;

	if (!span_has_suffix(name, ".json") || dot + 5 >= name.len ||
	    name.ptr[0] == '0' ||
	    !parse_uint(span_first(name, dot), UINT32_MAX, version))
		return false;
	*role = span_from(name, dot + 1);
	role->len -= 5;
	for (i = 0; i < role->len; i++)
		if (!span_is_lower(role->ptr[i]) &&
		    !span_is_digit(role->ptr[i]) && role->ptr[i] != '-')
			return false;
	return role->len > 0 && role->len <= TUF_ROLE_NAME_MAX;
}

static struct place
place_of_metadata(struct span name)
{
	struct place p = { 0 };

	if (span_is(name, "timestamp.json")) {
		p.rank = RANK_TIMESTAMP;
		return p;
	}
	if (!cut_metadata_name(name, &p.version, &p.name))
		return p;
	if (span_is(p.name, "root"))
		p.rank = RANK_ROOT;
	else if (span_is(p.name, "snapshot"))
		p.rank = RANK_SNAPSHOT;
	else if (span_is(p.name, "targets"))
		p.rank = RANK_TARGETS;
	else if (!span_is(p.name, "timestamp"))
		p.rank = RANK_ROLE;
	return p;
}

/* RANK_NONE: a name that no such part has. */
static struct place
place_of(const struct layout_part *part)
{
	if (part->kind == LAYOUT_IS_METADATA)
		return place_of_metadata(part->name);
	if (!is_target_name(part->name))
		return (struct place){ 0 };
	if (span_is(part->name, REPOSITORY_MANIFEST))
		return (struct place){ .rank = RANK_MANIFEST };
	return (struct place){ .rank = RANK_TARGET, .name = part->name };
}

/* Roots go up by one, names go up, of all others there is one. */
static bool
is_behind(const struct place *p, const struct place *last)
{
	if (p->rank != last->rank)
		return p->rank > last->rank;
	if (p->rank == RANK_ROOT)
		return p->version == last->version + 1;
	return span_cmp(p->name, last->name) > 0;
}

/* --- the tree --- */

static bool
kind_of(struct span type, enum layout_kind *out)
{
	if (span_is(type, LAYOUT_METADATA))
		*out = LAYOUT_IS_METADATA;
	else if (span_is(type, LAYOUT_TARGET))
		*out = LAYOUT_IS_TARGET;
	else if (span_is(type, LAYOUT_PATCH))
		*out = LAYOUT_IS_PATCH;
	else
		return false;
	return true;
}

static int
read_part(struct reading *r, const struct json_node *n, struct err *e)
{
	struct layout_part *p = &r->parts[r->n];
	struct span digest = json_text(json_get(n, "digest"));
	struct place place;

	p->name =
	    json_text(json_get(json_get(n, "annotations"), LAYOUT_FILENAME));
	if (!kind_of(json_text(json_get(n, "mediaType")), &p->kind))
		return not_ours("a layer of a kind that is not known", e);
	if (!span_has_prefix(digest, "sha256:") ||
	    !digest_parse(span_from(digest, 7), &p->sha256) ||
	    !parse_uint(
		json_text(json_get(n, "size")), INT64_MAX, &p->size_bytes))
		return not_ours("a layer without digest or size", e);
	place = place_of(p);
	if (place.rank == RANK_NONE)
		return not_ours("a layer's name is not one of a bundle", e);
	if (!is_behind(&place, &r->last))
		return not_ours("layers are not in their order", e);
	r->last = place;
	r->n++;
	return 0;
}

static int
read_parts(struct reading *r, const struct json_node *layers, struct err *e)
{
	const struct json_node *n;
	size_t count = 0;

	if (layers == NULL || layers->type != JSON_ARRAY)
		return not_ours("it has no layers", e);
	for (n = layers->child; n != NULL; n = n->next)
		count++;
	r->parts = arena_array(r->arena, count, sizeof(*r->parts));
	for (n = layers->child; n != NULL; n = n->next)
		if (read_part(r, n, e) != 0)
			return -1;
	return 0;
}

static bool
is_words(struct span s)
{
	struct span rest = s, word;

	while (span_next(&rest, ' ', &word))
		if (!is_letter_of(word, "._-"))
			return false;
	return true;
}

static int
read_annotations(
    struct layout *l, const struct json_node *annotations, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	l->base_snapshot = json_text(json_get(annotations, LAYOUT_BASE));
	l->sources = json_text(json_get(annotations, LAYOUT_SOURCES));
	if (l->base_snapshot.len > 0 &&
	    (!digest_parse(l->base_snapshot, &d) ||
		!span_is(l->base_snapshot, digest_hex(&d, hex))))
		return not_ours(LAYOUT_BASE " is no digest", e);
	if (l->sources.len > 0 && !is_words(l->sources))
		return not_ours(LAYOUT_SOURCES " names no sources", e);
	return 0;
}

/* What was not looked at above, and every byte between, is as we write it. */
static int
compare(struct span manifest, const struct layout *l, struct err *e)
{
	struct buf again = { 0 };
	int rc = 0;

	layout_manifest(&again, l);
	if (!span_eq(buf_span(&again), manifest))
		rc = not_ours("it is not as scapcache writes it", e);
	buf_cleanup(&again);
	return rc;
}

int
layout_read(
    struct span manifest, struct arena *a, struct layout *out, struct err *e)
{
	struct reading r = { .arena = a };
	const struct json_node *root;

	*out = (struct layout){ 0 };
	if (manifest.len > LAYOUT_MANIFEST_MAX)
		return not_ours("it is larger than 4 MiB", e);
	if (json_parse(manifest, a, &root, e) != 0)
		return not_ours("it is no JSON", e);
	if (!span_is(
		json_text(json_get(root, "artifactType")), LAYOUT_ARTIFACT))
		return not_ours("this is another kind of artifact", e);
	if (read_annotations(out, json_get(root, "annotations"), e) != 0 ||
	    read_parts(&r, json_get(root, "layers"), e) != 0)
		return -1;
	out->parts = r.parts;
	out->n_parts = r.n;
	return compare(manifest, out, e);
}
