/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVD's API 2.0 from the index (DISTRIBUTION §4). What goes wrong is told as
 * the API tells it: 404, no body, the reason in the header "message".
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "server/deliver.h"
#include "server/nvd_cache.h"
#include "server/route.h"
#include "server/view.h"
#include "server/worker.h"

#define FOLDER_SIZE 32u
#define RECORDS_MIN 8u  /* whose page is never below CODING_MIN */
#define TIME_LENGTH 23u /* "2023-10-18T18:04:18.493" */

struct answering {
	struct request *q;
	struct response *s;
	struct nvd_ask ask;
	struct span who;
	const struct index_reader *r;
	char folder[FOLDER_SIZE];
	struct nvd_held *held;
	struct nvd_found found;
};

static int
refuse(struct answering *a, unsigned status, const char *message)
{
	response_cleanup(a->s);
	a->s->status = status;
	a->s->cache = "no-store";
	response_header(
	    a->s, "message", arena_span(&a->q->arena, span_of(message)));
	if (status == 503)
		response_header(a->s, "Retry-After", SPAN_LIT("60"));
	return 0;
}

static void
number_header(struct answering *a, const char *name, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	response_header(a->s, name, arena_span(&a->q->arena, span_of(text)));
}

/* Content, program and question: the same wherever it is asked. */
static void
set_etag(struct answering *a)
{
	struct buf b = { 0 };
	struct digest digest;
	char hex[DIGEST_HEX_SIZE];

	nvd_list_digest(a->r, &digest);
	buf_printf(&b, "%s\n%s\n%" PRIu64 " %" PRIu64 "\n", SCAPCACHE_VERSION,
	    digest_hex(&digest, hex), a->ask.start, a->ask.n);
	buf_add_span(&b, a->ask.key);
	digest_of(buf_span(&b), &digest);
	a->s->etag =
	    arena_span(&a->q->arena, span_of(digest_hex(&digest, hex)));
	buf_cleanup(&b);
}

/* Its client has it: the page needs not be made. */
static bool
is_known(struct answering *a)
{
	struct delivery d;
	size_t i;

	if (a->found.page.n < RECORDS_MIN ||
	    request_header(a->q, "If-None-Match").len == 0)
		return false;
	for (i = 0; i < CODING_MIN; i++)
		out_char(&a->s->out, ' ');
	deliver(a->q, a->s, &d);
	if (d.status == 304)
		return true;
	buf_reset(&a->s->out.buf);
	return false;
}

/* The feeds' own clock, not ours: who asks for what changed since then
 * misses nothing. */
static void
write_timestamp(struct out *o, const struct nvd_list *l)
{
	struct span t = span_first(l->timestamp, TIME_LENGTH);

	if (t.len == TIME_LENGTH)
		out_span(o, t);
	else /* without a fraction */
		out_printf(o, "%.*s.000", SPAN_ARG(span_first(t, 19)));
}

static int
write_page(struct answering *a, struct err *e)
{
	const struct nvd_list *l = nvd_cache_list(a->held);
	struct nvd_page page = { &a->found.page, 0, a->found.page.n };
	struct out *o = &a->s->out;

	out_printf(o,
	    "{\"resultsPerPage\":%zu,\"startIndex\":%" PRIu64
	    ",\"totalResults\":%zu,\"format\":\"NVD_CVE\",\"version\":"
	    "\"2.0\",\"timestamp\":\"",
	    a->found.page.n, a->ask.start, a->found.total);
	write_timestamp(o, l);
	out_str(o, "\",\"vulnerabilities\":[");
	if (nvd_page_write(l, a->r, &page, &o->buf, e) != 0)
		return -1;
	out_str(o, "]}");
	return 0;
}

static int
answer(struct answering *a, struct err *e)
{
	const struct nvd_list *l = nvd_cache_list(a->held);

	if (nvd_cache_ask(a->held, a->r, &a->ask, &a->q->arena, &a->found, e) !=
	    0)
		return -1;
	a->s->type = "application/json";
	set_etag(a);
	number_header(a, "x-scapcache-generation", a->r->generation);
	if (l->n_left_out > 0)
		number_header(a, "x-scapcache-left-out", l->n_left_out);
	if (a->found.total > a->found.page.n)
		nvd_cache_walk_keep(a->who, &a->ask, a->r->generation);
	return is_known(a) ? 0 : write_page(a, e);
}

static int
answer_in(struct answering *a, struct err *e)
{
	int rc;

	a->held = nvd_cache_take(a->q->statefd, a->folder, a->r, e);
	if (a->held == NULL)
		return -1;
	if (nvd_cache_list(a->held)->n == 0)
		rc = refuse(a, 503, "None of NVD's feeds is mirrored yet.");
	else
		rc = answer(a, e);
	nvd_cache_drop(a->held);
	return rc;
}

/* Who pages: behind a proxy all clients have one address. */
static struct span
client(struct request *q)
{
	static const char *const names[] = { "X-Forwarded-For", "Forwarded",
		"User-Agent", "apiKey" };
	struct buf b = { 0 };
	struct span who;
	size_t i;

	buf_add_span(&b, q->peer);
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		buf_add_char(&b, '\n');
		buf_add_span(&b, request_header(q, names[i]));
	}
	who = arena_span(&q->arena, buf_span(&b));
	buf_cleanup(&b);
	return who;
}

/* A client that pages stays with the generation that it began with. */
static int
open_index(struct answering *a, struct err *e)
{
	uint64_t now = a->q->view->generation;

	if (now == 0)
		return worker_index(a->q, &a->r, e);
	snprintf(a->folder, sizeof(a->folder), "index/%" PRIu64,
	    nvd_cache_walk(a->who, &a->ask, now));
	return worker_index_at(a->q, a->folder, &a->r, e);
}

static int
get_cves(struct request *q, struct response *s, struct err *e)
{
	struct answering a = { .q = q, .s = s };

	if (!nvd_ask_read(&a.ask, q->params, q->n_params, &q->arena))
		return refuse(&a, 404, a.ask.message);
	a.who = client(q);
	if (open_index(&a, e) != 0)
		return e->code != ERR_MISSING
		    ? -1
		    : refuse(&a, 503,
			  "The content has changed since the first page; "
			  "begin again at startIndex 0.");
	if (answer_in(&a, e) == 0)
		return 0;
	return e->code == ERR_LIMIT ? refuse(&a, 404, e->msg) : -1;
}

const struct route nvd_api_routes[] = {
	{ VERB_GET, "/rest/json/cves/2.0", ROUTE_WORK, SCOPE_READ, 0,
	    get_cves },
	/* as its documentation writes it, and most clients */
	{ VERB_GET, "/rest/json/cves/2.0/", ROUTE_WORK, SCOPE_READ, 0,
	    get_cves },
	{ 0 },
};
