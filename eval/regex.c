/* SPDX-License-Identifier: Apache-2.0 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "eval/regex.h"

/* Subject bytes from which on machine code is worth making. */
#define JIT_BYTES 65536u
/*
 * Each pattern starts with a callout: PCRE2's own limits count anew at each
 * byte where a match may start, and there it asks us whether to go on.
 */
#define CALLOUT "(?C)"
#define CALLOUT_LEN 4u
#define STARTS_BETWEEN 256u /* between two looks at the clock */

struct regex {
	pcre2_code *code; /* NULL: error_offset says where it is wrong */
	size_t error_offset;
	uint64_t n_bytes; /* matched so far */
	bool is_jit;
	size_t prefix; /* literal bytes behind a ^ that start every match */
};

struct regex_cache {
	struct map by_key; /* flags, "b" or "u", pattern */
	struct regex *items;
	size_t n;
	size_t cap;
	struct buf key;
	pcre2_match_context *limits;
	pcre2_match_data *data;
	struct buf pattern; /* with its callout */
	uint64_t end_ms;    /* of the thread's CPU time */
	unsigned n_starts;  /* since the last look at the clock */
	bool is_spent;
};

static uint64_t
thread_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* PCRE2's, at each start of a match: 0 goes on. */
static int
at_start(pcre2_callout_block *block, void *ctx)
{
	struct regex_cache *c = ctx;

	(void)block;
	if (++c->n_starts >= STARTS_BETWEEN) {
		c->n_starts = 0;
		c->is_spent = thread_ms() >= c->end_ms;
	}
	return c->is_spent ? PCRE2_ERROR_CALLOUT : 0;
}

struct regex_cache *
regex_cache_new(void)
{
	struct regex_cache *c = xcalloc(1, sizeof(*c));

	c->limits = pcre2_match_context_create(NULL);
	c->data = pcre2_match_data_create(REGEX_GROUPS_MAX + 1, NULL);
	if (c->limits == NULL || c->data == NULL)
		abort();
	pcre2_set_match_limit(c->limits, REGEX_MATCH_LIMIT);
	pcre2_set_depth_limit(c->limits, REGEX_DEPTH_LIMIT);
	pcre2_set_heap_limit(c->limits, REGEX_HEAP_LIMIT);
	pcre2_set_callout(c->limits, at_start, c);
	regex_cache_limit(c, REGEX_CPU_MS);
	return c;
}

void
regex_cache_limit(struct regex_cache *c, unsigned cpu_ms)
{
	c->end_ms = thread_ms() + cpu_ms;
}

static void
forget_all(struct regex_cache *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		pcre2_code_free(c->items[i].code);
	c->n = 0;
	map_cleanup(&c->by_key);
}

void
regex_cache_free(struct regex_cache *c)
{
	if (c == NULL)
		return;
	forget_all(c);
	free(c->items);
	buf_cleanup(&c->pattern);
	buf_cleanup(&c->key);
	pcre2_match_data_free(c->data);
	pcre2_match_context_free(c->limits);
	free(c);
}

/* Past a class, "[^]a-z]", or the end of the pattern. */
static size_t
skip_class(struct span p, size_t i)
{
	i++;
	if (i < p.len && p.ptr[i] == '^')
		i++;
	if (i < p.len && p.ptr[i] == ']')
		i++;
	for (; i < p.len && p.ptr[i] != ']'; i++)
		if (p.ptr[i] == '\\')
			i++;
	return i + 1;
}

/* Alternatives that are in no group; true where that is not clear. */
static bool
has_alternatives(struct span p)
{
	size_t depth = 0;
	size_t i = 0;

	while (i < p.len) {
		switch (p.ptr[i]) {
		case '\\':
			i += 2;
			continue;
		case '[':
			i = skip_class(p, i);
			continue;
		case '(':
			depth++;
			break;
		case ')':
			depth -= depth > 0;
			break;
		case '|':
			if (depth == 0)
				return true;
			break;
		default:
			break;
		}
		i++;
	}
	return false;
}

/*
 * How much of "^libssh-4(?::\\w+|)" is literal behind the "^". Content has
 * thousands of such patterns for one text, and most find nothing: looking for
 * the literal first is quicker than PCRE2 by far.
 */
static size_t
literal_prefix(struct span p)
{
	size_t n = 0;

	if (p.len == 0 || *p.ptr != '^' || has_alternatives(p))
		return 0;
	p = span_from(p, 1);
	while (n < p.len &&
	    (span_is_alpha(p.ptr[n]) || span_is_digit(p.ptr[n]) ||
		p.ptr[n] == '-'))
		n++;
	/* The last one may be optional. */
	if (n > 0 && n < p.len && strchr("*+?{", p.ptr[n]) != NULL)
		n--;
	return n;
}

/* False if there cannot be a match at or behind start. */
static bool
may_match(const struct regex *r, struct span pattern, struct span subject,
    size_t start)
{
	return r->prefix == 0 ||
	    memmem(subject.ptr + start, subject.len - start, pattern.ptr + 1,
		r->prefix) != NULL;
}

static struct regex
regex_compile(
    struct regex_cache *c, struct span pattern, unsigned flags, bool utf)
{
	uint32_t options = utf ? PCRE2_UTF : 0;
	struct regex r = { 0 };
	int code;

	if (flags & REGEX_MULTILINE)
		options |= PCRE2_MULTILINE;
	if (flags & REGEX_IGNORE_CASE)
		options |= PCRE2_CASELESS;
	if (flags & REGEX_DOT_ALL)
		options |= PCRE2_DOTALL;
	buf_reset(&c->pattern);
	/* "(*UTF)" and its like stand before all else. */
	if (!span_has_prefix(pattern, "(*"))
		buf_add_str(&c->pattern, CALLOUT);
	buf_add_span(&c->pattern, pattern);
	r.code = pcre2_compile((PCRE2_SPTR)buf_str(&c->pattern), c->pattern.len,
	    options | PCRE2_NEVER_BACKSLASH_C, &code, &r.error_offset, NULL);
	if (r.error_offset >= CALLOUT_LEN)
		r.error_offset -= c->pattern.len - pattern.len;
	if ((flags & REGEX_IGNORE_CASE) == 0)
		r.prefix = literal_prefix(pattern);
	return r;
}

static struct regex *
regex_get(struct regex_cache *c, struct span pattern, unsigned flags, bool utf)
{
	uint32_t at;

	buf_reset(&c->key);
	buf_add_char(&c->key, (char)('0' + flags));
	buf_add_char(&c->key, utf ? 'u' : 'b');
	buf_add_span(&c->key, pattern);
	if (map_get(&c->by_key, buf_span(&c->key), &at))
		return &c->items[at];
	if (c->n == REGEX_CACHE_MAX)
		forget_all(c);
	map_set(&c->by_key, buf_span(&c->key), (uint32_t)c->n);
	c->items = xgrow(c->items, &c->cap, c->n + 1, sizeof(*c->items));
	c->items[c->n] = regex_compile(c, pattern, flags, utf);
	return &c->items[c->n++];
}

/* Machine code for patterns that have work to do; it is fine if none can be
 * made. */
static void
regex_warm(struct regex *r, size_t n_bytes)
{
	r->n_bytes += n_bytes;
	if (r->is_jit || r->n_bytes < JIT_BYTES)
		return;
	r->is_jit = true;
	pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
}

static int
regex_run(struct regex_cache *c, const struct regex *r, struct span subject,
    size_t start)
{
	PCRE2_SPTR text = (PCRE2_SPTR)(subject.len > 0 ? subject.ptr : "");
	int rc;

	rc = pcre2_match(r->code, text, subject.len, start, PCRE2_NO_UTF_CHECK,
	    c->data, c->limits);
	/* Its stack is small; the interpreter has the heap. */
	if (rc == PCRE2_ERROR_JIT_STACKLIMIT)
		rc = pcre2_match(r->code, text, subject.len, start,
		    PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, c->data, c->limits);
	return rc;
}

static struct span
group(struct span subject, const PCRE2_SIZE *at)
{
	if (at[0] == PCRE2_UNSET || at[1] < at[0])
		return SPAN_NONE;
	return span_first(span_from(subject, at[0]), at[1] - at[0]);
}

/* An empty match moves on by one character. */
static size_t
behind(struct span subject, size_t start, size_t end, bool utf)
{
	size_t n = 1;

	if (end > start)
		return end;
	if (utf && end < subject.len)
		n = utf8_char(span_from(subject, end), NULL);
	return end + n;
}

static void
regex_groups_set(const struct regex_cache *c, struct regex_groups *g,
    struct span subject, int n)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(c->data);
	size_t i;

	g->n_groups = (size_t)n - 1;
	g->match = group(subject, at);
	for (i = 0; i < g->n_groups; i++)
		g->groups[i] = group(subject, at + 2 * (i + 1));
}

enum regex_text
regex_text_of(struct span subject)
{
	return utf8_valid_len(subject) == subject.len ? REGEX_TEXT_UTF8
						      : REGEX_TEXT_BYTES;
}

static int
spent(struct err *e)
{
	return err_set(
	    e, ERR_LIMIT, "the patterns of the content take too long together");
}

int
regex_next(struct regex_cache *c, struct span pattern, unsigned flags,
    struct span subject, struct regex_groups *g, struct err *e)
{
	size_t start = g->next;
	struct regex *r;
	bool utf;
	int rc;

	if (start > subject.len)
		return 0;
	if (pattern.len > REGEX_PATTERN_MAX)
		return err_set(e, ERR_LIMIT,
		    "a pattern of %zu bytes is too "
		    "long",
		    pattern.len);
	if (g->text == REGEX_TEXT_UNKNOWN)
		g->text = regex_text_of(subject);
	utf = g->text == REGEX_TEXT_UTF8;
	r = regex_get(c, pattern, flags, utf);
	if (r->code == NULL)
		return err_set(e, ERR_FORMAT,
		    "\"%.*s\" is no Perl pattern "
		    "(at byte %zu)",
		    SPAN_ARG(span_first(pattern, 120)), r->error_offset);
	if (c->is_spent)
		return spent(e);
	if (subject.len > 0 && !may_match(r, pattern, subject, start))
		return 0;
	regex_warm(r, subject.len - start);
	rc = regex_run(c, r, subject, start);
	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	if (c->is_spent)
		return spent(e);
	if (rc < 0)
		return err_set(e, ERR_LIMIT,
		    "the pattern \"%.*s\" takes too "
		    "long to match",
		    SPAN_ARG(span_first(pattern, 120)));
	if (rc == 0)
		return err_set(e, ERR_LIMIT,
		    "the pattern \"%.*s\" has more than %u groups",
		    SPAN_ARG(span_first(pattern, 120)), REGEX_GROUPS_MAX);
	regex_groups_set(c, g, subject, rc);
	g->next =
	    behind(subject, start, pcre2_get_ovector_pointer(c->data)[1], utf);
	return 1;
}

int
regex_match(struct regex_cache *c, struct span pattern, unsigned flags,
    struct span subject, struct err *e)
{
	struct regex_groups g = { 0 };

	return regex_next(c, pattern, flags, subject, &g, e);
}

void
regex_escape(struct buf *b, struct span text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] != '\0' &&
		    strchr("^$\\.[](){}*+?|", text.ptr[i]) != NULL)
			buf_add_char(b, '\\');
		buf_add_char(b, text.ptr[i]);
	}
}
