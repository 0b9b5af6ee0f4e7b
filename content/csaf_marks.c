/* SPDX-License-Identifier: Apache-2.0 */
/* Remediations, threats and flags, each of many products: FORMATS §4.6. */
#include <stdlib.h>

#include "base/mem.h"
#include "content/csaf_impl.h"

void
csaf_marks_cleanup(struct csaf_marks *m)
{
	free(m->items);
}

int
csaf_mark_of(
    struct csaf_marks *m, struct span id, struct csaf_mark **out, struct err *e)
{
	uint32_t i;

	if (csaf_tree_find(m->tree, id, &i, e) != 0)
		return -1;
	m->items = xgrow(m->items, &m->cap, (size_t)i + 1, sizeof(*m->items));
	while (m->n <= i)
		m->items[m->n++] = (struct csaf_mark){ 0 };
	*out = &m->items[i];
	if ((*out)->vulnerability != m->number)
		**out = (struct csaf_mark){ .vulnerability = m->number };
	return 0;
}

/* Of a product that is affected. Vendor's words: FORMATS §4.6. */
static enum advisory_state
state_of(struct span category, struct span details)
{
	if (span_is(category, "no_fix_planned"))
		return span_is(details, "Out of support scope")
		    ? ADVISORY_END_OF_LIFE
		    : ADVISORY_WILL_NOT_FIX;
	if (span_is(category, "none_available"))
		return span_is(details, "Fix deferred") ? ADVISORY_DEFERRED
							: ADVISORY_AFFECTED;
	return ADVISORY_UNKNOWN;
}

/* "RHSA-2024:2758" of its URL; nothing where the record is that one. */
static struct span
advisory_of(const struct csaf_marks *m, struct span url)
{
	size_t slash = span_rfind(url, '/');
	struct span id = span_from(url, slash + 1);

	return span_eq(id, m->record) ? SPAN_NONE : id;
}

static int
read_remediation(struct csaf_marks *m, const struct json_node *r, struct err *e)
{
	struct span category = json_text(json_get(r, "category"));
	struct span details = json_text(json_get(r, "details"));
	enum advisory_state state = state_of(category, details);
	const struct json_node *id = csaf_first(r, "product_ids");
	struct span advisory = SPAN_NONE;
	struct csaf_mark *mark;

	if (span_is(category, "vendor_fix"))
		advisory = advisory_of(m, json_text(json_get(r, "url")));
	for (; id != NULL; id = id->next) {
		if (csaf_mark_of(m, json_text(id), &mark, e) != 0)
			return -1;
		if (mark->advisory.len == 0)
			mark->advisory = advisory;
		if (state == ADVISORY_UNKNOWN ||
		    mark->state != ADVISORY_UNKNOWN)
			continue;
		mark->state = state;
		mark->remedy = details;
	}
	return 0;
}

static int
read_threat(struct csaf_marks *m, const struct json_node *t, struct err *e)
{
	const struct json_node *id = csaf_first(t, "product_ids");
	struct span details = json_text(json_get(t, "details"));
	struct csaf_mark *mark;

	if (!span_is(json_text(json_get(t, "category")), "impact"))
		return 0;
	if (id == NULL)
		m->severity = details;
	for (; id != NULL; id = id->next) {
		if (csaf_mark_of(m, json_text(id), &mark, e) != 0)
			return -1;
		mark->severity = details;
	}
	return 0;
}

static int
read_flag(struct csaf_marks *m, const struct json_node *f, struct err *e)
{
	const struct json_node *id = csaf_first(f, "product_ids");
	struct csaf_mark *mark;

	for (; id != NULL; id = id->next) {
		if (csaf_mark_of(m, json_text(id), &mark, e) != 0)
			return -1;
		mark->reason = json_text(json_get(f, "label"));
	}
	return 0;
}

int
csaf_marks_read(struct csaf_marks *m, const struct json_node *v, struct err *e)
{
	const struct json_node *n;

	m->number++;
	m->severity = SPAN_NONE;
	for (n = csaf_first(v, "remediations"); n != NULL; n = n->next)
		if (read_remediation(m, n, e) != 0)
			return -1;
	for (n = csaf_first(v, "threats"); n != NULL; n = n->next)
		if (read_threat(m, n, e) != 0)
			return -1;
	for (n = csaf_first(v, "flags"); n != NULL; n = n->next)
		if (read_flag(m, n, e) != 0)
			return -1;
	return 0;
}
