/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scanner/package_purl.h"

static const char *const types[N_PACKAGE_KINDS] = {
	[PACKAGE_DPKG] = "deb",
	[PACKAGE_RPM] = "rpm",
	[PACKAGE_APK] = "apk",
};

/* Vendors whose namespace is not the ID of their os-release. */
static const struct vendor {
	const char *id;
	const char *namespace;
} vendors[] = {
	{ "rhel", "redhat" },
	{ "opensuse-leap", "opensuse" },
	{ "opensuse-tumbleweed", "opensuse" },
	{ "sles", "suse" },
	{ "sled", "suse" },
	{ "sl-micro", "suse" },
	{ "ol", "oracle" },
	{ "amzn", "amazon" },
};

/* Everything is escaped but what no reader may escape. */
static void
add_escaped(struct buf *b, struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (span_is_alpha(c) || span_is_digit(c) ||
		    (c != '\0' && strchr(".-_~:", c) != NULL))
			buf_add_char(b, c);
		else
			buf_printf(b, "%%%02X", (unsigned char)c);
	}
}

static void
add_name(struct buf *b, const struct package *p)
{
	size_t from = b->len;

	add_escaped(b, p->name);
	/* rpm's names are in the case that they have. */
	for (; p->kind != PACKAGE_RPM && from < b->len; from++)
		if (b->ptr[from] == '%')
			from += 2;
		else if (b->ptr[from] >= 'A' && b->ptr[from] <= 'Z')
			b->ptr[from] = (char)(b->ptr[from] + 'a' - 'A');
}

static struct span
namespace_of(const struct facts *f)
{
	size_t i;

	if (!f->has_os_release)
		return SPAN_NONE;
	for (i = 0; i < sizeof(vendors) / sizeof(*vendors); i++)
		if (span_is(f->os_id, vendors[i].id))
			return span_of(vendors[i].namespace);
	return f->os_id;
}

struct qualifiers {
	struct buf *b;
	bool any;
};

/* Call in the order of the keys. */
static void
add_qualifier(struct qualifiers *q, const char *key, struct span value)
{
	if (value.len == 0)
		return;
	buf_printf(q->b, "%c%s=", q->any ? '&' : '?', key);
	add_escaped(q->b, value);
	q->any = true;
}

/* "debian-11", the value of the qualifier distro; empty: not known. */
static void
package_distro(const struct facts *f, struct buf *b)
{
	struct span release =
	    f->os_version_id.len > 0 ? f->os_version_id : f->os_codename;

	if (!f->has_os_release)
		return;
	buf_add_span(b, f->os_id);
	if (release.len > 0)
		buf_printf(b, "-%.*s", SPAN_ARG(release));
}

/*
 * The source where it is another: "openssl" or "openssl@1.2"; of rpm the name
 * of the file, "openssl-1.2-3.src.rpm".
 */
static void
upstream(const struct package *p, struct buf *b)
{
	bool same_version = p->source_version.len == 0 ||
	    span_eq(p->source_version, p->full_version);

	if (p->kind == PACKAGE_RPM) {
		if (p->source_version.len > 0)
			buf_printf(b, "%.*s-%.*s.src.rpm", SPAN_ARG(p->source),
			    SPAN_ARG(p->source_version));
		return;
	}
	if (same_version && span_eq(p->source, p->name))
		return;
	buf_add_span(b, p->source);
	if (!same_version)
		buf_printf(b, "@%.*s", SPAN_ARG(p->source_version));
}

static void
add_qualifiers(const struct facts *f, const struct package *p, struct buf *b)
{
	struct qualifiers q = { .b = b };
	struct buf distro = { 0 };
	struct buf source = { 0 };
	bool has_arch = !span_is(p->arch, "(none)");

	package_distro(f, &distro);
	upstream(p, &source);
	add_qualifier(&q, "arch", has_arch ? p->arch : SPAN_NONE);
	add_qualifier(&q, "distro", buf_span(&distro));
	if (p->kind == PACKAGE_RPM)
		add_qualifier(&q, "epoch", p->epoch);
	add_qualifier(&q, "rpmmod", p->modularity);
	add_qualifier(&q, "upstream", buf_span(&source));
	buf_cleanup(&distro);
	buf_cleanup(&source);
}

void
package_purl(const struct facts *f, const struct package *p, struct buf *b)
{
	struct span namespace = namespace_of(f);

	buf_printf(b, "pkg:%s/", types[p->kind]);
	if (namespace.len > 0) {
		add_escaped(b, namespace);
		buf_add_char(b, '/');
	}
	add_name(b, p);
	buf_add_char(b, '@');
	if (p->kind == PACKAGE_RPM) {
		/* The epoch is a qualifier. */
		add_escaped(b, p->version);
		buf_add_char(b, '-');
		add_escaped(b, p->release);
	} else {
		add_escaped(b, p->full_version);
	}
	add_qualifiers(f, p, b);
}
