/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/json.h"
#include "content/advisory_build.h"
#include "content/debian_tracker.h"

struct reader {
	const struct advisory_sink *sink;
	struct advisory_build build;
	struct arena arena; /* of the record being read */
	struct span source;
	struct err failed; /* within the record: without its place there */
	uint64_t n_records;
};

/* "[epoch:]upstream[-revision]" (Debian Policy 5.6.12). */
static bool
is_version(struct span s)
{
	size_t i;

	if (!advisory_is_word(s) || !span_is_digit(*s.ptr))
		return false;
	for (i = 0; i < s.len; i++)
		if (!span_is_digit(s.ptr[i]) && !span_is_alpha(s.ptr[i]) &&
		    strchr(".+-~:", s.ptr[i]) == NULL)
			return false;
	return true;
}

static struct span
string_of(const struct json_node *n, const char *name)
{
	const struct json_node *member = json_get(n, name);

	if (member == NULL || member->type != JSON_STRING)
		return SPAN_NONE;
	return member->text;
}

static void
resolved(const struct json_node *n, struct advisory_package *p)
{
	struct span version = string_of(n, "fixed_version");

	if (span_is(version, "0")) {
		p->state = ADVISORY_NOT_AFFECTED;
	} else if (is_version(version)) {
		p->state = ADVISORY_FIXED;
		p->version = version;
	} else {
		p->detail = version;
	}
}

/* Old data has "**" behind the urgency. */
static bool
is_urgency(struct span s, const char *word)
{
	while (s.len > 0 && s.ptr[s.len - 1] == '*')
		s.len--;
	return span_is(span_trim(s), word);
}

static void
still_open(const struct json_node *n, struct advisory_package *p)
{
	struct span reason = string_of(n, "nodsa_reason");

	if (is_urgency(p->severity, "end-of-life"))
		p->state = ADVISORY_END_OF_LIFE;
	else if (span_is(reason, "ignored"))
		p->state = ADVISORY_WILL_NOT_FIX;
	else if (span_is(reason, "postponed"))
		p->state = ADVISORY_DEFERRED;
	else
		p->state = ADVISORY_AFFECTED;
}

static void
read_status(const struct json_node *n, struct advisory_package *p)
{
	struct span status = string_of(n, "status");

	p->severity = string_of(n, "urgency");
	p->detail = string_of(n, "nodsa");
	if (span_is(status, "resolved"))
		resolved(n, p);
	else if (span_is(status, "open"))
		still_open(n, p);
	else if (span_is(status, "undetermined"))
		p->state = ADVISORY_NEEDS_TRIAGE;
	else
		p->detail = status;
}

static struct span
copy(struct arena *a, struct span s)
{
	return s.len == 0 ? SPAN_NONE : arena_span(a, s);
}

/* The tree of one CVE goes away before the record is whole. */
static void
keep(struct arena *a, struct advisory_package *p)
{
	p->release = copy(a, p->release);
	p->version = copy(a, p->version);
	p->severity = copy(a, p->severity);
	p->detail = copy(a, p->detail);
}

static int
read_release(
    struct reader *r, const struct json_node *n, struct span cve, struct err *e)
{
	struct advisory_package p = {
		.is_source = true,
		.cve = cve,
		.distribution = SPAN_LIT("debian"),
		.release = n->name,
		.name = r->source,
	};

	if (n->type != JSON_OBJECT)
		return err_set(e, ERR_FORMAT, "%.*s is not an object",
		    SPAN_ARG(span_first(n->name, 64)));
	if (!advisory_is_word(n->name))
		return 0;
	read_status(n, &p);
	keep(&r->arena, &p);
	return advisory_build_package(&r->build, &p, e);
}

static int
read_cve(struct reader *r, const struct json_node *n, struct err *e)
{
	const struct json_node *releases = json_get(n, "releases");
	const struct json_node *release;
	struct span cve = span_trim(n->name);

	if (!advisory_is_id(cve))
		return 0;
	if (n->type != JSON_OBJECT)
		return err_set(e, ERR_FORMAT, "it is not an object");
	if (releases != NULL && releases->type != JSON_OBJECT)
		return err_set(e, ERR_FORMAT, "releases is not an object");
	cve = arena_span(&r->arena, cve);
	if (advisory_build_alias(&r->build, cve, e) != 0)
		return -1;
	if (releases == NULL)
		return 0;
	for (release = releases->child; release != NULL;
	     release = release->next)
		if (read_release(r, release, cve, e) != 0)
			return -1;
	return 0;
}

static int
on_cve(void *ctx, const struct json_node *n, struct span raw, uint64_t offset,
    struct err *e)
{
	struct reader *r = ctx;

	(void)raw;
	(void)offset;
	if (read_cve(r, n, &r->failed) == 0)
		return 0;
	err_context(&r->failed, "%.*s", SPAN_ARG(span_first(n->name, 64)));
	*e = r->failed;
	return -1;
}

static int
read_cves(struct reader *r, struct span raw, struct err *e)
{
	const struct json_sink sink = { .ctx = r, .record = on_cve };
	int rc = json_read_span(raw, &sink, e);

	if (rc != 0 && r->failed.code != ERR_NONE)
		*e = r->failed;
	return rc;
}

static int
on_source(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct reader *r = ctx;
	struct advisory a = { .id = n->name, .raw = raw, .offset = offset };

	if (r->n_records++ == DEBIAN_TRACKER_PACKAGES_MAX)
		return err_set(e, ERR_LIMIT, "more than %u packages",
		    DEBIAN_TRACKER_PACKAGES_MAX);
	if (!advisory_is_word(n->name))
		return err_set(e, ERR_FORMAT,
		    "\"%.*s\" is not the name of a package",
		    SPAN_ARG(span_first(n->name, 64)));
	if (n->type != JSON_OBJECT)
		return err_set(
		    e, ERR_FORMAT, "%.*s is not an object", SPAN_ARG(n->name));
	arena_reset(&r->arena);
	advisory_build_begin(&r->build);
	r->source = n->name;
	if (read_cves(r, raw, e) != 0)
		return err_context(e, "%.*s", SPAN_ARG(n->name));
	advisory_build_end(&r->build, &a);
	return r->sink->advisory(r->sink->ctx, &a, e);
}

int
debian_tracker_read(struct stream *in, const struct advisory_sink *sink,
    struct arena *a, struct advisory_about *about, struct err *e)
{
	struct reader r = { .sink = sink };
	const struct json_sink json = {
		.ctx = &r,
		.record = on_source,
		.raw_only = true,
	};
	int rc = json_read(in, &json, e);

	(void)a;
	(void)about;
	if (rc == 0 && r.n_records == 0)
		rc = err_set(e, ERR_FORMAT, "the tracker lists no package");
	advisory_build_cleanup(&r.build);
	arena_cleanup(&r.arena);
	return rc;
}
