/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that only main can answer: each is one call of the desk. */
#include <inttypes.h>
#include <unistd.h>

#include "base/json.h"
#include "base/pack.h"
#include "server/api_impl.h"
#include "server/desk_rows.h"
#include "server/worker.h"

#define SYNC_SOURCES_MAX 64u /* that one request names */

int
api_desk(struct request *q, enum desk_call call, struct span question,
    struct out *out, struct err *e)
{
	const struct desk_question asked = { call, question, -1 };

	return desk_ask(q->worker->desk, &asked, &out->buf, NULL, e);
}

static int
get(struct request *q, struct response *s, enum desk_call call,
    struct span question, struct err *e)
{
	if (api_desk(q, call, question, &s->out, e) != 0)
		return -1;
	api_answer(q, s);
	return 0;
}

static const char *const no_names[] = { NULL };

/* It tells when sources are due, which for some is always now. */
static int
get_now(struct request *q, struct response *s, enum desk_call call,
    struct span question, struct err *e)
{
	if (!api_params(q, s, no_names))
		return 0;
	if (get(q, s, call, question, e) != 0)
		return -1;
	s->etag = SPAN_NONE;
	return 0;
}

int
api_get_status(struct request *q, struct response *s, struct err *e)
{
	return get_now(q, s, DESK_STATUS, SPAN_NONE, e);
}

int
api_get_sources(struct request *q, struct response *s, struct err *e)
{
	return get_now(q, s, DESK_SOURCES, SPAN_NONE, e);
}

int
api_get_source(struct request *q, struct response *s, struct err *e)
{
	return get_now(q, s, DESK_SOURCES, q->captures[0], e);
}

int
api_get_bundles(struct request *q, struct response *s, struct err *e)
{
	if (!api_params(q, s, no_names))
		return 0;
	return get(q, s, DESK_BUNDLES, SPAN_NONE, e);
}

/* --- lists that grow --- */

/* The answer says where the next page begins. */
static int
link_next(struct request *q, struct response *s, uint64_t limit, struct err *e)
{
	const struct json_node *root;
	struct buf b = { 0 };
	struct span next;

	if (json_parse(buf_span(&s->out.buf), &q->arena, &root, e) != 0)
		return -1;
	next = json_text(json_get(root, "next"));
	if (next.len > 0) {
		buf_printf(&b,
		    "<%.*s?limit=%" PRIu64 "&before=%.*s>; rel=\"next\"",
		    SPAN_ARG(api_raw_path(q)), limit, SPAN_ARG(next));
		response_header(s, "Link", arena_span(&q->arena, buf_span(&b)));
	}
	buf_cleanup(&b);
	return 0;
}

static int
get_rows(struct request *q, struct response *s, enum desk_call call,
    struct desk_rows *rows, struct err *e)
{
	struct buf question = { 0 };
	int rc;

	desk_rows_pack(&question, rows);
	rc = get(q, s, call, buf_span(&question), e);
	buf_cleanup(&question);
	return rc;
}

/* The newest rows, or the newest of those before one. */
static int
get_page(
    struct request *q, struct response *s, enum desk_call call, struct err *e)
{
	static const char *const names[] = { "limit", "before", NULL };
	struct desk_rows rows = { .limit = API_LIMIT,
		.addresses = access_may(&q->access, SCOPE_ADMIN) };

	if (!api_params(q, s, names))
		return 0;
	if (!request_uint(q, "limit", DESK_ROWS_MAX, &rows.limit) ||
	    rows.limit == 0)
		return problem(s, 400, "bad-parameter",
		    "limit is a number from 1 to %u", DESK_ROWS_MAX);
	if (!request_uint(q, "before", INT64_MAX, &rows.before))
		return problem(s, 400, "bad-parameter",
		    "before is a number: `next` of the page before");
	if (get_rows(q, s, call, &rows, e) != 0)
		return -1;
	return link_next(q, s, rows.limit, e);
}

/* What it shows depends on who asks. */
static int
get_page_of_asker(
    struct request *q, struct response *s, enum desk_call call, struct err *e)
{
	int rc = get_page(q, s, call, e);

	if (rc == 0 && s->status == 200)
		s->cache = "private, no-cache";
	return rc;
}

int
api_get_runs(struct request *q, struct response *s, struct err *e)
{
	return get_page_of_asker(q, s, DESK_RUNS, e);
}

int
api_get_generations(struct request *q, struct response *s, struct err *e)
{
	return get_page(q, s, DESK_GENERATIONS, e);
}

int
api_get_audit(struct request *q, struct response *s, struct err *e)
{
	return get_page_of_asker(q, s, DESK_AUDIT, e);
}

int
api_get_generation(struct request *q, struct response *s, struct err *e)
{
	struct desk_rows rows = { .limit = 1 };

	if (!api_params(q, s, no_names))
		return 0;
	if (!parse_uint(q->captures[0], INT64_MAX, &rows.only) ||
	    rows.only == 0)
		return problem(s, 404, "not-found",
		    "%.*s is no number of a generation",
		    SPAN_ARG(span_first(q->captures[0], 100)));
	return get_rows(q, s, DESK_GENERATIONS, &rows, e);
}

/* --- a sync --- */

/* Parameters source=NAME, as often as there are sources. */
static int
sync_question(struct request *q, struct response *s, struct buf *out)
{
	size_t i;

	for (i = 0; i < q->n_params; i++)
		if (!span_is(q->params[i].name, "source")) {
			problem(s, 400, "unknown-parameter",
			    "there is no parameter %.*s here: source names "
			    "what to sync",
			    SPAN_ARG(span_first(q->params[i].name, 100)));
			return 0;
		}
	if (q->n_params > SYNC_SOURCES_MAX) {
		problem(s, 400, "limit", "more than %u sources are named",
		    SYNC_SOURCES_MAX);
		return 0;
	}
	pack_uint(out, q->n_params);
	for (i = 0; i < q->n_params; i++)
		pack_span(out, q->params[i].value);
	pack_span(out, q->access.name);
	pack_span(out, q->peer);
	return 1;
}

/* Twin: desk_answer_sync(). */
int
api_post_sync(struct request *q, struct response *s, struct err *e)
{
	struct buf question = { 0 };
	int rc = 0;

	if (sync_question(q, s, &question)) {
		rc = api_desk(q, DESK_SYNC, buf_span(&question), &s->out, e);
		if (rc == 0) {
			s->status = 202;
			s->type = "application/json";
			s->cache = "no-store";
			response_header(s, "Location", SPAN_LIT("/v1/runs"));
		} else if (e->code == ERR_MISSING) {
			rc = problem(s, 503, "no-daemon",
			    "no daemon is running that would sync: it is "
			    "started as `scapcache syncd`");
		}
	}
	buf_cleanup(&question);
	return rc;
}
