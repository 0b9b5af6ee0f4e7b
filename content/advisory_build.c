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

/* What an id is made of. */
static bool
is_id_char(char c)
{
	return span_is_alpha(c) || span_is_digit(c) ||
	    (c != '\0' && strchr("-_.:", c) != NULL);
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
		if (!is_id_char(s.ptr[i]))
			return false;
	}
	/* Some of GitHub's happen to be letters alone. */
	return has_digit || span_has_prefix(s, "GHSA-");
}

bool
advisory_is_version(struct span s)
{
	bool is_some = false;
	size_t i;

	if (!advisory_is_word(s))
		return false;
	for (i = 0; i < s.len; i++) {
		is_some = is_some || (s.ptr[i] >= '1' && s.ptr[i] <= '9');
		if (!span_is_alpha(s.ptr[i]) && !span_is_digit(s.ptr[i]) &&
		    strchr(".+-~^_:", s.ptr[i]) == NULL)
			return false;
	}
	return is_some;
}

bool
advisory_next_id(struct span *rest, struct span *id)
{
	size_t n;

	while (rest->len > 0) {
		for (n = 0; n < rest->len && is_id_char(rest->ptr[n]); n++)
			;
		*id = span_first(*rest, n);
		*rest = span_from(*rest, n == 0 ? 1 : n);
		while (id->len > 0 && strchr("-_.:", id->ptr[id->len - 1]))
			id->len--;
		if (advisory_is_id(*id))
			return true;
	}
	return false;
}

bool
advisory_is_security(struct span type)
{
	return !span_is_nocase(type, "bugfix") &&
	    !span_is_nocase(type, "enhancement") &&
	    !span_is_nocase(type, "newpackage");
}
