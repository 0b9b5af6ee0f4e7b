/* SPDX-License-Identifier: Apache-2.0 */
/* Ubuntu's notices: a plain list of records with parts. */
#include "indexer/digest_impl.h"
#include "schema_index.h"

/* Rows of a record and the types of their columns. */
struct part {
	unsigned query;
	const char *columns;
};

struct list {
	unsigned ids;
	unsigned raw;
	const struct part *parts; /* ends with NULL columns */
};

static const struct part usn_parts[] = {
	{ QUERY_INDEX_USN_ROW, "titb" },
	{ QUERY_INDEX_USN_REFERENCE_ROWS, "t" },
	{ QUERY_INDEX_USN_PACKAGE_ROWS, "tittt" },
	{ 0, NULL },
};

static const struct list usn_list = { QUERY_INDEX_USN_IDS,
	QUERY_INDEX_USN_RAW_GET, usn_parts };

static int
hash_record(
    struct family_hash *h, const struct list *list, int64_t key, struct err *e)
{
	const struct part *p;

	for (p = list->parts; p->columns != NULL; p++)
		if (digest_rows(h, p->query, key, p->columns, e) != 0)
			return -1;
	return digest_raw(h, list->raw, key, e);
}

static int
hash_list(struct family_hash *h, const struct list *list, int64_t document,
    struct err *e)
{
	struct digest_ids ids;
	size_t i;
	int rc = digest_ids_load(h, &ids, list->ids, document, e);

	for (i = 0; i < ids.n && rc == 0; i++) {
		digest_place(h, ids.items[i].ord);
		rc = hash_record(
		    h, list, row_key(document, ids.items[i].ord), e);
		if (rc != 0)
			err_context(e, "%.*s", SPAN_ARG(ids.items[i].id));
	}
	digest_span(h, SPAN_NONE);
	digest_ids_cleanup(&ids);
	return rc;
}

int
digest_usn(struct family_hash *h, int64_t document, struct err *e)
{
	return hash_list(h, &usn_list, document, e);
}
