/* SPDX-License-Identifier: Apache-2.0 */
/* From an rpm header to a package and the files that it owns. */
#include "base/buf.h"
#include "scanner/pkgdb_rpm.h"

#define NONE "(none)" /* as rpm prints what is not there */

struct package_reader {
	struct package_list *list;
	struct rpm_header header;
	struct wanted *wanted;
};

static int
required(
    struct package_reader *r, enum rpm_tag tag, struct span *out, struct err *e)
{
	struct span s;
	int rc = rpm_header_string(&r->header, tag, &s, e);

	if (rc == 0 || (rc == 1 && s.len == 0))
		return err_set(
		    e, ERR_FORMAT, "an rpm header without tag %d", (int)tag);
	if (rc == 1)
		*out = arena_span(r->list->arena, s);
	return rc == 1 ? 0 : -1;
}

/* missing is what stands for a tag that is not there. */
static int
optional(struct package_reader *r, enum rpm_tag tag, const char *missing,
    struct span *out, struct err *e)
{
	struct span s = SPAN_NONE;
	int rc = rpm_header_string(&r->header, tag, &s, e);

	if (rc == -1)
		return -1;
	*out = rc == 1 ? arena_span(r->list->arena, s) : span_of(missing);
	return 0;
}

/* "epoch:version-release", whose parts the other fields borrow. */
static int
evr_read(struct package_reader *r, struct package *p, struct err *e)
{
	struct rpm_array epoch = { 0 };
	struct buf b = { 0 };
	int rc = rpm_header_ints(&r->header, RPM_TAG_EPOCH, &epoch, e);

	if (rc == -1 || required(r, RPM_TAG_VERSION, &p->version, e) != 0 ||
	    required(r, RPM_TAG_RELEASE, &p->release, e) != 0)
		return -1;
	buf_printf(&b, "%u:%.*s-%.*s", rc == 1 ? rpm_int(&epoch, 0) : 0,
	    SPAN_ARG(p->version), SPAN_ARG(p->release));
	p->evr = arena_span(r->list->arena, buf_span(&b));
	buf_cleanup(&b);
	p->full_version = p->evr;
	if (rc == 1)
		p->epoch = span_first(p->evr, span_find(p->evr, ':'));
	else
		p->full_version = span_from(p->evr, 2);
	return 0;
}

void
rpm_source_set(struct package *p, struct span file)
{
	struct span name;

	if (span_has_suffix(file, ".rpm"))
		file.len -= 4;
	file = span_first(file, span_rfind(file, '.'));
	name = span_first(file, span_rfind(file, '-'));
	name = span_first(name, span_rfind(name, '-'));
	/* Keys have "(none)". */
	p->source = p->name;
	if (name.len == 0 || name.len == file.len)
		return;
	p->source = name;
	p->source_version = span_from(file, name.len + 1);
}

static int
source_read(struct package_reader *r, struct package *p, struct err *e)
{
	struct span file;

	if (optional(r, RPM_TAG_SOURCERPM, "", &file, e) != 0)
		return -1;
	rpm_source_set(p, file);
	return 0;
}

/* FORMATS §7.8: the first signature that names a key. */
static int
keyid_read(struct package_reader *r, struct package *p, struct err *e)
{
	static const enum rpm_tag tags[] = { RPM_TAG_DSAHEADER,
		RPM_TAG_RSAHEADER, RPM_TAG_SIGGPG, RPM_TAG_SIGPGP };
	struct span packet;
	char text[17];
	size_t i;
	int rc;

	p->signature_keyid = SPAN_LIT(NONE);
	for (i = 0; i < sizeof(tags) / sizeof(*tags); i++) {
		rc = rpm_header_bytes(&r->header, tags[i], &packet, e);
		if (rc == -1)
			return -1;
		if (rc == 1 && rpm_signature_keyid(packet, text)) {
			p->signature_keyid =
			    arena_span(r->list->arena, span_of(text));
			return 0;
		}
	}
	return 0;
}

struct file_lists {
	struct rpm_array bases;
	struct rpm_array dirs;
	struct rpm_array indexes;
	struct rpm_array flags;
	bool has_flags;
};

static int
malformed(struct err *e)
{
	return err_set(e, ERR_FORMAT,
	    "an rpm header whose file lists do not "
	    "fit each other");
}

/* 1: it has files; 0: none; -1: malformed. */
static int
file_lists_read(const struct rpm_header *h, struct file_lists *f, struct err *e)
{
	int bases = rpm_header_strings(h, RPM_TAG_BASENAMES, &f->bases, e);
	int dirs, indexes, flags;

	if (bases != 1)
		return bases;
	dirs = rpm_header_strings(h, RPM_TAG_DIRNAMES, &f->dirs, e);
	indexes = rpm_header_ints(h, RPM_TAG_DIRINDEXES, &f->indexes, e);
	flags = rpm_header_ints(h, RPM_TAG_FILEFLAGS, &f->flags, e);
	if (dirs == -1 || indexes == -1 || flags == -1)
		return -1;
	f->has_flags = flags == 1;
	if (dirs != 1 || indexes != 1 || f->indexes.n != f->bases.n ||
	    (f->has_flags && f->flags.n != f->bases.n))
		return malformed(e);
	return 1;
}

static int
file_check(struct package_reader *r, const struct file_lists *f, uint32_t i,
    struct span dir, struct span base, struct err *e)
{
	struct buf path = { 0 };
	struct package_file file = {
		.package = (uint32_t)r->list->n_packages,
		.flags = f->has_flags ? rpm_int(&f->flags, i) : 0,
	};

	if (!wanted_owner(r->wanted, dir, base))
		return 0;
	buf_add_span(&path, dir);
	buf_add_span(&path, base);
	file.path = arena_span(r->list->arena, buf_span(&path));
	buf_cleanup(&path);
	return package_list_add_file(r->list, &file, e);
}

static int
new_files_read(struct package_reader *r, struct file_lists *f, struct err *e)
{
	struct span *dirs = NULL;
	struct arena a = { 0 };
	struct span base;
	uint32_t i = 0;
	int rc = 0;

	dirs = arena_array(&a, f->dirs.n, sizeof(*dirs));
	while (rpm_strings_next(&f->dirs, &base))
		dirs[i++] = base;
	f->dirs.n = i;
	for (i = 0; rc == 0 && rpm_strings_next(&f->bases, &base); i++) {
		uint32_t at = rpm_int(&f->indexes, i);

		rc = at < f->dirs.n ? file_check(r, f, i, dirs[at], base, e)
				    : malformed(e);
	}
	arena_cleanup(&a);
	return rc;
}

/* Whole paths, as packages had them before rpm 4. */
static int
old_files_read(struct package_reader *r, struct rpm_array *paths, struct err *e)
{
	struct file_lists none = { .has_flags = false };
	struct span path;

	while (rpm_strings_next(paths, &path)) {
		size_t at = span_rfind(path, '/');

		if (at < path.len &&
		    file_check(r, &none, 0, span_first(path, at + 1),
			span_from(path, at + 1), e) != 0)
			return -1;
	}
	return 0;
}

static int
files_read(struct package_reader *r, struct package *p, struct err *e)
{
	struct file_lists f;
	struct rpm_array old;
	int rc = file_lists_read(&r->header, &f, e);

	if (rc == 1) {
		p->owns_files = true;
		return wanted_has_owners(r->wanted) ? new_files_read(r, &f, e)
						    : 0;
	}
	if (rc == 0)
		rc = rpm_header_strings(
		    &r->header, RPM_TAG_OLDFILENAMES, &old, e);
	if (rc != 1)
		return rc;
	p->owns_files = true;
	return wanted_has_owners(r->wanted) ? old_files_read(r, &old, e) : 0;
}

int
rpm_package_read(
    struct package_list *l, struct span blob, struct wanted *w, struct err *e)
{
	struct package_reader r = { .list = l, .wanted = w };
	struct package p = { .kind = PACKAGE_RPM };
	size_t n_files = l->n_files;

	if (rpm_header_parse(&r.header, blob, e) != 0 ||
	    required(&r, RPM_TAG_NAME, &p.name, e) != 0 ||
	    optional(&r, RPM_TAG_ARCH, NONE, &p.arch, e) != 0 ||
	    evr_read(&r, &p, e) != 0 || source_read(&r, &p, e) != 0 ||
	    optional(&r, RPM_TAG_MODULARITYLABEL, NULL, &p.modularity, e) !=
		0 ||
	    keyid_read(&r, &p, e) != 0 || files_read(&r, &p, e) != 0 ||
	    package_list_add(l, &p, e) != 0) {
		l->n_files = n_files;
		return -1;
	}
	return 0;
}
