/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/advisory_pack.h"

/* First byte of a fact: its state, and which of the rare fields follow. */
#define STATE_MASK 0x0fu
#define HAS_SEVERITY 0x10u
#define HAS_DETAIL 0x20u

static int
cmp_number(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

int
advisory_fact_cmp(const void *pa, const void *pb)
{
	const struct advisory_fact *a = pa, *b = pb;
	int order = cmp_number(a->name, b->name);

	if (order == 0)
		order = cmp_number(a->product, b->product);
	if (order == 0)
		order = cmp_number(a->cve, b->cve);
	if (order == 0)
		order = cmp_number(a->version, b->version);
	if (order == 0)
		order = (int)a->state - (int)b->state;
	if (order == 0)
		order = cmp_number(a->severity, b->severity);
	return order != 0 ? order : cmp_number(a->detail, b->detail);
}

static void
pack_fact(struct buf *b, const struct advisory_fact *f,
    const struct advisory_fact *last)
{
	pack_uint(b,
	    (unsigned)f->state | (f->severity != 0 ? HAS_SEVERITY : 0) |
		(f->detail != 0 ? HAS_DETAIL : 0));
	pack_int(b, (int64_t)f->cve - last->cve);
	pack_int(b, (int64_t)f->version - last->version);
	if (f->severity != 0)
		pack_uint(b, f->severity);
	if (f->detail != 0)
		pack_uint(b, f->detail);
}

void
advisory_pack(struct buf *b, const struct advisory_fact *facts, size_t n)
{
	struct advisory_fact last;
	struct buf group = { 0 };
	size_t i = 0;
	uint32_t product;

	while (i < n) {
		product = facts[i].product;
		last = (struct advisory_fact){ 0 };
		buf_reset(&group);
		for (; i < n && facts[i].product == product; i++) {
			pack_fact(&group, &facts[i], &last);
			last = facts[i];
		}
		pack_uint(b, product);
		pack_span(b, buf_span(&group));
	}
	buf_cleanup(&group);
}

struct advisory_unpack
advisory_unpack_of(struct span packed, uint32_t name)
{
	return (struct advisory_unpack){ .groups = unpack_of(packed),
		.last = { .name = name } };
}

static int
damaged(struct err *e)
{
	return err_set(e, ERR_FORMAT, "the index is damaged");
}

int
advisory_unpack_group(
    struct advisory_unpack *u, uint32_t *product, struct err *e)
{
	if (u->groups.rest.len == 0)
		return 0;
	*product = unpack_max(&u->groups, UINT32_MAX);
	u->group = unpack_of(unpack_span(&u->groups));
	u->last =
	    (struct advisory_fact){ .name = u->last.name, .product = *product };
	return u->groups.failed ? damaged(e) : 1;
}

/* The sum must be a number of a word again. */
static uint32_t
unpack_step(struct unpack *u, uint32_t last)
{
	uint64_t sum = (uint64_t)unpack_int(u) + last;

	if (sum > UINT32_MAX)
		u->failed = true;
	return (uint32_t)sum;
}

int
advisory_unpack_fact(
    struct advisory_unpack *u, struct advisory_fact *f, struct err *e)
{
	uint32_t first;

	if (u->group.rest.len == 0)
		return 0;
	first = unpack_max(&u->group, STATE_MASK | HAS_SEVERITY | HAS_DETAIL);
	u->last.cve = unpack_step(&u->group, u->last.cve);
	u->last.version = unpack_step(&u->group, u->last.version);
	u->last.severity =
	    (first & HAS_SEVERITY) != 0 ? unpack_max(&u->group, UINT32_MAX) : 0;
	u->last.detail =
	    (first & HAS_DETAIL) != 0 ? unpack_max(&u->group, UINT32_MAX) : 0;
	u->last.state = (enum advisory_state)(first & STATE_MASK);
	if (u->group.failed || (first & STATE_MASK) >= ADVISORY_STATES)
		return damaged(e);
	*f = u->last;
	return 1;
}

void
advisory_pack_kept(struct buf *b, struct span summary, struct span raw)
{
	pack_span(b, summary);
	buf_add_span(b, raw);
}

int
advisory_unpack_kept(
    struct span kept, struct span *summary, struct span *raw, struct err *e)
{
	struct unpack u = unpack_of(kept);

	*summary = unpack_span(&u);
	*raw = u.rest;
	return u.failed ? damaged(e) : 0;
}
