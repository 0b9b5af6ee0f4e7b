/* SPDX-License-Identifier: Apache-2.0 */
/* ind:textfilecontent54: what a pattern finds in files; FORMATS §7.8. */
#include "eval/evaluation_impl.h"
#include "eval/object.h"

#define MATCHES_MAX 65536u /* of one pattern in one file */

/* One pattern in one file. */
struct search {
	struct gather *g;
	const struct file *file;
	struct span pattern;
	unsigned flags;
	const struct oval_entity *instance; /* NULL: every match */
	int64_t n_matches;                  /* of the file; -1: not counted */
};

static unsigned
search_flags(const struct oval_object *o)
{
	unsigned flags = 0;

	if (object_behavior_is(o, "multiline", true))
		flags |= REGEX_MULTILINE;
	if (object_behavior_is(o, "ignore_case", false))
		flags |= REGEX_IGNORE_CASE;
	if (object_behavior_is(o, "singleline", false))
		flags |= REGEX_DOT_ALL;
	return flags;
}

/* What the file is, looked at once however many patterns there are. */
static enum regex_text
file_text(struct evaluation *ev, const struct file *f)
{
	uint8_t *known = &ev->file_texts[f - ev->s->files];

	if (*known == REGEX_TEXT_UNKNOWN)
		*known = (uint8_t)regex_text_of(f->text);
	return (enum regex_text) * known;
}

/* 1: a match; 0: no more, or the object is in error. */
static int
search_next(struct search *s, struct regex_groups *groups)
{
	struct err why;
	int found = regex_next(
	    s->g->ev->regex, s->pattern, s->flags, s->file->text, groups, &why);

	if (found < 0)
		gather_flag(s->g, FLAG_ERROR, "%.*s: %s",
		    SPAN_ARG(s->file->path), why.msg);
	return found > 0;
}

/* A negative instance counts from the end: -1 is the last match. */
static void
search_count(struct search *s, const struct entity_values *stated)
{
	struct regex_groups groups = { .text = file_text(s->g->ev, s->file) };
	bool from_end = false;
	size_t i;

	for (i = 0; i < stated->n; i++)
		if (span_has_prefix(span_trim(stated->v[i]), "-"))
			from_end = true;
	s->n_matches = -1;
	if (!from_end)
		return;
	for (s->n_matches = 0; s->n_matches <= MATCHES_MAX; s->n_matches++)
		if (search_next(s, &groups) == 0)
			break;
}

static int
instance_fits(struct search *s, int64_t instance, struct err *e)
{
	struct result_counts counts = { { 0 } };
	struct entity_values stated;
	struct gather *g = s->g;
	struct err why;
	int64_t number;
	enum result r;
	size_t i;

	if (s->instance == NULL)
		return 1;
	if (entity_values(g->ev, s->instance, &stated, e) != 0)
		return -1;
	if (s->n_matches < 0 ||
	    (stated.flag != FLAG_COMPLETE && stated.flag != FLAG_INCOMPLETE))
		return gather_entity_fits(
		    g, s->instance, int_text(g->ev, instance), e);
	for (i = 0; i < stated.n; i++) {
		number = span_has_prefix(span_trim(stated.v[i]), "-")
		    ? instance - s->n_matches - 1
		    : instance;
		r = entity_compare(g->ev, g->object->kind, s->instance,
		    int_text(g->ev, number), stated.v[i], &why);
		if (r == RESULT_ERROR)
			gather_flag(g, FLAG_ERROR, "%s", why.msg);
		result_count(&counts, r);
	}
	r = result_check(&counts,
	    s->instance->has_var ? s->instance->var_check : OVAL_CHECK_ALL);
	return r == RESULT_TRUE;
}

static void
add_match(struct search *s, const struct regex_groups *groups, int64_t instance)
{
	struct gather *g = s->g;
	struct item_builder *b = item_start(g->ev, OVAL_KIND_TEXTFILECONTENT54);
	size_t i;

	item_add(b, "filepath", s->file->path);
	item_add(b, "path", path_dir(s->file->path));
	item_add(b, "filename", path_name(s->file->path));
	item_add(b, "pattern", s->pattern);
	item_add_int(b, "instance", instance);
	item_add(b, "text", groups->match);
	for (i = 0; i < groups->n_groups; i++)
		if (groups->groups[i].ptr != NULL)
			item_add(b, "subexpression", groups->groups[i]);
	gather_add(g, item_intern(b));
}

/* The only instance that can fit, or 0. */
static int64_t
last_instance(const struct search *s)
{
	const struct oval_entity *instance = s->instance;
	int64_t n;

	if (instance == NULL || instance->has_var ||
	    instance->operation != OVAL_EQUALS ||
	    !parse_int(span_trim(instance->value), &n) || n < 0)
		return 0;
	return n;
}

static int
search_file(struct search *s, struct err *e)
{
	struct regex_groups groups = { .text = file_text(s->g->ev, s->file) };
	struct entity_values stated;
	int64_t last = last_instance(s);
	int64_t i;
	int fits;

	s->n_matches = -1;
	if (s->instance != NULL) {
		if (entity_values(s->g->ev, s->instance, &stated, e) != 0)
			return -1;
		search_count(s, &stated);
	}
	for (i = 1; search_next(s, &groups) == 1; i++) {
		if (i > MATCHES_MAX) {
			gather_flag(s->g, FLAG_ERROR,
			    "%.*s: more than %u matches of a pattern",
			    SPAN_ARG(s->file->path), MATCHES_MAX);
			return 0;
		}
		fits = instance_fits(s, i, e);
		if (fits < 0)
			return -1;
		if (fits == 1)
			add_match(s, &groups, i);
		if (i == last)
			break;
	}
	return 0;
}

/*
 * Each value of a variable is a pattern of its own. An item has the one
 * pattern that found it, so "all" of several is what no item can be.
 */
static bool
check_patterns(struct gather *g, const struct oval_entity *pattern,
    const struct entity_values *patterns)
{
	if (pattern->operation != OVAL_PATTERN_MATCH) {
		gather_flag(g, FLAG_ERROR, "the operation of pattern is \"%s\"",
		    oval_operation_name(pattern->operation));
		return false;
	}
	if (!pattern->has_var)
		return true;
	if (patterns->flag != FLAG_COMPLETE)
		gather_variable(g, patterns);
	if (pattern->var_check == OVAL_CHECK_AT_LEAST_ONE ||
	    pattern->var_check == OVAL_CHECK_ONLY_ONE)
		return true;
	if (pattern->var_check == OVAL_CHECK_ALL)
		return patterns->n == 1;
	gather_flag(g, FLAG_ERROR, "the var_check of pattern is \"%s\"",
	    oval_check_name(pattern->var_check));
	return false;
}

static int
add_text(struct gather *g, const struct file *f, struct err *e)
{
	const struct oval_entity *pattern = object_entity(g->object, "pattern");
	struct search s = { g, f, SPAN_NONE, search_flags(g->object),
		object_entity(g->object, "instance"), -1 };
	struct entity_values patterns;
	size_t i;

	if (f->type != FILE_TYPE_REGULAR)
		return 0;
	if (pattern == NULL) {
		gather_flag(g, FLAG_ERROR, "the object has no pattern");
		return 0;
	}
	if (entity_values(g->ev, pattern, &patterns, e) != 0)
		return -1;
	if (!check_patterns(g, pattern, &patterns))
		return 0;
	for (i = 0; i < patterns.n; i++) {
		s.pattern = value_text(OVAL_STRING, patterns.v[i]);
		if (search_file(&s, e) != 0)
			return -1;
	}
	return 0;
}

int
collect_text(struct gather *g, struct err *e)
{
	return collect_each_file(g, add_text, e);
}
