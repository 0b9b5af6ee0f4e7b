/* SPDX-License-Identifier: Apache-2.0 */
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/mem.h"
#include "server/limits.h"

#define N_BUCKETS 1024u
#define SECOND_US INT64_C(1000000)

/*
 * Kept while it has connections or streams, and longer while its requests are
 * still counted against it: else who connects anew for each would have no
 * limit.
 */
struct address {
	struct address *next;
	unsigned char bytes[8]; /* IPv4 behind zeros, or half of IPv6 */
	bool is_any;            /* not of a network */
	unsigned n_connections;
	unsigned n_streams;
	_Atomic int64_t due_us; /* when what it asked for would be even */
};

void
limits_init(struct limits *l, unsigned connections, unsigned rate)
{
	*l = (struct limits){ .connections = connections, .rate = rate };
	pthread_mutex_init(&l->mutex, NULL);
	l->buckets = xcalloc(N_BUCKETS, sizeof(*l->buckets));
	if (getrandom(&l->seed, sizeof(l->seed), GRND_NONBLOCK) !=
	    sizeof(l->seed))
		l->seed = (uint64_t)(uintptr_t)l->buckets;
}

void
limits_cleanup(struct limits *l)
{
	struct address *a, *next;
	size_t i;

	if (l->buckets == NULL)
		return;
	for (i = 0; i < N_BUCKETS; i++) {
		for (a = l->buckets[i]; a != NULL; a = next) {
			next = a->next;
			free(a);
		}
	}
	free(l->buckets);
	pthread_mutex_destroy(&l->mutex);
	l->buckets = NULL;
}

static void
read_address(const struct sockaddr *addr, struct address *out)
{
	const struct sockaddr_in *in = (const void *)addr;
	const struct sockaddr_in6 *in6 = (const void *)addr;

	*out = (struct address){ 0 };
	if (addr != NULL && addr->sa_family == AF_INET)
		memcpy(out->bytes + 4, &in->sin_addr, 4);
	else if (addr != NULL && addr->sa_family == AF_INET6 &&
	    IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr))
		memcpy(out->bytes + 4, in6->sin6_addr.s6_addr + 12, 4);
	else if (addr != NULL && addr->sa_family == AF_INET6)
		memcpy(out->bytes, in6->sin6_addr.s6_addr, 8);
	else
		out->is_any = true;
}

static size_t
bucket_of(const struct limits *l, const struct address *a)
{
	uint64_t x;

	memcpy(&x, a->bytes, sizeof(x));
	x = (x ^ l->seed) * UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 29) * (l->seed | 1);
	return (size_t)(x >> 40) % N_BUCKETS;
}

static bool
is_same(const struct address *a, const struct address *b)
{
	return a->is_any == b->is_any &&
	    memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* Its place in the list, or that list's end; what is of no use is dropped. */
static struct address **
find(struct limits *l, const struct address *key, int64_t now_us)
{
	struct address **at = &l->buckets[bucket_of(l, key)];

	while (*at != NULL && !is_same(*at, key)) {
		struct address *a = *at;

		if (a->n_connections > 0 || a->n_streams > 0 ||
		    a->due_us > now_us) {
			at = &a->next;
			continue;
		}
		*at = a->next;
		free(a);
	}
	return at;
}

bool
limits_may_connect(struct limits *l, const struct sockaddr *addr)
{
	struct address key;
	struct address *a;
	bool may;

	read_address(addr, &key);
	if (key.is_any || l->connections == 0)
		return true;
	pthread_mutex_lock(&l->mutex);
	a = *find(l, &key, clock_monotonic_us());
	may = a == NULL || a->n_connections < l->connections;
	pthread_mutex_unlock(&l->mutex);
	return may;
}

struct address *
limits_connect(struct limits *l, const struct sockaddr *addr)
{
	struct address key;
	struct address **at;
	struct address *a;

	read_address(addr, &key);
	pthread_mutex_lock(&l->mutex);
	at = find(l, &key, clock_monotonic_us());
	if (*at == NULL) {
		*at = xcalloc(1, sizeof(**at));
		memcpy((*at)->bytes, key.bytes, sizeof(key.bytes));
		(*at)->is_any = key.is_any;
	}
	a = *at;
	a->n_connections++;
	pthread_mutex_unlock(&l->mutex);
	return a;
}

void
limits_disconnect(struct limits *l, struct address *a)
{
	pthread_mutex_lock(&l->mutex);
	a->n_connections--;
	pthread_mutex_unlock(&l->mutex);
}

bool
limits_stream(struct limits *l, struct address *a)
{
	bool may;

	pthread_mutex_lock(&l->mutex);
	may = l->n_streams < LIMITS_STREAMS &&
	    (a->is_any || a->n_streams < LIMITS_STREAMS_OF_ONE);
	l->n_streams += may;
	a->n_streams += may;
	pthread_mutex_unlock(&l->mutex);
	return may;
}

void
limits_stream_end(struct limits *l, struct address *a)
{
	pthread_mutex_lock(&l->mutex);
	l->n_streams--;
	a->n_streams--;
	pthread_mutex_unlock(&l->mutex);
}

/* The generic cell rate algorithm: one number for an address. */
unsigned
limits_request(struct limits *l, struct address *a, int64_t now_us)
{
	int64_t step, due, begin;

	if (l->rate == 0 || a->is_any)
		return 0;
	step = SECOND_US / l->rate;
	due = a->due_us;
	do {
		begin = due > now_us ? due : now_us;
		if (begin - now_us > LIMITS_BURST_S * SECOND_US)
			return (unsigned)((begin - now_us) / SECOND_US);
	} while (!atomic_compare_exchange_weak(&a->due_us, &due, begin + step));
	return 0;
}
