/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What OWASP dependency-check asks for beside NVD's own files: the cache
 * layout of its data feeds, and a feed of every year up to the one that has
 * begun anywhere on earth (UTC+14), of which upstream has none yet at first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "base/clock.h"
#include "content/meta.h"
#include "server/served.h"

#define FEEDS "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-"
#define CACHE_PREFIX "nvdcve-"
#define FEED_PREFIX "nvdcve-2.0-"
#define FIRST_OFFSET_S (14 * 3600)
#define EMPTY_SIZE 512u /* the feed of a year without records, packed */

/* --- a year that upstream has nothing of yet --- */

static unsigned
newest_year(void)
{
	time_t t = (time_t)(clock_now() + FIRST_OFFSET_S);
	struct tm tm;

	return gmtime_r(&t, &tm) == NULL ? 0 : (unsigned)tm.tm_year + 1900;
}

static const struct view_file *
find_feed(struct request *q, unsigned year, const char *suffix)
{
	char path[sizeof(FEEDS) + 32];

	snprintf(path, sizeof(path), FEEDS "%u%s", year, suffix);
	return view_find(q->view, span_of(path));
}

/*
 * Only the newest year, and only while there is a feed of the one before: an
 * empty feed of any other would say that it has no CVE.
 */
static bool
is_empty_year(struct request *q, unsigned year)
{
	return year == newest_year() &&
	    find_feed(q, year, ".json.gz") == NULL &&
	    find_feed(q, year, ".meta") == NULL &&
	    find_feed(q, year - 1, ".json.gz") != NULL;
}

/* NVD's own head has neither a time nor a system. */
static size_t
pack(struct span text, char *out, size_t size)
{
	gz_header head = { 0 };
	z_stream z = { 0 };

	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		return 0;
	deflateSetHeader(&z, &head);
	z.next_in = (Bytef *)(uintptr_t)text.ptr;
	z.avail_in = (uInt)text.len;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)size;
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		z.total_out = 0;
	deflateEnd(&z);
	return z.total_out;
}

static void
write_meta(struct out *o, unsigned year, struct span json, size_t packed)
{
	char hex[DIGEST_HEX_SIZE], *c;
	struct digest d;

	digest_of(json, &d);
	digest_hex(&d, hex);
	for (c = hex; *c != '\0'; c++)
		if (span_is_lower(*c))
			*c = (char)(*c - 'a' + 'A');
	out_printf(o,
	    "lastModifiedDate:%u-12-31T10:00:00+00:00\r\nsize:%zu\r\n"
	    "zipSize:%zu\r\ngzSize:%zu\r\nsha256:%s\r\n",
	    year - 1, json.len, packed, packed, hex);
}

static void
finish(struct request *q, struct response *s, const char *type)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	s->type = type;
	s->verbatim = true;
	digest_of(buf_span(&s->out.buf), &d);
	s->etag = arena_span(&q->arena, span_of(digest_hex(&d, hex)));
}

static int
answer_empty(
    struct request *q, struct response *s, unsigned year, struct span suffix)
{
	char packed[EMPTY_SIZE], json[EMPTY_SIZE];
	struct span text = { json, 0 };
	int64_t since = 0;
	char time[32];
	size_t n;

	snprintf(time, sizeof(time), "%u-12-31T10:00:00Z", year - 1);
	clock_parse(span_of(time), &since);
	text.len = (size_t)snprintf(json, sizeof(json),
	    "{\"resultsPerPage\":0,\"startIndex\":0,\"totalResults\":0,"
	    "\"format\":\"NVD_CVE\",\"version\":\"2.0\","
	    "\"timestamp\":\"%u-12-31T10:00:00.000\",\"vulnerabilities\":[]}",
	    year - 1);
	n = pack(text, packed, sizeof(packed));
	s->modified_at = since;
	if (span_is(suffix, ".meta")) {
		write_meta(&s->out, year, text, n);
		finish(q, s, "text/plain");
	} else if (span_is(suffix, ".json")) {
		out_span(&s->out, text);
		finish(q, s, "application/json");
	} else {
		out_add(&s->out, packed, n);
		finish(q, s, "application/gzip");
	}
	return 0;
}

/* "2027.json.gz": its year; 0: none. */
static unsigned
year_of(struct span name, struct span *suffix)
{
	uint64_t year = 0;

	*suffix = span_from(name, 4);
	if (!parse_uint(span_first(name, 4), 9999, &year) ||
	    (!span_is(*suffix, ".json.gz") && !span_is(*suffix, ".meta") &&
		!span_is(*suffix, ".json")))
		return 0;
	return (unsigned)year;
}

/* name is "2027.meta", "modified.json.gz". */
static int
answer_feed(
    struct request *q, struct response *s, struct span name, struct err *e)
{
	struct span suffix;
	unsigned year = year_of(name, &suffix);
	struct buf path = { 0 };
	int rc;

	if (year != 0 && is_empty_year(q, year))
		return answer_empty(q, s, year, suffix);
	buf_printf(&path, FEEDS "%.*s", SPAN_ARG(name));
	rc = served_answer(q, s, buf_span(&path), view_find, e);
	buf_cleanup(&path);
	return rc;
}

int
served_nvd_feed(struct request *q, struct response *s, struct err *e)
{
	struct span name = q->captures[0];

	if (!span_has_prefix(name, FEED_PREFIX))
		return served_answer(q, s, q->path, view_find_tail, e);
	return answer_feed(q, s, span_from(name, strlen(FEED_PREFIX)), e);
}

/* --- the cache layout --- */

/* -1: the .meta is not there, or is none. */
static int
read_meta(
    struct request *q, const struct view_file *f, struct meta *m, struct err *e)
{
	struct buf text = { 0 };
	int rc;

	rc = served_read(q, &f->sha256, META_SIZE_MAX, &text, e);
	if (rc == 0)
		rc = meta_parse(buf_span(&text), m, e);
	buf_cleanup(&text);
	return rc;
}

static int
write_year(struct request *q, struct response *s, unsigned year, struct err *e)
{
	const struct view_file *f = find_feed(q, year, ".meta");
	char text[CLOCK_TEXT_SIZE];
	struct meta m;

	if (f != NULL && find_feed(q, year, ".json.gz") != NULL) {
		if (read_meta(q, f, &m, e) != 0)
			return -1;
		out_printf(&s->out, "lastModifiedDate.%u=%s\n", year,
		    clock_text(m.last_modified_time, text));
	} else if (is_empty_year(q, year)) {
		out_printf(&s->out, "lastModifiedDate.%u=%u-12-31T10:00:00Z\n",
		    year, year - 1);
	}
	return 0;
}

/* Times of the feeds, as dependency-check writes and reads them. */
static int
answer_properties(struct request *q, struct response *s, struct err *e)
{
	const struct view_file *f =
	    view_find(q->view, SPAN_LIT(FEEDS "modified.meta"));
	unsigned last = newest_year(), year;
	char text[CLOCK_TEXT_SIZE];
	struct meta m;

	if (f == NULL)
		return served_missing(q, s);
	if (read_meta(q, f, &m, e) != 0)
		return -1;
	clock_text(m.last_modified_time, text);
	out_printf(&s->out,
	    "prefix=" CACHE_PREFIX "\nlastModifiedDate=%s\n"
	    "lastModifiedDate.modified=%s\n",
	    text, text);
	for (year = 1999; year <= last; year++)
		if (write_year(q, s, year, e) != 0)
			return -1;
	finish(q, s, "text/plain");
	s->modified_at = m.last_modified_time;
	return 0;
}

int
served_nvd_cache(struct request *q, struct response *s, struct err *e)
{
	struct span name = q->captures[0];

	if (span_is(name, "cache.properties"))
		return answer_properties(q, s, e);
	if (!span_has_prefix(name, CACHE_PREFIX))
		return served_missing(q, s);
	return answer_feed(q, s, span_from(name, strlen(CACHE_PREFIX)), e);
}
