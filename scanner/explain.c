/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/printable.h"
#include "eval/place.h"
#include "scanner/applies.h"
#include "scanner/explain.h"
#include "scanner/evidence.h"
#include "schema_index.h"

#define ID_MAX 256u /* bytes of an id that is asked for */

struct explainer {
	const struct scan *scan;
	struct span id;
	struct arena arena;
	struct explained *v;
	size_t n;
	size_t cap;
	struct explained_advisories advisories;
};

void
explain_safe(struct out *out, struct span s)
{
	struct buf b = { 0 };

	printable_add(&b, s);
	out_span(out, buf_span(&b));
	buf_cleanup(&b);
}

struct span
explain_upper(struct span id, struct arena *a)
{
	char *text = arena_str(a, id);
	size_t i;

	for (i = 0; i < id.len; i++)
		if (span_is_lower(text[i]))
			text[i] = (char)(text[i] - 'a' + 'A');
	return span_make(text, id.len);
}

static int
add(struct explainer *x, const struct scan_document *d, uint32_t ord,
    const struct oval_definition *text, struct err *e)
{
	struct explained *it;

	x->v = xgrow(x->v, &x->cap, x->n + 1, sizeof(*x->v));
	it = &x->v[x->n];
	*it = (struct explained){ .document = d,
		.text = *text,
		.ord = ord,
		.result = scan_result(d, ord),
		.definition = machine_definition(d->machine, ord, e) };
	if (it->definition == NULL)
		return -1;
	it->is_kernel = it->result == RESULT_UNKNOWN &&
	    evaluation_is_kernel(d->evaluation, ord);
	it->by_packages =
	    it->result != evaluation_definition(d->evaluation, ord);
	x->n++;
	return 0;
}

static bool
names(const struct explainer *x, const struct oval_metadata *m, struct arena *a)
{
	struct span *cves;
	size_t n;

	if (span_is_nocase(evidence_notice(m), x->id.ptr))
		return true;
	evidence_cves(m, a, &cves, &n);
	while (n-- > 0)
		if (span_is_nocase(cves[n], x->id.ptr))
			return true;
	return false;
}

/* The word was found in the record; its references must name it, too. */
static int
add_candidate(struct explainer *x, const struct scan_document *d, uint32_t ord,
    struct err *e)
{
	struct oval_definition text;

	if (evaluation_definition(d->evaluation, ord) == RESULT_NONE)
		return 0;
	if (machine_definition_text(d->machine, ord, &x->arena, &text, e) != 0)
		return -1;
	if (!names(x, &text.metadata, &x->arena))
		return 0;
	return add(x, d, ord, &text, e);
}

static int
find_by_name(struct explainer *x, const struct scan_document *d, struct err *e)
{
	struct db_stmt *q = db_query(d->family->db, QUERY_INDEX_EXPLAIN_FIND);
	struct buf words = { 0 };
	int64_t first = d->document->id * ((int64_t)1 << 32);
	int rc;

	buf_printf(&words, "head : \"%.*s\"", SPAN_ARG(x->id));
	db_bind_text(q, ":words", buf_span(&words));
	db_bind_int(q, ":low", first);
	db_bind_int(q, ":high", first + UINT32_MAX);
	while ((rc = db_step(q, e)) == 1)
		if (add_candidate(x, d, (uint32_t)db_int(q, 0), e) != 0) {
			rc = -1;
			break;
		}
	db_reset(q);
	buf_cleanup(&words);
	return rc;
}

static int
find_by_id(struct explainer *x, const struct scan_document *d, struct err *e)
{
	struct oval_definition text;
	uint32_t ord;

	e->code = ERR_NONE;
	ord = machine_find_definition(d->machine, x->id, e);
	if (ord == OVAL_ORD_NONE)
		return e->code == ERR_NONE ? 0 : -1;
	if (machine_definition_text(d->machine, ord, &x->arena, &text, e) != 0)
		return -1;
	return add(x, d, ord, &text, e);
}

/* Nothing that an id is not made of goes into a search expression. */
static bool
is_id(struct span id)
{
	size_t i;

	for (i = 0; i < id.len; i++)
		if (!span_is_alpha(id.ptr[i]) && !span_is_digit(id.ptr[i]) &&
		    id.ptr[i] != '-' && id.ptr[i] != '_' && id.ptr[i] != '.' &&
		    id.ptr[i] != ':')
			return false;
	return id.len > 0 && id.len <= ID_MAX;
}

static int
find(struct explainer *x, struct err *e)
{
	size_t i;

	for (i = 0; i < x->scan->n_documents; i++) {
		const struct scan_document *d = &x->scan->documents[i];
		int rc = span_has_prefix(x->id, "oval:")
		    ? find_by_id(x, d, e)
		    : find_by_name(x, d, e);

		if (rc != 0)
			return err_context(
			    e, "%.*s", SPAN_ARG(d->document->name));
	}
	return 0;
}

/* Whether a finding is about it: as scan has it. */
static bool
is_found(const struct explainer *x)
{
	const struct scan *s = x->scan;
	size_t i, k;

	for (i = 0; i < s->n_evidence; i++) {
		const struct evidence *ev = &s->evidence[i];

		if (ev->word != WORD_AFFECTED)
			continue;
		if (span_is_nocase(ev->notice, x->id.ptr) ||
		    span_is_nocase(ev->record, x->id.ptr))
			return true;
		for (k = 0; k < ev->n_cves; k++)
			if (span_is_nocase(ev->cves[k], x->id.ptr))
				return true;
	}
	return false;
}

/* What all that was explained comes to. */
struct answer {
	bool any; /* something that judges the image names it */
	bool affected;
	bool open;
};

static void
hear_advisory(const struct explained_advisory *it, struct answer *answer)
{
	size_t i;

	answer->any = true;
	answer->open = answer->open || it->n_more > 0;
	for (i = 0; i < it->n_lines; i++) {
		answer->affected |= it->lines[i].word == WORD_AFFECTED;
		answer->open |= it->lines[i].word == WORD_UNKNOWN;
	}
}

static void
hear_definition(const struct explained *it, struct answer *answer)
{
	answer->any = true;
	answer->affected |=
	    it->result == RESULT_TRUE && evidence_class(it->definition->class);
	answer->open |= it->result != RESULT_TRUE && it->result != RESULT_FALSE;
}

static enum verdict
decide(const struct explainer *x)
{
	struct answer answer = { .affected = is_found(x),
		.open = x->scan->n_fact_reasons > 0 };
	size_t i;

	for (i = 0; i < x->n; i++)
		hear_definition(&x->v[i], &answer);
	for (i = 0; i < x->advisories.n; i++)
		hear_advisory(&x->advisories.v[i], &answer);
	if (answer.affected)
		return VERDICT_FAIL;
	return answer.open || !answer.any ? VERDICT_UNKNOWN : VERDICT_PASS;
}

/* Nothing that judges the image names it: what was looked into. */
static void
write_nothing(struct explainer *x, struct out *out)
{
	const struct scan *s = x->scan;
	size_t i;

	if (s->n_documents + s->n_advisories > 0)
		out_printf(out,
		    "  no record of the documents that apply names %.*s\n",
		    SPAN_ARG(x->id));
	for (i = 0; i < s->n_documents; i++) {
		out_str(out, "  looked in ");
		explain_safe(out, s->documents[i].document->name);
		out_char(out, '\n');
	}
	for (i = 0; i < s->n_advisories; i++) {
		out_str(out, "  looked in ");
		explain_safe(out, s->advisories[i].document->name);
		out_char(out, '\n');
	}
}

static void
write_head(struct explainer *x, enum verdict answer, struct out *out)
{
	static const char *const words[] = { [VERDICT_NONE] = "",
		[VERDICT_PASS] = "not affected",
		[VERDICT_FAIL] = "affected",
		[VERDICT_UNKNOWN] = "unknown" };
	const struct scan *s = x->scan;
	const char *word = words[answer];
	size_t i;

	/* A definition of another class has a result, and affects nothing. */
	if (x->n > 0 && !evidence_class(x->v[0].definition->class) &&
	    answer == VERDICT_PASS)
		word = result_name(x->v[0].result);
	explain_safe(out, applies_release_text(s->facts, &x->arena));
	out_printf(out, ", %.*s: %s\n", SPAN_ARG(x->id), word);
	for (i = 0; i < s->n_fact_reasons; i++) {
		out_str(out, "  ");
		explain_safe(out, s->reasons[i]);
		out_char(out, '\n');
	}
	if (x->n == 0 && x->advisories.n == 0)
		write_nothing(x, out);
	for (i = 0; i < s->n_missing; i++) {
		out_str(out, "  not in the index: ");
		explain_safe(out, s->missing[i]);
		out_char(out, '\n');
	}
	explain_disputes(s, x->id, out);
}

static int
write_definition(struct explainer *x, const struct explained *it,
    struct out *out, struct err *e)
{
	const struct document *d = it->document->document;
	uint64_t offset;
	int rc = place_find(it->document->family->db,
	    d->id * ((int64_t)1 << 32) + it->ord, &offset, e);

	if (rc < 0)
		return -1;
	out_char(out, '\n');
	explain_safe(out, it->text.id);
	out_printf(out, ": %s\n", result_name(it->result));
	if (it->by_packages)
		out_printf(out,
		    "  by its packages alone, whatever kernel runs or module is "
		    "enabled; to the letter it is %s\n",
		    result_name(evaluation_definition(
			it->document->evaluation, it->ord)));
	if (it->is_kernel)
		out_str(out,
		    "  concerns the host's kernel, which is no part of an "
		    "image\n");
	out_str(out, "  title      ");
	explain_safe(out, span_trim(it->text.metadata.title));
	out_str(out, "\n  severity   ");
	explain_safe(out,
	    it->text.metadata.severity.len > 0
		? span_trim(it->text.metadata.severity)
		: SPAN_LIT("unrated"));
	out_str(out, "\n  document   ");
	explain_safe(out, d->name);
	if (rc == 1)
		out_printf(out, "\n  stands at  byte %llu of the unpacked file",
		    (unsigned long long)offset);
	out_printf(out, "\n  file       sha256:%.*s\n", SPAN_ARG(d->sha256));
	return explain_tree(it, &x->arena, out, e);
}

static void
write_others(struct explainer *x, struct out *out)
{
	const struct explained_advisories *a = &x->advisories;

	if (a->n_others == 0)
		return;
	out_printf(out,
	    "\n%zu %s of other distributions and releases: ", a->n_others,
	    a->n_others == 1 ? "record is" : "records are");
	explain_safe(out, buf_span(&a->others));
	out_char(out, '\n');
}

static int
write_all(struct explainer *x, struct out *out, struct err *e)
{
	size_t i;

	for (i = 0; i < x->n; i++)
		if (write_definition(x, &x->v[i], out, e) != 0)
			return -1;
	for (i = 0; i < x->advisories.n; i++)
		if (explain_advisory(&x->advisories.v[i], out, e) != 0)
			return -1;
	write_others(x, out);
	return explain_known(x->scan, x->id, out, e);
}

int
explain_write(const struct scan *s, struct span id, struct out *out,
    enum verdict *answer, struct err *e)
{
	struct explainer x = { .scan = s };
	int rc = -1;

	if (!is_id(id)) {
		err_set(e, ERR_FORMAT,
		    "an id is that of a CVE, a notice or a definition: "
		    "CVE-2024-6387, USN-6859-1, oval:com.ubuntu.noble:def:100");
		goto out;
	}
	x.id = arena_span(&x.arena, id);
	if (find(&x, e) != 0 ||
	    explain_advisories(s, x.id, &x.arena, &x.advisories, e) != 0)
		goto out;
	*answer = decide(&x);
	write_head(&x, *answer, out);
	if (write_all(&x, out, e) != 0)
		goto out;
	rc = out_flush(out, e);
out:
	explain_advisories_cleanup(&x.advisories);
	arena_cleanup(&x.arena);
	free(x.v);
	return rc;
}
