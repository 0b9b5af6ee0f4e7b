/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of the pages about images. */
#include "server/page_write.h"

#define NAMED(name, value)            \
	{                             \
		SPAN_LIT(name), value \
	}
#define NO_MORE                      \
	{                            \
		SPAN_NONE, SPAN_NONE \
	}

int
page_images(struct request *q, struct response *s, struct err *e)
{
	const struct json_node *images = NULL;
	const struct request_param params[] = {
		NAMED("q", request_param(q, "q")),
		NAMED("verdict", request_param(q, "verdict")),
		NAMED("offset", request_param(q, "offset")),
		NO_MORE,
	};
	struct page p;

	if (page_get(q, SPAN_LIT("/v1/images"), params, &images, e) != 0)
		return -1;
	page_begin(&p, q, s, PAGE_IMAGES, SPAN_LIT("Images"));
	page_images_write(&p, images);
	page_end(&p);
	return 0;
}

/* What is below /v1/images/{id}, in pages. */
static int
get_part(struct request *q, const char *part, const struct json_node **out,
    struct err *e)
{
	const struct request_param params[] = {
		NAMED("q", request_param(q, "q")),
		NAMED("severity", request_param(q, "severity")),
		NAMED("state", request_param(q, "state")),
		NAMED("offset", request_param(q, "offset")),
		NO_MORE,
	};
	/* only findings have severities and states */
	const struct request_param few[] = { params[0], params[3], NO_MORE };
	const struct request_param offset[] = { params[3], NO_MORE };
	struct page p = { .q = q, .arena = &q->arena };
	struct span path = page_format(
	    &p, "/v1/images/%.*s/%s", SPAN_ARG(q->captures[0]), part);

	if (span_is(span_of(part), "findings"))
		return page_get(q, path, params, out, e);
	if (span_is(span_of(part), "packages"))
		return page_get(q, path, few, out, e);
	return page_get(q, path, offset, out, e);
}

static int
get_image(struct request *q, struct page_image_data *d, struct err *e)
{
	struct span show = request_param(q, "show");
	struct page p = { .q = q, .arena = &q->arena };
	struct span path =
	    page_format(&p, "/v1/images/%.*s", SPAN_ARG(q->captures[0]));
	struct err ignored = { 0 };

	*d = (struct page_image_data){ 0 };
	if (page_get(q, path, NULL, &d->image, e) != 0)
		return -1;
	page_get(
	    q, SPAN_LIT("/v1/generations"), NULL, &d->generations, &ignored);
	if (span_is(show, "packages"))
		return get_part(q, "packages", &d->packages, e);
	if (span_is(show, "verdicts"))
		return get_part(q, "verdicts", &d->verdicts, e);
	if (span_is(show, "layers") ||
	    page_text(json_get(d->image, "verdict"), "digest").len == 0)
		return 0;
	return get_part(q, "findings", &d->findings, e);
}

int
page_image(struct request *q, struct response *s, struct err *e)
{
	struct page_image_data d;
	struct page p;

	if (get_image(q, &d, e) != 0)
		return -1;
	page_begin(&p, q, s, PAGE_IMAGES, page_text(d.image, "target"));
	page_image_write(&p, &d);
	page_end(&p);
	return 0;
}

int
page_as_of(struct request *q, struct response *s, struct err *e)
{
	const struct json_node *image = NULL;
	const struct request_param params[] = {
		NAMED("as_of", request_param(q, "generation")),
		NO_MORE,
	};
	struct page p = { .q = q, .arena = &q->arena };
	const struct page_call call = { .verb = VERB_GET,
		.path = page_format(
		    &p, "/v1/images/%.*s", SPAN_ARG(q->captures[0])),
		.params = params };
	struct span report = SPAN_NONE;
	int rc;

	if (page_get(q, call.path, NULL, &image, e) != 0)
		return -1;
	/* Without one the API tells of the image, and has no findings. */
	if (params[0].value.len == 0) {
		response_redirect(s, 303,
		    page_format(
			&p, "/images/%.*s", SPAN_ARG(page_text(image, "id"))));
		return 0;
	}
	if (page_call_text(q, &call, &report, e) != 0)
		return -1;
	page_begin(&p, q, s, PAGE_IMAGES, page_text(image, "target"));
	rc = page_as_of_write(&p, image, report, e);
	page_end(&p);
	return rc;
}

int
page_explain(struct request *q, struct response *s, struct err *e)
{
	const struct json_node *image = NULL;
	struct page p = { .q = q, .arena = &q->arena };
	struct span id = q->captures[0], what = q->captures[1];
	const struct page_call call = { .verb = VERB_GET,
		.path = page_format(&p, "/v1/images/%.*s/explain/%.*s",
		    SPAN_ARG(id), SPAN_ARG(what)) };
	struct span text = SPAN_NONE;

	if (page_get(q, page_format(&p, "/v1/images/%.*s", SPAN_ARG(id)), NULL,
		&image, e) != 0 ||
	    page_call_text(q, &call, &text, e) != 0)
		return -1;
	page_begin(&p, q, s, PAGE_IMAGES, what);
	page_explain_write(&p, image, what, text);
	page_end(&p);
	return 0;
}

int
page_compare(struct request *q, struct response *s, struct err *e)
{
	const struct json_node *images = NULL, *diff = NULL;
	const struct request_param all[] = {
		NAMED("limit", SPAN_LIT("1000")),
		NO_MORE,
	};
	const struct request_param params[] = {
		NAMED("a", request_param(q, "a")),
		NAMED("b", request_param(q, "b")),
		NAMED("as_of_a", request_param(q, "as_of_a")),
		NAMED("as_of_b", request_param(q, "as_of_b")),
		NO_MORE,
	};
	struct page p;

	if (page_get(q, SPAN_LIT("/v1/images"), all, &images, e) != 0)
		return -1;
	if (request_param(q, "a").len > 0 && request_param(q, "b").len > 0 &&
	    page_get(q, SPAN_LIT("/v1/images/compare"), params, &diff, e) != 0)
		return -1;
	page_begin(&p, q, s, PAGE_IMAGES, SPAN_LIT("Compare two images"));
	page_compare_write(&p, images, diff);
	page_end(&p);
	return 0;
}
