/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docs/package-list.md: what package managers print, line by line. Each line
 * is made a component with a package URL, so that it counts as one of a bill
 * of materials does.
 */
#include <stdio.h>
#include <string.h>

#include "scanner/os_release.h"
#include "scanner/sbom.h"
#include "scanner/sbom_lines.h"

#define HEAD_LINES_MAX 1000u /* of os-release */
#define FIELDS_MAX 8u

struct reader {
	struct sbom *sbom;
	struct span os_id; /* of the request, or empty */
	struct span os_release;
	struct buf head; /* the lines of os-release */
	size_t n_head;
	bool has_packages;
	size_t n_without_source;
	struct buf purl;
};

/* One package; borrows from the line. */
struct row {
	const char *type; /* "deb" */
	struct span name;
	struct span version;
	struct span arch;
	struct span source; /* or empty */
	struct span source_version;
	struct span source_rpm;
	struct span module;
	struct span keyid;
};

/* --- what is made of a row --- */

static void
add_encoded(struct buf *b, struct span text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (span_is_alpha(c) || span_is_digit(c) || c == '-' ||
		    c == '.' || c == '_')
			buf_add_char(b, c);
		else
			buf_printf(b, "%%%02X", (unsigned char)c);
	}
}

static void
add_qualifier(struct buf *b, const char *name, struct span value, bool *any)
{
	if (value.len == 0)
		return;
	buf_printf(b, "%c%s=", *any ? '&' : '?', name);
	add_encoded(b, value);
	*any = true;
}

static void
make_purl(struct reader *r, const struct row *row)
{
	struct buf distro = { 0 };
	bool any = false;

	if (r->os_id.len > 0 && r->os_release.len > 0)
		buf_printf(&distro, "%.*s-%.*s", SPAN_ARG(r->os_id),
		    SPAN_ARG(r->os_release));
	buf_reset(&r->purl);
	buf_printf(&r->purl, "pkg:%s/", row->type);
	if (r->os_id.len > 0) {
		add_encoded(&r->purl, r->os_id);
		buf_add_char(&r->purl, '/');
	}
	add_encoded(&r->purl, row->name);
	buf_add_char(&r->purl, '@');
	add_encoded(&r->purl, row->version);
	add_qualifier(&r->purl, "arch", row->arch, &any);
	add_qualifier(&r->purl, "distro", buf_span(&distro), &any);
	buf_cleanup(&distro);
}

static int
add(struct reader *r, const struct row *row, struct err *e)
{
	struct sbom_component c = { .name = row->name,
		.source = row->source,
		.source_version = row->source_version,
		.source_rpm = row->source_rpm,
		.modularity = row->module,
		.signature_keyid = row->keyid };

	make_purl(r, row);
	c.purl = buf_span(&r->purl);
	r->n_without_source += row->source.len == 0 &&
	    row->source_rpm.len == 0 && !span_is(row->name, "gpg-pubkey");
	return sbom_add(r->sbom, &c, e);
}

/* --- lines; each returns false where it is not one of its own --- */

static size_t
split(struct span line, char sep, struct span fields[FIELDS_MAX])
{
	size_t n = 0;

	while (n < FIELDS_MAX && span_next(&line, sep, &fields[n]))
		n++;
	return line.ptr == NULL ? n : FIELDS_MAX + 1;
}

static struct span
not_none(struct span s)
{
	return span_is(s, "(none)") ? SPAN_NONE : s;
}

/* 1: its files are there; 0: they are not; -1: no state of dpkg's. */
static int
dpkg_state(struct span s)
{
	static const char *const there[] = { "installed", "unpacked",
		"half-configured", "triggers-awaited", "triggers-pending",
		"half-installed" };
	size_t i;

	for (i = 0; i < sizeof(there) / sizeof(*there); i++)
		if (span_is(s, there[i]))
			return 1;
	return span_is(s, "config-files") || span_is(s, "not-installed") ? 0
									 : -1;
}

/* dpkg's name may have ":arch" behind it. */
static void
dpkg_name(struct row *row, struct span name)
{
	size_t colon = span_find(name, ':');

	row->type = "deb";
	row->name = span_first(name, colon);
	if (colon < name.len && row->arch.len == 0)
		row->arch = span_from(name, colon + 1);
}

static bool
dpkg_line(
    const struct span f[FIELDS_MAX], size_t n, struct row *row, bool *installed)
{
	if (n == 2 && f[0].len > 0 && f[1].len > 0) {
		dpkg_name(row, f[0]);
		row->version = f[1];
		return true;
	}
	if (n != 6 || dpkg_state(f[0]) == -1)
		return false;
	*installed = dpkg_state(f[0]) == 1;
	row->arch = f[3];
	dpkg_name(row, f[1]);
	row->version = f[2];
	row->source = f[4];
	row->source_version = f[5];
	return row->name.len > 0;
}

/* "RSA/SHA256, Tue 01 Jan 2026, Key ID 199e2f91fd431d51" */
static struct span
key_of(struct span signature)
{
	static const char mark[] = "Key ID ";
	const char *at = NULL;

	if (signature.len > 0)
		at = memmem(
		    signature.ptr, signature.len, mark, sizeof(mark) - 1);
	if (at == NULL)
		return SPAN_NONE;
	return span_trim(span_from(
	    signature, (size_t)(at - signature.ptr) + sizeof(mark) - 1));
}

static bool
rpm_line(const struct span f[FIELDS_MAX], size_t n, struct row *row)
{
	if (n < 4 || n > 6 ||
	    (!span_has_suffix(f[3], ".rpm") && !span_is(f[3], "(none)")))
		return false;
	row->type = "rpm";
	row->name = f[0];
	row->version = span_has_prefix(f[1], "0:") ? span_from(f[1], 2) : f[1];
	row->arch = not_none(f[2]);
	row->source_rpm = not_none(f[3]);
	row->module = n > 4 ? not_none(f[4]) : SPAN_NONE;
	row->keyid = n > 5 ? key_of(f[5]) : SPAN_NONE;
	return row->name.len > 0;
}

/* NAME-VERSION-RELEASE, from its end. */
static bool
split_name(struct span text, struct row *row)
{
	size_t release = span_rfind(text, '-');
	size_t version = span_rfind(span_first(text, release), '-');

	if (release == text.len || version >= release || version == 0)
		return false;
	row->name = span_first(text, version);
	row->version = span_from(text, version + 1);
	return row->version.len > 0;
}

static bool
is_apk_release(struct span text)
{
	struct span release = span_from(text, span_rfind(text, '-') + 1);
	uint64_t n;

	return span_has_prefix(release, "r") &&
	    parse_uint(span_from(release, 1), UINT32_MAX, &n);
}

/* "name-1.0-r0 x86_64 {origin} (licence) [installed]", or the first alone. */
static bool
apk_line(struct span line, struct row *row)
{
	struct span rest = line;
	struct span name = SPAN_NONE;
	struct span arch = SPAN_NONE;
	struct span origin = SPAN_NONE;

	(void)span_next(&rest, ' ', &name);
	if (!is_apk_release(name) || !split_name(name, row))
		return false;
	row->type = "apk";
	if (rest.ptr == NULL)
		return true;
	(void)span_next(&rest, ' ', &arch);
	if (rest.ptr == NULL || !span_next(&rest, ' ', &origin) ||
	    !span_has_prefix(origin, "{") || !span_has_suffix(origin, "}") ||
	    !span_has_suffix(line, "[installed]"))
		return false;
	row->arch = arch;
	row->source = span_make(origin.ptr + 1, origin.len - 2);
	return true;
}

/* "bash-5.1.8-6.el9.x86_64" */
static bool
rpm_name(struct span line, struct row *row)
{
	size_t dot = span_rfind(line, '.');

	row->type = "rpm";
	if (span_find(line, ' ') < line.len)
		return false;
	if (span_has_prefix(line, "gpg-pubkey-"))
		return split_name(line, row);
	row->arch = span_from(line, dot + 1);
	return row->arch.len > 0 && split_name(span_first(line, dot), row);
}

static bool
package_line(struct span line, struct row *row, bool *installed)
{
	struct span fields[FIELDS_MAX];
	size_t n = split(line, '\t', fields);

	if (n > 1)
		return dpkg_line(fields, n, row, installed) ||
		    rpm_line(fields, n, row);
	*row = (struct row){ .type = NULL };
	if (apk_line(line, row))
		return true;
	*row = (struct row){ .type = NULL };
	return rpm_name(line, row);
}

/* "KEY=": no package's name begins so. */
static bool
is_assignment(struct span line)
{
	size_t equals = span_find(line, '=');
	size_t i;

	for (i = 0; i < equals; i++)
		if (line.ptr[i] != '_' && !span_is_digit(line.ptr[i]) &&
		    (line.ptr[i] < 'A' || line.ptr[i] > 'Z'))
			return false;
	return equals > 0 && equals < line.len;
}

/* --- the whole --- */

static int
head_end(struct reader *r, struct err *e)
{
	struct sbom_component c = { .is_system = true };
	struct arena a = { 0 };
	struct os_release o;
	int rc = 0;

	if (r->n_head > 0) {
		os_release_read(&o, buf_span(&r->head), &a);
		c.name = o.id;
		c.version = o.version_id;
		c.title = o.name;
		c.cpe = o.cpe;
		c.codename = o.codename;
		rc = sbom_add(r->sbom, &c, e);
	}
	arena_cleanup(&a);
	return rc;
}

static void
bad_line(struct reader *r, unsigned long n)
{
	struct buf b = { 0 };

	buf_printf(
	    &b, "line %lu: is no package as dpkg, rpm or apk list it", n);
	sbom_problem(r->sbom, buf_span(&b));
	buf_cleanup(&b);
}

static int
line_read(void *ctx, struct span line, unsigned long n, struct err *e)
{
	struct reader *r = ctx;
	struct row row = { .type = NULL };
	bool installed = true;

	if (span_trim(line).len == 0 || line.ptr[0] == '#')
		return 0;
	if (!r->has_packages && is_assignment(line) &&
	    r->n_head < HEAD_LINES_MAX) {
		r->n_head++;
		buf_add_span(&r->head, line);
		buf_add_char(&r->head, '\n');
		return 0;
	}
	if (!r->has_packages && head_end(r, e) != 0)
		return -1;
	r->has_packages = true;
	if (!package_line(line, &row, &installed))
		bad_line(r, n);
	else if (installed)
		return add(r, &row, e);
	return 0;
}

/* Whose source nobody knows nobody has judged: the others do not count. */
static void
tell_sources(struct reader *r)
{
	struct buf b = { 0 };

	if (r->n_without_source > 0) {
		buf_printf(&b,
		    "%zu packages do not say which source they were built "
		    "from",
		    r->n_without_source);
		sbom_problem(r->sbom, buf_span(&b));
	}
	buf_cleanup(&b);
}

int
sbom_list_read(struct sbom *s, struct stream *in, struct span os, struct err *e)
{
	size_t colon = span_find(os, ':');
	struct reader r = { .sbom = s,
		.os_id = span_first(os, colon),
		.os_release = span_from(os, colon + 1) };
	int rc = sbom_lines(in, line_read, &r, e);

	if (rc == 0 && !r.has_packages)
		rc = head_end(&r, e);
	tell_sources(&r);
	buf_cleanup(&r.head);
	buf_cleanup(&r.purl);
	return rc;
}
