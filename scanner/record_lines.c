/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/pack.h"
#include "eval/cve_number.h"
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

/* --- a tally --- */

/* The next text of an object whose keys are known: cut off *rest. */
static struct span
next_text(struct span *rest)
{
	const char *start =
	    rest->len > 0 ? memchr(rest->ptr, '"', rest->len) : NULL;
	struct span text;
	size_t i = 0;

	if (start == NULL) {
		*rest = SPAN_NONE;
		return SPAN_NONE;
	}
	text = span_from(*rest, (size_t)(start - rest->ptr) + 1);
	while (i < text.len && text.ptr[i] != '"')
		i += text.ptr[i] == '\\' ? 2 : 1;
	*rest = span_from(text, i + 1);
	return span_first(text, i);
}

/* Keys and values in record_finding()'s order. */
static void
line_read(struct span json, struct record_line *out)
{
	struct span rest = json;
	struct span severity;

	next_text(&rest), next_text(&rest); /* arch */
	next_text(&rest);
	out->cve = next_text(&rest);
	next_text(&rest); /* fails */
	out->fails = span_has_prefix(rest, ":true");
	next_text(&rest), next_text(&rest); /* fixed */
	next_text(&rest), next_text(&rest); /* installed */
	next_text(&rest), next_text(&rest); /* package */
	next_text(&rest), next_text(&rest); /* rule */
	next_text(&rest);
	severity = next_text(&rest);
	next_text(&rest);
	out->waiver = next_text(&rest);
	out->severity = SEVERITY_NONE;
	if (!severity_parse(severity, &out->severity))
		out->severity = SEVERITY_NONE;
}

#define AFTER_ARCH "\",\"cve\":\""
#define AFTER_CVE "\",\"fails\":"
#define NO_WAIVER "\",\"waiver\":\"\"}"
#define SHORT_MAX 40u /* bytes of a text that is looked for at once */

/* Past what has to come next; false: something else does. */
static inline bool
skip(struct span *rest, const char *what, size_t len)
{
	if (rest->len < len || memcmp(rest->ptr, what, len) != 0)
		return false;
	*rest = (struct span){ rest->ptr + len, rest->len - len };
	return true;
}

/* Past a text without escapes, up to its quote, if it is short. */
static inline bool
short_text(struct span *rest, struct span *text)
{
	size_t max = rest->len < SHORT_MAX ? rest->len : SHORT_MAX;
	size_t i = 0;

	while (i < max && rest->ptr[i] != '"' && rest->ptr[i] != '\\')
		i++;
	if (i == max || rest->ptr[i] != '"')
		return false;
	*text = (struct span){ rest->ptr, i };
	*rest = (struct span){ rest->ptr + i, rest->len - i };
	return true;
}

/* A record has severity_name()'s words alone: they begin with other letters. */
static bool
severity_peek(struct span word, enum severity *out)
{
	enum severity i;

	for (i = SEVERITY_NONE; word.len > 0 && i < N_SEVERITIES; i++)
		if (word.ptr[0] == severity_name(i)[0]) {
			*out = i;
			return span_is(word, severity_name(i));
		}
	return false;
}

/*
 * The same of most lines, a few bytes at their ends: a night's `rescan` reads
 * millions of them. False: read it whole.
 */
static bool
line_peek(struct span line, struct record_line *out)
{
	struct span rest = line;
	struct span end = line;
	struct span arch;

	if (!skip(&rest, LINE, sizeof(LINE) - 1) || !short_text(&rest, &arch) ||
	    !skip(&rest, AFTER_ARCH, sizeof(AFTER_ARCH) - 1) ||
	    !short_text(&rest, &out->cve) ||
	    !skip(&rest, AFTER_CVE, sizeof(AFTER_CVE) - 1))
		return false;
	out->fails = skip(&rest, "true", 4);
	end.len -= end.ptr[end.len - 1] == ',';
	if (rest.len < sizeof(NO_WAIVER) || end.len < sizeof(NO_WAIVER))
		return false;
	end.len -= sizeof(NO_WAIVER) - 1;
	if (memcmp(end.ptr + end.len, NO_WAIVER, sizeof(NO_WAIVER) - 1) != 0)
		return false;
	out->waiver = SPAN_NONE;
	return severity_peek(
	    span_from(end, span_rfind(end, '"') + 1), &out->severity);
}

/* A CVE's number, else a hash above all of these. */
static uint64_t
cve_key(struct span cve)
{
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
	uint32_t n = cve_number(cve);
	size_t i;

	if (is_cve_number(n))
		return n;
	for (i = 0; i < cve.len; i++)
		hash = (hash ^ (unsigned char)cve.ptr[i]) * 0x100000001b3u;
	return (hash >> 4) | (uint64_t)1 << 40;
}

void
record_tally(struct record_tally *out, struct span record)
{
	struct span lines = record_lines(record);
	bool has_lines = lines.len > 0;
	struct record_line line;
	struct span text;
	uint64_t before = 0;
	uint64_t key;

	*out = (struct record_tally){ .n_waived = 0 };
	while (span_has_prefix(lines, LINE) && span_next(&lines, '\n', &text)) {
		if (!line_peek(text, &line))
			line_read(text, &line);
		out->severities[line.severity]++;
		out->n_waived += line.waiver.len > 0;
		key = cve_key(line.cve) << 1 | line.fails;
		pack_int(&out->cves, (int64_t)(key - before));
		before = key;
	}
	/* They stand behind the findings. */
	text = record_reasons(has_lines ? lines : record);
	out->has_reasons = span_find(text, '"') < text.len;
}

void
record_tally_cleanup(struct record_tally *t)
{
	buf_cleanup(&t->cves);
	*t = (struct record_tally){ .n_waived = 0 };
}

bool
record_cve_find(struct span cves, struct span cve, bool *fails)
{
	struct unpack u = unpack_of(cves);
	uint64_t wanted = cve_key(cve);
	uint64_t key = 0;
	bool found = false;

	*fails = false;
	while (u.rest.len > 0 && !u.failed) {
		key += (uint64_t)unpack_int(&u);
		if (key >> 1 != wanted)
			continue;
		found = true;
		*fails |= (key & 1) != 0;
	}
	return found;
}
