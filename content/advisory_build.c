/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "content/advisory_build.h"

void
advisory_build_begin(struct advisory_build *b)
{
	b->n_packages = 0;
	b->n_aliases = 0;
	map_cleanup(&b->seen);
}

void
advisory_build_cleanup(struct advisory_build *b)
{
	free(b->packages);
	free(b->aliases);
	map_cleanup(&b->seen);
	*b = (struct advisory_build){ 0 };
}

int
advisory_build_package(
    struct advisory_build *b, const struct advisory_package *p, struct err *e)
{
	if (b->n_packages == ADVISORY_PACKAGES_MAX)
		return err_set(e, ERR_LIMIT, "more than %u statements",
		    ADVISORY_PACKAGES_MAX);
	b->packages = xgrow(b->packages, &b->cap_packages, b->n_packages + 1,
	    sizeof(*b->packages));
	b->packages[b->n_packages++] = *p;
	return 0;
}

int
advisory_build_alias(struct advisory_build *b, struct span id, struct err *e)
{
	if (!map_add(&b->seen, id, 0, NULL))
		return 0;
	if (b->n_aliases == ADVISORY_ALIASES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u ids", ADVISORY_ALIASES_MAX);
	b->aliases = xgrow(
	    b->aliases, &b->cap_aliases, b->n_aliases + 1, sizeof(*b->aliases));
	b->aliases[b->n_aliases++] = id;
	return 0;
}

void
advisory_build_end(const struct advisory_build *b, struct advisory *a)
{
	a->packages = b->packages;
	a->n_packages = b->n_packages;
	a->aliases = b->aliases;
	a->n_aliases = b->n_aliases;
}

bool
advisory_is_word(struct span s)
{
	size_t i;

	if (s.len == 0 || s.len > ADVISORY_ID_MAX)
		return false;
	for (i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~')
			return false;
	return true;
}

bool
advisory_is_id(struct span s)
{
	bool has_digit = false;
	size_t i;

	if (!advisory_is_word(s) || !span_is_alpha(*s.ptr) ||
	    span_find(s, '-') == s.len)
		return false;
	for (i = 0; i < s.len; i++) {
		has_digit = has_digit || span_is_digit(s.ptr[i]);
		if (!span_is_alpha(s.ptr[i]) && !span_is_digit(s.ptr[i]) &&
		    strchr("-_.:", s.ptr[i]) == NULL)
			return false;
	}
	return has_digit;
}
