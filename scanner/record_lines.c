/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/pack.h"
#include "scanner/record_lines.h"

#define FINDINGS "\n  \"findings\": [\n"
#define REASONS "\n  \"reasons\": ["
#define LINE "    {\"arch\":\""

static struct span
behind(struct span text, const char *what)
{
	const char *at = NULL;

	if (text.len > 0)
		at = memmem(text.ptr, text.len, what, strlen(what));
	if (at == NULL)
		return SPAN_NONE;
	return span_from(text, (size_t)(at - text.ptr) + strlen(what));
}

struct span
record_lines(struct span record)
{
	return behind(record, FINDINGS);
}

/*
 * The text behind a key. No key can stand inside of a text: a quote there has
 * a backslash before it.
 */
static struct span
text_of(struct span json, const char *key)
{
	struct span v = behind(json, key);
	size_t i = 0;

	while (i < v.len && v.ptr[i] != '"')
		i += v.ptr[i] == '\\' ? 2 : 1;
	return span_first(v, i < v.len ? i : 0);
}

bool
record_line(struct span *lines, struct record_line *out)
{
	struct span line;
	enum severity severity = SEVERITY_NONE;

	*out = (struct record_line){ .severity = SEVERITY_NONE };
	if (!span_has_prefix(*lines, LINE) || !span_next(lines, '\n', &line))
		return false;
	line = span_trim(line);
	if (span_has_suffix(line, ","))
		line.len--;
	if (!span_has_suffix(line, "}"))
		return false;
	out->json = line;
	out->cve = text_of(line, ",\"cve\":\"");
	out->package = text_of(line, ",\"package\":\"");
	out->waiver = text_of(line, ",\"waiver\":\"");
	out->fails = behind(line, ",\"fails\":true,").ptr != NULL;
	if (severity_parse(text_of(line, ",\"severity\":\""), &severity))
		out->severity = severity;
	return true;
}

struct span
record_line_text(const struct record_line *l, const char *key)
{
	char name[32];

	/* The first key has no comma before it. */
	snprintf(name, sizeof(name), "%c\"%s\":\"",
	    strcmp(key, "arch") == 0 ? '{' : ',', key);
	return text_of(l->json, name);
}

struct span
record_reasons(struct span record)
{
	struct span v = behind(record, REASONS);
	size_t i;

	/* One a line, but for an empty list. */
	for (i = 0; i < v.len && v.ptr[i] != ']'; i++) {
		if (v.ptr[i] != '"')
			continue;
		for (i++; i < v.len && v.ptr[i] != '"'; i++)
			i += v.ptr[i] == '\\';
	}
	if (i >= v.len)
		return SPAN_LIT("[]");
	return span_make(v.ptr - 1, i + 2);
}

static int
compare(const void *pa, const void *pb)
{
	const struct record_cve *a = pa;
	const struct record_cve *b = pb;

	return span_cmp(a->name, b->name);
}

static void
sort_out(struct record_tally *t)
{
	size_t i;
	size_t n = 0;

	if (t->n_cves > 1)
		qsort(t->cves, t->n_cves, sizeof(*t->cves), compare);
	for (i = 0; i < t->n_cves; i++) {
		if (n > 0 && span_eq(t->cves[n - 1].name, t->cves[i].name))
			t->cves[n - 1].fails |= t->cves[i].fails;
		else
			t->cves[n++] = t->cves[i];
	}
	t->n_cves = n;
}

static void
list_digest(struct record_tally *t)
{
	struct buf b = { 0 };
	size_t i;

	pack_uint(&b, t->n_cves);
	for (i = 0; i < t->n_cves; i++) {
		pack_span(&b, t->cves[i].name);
		pack_uint(&b, t->cves[i].fails);
	}
	digest_of(buf_span(&b), &t->digest);
	buf_cleanup(&b);
}

void
record_tally(struct record_tally *out, struct span record)
{
	struct span lines = record_lines(record);
	struct record_line line;
	size_t cap = 0;

	*out = (struct record_tally){ .n_cves = 0 };
	while (record_line(&lines, &line)) {
		out->severities[line.severity]++;
		out->n_waived += line.waiver.len > 0;
		if (line.cve.len == 0 || line.cve.len > RECORD_CVE_MAX)
			continue;
		out->cves =
		    xgrow(out->cves, &cap, out->n_cves + 1, sizeof(*out->cves));
		out->cves[out->n_cves++] =
		    (struct record_cve){ line.cve, line.fails };
	}
	sort_out(out);
	list_digest(out);
}

void
record_tally_cleanup(struct record_tally *t)
{
	free(t->cves);
	*t = (struct record_tally){ .n_cves = 0 };
}
