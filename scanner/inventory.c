/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pack.h"
#include "eval/want.h"
#include "scanner/inventory_impl.h"

/* Twin: package_spans_read() in inventory_read.c. */
const size_t inventory_package_spans[N_PACKAGE_SPANS] = {
	offsetof(struct package, name),
	offsetof(struct package, arch),
	offsetof(struct package, version),
	offsetof(struct package, release),
	offsetof(struct package, epoch),
	offsetof(struct package, evr),
	offsetof(struct package, full_version),
	offsetof(struct package, source),
	offsetof(struct package, source_version),
	offsetof(struct package, signature_keyid),
	offsetof(struct package, modularity),
};

static void
os_release_add(struct buf *b, const struct facts *f)
{
	pack_uint(b, f->has_os_release);
	pack_span(b, f->os_id);
	pack_span(b, f->os_version_id);
	pack_span(b, f->os_codename);
	pack_span(b, f->os_name);
	pack_span(b, f->os_cpe);
}

static void
package_add(struct buf *b, const struct package *p)
{
	const char *base = (const char *)p;
	size_t i;

	pack_uint(b, p->kind);
	for (i = 0; i < N_PACKAGE_SPANS; i++)
		pack_span(b,
		    *(const struct span *)(const void *)(base +
			inventory_package_spans[i]));
	pack_uint(b, p->owns_files);
}

static void
packages_add(struct buf *b, const struct system *s)
{
	size_t i;

	for (i = 0; i < N_PACKAGE_KINDS; i++) {
		pack_uint(b, s->collected[i]);
		pack_span(b, s->collected_error[i]);
	}
	pack_uint(b, s->n_packages);
	for (i = 0; i < s->n_packages; i++)
		package_add(b, &s->packages[i]);
	pack_uint(b, s->n_package_files);
	for (i = 0; i < s->n_package_files; i++) {
		pack_span(b, s->package_files[i].path);
		pack_uint(b, s->package_files[i].package);
		pack_uint(b, s->package_files[i].flags);
	}
}

/* room: bytes that files may still have. */
static void
file_add(struct buf *b, const struct file *f, size_t *room)
{
	bool has_text =
	    f->status == FILE_PRESENT && f->type == FILE_TYPE_REGULAR;

	pack_span(b, f->path);
	if (has_text &&
	    (f->text.len > INVENTORY_FILE_MAX || f->text.len > *room)) {
		pack_uint(b, FILE_ERROR);
		pack_span(b, SPAN_LIT(INVENTORY_TOO_LARGE));
		return;
	}
	pack_uint(b, f->status);
	if (f->status == FILE_PRESENT)
		pack_uint(b, f->type);
	if (has_text || f->status == FILE_ERROR)
		pack_span(b, f->text);
	if (has_text)
		*room -= f->text.len;
}

static void
files_add(struct buf *b, const struct system *s)
{
	size_t room = INVENTORY_FILES_SIZE_MAX;
	size_t i;

	pack_uint(b, s->is_oci_manifest);
	pack_uint(b, s->n_files);
	for (i = 0; i < s->n_files; i++)
		file_add(b, &s->files[i], &room);
	pack_uint(b, s->n_asked);
	for (i = 0; i < s->n_asked; i++) {
		pack_uint(b, s->asked[i].is_pattern);
		pack_uint(b, s->asked[i].is_owner);
		pack_span(b, s->asked[i].path);
	}
}

static void
spans_add(struct buf *b, const struct span *v, size_t n)
{
	size_t i;

	pack_uint(b, n);
	for (i = 0; i < n; i++)
		pack_span(b, v[i]);
}

void
inventory_encode(const struct facts *f, struct buf *out)
{
	size_t i;

	pack_span(out, SPAN_LIT(INVENTORY_FORM));
	os_release_add(out, f);
	packages_add(out, &f->system);
	files_add(out, &f->system);
	pack_uint(out, f->n_modules);
	for (i = 0; i < f->n_modules; i++) {
		pack_span(out, f->modules[i].name);
		pack_span(out, f->modules[i].stream);
		pack_uint(out, f->modules[i].enabled);
	}
	spans_add(out, f->repositories, f->n_repositories);
	pack_uint(out, f->repositories_hint);
	spans_add(out, f->problems, f->n_problems);
}

void
inventory_digest(const struct facts *f, struct digest *out)
{
	struct buf b = { 0 };

	inventory_encode(f, &b);
	digest_of(buf_span(&b), out);
	buf_cleanup(&b);
}

void
inventory_asked(struct facts *f, const struct want_list *wants)
{
	struct arena *a = &f->system.arena;
	struct want_list l = { 0 };
	struct want *asked;
	size_t i;

	for (i = 0; i < wants->n; i++)
		if (want_kind_of(&wants->wants[i]) != WANT_PATH)
			want_list_add(&l, want_kind_of(&wants->wants[i]),
			    wants->wants[i].path);
	want_list_finish(&l);
	asked = arena_array(a, l.n, sizeof(*asked));
	for (i = 0; i < l.n; i++)
		asked[i] = want_of(
		    want_kind_of(&l.wants[i]), arena_span(a, l.wants[i].path));
	f->system.asked = asked;
	f->system.n_asked = l.n;
	f->system.has_asked = true;
	want_list_cleanup(&l);
}

void
inventory_origin_encode(const struct facts *f, struct buf *out)
{
	size_t i;

	pack_span(out, SPAN_LIT(INVENTORY_ORIGIN_FORM));
	pack_uint(out, f->transport);
	pack_span(out, f->image_digest);
	pack_span(out, f->architecture);
	pack_uint(out, f->n_layers);
	for (i = 0; i < f->n_layers; i++) {
		pack_span(out, f->layers[i].digest);
		pack_span(out, f->layers[i].created_by);
		pack_span(out, f->layers[i].created);
	}
	pack_uint(out, f->package_layers == NULL ? 0 : f->system.n_packages);
	for (i = 0; f->package_layers != NULL && i < f->system.n_packages; i++)
		pack_uint(out, f->package_layers[i]);
}
