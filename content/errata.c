/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "content/advisory_build.h"
#include "content/advisory_json.h"
#include "content/errata.h"

struct reader {
	const struct advisory_sink *sink;
	struct arena arena; /* of the erratum in hand */
	struct advisory_build build;
	struct map places; /* of statements, by all that they say but arch */
	struct buf text;
	uint64_t n_errata;
};

/* "epoch:version-release", the epoch as far as there is one. */
static struct span
evr_of(struct reader *r, const struct json_node *package)
{
	struct span epoch = json_text(json_get(package, "epoch"));
	struct span version = json_text(json_get(package, "version"));
	struct span release = json_text(json_get(package, "release"));
	uint64_t number;

	buf_reset(&r->text);
	if (!advisory_is_word(version) || !advisory_is_word(release))
		return SPAN_NONE;
	if (parse_uint(epoch, UINT32_MAX, &number))
		buf_printf(&r->text, "%u:", (unsigned)number);
	else if (epoch.len > 0)
		return SPAN_NONE;
	buf_add_span(&r->text, version);
	buf_add_char(&r->text, '-');
	buf_add_span(&r->text, release);
	if (!advisory_is_version(buf_span(&r->text)))
		return SPAN_NONE;
	return arena_span(&r->arena, buf_span(&r->text));
}

/*
 * "mariadb:10.3" of "mariadb:10.3:8050020220427075058:c5368500:x86_64".
 * Packages outside of modules are tagged with the one before them, too: only
 * a release as ".module_el8" or ".module+el8" is of one.
 */
static struct span
module_of(const struct json_node *package)
{
	struct span tag = json_text(json_get(package, "module"));
	struct span release = json_text(json_get(package, "release"));
	size_t colon = span_find(tag, ':');
	size_t i;

	for (i = 0; i < release.len; i++)
		if (span_has_prefix(span_from(release, i), ".module"))
			break;
	if (i == release.len || colon == tag.len)
		return SPAN_NONE;
	tag = span_first(
	    tag, colon + 1 + span_find(span_from(tag, colon + 1), ':'));
	return advisory_is_word(tag) ? tag : SPAN_NONE;
}

static uint32_t
place_of(struct reader *r, const struct advisory_package *p, bool *is_new)
{
	uint32_t place = (uint32_t)r->build.n_packages;

	buf_reset(&r->text);
	buf_printf(&r->text, "%d %.*s %.*s %.*s", p->is_source,
	    SPAN_ARG(p->name), SPAN_ARG(p->version), SPAN_ARG(p->module));
	*is_new = map_add(&r->places, buf_span(&r->text), place, &place);
	return place;
}

static int
read_package(struct reader *r, const struct json_node *n, struct err *e)
{
	struct span arch = json_text(json_get(n, "arch"));
	struct advisory_package p = {
		.name = json_text(json_get(n, "name")),
		.module = module_of(n),
		.is_source = span_is(arch, "src"),
	};
	struct advisory_package *known;
	uint32_t place;
	bool is_new;

	if (!advisory_is_word(p.name))
		return 0;
	p.version = evr_of(r, n);
	p.state = p.version.len > 0 ? ADVISORY_FIXED : ADVISORY_UNKNOWN;
	if (!p.is_source && advisory_is_word(arch))
		p.arch = arch;
	place = place_of(r, &p, &is_new);
	if (is_new)
		return advisory_build_package(&r->build, &p, e);
	known = &r->build.packages[place];
	if (p.arch.len == 0 || known->arch.len == 0)
		known->arch = SPAN_NONE; /* all */
	else if (!advisory_add_arch(known, p.arch, &r->arena))
		return advisory_build_package(&r->build, &p, e);
	return 0;
}

/* Whether the erratum is about security, and of which CVEs. */
static int
read_references(struct reader *r, const struct json_node *n, bool *is_security,
    struct err *e)
{
	const struct json_node *item;
	struct span text;
	struct span id;

	*is_security = advisory_is_security(json_text(json_get(n, "type")));
	if (advisory_elements(n, "references", &item, e) != 0)
		return -1;
	for (; item != NULL; item = item->next) {
		text = json_text(json_get(item, "id"));
		while (advisory_next_id(&text, &id)) {
			if (!span_has_prefix(id, "CVE-"))
				continue;
			*is_security = true;
			if (advisory_build_alias(&r->build, id, e) != 0)
				return -1;
		}
	}
	return 0;
}

static int
read_erratum(struct reader *r, const struct json_node *n, struct advisory *out,
    struct err *e)
{
	const struct json_node *item;
	bool is_security;

	out->title = json_text(json_get(n, "title"));
	out->summary = json_text(json_get(n, "description"));
	out->severity = json_text(json_get(n, "severity"));
	out->published = advisory_time(json_get(n, "issued_date"));
	out->modified = advisory_time(json_get(n, "updated_date"));
	if (read_references(r, n, &is_security, e) != 0 ||
	    advisory_elements(n, "packages", &item, e) != 0)
		return -1;
	for (; is_security && item != NULL; item = item->next)
		if (read_package(r, item, e) != 0)
			return -1;
	advisory_build_end(&r->build, out);
	return 0;
}

static int
on_record(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct reader *r = ctx;
	struct advisory a = { .raw = raw, .offset = offset };

	if (r->n_errata++ == ERRATA_MAX)
		return err_set(e, ERR_LIMIT, "more than %u errata", ERRATA_MAX);
	arena_reset(&r->arena);
	advisory_build_begin(&r->build);
	map_cleanup(&r->places);
	a.id = json_text(json_get(n, "id"));
	if (!advisory_is_id(a.id))
		return err_set(e, ERR_FORMAT, "an erratum without an id");
	if (read_erratum(r, n, &a, e) != 0)
		return err_context(e, "%.*s", SPAN_ARG(a.id));
	return r->sink->advisory(r->sink->ctx, &a, e);
}

int
errata_read(struct stream *in, const struct advisory_sink *sink,
    struct arena *a, struct advisory_about *about, struct err *e)
{
	struct reader r = { .sink = sink };
	struct json_sink json = {
		.array = "data", .ctx = &r, .record = on_record
	};
	int rc = json_read(in, &json, e);

	(void)a;
	(void)about;
	if (rc == 0 && r.n_errata == 0)
		rc = err_set(e, ERR_FORMAT, "the document has no erratum");
	arena_cleanup(&r.arena);
	advisory_build_cleanup(&r.build);
	map_cleanup(&r.places);
	buf_cleanup(&r.text);
	return rc;
}
