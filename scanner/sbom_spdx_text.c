/* SPDX-License-Identifier: Apache-2.0 */
/* SPDX as tag-value: "PackageName: x", a line each. */
#include "base/buf.h"
#include "scanner/sbom.h"
#include "scanner/sbom_lines.h"

#define SOURCE_INFO "built package from: " /* as Trivy has it */

void
sbom_source_info(struct sbom_component *c, struct span text)
{
	size_t blank;

	if (!span_has_prefix(text, SOURCE_INFO))
		return;
	text = span_trim(span_from(text, sizeof(SOURCE_INFO) - 1));
	blank = span_find(text, ' ');
	c->source = span_first(text, blank);
	c->source_version = span_trim(span_from(text, blank));
}

struct reader {
	struct sbom *sbom;
	struct arena arena; /* of the package at hand */
	struct sbom_component component;
	bool any;
	bool in_text; /* between <text> and </text> */
};

static int
package_end(struct reader *r, struct err *e)
{
	int rc = r->any ? sbom_add(r->sbom, &r->component, e) : 0;

	r->any = false;
	r->component = (struct sbom_component){ .is_system = false };
	arena_reset(&r->arena);
	return rc;
}

/* "PACKAGE-MANAGER purl pkg:…" */
static void
reference_read(struct reader *r, struct span value)
{
	struct span rest = value;
	struct span word = SPAN_NONE;
	size_t n = 0;

	while (n < 2 && span_next(&rest, ' ', &word))
		n += word.len > 0;
	if (n == 2 && span_is(word, "purl") && r->component.purl.len == 0)
		r->component.purl = arena_span(&r->arena, span_trim(rest));
}

static void
value_read(struct reader *r, struct span tag, struct span value)
{
	struct sbom_component *c = &r->component;

	if (span_is(tag, "PackageVersion"))
		c->version = arena_span(&r->arena, value);
	else if (span_is(tag, "ExternalRef"))
		reference_read(r, value);
	else if (span_is(tag, "PackageSourceInfo"))
		sbom_source_info(c, arena_span(&r->arena, value));
	else if (span_is(tag, "PrimaryPackagePurpose"))
		c->is_system = span_is(value, "OPERATING-SYSTEM") ||
		    span_is(value, "OPERATING_SYSTEM");
}

static struct span
without_text(struct reader *r, struct span value)
{
	if (!span_has_prefix(value, "<text>"))
		return value;
	value = span_from(value, sizeof("<text>") - 1);
	if (!span_has_suffix(value, "</text>")) {
		r->in_text = true;
		return value;
	}
	return span_first(value, value.len - (sizeof("</text>") - 1));
}

static int
line_read(struct reader *r, struct span line, struct err *e)
{
	size_t colon = span_find(line, ':');
	struct span tag = span_trim(span_first(line, colon));
	struct span value;

	if (r->in_text) {
		r->in_text = !span_has_suffix(span_trim(line), "</text>");
		return 0;
	}
	if (span_trim(line).len == 0 || *line.ptr == '#')
		return 0;
	if (colon == line.len || tag.len == 0)
		return err_set(e, ERR_FORMAT, "not a tag and its value");
	value = without_text(r, span_trim(span_from(line, colon + 1)));
	if (!span_is(tag, "PackageName")) {
		value_read(r, tag, value);
		return 0;
	}
	if (package_end(r, e) != 0)
		return -1;
	r->any = true;
	r->component.name = arena_span(&r->arena, value);
	return 0;
}

static int
line_take(void *ctx, struct span line, unsigned long n, struct err *e)
{
	return line_read(ctx, line, e) == 0 ? 0 : err_context(e, "line %lu", n);
}

int
sbom_spdx_text_read(struct sbom *s, struct stream *in, struct err *e)
{
	struct reader r = { .sbom = s };
	int rc = sbom_lines(in, line_take, &r, e);

	if (rc == 0)
		rc = package_end(&r, e);
	if (rc == 0 && r.in_text)
		rc = err_set(e, ERR_FORMAT, "ends early, in a text");
	arena_cleanup(&r.arena);
	return rc;
}
