/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pack.h"
#include "scanner/inventory.h"

#define INVENTORY_FORM "scapcache inventory 1"

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
	pack_uint(b, p->kind);
	pack_span(b, p->name);
	pack_span(b, p->arch);
	pack_span(b, p->full_version);
	pack_span(b, p->source);
	pack_span(b, p->source_version);
	pack_span(b, p->signature_keyid);
	pack_span(b, p->modularity);
	pack_uint(b, p->owns_files);
}

static void
file_add(struct buf *b, const struct file *f)
{
	bool has_bytes =
	    f->status == FILE_PRESENT && f->type == FILE_TYPE_REGULAR;
	struct digest d;

	digest_of(has_bytes ? f->text : SPAN_NONE, &d);
	pack_span(b, f->path);
	pack_uint(b, f->status);
	pack_uint(b, f->type);
	buf_add(b, d.bytes, sizeof(d.bytes));
}

static void
system_add(struct buf *b, const struct system *s)
{
	size_t i;

	for (i = 0; i < N_PACKAGE_KINDS; i++)
		pack_uint(b, s->collected[i]);
	pack_uint(b, s->n_packages);
	for (i = 0; i < s->n_packages; i++)
		package_add(b, &s->packages[i]);
	pack_uint(b, s->n_package_files);
	for (i = 0; i < s->n_package_files; i++) {
		pack_span(b, s->package_files[i].path);
		pack_uint(b, s->package_files[i].package);
		pack_uint(b, s->package_files[i].flags);
	}
	pack_uint(b, s->n_files);
	for (i = 0; i < s->n_files; i++)
		file_add(b, &s->files[i]);
}

void
inventory_digest(const struct facts *f, struct digest *out)
{
	struct buf b = { 0 };
	size_t i;

	pack_span(&b, SPAN_LIT(INVENTORY_FORM));
	os_release_add(&b, f);
	system_add(&b, &f->system);
	pack_uint(&b, f->n_problems);
	for (i = 0; i < f->n_problems; i++)
		pack_span(&b, f->problems[i]);
	digest_of(buf_span(&b), out);
	buf_cleanup(&b);
}
