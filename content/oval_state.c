/* SPDX-License-Identifier: Apache-2.0 */
#include "content/oval_state.h"

static const struct {
	enum oval_status status;
	enum advisory_state state;
	bool says_more; /* than the state does */
} statuses[] = {
	{ OVAL_STATUS_RELEASED, ADVISORY_FIXED, false },
	{ OVAL_STATUS_NEEDED, ADVISORY_AFFECTED, false },
	{ OVAL_STATUS_NEEDS_TRIAGE, ADVISORY_NEEDS_TRIAGE, false },
	{ OVAL_STATUS_DEFERRED, ADVISORY_DEFERRED, false },
	{ OVAL_STATUS_IGNORED, ADVISORY_WILL_NOT_FIX, true },
	{ OVAL_STATUS_PENDING, ADVISORY_AFFECTED, true },
	/* Earlier versions are affected: the test says so. */
	{ OVAL_STATUS_NOT_AFFECTED, ADVISORY_FIXED, true },
};

enum advisory_state
oval_status_state(enum oval_status status, struct span *detail)
{
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(*statuses); i++) {
		if (statuses[i].status != status)
			continue;
		if (statuses[i].says_more)
			*detail = span_of(oval_status_name(status));
		return statuses[i].state;
	}
	return ADVISORY_UNKNOWN;
}

static const struct {
	const char *word;
	enum advisory_state state;
} resolutions[] = {
	{ "Affected", ADVISORY_AFFECTED },
	{ "Fix deferred", ADVISORY_DEFERRED },
	{ "Will not fix", ADVISORY_WILL_NOT_FIX },
	{ "Out of support scope", ADVISORY_END_OF_LIFE },
	{ "Under investigation", ADVISORY_NEEDS_TRIAGE },
	{ "New", ADVISORY_NEEDS_TRIAGE },
	{ "Not affected", ADVISORY_NOT_AFFECTED },
};

enum advisory_state
oval_resolution_state(struct span word)
{
	size_t i;

	for (i = 0; i < sizeof(resolutions) / sizeof(*resolutions); i++)
		if (span_is(word, resolutions[i].word))
			return resolutions[i].state;
	return ADVISORY_UNKNOWN;
}

/* "nodejs:18/nodejs" is about nodejs. */
static bool
is_component(struct span component, struct span name)
{
	struct span last = span_from(component, span_rfind(component, '/') + 1);

	return span_eq(component, name) ||
	    (last.len > 0 && span_eq(last, name));
}

static bool
is_about(const struct oval_resolution *r, struct span package)
{
	size_t i;

	for (i = 0; i < r->n_components; i++)
		if (is_component(r->components[i], package))
			return true;
	return false;
}

const struct oval_resolution *
oval_resolution_of(const struct oval_metadata *m, struct span package)
{
	const struct oval_resolution *found = NULL;
	size_t i;

	if (m->n_resolutions == 1)
		return &m->resolutions[0];
	for (i = 0; i < m->n_resolutions; i++) {
		const struct oval_resolution *r = &m->resolutions[i];

		if (!is_about(r, package))
			continue;
		if (found != NULL && !span_eq(found->state, r->state))
			return NULL;
		found = r;
	}
	return found;
}
