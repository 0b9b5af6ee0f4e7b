/* SPDX-License-Identifier: Apache-2.0 */
/* Repositories, tags and referrers, in pages where there are many. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "server/httpd.h"
#include "server/oci_parts.h"

#define PAGE_MAX 1000u /* names of a page, unless asked for fewer */

struct page {
	struct span last; /* names behind that one */
	uint64_t n;
	bool is_cut; /* there are more */
};

/* 0, or what is wrong was answered: 1. */
static int
read_page(struct request *q, struct response *s, struct page *p)
{
	*p = (struct page){ .last = request_param(q, "last"), .n = PAGE_MAX };
	if (request_uint(q, "n", UINT32_MAX, &p->n)) {
		if (p->n > PAGE_MAX)
			p->n = PAGE_MAX;
		return 0;
	}
	oci_error(s, OCI_PAGINATION_NUMBER_INVALID,
	    "n is the number of names wanted");
	return 1;
}

/* Each name behind the last one asked for, in the order of their bytes. */
static struct span
add_names(
    struct json_out *j, struct page *p, const struct span *names, size_t n)
{
	struct span last = p->last;
	uint64_t written = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (p->last.len > 0 && span_cmp(names[i], p->last) <= 0)
			continue;
		if (written == p->n) {
			p->is_cut = p->n > 0;
			break;
		}
		json_span(j, NULL, names[i]);
		last = names[i];
		written++;
	}
	return last;
}

/* RFC 8288; names here need no escapes. */
static void
add_link(struct request *q, struct response *s, const char *path,
    const struct page *p, struct span last)
{
	struct buf b = { 0 };

	if (!p->is_cut)
		return;
	buf_printf(&b, "<%s?n=%" PRIu64 "&last=%.*s>; rel=\"next\"", path, p->n,
	    SPAN_ARG(last));
	response_header(s, "Link", arena_span(&q->arena, buf_span(&b)));
	buf_cleanup(&b);
}

static int
by_name(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

/* "full-7" of "full-7.tar"; and "latest". */
static struct span *
tag_names(struct request *q, const struct bundle_files *f, size_t *n)
{
	size_t count = bundle_files_count(f), i;
	struct span *names = arena_array(&q->arena, count + 1, sizeof(*names));

	for (i = 0; i < count; i++) {
		struct span name = span_of(bundle_files_at(f, i)->name);

		names[i] = arena_span(
		    &q->arena, span_first(name, name.len - strlen(".tar")));
	}
	*n = count;
	if (bundle_files_tag(f, SPAN_LIT("latest")) != NULL)
		names[(*n)++] = SPAN_LIT("latest");
	qsort(names, *n, sizeof(*names), by_name);
	return names;
}

int
oci_tags(struct request *q, struct response *s, struct err *e)
{
	struct bundle_files *f;
	struct json_out j;
	struct page p;
	struct span *names, last;
	size_t n;

	if (read_page(q, s, &p) != 0)
		return 0;
	if (bundle_files_get(httpd_statefd(q), &f, e) != 0)
		return -1;
	names = tag_names(q, f, &n);
	bundle_files_drop(f);
	if (n == 0)
		return oci_error(s, OCI_NAME_UNKNOWN,
		    "there is no bundle yet: `scapcache bundle export` writes "
		    "one");
	oci_version(s);
	response_json(s, &j);
	json_object(&j, NULL);
	json_str(&j, "name", OCI_REPOSITORY);
	json_array(&j, "tags");
	last = add_names(&j, &p, names, n);
	json_array_end(&j);
	json_object_end(&j);
	out_char(&s->out, '\n');
	add_link(q, s, "/v2/" OCI_REPOSITORY "/tags/list", &p, last);
	return 0;
}

/* distribution: GET /v2/_catalog; the standard leaves it to extensions. */
int
oci_catalog(struct request *q, struct response *s, struct err *e)
{
	const struct span name = SPAN_LIT(OCI_REPOSITORY);
	struct bundle_files *f;
	struct json_out j;
	struct page p;
	struct span last;
	size_t n;

	if (read_page(q, s, &p) != 0)
		return 0;
	if (bundle_files_get(httpd_statefd(q), &f, e) != 0)
		return -1;
	n = bundle_files_count(f) > 0;
	bundle_files_drop(f);
	oci_version(s);
	response_json(s, &j);
	json_object(&j, NULL);
	json_array(&j, "repositories");
	last = add_names(&j, &p, &name, n);
	json_array_end(&j);
	json_object_end(&j);
	out_char(&s->out, '\n');
	add_link(q, s, "/v2/_catalog", &p, last);
	return 0;
}

/* No manifest here has a subject: the list is empty, whatever is asked for. */
int
oci_referrers(struct request *q, struct response *s, struct err *e)
{
	struct digest d;

	(void)e;
	if (!oci_digest_parse(q->captures[0], &d))
		return oci_error(s, OCI_DIGEST_INVALID,
		    "a digest is sha256: and 64 hex digits");
	oci_version(s);
	s->status = 200;
	s->type = OCI_INDEX_TYPE;
	out_str(&s->out,
	    "{\"schemaVersion\":2,\"mediaType\":\"" OCI_INDEX_TYPE
	    "\",\"manifests\":[]}\n");
	return 0;
}
