/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process may have fetched: it names no host, and one that speaks
 * nonsense is not listened to any more.
 */
#include <string.h>
#include <unistd.h>

#include "base/pack.h"
#include "content/registry_fetch.h"
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
	struct registry_fetch f;
	struct ipc other;
	struct err e = { 0 };

	assert_int_equal(
	    registry_fetch_open(&f, c->target, &options, &other, &e), 0);
	assert_int_equal(f.ipc.fd != -1, c->is_fetched);
	assert_int_equal(other.fd != -1, c->is_fetched);
	ipc_close(&other);
	registry_fetch_cleanup(&f);
	assert_int_equal(
	    registry_fetch_open(&f, c->target, NULL, &other, &e), 0);
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

#define NO_SENSE "something is asked for that cannot be fetched"
#define UNKNOWN "something is asked for that makes no sense"

static const struct said_case said[] = {
	{ "nothing", REGISTRY_ASK, { 0 }, "", false, NO_SENSE },
	{ "a URL", REGISTRY_ASK, { 0 }, "http://example.org/", false,
	    NO_SENSE },
	{ "a blob without a digest", REGISTRY_ASK,
	    { .kind = REGISTRY_BLOB, .size_max = 1 }, NULL, false, NO_SENSE },
	{ "an answer", REGISTRY_ANSWER, { 0 }, "", false, UNKNOWN },
	{ "what is there", REGISTRY_ASK, { .kind = REGISTRY_HAS }, NULL, false,
	    NO_SENSE },
	{ "two things at a time", REGISTRY_ASK,
	    { .kind = REGISTRY_MANIFEST, .size_max = 1 }, NULL, true, UNKNOWN },
};

/* The other ipc stays silent: what is waited for does not come. */
static void
test_said(void **state)
{
	const struct said_case *c = *state;
	const struct registry_options options = { .http = http_defaults };
	struct ipc scan, silent, silent_end;
	struct registry_fetch f;
	struct buf b = { 0 };
	struct err e = { 0 };

	assert_int_equal(ipc_pair(&silent, &silent_end, &e), 0);
	assert_int_equal(registry_fetch_open(
			     &f, "docker://example.org/a", &options, &scan, &e),
	    0);
	f.access.fetch.ipc.fd = -1;
	f.has_body = c->has_body;
	if (c->raw != NULL)
		buf_add_str(&b, c->raw);
	else
		registry_ask_pack(&b, &c->ask);
	assert_int_equal(ipc_send(&scan, c->type, buf_span(&b), -1, &e), 0);
	assert_int_equal(registry_fetch_wait(&f, &silent, &e), -1);
	assert_string_equal(e.msg, c->expect);
	registry_fetch_cleanup(&f);
	ipc_close(&scan);
	ipc_close(&silent);
	ipc_close(&silent_end);
	buf_cleanup(&b);
}

struct refused_case {
	const char *name;
	struct registry_ask ask;
	bool may_push;
	const char *expect;
};

static const struct refused_case refusals[] = {
	{ "a token that nobody wants", { .kind = REGISTRY_TOKEN }, true,
	    "nobody wants a token" },
	{ "a push by who may only pull", { .kind = REGISTRY_OPEN }, false,
	    "nothing is to be pushed" },
	{ "a question of who may push",
	    { .kind = REGISTRY_HAS, .has_digest = true }, false,
	    "nothing is to be pushed" },
	{ "a blob without an upload",
	    { .kind = REGISTRY_PUT, .has_digest = true }, true,
	    "the registry does not say where to put a blob" },
};

/* What can be refused without a host is told, and listening goes on. */
static void
test_refused(void **state)
{
	const struct registry_options options = { .http = http_defaults };
	const struct refused_case *c = *state;
	const struct registry_source source = { .ctx = NULL };
	struct ipc scan, silent, silent_end;
	struct ipc_message m = { .fd = -1 };
	struct registry_fetch f;
	struct buf b = { 0 };
	struct err e = { 0 };

	assert_int_equal(ipc_pair(&silent, &silent_end, &e), 0);
	assert_int_equal(registry_fetch_open(
			     &f, "docker://example.org/a", &options, &scan, &e),
	    0);
	f.source = c->may_push ? &source : NULL;
	registry_ask_pack(&b, &c->ask);
	assert_int_equal(
	    ipc_send(&scan, REGISTRY_ASK, buf_span(&b), -1, &e), 0);
	ipc_close(&silent_end); /* the scan process ends */
	assert_int_equal(registry_fetch_wait(&f, &silent, &e), 0);
	assert_int_equal(ipc_recv(&scan, &m, &e), 1);
	assert_int_equal(m.type, REGISTRY_FAILED);
	assert_non_null(
	    memmem(m.payload.ptr, m.payload.len, c->expect, strlen(c->expect)));
	registry_fetch_cleanup(&f);
	ipc_message_cleanup(&m);
	ipc_close(&scan);
	ipc_close(&silent);
	buf_cleanup(&b);
}

int
main(void)
{
	struct CMUnitTest
	    tests[TABLE_N(targets) + TABLE_N(said) + TABLE_N(refusals)];
	size_t n = 0;

	TABLE_ADD(tests, &n, targets, test_target);
	TABLE_ADD(tests, &n, said, test_said);
	TABLE_ADD(tests, &n, refusals, test_refused);
	return cmocka_run_group_tests_name("registry_fetch", tests, NULL, NULL);
}
