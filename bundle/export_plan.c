/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "bundle/export_impl.h"
#include "schema_catalog.h"

/* Where a mirrored file came from. */
struct origin {
	struct span path; /* <host>/<path> */
	struct span source;
};

struct planning {
	struct export_plan *plan;
	struct db *catalog;
	const struct export_options *options;
	struct origin *origins; /* by path; for a choice of sources */
	size_t n_origins;
	size_t origins_cap;
};

void
export_plan_cleanup(struct export_plan *p)
{
	free(p->parts);
	free(p->items);
	buf_cleanup(&p->manifest);
	arena_cleanup(&p->arena);
	if (p->spool != -1)
		close(p->spool);
}

static int
compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest));
}

bool
export_has(const struct export_options *o, const struct digest *d)
{
	return o->n_has > 0 &&
	    bsearch(d, o->has, o->n_has, sizeof(*d), compare_digests) != NULL;
}

static void
add_part(struct export_plan *p, const struct layout_part *part)
{
	p->parts = xgrow(p->parts, &p->parts_cap, p->n + 1, sizeof(*p->parts));
	p->items = xgrow(p->items, &p->items_cap, p->n + 1, sizeof(*p->items));
	p->items[p->n] = (struct export_item){ 0 };
	p->parts[p->n] = *part;
	p->parts[p->n++].name = arena_span(&p->arena, part->name);
}

/* --- metadata --- */

/* Its digest and size are those of the file, and must be those of the row. */
static int
add_metadata(struct export_plan *p, const char *name, struct span row_sha256,
    struct err *e)
{
	struct layout_part part = { .kind = LAYOUT_IS_METADATA,
		.name = span_of(name) };
	char hex[DIGEST_HEX_SIZE];
	struct buf bytes = { 0 };
	int rc;

	rc = repository_read(p->repository, name, TUF_TARGETS_MAX, &bytes, e);
	digest_of(buf_span(&bytes), &part.sha256);
	part.size_bytes = bytes.len;
	if (rc != 0)
		err_context(e, REPOSITORY_FOLDER "/%s", name);
	else if (row_sha256.len > 0 &&
	    !span_is(row_sha256, digest_hex(&part.sha256, hex)))
		rc = err_set(e, ERR_UNTRUSTED,
		    REPOSITORY_FOLDER
		    "/%s is not the one that the catalog knows: `scapcache "
		    "sync` or the last import again makes it good",
		    name);
	else
		add_part(p, &part);
	buf_cleanup(&bytes);
	return rc;
}

static int
add_roots(
    struct export_plan *p, uint64_t newest, struct span sha256, struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];
	uint64_t v = newest;

	/* A side that began with a later root has none before. */
	while (v > 1 &&
	    faccessat(p->repository->dirfd,
		repository_name(v - 1, SPAN_LIT("root"), name), F_OK, 0) == 0)
		v--;
	for (; v <= newest; v++)
		if (add_metadata(p, repository_name(v, SPAN_LIT("root"), name),
			v == newest ? sha256 : SPAN_NONE, e) != 0)
			return -1;
	return 0;
}

struct role_row {
	struct span name;
	uint64_t version;
	struct span sha256;
};

static int
add_role(struct export_plan *p, const struct role_row *r, struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];

	if (span_is(r->name, "root"))
		return add_roots(p, r->version, r->sha256, e);
	if (span_is(r->name, "timestamp"))
		return add_metadata(p, "timestamp.json", r->sha256, e);
	return add_metadata(
	    p, repository_name(r->version, r->name, name), r->sha256, e);
}

static int
read_roles(struct planning *g, struct role_row **out, size_t *n, struct err *e)
{
	struct db_stmt *st = db_query(g->catalog, QUERY_CATALOG_TUF_ROLE_LIST);
	struct arena *a = &g->plan->arena;
	size_t cap = 0;
	int rc;

	*out = NULL;
	*n = 0;
	while ((rc = db_step(st, e)) == 1) {
		*out = xgrow(*out, &cap, *n + 1, sizeof(**out));
		(*out)[(*n)++] = (struct role_row){
			.name = arena_span(a, db_text(st, 0)),
			.version = (uint64_t)db_int(st, 1),
			.sha256 = arena_span(a, db_text(st, 5)),
		};
	}
	db_reset(st);
	return rc;
}

static const char *const top_roles[] = { "root", "timestamp", "snapshot",
	"targets" };
#define N_TOP (sizeof(top_roles) / sizeof(top_roles[0]))

/* In the order that the layout has: those at the top, then by name. */
static unsigned
role_rank(struct span name)
{
	unsigned i;

	for (i = 0; i < N_TOP; i++)
		if (span_is(name, top_roles[i]))
			break;
	return i;
}

static int
compare_roles(const void *a, const void *b)
{
	const struct role_row *x = a, *y = b;
	unsigned i = role_rank(x->name), j = role_rank(y->name);

	if (i != j)
		return i < j ? -1 : 1;
	return span_cmp(x->name, y->name);
}

static int
plan_metadata(struct planning *g, struct err *e)
{
	struct role_row *roles = NULL;
	size_t i, n;
	int rc;

	rc = read_roles(g, &roles, &n, e);
	if (n > 0)
		qsort(roles, n, sizeof(*roles), compare_roles);
	if (rc == 0 && (n < N_TOP || role_rank(roles[N_TOP - 1].name) >= N_TOP))
		rc = err_set(e, ERR_MISSING,
		    "nothing is signed here yet: run `scapcache key init` and "
		    "`scapcache sync`, or `scapcache bundle import`");
	for (i = 0; i < n && rc == 0; i++)
		rc = add_role(g->plan, &roles[i], e);
	free(roles);
	return rc;
}

/* --- targets --- */

static int
read_origins(struct planning *g, struct err *e)
{
	struct db_stmt *st = db_query(g->catalog, QUERY_CATALOG_ORIGIN_LIST);
	struct arena *a = &g->plan->arena;
	int rc;

	while ((rc = db_step(st, e)) == 1) {
		g->origins = xgrow(g->origins, &g->origins_cap,
		    g->n_origins + 1, sizeof(*g->origins));
		g->origins[g->n_origins++] =
		    (struct origin){ arena_span(a, db_text(st, 0)),
			    arena_span(a, db_text(st, 1)) };
	}
	db_reset(st);
	return rc;
}

static int
compare_origins(const void *a, const void *b)
{
	return span_cmp(
	    ((const struct origin *)a)->path, ((const struct origin *)b)->path);
}

static bool
is_generation_file(struct span path)
{
	return span_is(path, REPOSITORY_MANIFEST) ||
	    span_is(path, REPOSITORY_NOTICE);
}

/* One of the sources that were asked for, if any were? */
static bool
is_chosen(struct planning *g, struct span path)
{
	const struct export_options *o = g->options;
	struct origin key = { 0 };
	const struct origin *found;
	size_t i;

	if (o->sources == NULL || is_generation_file(path))
		return true;
	key.path = repository_mirror_path(path, &g->plan->arena);
	found = g->n_origins == 0 ? NULL
				  : bsearch(&key, g->origins, g->n_origins,
					sizeof(key), compare_origins);
	for (i = 0; found != NULL && i < o->n_sources; i++)
		if (span_eq(found->source, o->sources[i]))
			return true;
	return false;
}

static int
take_target(
    struct planning *g, struct db_stmt *st, bool generation, struct err *e)
{
	struct export_plan *p = g->plan;
	struct layout_part part = { .kind = LAYOUT_IS_TARGET,
		.name = db_text(st, 0),
		.size_bytes = (uint64_t)db_int(st, 3) };

	if (span_is(part.name, REPOSITORY_MANIFEST) != generation ||
	    !is_chosen(g, part.name))
		return 0;
	if (!digest_parse(db_text(st, 2), &part.sha256))
		return err_set(e, ERR_FORMAT,
		    "the catalog has no digest of %.*s", SPAN_ARG(part.name));
	p->n_targets++;
	if (!is_generation_file(part.name) &&
	    export_has(g->options, &part.sha256))
		return 0;
	p->n_whole++;
	add_part(p, &part);
	return 0;
}

/* The generation's manifest first, then by path. */
static int
plan_targets(struct planning *g, bool generation, struct err *e)
{
	struct db_stmt *st =
	    db_query(g->catalog, QUERY_CATALOG_TUF_TARGET_LIST);
	int rc;

	while ((rc = db_step(st, e)) == 1)
		if (take_target(g, st, generation, e) != 0) {
			rc = -1;
			break;
		}
	db_reset(st);
	return rc;
}

int
export_plan_make(struct export_plan *p, struct db *catalog,
    const struct export_options *o, struct err *e)
{
	struct planning g = { .plan = p, .catalog = catalog, .options = o };
	int rc = plan_metadata(&g, e);

	if (rc == 0 && o->sources != NULL)
		rc = read_origins(&g, e);
	if (rc == 0)
		rc = plan_targets(&g, true, e);
	if (rc == 0)
		rc = plan_targets(&g, false, e);
	free(g.origins);
	return rc;
}

/* --- the manifest --- */

static struct span
join_sources(struct arena *a, const struct export_options *o)
{
	struct buf b = { 0 };
	struct span out;
	size_t i;

	for (i = 0; i < o->n_sources; i++) {
		if (i > 0)
			buf_add_char(&b, ' ');
		buf_add_span(&b, o->sources[i]);
	}
	out = arena_span(a, buf_span(&b));
	buf_cleanup(&b);
	return out;
}

struct blob {
	struct digest sha256;
	size_t part;
};

static int
compare_blobs(const void *a, const void *b)
{
	const struct blob *x = a, *y = b;
	int c = memcmp(&x->sha256, &y->sha256, sizeof(x->sha256));

	if (c != 0)
		return c;
	return x->part < y->part ? -1 : x->part > y->part;
}

/* Of parts with the same bytes the first has them; "{}" is there before. */
static void
find_first(struct export_plan *p)
{
	struct blob *blobs = xcalloc(p->n + 1, sizeof(*blobs));
	struct digest config;
	size_t i;

	for (i = 0; i < p->n; i++)
		blobs[i] = (struct blob){ p->parts[i].sha256, i };
	qsort(blobs, p->n, sizeof(*blobs), compare_blobs);
	for (i = 0; i < p->n; i++)
		p->items[blobs[i].part].is_first = i == 0 ||
		    !digest_eq(&blobs[i].sha256, &blobs[i - 1].sha256);
	digest_of(layout_config(), &config);
	for (i = 0; i < p->n; i++)
		if (digest_eq(&p->parts[i].sha256, &config))
			p->items[i].is_first = false;
	free(blobs);
}

int
export_plan_manifest(
    struct export_plan *p, const struct export_options *o, struct err *e)
{
	p->layout = (struct layout){ .parts = p->parts,
		.n_parts = p->n,
		.base_snapshot = o->base_snapshot };
	if (o->sources != NULL)
		p->layout.sources = join_sources(&p->arena, o);
	find_first(p);
	layout_manifest(&p->manifest, &p->layout);
	digest_of(buf_span(&p->manifest), &p->manifest_digest);
	if (p->manifest.len > LAYOUT_MANIFEST_MAX)
		return err_set(e, ERR_LIMIT,
		    "%zu files are more than one bundle can list: choose with "
		    "--source",
		    p->n);
	return 0;
}
