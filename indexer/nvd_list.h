/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All CVEs of a generation in the order of NVD's API, one record each, with
 * what its filters ask for most: in memory, made once a generation, then only
 * read, by any number of threads. Of the records that several feeds hold of a
 * CVE the one that was modified last is in it. Records of the 1.1 feeds have
 * another shape than the API's and are not.
 */
#ifndef INDEXER_NVD_LIST_H
#define INDEXER_NVD_LIST_H

#include "base/digest.h"
#include "eval/index.h"

#define NVD_NOWHERE UINT32_MAX /* no position */

/* CVSS severities, 4 bits a version: NVD_SEVERITY(3, NVD_HIGH). */
enum nvd_severity { NVD_LOW = 0, NVD_MEDIUM, NVD_HIGH, NVD_CRITICAL };
#define NVD_SEVERITY(version, s) (1u << (((version)-2) * 4 + (unsigned)(s)))

enum nvd_tag {
	NVD_TAG_DISPUTED = 1,
	NVD_TAG_UNSUPPORTED = 2,
	NVD_TAG_HOSTED = 4,
};

struct nvd_item {
	int64_t key;
	int64_t id;        /* as nvd_cve.id */
	int64_t published; /* milliseconds since 1970, UTC */
	int64_t modified;
	int64_t kev;         /* when CISA listed it; 0: it did not */
	uint32_t status;     /* word */
	uint32_t assigner;   /* word */
	uint32_t ratings;    /* where they begin in nvd_list.ratings */
	uint16_t n_ratings;  /* of nvd_rating, in no order */
	uint16_t severities; /* NVD_SEVERITY */
	uint8_t tags;        /* enum nvd_tag */
	bool is_rejected;
};

/* Positions by ordinal. */
struct nvd_ordinals {
	int64_t document;
	uint32_t *positions;
	size_t n;
};

struct nvd_list {
	struct span family; /* whose database has the records */
	struct nvd_item *items;
	size_t n;
	uint32_t *by_id; /* positions, by nvd_item.id */
	uint32_t *ratings;
	size_t n_ratings;
	struct nvd_ordinals *documents;
	size_t n_documents;
	uint64_t n_left_out; /* CVEs that only a 1.1 feed has */
	/* The newest time that a feed was made at, as written there. */
	struct span timestamp;
	struct arena arena;
};

/*
 * Of names and digests of all documents that answers are made of: the same
 * content has the same digest, wherever it was indexed.
 */
void nvd_list_digest(const struct index_reader *r, struct digest *out);
/* The family that has NVD's records; NULL if none has any. */
const struct index_family *nvd_list_family(const struct index_reader *r);
/* The list of the reader's generation, without records where it has none. */
int nvd_list_read(
    struct nvd_list **out, const struct index_reader *r, struct err *e);
void nvd_list_free(struct nvd_list *l); /* NULL is fine */
/* The position of a record, of a CVE; NVD_NOWHERE if it is not in the list. */
uint32_t nvd_list_find(const struct nvd_list *l, int64_t key);
uint32_t nvd_list_find_id(const struct nvd_list *l, int64_t id);
/* The database of the reader that has the records; NULL if none has. */
struct db *nvd_list_db(const struct nvd_list *l, const struct index_reader *r);

#endif
