/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "bundle/tuf_impl.h"

#define TOP_MEMBERS_MAX 16 /* of a file: "signed", "signatures", unknown */

static const struct json_node *
member(const struct json_node *n, const char *name, enum json_type type)
{
	const struct json_node *v = json_get(n, name);

	return v != NULL && v->type == type ? v : NULL;
}

const struct json_node *
tuf_object(const struct json_node *n, const char *name)
{
	return member(n, name, JSON_OBJECT);
}

const struct json_node *
tuf_array(const struct json_node *n, const char *name)
{
	return member(n, name, JSON_ARRAY);
}

struct span
tuf_text(const struct json_node *n, const char *name)
{
	return json_text(member(n, name, JSON_STRING));
}

int
tuf_number(const struct json_node *n, const char *name, uint64_t least,
    uint64_t *out, struct err *e)
{
	struct span text = json_text(member(n, name, JSON_NUMBER));

	if (parse_uint(text, INT64_MAX, out) && *out >= least)
		return 0;
	return refuse(e, REFUSAL_SHAPE, "%s is not a number of %u or more",
	    name, (unsigned)least);
}

int
tuf_count(const struct json_node *n, size_t max, const char *what, size_t *out,
    struct err *e)
{
	const struct json_node *child;

	*out = 0;
	for (child = n->child; child != NULL; child = child->next)
		++*out;
	if (*out <= max)
		return 0;
	return refuse(e, REFUSAL_SHAPE, "%zu %s: more than %zu are not read",
	    *out, what, max);
}

int
tuf_texts(const struct json_node *n, struct arena *a, size_t max,
    const struct span **out, size_t *n_out, struct err *e)
{
	const struct json_node *child;
	struct span *texts;
	size_t i = 0;

	if (tuf_count(n, max, "texts in a list", n_out, e) != 0)
		return -1;
	texts = arena_array(a, *n_out, sizeof(*texts));
	for (child = n->child; child != NULL; child = child->next) {
		if (child->type != JSON_STRING)
			return refuse(e, REFUSAL_SHAPE,
			    "a list of texts has something else in it");
		texts[i++] = child->text;
	}
	*out = texts;
	return 0;
}

int
tuf_hashes(const struct json_node *n, struct digest *sha256, struct err *e)
{
	const struct json_node *hashes = json_get(n, "hashes");
	struct span text;

	if (hashes == NULL ||
	    (hashes->type == JSON_OBJECT && hashes->child == NULL))
		return 0;
	text = tuf_text(hashes, "sha256");
	if (text.ptr == NULL)
		return refuse(e, REFUSAL_SHAPE, "hashes without a sha256");
	if (!digest_parse(text, sha256))
		return refuse(e, REFUSAL_SHAPE, "a sha256 that is none");
	return 1;
}

static int
parse_roles(const struct json_node *n, struct arena *a, struct tuf_file *out,
    struct err *e)
{
	const struct json_node *roles = tuf_object(n, "roles"), *role;
	enum tuf_type t;

	for (t = TUF_ROOT; t < N_TUF_TYPES; t++) {
		role = tuf_object(roles, tuf_type_name(t));
		if (role == NULL)
			return refuse(
			    e, REFUSAL_SHAPE, "no role %s", tuf_type_name(t));
		out->roles[t].name = span_of(tuf_type_name(t));
		if (tuf_parse_role(role, a, &out->roles[t], e) != 0)
			return err_context(e, "role %s", tuf_type_name(t));
	}
	return 0;
}

static int
parse_root(const struct json_node *n, struct arena *a, struct tuf_file *out,
    struct err *e)
{
	const struct json_node *keys = tuf_object(n, "keys");

	if (keys == NULL)
		return refuse(e, REFUSAL_SHAPE, "a root without keys");
	out->is_consistent = json_is_true(json_get(n, "consistent_snapshot"));
	if (tuf_parse_keys(keys, a, out, e) != 0)
		return -1;
	return parse_roles(n, a, out, e);
}

static int
compare_meta(const void *a, const void *b)
{
	const struct tuf_meta *x = a, *y = b;

	return span_cmp(x->name, y->name);
}

static int
parse_one_meta(const struct json_node *n, struct tuf_meta *m, struct err *e)
{
	int rc;

	m->name = n->name;
	if (tuf_number(n, "version", 1, &m->version, e) != 0)
		return -1;
	m->has_length = json_get(n, "length") != NULL;
	if (m->has_length && tuf_number(n, "length", 0, &m->size_bytes, e) != 0)
		return -1;
	rc = tuf_hashes(n, &m->sha256, e);
	m->has_sha256 = rc == 1;
	return rc < 0 ? -1 : 0;
}

static int
parse_meta(const struct json_node *n, struct arena *a, struct tuf_file *out,
    struct err *e)
{
	const struct json_node *meta = tuf_object(n, "meta"), *child;
	const char *needed =
	    out->type == TUF_SNAPSHOT ? "targets.json" : "snapshot.json";
	struct tuf_meta *list;
	size_t i = 0;

	if (meta == NULL)
		return refuse(e, REFUSAL_SHAPE, "no meta");
	if (tuf_count(meta, TUF_ROLES_MAX, "files", &out->n_meta, e) != 0)
		return -1;
	list = arena_array(a, out->n_meta, sizeof(*list));
	for (child = meta->child; child != NULL; child = child->next)
		if (parse_one_meta(child, &list[i++], e) != 0)
			return err_context(
			    e, "%.*s", SPAN_ARG(span_first(child->name, 80)));
	if (out->n_meta > 0)
		qsort(list, out->n_meta, sizeof(*list), compare_meta);
	out->meta = list;
	if (tuf_find_meta(out, span_of(needed)) == NULL)
		return refuse(e, REFUSAL_SHAPE, "%s is not listed", needed);
	return 0;
}

/* "YYYY-MM-DDTHH:MM:SSZ" and nothing else (§4.2). */
static bool
parse_expires(struct span s, int64_t *out)
{
	static const char shape[] = "0000-00-00T00:00:00Z";
	size_t i;

	if (s.len != sizeof(shape) - 1)
		return false;
	for (i = 0; i < s.len; i++)
		if (shape[i] == '0' ? !span_is_digit(s.ptr[i])
				    : s.ptr[i] != shape[i])
			return false;
	return clock_parse(s, out);
}

static int
parse_common(const struct json_node *n, struct tuf_file *out, struct err *e)
{
	struct span text = tuf_text(n, "_type");

	if (!span_is(text, tuf_type_name(out->type)))
		return refuse(e, REFUSAL_SHAPE,
		    "its type is \"%.*s\" in place of \"%s\"",
		    SPAN_ARG(span_first(text, 40)), tuf_type_name(out->type));
	text = tuf_text(n, "spec_version");
	if (!span_is(span_first(text, span_find(text, '.')), "1"))
		return refuse(e, REFUSAL_SHAPE,
		    "written by specification \"%.*s\", not 1.x",
		    SPAN_ARG(span_first(text, 40)));
	if (tuf_number(n, "version", 1, &out->version, e) != 0)
		return -1;
	text = tuf_text(n, "expires");
	if (!parse_expires(text, &out->expires))
		return refuse(e, REFUSAL_SHAPE,
		    "expires \"%.*s\" is not YYYY-MM-DDTHH:MM:SSZ",
		    SPAN_ARG(span_first(text, 40)));
	return 0;
}

static int
parse_signed(const struct json_node *n, struct arena *a, struct tuf_file *out,
    struct err *e)
{
	struct buf canonical = { 0 };

	if (canonical_add(&canonical, n, e) != 0) {
		buf_cleanup(&canonical);
		return refuse_as(e, REFUSAL_SHAPE);
	}
	out->signed_bytes = arena_span(a, buf_span(&canonical));
	buf_cleanup(&canonical);
	if (parse_common(n, out, e) != 0)
		return -1;
	switch (out->type) {
	case TUF_ROOT:
		return parse_root(n, a, out, e);
	case TUF_TARGETS:
		return tuf_parse_targets(n, a, out, e);
	case TUF_SNAPSHOT:
	case TUF_TIMESTAMP:
	case N_TUF_TYPES:
		break;
	}
	return parse_meta(n, a, out, e);
}

/* The one member of that name and type. */
static int
only(const struct json_node *n, const char *name, enum json_type type,
    const struct json_node **out, struct err *e)
{
	const struct json_node *child;
	size_t found = 0;

	for (child = n->child; child != NULL; child = child->next)
		found += span_is(child->name, name);
	*out = member(n, name, type);
	if (found == 1 && *out != NULL)
		return 0;
	return refuse(e, REFUSAL_SHAPE, "%s \"%s\"",
	    found > 1 ? "more than one" : "without", name);
}

int
tuf_parse(struct span bytes, enum tuf_type type, struct arena *a,
    struct tuf_file *out, struct err *e)
{
	const struct json_node *top, *signatures, *content;
	size_t n;

	*out = (struct tuf_file){ .type = type, .bytes = bytes };
	if (bytes.len > tuf_size_max(type))
		return refuse(e, REFUSAL_SHAPE,
		    "%zu bytes: more than %zu are not read", bytes.len,
		    tuf_size_max(type));
	if (json_parse(bytes, a, &top, e) != 0)
		return refuse_as(e, REFUSAL_SHAPE);
	if (top->type != JSON_OBJECT)
		return refuse(e, REFUSAL_SHAPE, "not a JSON object");
	if (tuf_count(top, TOP_MEMBERS_MAX, "members", &n, e) != 0 ||
	    only(top, "signed", JSON_OBJECT, &content, e) != 0 ||
	    only(top, "signatures", JSON_ARRAY, &signatures, e) != 0 ||
	    tuf_parse_signatures(signatures, a, out, e) != 0)
		return -1;
	return parse_signed(content, a, out, e);
}
