/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVD's API 2.0 (FORMATS §5.3, DISTRIBUTION §5): what changed since the feeds
 * were made, page after page within a window of times. The window stands in
 * the catalog before the first request and pages as soon as they are kept, so
 * a run that ends in the middle is taken up where it was. When more changed
 * than the API is for, the feeds are asked instead.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "schema_catalog.h"
#include "syncd/sync_parts.h"

#define DAY_S ((int64_t)86400)
#define WINDOW_MAX_S (120 * DAY_S) /* the API's own limit */
#define WINDOW_MIN_S 60
#define COVERED_S (2 * DAY_S) /* yearly feeds are made once a day */
#define OVERLAP_S 600         /* between the feeds' clock and the API's */
#define PAGE_RECORDS 2000u    /* the API's own limit */
#define DELTA_MAX 20000u      /* records; above that the feeds are cheaper */
#define FEEDS "nvd"           /* the source that has them all */
#define LAST_FEED "nvdcve-2.0-modified"

static int
load_cursor(struct sync *s, const struct source *source, struct sync_pages *p,
    struct err *e)
{
	struct db_stmt *q = db_query(s->catalog, QUERY_CATALOG_CURSOR_GET);
	int rc;

	*p = (struct sync_pages){ .source = source };
	db_bind_text(q, ":source", span_of(source->name));
	rc = db_step(q, e);
	if (rc != 1)
		return rc;
	p->since = db_int(q, 0);
	p->until = db_int(q, 1);
	p->total = (uint64_t)db_int(q, 2);
	p->done = db_int(q, 3) != 0;
	db_reset(q);
	return 1;
}

static int
save_cursor(struct sync *s, const struct sync_pages *p, struct err *e)
{
	struct db_stmt *q = db_query(s->catalog, QUERY_CATALOG_CURSOR_SET);

	db_bind_text(q, ":source", span_of(p->source->name));
	db_bind_int(q, ":since", p->since);
	db_bind_int(q, ":until", p->until);
	db_bind_int(q, ":total", (int64_t)p->total);
	db_bind_int(q, ":done", p->done);
	return db_run(q, e);
}

static int
drop_cursor(struct sync *s, const struct source *source, struct err *e)
{
	struct db_stmt *q = db_query(s->catalog, QUERY_CATALOG_CURSOR_DROP);

	db_bind_text(q, ":source", span_of(source->name));
	return db_run(q, e);
}

/* When the feeds that we have were made; 0: we have none. */
static int64_t
feeds_time(const struct sync *s)
{
	const struct catalog_document *row = sync_known(s, SPAN_LIT(LAST_FEED));
	int64_t time;

	if (row == NULL || !clock_parse(row->published, &time))
		return 0;
	return time;
}

/* "2026-11-23T05:19:00.000%2B00:00" */
static void
add_time(struct buf *b, const char *name, int64_t time)
{
	char text[CLOCK_TEXT_SIZE];

	buf_printf(b, "%s=%.19s.000%%2B00:00&", name, clock_text(time, text));
}

static int
add_page(struct sync *s, uint64_t start, struct err *e)
{
	const struct source *source = s->pages.source;
	struct buf name = { 0 };
	struct source_file file;
	struct sync_item *it;
	struct span path;

	buf_add_str(&name, "2.0?");
	add_time(&name, "lastModStartDate", s->pages.since);
	add_time(&name, "lastModEndDate", s->pages.until);
	buf_printf(&name, "resultsPerPage=%u&startIndex=%" PRIu64, PAGE_RECORDS,
	    start);
	path = source_path(source, buf_span(&name), &s->arena);
	buf_cleanup(&name);
	if (!source_match(source, path, &s->arena, &file))
		return err_set(e, ERR_FORMAT, "%s: %.*s is none of its files",
		    source->name, SPAN_ARG(path));
	if (sync_add(s, &file, path, &it, e) != 0)
		return -1;
	it->page_start = start;
	return 0;
}

/* The time in the path of a page that we made. */
static bool
until_of(struct span path, int64_t *time)
{
	static const char key[] = "lastModEndDate=";
	size_t i;

	for (i = 0; i + sizeof(key) + 19 < path.len; i++)
		if (span_has_prefix(span_from(path, i), key))
			return clock_parse(
			    span_first(
				span_from(path, i + sizeof(key) - 1), 19),
			    time);
	return false;
}

bool
sync_page_is_covered(const struct sync *s, const struct catalog_document *row)
{
	int64_t until;
	size_t i;

	if (!until_of(row->path, &until) || until + COVERED_S > feeds_time(s))
		return false;
	/* A feed that is held back lacks what the page may have. */
	for (i = 0; i < s->n_known; i++)
		if (span_is(s->known[i].source, FEEDS) &&
		    s->known[i].held.len > 0)
			return false;
	return true;
}

int
sync_pages_begin(struct sync *s, const struct source *source, struct err *e)
{
	struct sync_pages *p = &s->pages;
	int64_t feeds = feeds_time(s);
	int rc;

	if (source->paths[0].listing != LISTING_NVD_PAGE || s->options.dry_run)
		return 0;
	if (feeds == 0) {
		progress_say(s->progress,
		    "sync: %s: waits until the feeds of %s are indexed",
		    source->name, FEEDS);
		return 0;
	}
	if (feeds > s->result.started + DAY_S) {
		progress_say(s->progress,
		    "sync: %s: not asked: by this machine's clock the feeds of "
		    "%s are of a time to come",
		    source->name, FEEDS);
		return 0;
	}
	rc = load_cursor(s, source, p, e);
	if (rc == -1)
		return -1;
	/* The clock was ahead then: what that window missed is asked again. */
	if (p->until > s->result.started + DAY_S)
		*p = (struct sync_pages){ .source = source, .done = true };
	if (rc == 0 || p->done || p->until < feeds) {
		p->since = (p->until > feeds ? p->until : feeds) - OVERLAP_S;
		p->until = s->result.started;
		if (p->until > p->since + WINDOW_MAX_S)
			p->until = p->since + WINDOW_MAX_S;
		p->total = 0;
		p->done = false;
		p->is_recent = p->until < p->since + OVERLAP_S + WINDOW_MIN_S;
		if (p->is_recent)
			return 0;
		if (save_cursor(s, p, e) != 0)
			return -1;
	}
	p->is_open = true;
	return add_page(s, 0, e);
}

/* More than the API is for: its pages are left, the feeds are asked. */
static int
fall_back(struct sync *s, struct sync_item *it, uint64_t total, struct err *e)
{
	const struct source *feeds = source_find(SPAN_LIT(FEEDS));
	char detail[128];

	snprintf(detail, sizeof(detail),
	    "%" PRIu64 " records changed, more than %u: the feeds are asked",
	    total, DELTA_MAX);
	progress_say(
	    s->progress, "sync: %s: %s", s->pages.source->name, detail);
	it->file.role = SOURCE_OTHER;
	s->pages.is_open = false;
	if (catalog_audit(s->catalog, span_of(s->pages.source->name),
		"fell back", span_of(detail), e) != 0 ||
	    drop_cursor(s, s->pages.source, e) != 0)
		return -1;
	if (sync_is_selected(s, feeds))
		return 0;
	s->also = feeds;
	return sync_list(s, feeds, e);
}

/* It is known from now on, also to a run after this one was killed. */
static int
remember_page(struct sync *s, const struct sync_item *it, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	const struct catalog_resource r = {
		.path = it->path,
		.source = span_of(it->file.source->name),
		.origin = it->origin,
		.checked = s->result.started,
		.fetched = s->result.started,
		.sha256 = span_of(digest_hex(&it->proof.sha256, hex)),
		.size_bytes = it->proof.size_bytes,
	};

	if (it->known)
		return 0;
	return catalog_set_resource(s->catalog, &r, e);
}

static int
go_on(struct sync *s, struct sync_item *it, const struct listing_entry *page,
    struct err *e)
{
	struct sync_pages *p = &s->pages;

	if (page->start != it->page_start)
		return err_set(e, ERR_UNTRUSTED,
		    "starts at record %" PRIu64 ", not at %" PRIu64,
		    page->start, it->page_start);
	if (page->total > DELTA_MAX)
		return fall_back(s, it, page->total, e);
	if (page->n == 0 && page->start < page->total)
		return err_set(e, ERR_FORMAT,
		    "is empty: %" PRIu64 " of %" PRIu64 " records are missing",
		    page->total - page->start, page->total);
	if (remember_page(s, it, e) != 0)
		return -1;
	if (it->page_start == 0)
		p->total = page->total;
	/* One that changed meanwhile left the window: others moved up. */
	if (page->total != p->total)
		p->moved = true;
	if (page->start + page->n < page->total)
		return add_page(s, page->start + page->n, e);
	p->complete = true;
	return 0;
}

static int
take_page(void *ctx, const struct listing_entry *entry, struct err *e)
{
	struct listing_entry *page = ctx;

	(void)e;
	*page = *entry;
	return 0;
}

int
sync_page_arrived(struct sync *s, struct sync_item *it, struct err *e)
{
	struct listing_entry page = { 0 };
	const struct listing_sink sink = { &page, take_page };

	if (proc_verify_listing(&s->verify, verified_fd(it->verified),
		LISTING_NVD_PAGE, &sink, e) != 0 ||
	    go_on(s, it, &page, e) != 0)
		return -1;
	/* Nothing changed: there is nothing to index. */
	if (page.n == 0)
		it->file.role = SOURCE_OTHER;
	return 0;
}

/* Is every page in the index, or needs to be in none? */
static bool
all_indexed(const struct sync *s)
{
	size_t i;

	for (i = 0; i < s->n_items; i++) {
		const struct sync_item *it = s->items[i];

		if (it->file.source == s->pages.source &&
		    (it->state == SYNC_REFUSED || it->pending))
			return false;
	}
	return true;
}

int
sync_pages_record(struct sync *s, struct err *e)
{
	struct sync_pages *p = &s->pages;

	if (!p->is_open || !p->complete || !all_indexed(s))
		return 0;
	/* The window is read again, to now, before it counts as done. */
	p->done = true;
	if (p->moved)
		p->until = p->since + OVERLAP_S;
	return save_cursor(s, p, e);
}
