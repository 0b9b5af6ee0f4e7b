/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the lookup share: see indexer/lookup.h. */
#ifndef INDEXER_LOOKUP_IMPL_H
#define INDEXER_LOOKUP_IMPL_H

#include "content/nvd.h"
#include "indexer/lookup.h"
#include "indexer/lookup_cache.h"
#include "indexer/sheet.h"

/* The document of a record; NULL if it is not one that was asked for. */
const struct document *lookup_document(
    const struct lookup *l, const struct index_family *f, int64_t key);

/* Of a document's records. */
enum lookup_kind lookup_kind_of(const struct document *d);

/* Numbers inside by value: CVE-2021-9999 before CVE-2021-10000. */
int lookup_id_cmp(struct span a, struct span b);

/* "ubuntu/focal/openssl" */
bool lookup_is_package(struct span id);
/* As lookup_show(), all that is known of a package. */
int lookup_package(
    const struct lookup *l, struct span id, uint64_t *n_found, struct err *e);

/* One question by id. */
struct showing {
	const struct lookup *l;
	const struct index_family *family; /* being asked */
	struct sheet sheet;
	struct arena arena;
	struct text_reader *text; /* of the family */
	struct span id;           /* that was asked for */
	struct span named;        /* the same, where it is no record's own */
	uint64_t n;
};

/* At the row of the key, whose reset is the caller's; NULL: ERR_FORMAT, none.
 */
struct db_stmt *
show_row(struct showing *s, unsigned query, int64_t key, struct err *e);
/* Source bytes by the query; they live until the next call. */
int show_raw(struct showing *s, unsigned query, int64_t key, struct span *raw,
    struct err *e);
/* The same out of a block; they live in the arena. */
int
show_raw_block(struct showing *s, int64_t key, struct span *raw, struct err *e);
/* The last lines of every record: document, digest, place. */
int show_origin(struct showing *s, int64_t key, struct err *e);
/* The scores of a CVE as a list, wherever there are any. */
int show_epss(struct showing *s, struct span cve, struct err *e);

int show_cve(struct showing *s, int64_t key, struct err *e);
/* Reads what the source bytes say; all lives in a, or until the next one. */
int lookup_cve_record(const struct document *d, struct raw_reader *reader,
    int64_t key, struct arena *a, struct nvd_cve *out, struct err *e);
/* The first description in English, or the first. */
struct span lookup_cve_words(const struct nvd_cve *cve);
/* What the search shows of an NVD record; *title lives in a. */
int lookup_cve_title(const struct document *d, struct raw_reader *reader,
    int64_t key, struct arena *a, struct span *title, struct err *e);
int show_kev(struct showing *s, int64_t key, struct err *e);
int show_notice(struct showing *s, int64_t key, struct err *e);
int show_advisory(struct showing *s, int64_t key, struct err *e);
int show_product(struct showing *s, int64_t key, struct err *e);
int show_datastream(struct showing *s, int64_t key, struct err *e);
int show_definition(struct showing *s, int64_t key, struct err *e);

#endif
