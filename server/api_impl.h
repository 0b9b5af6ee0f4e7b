/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the API's reading half share: see server/api.h. */
#ifndef SERVER_API_IMPL_H
#define SERVER_API_IMPL_H

#include "indexer/lookup.h"
#include "server/api.h"
#include "server/response.h"
#include "server/route.h"

/* The index that answers, and of which generation it is. */
struct api_index {
	const struct index_reader *reader;
	uint64_t generation;
	int64_t made;       /* numbers begin anew with a new state directory */
	bool asked;         /* by its number: the answer stays as it is */
	const char *folder; /* below the state directory: "index/3" */
};

/*
 * The view's, or the one that the parameter as-of or generation names.
 * ERR_FORMAT: they make no sense; ERR_MISSING: there is none, or not at hand.
 */
int api_index_open(struct request *q, struct api_index *out, struct err *e);
/*
 * For lists, whose links name a generation: is *e that it was there and is not
 * kept any more? Then *s is the problem.
 */
bool api_generation_gone(
    const struct request *q, struct response *s, const struct err *e);
/*
 * Ends an answer out of that index: type, ETag, Cache-Control, the header
 * X-Scapcache-Generation.
 */
void api_index_answer(
    struct request *q, struct response *s, const struct api_index *x);
/* Ends one that others than the index know: its ETag is its digest. */
void api_answer(struct request *q, struct response *s);

/* Which part of a list is asked for. */
struct api_page {
	uint64_t offset;
	uint64_t limit;
};

/*
 * Names that a request may carry, NULL-terminated; any other, one twice (also
 * "as_of" beside "as-of") or without a value is a mistake that would give an
 * answer to another question. 1: fine; 0: *s is the problem to end with.
 */
int api_params(
    const struct request *q, struct response *s, const char *const *names);
/* The parameters offset and limit. 1; 0: as above. */
int api_page_of(const struct request *q, struct response *s, uint64_t max,
    struct api_page *out);
/*
 * Link (RFC 8288) to the first, next, previous and last page of so many, of
 * that generation whatever is published meanwhile.
 */
void api_page_links(struct request *q, struct response *s,
    const struct api_page *page, uint64_t n, uint64_t generation);
/* The path of the request as it came, without the query. */
struct span api_raw_path(const struct request *q);
/* The parameter as text with a NUL in the arena; NULL: there is none. */
const char *api_text(struct request *q, const char *name);

/* Handlers of server/api.c's table. */
typedef int api_handler(struct request *q, struct response *s, struct err *e);

/* server/api_cves.c */
api_handler api_get_cves;
/* server/api_index.c, api_documents.c, api_changes.c */
api_handler api_get_search, api_get_cve, api_get_notice, api_get_advisory,
    api_get_definition, api_get_package;
api_handler api_get_documents, api_get_document, api_get_changes;
/* server/api_desk.c */
api_handler api_get_status, api_get_sources, api_get_source, api_get_runs,
    api_get_generations, api_get_generation, api_get_audit, api_get_bundles,
    api_post_sync;
/* server/api_about.c */
api_handler api_get_root, api_get_openapi, api_get_scan_schema, api_get_problem;

#endif
