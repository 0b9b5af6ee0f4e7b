/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "indexer/words.h"

#define PART_MIN 3   /* letters of a part worth finding */
#define SEEN_MIN 256 /* slots to begin with, a power of two */

/* In a fifth of all descriptions or more, and never what is looked for. */
static const char *const stop_words[] = { "an", "and", "are", "as", "be", "by",
	"can", "could", "does", "for", "from", "has", "have", "if", "in", "is",
	"it", "not", "of", "on", "or", "other", "than", "that", "the", "there",
	"this", "to", "use", "used", "using", "via", "was", "were", "when",
	"which", "with" };

#define STOP_SLOTS 256 /* a power of two, well above their number */

enum byte_class {
	BETWEEN = 0, /* separates words */
	LETTER,
	DIGIT,
	JOINT, /* inside a word only: ids, versions, names of packages */
};

static enum byte_class
class_of(char c)
{
	if (span_is_alpha(c) || (unsigned char)c >= 0x80)
		return LETTER;
	if (span_is_digit(c))
		return DIGIT;
	return c != '\0' && strchr("-_.:+~", c) != NULL ? JOINT : BETWEEN;
}

/* FNV-1a; a word that is taken for another one is only not found. */
static uint64_t
hash_of(struct span word)
{
	uint64_t h = 0xcbf29ce484222325u;
	size_t i;

	for (i = 0; i < word.len; i++)
		h = (h ^ (unsigned char)word.ptr[i]) * 0x100000001b3u;
	return h | 1;
}

/* What words are cut with; made once. */
static struct tables {
	bool made;
	unsigned char class[256];  /* all answers of class_of() */
	uint64_t stop[STOP_SLOTS]; /* hashes of stop words, open addressing */
} tables;

static bool
is_stop(const struct tables *t, uint64_t hash)
{
	size_t at = (size_t)(hash >> 1) & (STOP_SLOTS - 1);

	while (t->stop[at] != 0 && t->stop[at] != hash)
		at = (at + 1) & (STOP_SLOTS - 1);
	return t->stop[at] != 0;
}

static const struct tables *
tables_get(void)
{
	size_t i, at;
	uint64_t h;

	if (tables.made)
		return &tables;
	for (i = 0; i < 256; i++)
		tables.class[i] = (unsigned char)class_of((char)i);
	for (i = 0; i < sizeof(stop_words) / sizeof(*stop_words); i++) {
		h = hash_of(span_of(stop_words[i]));
		at = (size_t)(h >> 1) & (STOP_SLOTS - 1);
		while (tables.stop[at] != 0)
			at = (at + 1) & (STOP_SLOTS - 1);
		tables.stop[at] = h;
	}
	tables.made = true;
	return &tables;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

void
words_init(void)
{
	(void)tables_get();
}

void
words_cleanup(struct words *w)
{
	buf_cleanup(&w->text);
	free(w->seen);
	*w = (struct words){ 0 };
}

void
words_reset(struct words *w)
{
	buf_reset(&w->text);
	if (w->n_seen > 0)
		memset(w->seen, 0, xmul(w->cap, sizeof(*w->seen)));
	w->n_seen = 0;
}

struct span
words_text(const struct words *w)
{
	return buf_span(&w->text);
}

static void
grow(struct words *w)
{
	size_t cap = w->cap == 0 ? SEEN_MIN : w->cap * 2;
	uint64_t *seen = xcalloc(cap, sizeof(*seen));
	size_t i, at;

	for (i = 0; i < w->cap; i++) {
		if (w->seen[i] == 0)
			continue;
		at = (size_t)(w->seen[i] >> 1) & (cap - 1);
		while (seen[at] != 0)
			at = (at + 1) & (cap - 1);
		seen[at] = w->seen[i];
	}
	free(w->seen);
	w->seen = seen;
	w->cap = cap;
}

/* True if the word is new, and worth finding. */
static bool
note(struct words *w, struct span word)
{
	uint64_t h = hash_of(word);
	size_t at;

	if (word.len == 1 || is_stop(tables_get(), h))
		return false;
	if (w->n_seen * 2 >= w->cap)
		grow(w);
	at = (size_t)(h >> 1) & (w->cap - 1);
	while (w->seen[at] != 0 && w->seen[at] != h)
		at = (at + 1) & (w->cap - 1);
	if (w->seen[at] == h)
		return false;
	w->seen[at] = h;
	w->n_seen++;
	return true;
}

static void
add_word(struct words *w, struct span word)
{
	if (!note(w, word))
		return;
	buf_add_span(&w->text, word);
	buf_add_char(&w->text, ' ');
}

/* The parts of a word with joints in it. */
static void
add_parts(struct words *w, struct span word)
{
	const unsigned char *class = tables_get()->class;
	size_t i, start = 0, letters = 0;

	for (i = 0; i <= word.len; i++) {
		if (i < word.len &&
		    class[(unsigned char)word.ptr[i]] != JOINT) {
			letters += class[(unsigned char)word.ptr[i]] == LETTER;
			continue;
		}
		if (letters >= PART_MIN)
			add_word(
			    w, span_first(span_from(word, start), i - start));
		start = i + 1;
		letters = 0;
	}
}

/*
 * Cuts the next word off *rest, in lower case into word; 0: no more. *joined
 * says whether it has parts.
 */
static size_t
next_word(struct span *rest, char word[WORD_MAX], bool *joined)
{
	const unsigned char *class = tables_get()->class;
	size_t i = 0, n = 0, end = 0;
	unsigned char c = BETWEEN;

	*joined = false;
	for (; i < rest->len; i++) {
		c = class[(unsigned char)rest->ptr[i]];
		if (c == LETTER || c == DIGIT)
			break;
	}
	for (; i < rest->len; i++) {
		c = class[(unsigned char)rest->ptr[i]];
		if (c == BETWEEN)
			break;
		if (n == WORD_MAX)
			continue;
		word[n++] = lower(rest->ptr[i]);
		if (c != JOINT) {
			*joined |= n - end > 1;
			end = n;
		}
	}
	*rest = span_from(*rest, i);
	return end;
}

void
words_add(struct words *w, struct span text)
{
	char word[WORD_MAX];
	bool joined;
	size_t n;

	while ((n = next_word(&text, word, &joined)) > 0) {
		add_word(w, span_make(word, n));
		if (joined)
			add_parts(w, span_make(word, n));
	}
}

void
words_add_id(struct words *w, struct span id)
{
	char word[WORD_MAX];
	bool joined;
	size_t n;

	while ((n = next_word(&id, word, &joined)) > 0)
		add_word(w, span_make(word, n));
}

void
words_query(struct buf *b, struct span asked)
{
	char word[WORD_MAX];
	bool joined;
	size_t n;

	while ((n = next_word(&asked, word, &joined)) > 0) {
		if (n == 1 ||
		    is_stop(tables_get(), hash_of(span_make(word, n))))
			continue;
		if (b->len > 0)
			buf_add_char(b, ' ');
		buf_printf(b, "\"%.*s\"", (int)n, word);
		if (asked.len > 0 && asked.ptr[0] == '*')
			buf_add_char(b, '*');
	}
}
