/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ini.h"
#include "base/mem.h"
#include "scanner/policy_keys.h"

#define WAIVER_PREFIX "waiver."
#define AGE_PREFIX "max_age_days."

static const char *const sections[] = {
	[POLICY_FAIL] = "fail",
	[POLICY_CONTENT] = "content",
	[POLICY_UNKNOWN] = "unknown",
};

struct reading {
	struct policy *policy;
	enum policy_section section;
	uint32_t seen; /* keys that stood somewhere, by the table below */
};

static int
add_waiver(struct policy *p, unsigned line, struct span id, struct err *e)
{
	size_t i;

	for (i = 0; i < p->n_waivers; i++)
		if (span_eq(p->waivers[i].id, id))
			return err_set(e, ERR_FORMAT,
			    "[waiver.%.*s] stands at line %u already",
			    SPAN_ARG(id), p->waivers[i].line);
	if (id.len == 0)
		return err_set(
		    e, ERR_FORMAT, "a waiver has a name: [waiver.TICKET-1]");
	if (p->n_waivers == POLICY_WAIVERS_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u waivers", POLICY_WAIVERS_MAX);
	p->waivers = xgrow(
	    p->waivers, &p->cap_waivers, p->n_waivers + 1, sizeof(*p->waivers));
	p->waivers[p->n_waivers++] =
	    (struct waiver){ .line = line, .id = arena_span(&p->arena, id) };
	return 0;
}

static int
open_section(struct reading *r, const struct ini_item *item, struct err *e)
{
	struct span name = item->section;
	enum policy_section i;

	for (i = POLICY_FAIL; i <= POLICY_UNKNOWN; i++) {
		if (!span_is(name, sections[i]))
			continue;
		r->section = i;
		return 0;
	}
	r->section = POLICY_WAIVER;
	if (!span_has_prefix(name, WAIVER_PREFIX))
		return err_set(e, ERR_FORMAT,
		    "there is no section [%.*s]: [fail], [content], [unknown] "
		    "and [waiver.NAME]",
		    SPAN_ARG(name));
	return add_waiver(
	    r->policy, item->line, span_from(name, strlen(WAIVER_PREFIX)), e);
}

/* max_age_days.SOURCE */
static int
set_source_age(
    struct policy *p, struct span source, struct span v, struct err *e)
{
	struct source_age age = { .source = arena_span(&p->arena, source) };
	size_t i;

	for (i = 0; i < p->n_ages; i++)
		if (span_eq(p->ages[i].source, source))
			return err_set(e, ERR_FORMAT, "it is given twice");
	if (source.len == 0)
		return err_set(e, ERR_FORMAT, "it names no source");
	if (p->n_ages == POLICY_WORDS_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u sources", POLICY_WORDS_MAX);
	if (policy_read_days(v, &age.days, e) != 0)
		return -1;
	p->ages = xgrow(p->ages, &p->cap_ages, p->n_ages + 1, sizeof(*p->ages));
	p->ages[p->n_ages++] = age;
	return 0;
}

static int
no_such_key(enum policy_section section, struct span key, struct err *e)
{
	struct buf known = { 0 };
	size_t i;

	for (i = 0; i < n_policy_keys; i++)
		if (policy_keys[i].section == section)
			buf_printf(&known, "%s%s", known.len > 0 ? ", " : "",
			    policy_keys[i].name);
	err_set(e, ERR_FORMAT, "there is no key %.*s here: %s", SPAN_ARG(key),
	    buf_str(&known));
	buf_cleanup(&known);
	return -1;
}

static int
read_key(struct reading *r, const struct ini_item *item, struct err *e)
{
	struct policy *p = r->policy;
	uint32_t *seen = r->section == POLICY_WAIVER
	    ? &p->waivers[p->n_waivers - 1].seen
	    : &r->seen;
	size_t i;

	for (i = 0; i < n_policy_keys; i++) {
		if (policy_keys[i].section != r->section ||
		    !span_is(item->key, policy_keys[i].name))
			continue;
		if (*seen & 1u << i)
			return err_set(e, ERR_FORMAT, "it is given twice");
		*seen |= 1u << i;
		return policy_keys[i].set(p, item->value, e);
	}
	if (r->section == POLICY_CONTENT &&
	    span_has_prefix(item->key, AGE_PREFIX))
		return set_source_age(p,
		    span_from(item->key, strlen(AGE_PREFIX)), item->value, e);
	return no_such_key(r->section, item->key, e);
}

static int
read_item(void *ctx, const struct ini_item *item, struct err *e)
{
	struct reading *r = ctx;

	if (item->key.ptr == NULL)
		return open_section(r, item, e);
	if (r->section == POLICY_NONE)
		return err_set(
		    e, ERR_FORMAT, "a key above the first [section]");
	if (read_key(r, item, e) != 0)
		return err_context(e, "%.*s", SPAN_ARG(item->key));
	return 0;
}

static int
check_waivers(const struct policy *p, struct err *e)
{
	size_t i, k;

	for (i = 0; i < p->n_waivers; i++)
		for (k = 0; k < n_policy_keys; k++)
			if (policy_keys[k].must_be &&
			    (p->waivers[i].seen & 1u << k) == 0)
				return err_set(e, ERR_FORMAT,
				    "line %u: [waiver.%.*s] has no %s",
				    p->waivers[i].line,
				    SPAN_ARG(p->waivers[i].id),
				    policy_keys[k].name);
	return 0;
}

/* From the last, each before those that are there: the file's order. */
static void
add_entries(struct policy *p)
{
	size_t i, k;

	for (i = p->n_waivers; i-- > 0;) {
		const struct policy_words *ids = &p->waivers[i].ids;

		for (k = 0; k < ids->n; k++) {
			uint32_t next = POLICY_END;

			map_get(&p->by_id, ids->v[k], &next);
			map_set(&p->by_id, ids->v[k], (uint32_t)p->n_entries);
			p->entries = xgrow(p->entries, &p->cap_entries,
			    p->n_entries + 1, sizeof(*p->entries));
			p->entries[p->n_entries++] =
			    (struct waiver_entry){ .waiver = (uint32_t)i,
				    .next = next };
		}
	}
}

/* What was left out, and the rule in words. */
static void
complete(struct policy *p)
{
	const uint32_t fixes = 1u << FIX_AVAILABLE | 1u << FIX_WITH_PRO;
	struct buf b = { 0 };

	if (p->states == 0)
		p->states = p->has_fix_days ? fixes : UINT32_MAX;
	if (p->severity == SEVERITY_NONE)
		buf_add_str(&b, "any severity");
	else
		buf_printf(&b, "severity >= %s", severity_name(p->severity));
	if (p->has_fix_days)
		buf_printf(
		    &b, ", fix available for more than %u days", p->fix_days);
	p->severity_rule = arena_span(&p->arena, buf_span(&b));
	buf_cleanup(&b);
	add_entries(p);
}

int
policy_read(
    struct policy **out, struct span text, const char *name, struct err *e)
{
	struct policy *p = xcalloc(1, sizeof(*p));
	struct reading r = { .policy = p };
	const struct ini_sink sink = { .ctx = &r, .item = read_item };

	p->by_severity = true;
	if (text.len > POLICY_SIZE_MAX) {
		err_set(e, ERR_LIMIT, "%s: larger than %zu bytes", name,
		    POLICY_SIZE_MAX);
	} else if (ini_read(text, &sink, e) != 0 || check_waivers(p, e) != 0) {
		err_context(e, "%s", name);
	} else {
		complete(p);
		*out = p;
		return 0;
	}
	policy_free(p);
	return -1;
}

void
policy_free(struct policy *p)
{
	if (p == NULL)
		return;
	map_cleanup(&p->by_id);
	free(p->entries);
	free(p->waivers);
	free(p->ages);
	arena_cleanup(&p->arena);
	free(p);
}
