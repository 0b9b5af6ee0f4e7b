/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/pack.h"
#include "scanner/roll.h"

static const struct {
	const char *name;
	unsigned bits;
} flags[] = {
	{ "fixed", 1u << FIX_AVAILABLE },
	{ "fixed with Pro", 1u << FIX_WITH_PRO },
	{ "fixed-with-pro", 1u << FIX_WITH_PRO },
	{ "deferred", 1u << FIX_DEFERRED },
	{ "will not fix", 1u << FIX_WONT },
	{ "will-not-fix", 1u << FIX_WONT },
	{ "none", 1u << FIX_NONE },
	{ "failing", ROLL_FAILS },
	{ "waived", ROLL_WAIVED },
	{ "exploited", ROLL_EXPLOITED },
	{ "disputed", ROLL_DISPUTED },
	{ "kernel", ROLL_KERNEL },
};

void
roll_begin(struct buf *out, struct span record)
{
	pack_span(out, SPAN_LIT(ROLL_FORM));
	pack_span(out, record);
}

void
roll_add(struct buf *out, const struct roll_row *row)
{
	pack_uint(out, row->severity + 1);
	pack_uint(out, row->flags);
	pack_span(out, row->words);
	pack_span(out, row->json);
}

int
roll_open(struct roll *s, struct span bytes, struct err *e)
{
	struct unpack u = unpack_of(bytes);
	struct span form = unpack_span(&u);

	s->record = unpack_span(&u);
	s->rest = u.rest;
	if (u.failed || !span_is(form, ROLL_FORM))
		return err_set(e, ERR_FORMAT, "is no roll");
	return 0;
}

int
roll_next(struct roll *s, struct roll_row *row, struct err *e)
{
	struct unpack u = unpack_of(s->rest);

	if (s->rest.len == 0)
		return 0;
	row->severity = unpack_max(&u, N_SEVERITIES) - 1;
	row->flags = unpack_max(&u, ROLL_FLAGS_MAX);
	row->words = unpack_span(&u);
	row->json = unpack_span(&u);
	if (u.failed || row->severity >= N_SEVERITIES)
		return err_set(e, ERR_FORMAT, "a row of a roll");
	s->rest = u.rest;
	return 1;
}

bool
roll_severity(struct span word, unsigned *bits)
{
	enum severity severity;

	if (!severity_parse(word, &severity))
		return false;
	*bits |= 1u << severity;
	return true;
}

bool
roll_flag(struct span word, unsigned *bits)
{
	size_t i;

	for (i = 0; i < sizeof(flags) / sizeof(*flags); i++)
		if (span_is(word, flags[i].name)) {
			*bits |= flags[i].bits;
			return true;
		}
	return false;
}

static bool
has_words(struct span text, struct span words)
{
	struct span word;

	while (span_next(&words, ' ', &word))
		if (word.len > 0 &&
		    (text.len == 0 ||
			memmem(text.ptr, text.len, word.ptr, word.len) == NULL))
			return false;
	return true;
}

bool
roll_fits(const struct roll_filter *f, const struct roll_row *row)
{
	return (f->severities == 0 ||
		   (f->severities & (1u << row->severity)) != 0) &&
	    (f->flags == 0 || (f->flags & row->flags) != 0) &&
	    has_words(row->words, f->words);
}
