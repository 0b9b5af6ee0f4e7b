/* SPDX-License-Identifier: Apache-2.0 */
/* Who is meant: CPEs of products and purls of components, FORMATS §4.3, 4.4. */
#include "content/advisory_build.h"
#include "content/csaf_impl.h"
#include "content/purl.h"
#include "content/release.h"

enum { CPE_PART = 0, CPE_VENDOR, CPE_PRODUCT, CPE_VERSION, CPE_PARTS };

/* "cpe:/o:redhat:enterprise_linux:9::baseos", or the same as CPE 2.3. */
struct csaf_product
csaf_product_of(struct span cpe)
{
	struct csaf_product out = { .distribution = SPAN_LIT("redhat") };
	struct span parts[CPE_PARTS] = { { NULL, 0 } };
	struct span rest = cpe;
	size_t n = 0;

	if (span_has_prefix(cpe, "cpe:/"))
		rest = span_from(cpe, 5);
	else if (span_has_prefix(cpe, "cpe:2.3:"))
		rest = span_from(cpe, 8);
	while (n < CPE_PARTS && span_next(&rest, ':', &parts[n]))
		n++;
	if (n == CPE_PARTS)
		out.release = parts[CPE_VERSION];
	if (span_is(parts[CPE_VENDOR], "redhat") && out.release.len > 0 &&
	    release_is_rhel(parts[CPE_PRODUCT], &out.pocket))
		out.distribution = SPAN_LIT("rhel");
	else
		out.pocket = rest.ptr == NULL
		    ? cpe
		    : span_first(cpe, (size_t)(rest.ptr - cpe.ptr) - 1);
	return out;
}

/* "nodejs:18:9040020240807:rhel9" is the build of the stream "nodejs:18". */
static struct span
stream_of(struct span module)
{
	size_t name = span_find(module, ':');

	if (name == module.len)
		return module;
	return span_first(
	    module, name + 1 + span_find(span_from(module, name + 1), ':'));
}

/*
 * A module in the id of a component that is part of it: "python36:3.6/
 * python36.src", "golang.src::go-toolset:rhel8", "….i686.rpm-ruby:2.5".
 */
static struct span
module_in_id(struct span id)
{
	size_t slash = span_find(id, '/');
	size_t i;

	if (slash < id.len && span_find(span_first(id, slash), ':') < slash)
		return span_first(id, slash);
	for (i = 0; i < id.len; i++) {
		struct span rest = span_from(id, i);

		if (span_has_prefix(rest, "::"))
			return stream_of(span_from(rest, 2));
		if (span_has_prefix(rest, ".rpm-"))
			return stream_of(span_from(rest, 5));
	}
	return SPAN_NONE;
}

static struct span
text_of(struct buf *b, struct arena *a)
{
	struct span out = arena_span(a, buf_span(b));

	buf_cleanup(b);
	return out;
}

static struct span
joined(
    struct span left, const char *between, struct span right, struct arena *a)
{
	struct buf b = { 0 };

	buf_add_span(&b, left);
	buf_add_str(&b, between);
	buf_add_span(&b, right);
	return text_of(&b, a);
}

/* "8100020240826142629.d47b87a4": date of a module's build, and its context. */
static bool
is_module_release(struct span release)
{
	size_t dot = span_find(release, '.');
	uint8_t context[4];
	uint64_t number;

	return dot >= 14 && release.len == dot + 9 &&
	    parse_uint(span_first(release, dot), UINT64_MAX, &number) &&
	    parse_hex(span_from(release, dot + 1), context, sizeof(context));
}

static void
rpm_identity(const struct purl *p, struct arena *a, struct csaf_component *out)
{
	size_t dash = span_rfind(p->version, '-');
	struct span epoch = purl_get(p, "epoch");
	struct span module = purl_get(p, "rpmmod");
	uint64_t number;

	out->name = p->name;
	out->arch = purl_get(p, "arch");
	if (module.len > 0)
		out->module = stream_of(module);
	if (is_module_release(span_from(p->version, dash + 1))) {
		out->is_module = true;
		out->module =
		    joined(p->name, ":", span_first(p->version, dash), a);
		return;
	}
	if (epoch.len == 0)
		epoch = SPAN_LIT("0");
	if (advisory_is_version(p->version) &&
	    parse_uint(epoch, UINT32_MAX, &number))
		out->version = joined(epoch, ":", p->version, a);
	else
		out->is_odd = p->version.len > 0;
}

/* "redhat/ruby:2.6" "ruby" is a part of it; "redhat" "ruby" @2.6:… is all. */
static void
module_identity(
    const struct purl *p, struct arena *a, struct csaf_component *out)
{
	size_t slash = span_find(p->namespace, '/');

	out->name = p->name;
	if (slash < p->namespace.len) {
		out->module = span_from(p->namespace, slash + 1);
		return;
	}
	out->is_module = true;
	out->module = stream_of(
	    p->version.len > 0 ? joined(p->name, ":", p->version, a) : p->name);
}

static void
image_identity(const struct purl *p, struct span id, struct csaf_component *out)
{
	out->name = span_first(id, span_find(id, '@'));
	out->arch = purl_get(p, "arch");
	out->version = purl_get(p, "tag");
	if (out->version.len == 0)
		out->version = p->version;
}

static void
other_identity(
    const struct purl *p, struct arena *a, struct csaf_component *out)
{
	out->name = p->name;
	out->version = p->version;
	out->arch = purl_get(p, "arch");
	if (p->namespace.len > 0 && !span_is(p->namespace, "redhat"))
		out->name = joined(p->namespace, "/", p->name, a);
}

struct csaf_component
csaf_component_of(struct span id, struct span purl, struct arena *a)
{
	struct csaf_component out = { .name = id };
	struct purl p;
	struct err ignored;

	if (purl_parse(purl, a, &p, &ignored) != 0) {
		out.is_source = span_has_suffix(id, ".src");
		if (out.is_source)
			out.name.len -= 4;
		return out;
	}
	if (span_is(p.type, "rpm"))
		rpm_identity(&p, a, &out);
	else if (span_is(p.type, "rpmmod"))
		module_identity(&p, a, &out);
	else if (span_is(p.type, "oci"))
		image_identity(&p, id, &out);
	else
		other_identity(&p, a, &out);
	out.is_source = span_is(out.arch, "src");
	if (out.is_source)
		out.arch = SPAN_NONE;
	if (out.module.len == 0 && span_is(p.type, "rpm"))
		out.module = module_in_id(id);
	return out;
}
