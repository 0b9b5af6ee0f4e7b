/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a scan process may have fetched: it names no host, and one that speaks
 * nonsense is not listened to any more.
 */
#include <unistd.h>

#include "scanner/proc_scan_fetch.h"
#include "tests/unit/table.h"

struct target_case {
	const char *name;
	const char *target;
	bool is_fetched;
};

static const struct target_case targets[] = {
	{ "a registry's image", "docker://example.org/a", true },
	{ "a saved image", "docker-archive:image.tar", false },
	{ "a folder", "docker:/example.org/a", false },
	{ "no target", NULL, false },
};

static void
test_target(void **state)
{
	const struct target_case *c = *state;
	const struct registry_options options = { .http = http_defaults };
	struct scan_request r = { .target = c->target, .registry = &options };
	struct scan_fetch f;
	struct ipc other;
	struct err e = { 0 };

	assert_int_equal(scan_fetch_open(&f, &r, &other, &e), 0);
	assert_int_equal(f.ipc.fd != -1, c->is_fetched);
	assert_int_equal(other.fd != -1, c->is_fetched);
	ipc_close(&other);
	scan_fetch_cleanup(&f);
	r.registry = NULL;
	assert_int_equal(scan_fetch_open(&f, &r, &other, &e), 0);
	assert_int_equal(other.fd, -1);
}

struct said_case {
	const char *name;
	uint32_t type;
	struct registry_ask ask;
	const char *raw; /* instead of the ask, or NULL */
	bool has_body;   /* while one is on its way */
	const char *expect;
};

#define NO_SENSE "the scan process asks for what cannot be fetched"
#define UNKNOWN "the scan process spoke of something unknown"

static const struct said_case said[] = {
	{ "nothing", SCAN_FETCH, { 0 }, "", false, NO_SENSE },
	{ "a URL", SCAN_FETCH, { 0 }, "http://example.org/", false, NO_SENSE },
	{ "a blob without a digest", SCAN_FETCH,
	    { .kind = REGISTRY_BLOB, .size_max = 1 }, NULL, false, NO_SENSE },
	{ "an answer", SCAN_ANSWER, { 0 }, "", false, UNKNOWN },
	{ "two things at a time", SCAN_FETCH,
	    { .kind = REGISTRY_MANIFEST, .size_max = 1 }, NULL, true, UNKNOWN },
};

/* The other ipc stays silent: what is waited for does not come. */
static void
test_said(void **state)
{
	const struct said_case *c = *state;
	const struct registry_options options = { .http = http_defaults };
	const struct scan_request r = { .target = "docker://example.org/a",
		.registry = &options };
	struct ipc scan, silent, silent_end;
	struct scan_fetch f;
	struct buf b = { 0 };
	struct err e = { 0 };

	assert_int_equal(ipc_pair(&silent, &silent_end, &e), 0);
	assert_int_equal(scan_fetch_open(&f, &r, &scan, &e), 0);
	f.access.fetch.ipc.fd = -1;
	f.has_body = c->has_body;
	if (c->raw != NULL)
		buf_add_str(&b, c->raw);
	else
		registry_ask_pack(&b, &c->ask);
	assert_int_equal(ipc_send(&scan, c->type, buf_span(&b), -1, &e), 0);
	assert_int_equal(scan_fetch_wait(&f, &silent, &e), -1);
	assert_string_equal(e.msg, c->expect);
	scan_fetch_cleanup(&f);
	ipc_close(&scan);
	ipc_close(&silent);
	ipc_close(&silent_end);
	buf_cleanup(&b);
}

/* What can be refused without a host is told, and listening goes on. */
static void
test_refused(void **state)
{
	const struct registry_options options = { .http = http_defaults };
	const struct registry_ask ask = { .kind = REGISTRY_TOKEN,
		.size_max = 1 };
	const struct scan_request r = { .target = "docker://example.org/a",
		.registry = &options };
	struct ipc scan, silent, silent_end;
	struct ipc_message m = { .fd = -1 };
	struct scan_fetch f;
	struct buf b = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(ipc_pair(&silent, &silent_end, &e), 0);
	assert_int_equal(scan_fetch_open(&f, &r, &scan, &e), 0);
	registry_ask_pack(&b, &ask);
	assert_int_equal(ipc_send(&scan, SCAN_FETCH, buf_span(&b), -1, &e), 0);
	ipc_close(&silent_end); /* the scan process ends */
	assert_int_equal(scan_fetch_wait(&f, &silent, &e), 0);
	assert_int_equal(ipc_recv(&scan, &m, &e), 1);
	assert_int_equal(m.type, SCAN_FAILED);
	assert_int_equal(scan_read_error(m.payload, &e), -1);
	assert_string_equal(e.msg, "nobody wants a token");
	scan_fetch_cleanup(&f);
	ipc_message_cleanup(&m);
	ipc_close(&scan);
	ipc_close(&silent);
	buf_cleanup(&b);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(targets) + TABLE_N(said) + 1] = {
		cmocka_unit_test(test_refused),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, targets, test_target);
	TABLE_ADD(tests, &n, said, test_said);
	return cmocka_run_group_tests_name("scan_fetch", tests, NULL, NULL);
}
