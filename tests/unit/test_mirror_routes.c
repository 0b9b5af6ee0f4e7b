/* SPDX-License-Identifier: Apache-2.0 */
/* What stands under which path, as handlers answer it. */
#include <fcntl.h>
#include <unistd.h>

#include "server/route.h"
#include "server/view.h"
#include "tests/unit/mirror_world.h"
#include "tests/unit/packers.h"

#define DATE "Wed, 07 Jan 2026 03:00:00 GMT"
#define FEED_TEXT SITE_FEED_1("CVE-2024-0001", "one")
#define META_TEXT                                                          \
	"lastModifiedDate:2025-08-07T03:01:41-04:00\r\nsize:1\r\nzipSize:" \
	"1\r\ngzSize:1\r\nsha256:D165E29D8D911F3F1E0919A5C1E8C423B14AF1C3" \
	"8F57847DD0A8CC9DBD027618\r\n"
#define NVD "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-"
#define OVAL "security-metadata.canonical.com/oval/com.ubuntu.focal.cve.oval"
#define VEX "security.access.redhat.com/data/csaf/v2/vex/"
#define RHEL "security.access.redhat.com/data/oval/v2/"
#define RHEL_8 "RHEL8/rhel-8.oval.xml.bz2"
#define RHEL_9 "RHEL9/rhel-9.oval.xml.bz2"
/* Of a newer rhel-8 than is here, as one is held, and of two not mirrored. */
#define MANIFEST                                                             \
	RHEL_8 ",00000000000000000000000000000000000000000000000000000000"   \
	       "00000001,12\nRHEL7/rhel-7.oval.xml.bz2,"                     \
	       "00000000000000000000000000000000000000000000000000000000000" \
	       "00002,5\n"
#define CHANGES_OLD \
	"\"2024/cve-2024-0001.json\",\"1970-01-01T00:00:10+00:00\"\n"
#define CHANGES_NEW                                                   \
	"\"2024/cve-2024-0003.json\",\"1970-01-01T02:00:00+00:00\"\n" \
	"\"2024/cve-2024-0002.json\",\"1970-01-01T00:00:20+00:00\"\n" CHANGES_OLD

struct served {
	struct site site;
	struct view *view;
	struct request q;
	struct response s;
	struct buf body;
};

/* 2025-12-31T10:00:00Z, the first second of 2026 somewhere. */
#define NEW_YEAR 1767175200

static void
served_open(struct served *w)
{
	struct buf packed = { 0 };
	struct site *s = &w->site;

	*w = (struct served){ 0 };
	site_open(s);
	pack_bzip2(&packed, SPAN_LIT("<oval/>"));
	mirror_accept_bytes(
	    s, "ubuntu-oval", OVAL ".xml.bz2", buf_span(&packed), DATE);
	mirror_accept(s, "nvd", NVD "2025.json.gz", "not read here", "no date");
	mirror_accept(s, "nvd", NVD "2025.meta", META_TEXT, DATE);
	mirror_accept(s, "nvd", NVD "modified.meta", META_TEXT, DATE);
	mirror_accept(s, "redhat-vex", VEX "changes.csv", CHANGES_OLD, "");
	mirror_accept(s, "redhat-oval", RHEL "PULP_MANIFEST", MANIFEST, DATE);
	mirror_accept(s, "redhat-oval", RHEL "feed.json", "{}", DATE);
	mirror_accept(s, "redhat-oval", RHEL RHEL_8, "held", DATE);
	mirror_accept(s, "redhat-oval", RHEL RHEL_9, "nine", DATE);
	mirror_run(s, FEED_TEXT, META_TEXT);
	site_at(3600);
	mirror_accept(s, "redhat-vex", VEX "changes.csv", CHANGES_NEW, "");
	mirror_accept(s, "nvd", "a/b", FEED_TEXT, "");
	site_publish(s, "other", "a/b", FEED_TEXT);
	mirror_record(s);
	if (view_read(&w->view, s->catalog, &s->state, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	site_at(NEW_YEAR);
	buf_cleanup(&packed);
}

static void
ask_end(struct served *w)
{
	response_cleanup(&w->s);
	arena_cleanup(&w->q.arena);
	buf_reset(&w->body);
}

static void
served_close(struct served *w)
{
	buf_cleanup(&w->body);
	view_drop(w->view);
	site_close(&w->site);
}

static void
read_body(struct served *w)
{
	struct response *s = &w->s;
	char bytes[4096];
	size_t n = 1;

	if (s->body == RESPONSE_TEXT)
		buf_add_span(&w->body, buf_span(&s->out.buf));
	if (s->body == RESPONSE_FILE && s->fd == -1)
		s->fd = openat(w->q.statefd, s->file, O_RDONLY | O_CLOEXEC);
	if (s->body == RESPONSE_FILE)
		assert_int_equal(
		    file_read_fd(s->fd, 1 << 20, &w->body, &w->site.e), 0);
	while (s->body == RESPONSE_STREAM && n > 0) {
		assert_int_equal(s->read(s->ctx, bytes, 3, &n, &w->site.e), 0);
		buf_add(&w->body, bytes, n);
	}
	if (s->body == RESPONSE_FILE)
		assert_int_equal(s->size_bytes, w->body.len);
}

/* As the server would; the answer stands in w->s and w->body. */
static void
ask(struct served *w, const char *path)
{
	unsigned allowed;
	const struct route *r;

	w->q = (struct request){ .verb = VERB_GET,
		.target = span_of(path),
		.path = span_of(path),
		.view = w->view,
		.body_fd = -1,
		.statefd = w->site.state.dirfd };
	response_init(&w->s);
	r = route_find(&w->q, &allowed);
	assert_non_null(r);
	if (r->handle(&w->q, &w->s, &w->site.e) != 0)
		fail_msg("%s: %s", path, w->site.e.msg);
	read_body(w);
}

static const struct route_case {
	const char *name;
	const char *path;
	unsigned status;
	const char *body; /* NULL: whatever */
	const char *type; /* NULL: whatever */
	const char *modified;
} cases[] = {
	{ "mirror", "/mirror/" NVD "2025.meta", 200, META_TEXT, "text/plain",
	    DATE },
	{ "the upstream's own path",
	    "/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz", 200, FEED_TEXT,
	    "application/gzip", "f" },
	{ "content", "/content/" VEX "changes.csv", 200, CHANGES_NEW,
	    "text/csv", NULL },
	{ "content as in a bundle", "/content/redhat/" VEX "changes.csv", 200,
	    CHANGES_NEW, "text/csv", NULL },
	{ "unpacked", "/oval/com.ubuntu.focal.cve.oval.xml", 200, "<oval/>",
	    "application/xml", DATE },
	{ "unpacked under mirror", "/mirror/" OVAL ".xml", 200, "<oval/>",
	    "application/xml", DATE },
	{ "json of json.gz", "/feeds/json/cve/2.0/nvdcve-2.0-2024.json", 200,
	    FEED_TEXT, "application/json", NULL },
	{ "under an old address",
	    "/~ubuntu-security/oval/com.ubuntu.focal.cve.oval.xml", 200,
	    "<oval/>", "application/xml", DATE },
	{ "no such file", "/mirror/" NVD "2001.meta", 404, NULL, NULL, NULL },
	{ "no such host", "/mirror/example.org", 404, NULL, NULL, NULL },
	{ "nothing", "/what/is/this", 404, NULL, NULL, NULL },
	{ "the cache's feed", "/nvd_cache/nvdcve-2024.json.gz", 200, FEED_TEXT,
	    "application/gzip", NULL },
	{ "the cache's meta", "/nvd_cache/nvdcve-2025.meta", 200, META_TEXT,
	    "text/plain", NULL },
	{ "the cache's properties", "/nvd_cache/cache.properties", 200,
	    "prefix=nvdcve-\nlastModifiedDate=2025-08-07T07:01:41Z\n"
	    "lastModifiedDate.modified=2025-08-07T07:01:41Z\n"
	    "lastModifiedDate.2024=2025-08-07T07:01:41Z\n"
	    "lastModifiedDate.2025=2025-08-07T07:01:41Z\n"
	    "lastModifiedDate.2026=2025-12-31T10:00:00Z\n",
	    "text/plain", NULL },
	{ "the cache has nothing else", "/nvd_cache/index.html", 404, NULL,
	    NULL, NULL },
	{ "beside NVD's feeds is no cache",
	    "/feeds/json/cve/2.0/cache.properties", 404, NULL, NULL, NULL },
	{ "rows that came late", "/data/csaf/v2/vex/changes.csv", 200,
	    "\"2024/cve-2024-0003.json\",\"1970-01-01T02:00:00+00:00\"\n"
	    "\"2024/cve-2024-0002.json\",\"1970-01-01T01:00:00+00:00\"\n"
	    "\"2024/cve-2024-0001.json\",\"1970-01-01T00:16:40+00:00\"\n",
	    "text/csv", NULL },
	{ "a manifest of what is here", "/data/oval/v2/PULP_MANIFEST", 200,
	    RHEL_8 ",c20dea4d876b5b8fb0a1814b43017030cea6d4ac"
		   "30b2d9ae71b404d2faba49b5,4\n" RHEL_9
		   ",edcd8e701a2df0cd66a39bae6aa156cf16fe2b96"
		   "53ef65f7d31742e2352421e4,4\n",
	    "text/plain", NULL },
	{ "under its old address", "/security/data/oval/v2/PULP_MANIFEST", 200,
	    NULL, "text/plain", NULL },
	{ "upstream's manifest", "/mirror/" RHEL "PULP_MANIFEST", 200, MANIFEST,
	    "text/plain", NULL },
	{ "and as in a bundle", "/content/redhat/" RHEL "PULP_MANIFEST", 200,
	    MANIFEST, "text/plain", NULL },
	{ "no such list", "/data/csaf/v2/vex-feed/deletions.csv", 404, NULL,
	    NULL, NULL },
	{ "next year's feed, unpacked",
	    "/feeds/json/cve/2.0/nvdcve-2.0-2026.json", 200,
	    "{\"resultsPerPage\":0,\"startIndex\":0,\"totalResults\":0,"
	    "\"format\":\"NVD_CVE\",\"version\":\"2.0\",\"timestamp\":"
	    "\"2025-12-31T10:00:00.000\",\"vulnerabilities\":[]}",
	    "application/json", NULL },
	{ "and none of the one after it",
	    "/feeds/json/cve/2.0/nvdcve-2.0-2027.meta", 404, NULL, NULL, NULL },
	{ "nor of a year that is not mirrored",
	    "/feeds/json/cve/2.0/nvdcve-2.0-2023.meta", 404, NULL, NULL, NULL },
	{ "a blob of no view",
	    "/blobs/sha256/0000000000000000000000000000000000000000000000000"
	    "000000000000000",
	    404, NULL, NULL, NULL },
	{ "no digest", "/blobs/sha256/abc", 404, NULL, NULL, NULL },
	{ "nothing is signed", "/tuf/metadata/timestamp.json", 404, NULL, NULL,
	    NULL },
	{ "metadata by another name", "/tuf/metadata/root.key", 404, NULL, NULL,
	    NULL },
	{ "metadata that is not there", "/tuf/metadata/7.root.json", 404, NULL,
	    NULL, NULL },
};

static void
test_case(void **state)
{
	const struct route_case *c = *state;
	struct served w;

	served_open(&w);
	ask(&w, c->path);
	assert_int_equal(w.s.status, c->status);
	if (c->body != NULL)
		assert_string_equal(buf_str(&w.body), c->body);
	if (c->type != NULL)
		assert_string_equal(w.s.type, c->type);
	if (c->modified != NULL && strcmp(c->modified, DATE) == 0)
		assert_true(span_is(w.s.modified, DATE));
	else if (c->modified != NULL)
		assert_int_equal(w.s.modified_at, 7);
	ask_end(&w);
	served_close(&w);
}

/* ETags are digests, and those that cannot change say so. */
static void
test_etags(void **state)
{
	char hex[DIGEST_HEX_SIZE], path[256];
	struct digest d;
	struct served w;

	(void)state;
	served_open(&w);
	digest_of(SPAN_LIT(META_TEXT), &d);
	digest_hex(&d, hex);
	ask(&w, "/mirror/" NVD "2025.meta");
	assert_true(span_is(w.s.etag, hex));
	assert_true(w.s.verbatim);
	assert_null(w.s.cache);
	ask_end(&w);
	snprintf(path, sizeof(path), "/blobs/sha256/%s", hex);
	ask(&w, path);
	assert_true(span_is(w.s.etag, hex));
	assert_string_equal(w.s.cache, RESPONSE_IMMUTABLE);
	assert_string_equal(buf_str(&w.body), META_TEXT);
	ask_end(&w);
	snprintf(path, sizeof(path), "/tuf/targets/nvd/%s.a.meta", hex);
	ask(&w, path);
	assert_string_equal(buf_str(&w.body), META_TEXT);
	assert_string_equal(w.s.type, "text/plain");
	ask_end(&w);
	ask(&w, "/mirror/" OVAL ".xml");
	assert_true(span_has_suffix(w.s.etag, "-unpacked"));
	ask_end(&w);
	served_close(&w);
}

/* The .meta of a feed that is made here fits it. */
static void
test_empty_year(void **state)
{
	struct buf json = { 0 }, expect = { 0 };
	char hex[DIGEST_HEX_SIZE];
	struct digest d;
	struct served w;
	size_t size, i;

	(void)state;
	served_open(&w);
	ask(&w, "/feeds/json/cve/2.0/nvdcve-2.0-2026.json");
	buf_add_span(&json, buf_span(&w.body));
	ask_end(&w);
	ask(&w, "/nvd_cache/nvdcve-2026.json.gz");
	size = w.body.len;
	assert_memory_equal(w.body.ptr, "\x1f\x8b\x08\0\0\0\0\0\0\0", 10);
	ask_end(&w);
	digest_of(buf_span(&json), &d);
	digest_hex(&d, hex);
	for (i = 0; hex[i] != '\0'; i++)
		if (hex[i] >= 'a')
			hex[i] = (char)(hex[i] - 'a' + 'A');
	buf_printf(&expect,
	    "lastModifiedDate:2025-12-31T10:00:00+00:00\r\nsize:%zu\r\n"
	    "zipSize:%zu\r\ngzSize:%zu\r\nsha256:%s\r\n",
	    json.len, size, size, hex);
	ask(&w, "/feeds/json/cve/2.0/nvdcve-2.0-2026.meta");
	assert_string_equal(buf_str(&w.body), buf_str(&expect));
	ask_end(&w);
	/* An hour before the year begins anywhere there is none. */
	site_at(NEW_YEAR - 1);
	ask(&w, "/feeds/json/cve/2.0/nvdcve-2.0-2026.meta");
	assert_int_equal(w.s.status, 404);
	ask_end(&w);
	buf_cleanup(&json);
	buf_cleanup(&expect);
	served_close(&w);
}

static void
test_folders(void **state)
{
	struct served w;

	(void)state;
	served_open(&w);
	ask(&w, "/mirror/");
	assert_non_null(strstr(
	    buf_str(&w.body), "<a href=\"./nvd.nist.gov/\">nvd.nist.gov/</a>"));
	assert_null(strstr(buf_str(&w.body), "feeds"));
	ask_end(&w);
	ask(&w, "/mirror/security.access.redhat.com/data/csaf/v2/vex/");
	assert_non_null(strstr(
	    buf_str(&w.body), "<a href=\"./changes.csv\">changes.csv</a>"));
	ask_end(&w);
	ask(&w, "/mirror/nvd.nist.gov/feeds");
	assert_int_equal(w.s.status, 308);
	assert_true(
	    span_is(w.s.headers[0].value, "/mirror/nvd.nist.gov/feeds/"));
	ask_end(&w);
	ask(&w, "/mirror");
	assert_true(span_is(w.s.headers[0].value, "/mirror/"));
	ask_end(&w);
	ask(&w, "/mirror/nowhere/");
	assert_int_equal(w.s.status, 404);
	ask_end(&w);
	served_close(&w);
}

/* Without a stream there is none: who syncs would drop all that it has. */
static void
test_no_streams(void **state)
{
	struct served w;
	struct site *s = &w.site;

	(void)state;
	w = (struct served){ 0 };
	site_open(s);
	mirror_accept(s, "redhat-oval", RHEL "PULP_MANIFEST", MANIFEST, DATE);
	mirror_run(s, FEED_TEXT, META_TEXT);
	if (view_read(&w.view, s->catalog, &s->state, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	ask(&w, "/data/oval/v2/PULP_MANIFEST");
	assert_int_equal(w.s.status, 404);
	ask_end(&w);
	ask(&w, "/mirror/" RHEL "PULP_MANIFEST");
	assert_int_equal(w.s.status, 200);
	ask_end(&w);
	served_close(&w);
}

/* What gc has removed since the view was read is not half an answer. */
static void
test_gone(void **state)
{
	struct served w;
	const struct view_file *f;
	char hex[DIGEST_HEX_SIZE];
	unsigned allowed;

	(void)state;
	served_open(&w);
	f = view_find(w.view, SPAN_LIT(OVAL ".xml.bz2"));
	assert_int_equal(
	    unlinkat(w.site.store.dirfd, digest_hex(&f->sha256, hex), 0), 0);
	w.q = (struct request){ .verb = VERB_GET,
		.path = SPAN_LIT("/mirror/" OVAL ".xml"),
		.view = w.view,
		.body_fd = -1,
		.statefd = w.site.state.dirfd };
	response_init(&w.s);
	assert_int_equal(
	    route_find(&w.q, &allowed)->handle(&w.q, &w.s, &w.site.e), -1);
	assert_int_equal(w.site.e.code, ERR_NETWORK);
	ask_end(&w);
	served_close(&w);
}

#define N_TESTS (TABLE_N(cases) + 5)

int
main(void)
{
	struct CMUnitTest tests[N_TESTS] = {
		cmocka_unit_test(test_etags),
		cmocka_unit_test(test_empty_year),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_no_streams),
	};
	size_t n = 5;

	TABLE_ADD(tests, &n, cases, test_case);
	return cmocka_run_group_tests_name("mirror_routes", tests, NULL, NULL);
}
