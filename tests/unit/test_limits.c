/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "server/limits.h"
#include "tests/unit/table.h"

struct any_address {
	struct sockaddr_storage storage;
};

/* "" is a Unix socket's. */
static const struct sockaddr *
address(struct any_address *a, const char *text)
{
	struct sockaddr_in *in = (void *)&a->storage;
	struct sockaddr_in6 *in6 = (void *)&a->storage;

	memset(a, 0, sizeof(*a));
	a->storage.ss_family = AF_UNIX;
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1)
		a->storage.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1)
		a->storage.ss_family = AF_INET6;
	return (const struct sockaddr *)&a->storage;
}

struct same_case {
	const char *name;
	const char *first;
	const char *second;
	bool is_same;
};

static const struct same_case cases[] = {
	{ "the same", "10.0.0.1", "10.0.0.1", true },
	{ "another", "10.0.0.1", "10.0.0.2", false },
	{ "IPv4 by IPv6", "10.0.0.1", "::ffff:10.0.0.1", true },
	{ "a network of IPv6", "2001:db8::1", "2001:db8::2:3", true },
	{ "another network", "2001:db8::1", "2001:db8:0:1::1", false },
	{ "loopback of both", "127.0.0.1", "::1", false },
	{ "IPv4 is no network of zeros", "::", "0.0.0.1", false },
};

static void
test_same(void **state)
{
	const struct same_case *c = *state;
	struct any_address a, b;
	struct address *first;
	struct limits l;

	limits_init(&l, 1, 0);
	address(&a, c->first);
	address(&b, c->second);
	first = limits_connect(&l, (const void *)&a.storage);
	assert_false(limits_may_connect(&l, (const void *)&a.storage));
	assert_int_equal(
	    limits_may_connect(&l, (const void *)&b.storage), !c->is_same);
	limits_disconnect(&l, first);
	assert_true(limits_may_connect(&l, (const void *)&a.storage));
	limits_cleanup(&l);
}

static void
test_no_limit(void **state)
{
	struct any_address a;
	struct address *one, *two;
	struct limits l;

	(void)state;
	limits_init(&l, 1, 1);
	one = limits_connect(&l, address(&a, ""));
	two = limits_connect(&l, address(&a, ""));
	assert_true(limits_may_connect(&l, address(&a, "")));
	assert_int_equal(limits_request(&l, one, 0), 0);
	assert_int_equal(limits_request(&l, two, 0), 0);
	assert_int_equal(limits_request(&l, two, 0), 0);
	limits_disconnect(&l, one);
	limits_disconnect(&l, two);
	limits_cleanup(&l);
	limits_init(&l, 0, 0);
	one = limits_connect(&l, address(&a, "10.0.0.1"));
	assert_true(limits_may_connect(&l, address(&a, "10.0.0.1")));
	assert_int_equal(limits_request(&l, one, 0), 0);
	limits_cleanup(&l);
}

/* 10 a second: a burst of 2 seconds' worth, then one each 100 ms. */
static void
test_rate(void **state)
{
	const int64_t begin = INT64_C(5000000);
	struct any_address a;
	struct address *one, *two;
	struct limits l;
	unsigned n = 0;

	(void)state;
	limits_init(&l, 0, 10);
	one = limits_connect(&l, address(&a, "10.0.0.1"));
	two = limits_connect(&l, address(&a, "10.0.0.2"));
	while (limits_request(&l, one, begin) == 0)
		n++;
	assert_int_equal(n, 10 * LIMITS_BURST_S + 1);
	assert_int_equal(limits_request(&l, one, begin), 2);
	assert_int_equal(limits_request(&l, two, begin), 0);
	assert_int_equal(limits_request(&l, one, begin + 100000), 0);
	assert_int_equal(limits_request(&l, one, begin + 100000), 2);
	assert_int_equal(limits_request(&l, one, begin + 10000000), 0);
	limits_cleanup(&l);
}

/* Who connects anew for each request has the same limit. */
static void
test_rate_stays(void **state)
{
	struct any_address a;
	struct address *one;
	struct limits l;
	int64_t now = INT64_MAX / 2;
	unsigned i, n = 0;

	(void)state;
	limits_init(&l, 0, 10);
	for (i = 0; i < 50; i++) {
		one = limits_connect(&l, address(&a, "10.0.0.1"));
		n += limits_request(&l, one, now) == 0;
		limits_disconnect(&l, one);
	}
	assert_int_equal(n, 10 * LIMITS_BURST_S + 1);
	limits_cleanup(&l);
}

static unsigned
take_streams(struct limits *l, struct address *a)
{
	unsigned n = 0;

	while (limits_stream(l, a))
		n++;
	return n;
}

/* One may have most of them, another the rest, and who ends one another. */
static void
test_streams(void **state)
{
	struct any_address a;
	struct address *one, *two, *local;
	struct limits l;

	(void)state;
	limits_init(&l, 0, 0);
	one = limits_connect(&l, address(&a, "10.0.0.1"));
	two = limits_connect(&l, address(&a, "10.0.0.2"));
	local = limits_connect(&l, address(&a, ""));
	assert_int_equal(take_streams(&l, one), LIMITS_STREAMS_OF_ONE);
	assert_int_equal(
	    take_streams(&l, two), LIMITS_STREAMS - LIMITS_STREAMS_OF_ONE);
	limits_stream_end(&l, one);
	assert_int_equal(take_streams(&l, two), 1);
	assert_int_equal(take_streams(&l, one), 0);
	/* Its last connection may go before its streams do. */
	limits_disconnect(&l, one);
	one = limits_connect(&l, address(&a, "10.0.0.1"));
	limits_stream_end(&l, one);
	assert_int_equal(take_streams(&l, local), 1);
	assert_int_equal(take_streams(&l, one), 0);
	limits_cleanup(&l);
	limits_init(&l, 0, 0);
	local = limits_connect(&l, address(&a, ""));
	assert_int_equal(take_streams(&l, local), LIMITS_STREAMS);
	limits_cleanup(&l);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 4];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_same);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_no_limit);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_rate);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_rate_stays);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_streams);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
