/* SPDX-License-Identifier: Apache-2.0 */
/* docs/api-scan.md: POST /v1/scan, and the table of the scanning half. */
#include <unistd.h>

#include "base/log.h"
#include "base/pack.h"
#include "server/api_images.h"
#include "server/desk_scan.h"
#include "server/worker.h"

#define BODY_MAX                                               \
	((uint64_t)64 * 1024 * 1024 * 1024) /* bytes; see also \
					       serve.upload_max_mib */

/* --- the question --- */

static const struct {
	const char *type;
	enum scan_body body;
} types[] = {
	/* What is no list shows by its bytes. */
	{ "", SCAN_BODY_ANY },
	{ "application/octet-stream", SCAN_BODY_ANY },
	{ "application/x-www-form-urlencoded", SCAN_BODY_ANY }, /* curl */
	{ "application/x-tar", SCAN_BODY_ANY },
	{ "application/tar", SCAN_BODY_ANY },
	{ "application/gzip", SCAN_BODY_ANY },
	{ "application/x-gzip", SCAN_BODY_ANY },
	{ "application/zstd", SCAN_BODY_ANY },
	{ "application/x-bzip2", SCAN_BODY_ANY },
	{ "application/x-xz", SCAN_BODY_ANY },
	{ "application/json", SCAN_BODY_ANY },
	{ "application/spdx+json", SCAN_BODY_ANY },
	{ "text/spdx", SCAN_BODY_ANY },
	{ "text/plain", SCAN_BODY_LIST },
};

static bool
body_of(struct span type, enum scan_body *out)
{
	size_t i;

	if (span_has_prefix(type, "application/vnd.oci.image.") ||
	    span_has_prefix(type, "application/vnd.docker.") ||
	    span_has_prefix(type, "application/vnd.cyclonedx+json")) {
		*out = SCAN_BODY_ANY;
		return true;
	}
	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (span_is(type, types[i].type)) {
			*out = types[i].body;
			return true;
		}
	return false;
}

/* "respond-async, wait=10" of RFC 7240; what else it says is ignored. */
static void
read_prefer(struct span prefer, uint64_t *wait_s)
{
	struct span part;
	uint64_t n;
	bool async = false;
	bool waits = false;

	while (prefer.len > 0 && span_next(&prefer, ',', &part)) {
		part = span_trim(part);
		if (span_is_nocase(part, "respond-async"))
			async = true;
		if (span_is_nocase(span_first(part, 5), "wait=") &&
		    parse_uint(span_from(part, 5), INT32_MAX, &n)) {
			*wait_s = n;
			waits = true;
		}
	}
	if (async && !waits)
		*wait_s = 0;
}

/* 1: fine; 0: *s is the problem. */
static int
read_wait(const struct request *q, struct response *s, uint64_t *wait_s)
{
	struct span async = request_param(q, "async");

	*wait_s = SCAN_WAIT_DEFAULT;
	read_prefer(request_header(q, "Prefer"), wait_s);
	if (span_is(async, "yes")) {
		*wait_s = 0;
	} else if (async.len > 0 && !span_is(async, "no")) {
		problem(s, 400, "bad-parameter", "async is yes or no");
		return 0;
	}
	return 1;
}

/* By what is judged, and who asks for it. */
static void
read_rules(const struct request *q, struct scan_question *out)
{
	out->policy = request_param(q, "policy");
	out->fail_on = api_as_of(q, "fail_on");
	out->as_of = api_as_of(q, "as_of");
	out->who = q->access.name;
	out->peer = q->peer;
}

static int
read_question(
    const struct request *q, struct response *s, struct scan_question *out)
{
	struct span target = request_param(q, "target");

	if (q->body_fd == -1 && target.len == 0) {
		problem(s, 400, "bad-request",
		    "what is to be scanned is the body of the request, or "
		    "target=docker://HOST/NAME:TAG");
		return 0;
	}
	if (q->body_fd != -1 && target.len > 0) {
		problem(s, 400, "bad-parameter",
		    "target goes without a body: name= names what is handed "
		    "in");
		return 0;
	}
	if (q->body_fd != -1 && !body_of(q->body_type, &out->body)) {
		problem(s, 415, "media-type",
		    "%.*s is nothing that is scanned: the body is the file "
		    "itself, as curl --data-binary @FILE sends it",
		    SPAN_ARG(span_first(q->body_type, 100)));
		return 0;
	}
	out->target = target.len > 0 ? target : request_param(q, "name");
	out->os = request_param(q, "os");
	if (out->os.len > 0 && out->body != SCAN_BODY_LIST) {
		problem(s, 400, "bad-parameter",
		    "os goes with a list of packages, text/plain");
		return 0;
	}
	out->format = request_param(q, "format");
	out->platform = request_param(q, "platform");
	out->document = request_param(q, "document");
	read_rules(q, out);
	return read_wait(q, s, &out->wait_s);
}

/* --- the answer --- */

static struct span
print(struct request *q, const char *fmt, struct span text)
{
	struct buf b = { 0 };
	struct span s;

	buf_printf(&b, "%s%.*s", fmt, SPAN_ARG(text));
	s = arena_span(&q->arena, buf_span(&b));
	buf_cleanup(&b);
	return s;
}

static int
job_answer(
    struct request *q, struct response *s, struct span job, struct err *e)
{
	struct buf question = { 0 };
	int rc;

	pack_span(&question, job);
	rc = api_desk(q, DESK_JOB, buf_span(&question), &s->out, e);
	buf_cleanup(&question);
	s->type = "application/json";
	s->cache = "no-store";
	return rc;
}

/* It goes on: where to ask. */
static int
answer_later(struct request *q, struct response *s,
    const struct scan_outcome *o, struct err *e)
{
	if (job_answer(q, s, o->job, e) != 0)
		return -1;
	s->status = 202;
	response_header(s, "Location", print(q, "/v1/scans/", o->job));
	response_header(s, "Retry-After", SPAN_LIT("1"));
	return 0;
}

/* What was sent cannot be judged: that is nobody's pass. */
static int
answer_failed(struct response *s, const struct scan_outcome *o)
{
	if (o->was_killed) {
		log_error("scan: %.*s", SPAN_ARG(o->why));
		problem(s, 503, "scan-killed",
		    "the process that ran the scan was killed, as for want of "
		    "memory: nothing is known of the image; ask again");
		response_header(s, "Retry-After", SPAN_LIT("30"));
		return 0;
	}
	switch (o->failed) {
	case ERR_NETWORK:
		return problem(s, 502, "registry", "%.*s", SPAN_ARG(o->why));
	case ERR_FORMAT:
	case ERR_LIMIT:
	case ERR_UNTRUSTED:
	case ERR_MISSING:
		return problem(s, 422, "not-scanned", "%.*s", SPAN_ARG(o->why));
	default:
		log_error("scan: %.*s", SPAN_ARG(o->why));
		return problem(s, 500, "scan",
		    "the scan ended without a verdict; the server's log says "
		    "why");
	}
}

static int
answer_done(struct request *q, struct response *s, const struct scan_outcome *o,
    int fd, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	int rc;

	if (o->has_report)
		rc = api_file(s, fd, api_report_type(o->format), e);
	else
		rc = problem(s, 422, "no-report",
		    "no document applies to it, and OVAL results are of one: "
		    "the verdict is unknown");
	if (rc != 0)
		return -1;
	s->cache = "no-store";
	response_header(s, "X-Scapcache-Verdict",
	    span_of(
		verdict_name(o->has_report ? o->verdict : VERDICT_UNKNOWN)));
	if (o->has_record)
		response_header(s, "Location",
		    print(q, "/v1/verdicts/sha256:",
			span_of(digest_hex(&o->record, hex))));
	if (o->image.len > 0)
		response_header(
		    s, "X-Scapcache-Image", arena_span(&q->arena, o->image));
	return 0;
}

static int
answer(struct request *q, struct response *s, struct span bytes, int fd,
    struct err *e)
{
	struct scan_outcome o = { 0 };
	int rc = 0;

	if (scan_outcome_unpack(&o, bytes, e) != 0)
		rc = -1;
	else if (o.is_full) {
		problem(s, 503, "busy",
		    "too many scans wait for their turn: try again later");
		response_header(s, "Retry-After", SPAN_LIT("30"));
	} else if (!o.has_ended)
		rc = answer_later(q, s, &o, e);
	else if (o.failed != ERR_NONE)
		rc = answer_failed(s, &o);
	else
		return answer_done(q, s, &o, fd, e);
	if (fd != -1)
		close(fd);
	return rc;
}

static int
ask(struct request *q, struct response *s, const struct scan_question *question,
    struct err *e)
{
	struct desk_question asked = { .call = DESK_SCAN, .fd = q->body_fd };
	struct buf packed = { 0 };
	struct buf outcome = { 0 };
	int fd = -1;
	int rc;

	scan_question_pack(&packed, question);
	asked.words = buf_span(&packed);
	rc = desk_ask(q->worker->desk, &asked, &outcome, &fd, e);
	if (rc == 0)
		rc = answer(q, s, buf_span(&outcome), fd, e);
	buf_cleanup(&packed);
	buf_cleanup(&outcome);
	return rc;
}

static int
api_post_scan(struct request *q, struct response *s, struct err *e)
{
	static const char *const names[] = { "target", "name", "os", "format",
		"policy", "fail_on", "fail-on", "platform", "document", "as_of",
		"as-of", "async", NULL };
	struct scan_question question = { .body = SCAN_BODY_NONE };

	if (!api_params(q, s, names) || !read_question(q, s, &question))
		return 0;
	return ask(q, s, &question, e);
}

static int
api_post_rescan(struct request *q, struct response *s, struct err *e)
{
	static const char *const names[] = { "image", "only", "as_of", "as-of",
		"policy", "fail_on", "fail-on", "async", NULL };
	struct scan_question question = { .body = SCAN_BODY_STORED };

	if (!api_params(q, s, names) || !read_wait(q, s, &question.wait_s))
		return 0;
	read_rules(q, &question);
	question.image = request_param(q, "image");
	question.only = request_param(q, "only");
	if (question.image.len > 0 && question.only.len > 0)
		return problem(s, 400, "bad-parameter",
		    "image and only do not go together");
	return ask(q, s, &question, e);
}

static int
api_get_scan(struct request *q, struct response *s, struct err *e)
{
	static const char *const names[] = { NULL };

	if (!api_params(q, s, names))
		return 0;
	return job_answer(q, s, q->captures[0], e);
}

/* --- the table --- */

#define GET(path, kind, handler)                             \
	{                                                    \
		VERB_GET, path, kind, SCOPE_READ, 0, handler \
	}

const struct route scan_routes[] = {
	{ VERB_POST, "/v1/scan", ROUTE_SCAN, SCOPE_SCAN, BODY_MAX,
	    api_post_scan },
	{ VERB_GET, "/v1/scans/{id}", ROUTE_WORK, SCOPE_SCAN, 0, api_get_scan },
	{ VERB_POST, "/v1/rescan", ROUTE_JUDGE, SCOPE_SCAN, 0,
	    api_post_rescan },
	GET("/v1/images", ROUTE_WORK, api_get_images),
	GET("/v1/images/compare", ROUTE_JUDGE, api_get_compare),
	GET("/v1/images/{id}", ROUTE_MAY_JUDGE, api_get_image),
	GET("/v1/images/{id}/verdicts", ROUTE_WORK, api_get_image_verdicts),
	GET("/v1/images/{id}/findings", ROUTE_WORK, api_get_image_findings),
	GET("/v1/images/{id}/packages", ROUTE_WORK, api_get_image_packages),
	GET("/v1/images/{id}/layers", ROUTE_WORK, api_get_image_layers),
	GET("/v1/images/{id}/explain/{what}", ROUTE_JUDGE,
	    api_get_image_explain),
	GET("/v1/inventories/{digest}", ROUTE_WORK, api_get_inventory),
	GET("/v1/verdicts/{digest}", ROUTE_MAY_JUDGE, api_get_verdict),
	GET("/v1/verdicts/{digest}/verify", ROUTE_JUDGE, api_get_verify),
	GET("/v1/cves/{id}/images", ROUTE_WORK, api_get_cve_images),
	{ 0 },
};
