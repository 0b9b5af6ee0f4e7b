/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Only what inventory_encode() makes is taken: numbers in their shortest form,
 * lists in their order. So two inventories of one digest's facts never differ.
 */
#include "base/pack.h"
#include "eval/want.h"
#include "scanner/inventory_impl.h"

struct reader {
	struct unpack u;
	struct facts *facts;
	struct arena *arena;
	const char *bad; /* what makes no sense, or NULL */
};

static void
bad(struct reader *r, const char *what)
{
	if (r->bad == NULL)
		r->bad = what;
}

/* base/pack.h takes longer forms of a number, too. */
static uint64_t
number(struct reader *r)
{
	const char *start = r->u.rest.ptr;
	uint64_t v = unpack_uint(&r->u);
	const char *end = r->u.rest.ptr;

	if (!r->u.failed && end - start > 1 && end[-1] == 0)
		bad(r, "a number");
	return v;
}

static uint32_t
number_max(struct reader *r, uint32_t max)
{
	uint64_t v = number(r);

	if (v <= max)
		return (uint32_t)v;
	bad(r, "a number");
	return 0;
}

static bool
flag(struct reader *r)
{
	return number_max(r, 1) == 1;
}

static struct span
text(struct reader *r)
{
	uint64_t len = number(r);
	struct span s;

	if (len > r->u.rest.len) {
		bad(r, "a length");
		return SPAN_NONE;
	}
	s = span_first(r->u.rest, (size_t)len);
	r->u.rest = span_from(r->u.rest, (size_t)len);
	return s;
}

/* Items take at least so many bytes each: what is held stays in proportion. */
static size_t
count(struct reader *r, size_t least)
{
	uint64_t n = number(r);

	if (r->bad == NULL && !r->u.failed && n <= r->u.rest.len / least)
		return (size_t)n;
	bad(r, "a count");
	return 0;
}

static bool
going(const struct reader *r)
{
	return r->bad == NULL && !r->u.failed;
}

static void
read_os_release(struct reader *r)
{
	struct facts *f = r->facts;

	f->has_os_release = flag(r);
	f->os_id = text(r);
	f->os_version_id = text(r);
	f->os_codename = text(r);
	f->os_name = text(r);
	f->os_cpe = text(r);
}

static void
read_package(struct reader *r, struct package *p)
{
	char *base = (char *)p;
	size_t i;

	p->kind = (enum package_kind)number_max(r, N_PACKAGE_KINDS - 1);
	for (i = 0; i < N_PACKAGE_SPANS; i++)
		*(struct span *)(void *)(base + inventory_package_spans[i]) =
		    text(r);
	p->owns_files = flag(r);
}

struct span
inventory_packages(const struct facts *f, size_t first, size_t n)
{
	const struct package *p = &f->system.packages[first];
	const char *start = p->name.ptr - 1; /* the kind is one byte … */
	const char *end = p[n - 1].modularity.ptr + p[n - 1].modularity.len +
	    1; /* … so is this */
	size_t len;

	for (len = p->name.len; len > 0x7f; len >>= 7)
		start--;
	start--;
	return span_make(start, (size_t)(end - start));
}

static bool
in_order(const struct package *a, const struct package *b)
{
	return a->kind < b->kind ||
	    (a->kind == b->kind && span_cmp(a->name, b->name) <= 0);
}

static void
read_packages(struct reader *r)
{
	struct system *s = &r->facts->system;
	size_t n, i;

	for (i = 0; i < N_PACKAGE_KINDS; i++) {
		s->collected[i] =
		    (enum collection)number_max(r, COLLECTION_ERROR);
		s->collected_error[i] = text(r);
	}
	n = count(r, N_PACKAGE_SPANS + 2);
	s->packages = arena_array(r->arena, n, sizeof(*s->packages));
	for (i = 0; i < n && going(r); i++) {
		read_package(r, &s->packages[i]);
		if (i > 0 && !in_order(&s->packages[i - 1], &s->packages[i]))
			bad(r, "the order of packages");
	}
	s->n_packages = n;
}

static void
read_package_files(struct reader *r)
{
	struct system *s = &r->facts->system;
	struct package_file *f;
	size_t n = count(r, 3);
	size_t i;
	int order;

	s->package_files = arena_array(r->arena, n, sizeof(*f));
	for (i = 0; i < n && going(r); i++) {
		f = &s->package_files[i];
		f->path = text(r);
		f->package = number_max(r, UINT32_MAX);
		f->flags = number_max(r, UINT32_MAX);
		if (f->package >= s->n_packages)
			bad(r, "an owned file's package");
		order = i == 0 ? -1 : span_cmp(f[-1].path, f->path);
		if (order > 0 || (order == 0 && f[-1].package > f->package))
			bad(r, "the order of owned files");
	}
	s->n_package_files = n;
}

static void
read_file_entry(struct reader *r, struct file *f, size_t *room)
{
	f->is_bare = true;
	f->path = text(r);
	f->status = (enum file_status)number_max(r, FILE_ERROR);
	if (f->status == FILE_PRESENT)
		f->type = (enum file_type)number_max(r, FILE_TYPE_SOCKET);
	if (f->status == FILE_ERROR)
		f->text = text(r);
	if (f->status != FILE_PRESENT || f->type != FILE_TYPE_REGULAR)
		return;
	f->text = text(r);
	f->size_bytes = f->text.len;
	if (f->text.len > INVENTORY_FILE_MAX || f->text.len > *room)
		bad(r, "the size of a file");
	else
		*room -= f->text.len;
}

static void
read_files(struct reader *r)
{
	struct system *s = &r->facts->system;
	size_t room = INVENTORY_FILES_SIZE_MAX;
	size_t n, i;

	s->is_oci_manifest = flag(r);
	n = count(r, 2);
	s->files = arena_array(r->arena, n, sizeof(*s->files));
	for (i = 0; i < n && going(r); i++) {
		read_file_entry(r, &s->files[i], &room);
		if (i > 0 &&
		    span_cmp(s->files[i - 1].path, s->files[i].path) > 0)
			bad(r, "the order of files");
	}
	s->n_files = n;
}

static void
read_asked(struct reader *r)
{
	struct system *s = &r->facts->system;
	size_t n = count(r, 3);
	struct want *asked = arena_array(r->arena, n, sizeof(*asked));
	size_t i;

	for (i = 0; i < n && going(r); i++) {
		asked[i].is_pattern = flag(r);
		asked[i].is_owner = flag(r);
		asked[i].path = text(r);
		if (want_kind_of(&asked[i]) == WANT_PATH ||
		    (i > 0 && want_cmp(&asked[i - 1], &asked[i]) >= 0))
			bad(r, "the order of what was asked for");
	}
	s->asked = asked;
	s->n_asked = n;
	s->has_asked = true;
}

static void
read_modules(struct reader *r)
{
	struct facts *f = r->facts;
	size_t n = count(r, 3);
	size_t i;

	f->modules = arena_array(r->arena, n, sizeof(*f->modules));
	for (i = 0; i < n && going(r); i++) {
		f->modules[i].name = text(r);
		f->modules[i].stream = text(r);
		f->modules[i].enabled = flag(r);
	}
	f->n_modules = n;
}

static struct span *
read_texts(struct reader *r, size_t *n_out)
{
	size_t n = count(r, 1);
	struct span *v = arena_array(r->arena, n, sizeof(*v));
	size_t i;

	for (i = 0; i < n && going(r); i++)
		v[i] = text(r);
	*n_out = n;
	return v;
}

static int
fail(struct reader *r, const char *what, struct err *e)
{
	return err_set(e, ERR_FORMAT, "%s is damaged: %s", what,
	    r->bad != NULL    ? r->bad
		: r->u.failed ? "it ends early"
			      : "more behind its end");
}

static int
done(struct reader *r, const char *what, struct err *e)
{
	return r->bad == NULL && unpack_done(&r->u) ? 0 : fail(r, what, e);
}

static int
check_form(struct reader *r, const char *form, const char *what, struct err *e)
{
	struct span is = text(r);

	if (!going(r) || is.len > 64)
		return err_set(e, ERR_FORMAT, "%s is damaged", what);
	if (!span_is(is, form))
		return err_set(e, ERR_FORMAT,
		    "%s is of the form \"%.*s\", this program reads \"%s\": "
		    "scan the image again",
		    what, SPAN_ARG(is), form);
	return 0;
}

int
inventory_decode(struct facts *f, struct span bytes, struct err *e)
{
	struct reader r = { unpack_of(bytes), f, &f->system.arena, NULL };

	*f = (struct facts){ 0 };
	if (bytes.len > INVENTORY_SIZE_MAX)
		return err_set(e, ERR_LIMIT,
		    "the inventory is larger than %zu bytes",
		    INVENTORY_SIZE_MAX);
	if (check_form(&r, INVENTORY_FORM, "the inventory", e) != 0)
		return -1;
	read_os_release(&r);
	read_packages(&r);
	read_package_files(&r);
	read_files(&r);
	read_asked(&r);
	read_modules(&r);
	f->repositories = read_texts(&r, &f->n_repositories);
	f->repositories_hint = flag(&r);
	f->problems = read_texts(&r, &f->n_problems);
	if (done(&r, "the inventory", e) != 0)
		return -1;
	digest_of(bytes, &f->inventory_digest);
	return 0;
}

static void
read_layers(struct reader *r)
{
	struct facts *f = r->facts;
	size_t n = count(r, 3);
	size_t i;

	f->layers = arena_array(r->arena, n, sizeof(*f->layers));
	for (i = 0; i < n && going(r); i++) {
		f->layers[i].digest = text(r);
		f->layers[i].created_by = text(r);
		f->layers[i].created = text(r);
	}
	f->n_layers = n;
}

int
inventory_origin_decode(struct facts *f, struct span bytes, struct err *e)
{
	struct reader r = { unpack_of(bytes), f, &f->system.arena, NULL };
	size_t n, i;

	if (check_form(&r, INVENTORY_ORIGIN_FORM, "an image's origin", e) != 0)
		return -1;
	f->transport = (enum transport)number_max(&r, TRANSPORT_LIST);
	f->image_digest = text(&r);
	f->architecture = text(&r);
	read_layers(&r);
	n = count(&r, 1);
	if (n != 0 && n != f->system.n_packages)
		bad(&r, "the number of packages");
	f->package_layers =
	    n == 0 ? NULL : arena_array(r.arena, n, sizeof(*f->package_layers));
	for (i = 0; i < n && going(&r); i++)
		f->package_layers[i] = (uint16_t)number_max(&r, LAYER_NONE);
	return done(&r, "an image's origin", e);
}
