/* SPDX-License-Identifier: Apache-2.0 */
/* Families built from texts, in a temporary folder. */
#ifndef TESTS_UNIT_FAMILY_WORLD_H
#define TESTS_UNIT_FAMILY_WORLD_H

#include <string.h>
#include <sys/stat.h>

#include "base/db.h"
#include "indexer/family.h"
#include "schema_index.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

#define FAMILY_DOCUMENTS_MAX 8

#define FAMILY_OVAL "http://oval.mitre.org/XMLSchema/oval-definitions-5"
/* %s: the timestamp's day, and the parts of the document. */
#define FAMILY_OVAL_DOCUMENT                                                 \
	"<oval_definitions xmlns='" FAMILY_OVAL "' xmlns:ind='" FAMILY_OVAL  \
	"#independent' xmlns:linux='" FAMILY_OVAL "#linux' xmlns:oval='"     \
	"http://oval.mitre.org/XMLSchema/oval-common-5'>\n"                  \
	"<generator><oval:product_name>test</oval:product_name>"             \
	"<oval:schema_version>5.11.1</oval:schema_version>"                  \
	"<oval:timestamp>2024-01-%sT00:00:00</oval:timestamp></generator>\n" \
	"%s</oval_definitions>\n"

struct family_text {
	const char *name;
	enum document_format format;
	const char *text;   /* NULL: remove the document */
	const char *source; /* NULL: "source" */
	const char *distribution;
	const char *release;
};

struct family_world {
	struct tmp tmp;
	char path[128];
	struct index_outcome outcomes[FAMILY_DOCUMENTS_MAX];
	struct family_digests digests;
};

static inline void
family_world_open(struct family_world *w)
{
	*w = (struct family_world){ 0 };
	tmp_init(&w->tmp);
	snprintf(w->path, sizeof(w->path), "%s/t.sqlite", w->tmp.path);
}

static inline void
family_world_close(struct family_world *w)
{
	tmp_cleanup(&w->tmp);
}

static inline struct verified_file *
family_world_file(struct family_world *w, struct span text)
{
	struct proof proof = { .kind = PROOF_LOCAL };
	struct verified_file *file = NULL;
	struct err e = { 0 };
	int fd = openat(w->tmp.dirfd, "source",
	    O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	unlinkat(w->tmp.dirfd, "source", 0);
	if (file_write_all(fd, text, &e) != 0 ||
	    digest_of_fd(fd, &proof.sha256, &proof.size_bytes, &e) != 0 ||
	    verified_open(&file, fd, &proof, &e) != 0)
		fail_msg("%s", e.msg);
	return file;
}

/* The sealed file may be written again, as generation_family() makes it. */
static inline void
family_world_unseal(struct family_world *w)
{
	chmod(w->path, 0644);
}

static inline int
family_world_build(struct family_world *w, const struct family_text *texts,
    size_t n, struct err *e)
{
	struct index_input inputs[FAMILY_DOCUMENTS_MAX] = { 0 };
	struct verified_file *files[FAMILY_DOCUMENTS_MAX] = { NULL };
	size_t i;
	int rc;

	for (i = 0; i < n; i++) {
		inputs[i].format = texts[i].format;
		inputs[i].name = span_of(texts[i].name);
		inputs[i].path = span_of(texts[i].name);
		inputs[i].source = texts[i].source == NULL
		    ? SPAN_LIT("source")
		    : span_of(texts[i].source);
		inputs[i].distribution = span_of(texts[i].distribution);
		inputs[i].release = span_of(texts[i].release);
		if (texts[i].text == NULL)
			continue;
		files[i] = family_world_file(w, span_of(texts[i].text));
		inputs[i].file = files[i];
	}
	family_world_unseal(w);
	rc = family_build(w->path, inputs, n, w->outcomes, NULL, e);
	for (i = 0; i < n; i++)
		verified_close(files[i]);
	return rc;
}

static inline bool
family_world_same(const struct family_world *a, const struct family_world *b)
{
	return digest_eq(&a->digests.content, &b->digests.content) &&
	    digest_eq(&a->digests.plan, &b->digests.plan);
}

/* As family_world_build(), and it has to succeed. */
static inline void
family_world_must(
    struct family_world *w, const struct family_text *texts, size_t n)
{
	struct err e = { 0 };
	size_t i;

	if (family_world_build(w, texts, n, &e) != 0)
		fail_msg("%s", e.msg);
	for (i = 0; i < n; i++)
		if (w->outcomes[i].refused)
			fail_msg("%s", w->outcomes[i].error.msg);
	if (family_digests(w->path, &w->digests, &e) != 0)
		fail_msg("%s", e.msg);
}

/* First columns of the rows that the test's own SQL gives, each with ';'. */
static inline void
family_world_query(
    struct family_world *w, const char *sql, char *text, size_t size)
{
	struct db_stmt *s = NULL;
	struct db *db = NULL;
	struct buf b = { 0 };
	struct err e = { 0 };
	int rc = -1;

	if (db_open(&db, w->path, &SCHEMA_INDEX, DB_READ_IMMUTABLE, &e) == 0)
		s = db_prepare(db, sql, &e);
	while (s != NULL && (rc = db_step(s, &e)) == 1) {
		buf_add_span(&b, db_text(s, 0));
		buf_add_char(&b, ';');
	}
	if (rc != 0)
		fail_msg("%s", e.msg);
	db_finalize(s);
	db_close(db);
	snprintf(text, size, "%s", buf_str(&b));
	buf_cleanup(&b);
}

#endif
