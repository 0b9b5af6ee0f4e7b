/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "content/osv_impl.h"

/* What the ranges added up to. */
struct tally {
	struct arena *arena;
	struct osv_fixes *out;
	bool is_open; /* some versions are affected without an end */
	/* Of the range in hand: */
	bool has_begun;
	bool has_ended; /* the last beginning has its end */
};

/* What we cannot tell the fix from: what it is, and a version if it has one. */
static void
leave_open(struct tally *t, const char *why, struct span version)
{
	size_t len = strlen(why);
	char *text;

	t->is_open = true;
	if (t->out->detail.len > 0)
		return;
	text = arena_alloc(t->arena, len + version.len + 1);
	memcpy(text, why, len);
	if (version.len > 0)
		memcpy(text + len, version.ptr, version.len);
	t->out->detail = span_make(text, len + version.len);
}

static void
add_fixed(struct tally *t, struct span version)
{
	struct osv_fixes *out = t->out;
	size_t i;

	for (i = 0; i < out->n_versions; i++)
		if (span_eq(out->versions[i], version))
			return;
	if (out->n_versions == OSV_FIXES_MAX)
		leave_open(t, "fixed in many versions", SPAN_NONE);
	else
		out->versions[out->n_versions++] = version;
}

static void
introduce(struct tally *t, struct span version)
{
	/* "0" is before all others, wherever it stands. */
	bool is_first = !t->has_begun && span_is(version, "0");

	if (t->has_begun && !t->has_ended)
		leave_open(t, "two beginnings with one end", SPAN_NONE);
	t->has_ended = t->has_ended && is_first;
	t->has_begun = true;
}

static void
fix(struct tally *t, struct span version)
{
	if (!advisory_is_version(version)) {
		leave_open(t, "fixed in what is no version: ", version);
		return;
	}
	add_fixed(t, version);
	t->has_ended = true;
}

static void
read_event(struct tally *t, const struct json_node *n)
{
	struct span version = json_text(n);

	if (n->type == JSON_NULL)
		return;
	if (!advisory_is_word(version))
		leave_open(t, "an event without a version", SPAN_NONE);
	else if (span_is(n->name, "introduced"))
		introduce(t, version);
	else if (span_is(n->name, "fixed"))
		fix(t, version);
	else if (span_is(n->name, "last_affected"))
		leave_open(t, "last affected: ", version);
	else if (!span_is(n->name, "limit"))
		leave_open(t, "an event that is not known", SPAN_NONE);
	else if (!span_is(version, "*"))
		leave_open(t, "limited to: ", version);
}

/*
 * We do not compare versions here: only beginnings that each have their end
 * behind them are taken to be over. Versions that stand between two ranges
 * then count as affected.
 */
static void
read_range(struct tally *t, const struct json_node *range)
{
	const struct json_node *events = json_get(range, "events");
	const struct json_node *event =
	    events != NULL && events->type == JSON_ARRAY ? events->child : NULL;
	const struct json_node *member;

	t->has_begun = false;
	t->has_ended = false;
	for (; event != NULL; event = event->next) {
		if (event->type != JSON_OBJECT)
			leave_open(t, "an event that is not known", SPAN_NONE);
		else
			for (member = event->child; member != NULL;
			     member = member->next)
				read_event(t, member);
	}
	if (!t->has_begun)
		leave_open(t, "a range without a beginning", SPAN_NONE);
	else if (!t->has_ended)
		t->is_open = true;
}

void
osv_fixes_of(
    const struct json_node *affected, struct arena *a, struct osv_fixes *out)
{
	const struct json_node *ranges = json_get(affected, "ranges");
	const struct json_node *range;
	struct tally t = { .arena = a, .out = out };
	struct span type;

	*out = (struct osv_fixes){ .state = ADVISORY_AFFECTED };
	range =
	    ranges != NULL && ranges->type == JSON_ARRAY ? ranges->child : NULL;
	for (; range != NULL; range = range->next) {
		type = json_text(json_get(range, "type"));
		if (span_is(type, "GIT"))
			continue; /* commits, not versions of packages */
		if (span_is(type, "ECOSYSTEM") || span_is(type, "SEMVER"))
			read_range(&t, range);
		else
			leave_open(&t, "a range that is not known", SPAN_NONE);
	}
	if (!t.is_open && out->n_versions > 0)
		out->state = ADVISORY_FIXED;
	else
		out->n_versions = 0;
}
