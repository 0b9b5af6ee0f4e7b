/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/oval_words.h"

static bool
has_digit(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (span_is_digit(s.ptr[i]))
			return true;
	return false;
}

/*
 * "foo-1.2-3.1" without version and release, which would be a word of its own
 * for every update; "java-1.8.0-openjdk" is whole.
 */
static struct span
without_version(struct span word)
{
	size_t release = span_rfind(word, '-');
	size_t version = span_rfind(span_first(word, release), '-');

	if (release == word.len || version == release || version == 0 ||
	    !span_is_digit(word.ptr[version + 1]) ||
	    !has_digit(span_from(word, release)))
		return word;
	return span_first(word, version);
}

/*
 * Ubuntu "gcc-4.7 package in …", "gcc-4.7: while …"; SUSE "gcc-4.7-1.2 is
 * installed"; others "gcc is …".
 */
static struct span
package_of(struct span comment)
{
	struct span word = span_first(comment, span_find(comment, ' '));
	struct span rest = span_from(comment, word.len);

	if (span_has_suffix(word, ":"))
		return span_first(word, word.len - 1);
	if (span_is(rest, " is installed"))
		return without_version(word);
	return span_has_prefix(rest, " package ") ||
		span_has_prefix(rest, " is ") || span_has_prefix(rest, " DPKG ")
	    ? word
	    : SPAN_NONE;
}

void
oval_words(struct words *head, struct words *body,
    const struct oval_definition *definition)
{
	const struct oval_metadata *m = &definition->metadata;
	size_t i;

	words_add_id(head, definition->id);
	words_add(head, m->title);
	for (i = 0; i < m->n_references; i++)
		words_add_id(head, m->references[i].ref_id);
	for (i = 0; i < m->n_cves; i++)
		words_add_id(head, m->cves[i].id);
	for (i = 0; i < definition->n_nodes; i++)
		if (definition->nodes[i].type == OVAL_NODE_CRITERION)
			words_add(
			    head, package_of(definition->nodes[i].comment));
	words_add(body, m->description);
}

const struct oval_prepared *
oval_prepare(struct oval_preparing *p, const struct oval_definition *definition,
    struct arena *a)
{
	struct oval_prepared *out = arena_alloc(a, sizeof(*out));

	digest_of(definition->raw, &out->digest);
	out->has_words = p->with_words;
	if (!p->with_words)
		return out;
	words_reset(&p->head);
	words_reset(&p->body);
	oval_words(&p->head, &p->body, definition);
	out->head = arena_span(a, words_text(&p->head));
	out->body = arena_span(a, words_text(&p->body));
	return out;
}

void
oval_preparing_cleanup(struct oval_preparing *p)
{
	words_cleanup(&p->head);
	words_cleanup(&p->body);
}
