/* SPDX-License-Identifier: Apache-2.0 */
/* What is here: each source with its state, and a source's documents. */
#include "base/clock.h"
#include "server/page_write.h"
#include "server/view.h"

#define GRACE_S 3600 /* a daemon that is busy is not late */

enum freshness {
	FRESH_NEVER = 0,
	FRESH_OK,
	FRESH_LATE,
	FRESH_HELD,
	FRESH_FAILED,
	N_FRESH,
};

struct state_word {
	const char *word;
	enum page_icon icon;
};

static const struct state_word words[N_FRESH] = {
	[FRESH_NEVER] = { "never", ICON_NEVER },
	[FRESH_OK] = { "fresh", ICON_GOOD },
	[FRESH_LATE] = { "late", ICON_CLOCK },
	[FRESH_HELD] = { "held", ICON_HELD },
	[FRESH_FAILED] = { "failed", ICON_BAD },
};

static enum freshness
freshness_of(const struct page *p, const struct json_node *source)
{
	struct span state = page_text(source, "state");
	int64_t next = 0;

	if (span_is(state, "failed"))
		return FRESH_FAILED;
	if (span_is(state, "held"))
		return FRESH_HELD;
	if (span_is(state, "never"))
		return FRESH_NEVER;
	if (clock_parse(page_text(source, "next"), &next) &&
	    next + GRACE_S < p->now)
		return FRESH_LATE;
	return FRESH_OK;
}

static void
write_freshness(struct page *p, const struct json_node *source)
{
	const struct state_word *w = &words[freshness_of(p, source)];

	page_state(p, w->icon, w->word, span_of(w->word));
}

/* The reason, in the source's own words. */
static struct span
reason_of(const struct json_node *source)
{
	struct span held = page_text(source, "held_because");

	return held.len > 0 ? held : page_text(source, "message");
}

static void
write_next(struct page *p, const struct json_node *source)
{
	struct span next = page_text(source, "next");

	if (!json_is_true(json_get(source, "asked")))
		html_raw(&p->h, "<span class=\"quiet\">not asked</span>");
	else if (next.len == 0)
		html_raw(&p->h, "<span class=\"quiet\">by hand</span>");
	else if (freshness_of(p, source) == FRESH_LATE)
		html_raw(&p->h, "overdue");
	else
		html_age(&p->h, next, p->now);
}

static void
write_source(struct page *p, const struct json_node *source)
{
	struct span name = page_text(source, "name");
	struct span reason = reason_of(source);

	HTML(&p->h,
	    "<tr><th scope=\"row\"><a href=\"/sources/{/}\">{}</a></th>"
	    "<td data-label=\"State\"><div>",
	    name, name);
	write_freshness(p, source);
	if (reason.len > 0)
		HTML(&p->h, "<br><span class=\"small\">{}</span>", reason);
	HTML(&p->h,
	    "</div></td><td class=\"num\" data-label=\"Records\">{#}</td>"
	    "<td class=\"num\" data-label=\"Documents\">{#}</td>"
	    "<td class=\"num\" data-label=\"Size\">{b}</td>"
	    "<td data-label=\"Checked\">",
	    page_text(source, "records"),
	    page_number(p, page_count(source, "documents")),
	    page_text(source, "size_bytes"));
	html_age(&p->h, page_text(source, "checked"), p->now);
	html_raw(&p->h, "</td><td data-label=\"Changed\">");
	html_age(&p->h, page_text(source, "changed"), p->now);
	html_raw(&p->h, "</td><td data-label=\"Next\">");
	write_next(p, source);
	html_raw(&p->h, "</td></tr>\n");
}

static const char source_head[] =
    "<thead><tr><th scope=\"col\">Source</th><th scope=\"col\">State</th>"
    "<th scope=\"col\" class=\"num\">Records</th>"
    "<th scope=\"col\" class=\"num\">Documents</th>"
    "<th scope=\"col\" class=\"num\">Size</th>"
    "<th scope=\"col\">Checked</th><th scope=\"col\">Changed</th>"
    "<th scope=\"col\">Next run</th></tr></thead>\n<tbody>\n";

/* Those that were asked at least once, or those that never were. */
static void
write_table(struct page *p, const struct json_node *status, bool never)
{
	const struct json_node *i;

	html_raw(&p->h,
	    "<table class=\"stack pairs\">"
	    "<caption class=\"hidden\">");
	html_raw(&p->h,
	    never ? "Sources that were never asked"
		  : "Sources and their state");
	html_raw(&p->h, "</caption>\n");
	html_raw(&p->h, source_head);
	for (i = page_items(status, "sources"); i != NULL; i = i->next)
		if ((freshness_of(p, i) == FRESH_NEVER) == never)
			write_source(p, i);
	html_raw(&p->h, "</tbody></table>\n");
}

struct totals {
	size_t n; /* sources */
	size_t by_state[N_FRESH];
	size_t n_documents;
	uint64_t records;
	uint64_t size_bytes;
};

static void
count(struct page *p, const struct json_node *status, struct totals *t)
{
	const struct json_node *i;

	*t = (struct totals){ 0 };
	for (i = page_items(status, "sources"); i != NULL; i = i->next) {
		t->n++;
		t->by_state[freshness_of(p, i)]++;
		t->n_documents += page_count(i, "documents");
		t->size_bytes += page_uint(i, "size_bytes");
	}
	for (i = page_items(status, "families"); i != NULL; i = i->next)
		t->records += page_uint(i, "distinct") > 0
		    ? page_uint(i, "distinct")
		    : page_uint(i, "records");
}

static void
write_tiles(
    struct page *p, const struct json_node *status, const struct totals *t)
{
	size_t i;

	HTML(&p->h,
	    "<dl class=\"tiles\">\n<div><dt>Generation</dt><dd>{#}</dd></div>"
	    "<div><dt>Records</dt><dd>{#}</dd></div>"
	    "<div><dt>Documents</dt><dd>{#}</dd></div>"
	    "<div><dt>Kept files</dt><dd>{b}</dd></div>\n",
	    page_text(status, "generation"), page_number(p, t->records),
	    page_number(p, t->n_documents), page_number(p, t->size_bytes));
	html_raw(&p->h, "<div><dt>Sources</dt><dd class=\"text\">");
	for (i = FRESH_OK; i < N_FRESH; i++)
		if (t->by_state[i] > 0 || i == FRESH_OK) {
			page_state(p, words[i].icon, words[i].word,
			    page_format(
				p, "%zu %s", t->by_state[i], words[i].word));
			html_raw(&p->h, " ");
		}
	html_raw(&p->h, "</dd></div>\n</dl>\n");
}

static void
write_warnings(struct page *p, const struct json_node *status)
{
	const struct json_node *signing = json_get(status, "signing");
	const struct json_node *i = page_items(signing, "warnings");

	if (json_is_true(json_get(signing, "stale")))
		html_raw(&p->h,
		    "<div class=\"note bad\"><p><strong>Stale.</strong> What "
		    "was imported last had expired and was taken all the same: "
		    "import a newer bundle.</p></div>\n");
	if (i == NULL)
		return;
	html_raw(&p->h, "<div class=\"note warn\"><ul>\n");
	for (; i != NULL; i = i->next)
		HTML(&p->h, "<li>{}</li>\n", json_text(i));
	html_raw(&p->h, "</ul></div>\n");
}

static void
write_empty(struct page *p)
{
	html_raw(&p->h,
	    "<div class=\"empty\"><h2>Nothing is here yet</h2>\n"
	    "<p>Fetch content with <code>scapcache sync</code>, take it over "
	    "from another one with <code>scapcache sync --from URL</code>, or "
	    "carry it in with <code>scapcache bundle import FILE</code>.</p>"
	    "</div>\n");
}

static void
write_sync(struct page *p, const struct json_node *source)
{
	if (!access_may(&p->q->access, SCOPE_SYNC) ||
	    p->q->access.name.len == 0)
		return;
	html_raw(
	    &p->h, "<form class=\"actions\" method=\"post\" action=\"/sync\">");
	if (source != NULL)
		HTML(&p->h,
		    "<input type=\"hidden\" name=\"source\" value=\"{}\">",
		    page_text(source, "name"));
	html_raw(&p->h,
	    "<button class=\"main\">Sync now</button>"
	    "<span class=\"quiet small\">The daemon asks the "
	    "sources; what is new is published as the next "
	    "generation.</span></form>\n");
}

#define HISTORY_MAX 60u /* generations in the chart */

/* A list whose newest is first; the chart has the oldest first. */
static size_t
take_points(const struct json_node *i, const char *when, const char *value,
    struct page_point points[HISTORY_MAX])
{
	size_t n = 0;

	for (; i != NULL && n < HISTORY_MAX; i = i->next, n++)
		points[HISTORY_MAX - 1 - n] = (struct page_point){
			.label = page_text(i, when),
			.value = page_uint(i, value),
		};
	return n;
}

static void
write_chart(struct page *p, struct page_chart c, const struct json_node *list,
    const char *when, const char *value)
{
	struct page_point points[HISTORY_MAX];

	c.n = take_points(list, when, value, points);
	c.points = points + HISTORY_MAX - c.n;
	page_chart(p, &c);
}

static void
write_history(struct page *p, const struct json_node *generations,
    const struct json_node *runs)
{
	const struct json_node *made = page_items(generations, "generations");
	const struct json_node *ran = page_items(runs, "runs");

	if (made == NULL && ran == NULL)
		return;
	html_raw(&p->h, "<h2>History</h2>\n<div class=\"columns2\">\n");
	write_chart(p,
	    (struct page_chart){ .id = "runs",
		.name = "Files that came, by run",
		.unit = "Files that came" },
	    ran, "started", "fetched");
	write_chart(p,
	    (struct page_chart){ .id = "generations",
		.name = "Bytes of all documents, by generation",
		.unit = "Bytes" },
	    made, "made", "size_bytes");
	html_raw(&p->h, "</div>\n");
}

void
page_content_write(struct page *p, const struct json_node *status,
    const struct json_node *generations, const struct json_node *runs)
{
	struct totals t;

	count(p, status, &t);
	html_raw(&p->h, "<h1>Content</h1>\n<p class=\"lead\">");
	if (p->q->view != NULL && p->q->view->generation > 0) {
		html_raw(&p->h, "Published ");
		html_age(&p->h, page_when(p, p->q->view->made), p->now);
		html_raw(&p->h, ". ");
	}
	html_raw(&p->h,
	    "Each source, how fresh it is, and what is kept of it.</p>\n");
	write_warnings(p, status);
	if (page_uint(status, "generation") == 0)
		write_empty(p);
	else
		write_tiles(p, status, &t);
	write_sync(p, NULL);
	if (t.n > t.by_state[FRESH_NEVER]) {
		html_raw(&p->h, "<h2>Sources</h2>\n");
		write_table(p, status, false);
	}
	write_history(p, generations, runs);
	if (t.by_state[FRESH_NEVER] == 0)
		return;
	HTML(&p->h,
	    "<h2>Not asked yet</h2>\n<p>{} more that can be synced: "
	    "<code>scapcache source list</code> says what each has, "
	    "<code>scapcache sync NAME</code> asks it.</p>\n",
	    page_number(p, t.by_state[FRESH_NEVER]));
	html_raw(&p->h,
	    "<details class=\"plain\"><summary>Show them</summary><div>\n");
	write_table(p, status, true);
	html_raw(&p->h, "</div></details>\n");
}

static void
write_document(struct page *p, const struct json_node *d)
{
	struct span path = page_text(d, "path");

	HTML(&p->h,
	    "<tr><th scope=\"row\">{}<br><a class=\"digest\" "
	    "href=\"/mirror/{p}\">{}</a></th>"
	    "<td class=\"num\" data-label=\"Records\">{#}</td>"
	    "<td class=\"num\" data-label=\"Size\">{b}</td>"
	    "<td data-label=\"Published\">{t}</td>"
	    "<td data-label=\"Proved by\">{-}<br>",
	    page_text(d, "name"), path, path, page_text(d, "records"),
	    page_text(d, "size_bytes"), page_text(d, "published"),
	    page_text(d, "proof"));
	html_age(&p->h, page_text(d, "proved"), p->now);
	HTML(&p->h,
	    "</td><td data-label=\"SHA-256\"><a class=\"digest\" "
	    "href=\"/blobs/sha256/{/}\">{}</a>",
	    page_text(d, "sha256"), page_text(d, "sha256"));
	if (page_text(d, "held").len > 0)
		HTML(&p->h, "<p class=\"small warn\">Held: {}</p>",
		    page_text(d, "held"));
	if (page_uint(d, "missing_tests") > 0)
		HTML(&p->h,
		    "<p class=\"small warn\">{} tests that it names are not in "
		    "it.</p>",
		    page_text(d, "missing_tests"));
	html_raw(&p->h, "</td></tr>\n");
}

static void
write_documents(struct page *p, const struct json_node *source)
{
	const struct json_node *i = page_items(source, "documents");

	html_raw(&p->h, "<h2>Documents</h2>\n");
	if (i == NULL) {
		html_raw(&p->h,
		    "<div class=\"empty\"><p>The index has no document of this "
		    "source.</p></div>\n");
		return;
	}
	html_raw(&p->h,
	    "<table class=\"stack\"><caption class=\"hidden\">Documents"
	    "</caption>\n<thead><tr><th scope=\"col\">Document</th>"
	    "<th scope=\"col\" class=\"num\">Records</th>"
	    "<th scope=\"col\" class=\"num\">Size</th>"
	    "<th scope=\"col\">Published</th><th scope=\"col\">Proved by</th>"
	    "<th scope=\"col\">SHA-256</th></tr></thead>\n<tbody>\n");
	for (; i != NULL; i = i->next)
		write_document(p, i);
	html_raw(&p->h, "</tbody></table>\n");
}

void
page_source_write(struct page *p, const struct json_node *source)
{
	struct span reason = reason_of(source);

	HTML(&p->h,
	    "<p class=\"crumbs\"><a href=\"/\">Content</a></p>\n"
	    "<div class=\"head\"><h1>{}</h1> ",
	    page_text(source, "name"));
	write_freshness(p, source);
	html_raw(&p->h, "</div>\n");
	if (reason.len > 0) {
		html_raw(&p->h, "<div class=\"note warn\">");
		html_prose(&p->h, reason);
		if (json_is_true(json_get(source, "held")))
			HTML(&p->h,
			    "<p><code>scapcache sync --accept {}</code> lets "
			    "it through.</p>",
			    page_text(source, "name"));
		html_raw(&p->h, "</div>\n");
	}
	HTML(&p->h,
	    "<dl class=\"tiles\"><div><dt>Records</dt><dd>{#}</dd></div>"
	    "<div><dt>Files</dt><dd>{#}<small>{b}</small></dd></div>"
	    "<div><dt>Checked</dt><dd class=\"text\">",
	    page_text(source, "records"), page_text(source, "files"),
	    page_text(source, "size_bytes"));
	html_age(&p->h, page_text(source, "checked"), p->now);
	html_raw(&p->h, "</dd></div><div><dt>Changed</dt><dd class=\"text\">");
	html_age(&p->h, page_text(source, "changed"), p->now);
	html_raw(&p->h, "</dd></div><div><dt>Next run</dt><dd class=\"text\">");
	write_next(p, source);
	HTML(&p->h, "<small>{}</small></dd></div></dl>\n",
	    page_text(source, "schedule"));
	write_sync(p, source);
	write_documents(p, source);
}
