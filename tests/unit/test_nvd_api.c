/* SPDX-License-Identifier: Apache-2.0 */
/* The route of NVD's API: what of HTTP is in it, and what it keeps. */
#include "server/nvd_cache.h"
#include "tests/unit/family_world.h"
#include "tests/unit/server_world.h"

#define PATH "/rest/json/cves/2.0"
#define CVE(n, day, word)                                              \
	"{\"cve\":{\"id\":\"CVE-2024-100" n "\",\"sourceIdentifier\":" \
	"\"a@b\",\"published\":\"2024-05-0" n                          \
	"T00:00:00.000\",\"lastModified\":\"2024-06-0" day             \
	"T00:00:00.000\",\"vulnStatus\":\"Analyzed\","                 \
	"\"descriptions\":[{\"lang\":\"en\",\"value\":\"" word "\"}]}}"
#define FEED(n, records)                                                     \
	"{\"resultsPerPage\":" n ",\"format\":\"NVD_CVE\","                  \
	"\"version\":\"2.0\",\"timestamp\":\"2024-07-01T03:01:03.1299776\"," \
	"\"vulnerabilities\":[" records "]}"
#define ENVELOPE(n, start, total, records)                               \
	"{\"resultsPerPage\":" n ",\"startIndex\":" start                \
	",\"totalResults\":" total ",\"format\":\"NVD_CVE\","            \
	"\"version\":\"2.0\",\"timestamp\":\"2024-07-01T03:01:03.129\"," \
	"\"vulnerabilities\":[" records "]}"

#define A CVE("1", "1", "First.")
#define B CVE("2", "1", "Second.")
#define C CVE("3", "1", "Third.")
#define B_NEW CVE("2", "9", "Second, changed.")
#define MANY                                                                  \
	A "," B "," C                                                         \
	  "," CVE("4", "1", "4th") "," CVE("5", "1", "5th") "," CVE("6", "1", \
	      "6th") "," CVE("7", "1", "7th") "," CVE("8", "1", "8th")

static struct world {
	struct tmp tmp;
	struct view view;
	struct server_world server;
} world;

/* A generation whose NVD family has the feed. */
static void
publish(uint64_t generation, const char *feed)
{
	struct family_text text = { "nvdcve-2.0-2024", DOCUMENT_NVD, feed };
	struct family_world f;
	char to[192];

	family_world_open(&f);
	family_world_must(&f, &text, 1);
	snprintf(to, sizeof(to), "%s/index", world.tmp.path);
	mkdir(to, 0700);
	snprintf(to, sizeof(to), "%s/index/%llu", world.tmp.path,
	    (unsigned long long)generation);
	assert_int_equal(mkdir(to, 0700), 0);
	snprintf(to, sizeof(to), "%s/index/%llu/nvd.sqlite", world.tmp.path,
	    (unsigned long long)generation);
	assert_int_equal(rename(f.path, to), 0);
	family_world_close(&f);
	world.view.generation = generation;
}

static int
open_world(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	tmp_init(&world.tmp);
	server_world_init(&world.server, world.tmp.dirfd, &world.view);
	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	nvd_cache_clear();
	server_world_cleanup(&world.server);
	tmp_cleanup(&world.tmp);
	return 0;
}

/* The body of a good answer. */
static const char *
body(const char *query)
{
	char target[256];

	snprintf(target, sizeof(target), PATH "%s", query);
	server_world_get(&world.server, target);
	if (world.server.status != 200)
		fail_msg("%s", buf_str(&world.server.text));
	return buf_str(&world.server.body);
}

static const char *
field(const char *name)
{
	static char value[128];
	const char *at = strstr(buf_str(&world.server.text), name);

	value[0] = '\0';
	if (at != NULL)
		sscanf(at + strlen(name), "%127[^\n]", value);
	return value;
}

static void
test_envelope(void **state)
{
	(void)state;
	publish(3, FEED("3", C "," A "," B));
	assert_string_equal(body(""), ENVELOPE("3", "0", "3", A "," B "," C));
	assert_string_equal(field("x-scapcache-generation: "), "3");
	assert_string_equal(field("x-scapcache-left-out: "), "");
	assert_string_equal(field("Content-Type: "), "application/json");
	assert_string_equal(body("/?resultsPerPage=1&startIndex=1"),
	    ENVELOPE("1", "1", "3", B));
	assert_string_equal(body("?startIndex=3"), ENVELOPE("0", "3", "3", ""));
	assert_string_equal(
	    body("?cveId=CVE-2024-1002"), ENVELOPE("1", "0", "1", B));
	assert_string_equal(
	    body("?cveId=CVE-2024-1009"), ENVELOPE("0", "0", "0", ""));
}

static void
test_left_out(void **state)
{
	static const struct family_text texts[] = {
		{ "nvdcve-1.1-2003", DOCUMENT_NVD_11,
		    "{\"CVE_data_type\":\"CVE\",\"CVE_data_format\":\"MITRE\","
		    "\"CVE_data_version\":\"4.0\",\"CVE_data_numberOfCVEs\":"
		    "\"1\",\"CVE_data_timestamp\":\"2024-11-22T08:03Z\","
		    "\"CVE_Items\":[{\"cve\":{\"CVE_data_meta\":{\"ID\":"
		    "\"CVE-2003-0001\",\"ASSIGNER\":\"c@d\"}},"
		    "\"publishedDate\":\"2003-01-17T05:00Z\","
		    "\"lastModifiedDate\":\"2025-01-01T00:00Z\"}]}" },
		{ "nvdcve-2.0-2024", DOCUMENT_NVD, FEED("1", A) },
	};
	struct family_world f;
	char to[192];

	(void)state;
	publish(1, FEED("1", A));
	snprintf(to, sizeof(to), "%s/index/1/nvd.sqlite", world.tmp.path);
	family_world_open(&f);
	family_world_must(&f, texts, TABLE_N(texts));
	assert_int_equal(rename(f.path, to), 0);
	family_world_close(&f);
	assert_string_equal(body(""), ENVELOPE("1", "0", "1", A));
	assert_string_equal(field("x-scapcache-left-out: "), "1");
}

static const struct refusal_case {
	const char *name;
	const char *query;
	unsigned status;
	const char *expect;
} refusals[] = {
	{ "no such parameter", "?cvid=1", 404,
	    "Invalid parameter: there is none of that name." },
	{ "no CVE", "?cveId=CVE-BAD", 404,
	    "Invalid cveId parameter: an id like CVE-2019-1010218 is "
	    "expected." },
	{ "half a range", "?lastModStartDate=2024-01-01T00:00:00.000", 404,
	    "Invalid lastModStartDate parameter: lastModEndDate is required "
	    "with it." },
	{ "more than 120 days",
	    "?pubStartDate=2024-01-01T00:00:00.000%2B01:00&"
	    "pubEndDate=2024-05-01T00:00:00.000",
	    404,
	    "Invalid pubEndDate parameter: the range is longer than 120 "
	    "consecutive days." },
};

/* As the API's: no body, the reason in a header. */
static void
test_refusal(void **state)
{
	const struct refusal_case *c = *state;
	char target[256];

	publish(1, FEED("1", A));
	snprintf(target, sizeof(target), PATH "%s", c->query);
	server_world_get(&world.server, target);
	assert_int_equal(world.server.status, c->status);
	assert_string_equal(field("message: "), c->expect);
	assert_int_equal(world.server.body.len, 0);
}

static void
test_nothing_published(void **state)
{
	(void)state;
	server_world_get(&world.server, PATH);
	assert_int_equal(world.server.status, 503);
	assert_string_equal(
	    field("message: "), "None of NVD's feeds is mirrored yet.");
	assert_string_equal(field("Retry-After: "), "60");
}

/* The same content and question have the same tag, and nothing else has. */
static void
test_etag(void **state)
{
	char first[80], other[80];

	(void)state;
	publish(1, FEED("2", A "," B));
	body("?noRejected");
	snprintf(first, sizeof(first), "%s", field("ETag: "));
	assert_int_equal(strlen(first), 64);
	body("?norejected&resultsPerPage=2000");
	assert_string_equal(field("ETag: "), first);
	body("?resultsPerPage=1999&noRejected");
	assert_string_not_equal(field("ETag: "), first);
	body("");
	assert_string_not_equal(field("ETag: "), first);
	body("?noRejected&startIndex=1");
	assert_string_not_equal(field("ETag: "), first);
	publish(2, FEED("2", A "," B));
	body("?noRejected");
	assert_string_equal(field("ETag: "), first);
	publish(3, FEED("2", A "," C));
	body("?noRejected");
	snprintf(other, sizeof(other), "%s", field("ETag: "));
	assert_string_not_equal(other, first);
}

/* Who has a page is not sent it, and no other body instead. */
static void
test_known(void **state)
{
	char tag[80];

	(void)state;
	publish(1, FEED("8", MANY));
	assert_string_equal(body(""), ENVELOPE("8", "0", "8", MANY));
	snprintf(tag, sizeof(tag), "\"%s\"", field("ETag: "));
	server_world_header(&world.server, "If-None-Match", tag);
	assert_null(strstr(body(""), "CVE"));
	/* a page too small for a content coding */
	assert_string_equal(
	    body("?resultsPerPage=1"), ENVELOPE("1", "0", "8", A));
	publish(2, FEED("2", A "," B));
	assert_string_equal(body(""), ENVELOPE("2", "0", "2", A "," B));
}

/*
 * While a client pages a record leaves what it asks for: the ones behind it
 * move up, but not for this client.
 */
static void
test_walk(void **state)
{
#define JUNE                                                        \
	"?lastModStartDate=2024-06-01T00:00:00.000&lastModEndDate=" \
	"2024-06-02T00:00:00.000&resultsPerPage=1&startIndex="
	(void)state;
	publish(1, FEED("3", A "," B "," C));
	assert_string_equal(body(JUNE "0"), ENVELOPE("1", "0", "3", A));
	publish(2, FEED("3", A "," B_NEW "," C));
	assert_string_equal(body(JUNE "1"), ENVELOPE("1", "1", "3", B));
	assert_string_equal(field("x-scapcache-generation: "), "1");
	assert_string_equal(body(JUNE "2"), ENVELOPE("1", "2", "3", C));
	assert_string_equal(body(JUNE "2"), ENVELOPE("1", "2", "3", C));
	/* another question, and one that begins anew */
	assert_string_equal(body("?startIndex=2"), ENVELOPE("1", "2", "3", C));
	assert_string_equal(field("x-scapcache-generation: "), "2");
	assert_string_equal(body(JUNE "0"), ENVELOPE("1", "0", "2", A));
	assert_string_equal(body(JUNE "1"), ENVELOPE("1", "1", "2", C));
	assert_string_equal(field("x-scapcache-generation: "), "2");
}

/* Two clients of one proxy, in two generations. */
static void
test_two_walks(void **state)
{
	(void)state;
	publish(1, FEED("3", A "," B "," C));
	server_world_header(&world.server, "X-Forwarded-For", "192.0.2.1");
	body("?resultsPerPage=1");
	publish(2, FEED("2", A "," C));
	world.server.n_headers = 0;
	server_world_header(&world.server, "X-Forwarded-For", "192.0.2.2");
	body("?resultsPerPage=1");
	assert_string_equal(
	    body("?resultsPerPage=1&startIndex=1"), ENVELOPE("1", "1", "2", C));
	world.server.n_headers = 0;
	server_world_header(&world.server, "X-Forwarded-For", "192.0.2.1");
	assert_string_equal(
	    body("?resultsPerPage=1&startIndex=1"), ENVELOPE("1", "1", "3", B));
}

static void
test_time_without_fraction(void **state)
{
	(void)state;
	publish(1,
	    "{\"resultsPerPage\":1,\"format\":\"NVD_CVE\",\"version\":"
	    "\"2.0\",\"timestamp\":\"2024-07-01T03:01:03\","
	    "\"vulnerabilities\":[" A "]}");
	assert_non_null(
	    strstr(body(""), "\"timestamp\":\"2024-07-01T03:01:03.000\""));
}

/* The generation that a client pages through is removed: it is told. */
static void
test_walk_is_gone(void **state)
{
	char path[192];

	(void)state;
	publish(1, FEED("3", A "," B "," C));
	body("?resultsPerPage=1");
	publish(2, FEED("2", A "," C));
	worker_keep_only(&world.server.worker, 2);
	snprintf(path, sizeof(path), "%s/index/1/nvd.sqlite", world.tmp.path);
	assert_int_equal(unlink(path), 0);
	path[strlen(path) - sizeof("nvd.sqlite")] = '\0';
	assert_int_equal(rmdir(path), 0);
	server_world_get(&world.server, PATH "?resultsPerPage=1&startIndex=1");
	assert_int_equal(world.server.status, 503);
	assert_string_equal(field("message: "),
	    "The content has changed since the first page; begin again at "
	    "startIndex 0.");
	assert_string_equal(
	    body("?resultsPerPage=1"), ENVELOPE("1", "0", "2", A));
}

/* More questions than are kept, and each asked twice. */
static void
test_many_questions(void **state)
{
	char query[64];
	int i, k;

	(void)state;
	publish(1, FEED("3", A "," B "," C));
	for (k = 0; k < 2; k++) {
		for (i = 0; i < 100; i++) {
			snprintf(query, sizeof(query), "?cveId=CVE-2024-%d",
			    1001 + i);
			body(query);
			assert_true(
			    (strstr(buf_str(&world.server.body),
				 "\"totalResults\":1,") != NULL) == (i < 3));
		}
	}
}

/* More generations than are kept. */
static void
test_many_generations(void **state)
{
	uint64_t i;

	(void)state;
	for (i = 1; i <= 8; i++) {
		publish(i, i % 2 == 0 ? FEED("1", A) : FEED("2", A "," B));
		body("");
		assert_non_null(strstr(buf_str(&world.server.body),
		    i % 2 == 0 ? "\"totalResults\":1,"
			       : "\"totalResults\":2,"));
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int
main(void)
{
	static const struct CMUnitTest others[] = {
		TEST(test_envelope),
		TEST(test_left_out),
		TEST(test_nothing_published),
		TEST(test_etag),
		TEST(test_known),
		TEST(test_walk),
		TEST(test_two_walks),
		TEST(test_time_without_fraction),
		TEST(test_walk_is_gone),
		TEST(test_many_questions),
		TEST(test_many_generations),
	};
	struct CMUnitTest tests[TABLE_N(refusals) + TABLE_N(others)] = { 0 };
	size_t n = 0, i;

	TABLE_ADD(tests, &n, refusals, test_refusal);
	for (i = 0; i < n; i++) {
		tests[i].setup_func = open_world;
		tests[i].teardown_func = close_world;
	}
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests(
	    "nvd_api", tests, n + TABLE_N(others), NULL, NULL);
}
