/* SPDX-License-Identifier: Apache-2.0 */
#include "content/oval_state.h"
#include "indexer/lookup_oval.h"

/* --- comments --- */

/* "(CVE-2023-1) openssl package in …": the pkg flavour. */
static void
cut_cve(struct span *comment, struct oval_comment *out)
{
	size_t end = span_find(*comment, ')');

	if (!span_has_prefix(*comment, "(CVE-") || end == comment->len)
		return;
	out->cve = span_first(span_from(*comment, 1), end - 1);
	*comment = span_trim(span_from(*comment, end + 1));
}

/* " package in esm-apps/jammy was …": what stands before the release. */
static struct span
pocket_of(struct span rest)
{
	struct span where = span_from(rest, sizeof(" package in ") - 1);
	size_t slash = span_find(where, '/');

	return slash < span_find(where, ' ') ? span_first(where, slash)
					     : SPAN_NONE;
}

struct oval_comment
oval_comment_of(struct span comment)
{
	struct oval_comment out = { 0 };
	struct span word, rest;

	cut_cve(&comment, &out);
	if (span_has_prefix(comment, "The '"))
		comment = span_from(comment, sizeof("The ") - 1);
	word = span_first(comment, span_find(comment, ' '));
	rest = span_from(comment, word.len);
	if (span_has_prefix(rest, " package in ") ||
	    span_has_prefix(rest, " package does "))
		out.package = word;
	else if (span_has_suffix(word, ":"))
		out.package = span_first(word, word.len - 1);
	else
		return out;
	if (span_has_prefix(out.package, "'") &&
	    span_has_suffix(out.package, "'") && out.package.len > 2)
		out.package =
		    span_first(span_from(out.package, 1), out.package.len - 2);
	if (span_has_prefix(rest, " package in "))
		out.pocket = pocket_of(rest);
	return out;
}

/* --- tests --- */

static bool
is_version(const struct oval_entity *entity)
{
	static const char *const names[] = { "evr", "version", "subexpression",
		"value" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_is(entity->name, names[i]))
			return true;
	return false;
}

/* No package has an earlier one. */
static bool
is_zero(struct span version)
{
	return span_is(version, "0") || span_is(version, "0:0") ||
	    span_is(version, "0:0-0");
}

/* "aarch64|x86_64", "(aarch64|x86_64)" as words. */
static struct span
arch_of(struct span pattern, struct arena *a)
{
	char *text;
	size_t i;

	pattern = span_trim(pattern);
	if (span_has_prefix(pattern, "(") && span_has_suffix(pattern, ")"))
		pattern = span_first(span_from(pattern, 1), pattern.len - 2);
	text = arena_str(a, pattern);
	for (i = 0; i < pattern.len; i++)
		if (text[i] == '|')
			text[i] = ' ';
	return span_make(text, pattern.len);
}

/* A state that only names architectures leaves "installed" as it is. */
static void
judge_entity(
    const struct oval_entity *entity, struct arena *a, struct oval_judged *out)
{
	struct span value = span_trim(entity->value);

	if (span_is(entity->name, "arch") && !entity->has_var) {
		out->arch = arch_of(value, a);
		return;
	}
	if (out->fix == OVAL_FIX_EXISTS)
		out->fix = OVAL_FIX_NONE;
	if (!is_version(entity) || entity->has_var)
		return;
	if (entity->operation == OVAL_LESS_THAN) {
		out->fix = is_zero(value) ? OVAL_FIX_ZERO : OVAL_FIX_BEFORE;
		out->version = is_zero(value) ? SPAN_NONE : value;
	} else if (entity->operation == OVAL_EQUALS && is_zero(value)) {
		out->fix = OVAL_FIX_NEVER;
	}
}

int
oval_judge_test(struct machine *m, uint32_t test, struct arena *a,
    struct oval_judged *out, struct err *e)
{
	const struct oval_test *t = machine_test(m, test, e);
	const struct oval_state *state;
	size_t i, k;

	*out = (struct oval_judged){ 0 };
	if (t == NULL)
		return -1;
	if (t->existence == OVAL_EXISTENCE_NONE ||
	    t->check == OVAL_CHECK_NONE_SATISFY ||
	    t->check == OVAL_CHECK_NONE_EXIST)
		return 0;
	out->fix = OVAL_FIX_EXISTS;
	for (i = 0; i < t->n_states; i++) {
		state = machine_state(m, t->states[i].ord, e);
		if (state == NULL)
			return -1;
		for (k = 0; k < state->n_entities; k++)
			judge_entity(&state->entities[k], a, out);
	}
	return 0;
}

/* --- criteria --- */

static bool
judge_status(enum oval_status status, const struct oval_judged *j,
    struct advisory_package *out)
{
	struct span detail = out->detail;
	enum advisory_state state = oval_status_state(status, &detail);

	/* A running kernel's test beside the one with the version. */
	if (j->fix == OVAL_FIX_NONE && state == ADVISORY_FIXED)
		return false;
	out->state = state;
	out->detail = detail;
	return true;
}

static void
judge_resolutions(const struct oval_metadata *m, struct advisory_package *out)
{
	const struct oval_resolution *found = oval_resolution_of(m, out->name);

	out->state = ADVISORY_UNKNOWN;
	if (found == NULL)
		return;
	out->state = oval_resolution_state(found->state);
	out->detail = found->state;
}

bool
oval_judge_criterion(const struct oval_definition *d,
    const struct oval_node *node, const struct oval_judged *j,
    struct advisory_package *out)
{
	out->version = j->version;
	out->arch = j->arch;
	if (node->negate)
		return false;
	if (node->status != OVAL_STATUS_NONE)
		return judge_status(node->status, j, out);
	switch (j->fix) {
	case OVAL_FIX_NONE:
		return false;
	case OVAL_FIX_BEFORE:
		out->state = ADVISORY_FIXED;
		return true;
	case OVAL_FIX_NEVER:
		out->state = ADVISORY_NOT_AFFECTED;
		return true;
	case OVAL_FIX_ZERO:
		out->state = ADVISORY_UNKNOWN;
		out->detail = SPAN_LIT("earlier than 0");
		return true;
	case OVAL_FIX_EXISTS:
		break;
	}
	if (d->class != OVAL_CLASS_VULNERABILITY)
		return false;
	out->state = ADVISORY_AFFECTED;
	/* True of nothing by construction: it only says so. */
	if (span_has_prefix(d->id, "oval:com.redhat.unaffected:"))
		out->state = ADVISORY_NOT_AFFECTED;
	else if (d->metadata.n_resolutions > 0)
		judge_resolutions(&d->metadata, out);
	return true;
}
