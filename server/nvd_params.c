/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "content/nvd.h"
#include "indexer/words.h"
#include "server/nvd_params.h"

#define DAY_MS ((int64_t)86400000)

enum param {
	CPE_NAME = 0,
	CVE_ID,
	CVE_IDS,
	CVE_TAG,
	V2_METRICS,
	V2_SEVERITY,
	V3_METRICS,
	V3_SEVERITY,
	V4_METRICS,
	V4_SEVERITY,
	CWE_ID,
	HAS_CERT_ALERTS,
	HAS_CERT_NOTES,
	HAS_KEV,
	HAS_OVAL,
	IS_VULNERABLE,
	KEV_START,
	KEV_END,
	KEYWORD_EXACT,
	KEYWORDS,
	MODIFIED_START,
	MODIFIED_END,
	NO_REJECTED,
	PUBLISHED_START,
	PUBLISHED_END,
	PER_PAGE,
	SOURCE_IDENTIFIER,
	START_INDEX,
	VERSION_END,
	VERSION_END_TYPE,
	VERSION_START,
	VERSION_START_TYPE,
	MATCH_STRING,
	STATUSES,
	N_PARAMS,
};

static const char *const names[N_PARAMS] = {
	[CPE_NAME] = "cpeName",
	[CVE_ID] = "cveId",
	[CVE_IDS] = "cveIds",
	[CVE_TAG] = "cveTag",
	[V2_METRICS] = "cvssV2Metrics",
	[V2_SEVERITY] = "cvssV2Severity",
	[V3_METRICS] = "cvssV3Metrics",
	[V3_SEVERITY] = "cvssV3Severity",
	[V4_METRICS] = "cvssV4Metrics",
	[V4_SEVERITY] = "cvssV4Severity",
	[CWE_ID] = "cweId",
	[HAS_CERT_ALERTS] = "hasCertAlerts",
	[HAS_CERT_NOTES] = "hasCertNotes",
	[HAS_KEV] = "hasKev",
	[HAS_OVAL] = "hasOval",
	[IS_VULNERABLE] = "isVulnerable",
	[KEV_START] = "kevStartDate",
	[KEV_END] = "kevEndDate",
	[KEYWORD_EXACT] = "keywordExactMatch",
	[KEYWORDS] = "keywordSearch",
	[MODIFIED_START] = "lastModStartDate",
	[MODIFIED_END] = "lastModEndDate",
	[NO_REJECTED] = "noRejected",
	[PUBLISHED_START] = "pubStartDate",
	[PUBLISHED_END] = "pubEndDate",
	[PER_PAGE] = "resultsPerPage",
	[SOURCE_IDENTIFIER] = "sourceIdentifier",
	[START_INDEX] = "startIndex",
	[VERSION_END] = "versionEnd",
	[VERSION_END_TYPE] = "versionEndType",
	[VERSION_START] = "versionStart",
	[VERSION_START_TYPE] = "versionStartType",
	[MATCH_STRING] = "virtualMatchString",
	[STATUSES] = "vulnStatuses",
};

struct reading {
	struct nvd_ask *ask;
	struct arena *arena;
	struct span values[N_PARAMS]; /* ptr NULL: not there */
};

/* "Invalid cveId parameter: why", as the API begins it. */
__attribute__((format(printf, 3, 4))) static bool
refuse(struct reading *r, enum param p, const char *fmt, ...)
{
	char *message = r->ask->message;
	va_list ap;
	int n;

	n = snprintf(
	    message, NVD_MESSAGE_SIZE, "Invalid %s parameter: ", names[p]);
	va_start(ap, fmt);
	vsnprintf(message + n, NVD_MESSAGE_SIZE - (size_t)n, fmt, ap);
	va_end(ap);
	return false;
}

static bool
has(const struct reading *r, enum param p)
{
	return r->values[p].ptr != NULL;
}

/* --- one value --- */

static bool
read_uint(
    struct reading *r, enum param p, uint64_t low, uint64_t high, uint64_t *out)
{
	if (!has(r, p))
		return true;
	if (parse_uint(r->values[p], high, out) && *out >= low)
		return true;
	return refuse(r, p, "a number from %llu to %llu is expected.",
	    (unsigned long long)low, (unsigned long long)high);
}

/* Without a value, or "true", as some clients have it. */
static bool
read_flag(struct reading *r, enum param p, bool *out)
{
	struct span v = r->values[p];

	if (!has(r, p))
		return true;
	*out = v.len == 0 || span_is_nocase(v, "true");
	return *out || refuse(r, p, "it has no value.");
}

/* The index of the value in a list that ends with NULL. */
static bool
read_choice(
    struct reading *r, enum param p, const char *const *choices, size_t *out)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; choices[i] != NULL; i++) {
		if (span_is_nocase(r->values[p], choices[i])) {
			*out = i;
			return true;
		}
	}
	for (i = 0; choices[i] != NULL; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : ", ", choices[i]);
	refuse(r, p, "one of %s is expected.", buf_str(&b));
	buf_cleanup(&b);
	return false;
}

/* Thousandths of a second behind the seconds. */
static int64_t
fraction(struct span text)
{
	size_t i = span_find(text, '.') + 1;
	int64_t ms = 0, unit = 100;

	for (; i < text.len && span_is_digit(text.ptr[i]); i++, unit /= 10)
		ms += (text.ptr[i] - '0') * unit;
	return ms;
}

/*
 * A "+" that nobody encoded arrives as a blank; "+01" is a zone to Java.
 */
static bool
read_time(struct reading *r, enum param p, int64_t *out)
{
	struct span text = r->values[p];
	size_t blank = span_rfind(text, ' ');
	struct buf b = { 0 };
	int64_t seconds = 0;
	bool is_time;
	char sign;

	buf_add_span(&b, text);
	if (blank < text.len)
		b.ptr[blank] = '+';
	sign = b.len > 3 ? b.ptr[b.len - 3] : '\0';
	if (sign == '+' || sign == '-')
		buf_add_str(&b, ":00");
	is_time = span_find(text, 'T') < text.len &&
	    clock_parse(buf_span(&b), &seconds);
	buf_cleanup(&b);
	if (!is_time)
		return refuse(r, p,
		    "a date like 2021-08-04T13:00:00.000%%2B01:00 is "
		    "expected.");
	*out = seconds * 1000 + fraction(text);
	return true;
}

/* --- those that belong together --- */

static bool
needs(struct reading *r, enum param p, enum param other)
{
	if (!has(r, p) || has(r, other))
		return true;
	return refuse(r, p, "%s is required with it.", names[other]);
}

static bool
excludes(struct reading *r, enum param p, enum param other)
{
	if (!has(r, p) || !has(r, other))
		return true;
	return refuse(r, p, "it cannot be combined with %s.", names[other]);
}

static bool
read_window(struct reading *r, enum param start, enum param end,
    int64_t max_days, struct nvd_window *w)
{
	if (!needs(r, start, end) || !needs(r, end, start))
		return false;
	if (!has(r, start))
		return true;
	if (!read_time(r, start, &w->start) || !read_time(r, end, &w->end))
		return false;
	if (w->end < w->start)
		return refuse(r, end, "it is before %s.", names[start]);
	w->end += w->end == 0;
	if (max_days > 0 && w->end - w->start > max_days * DAY_MS)
		return refuse(r, end,
		    "the range is longer than %d consecutive days.",
		    (int)max_days);
	return true;
}

static bool
read_windows(struct reading *r)
{
	struct nvd_question *q = &r->ask->question;

	return read_window(r, PUBLISHED_START, PUBLISHED_END, NVD_WINDOW_DAYS,
		   &q->published) &&
	    read_window(r, MODIFIED_START, MODIFIED_END, NVD_WINDOW_DAYS,
		&q->modified) &&
	    read_window(r, KEV_START, KEV_END, 0, &q->kev);
}

static bool
add_id(struct reading *r, enum param p, struct span id)
{
	struct nvd_question *q = &r->ask->question;
	char *upper = arena_str(r->arena, span_trim(id));
	size_t i;

	for (i = 0; upper[i] != '\0'; i++)
		if (span_is_lower(upper[i]))
			upper[i] = (char)(upper[i] - 'a' + 'A');
	if (!nvd_is_cve(span_of(upper)))
		return refuse(r, p, "an id like CVE-2019-1010218 is expected.");
	if (q->n_ids == NVD_QUERY_IDS_MAX)
		return refuse(r, p, "more than %u ids.", NVD_QUERY_IDS_MAX);
	q->ids[q->n_ids++] = span_of(upper);
	return true;
}

static bool
read_ids(struct reading *r)
{
	struct span rest = r->values[CVE_IDS], id;

	if (!excludes(r, CVE_IDS, CVE_ID))
		return false;
	if (has(r, CVE_ID))
		return add_id(r, CVE_ID, r->values[CVE_ID]);
	while (has(r, CVE_IDS) && span_next(&rest, ',', &id))
		if (!add_id(r, CVE_IDS, id))
			return false;
	return true;
}

static bool
read_statuses(struct reading *r)
{
	struct nvd_question *q = &r->ask->question;
	struct span rest = r->values[STATUSES], status;

	while (has(r, STATUSES) && span_next(&rest, ',', &status)) {
		if (q->n_statuses == NVD_QUERY_STATUS_MAX || status.len == 0 ||
		    span_find(status, ' ') < status.len)
			return refuse(r, STATUSES,
			    "names like UndergoingAnalysis with commas between "
			    "are expected.");
		q->statuses[q->n_statuses++] = status;
	}
	return true;
}

/* --- CVSS --- */

static bool
read_severity(struct reading *r, enum param p, unsigned version)
{
	static const char *const all[] = { "LOW", "MEDIUM", "HIGH", "CRITICAL",
		NULL };
	static const char *const old[] = { "LOW", "MEDIUM", "HIGH", NULL };
	size_t i = 0;

	if (!has(r, p))
		return true;
	if (!read_choice(r, p, version == 2 ? old : all, &i))
		return false;
	r->ask->question.severities = NVD_SEVERITY(version, i);
	return true;
}

/* "AV:N/AC:L": any of a vector's metrics, in any order. */
static bool
is_vector(struct span vector)
{
	struct span part;
	size_t colon;

	while (span_next(&vector, '/', &part)) {
		colon = span_find(part, ':');
		if (colon == 0 || colon + 1 >= part.len || part.len > 16)
			return false;
	}
	return true;
}

static bool
read_metrics(struct reading *r, enum param p, char version)
{
	struct nvd_question *q = &r->ask->question;

	if (!has(r, p))
		return true;
	if (!is_vector(r->values[p]) || r->values[p].len > 512)
		return refuse(r, p, "a CVSS vector is expected.");
	q->vector = r->values[p];
	q->vector_version = version;
	return true;
}

static bool
read_cvss(struct reading *r)
{
	static const enum param pairs[][2] = { { V2_METRICS, V3_METRICS },
		{ V2_METRICS, V4_METRICS }, { V3_METRICS, V4_METRICS },
		{ V2_SEVERITY, V3_SEVERITY }, { V2_SEVERITY, V4_SEVERITY },
		{ V3_SEVERITY, V4_SEVERITY } };
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (!excludes(r, pairs[i][0], pairs[i][1]))
			return false;
	return read_severity(r, V2_SEVERITY, 2) &&
	    read_severity(r, V3_SEVERITY, 3) &&
	    read_severity(r, V4_SEVERITY, 4) &&
	    read_metrics(r, V2_METRICS, '2') &&
	    read_metrics(r, V3_METRICS, '3') &&
	    read_metrics(r, V4_METRICS, '4');
}

/* --- products --- */

/* "cpe:2.3:o:microsoft:windows_10:1607" */
static bool
read_cpe_name(struct reading *r)
{
	struct nvd_pattern *p = &r->ask->pattern;

	if (!needs(r, IS_VULNERABLE, CPE_NAME) ||
	    !excludes(r, IS_VULNERABLE, MATCH_STRING))
		return false;
	if (!has(r, CPE_NAME))
		return true;
	if (!nvd_pattern_parse(p, r->values[CPE_NAME], r->arena) ||
	    !nvd_pattern_has(p, CPE_PART) || !nvd_pattern_has(p, CPE_VENDOR) ||
	    !nvd_pattern_has(p, CPE_PRODUCT) ||
	    !nvd_pattern_has(p, CPE_VERSION))
		return refuse(r, CPE_NAME,
		    "a CPE 2.3 name with part, vendor, product and version is "
		    "expected.");
	r->ask->question.cpe = p;
	return read_flag(r, IS_VULNERABLE, &p->vulnerable_only);
}

static bool
read_bound(
    struct reading *r, enum param p, enum param type, struct nvd_bound *bound)
{
	static const char *const types[] = { "including", "excluding", NULL };
	size_t i = 0;

	if (!needs(r, p, type) || !needs(r, type, p) ||
	    !needs(r, p, MATCH_STRING))
		return false;
	if (!has(r, p))
		return true;
	if (r->values[p].len == 0 || r->values[p].len > 256)
		return refuse(r, p, "a version is expected.");
	if (!read_choice(r, type, types, &i))
		return false;
	bound->version = r->values[p];
	bound->excluding = i == 1;
	return true;
}

/* When both are there only the name is used. */
static bool
read_match_string(struct reading *r)
{
	struct nvd_pattern own = { .is_match_string = true };

	if (!read_bound(r, VERSION_START, VERSION_START_TYPE, &own.start) ||
	    !read_bound(r, VERSION_END, VERSION_END_TYPE, &own.end))
		return false;
	if (!has(r, MATCH_STRING))
		return true;
	if (!nvd_pattern_parse(&own, r->values[MATCH_STRING], r->arena))
		return refuse(
		    r, MATCH_STRING, "a CPE 2.3 match string is expected.");
	if ((has(r, VERSION_START) || has(r, VERSION_END)) &&
	    !nvd_pattern_is_any(&own, CPE_VERSION))
		return refuse(r, MATCH_STRING,
		    "it cannot have a version beside versionStart and "
		    "versionEnd.");
	if (has(r, CPE_NAME))
		return true;
	r->ask->pattern = own;
	r->ask->question.cpe = &r->ask->pattern;
	return true;
}

/* --- the rest --- */

static bool
is_weakness(struct span id)
{
	uint64_t number;

	return span_is_nocase(id, "NVD-CWE-Other") ||
	    span_is_nocase(id, "NVD-CWE-noinfo") ||
	    (span_is_nocase(span_first(id, 4), "CWE-") &&
		parse_uint(span_from(id, 4), UINT32_MAX, &number));
}

/* The commonest words of English and single letters are not looked for. */
static bool
has_words(struct span keywords)
{
	struct buf words = { 0 };
	bool has_any;

	words_query(&words, keywords);
	has_any = words.len > 0;
	buf_cleanup(&words);
	return has_any;
}

static bool
read_words(struct reading *r)
{
	struct nvd_question *q = &r->ask->question;

	if (!needs(r, KEYWORD_EXACT, KEYWORDS) ||
	    !read_flag(r, KEYWORD_EXACT, &q->phrase))
		return false;
	if (has(r, KEYWORDS)) {
		q->keywords = span_trim(r->values[KEYWORDS]);
		if (q->keywords.len > 512 || !has_words(q->keywords))
			return refuse(r, KEYWORDS,
			    "a word of two letters, or a less common one, is "
			    "expected.");
	}
	if (has(r, CWE_ID)) {
		q->cwe = r->values[CWE_ID];
		if (!is_weakness(q->cwe))
			return refuse(
			    r, CWE_ID, "an id like CWE-287 is expected.");
	}
	if (has(r, SOURCE_IDENTIFIER)) {
		q->assigner = r->values[SOURCE_IDENTIFIER];
		if (q->assigner.len == 0)
			return refuse(r, SOURCE_IDENTIFIER,
			    "an identifier like cve@mitre.org is expected.");
	}
	return true;
}

static bool
read_tag(struct reading *r)
{
	static const char *const tags[] = { "disputed",
		"unsupported-when-assigned", "exclusively-hosted-service",
		NULL };
	size_t i = 0;

	if (!has(r, CVE_TAG))
		return true;
	if (!read_choice(r, CVE_TAG, tags, &i))
		return false;
	r->ask->question.tag = 1u << i;
	return true;
}

static bool
read_flags(struct reading *r)
{
	struct nvd_question *q = &r->ask->question;

	return read_flag(r, HAS_KEV, &q->has_kev) &&
	    read_flag(r, HAS_CERT_ALERTS, &q->has_cert_alerts) &&
	    read_flag(r, HAS_CERT_NOTES, &q->has_cert_notes) &&
	    read_flag(r, HAS_OVAL, &q->has_oval) &&
	    read_flag(r, NO_REJECTED, &q->no_rejected);
}

/* Clients know this one by NVD's words, and ask again for as many. */
static bool
read_page(struct reading *r)
{
	uint64_t n = 0;

	if (parse_uint(r->values[PER_PAGE], UINT32_MAX, &n) &&
	    n > NVD_PAGE_RECORDS) {
		snprintf(r->ask->message, NVD_MESSAGE_SIZE,
		    "%s parameter cannot exceed 2000.", names[PER_PAGE]);
		return false;
	}
	return read_uint(r, PER_PAGE, 1, NVD_PAGE_RECORDS, &r->ask->n) &&
	    read_uint(r, START_INDEX, 0, INT32_MAX, &r->ask->start);
}

/* What was asked for, in the order of our table. */
static void
make_key(struct reading *r)
{
	struct buf b = { 0 };
	int p;

	for (p = 0; p < N_PARAMS; p++) {
		if (p == PER_PAGE || p == START_INDEX ||
		    r->values[p].ptr == NULL)
			continue;
		buf_printf(&b, "%s=", names[p]);
		buf_add_span(&b, r->values[p]);
		buf_add_char(&b, '\n');
	}
	r->ask->key = arena_span(r->arena, buf_span(&b));
	buf_cleanup(&b);
}

/* Each at most once; names as the API takes them, whatever the case. */
static bool
take_params(struct reading *r, const struct request_param *params, size_t n)
{
	size_t i;
	int p;

	for (i = 0; i < n; i++) {
		for (p = 0; p < N_PARAMS; p++)
			if (span_is_nocase(params[i].name, names[p]))
				break;
		if (p == N_PARAMS) {
			snprintf(r->ask->message, NVD_MESSAGE_SIZE,
			    "Invalid parameter: there is none of that name.");
			return false;
		}
		if (has(r, (enum param)p))
			return refuse(r, (enum param)p, "it is there twice.");
		r->values[p] = params[i].value.ptr == NULL ? SPAN_LIT("")
							   : params[i].value;
	}
	return true;
}

bool
nvd_ask_read(struct nvd_ask *a, const struct request_param *params, size_t n,
    struct arena *arena)
{
	struct reading r = { .ask = a, .arena = arena };

	*a = (struct nvd_ask){ .n = NVD_PAGE_RECORDS };
	if (!take_params(&r, params, n) || !read_page(&r) || !read_ids(&r) ||
	    !read_statuses(&r) || !read_cvss(&r) || !read_windows(&r) ||
	    !read_match_string(&r) || !read_cpe_name(&r) || !read_words(&r) ||
	    !read_tag(&r) || !read_flags(&r))
		return false;
	make_key(&r);
	return true;
}
