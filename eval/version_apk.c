/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/version.h"

/* A version is a row of tokens; their order here decides unequal kinds. */
enum token_kind {
	TOKEN_INITIAL_DIGIT = 0,
	TOKEN_DIGIT,
	TOKEN_LETTER,
	TOKEN_SUFFIX,
	TOKEN_SUFFIX_NO,
	TOKEN_COMMIT_HASH,
	TOKEN_REVISION_NO,
	TOKEN_END,
	TOKEN_INVALID,
};

/* Suffixes by rank; those before the plain version come first. */
static const char *const suffixes[] = { "alpha", "beta", "pre", "rc", "cvs",
	"svn", "git", "hg", "p" };
#define N_PRE_RELEASE 4u

struct tokens {
	enum token_kind kind;
	struct span value;
	size_t rank; /* SUFFIX */
	struct span rest;
};

static bool
is_hex(char c)
{
	return span_is_digit(c) || (c >= 'a' && c <= 'f');
}

/* Moves over what `is` accepts; nothing there is an invalid token. */
static void
take(struct tokens *t, enum token_kind kind, bool (*is)(char))
{
	size_t n = 0;

	while (n < t->rest.len && is(t->rest.ptr[n]))
		n++;
	t->value = span_first(t->rest, n);
	t->rest = span_from(t->rest, n);
	t->kind = n > 0 ? kind : TOKEN_INVALID;
}

static void
take_number(struct tokens *t)
{
	if (t->kind <= TOKEN_DIGIT)
		take(t, TOKEN_DIGIT, span_is_digit);
	else if (t->kind == TOKEN_SUFFIX)
		take(t, TOKEN_SUFFIX_NO, span_is_digit);
	else
		t->kind = TOKEN_INVALID;
}

static void
take_suffix(struct tokens *t)
{
	size_t n = sizeof(suffixes) / sizeof(*suffixes);

	take(t, TOKEN_SUFFIX, span_is_lower);
	for (t->rank = 0; t->rank < n; t->rank++)
		if (span_is(t->value, suffixes[t->rank]))
			return;
	t->kind = TOKEN_INVALID;
}

static void
take_letter(struct tokens *t)
{
	t->value = span_first(t->rest, 1);
	t->rest = span_from(t->rest, 1);
	t->kind = TOKEN_LETTER;
}

static void
take_revision(struct tokens *t)
{
	if (!span_has_prefix(t->rest, "-r")) {
		t->kind = TOKEN_INVALID;
		return;
	}
	t->rest = span_from(t->rest, 2);
	take(t, TOKEN_REVISION_NO, span_is_digit);
}

static void
token_next(struct tokens *t)
{
	char c;

	if (t->rest.len == 0) {
		t->kind = TOKEN_END;
		return;
	}
	c = *t->rest.ptr;
	if (span_is_digit(c)) {
		take_number(t);
	} else if (c == '.' && t->kind <= TOKEN_DIGIT) {
		t->rest = span_from(t->rest, 1);
		take_number(t);
	} else if (span_is_lower(c) && t->kind <= TOKEN_DIGIT) {
		take_letter(t);
	} else if (c == '_' && t->kind <= TOKEN_SUFFIX_NO) {
		t->rest = span_from(t->rest, 1);
		take_suffix(t);
	} else if (c == '~' && t->kind < TOKEN_COMMIT_HASH) {
		t->rest = span_from(t->rest, 1);
		take(t, TOKEN_COMMIT_HASH, is_hex);
	} else if (c == '-' && t->kind < TOKEN_REVISION_NO) {
		take_revision(t);
	} else {
		t->kind = TOKEN_INVALID;
	}
}

static struct tokens
tokens_of(struct span s)
{
	struct tokens t = { .rest = s };

	take(&t, TOKEN_INITIAL_DIGIT, span_is_digit);
	return t;
}

static int
cmp_size(size_t a, size_t b)
{
	return a < b ? -1 : a > b;
}

/* Two tokens of one kind. */
static int
token_cmp(const struct tokens *a, const struct tokens *b)
{
	switch (a->kind) {
	case TOKEN_DIGIT:
		if (*a->value.ptr == '0' || *b->value.ptr == '0')
			return span_cmp(a->value, b->value);
		return version_number(a->value, b->value);
	case TOKEN_INITIAL_DIGIT:
	case TOKEN_SUFFIX_NO:
	case TOKEN_REVISION_NO:
		return version_number(a->value, b->value);
	case TOKEN_SUFFIX:
		return cmp_size(a->rank, b->rank);
	default:
		return span_cmp(a->value, b->value);
	}
}

static bool
is_pre_release(const struct tokens *t)
{
	return t->kind == TOKEN_SUFFIX && t->rank < N_PRE_RELEASE;
}

int
version_apk(struct span a, struct span b)
{
	struct tokens ta = tokens_of(a);
	struct tokens tb = tokens_of(b);
	int order;

	while (ta.kind == tb.kind && ta.kind < TOKEN_END) {
		order = token_cmp(&ta, &tb);
		if (order != 0)
			return order;
		token_next(&ta);
		token_next(&tb);
	}
	if (ta.kind == tb.kind)
		return 0;
	if (is_pre_release(&ta))
		return -1;
	if (is_pre_release(&tb))
		return 1;
	return ta.kind > tb.kind ? -1 : 1;
}
