/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/pack.h"
#include "indexer/as_of.h"
#include "server/api_impl.h"
#include "server/worker.h"

#define CHANGES_LIMIT 1000u /* records, unless asked otherwise */
#define CHANGES_LIMIT_MAX 1000000u

/* The list is a file of the desk's, which is sent as it is. */
struct answer {
	uint64_t generation; /* that is current */
	int64_t made;
	uint64_t n; /* records that differ */
	int fd;
};

struct changes_page {
	struct api_page part;
	uint64_t generation; /* up to this one; 0: the current */
};

/* Twin: desk_answer_changes(). */
static int
ask(struct request *q, const struct changes_page *page, struct answer *out,
    struct err *e)
{
	struct desk_question asked = { .call = DESK_CHANGES, .fd = -1 };
	struct buf question = { 0 }, answer = { 0 };
	struct unpack u;
	int rc;

	pack_span(&question, request_param(q, "since"));
	pack_span(&question, request_param(q, "document"));
	pack_uint(&question, page->part.offset);
	pack_uint(&question, page->part.limit);
	pack_uint(&question, page->generation);
	pack_uint(&question, access_may(&q->access, SCOPE_SCAN));
	asked.words = buf_span(&question);
	rc = desk_ask(q->worker->desk, &asked, &answer, &out->fd, e);
	u = unpack_of(buf_span(&answer));
	out->generation = unpack_uint(&u);
	out->made = unpack_int(&u);
	out->n = unpack_uint(&u);
	if (rc == 0 && (!unpack_done(&u) || out->fd == -1))
		rc = err_set(e, ERR_SYSTEM, "the desk's answer makes no sense");
	buf_cleanup(&question);
	buf_cleanup(&answer);
	return rc;
}

/* 1; 0: *s is the problem. */
static int
check(struct request *q, struct response *s, struct changes_page *page)
{
	static const char *const names[] = { "since", "document", "offset",
		"limit", "generation", NULL };
	struct span since = request_param(q, "since");
	struct as_of_when when;

	if (!api_params(q, s, names) ||
	    !api_page_of(q, s, CHANGES_LIMIT_MAX, &page->part))
		return 0;
	if (!request_has_param(q, "limit"))
		page->part.limit = CHANGES_LIMIT;
	page->generation = 0;
	if (!request_uint(q, "generation", INT64_MAX, &page->generation)) {
		problem(s, 400, "bad-parameter",
		    "generation is the number of the one up to which");
		return 0;
	}
	if (as_of_parse(since, &when))
		return 1;
	problem(s, 400, "bad-parameter",
	    "say since when: since=7, a generation, or since=2026-01-02");
	return 0;
}

int
api_get_changes(struct request *q, struct response *s, struct err *e)
{
	struct answer answer = { .fd = -1 };
	struct changes_page page;
	struct api_index x = { 0 };
	struct stat st;

	if (!check(q, s, &page))
		return 0;
	if (ask(q, &page, &answer, e) != 0)
		return api_generation_gone(q, s, e) ? 0 : -1;
	s->body = RESPONSE_FILE;
	s->fd = answer.fd;
	if (fstat(s->fd, &st) != 0)
		return err_system(e, "the list of changes");
	s->size_bytes = (uint64_t)st.st_size;
	x.generation = answer.generation;
	x.made = answer.made;
	api_page_links(q, s, &page.part, answer.n, answer.generation);
	api_index_answer(q, s, &x);
	return 0;
}
