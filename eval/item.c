/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "eval/evaluation_impl.h"

struct item_builder *
item_start(struct evaluation *ev, enum oval_kind kind)
{
	ev->builder.ev = ev;
	ev->builder.kind = kind;
	ev->builder.n = 0;
	return &ev->builder;
}

static void
add(struct item_builder *b, const char *name, struct span value,
    enum oval_datatype type, enum item_status status)
{
	b->entities =
	    xgrow(b->entities, &b->cap, b->n + 1, sizeof(*b->entities));
	b->entities[b->n++] =
	    (struct item_entity){ span_of(name), value, type, status };
}

void
item_add(struct item_builder *b, const char *name, struct span value)
{
	add(b, name, value, OVAL_STRING, ITEM_EXISTS);
}

void
item_add_typed(struct item_builder *b, const char *name, struct span value,
    enum oval_datatype type)
{
	add(b, name, value, type, ITEM_EXISTS);
}

struct span
int_text(struct evaluation *ev, int64_t v)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)v);
	return arena_span(&ev->arena, span_of(text));
}

void
item_add_int(struct item_builder *b, const char *name, int64_t value)
{
	add(b, name, int_text(b->ev, value), OVAL_INT, ITEM_EXISTS);
}

void
item_add_bool(struct item_builder *b, const char *name, bool value)
{
	add(b, name, value ? SPAN_LIT("true") : SPAN_LIT("false"), OVAL_BOOLEAN,
	    ITEM_EXISTS);
}

void
item_add_status(
    struct item_builder *b, const char *name, enum item_status status)
{
	add(b, name, SPAN_NONE, OVAL_STRING, status);
}

static struct item *
item_new(const struct item_builder *b)
{
	struct evaluation *ev = b->ev;
	struct item *item = arena_alloc(&ev->arena, sizeof(*item));
	struct item_entity *entities;

	entities = arena_array(&ev->arena, b->n, sizeof(*entities));
	memcpy(entities, b->entities, b->n * sizeof(*entities));
	item->kind = b->kind;
	item->status = ITEM_EXISTS;
	item->entities = entities;
	item->n_entities = b->n;
	ev->by_id = xgrow(
	    ev->by_id, &ev->items_cap, ev->n_items + 1, sizeof(*ev->by_id));
	ev->by_id[ev->n_items++] = item;
	item->id = (uint32_t)ev->n_items;
	return item;
}

/* What makes an item the same: kind, names, values, types and statuses. */
static void
item_key(struct buf *key, const struct item_builder *b)
{
	const struct item_entity *entity;
	size_t i;

	buf_printf(key, "%d", (int)b->kind);
	for (i = 0; i < b->n; i++) {
		entity = &b->entities[i];
		buf_printf(key, " %zu %zu %d %d ", entity->name.len,
		    entity->value.len, (int)entity->datatype,
		    (int)entity->status);
		buf_add_span(key, entity->name);
		buf_add_span(key, entity->value);
	}
}

const struct item *
item_intern(struct item_builder *b)
{
	struct evaluation *ev = b->ev;
	struct buf key = { 0 };
	const struct item *item;
	uint32_t at;

	item_key(&key, b);
	if (map_add(&ev->items, buf_span(&key), (uint32_t)ev->n_items, &at))
		item = item_new(b);
	else
		item = ev->by_id[at];
	buf_cleanup(&key);
	return item;
}

static struct span
or_none(struct span s)
{
	return s.len > 0 ? s : SPAN_LIT("(none)");
}

static void
build_dpkginfo(struct item_builder *b, const struct package *p)
{
	item_add(b, "name", p->name);
	item_add(b, "arch", p->arch);
	item_add(b, "epoch", or_none(p->epoch));
	item_add(b, "release", p->release);
	item_add(b, "version", p->version);
	item_add_typed(b, "evr", p->evr, OVAL_DEBIAN_EVR_STRING);
}

/* N-E:V-R.A, with 0 for an epoch that is not there. */
static struct span
extended_name(struct arena *a, const struct package *p)
{
	struct buf b = { 0 };
	struct span s;

	buf_printf(&b, "%.*s-%.*s.%.*s", SPAN_ARG(p->name), SPAN_ARG(p->evr),
	    SPAN_ARG(p->arch));
	s = arena_span(a, buf_span(&b));
	buf_cleanup(&b);
	return s;
}

static void
build_rpminfo(struct item_builder *b, const struct package *p)
{
	item_add(b, "name", p->name);
	item_add(b, "arch", or_none(p->arch));
	item_add(b, "epoch", or_none(p->epoch));
	item_add(b, "release", p->release);
	item_add(b, "version", p->version);
	item_add_typed(b, "evr", p->evr, OVAL_EVR_STRING);
	/* rpm's database says "(none)"; who says nothing does not know. */
	if (p->signature_keyid.len > 0)
		item_add(b, "signature_keyid", p->signature_keyid);
	else
		item_add_status(b, "signature_keyid", ITEM_NOT_COLLECTED);
	item_add(b, "extended_name", extended_name(&b->ev->arena, p));
}

/* What is installed twice with all the same entities is one item. */
static bool
is_same(const struct package *a, const struct package *b)
{
	return a->kind == b->kind && span_eq(a->name, b->name) &&
	    span_eq(a->evr, b->evr) && span_eq(a->arch, b->arch) &&
	    span_eq(or_none(a->epoch), or_none(b->epoch)) &&
	    span_eq(a->version, b->version) &&
	    span_eq(a->release, b->release) &&
	    span_eq(or_none(a->signature_keyid), or_none(b->signature_keyid));
}

/* The first package of that name that is the same: they stand together. */
static size_t
first_same(const struct system *s, size_t package)
{
	const struct package *p = &s->packages[package];
	size_t first = package;
	size_t i;

	for (i = package; i > 0; i--) {
		if (s->packages[i - 1].kind != p->kind ||
		    !span_eq(s->packages[i - 1].name, p->name))
			break;
		if (is_same(&s->packages[i - 1], p))
			first = i - 1;
	}
	return first;
}

const struct item *
item_package(struct evaluation *ev, size_t package)
{
	const struct package *p = &ev->s->packages[package];
	bool is_dpkg = p->kind == PACKAGE_DPKG;
	struct item_builder *b;
	struct item *item;
	size_t first;

	if (ev->package_items[package] != NULL)
		return ev->package_items[package];
	first = first_same(ev->s, package);
	if (first != package)
		return ev->package_items[package] = item_package(ev, first);
	b = item_start(ev, is_dpkg ? OVAL_KIND_DPKGINFO : OVAL_KIND_RPMINFO);
	if (is_dpkg)
		build_dpkginfo(b, p);
	else
		build_rpminfo(b, p);
	item = item_new(b);
	item->package = p;
	ev->package_items[package] = item;
	return item;
}
