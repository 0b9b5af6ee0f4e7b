/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that the index answers, in the worker that has it open. */
#include <inttypes.h>
#include <stdio.h>

#include "base/pack.h"
#include "indexer/as_of.h"
#include "indexer/generation.h"
#include "indexer/words.h"
#include "server/api_impl.h"
#include "server/view.h"
#include "server/worker.h"

/* --- which one --- */

/* Asks the desk: only main knows the past. Twin: answer_as_of(). */
static int
open_past(
    struct request *q, struct span when, struct api_index *out, struct err *e)
{
	struct desk_question asked = { .call = DESK_AS_OF, .fd = -1 };
	struct buf question = { 0 }, answer = { 0 };
	struct unpack u;
	char *below;
	int rc;

	pack_span(&question, when);
	pack_uint(&question, access_may(&q->access, SCOPE_SCAN));
	asked.words = buf_span(&question);
	rc = desk_ask(q->worker->desk, &asked, &answer, NULL, e);
	if (rc == 0) {
		u = unpack_of(buf_span(&answer));
		out->generation = unpack_uint(&u);
		out->made = unpack_int(&u);
		below = arena_str(&q->arena, unpack_span(&u));
		out->folder = below;
		rc = unpack_done(&u)
		    ? worker_index_at(q, below, &out->reader, e)
		    : err_set(
			  e, ERR_SYSTEM, "the desk's answer makes no sense");
	}
	buf_cleanup(&question);
	buf_cleanup(&answer);
	return rc;
}

static int
bad_when(const char *name, struct span value, struct err *e)
{
	return err_set(e, ERR_FORMAT,
	    "%s=%.*s: say the number of a generation, or a time as "
	    "2026-01-02T03:04:05Z",
	    name, SPAN_ARG(span_first(value, 100)));
}

/* Other parameters have an underscore, the command line a dash. */
static struct span
when_of(const struct request *q)
{
	struct span when = request_param(q, "as_of");

	return when.len > 0 ? when : request_param(q, "as-of");
}

int
api_index_open(struct request *q, struct api_index *out, struct err *e)
{
	struct span when = when_of(q);
	struct span number = request_param(q, "generation");
	char folder[GENERATION_PATH_SIZE];
	struct as_of_when parsed;
	uint64_t generation = 0;

	*out = (struct api_index){ .generation = q->view->generation,
		.made = q->view->made };
	if (when.len > 0 && number.len > 0)
		return err_set(e, ERR_FORMAT, "say either as_of or generation");
	if (number.len > 0 &&
	    (!parse_uint(number, INT64_MAX - 1, &generation) ||
		generation == 0))
		return bad_when("generation", number, e);
	if (when.len > 0 && !as_of_parse(when, &parsed))
		return bad_when("as_of", when, e);
	out->asked = number.len > 0;
	if (when.len > 0 || (out->asked && generation != out->generation))
		return open_past(q, out->asked ? number : when, out, e);
	out->folder = arena_str(
	    &q->arena, span_of(generation_path(out->generation, folder)));
	return worker_index(q, &out->reader, e);
}

bool
api_generation_gone(
    const struct request *q, struct response *s, const struct err *e)
{
	uint64_t generation = 0;

	request_uint(q, "generation", INT64_MAX, &generation);
	if (e->code != ERR_MISSING || generation == 0 ||
	    generation >= q->view->generation)
		return false;
	problem(s, 410, "generation-gone",
	    "generation %" PRIu64 " is not kept any more: begin again with the "
	    "first page, without generation=%" PRIu64,
	    generation, generation);
	return true;
}

/* --- what is said with each answer --- */

#define HELD_CACHE "max-age=3600" /* a generation never changes */

static void
say_generation(struct request *q, struct response *s, uint64_t generation)
{
	char number[24];

	snprintf(number, sizeof(number), "%" PRIu64, generation);
	response_header(s, "X-Scapcache-Generation",
	    arena_span(&q->arena, span_of(number)));
}

/* Another program may write the same records in another way. */
void
api_index_answer(
    struct request *q, struct response *s, const struct api_index *x)
{
	char etag[64];

	snprintf(etag, sizeof(etag), "%s-%" PRIu64 "-%" PRIx64,
	    SCAPCACHE_VERSION, x->generation, (uint64_t)x->made);
	s->type = "application/json";
	s->etag = arena_span(&q->arena, span_of(etag));
	s->cache = x->asked ? HELD_CACHE : "no-cache";
	say_generation(q, s, x->generation);
}

void
api_answer(struct request *q, struct response *s)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest digest;

	digest_of(buf_span(&s->out.buf), &digest);
	s->type = "application/json";
	s->etag = arena_span(
	    &q->arena, span_first(span_of(digest_hex(&digest, hex)), 32));
	s->cache = "no-cache";
	say_generation(q, s, q->view->generation);
}

/* --- questions --- */

/* What goes wrong below here is no fault of who asks. */
static int
our_fault(int rc, struct err *e)
{
	if (rc == -1 && e->code != ERR_LIMIT)
		e->code = ERR_SYSTEM;
	return rc;
}

static int
has_words(struct span words, struct err *e)
{
	struct buf expression = { 0 };
	bool any;

	words_query(&expression, words);
	any = expression.len > 0;
	buf_cleanup(&expression);
	return any ? 0
		   : err_set(e, ERR_FORMAT,
			 "there is no word in \"%.*s\" to search for: single "
			 "letters and the commonest words are passed over",
			 SPAN_ARG(span_first(words, 100)));
}

struct search_asked {
	struct span words;
	struct span kind;     /* cve notice advisory definition package product
			       content; empty: all but packages */
	const char *document; /* NULL: all */
	uint64_t offset;
	uint64_t limit;
};

/* As `search --json`, of one page; *n: all that was found. */
static int
search(const struct api_index *x, const struct search_asked *s, struct out *out,
    uint64_t *n, struct err *e)
{
	struct lookup l = { .index = x->reader,
		.out = out,
		.document = s->document,
		.as_json = true,
		.offset = s->offset,
		.limit = s->limit };

	if (span_is(s->kind, "package"))
		return our_fault(lookup_packages(&l, s->words, n, e), e);
	if (!lookup_kind_parse(s->kind, &l.kind))
		return err_set(e, ERR_FORMAT,
		    "kind is cve, notice, advisory, definition, package, "
		    "product or content");
	if (has_words(s->words, e) != 0)
		return -1;
	return our_fault(lookup_search(&l, s->words, n, e), e);
}

/* 1; 0: nothing is known; -1. */
static int
show(const struct api_index *x, const struct lookup *asked, struct span id,
    struct err *e)
{
	struct lookup l = *asked;
	uint64_t n = 0;

	l.index = x->reader;
	l.as_json = true;
	if (our_fault(lookup_show(&l, id, &n, e), e) != 0)
		return -1;
	return n > 0;
}

int
api_record(struct request *q, struct span id, struct out *out, struct err *e)
{
	const struct lookup l = { .out = out };
	struct api_index x;

	return api_index_open(q, &x, e) != 0 ? -1 : show(&x, &l, id, e);
}

/* --- handlers --- */

int
api_get_search(struct request *q, struct response *s, struct err *e)
{
	static const char *const names[] = { "q", "kind", "document", "offset",
		"limit", "as_of", "as-of", "generation", NULL };
	struct search_asked asked = { .words = request_param(q, "q"),
		.kind = request_param(q, "kind"),
		.document = api_text(q, "document") };
	struct api_page page;
	struct api_index x;
	uint64_t n = 0;

	if (!api_params(q, s, names) ||
	    !api_page_of(q, s, API_LIMIT_MAX, &page))
		return 0;
	asked.offset = page.offset;
	asked.limit = page.limit;
	if (api_index_open(q, &x, e) != 0)
		return api_generation_gone(q, s, e) ? 0 : -1;
	if (search(&x, &asked, &s->out, &n, e) != 0)
		return -1;
	api_page_links(q, s, &page, n, x.generation);
	api_index_answer(q, s, &x);
	return 0;
}

/* The records of an id, or a package, that are of the kind. */
static int
get_record(struct request *q, struct response *s, enum lookup_kind kind,
    struct span id, struct err *e)
{
	static const char *const names[] = { "document", "as_of", "as-of",
		"generation", NULL };
	const struct lookup l = { .out = &s->out,
		.kind = kind,
		.document = api_text(q, "document") };
	struct api_index x;
	int rc;

	if (!api_params(q, s, names))
		return 0;
	if (api_index_open(q, &x, e) != 0)
		return -1;
	rc = show(&x, &l, id, e);
	if (rc == 0 && x.generation == 0)
		return problem_not_ready(s);
	if (rc == 0)
		return problem(s, 404, "not-found",
		    "nothing here is known of %.*s%s%s",
		    SPAN_ARG(span_first(id, 200)),
		    l.document == NULL ? "" : " from a document ",
		    l.document == NULL ? "" : l.document);
	if (rc == 1)
		api_index_answer(q, s, &x);
	return rc == 1 ? 0 : -1;
}

/* CVE-<year>-<four digits and more>, whatever the case. */
static bool
is_cve(struct span id)
{
	struct span digits = span_from(id, 9);
	uint64_t n;

	return id.len >= 13 && span_is_nocase(span_first(id, 4), "CVE-") &&
	    parse_uint(span_make(id.ptr + 4, 4), 9999, &n) &&
	    id.ptr[8] == '-' && parse_uint(digits, UINT64_MAX, &n);
}

int
api_get_cve(struct request *q, struct response *s, struct err *e)
{
	if (!is_cve(q->captures[0]))
		return problem(s, 404, "not-found",
		    "%.*s is no id of a CVE: they are written CVE-2016-5195",
		    SPAN_ARG(span_first(q->captures[0], 100)));
	return get_record(q, s, LOOKUP_ANY, q->captures[0], e);
}

int
api_get_notice(struct request *q, struct response *s, struct err *e)
{
	return get_record(q, s, LOOKUP_NOTICE, q->captures[0], e);
}

int
api_get_advisory(struct request *q, struct response *s, struct err *e)
{
	return get_record(q, s, LOOKUP_ADVISORY, q->captures[0], e);
}

int
api_get_definition(struct request *q, struct response *s, struct err *e)
{
	return get_record(q, s, LOOKUP_DEFINITION, q->captures[0], e);
}

int
api_get_package(struct request *q, struct response *s, struct err *e)
{
	struct buf id = { 0 };
	struct span asked;

	buf_printf(&id, "%.*s/%.*s/%.*s", SPAN_ARG(q->captures[0]),
	    SPAN_ARG(q->captures[1]), SPAN_ARG(q->captures[2]));
	asked = arena_span(&q->arena, buf_span(&id));
	buf_cleanup(&id);
	return get_record(q, s, LOOKUP_ANY, asked, e);
}
