/* SPDX-License-Identifier: Apache-2.0 */
/* What the desk tells of the catalog, asked as the server process asks. */
#include <string.h>
#include <unistd.h>

#include "base/pack.h"
#include "server/desk_audit.h"
#include "server/desk_catalog.h"
#include "server/desk_rows.h"
#include "tests/unit/site.h"

#define ONE SITE_FEED_1("CVE-2024-0001", "one")
#define TWO SITE_FEED_1("CVE-2024-0002", "two")

static unsigned n_told;

static int
hook_status(struct config *c, const char *state, struct out *o, struct err *e)
{
	(void)c;
	(void)state;
	(void)e;
	out_printf(o, "{\"status\":%u}", ++n_told);
	return 0;
}

static int
hook_sources(struct config *c, const char *state, struct span name,
    struct out *o, struct err *e)
{
	(void)c;
	(void)state;
	if (span_is(name, "none"))
		return err_set(e, ERR_MISSING, "there is no source none");
	out_printf(o, "{\"name\":\"%.*s\"}", SPAN_ARG(name));
	return 0;
}

static int
hook_sync(const char *state, const char *const *sources, struct out *said,
    struct err *e)
{
	(void)state;
	if (sources == NULL)
		return err_set(e, ERR_NETWORK, "no daemon is running");
	out_printf(said, "asked for %s", sources[0]);
	return 0;
}

static const struct desk_hooks hooks = { hook_status, hook_sources, hook_sync };

struct world {
	struct site site;
	struct desk_server desk;
	struct buf question;
	struct out out;
	int fd;
	struct err e;
};

static int
open_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	w->fd = -1;
	site_open(&w->site);
	w->desk =
	    (struct desk_server){ .state = w->site.state, .hooks = &hooks };
	site_publish(&w->site, "nvd", "a", ONE);
	site_record(&w->site);
	site_at(2000);
	site_publish(&w->site, "nvd", "a", TWO);
	site_record(&w->site);
	site_at(3000);
	out_init(&w->out, -1);
	*state = w;
	return 0;
}

static int
close_world(void **state)
{
	struct world *w = *state;

	if (w->fd != -1)
		close(w->fd);
	db_close(w->desk.catalog);
	desk_told_cleanup(&w->desk.status);
	desk_told_cleanup(&w->desk.sources);
	buf_cleanup(&w->question);
	out_cleanup(&w->out);
	site_close(&w->site);
	free(w);
	return 0;
}

static int
ask(struct world *w, enum desk_call call)
{
	const struct desk_entry *entry = desk_catalog_entries;
	int rc;

	while (entry->call != call) {
		assert_int_not_equal(entry->call, DESK_NONE);
		entry++;
	}
	buf_reset(&w->out.buf);
	w->e = (struct err){ 0 };
	rc = entry->answer(
	    &w->desk, buf_span(&w->question), -1, &w->out, &w->fd, &w->e);
	buf_reset(&w->question);
	return rc;
}

/* Without white space, so that cases stay short. */
static void
expect(struct world *w, const char *text)
{
	char *to = w->out.buf.ptr;
	size_t i;

	for (i = 0; i < w->out.buf.len; i++)
		if (!span_is_space(w->out.buf.ptr[i]))
			*to++ = w->out.buf.ptr[i];
	*to = '\0';
	assert_string_equal(w->out.buf.ptr, text);
}

#define GENERATION(n, made, current)                           \
	"{\"generation\":" n ",\"made\":\"1970-01-01T00:" made \
	"Z\",\"current\":" current ",\"at_hand\":true,"

static const struct rows_case {
	const char *name;
	enum desk_call call;
	struct desk_rows rows;
	enum err_code code;
	const char *expect; /* the answer, or the error's text */
} rows_cases[] = {
	{ "generations, the newest first", DESK_GENERATIONS, { .limit = 2 }, 0,
	    "{\"current\":2,\"generations\":[" GENERATION("2", "33:20",
		"true") "\"documents\":1,\"size_bytes\":151}," GENERATION("1",
		"16:40", "false") "\"documents\":1,\"size_bytes\":151}"
				  "],\"next\":null}" },
	{ "a page of them", DESK_GENERATIONS, { .limit = 1 }, 0,
	    "{\"current\":2,\"generations\":[" GENERATION(
		"2", "33:20", "true") "\"documents\":1,\"size_bytes\":151}"
				      "],\"next\":2}" },
	{ "the page after it", DESK_GENERATIONS, { .limit = 9, .before = 2 }, 0,
	    "{\"current\":2,\"generations\":[" GENERATION(
		"1", "16:40", "false") "\"documents\":1,\"size_bytes\":151}"
				       "],\"next\":null}" },
	{ "no such generation", DESK_GENERATIONS, { .limit = 1, .only = 9 },
	    ERR_MISSING, "there is no such generation" },
	{ "no runs yet", DESK_RUNS, { .limit = 5 }, 0,
	    "{\"runs\":[],\"next\":null}" },
	{ "too many rows", DESK_RUNS, { .limit = 1001 }, ERR_FORMAT,
	    "that asks for no rows" },
	{ "the log, a line of it", DESK_AUDIT, { .limit = 1, .before = 3 }, 0,
	    "{\"entries\":[{\"id\":2,\"time\":\"1970-01-01T00:16:40Z\","
	    "\"event\":\"published\",\"subject\":\"generation1\",\"detail\":"
	    "\"\",\"who\":null,\"address\":null}],\"next\":2}" },
};

static void
test_rows(void **state)
{
	const struct rows_case *c = *state;
	struct world *w = NULL;
	void *made = NULL;
	int rc;

	open_world(&made);
	w = made;
	desk_rows_pack(&w->question, &c->rows);
	rc = ask(w, c->call);
	assert_int_equal(w->e.code, c->code);
	assert_int_equal(rc, c->code == 0 ? 0 : -1);
	if (c->code == 0)
		expect(w, c->expect);
	else
		assert_string_equal(w->e.msg, c->expect);
	close_world(&made);
}

static void
test_one_generation(void **state)
{
	const struct desk_rows rows = { .limit = 1, .only = 1 };
	struct world *w = *state;

	desk_rows_pack(&w->question, &rows);
	assert_int_equal(ask(w, DESK_GENERATIONS), 0);
	assert_non_null(strstr(buf_str(&w->out.buf),
	    "\"publications\": [\n    {\n"
	    "      \"time\": \"1970-01-01T00:16:40Z\",\n"
	    "      \"event\": \"published\"\n    }\n  ]"));
	assert_non_null(strstr(buf_str(&w->out.buf),
	    "\"documents\": [\n    {\n      \"name\": \"a\",\n"
	    "      \"format\": \"nvd\",\n      \"source\": \"nvd\""));
}

/* Who asked, and from where, is for those who may see it. */
static void
test_audit_add(void **state)
{
	const struct desk_deed deed = { SPAN_LIT("image x"),
		SPAN_LIT("scanned"), SPAN_LIT("by hand"), SPAN_LIT("ci"),
		SPAN_LIT("192.0.2.1") };
	const struct desk_deed bad = { SPAN_LIT("image x"),
		SPAN_LIT("Scanned it") };
	struct desk_rows rows = { .limit = 1 };
	struct world *w = *state;

	assert_int_equal(desk_audit(&w->desk, &deed, &w->e), 0);
	desk_rows_pack(&w->question, &rows);
	assert_int_equal(ask(w, DESK_AUDIT), 0);
	expect(w,
	    "{\"entries\":[{\"id\":4,\"time\":\"1970-01-01T00:50:00Z\","
	    "\"event\":\"scanned\",\"subject\":\"imagex\",\"detail\":"
	    "\"byhand\",\"who\":null,\"address\":null}],\"next\":4}");
	rows.addresses = true;
	desk_rows_pack(&w->question, &rows);
	assert_int_equal(ask(w, DESK_AUDIT), 0);
	assert_non_null(strstr(buf_str(&w->out.buf),
	    "\"who\": \"ci\",\n      \"address\": \"192.0.2.1\""));
	assert_int_equal(desk_audit(&w->desk, &bad, &w->e), -1);
	assert_string_equal(w->e.msg, "that is no line of the audit log");
}

static void
test_as_of(void **state)
{
	struct world *w = *state;
	struct unpack u;

	pack_span(&w->question, SPAN_LIT("1970-01-01T00:20:00Z"));
	pack_uint(&w->question, 0);
	assert_int_equal(ask(w, DESK_AS_OF), 0);
	u = unpack_of(buf_span(&w->out.buf));
	assert_int_equal(unpack_uint(&u), 1);
	assert_int_equal(unpack_int(&u), 1000);
	assert_true(span_is(unpack_span(&u), "index/1"));
	assert_true(unpack_done(&u));
	pack_span(&w->question, SPAN_LIT("tomorrow"));
	pack_uint(&w->question, 0);
	assert_int_equal(ask(w, DESK_AS_OF), -1);
	assert_string_equal(w->e.msg, "that is no time");
}

/* Who may not have it made anew is told so, and nothing is made. */
static void
test_as_of_removed(void **state)
{
	struct world *w = *state;
	int may_make;

	assert_int_equal(generation_remove(w->site.state.dirfd, 1, &w->e), 0);
	for (may_make = 0; may_make < 2; may_make++) {
		pack_span(&w->question, SPAN_LIT("1"));
		pack_uint(&w->question, (uint64_t)may_make);
		assert_int_equal(ask(w, DESK_AS_OF), may_make ? 0 : -1);
		if (!may_make)
			assert_string_equal(w->e.msg,
			    "the index of generation 1 is not at hand and "
			    "would have to be made anew");
		assert_int_equal(file_exists(w->site.state.dirfd,
				     "index/as-of/1/nvd.sqlite"),
		    may_make);
	}
}

static void
test_changes(void **state)
{
	char text[2048] = "";
	struct world *w = *state;
	struct unpack u;
	ssize_t n;

	pack_span(&w->question, SPAN_LIT("1"));
	pack_span(&w->question, SPAN_NONE);
	pack_uint(&w->question, 0);
	pack_uint(&w->question, 10);
	pack_uint(&w->question, 0);
	pack_uint(&w->question, 0);
	assert_int_equal(ask(w, DESK_CHANGES), 0);
	u = unpack_of(buf_span(&w->out.buf));
	assert_int_equal(unpack_uint(&u), 2);
	assert_int_equal(unpack_int(&u), 2000);
	assert_int_equal(unpack_uint(&u), 2);
	n = pread(w->fd, text, sizeof(text) - 1, 0);
	assert_true(n > 0);
	assert_non_null(strstr(text, "\"found\": 2"));
	assert_non_null(strstr(text, "\"id\": \"CVE-2024-0002\""));
}

static const struct sync_case {
	const char *name;
	const char *source;
	enum err_code code;
	const char *expect;
} sync_cases[] = {
	{ "one source", "nvd", 0,
	    "{\"sources\":[\"nvd\"],\"message\":\"askedfornvd\"}" },
	{ "no daemon", NULL, ERR_NETWORK, "no daemon is running" },
	{ "no name of a source", "a b", ERR_FORMAT, "there is no source a b" },
};

static void
test_sync(void **state)
{
	const struct sync_case *c = *state;
	struct world *w = NULL;
	void *made = NULL;
	int rc;

	open_world(&made);
	w = made;
	pack_uint(&w->question, c->source != NULL);
	if (c->source != NULL)
		pack_span(&w->question, span_of(c->source));
	pack_span(&w->question, SPAN_LIT("ci"));
	pack_span(&w->question, SPAN_LIT("192.0.2.1"));
	rc = ask(w, DESK_SYNC);
	assert_int_equal(w->e.code, c->code);
	assert_int_equal(rc, c->code == 0 ? 0 : -1);
	if (c->code == 0)
		expect(w, c->expect);
	else
		assert_string_equal(w->e.msg, c->expect);
	close_world(&made);
}

static void
test_hooks(void **state)
{
	struct world *w = *state;

	n_told = 0;
	assert_int_equal(ask(w, DESK_STATUS), 0);
	assert_string_equal(buf_str(&w->out.buf), "{\"status\":1}");
	buf_add_str(&w->question, "nvd");
	assert_int_equal(ask(w, DESK_SOURCES), 0);
	assert_string_equal(buf_str(&w->out.buf), "{\"name\":\"nvd\"}");
	buf_add_str(&w->question, "none");
	assert_int_equal(ask(w, DESK_SOURCES), -1);
	assert_int_equal(w->e.code, ERR_MISSING);
}

/* What was told is told again until something has changed. */
static void
test_told(void **state)
{
	struct world *w = *state;

	n_told = 0;
	assert_int_equal(ask(w, DESK_STATUS), 0);
	w->desk.status.made_ms += 60000; /* however slow this machine is */
	assert_int_equal(ask(w, DESK_STATUS), 0);
	assert_string_equal(buf_str(&w->out.buf), "{\"status\":1}");
	site_publish(&w->site, "nvd", "a", ONE);
	assert_int_equal(ask(w, DESK_STATUS), 0);
	assert_string_equal(buf_str(&w->out.buf), "{\"status\":2}");
	w->desk.status.made_ms -= 60000;
	assert_int_equal(ask(w, DESK_STATUS), 0);
	assert_string_equal(buf_str(&w->out.buf), "{\"status\":3}");
}

/* Who reads a public page need not know how folders of the site are called. */
static void
test_origin(void **state)
{
	static const char *const origins[][2] = {
		{ "https://a.example/x/y", "https://a.example/x/y" },
		{ "/home/joe/full-3.tar", "full-3.tar" },
		{ "/srv/upstream/", "upstream" },
		{ "../full.tar", "full.tar" },
		{ "./.hidden", ".hidden" },
		{ ".hidden", ".hidden" },
		{ "/", "" },
		{ "nvd.nist.gov/feeds/x.gz", "nvd.nist.gov/feeds/x.gz" },
		{ "", "" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < TABLE_N(origins); i++)
		assert_true(span_is(
		    desk_origin(span_of(origins[i][0])), origins[i][1]));
}

int
main(void)
{
	struct CMUnitTest
	    tests[TABLE_N(rows_cases) + TABLE_N(sync_cases) + 8] = { 0 };
	static const CMUnitTestFunction others[] = { test_one_generation,
		test_audit_add, test_as_of, test_as_of_removed, test_changes,
		test_hooks, test_told, test_origin };
	static const char *const names[] = { "one generation",
		"a line is added", "as of", "as of one that was removed",
		"changes", "hooks", "told again", "origins" };
	size_t n = 0, i;

	TABLE_ADD(tests, &n, rows_cases, test_rows);
	TABLE_ADD(tests, &n, sync_cases, test_sync);
	for (i = 0; i < TABLE_N(others); i++)
		tests[n++] = (struct CMUnitTest){ names[i], others[i],
			open_world, close_world, NULL };
	return _cmocka_run_group_tests("desk_catalog", tests, n, NULL, NULL);
}
