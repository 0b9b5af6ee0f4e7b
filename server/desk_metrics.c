/* SPDX-License-Identifier: Apache-2.0 */
/* Counts, ages and expiries as Prometheus' text format 0.0.4 has them. */
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include <openssl/pem.h>

#include "base/catalog.h"
#include "base/file.h"
#include "base/mem.h"
#include "scanner/results.h"
#include "scanner/scan.h"
#include "schema_catalog.h"
#include "server/desk.h"

#define SOURCES_MAX 1024u
#define PEM_MAX ((size_t)1024 * 1024) /* bytes of a file of certificates */

struct metrics_source {
	struct span name;
	int64_t values[7]; /* of the table below */
};

enum source_value {
	SOURCE_CHECKED = 0,
	SOURCE_CHANGED,
	SOURCE_OK,
	SOURCE_FAILED_RUNS,
	SOURCE_HELD,
	SOURCE_RECORDS,
	SOURCE_BYTES,
};

static const struct {
	const char *name;
	const char *help;
} source_metrics[] = {
	[SOURCE_CHECKED] = { "scapcache_source_checked_timestamp_seconds",
	    "When the source was asked for the last time." },
	[SOURCE_CHANGED] = { "scapcache_source_changed_timestamp_seconds",
	    "When it last offered something new; 0: never." },
	[SOURCE_OK] = { "scapcache_source_ok",
	    "1 if the last time went well." },
	[SOURCE_FAILED_RUNS] = { "scapcache_source_failed_runs",
	    "Runs in a row that failed." },
	[SOURCE_HELD] = { "scapcache_source_held_documents",
	    "Documents whose newer file was refused or is held back." },
	[SOURCE_RECORDS] = { "scapcache_source_records",
	    "Records in the documents that were accepted." },
	[SOURCE_BYTES] = { "scapcache_source_size_bytes",
	    "Bytes of the files that are kept." },
};

#define N_SOURCE_METRICS (sizeof(source_metrics) / sizeof(*source_metrics))

struct metrics {
	struct desk_server *desk;
	struct out *out;
	struct arena arena;
	struct metrics_source *sources;
	size_t n_sources;
};

/* --- lines --- */

static void
head(struct metrics *m, const char *name, const char *help)
{
	out_printf(m->out, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

static void
line(struct metrics *m, const char *name, const char *label, struct span value,
    int64_t number)
{
	size_t i;

	out_printf(m->out, "%s{%s=\"", name, label);
	for (i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		if (c == '\\' || c == '"')
			out_char(m->out, '\\');
		out_char(m->out, c < ' ' && c >= 0 ? '?' : c);
	}
	out_printf(m->out, "\"} %" PRId64 "\n", number);
}

static void
plain(struct metrics *m, const char *name, const char *help, uint64_t number)
{
	head(m, name, help);
	out_printf(m->out, "%s %" PRIu64 "\n", name, number);
}

/* --- sources --- */

static struct metrics_source *
find_source(struct metrics *m, struct span name)
{
	size_t i;

	for (i = 0; i < m->n_sources; i++)
		if (span_eq(m->sources[i].name, name))
			return &m->sources[i];
	return NULL;
}

static int
read_sources(struct metrics *m, struct err *e)
{
	struct db_stmt *q =
	    db_query(m->desk->catalog, QUERY_CATALOG_SOURCE_LIST);
	int rc;

	m->sources = arena_array(&m->arena, SOURCES_MAX, sizeof(*m->sources));
	while ((rc = db_step(q, e)) == 1 && m->n_sources < SOURCES_MAX) {
		struct metrics_source *s = &m->sources[m->n_sources++];

		s->name = arena_span(&m->arena, db_text(q, 0));
		s->values[SOURCE_CHECKED] = db_int(q, 1);
		s->values[SOURCE_CHANGED] = db_int(q, 2);
		s->values[SOURCE_OK] = span_is(db_text(q, 3), "ok");
		s->values[SOURCE_FAILED_RUNS] = db_int(q, 5);
	}
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

static int
read_files(struct metrics *m, struct err *e)
{
	struct db_stmt *q =
	    db_query(m->desk->catalog, QUERY_CATALOG_RESOURCE_COUNT);
	struct metrics_source *s;
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		s = find_source(m, db_text(q, 0));
		if (s != NULL)
			s->values[SOURCE_BYTES] = db_int(q, 2);
	}
	db_reset(q);
	return rc;
}

static int
read_documents(struct metrics *m, struct err *e)
{
	struct catalog_document *documents;
	struct metrics_source *s;
	size_t n, i;

	if (catalog_documents(m->desk->catalog, &m->arena, &documents, &n, e) !=
	    0)
		return -1;
	for (i = 0; i < n; i++) {
		s = find_source(m, documents[i].source);
		if (s == NULL)
			continue;
		s->values[SOURCE_RECORDS] += (int64_t)documents[i].n_records;
		s->values[SOURCE_HELD] += documents[i].held.len > 0;
	}
	return 0;
}

static int
add_sources(struct metrics *m, struct err *e)
{
	size_t k, i;

	if (read_sources(m, e) != 0 || read_files(m, e) != 0 ||
	    read_documents(m, e) != 0)
		return -1;
	for (k = 0; k < N_SOURCE_METRICS; k++) {
		head(m, source_metrics[k].name, source_metrics[k].help);
		for (i = 0; i < m->n_sources; i++)
			line(m, source_metrics[k].name, "source",
			    m->sources[i].name, m->sources[i].values[k]);
	}
	return 0;
}

/* --- what expires --- */

static int
add_roles(struct metrics *m, struct err *e)
{
	static const char name[] =
	    "scapcache_tuf_role_expires_timestamp_seconds";
	struct db_stmt *q =
	    db_query(m->desk->catalog, QUERY_CATALOG_TUF_ROLE_LIST);
	int rc;

	head(m, name, "When the signature of a TUF role expires.");
	while ((rc = db_step(q, e)) == 1)
		line(m, name, "role", db_text(q, 0), db_int(q, 2));
	db_reset(q);
	return rc;
}

/* The first of the certificates in it that expires; 0: there is none. */
static int64_t
earliest_expiry(struct span pem)
{
	BIO *bio = BIO_new_mem_buf(pem.ptr, (int)pem.len);
	int64_t first = 0, at;
	X509 *cert;
	struct tm t;

	while (bio != NULL &&
	    (cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
		if (ASN1_TIME_to_tm(X509_get0_notAfter(cert), &t) == 1) {
			at = timegm(&t);
			first = first == 0 || at < first ? at : first;
		}
		X509_free(cert);
	}
	BIO_free(bio);
	return first;
}

/* A file that is gone meanwhile is told of at the next reload. */
static void
add_certificates(struct metrics *m)
{
	static const char name[] =
	    "scapcache_certificate_expires_timestamp_seconds";
	static const char *const keys[] = { "serve.tls_cert",
		"serve.client_ca" };
	struct buf pem = { 0 };
	struct err ignored;
	int64_t at;
	size_t i;

	head(m, name, "When the first certificate of a file expires.");
	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const char *path = config_str(m->desk->config, keys[i]);

		buf_reset(&pem);
		if (path[0] == '\0' ||
		    file_read(AT_FDCWD, path, PEM_MAX, &pem, &ignored) != 0)
			continue;
		at = earliest_expiry(buf_span(&pem));
		if (at != 0)
			line(m, name, "file",
			    span_from(span_of(keys[i]), strlen("serve.")), at);
	}
	buf_cleanup(&pem);
}

/* --- what was scanned --- */

static int
add_results(struct metrics *m, struct err *e)
{
	static const char name[] = "scapcache_verdicts";
	uint64_t n[RESULTS_VERDICTS] = { 0 };
	struct results_counts c = { 0 };
	unsigned v;

	if (m->desk->results != NULL &&
	    (results_counts(m->desk->results, &c, e) != 0 ||
		results_verdict_counts(m->desk->results, n, e) != 0))
		return -1;
	plain(m, "scapcache_images", "Images whose results are kept.",
	    c.n_images);
	plain(m, "scapcache_inventories", "Inventories that are kept.",
	    c.n_inventories);
	head(m, name, "Verdicts that are kept.");
	for (v = VERDICT_PASS; v < RESULTS_VERDICTS; v++)
		line(m, name, "verdict", span_of(verdict_name(v)),
		    (int64_t)n[v]);
	return 0;
}

static int
answer_metrics(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct metrics m = { .desk = d, .out = out };
	int rc = 0;

	(void)question;
	(void)fd;
	*answer_fd = -1;
	if (d->catalog != NULL &&
	    (add_sources(&m, e) != 0 || add_roles(&m, e) != 0))
		rc = -1;
	if (rc == 0)
		rc = add_results(&m, e);
	if (rc == 0)
		add_certificates(&m);
	arena_cleanup(&m.arena);
	return rc;
}

const struct desk_entry desk_metrics_entries[] = {
	{ DESK_METRICS, answer_metrics },
	{ 0 },
};
