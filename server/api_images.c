/* SPDX-License-Identifier: Apache-2.0 */
/* docs/api-scan.md: what is kept of scans. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/api_images.h"
#include "server/desk_results.h"
#include "server/worker.h"

#define JSON_TYPE "application/json"

/* --- the parts of a question --- */

struct span
api_as_of(const struct request *q, const char *name)
{
	struct span value = request_param(q, name);
	char other[32];
	char *c;

	snprintf(other, sizeof(other), "%s", name);
	for (c = other; *c != '\0'; c++)
		if (*c == '_')
			*c = '-';
	return value.len > 0 ? value : request_param(q, other);
}

/* All that a request says of it; an image's id is the first capture. */
static void
fill(const struct request *q, struct results_question *out)
{
	out->id = q->n_captures > 0 ? q->captures[0] : SPAN_NONE;
	out->as_of = api_as_of(q, "as_of");
	out->policy = request_param(q, "policy");
	out->fail_on = api_as_of(q, "fail_on");
	out->words = request_param(q, "q");
	out->verdict = request_param(q, "verdict");
	out->severity = request_param(q, "severity");
	out->state = request_param(q, "state");
	/* Making a generation anew is more than reading. */
	out->may_make = access_may(&q->access, SCOPE_SCAN);
}

static int
ask(struct request *q, enum desk_call call,
    const struct results_question *question, struct out *out, int *fd,
    struct err *e)
{
	struct desk_question asked = { .call = call, .fd = -1 };
	struct buf b = { 0 };
	int rc;

	results_question_pack(&b, question);
	asked.words = buf_span(&b);
	rc = desk_ask(q->worker->desk, &asked, &out->buf, fd, e);
	buf_cleanup(&b);
	return rc;
}

/* --- answers --- */

int
api_file(struct response *s, int fd, const char *type, struct err *e)
{
	struct stat st;

	if (fd == -1 || fstat(fd, &st) != 0) {
		if (fd != -1)
			close(fd);
		return err_set(e, ERR_SYSTEM, "the desk gave no file");
	}
	s->body = RESPONSE_FILE;
	s->fd = fd;
	s->type = type;
	s->size_bytes = (uint64_t)st.st_size;
	return 0;
}

static int
ask_json(struct request *q, struct response *s, enum desk_call call,
    const struct results_question *question, struct err *e)
{
	if (ask(q, call, question, &s->out, NULL, e) != 0)
		return -1;
	api_answer(q, s);
	return 0;
}

static int
ask_file(struct request *q, struct response *s, enum desk_call call,
    const struct results_question *question, const char *type, struct err *e)
{
	int fd = -1;

	if (ask(q, call, question, &s->out, &fd, e) != 0)
		return -1;
	return api_file(s, fd, type, e);
}

/* Lists whose question is the path and these parameters. */
static int
list(struct request *q, struct response *s, enum desk_call call,
    const char *const *names, struct err *e)
{
	struct results_question question = { 0 };
	struct api_page page;

	if (!api_params(q, s, names) ||
	    !api_page_of(q, s, RESULTS_LIMIT_MAX, &page))
		return 0;
	fill(q, &question);
	question.offset = page.offset;
	question.limit = page.limit;
	return ask_json(q, s, call, &question, e);
}

static const char *const page_names[] = { "offset", "limit", NULL };

int
api_get_images(struct request *q, struct response *s, struct err *e)
{
	static const char *const names[] = { "offset", "limit", "q", "verdict",
		NULL };

	return list(q, s, DESK_IMAGES, names, e);
}

int
api_get_image_verdicts(struct request *q, struct response *s, struct err *e)
{
	return list(q, s, DESK_VERDICTS, page_names, e);
}

int
api_get_image_findings(struct request *q, struct response *s, struct err *e)
{
	static const char *const names[] = { "offset", "limit", "q", "severity",
		"state", NULL };

	return list(q, s, DESK_FINDINGS, names, e);
}

int
api_get_image_packages(struct request *q, struct response *s, struct err *e)
{
	static const char *const names[] = { "offset", "limit", "q", NULL };

	return list(q, s, DESK_PACKAGES, names, e);
}

int
api_get_cve_images(struct request *q, struct response *s, struct err *e)
{
	return list(q, s, DESK_CVE_IMAGES, page_names, e);
}

int
api_get_image(struct request *q, struct response *s, struct err *e)
{
	static const char *const names[] = { "as_of", "as-of", "policy",
		"fail_on", "fail-on", NULL };
	struct results_question question = { 0 };

	if (!api_params(q, s, names))
		return 0;
	fill(q, &question);
	if (question.as_of.len > 0)
		return ask_file(q, s, DESK_IMAGE, &question, JSON_TYPE, e);
	if (question.policy.len > 0 || question.fail_on.len > 0)
		return problem(s, 400, "bad-parameter",
		    "policy and fail_on go with as_of: the verdict that "
		    "stands has its own");
	return ask_json(q, s, DESK_IMAGE, &question, e);
}

static const char *const no_names[] = { NULL };

int
api_get_image_layers(struct request *q, struct response *s, struct err *e)
{
	struct results_question question = { 0 };

	if (!api_params(q, s, no_names))
		return 0;
	fill(q, &question);
	return ask_file(q, s, DESK_LAYERS, &question, JSON_TYPE, e);
}

int
api_get_image_explain(struct request *q, struct response *s, struct err *e)
{
	static const char *const names[] = { "as_of", "as-of", NULL };
	struct results_question question = { 0 };

	if (!api_params(q, s, names))
		return 0;
	fill(q, &question);
	question.what = q->captures[1];
	if (ask_file(q, s, DESK_EXPLAIN, &question, "text/plain; charset=utf-8",
		e) != 0)
		return -1;
	response_header(s, "X-Scapcache-Answer",
	    arena_span(&q->arena, buf_span(&s->out.buf)));
	buf_reset(&s->out.buf);
	return 0;
}

int
api_get_compare(struct request *q, struct response *s, struct err *e)
{
	static const char *const names[] = { "a", "b", "as_of_a", "as-of-a",
		"as_of_b", "as-of-b", "policy", "fail_on", "fail-on", NULL };
	struct results_question question = { 0 };

	if (!api_params(q, s, names))
		return 0;
	fill(q, &question);
	question.id = request_param(q, "a");
	question.other = request_param(q, "b");
	question.as_of = api_as_of(q, "as_of_a");
	question.other_as_of = api_as_of(q, "as_of_b");
	if (question.id.len == 0 ||
	    (question.other.len == 0 && question.as_of.len == 0 &&
		question.other_as_of.len == 0))
		return problem(s, 400, "bad-parameter",
		    "a and b are the ids of two images, or a alone with "
		    "as_of_a or as_of_b");
	return ask_file(q, s, DESK_COMPARE, &question, JSON_TYPE, e);
}

/* --- what has a digest for its name --- */

/* Its bytes never change. */
static void
immutable(struct request *q, struct response *s)
{
	struct span name = q->captures[0];

	if (span_has_prefix(name, "sha256:"))
		name = span_from(name, 7);
	s->etag = arena_lower(&q->arena, name);
	s->cache = RESPONSE_IMMUTABLE;
	s->verbatim = true;
}

int
api_get_inventory(struct request *q, struct response *s, struct err *e)
{
	struct results_question question = { 0 };

	if (!api_params(q, s, no_names))
		return 0;
	fill(q, &question);
	if (ask_file(q, s, DESK_INVENTORY, &question,
		"application/octet-stream", e) != 0)
		return -1;
	immutable(q, s);
	return 0;
}

const char *
api_report_type(enum report_format f)
{
	static const char *const types[N_REPORT_FORMATS] = {
		[REPORT_TABLE] = "text/plain; charset=utf-8",
		[REPORT_JSON] = JSON_TYPE,
		[REPORT_DEFINITIONS] = "text/plain; charset=utf-8",
		[REPORT_OVAL_RESULTS] = "application/xml",
		[REPORT_XCCDF] = "application/xml",
		[REPORT_ARF] = "application/xml",
		[REPORT_HTML] = "text/html; charset=utf-8",
		[REPORT_SARIF] = "application/sarif+json",
		[REPORT_CYCLONEDX] = "application/vnd.cyclonedx+json",
		[REPORT_JUNIT] = "application/xml",
	};

	return types[f];
}

int
api_get_verdict(struct request *q, struct response *s, struct err *e)
{
	static const char *const names[] = { "format", NULL };
	struct results_question question = { 0 };
	enum report_format format = REPORT_JSON;

	if (!api_params(q, s, names))
		return 0;
	fill(q, &question);
	question.what = request_param(q, "format");
	if (question.what.len > 0 &&
	    !report_format_parse(question.what, &format))
		return problem(s, 400, "bad-parameter",
		    "there is no format %.*s",
		    SPAN_ARG(span_first(question.what, 40)));
	if (ask_file(
		q, s, DESK_VERDICT, &question, api_report_type(format), e) != 0)
		return -1;
	if (question.what.len == 0)
		immutable(q, s);
	return 0;
}

int
api_get_verify(struct request *q, struct response *s, struct err *e)
{
	struct results_question question = { 0 };

	if (!api_params(q, s, no_names))
		return 0;
	fill(q, &question);
	if (ask_json(q, s, DESK_VERIFY, &question, e) != 0)
		return -1;
	s->cache = "no-store";
	return 0;
}
