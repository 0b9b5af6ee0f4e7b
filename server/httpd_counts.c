/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>

#include "server/httpd_impl.h"

/* Each thread counts in a shard of its own, as far as there are enough. */
static struct counts_shard *
shard_of(struct httpd *h)
{
	static _Atomic unsigned next;
	static _Thread_local unsigned mine;

	if (mine == 0)
		mine = next++ % HTTPD_SHARDS + 1;
	return &h->shards[mine - 1];
}

static void
add(_Atomic uint64_t *count, uint64_t n)
{
	atomic_fetch_add_explicit(count, n, memory_order_relaxed);
}

void
httpd_count(struct connection *c, int64_t time_us)
{
	static const int64_t limits_us[] = { 1000, 5000, 25000, 100000, 500000,
		2500000 };
	struct counts_shard *s = shard_of(c->h);
	size_t i = 0;

	while (i < sizeof(limits_us) / sizeof(*limits_us) &&
	    time_us > limits_us[i])
		i++;
	add(&s->n_requests[c->status < 600 ? c->status / 100 : 0], 1);
	add(&s->n_by_time[i], 1);
	add(&s->n_bytes, c->n_bytes);
	add(&s->time_us, (uint64_t)time_us);
}

static uint64_t
get(const _Atomic uint64_t *count)
{
	return atomic_load_explicit(count, memory_order_relaxed);
}

void
httpd_counts(const struct request *q, struct httpd_counts *out)
{
	const struct connection *c = q->connection;
	size_t i, k;

	*out = (struct httpd_counts){ 0 };
	if (c == NULL)
		return;
	for (i = 0; i < HTTPD_SHARDS; i++) {
		const struct counts_shard *s = &c->h->shards[i];

		for (k = 0; k < 6; k++)
			out->n_requests[k] += get(&s->n_requests[k]);
		for (k = 0; k < 7; k++)
			out->n_by_time[k] += get(&s->n_by_time[k]);
		out->n_bytes += get(&s->n_bytes);
		out->time_us += get(&s->time_us);
	}
	out->n_connections = c->h->n_connections;
	out->n_scans = c->h->workers.n_scans;
	out->n_limited = c->h->n_limited;
}
