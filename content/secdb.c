/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "content/advisory_build.h"
#include "content/secdb.h"

struct reader {
	const struct advisory_sink *sink;
	struct advisory_build build;
	struct arena *arena; /* of the document */
	/* Of every statement. */
	struct span distribution;
	struct span release;
	struct span pocket;
	uint64_t n_records;
};

/* Cuts the characters that `is` accepts off *s; how many there were. */
static size_t
take(struct span *s, bool (*is)(char))
{
	size_t n = 0;

	while (n < s->len && is(s->ptr[n]))
		n++;
	*s = span_from(*s, n);
	return n;
}

static bool
take_char(struct span *s, char c)
{
	if (s->len == 0 || *s->ptr != c)
		return false;
	*s = span_from(*s, 1);
	return true;
}

static bool
is_hex(char c)
{
	return span_is_digit(c) || (c >= 'a' && c <= 'f');
}

/* Digits with dots, a letter, suffixes, a hash, a revision (FORMATS §10.3). */
static bool
is_version(struct span s)
{
	if (take(&s, span_is_digit) == 0)
		return false;
	while (take_char(&s, '.'))
		if (take(&s, span_is_digit) == 0)
			return false;
	if (s.len > 0 && span_is_lower(*s.ptr))
		s = span_from(s, 1);
	while (take_char(&s, '_')) {
		if (take(&s, span_is_lower) == 0)
			return false;
		take(&s, span_is_digit);
	}
	if (take_char(&s, '~') && take(&s, is_hex) == 0)
		return false;
	if (!take_char(&s, '-'))
		return s.len == 0;
	return take_char(&s, 'r') && take(&s, span_is_digit) > 0 && s.len == 0;
}

static int
add_id(
    struct reader *r, struct advisory_package *p, struct span id, struct err *e)
{
	uint32_t other;

	if (p->state == ADVISORY_NOT_AFFECTED &&
	    map_get(&r->build.seen, id, &other))
		return 0;
	p->cve = id;
	if (advisory_build_alias(&r->build, id, e) != 0)
		return -1;
	return advisory_build_package(&r->build, p, e);
}

/* Several in a text, and other words. */
static int
read_text(struct reader *r, struct span text, struct advisory_package *p,
    struct err *e)
{
	struct span id;

	while (advisory_next_id(&text, &id))
		if (add_id(r, p, id, e) != 0)
			return -1;
	return 0;
}

/* All ids of one version: a list, or the one that a fix is of. */
static int
read_ids(struct reader *r, const struct json_node *list,
    struct advisory_package *p, struct err *e)
{
	const struct json_node *n = list->child;

	if (list->type == JSON_STRING && p->state != ADVISORY_NOT_AFFECTED)
		return read_text(r, list->text, p, e);
	for (; n != NULL; n = n->next)
		if (read_text(r, json_text(n), p, e) != 0)
			return -1;
	return 0;
}

static void
set_version(struct advisory_package *p, struct span key)
{
	p->version = SPAN_NONE;
	p->detail = SPAN_NONE;
	if (span_is(key, "0")) {
		p->state = ADVISORY_NOT_AFFECTED;
	} else if (is_version(key)) {
		p->state = ADVISORY_FIXED;
		p->version = key;
	} else {
		p->state = ADVISORY_UNKNOWN;
		p->detail = key;
	}
}

/* "0" comes last: what a version fixes has affected the package. */
static int
read_secfixes(struct reader *r, const struct json_node *secfixes,
    struct span name, struct err *e)
{
	struct advisory_package p = {
		.is_source = true,
		.distribution = r->distribution,
		.release = r->release,
		.name = name,
		.pocket = r->pocket,
	};
	const struct json_node *n;
	int zero;

	for (zero = 0; zero <= 1; zero++)
		for (n = secfixes->child; n != NULL; n = n->next) {
			set_version(&p, n->name);
			if ((p.state == ADVISORY_NOT_AFFECTED) != (zero == 1))
				continue;
			if (read_ids(r, n, &p, e) != 0)
				return -1;
		}
	return 0;
}

static int
on_package(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct reader *r = ctx;
	const struct json_node *pkg = json_get(n, "pkg");
	const struct json_node *secfixes = json_get(pkg, "secfixes");
	struct advisory a = {
		.id = json_text(json_get(pkg, "name")),
		.raw = raw,
		.offset = offset,
	};

	if (r->n_records++ == SECDB_PACKAGES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u packages", SECDB_PACKAGES_MAX);
	if (!advisory_is_word(a.id))
		return err_set(e, ERR_FORMAT,
		    "\"%.*s\" is not the name of a package",
		    SPAN_ARG(span_first(a.id, 64)));
	advisory_build_begin(&r->build);
	if (secfixes != NULL && secfixes->type != JSON_NULL) {
		if (secfixes->type != JSON_OBJECT)
			return err_set(e, ERR_FORMAT,
			    "%.*s: secfixes is not an object", SPAN_ARG(a.id));
		if (read_secfixes(r, secfixes, a.id, e) != 0)
			return err_context(e, "%.*s", SPAN_ARG(a.id));
	}
	advisory_build_end(&r->build, &a);
	return r->sink->advisory(r->sink->ctx, &a, e);
}

static int
on_member(void *ctx, const struct json_node *n, struct err *e)
{
	struct reader *r = ctx;
	bool is_release = span_is(n->name, "distroversion");
	struct span text = json_text(n);

	if (!is_release && !span_is(n->name, "reponame"))
		return 0;
	if (r->n_records > 0)
		return err_set(e, ERR_FORMAT, "%.*s stands behind the packages",
		    SPAN_ARG(n->name));
	if (text.len > ADVISORY_ID_MAX)
		return err_set(
		    e, ERR_LIMIT, "%.*s is too long", SPAN_ARG(n->name));
	if (!is_release) {
		r->pocket = arena_span(r->arena, text);
		return 0;
	}
	if (text.len > 1 && *text.ptr == 'v' && span_is_digit(text.ptr[1]))
		text = span_from(text, 1);
	r->release = arena_span(r->arena, text);
	r->distribution = text.len > 0 ? SPAN_LIT("alpine") : SPAN_NONE;
	return 0;
}

int
secdb_read(struct stream *in, const struct advisory_sink *sink, struct arena *a,
    struct advisory_about *about, struct err *e)
{
	struct reader r = { .sink = sink, .arena = a };
	const struct json_sink json = {
		.array = "packages",
		.ctx = &r,
		.record = on_package,
		.member = on_member,
	};
	int rc = json_read(in, &json, e);

	(void)about;
	if (rc == 0 && r.n_records == 0)
		rc = err_set(e, ERR_FORMAT, "the database lists no package");
	advisory_build_cleanup(&r.build);
	return rc;
}
