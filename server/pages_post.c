/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of what pages send: signing in and out, a sync, a scan. */
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/form.h"
#include "server/httpd.h"
#include "server/page_write.h"
#include "server/route.h"
#include "server/session.h"

/*
 * A path of ours to go back to; anything else is the first page. Browsers drop
 * tabs and ends of lines: what is left may name another host.
 */
static struct span
way_back(struct span to)
{
	size_t i;

	for (i = 0; i < to.len; i++)
		if ((unsigned char)to.ptr[i] < ' ')
			return SPAN_LIT("/");
	if (to.len == 0 || to.len > 1024 || to.ptr[0] != '/' ||
	    span_has_prefix(to, "//") || span_find(to, '\\') < to.len)
		return SPAN_LIT("/");
	return to;
}

static void
write_sign_in(
    struct request *q, struct response *s, struct span to, struct span trouble)
{
	struct page p;

	page_begin(&p, q, s, PAGE_SIGN_IN, SPAN_LIT("Sign in"));
	page_sign_in_write(&p, way_back(to), trouble);
	page_end(&p);
	s->cache = "no-store";
}

int
page_sign_in(struct request *q, struct response *s, struct err *e)
{
	(void)e;
	write_sign_in(q, s, request_param(q, "to"), SPAN_NONE);
	return 0;
}

static bool
is_known(struct request *q, struct span token)
{
	struct access access = { .refused = true };
	struct buf word = { 0 };

	if (!session_valid_token(token))
		return false;
	buf_add_str(&word, "Bearer ");
	buf_add_span(&word, token);
	httpd_access(q, buf_span(&word), &access);
	buf_cleanup(&word);
	return !access.refused && access.name.len > 0;
}

int
page_sign_in_post(struct request *q, struct response *s, struct err *e)
{
	struct span token;
	struct form form;

	if (form_read(q, &form, e) != 0)
		return -1;
	token = span_trim(form_text(&form, "token"));
	if (!is_known(q, token)) {
		s->status = 403;
		write_sign_in(q, s, form_text(&form, "to"),
		    SPAN_LIT("That token is not known here, or has expired."));
		return 0;
	}
	response_header(s, "Set-Cookie", session_cookie(q, token));
	response_redirect(s, 303, way_back(form_text(&form, "to")));
	s->cache = "no-store";
	return 0;
}

int
page_sign_out_post(struct request *q, struct response *s, struct err *e)
{
	(void)e;
	response_header(s, "Set-Cookie", session_cookie(q, SPAN_NONE));
	response_redirect(s, 303, SPAN_LIT("/"));
	s->cache = "no-store";
	return 0;
}

/* What the API would not do, with its own status, type and words. */
static int
refuse(struct request *q, struct response *s, const struct page_answer *said)
{
	const struct json_node *n = NULL;
	struct err ignored = { 0 };
	struct span type = SPAN_NONE;

	if (json_parse(said->text, &q->arena, &n, &ignored) == 0)
		type = page_text(n, "type");
	type = span_from(type, span_rfind(type, '/') + 1);
	return problem(s, said->status,
	    type.len > 0 ? arena_str(&q->arena, type) : "internal", "%.*s",
	    SPAN_ARG(page_detail(q, said->text)));
}

/* --- a sync --- */

int
page_sync_post(struct request *q, struct response *s, struct err *e)
{
	struct page_answer said = { 0 };
	const struct json_node *n = NULL;
	struct request_param params[2] = { 0 };
	struct page_call call = { .verb = VERB_POST,
		.path = SPAN_LIT("/v1/sync"),
		.params = params };
	struct form form;
	struct page p;

	if (form_read(q, &form, e) != 0)
		return -1;
	params[0] = (struct request_param){ SPAN_LIT("source"),
		form_text(&form, "source") };
	if (page_ask(q, &call, &said, e) != 0)
		return -1;
	if (said.status >= 400)
		return refuse(q, s, &said);
	if (json_parse(said.text, &q->arena, &n, e) != 0)
		return -1;
	page_begin(&p, q, s, PAGE_CONTENT, SPAN_LIT("A sync was asked for"));
	html_raw(&p.h,
	    "<p class=\"crumbs\"><a href=\"/\">Content</a></p>\n"
	    "<h1>A sync was asked for</h1>\n<div class=\"note good\">");
	html_prose(&p.h, page_text(n, "message"));
	html_raw(&p.h,
	    "<p>The daemon runs it now. What comes of it stands under <a "
	    "href=\"/\">Content</a> and <a href=\"/activity\">Activity</a>."
	    "</p></div>\n");
	page_end(&p);
	return 0;
}

/* --- a scan --- */

#define SHIFT_BLOCK ((size_t)1024 * 1024)

/*
 * The file's bytes begin behind the head of their part: they are moved to the
 * front of the body, so that no second copy of an image needs room.
 */
static int
move_to_front(int fd, const struct form_field *f, struct err *e)
{
	char *block = xmalloc(SHIFT_BLOCK);
	uint64_t done = 0;
	ssize_t n = 0;

	while (done < f->size_bytes) {
		size_t want = f->size_bytes - done < SHIFT_BLOCK
		    ? (size_t)(f->size_bytes - done)
		    : SHIFT_BLOCK;

		n = pread(fd, block, want, (off_t)(f->offset + done));
		if (n <= 0 || pwrite(fd, block, (size_t)n, (off_t)done) != n)
			break;
		done += (uint64_t)n;
	}
	free(block);
	if (done < f->size_bytes || ftruncate(fd, (off_t)done) != 0 ||
	    lseek(fd, 0, SEEK_SET) != 0)
		return err_system(e, "the file that was sent");
	return 0;
}

static struct span
name_of(const struct form *form, const struct form_field *file)
{
	struct span name = span_trim(form_text(form, "name"));
	struct span given = file->filename;
	size_t at = span_rfind(given, '/');

	if (name.len > 0)
		return name;
	return at < given.len ? span_from(given, at + 1) : given;
}

/* To the image that it is now, or to where one sees how far it is. */
static int
answer_scan(
    struct request *q, struct response *s, const struct page_answer *said)
{
	struct page p = { .q = q, .arena = &q->arena };
	struct span to = SPAN_LIT("/images");

	if (said->status >= 400)
		return refuse(q, s, said);
	if (said->status == 202)
		to = page_format(&p, "/scan/%.*s",
		    SPAN_ARG(span_from(
			said->location, span_rfind(said->location, '/') + 1)));
	else if (said->image.len > 0)
		to = page_format(&p, "/images/%.*s", SPAN_ARG(said->image));
	response_redirect(s, 303, to);
	s->cache = "no-store";
	return 0;
}

int
page_scan_post(struct request *q, struct response *s, struct err *e)
{
	const struct form_field *file;
	struct request_param params[4] = { 0 };
	struct page_call call = { .verb = VERB_POST,
		.path = SPAN_LIT("/v1/scan"),
		.params = params,
		.body_type = SPAN_LIT("application/octet-stream") };
	struct page_answer said = { 0 };
	struct form form;

	if (form_read(q, &form, e) != 0)
		return -1;
	file = form_find(&form, "file");
	if (file == NULL || !file->is_file || file->size_bytes == 0)
		return err_set(
		    e, ERR_FORMAT, "No file came: choose one to scan.");
	if (move_to_front(q->body_fd, file, e) != 0)
		return -1;
	params[0] =
	    (struct request_param){ SPAN_LIT("name"), name_of(&form, file) };
	params[1] = (struct request_param){ SPAN_LIT("fail_on"),
		form_text(&form, "fail_on") };
	params[2] =
	    (struct request_param){ SPAN_LIT("os"), form_text(&form, "os") };
	if (params[2].value.len > 0)
		call.body_type = SPAN_LIT("text/plain");
	call.body_size = file->size_bytes;
	if (page_ask(q, &call, &said, e) != 0)
		return -1;
	return answer_scan(q, s, &said);
}

int
page_scan_job(struct request *q, struct response *s, struct err *e)
{
	const struct json_node *job = NULL;
	struct page p = { .q = q, .arena = &q->arena };
	struct span image;

	if (page_get(q,
		page_format(&p, "/v1/scans/%.*s", SPAN_ARG(q->captures[0])),
		NULL, &job, e) != 0)
		return -1;
	image = page_text(job, "image");
	if (span_is(page_text(job, "state"), "done") && image.len > 0) {
		response_redirect(
		    s, 303, page_format(&p, "/images/%.*s", SPAN_ARG(image)));
		return 0;
	}
	page_begin(&p, q, s, PAGE_SCAN, page_text(job, "target"));
	page_job_write(&p, job);
	page_end(&p);
	return 0;
}
