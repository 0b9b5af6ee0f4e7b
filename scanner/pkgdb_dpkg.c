/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "scanner/pkgdb_dpkg.h"

enum field {
	FIELD_OTHER = 0,
	FIELD_PACKAGE,
	FIELD_STATUS,
	FIELD_ARCHITECTURE,
	FIELD_VERSION,
	FIELD_SOURCE,
	N_FIELDS,
};

static const char *const field_names[N_FIELDS] = {
	[FIELD_PACKAGE] = "Package",
	[FIELD_STATUS] = "Status",
	[FIELD_ARCHITECTURE] = "Architecture",
	[FIELD_VERSION] = "Version",
	[FIELD_SOURCE] = "Source",
};

struct stanza {
	struct span fields[N_FIELDS]; /* ptr NULL: not there */
	bool any;                     /* of whatever name */
};

struct parse {
	struct dpkg_reader *reader;
	enum dpkg_layout layout;
	struct stanza stanza;
	enum field last; /* what a continuation line continues */
};

static enum field
field_of(struct span name)
{
	enum field f;

	for (f = FIELD_OTHER + 1; f < N_FIELDS; f++)
		if (span_is_nocase(name, field_names[f]))
			return f;
	return FIELD_OTHER;
}

/*
 * The states that dpkg knows; installed: the package's files are there. Of one
 * that is half-installed some may be, and apt and OpenSCAP count it.
 */
static const struct state {
	const char *name;
	bool installed;
} states[] = {
	{ "installed", true },
	{ "unpacked", true },
	{ "half-configured", true },
	{ "triggers-awaited", true },
	{ "triggers-pending", true },
	{ "half-installed", true },
	{ "config-files", false },
	{ "not-installed", false },
};

/* "<want> <flag> <state>". */
static int
status_read(struct span status, bool *installed, struct err *e)
{
	struct span rest = status;
	struct span word = SPAN_NONE;
	size_t i;

	for (i = 0; i < 3; i++)
		if (!span_next(&rest, ' ', &word) || word.len == 0)
			break;
	if (i < 3 || rest.ptr != NULL)
		return err_set(e, ERR_FORMAT, "Status is not three words");
	for (i = 0; i < sizeof(states) / sizeof(*states); i++) {
		if (!span_is(word, states[i].name))
			continue;
		*installed = states[i].installed;
		return 0;
	}
	return err_set(e, ERR_FORMAT, "Status has an unknown state");
}

static bool
valid_version(struct span v)
{
	size_t i;

	for (i = 0; i < v.len; i++)
		if (v.ptr[i] <= ' ' || v.ptr[i] > '~')
			return false;
	return v.len > 0;
}

/* Cuts a version at its first ':' and its last '-' (deb-version(7)). */
int
dpkg_version_read(
    struct span text, struct arena *a, struct package *p, struct err *e)
{
	size_t colon = span_find(text, ':');
	uint64_t epoch;
	struct buf evr = { 0 };

	if (!valid_version(text) ||
	    (colon < text.len &&
		!parse_uint(span_first(text, colon), INT32_MAX, &epoch)))
		return err_set(e, ERR_FORMAT, "Version is not a version");
	if (colon == text.len)
		buf_add_str(&evr, "0:");
	buf_add_span(&evr, text);
	p->evr = arena_span(a, buf_span(&evr));
	buf_cleanup(&evr);

	p->full_version = span_from(p->evr, p->evr.len - text.len);
	if (colon < text.len)
		p->epoch = span_first(p->full_version, colon);
	p->version = span_from(p->evr, span_find(p->evr, ':') + 1);
	p->release = span_from(p->version, span_rfind(p->version, '-') + 1);
	if (p->release.len > 0)
		p->version.len -= p->release.len + 1;
	return 0;
}

/* "name" or "name (version)". */
static void
source_read(struct span text, struct arena *a, struct package *p)
{
	size_t open = span_find(text, '(');
	struct span version = span_from(text, open + 1);

	if (text.len == 0) {
		p->source = p->name;
		return;
	}
	p->source = arena_span(a, span_trim(span_first(text, open)));
	version = span_first(version, span_find(version, ')'));
	p->source_version = arena_span(a, span_trim(version));
}

static int
add(struct parse *q, struct package *p, struct err *e)
{
	struct dpkg_reader *r = q->reader;
	struct buf key = { 0 };
	uint32_t at;
	bool is_new;
	int rc = 0;

	buf_printf(&key, "%.*s\n%.*s", SPAN_ARG(p->name), SPAN_ARG(p->arch));
	is_new = map_add(
	    &r->seen, buf_span(&key), (uint32_t)r->list->n_packages, &at);
	buf_cleanup(&key);
	/*
	 * As dpkg: the last stanza of the status file holds. Of a stanza in
	 * status.d nobody knows which is older: another version is there, too.
	 */
	if (!is_new && q->layout == DPKG_STATUS)
		r->list->packages[at] = *p;
	else if (is_new || !span_eq(r->list->packages[at].evr, p->evr))
		rc = package_list_add(r->list, p, e);
	return rc;
}

static int
stanza_check(const struct parse *q, bool *installed, struct err *e)
{
	const struct stanza *s = &q->stanza;

	if (s->fields[FIELD_PACKAGE].len == 0)
		return err_set(e, ERR_FORMAT, "a stanza without a Package");
	*installed = q->layout == DPKG_STATUS_D;
	if (s->fields[FIELD_STATUS].ptr != NULL &&
	    status_read(s->fields[FIELD_STATUS], installed, e) != 0)
		return -1;
	if (s->fields[FIELD_STATUS].ptr == NULL && q->layout == DPKG_STATUS)
		return err_set(e, ERR_FORMAT, "a stanza without a Status");
	if (*installed && s->fields[FIELD_VERSION].len == 0)
		return err_set(
		    e, ERR_FORMAT, "an installed package without a Version");
	return 0;
}

static int
stanza_end(struct parse *q, struct err *e)
{
	const struct span *fields = q->stanza.fields;
	struct arena *a = q->reader->list->arena;
	struct package p = { .kind = PACKAGE_DPKG };
	bool installed = false;

	if (!q->stanza.any)
		return 0;
	if (stanza_check(q, &installed, e) != 0)
		return -1;
	if (installed) {
		/* As dpkg: names are in lower case, however written. */
		p.name = arena_lower(a, fields[FIELD_PACKAGE]);
		p.arch = arena_span(a, fields[FIELD_ARCHITECTURE]);
		if (dpkg_version_read(fields[FIELD_VERSION], a, &p, e) != 0)
			return -1;
		source_read(fields[FIELD_SOURCE], a, &p);
		if (add(q, &p, e) != 0)
			return -1;
	}
	q->stanza = (struct stanza){ 0 };
	return 0;
}

static bool
valid_name(struct span name)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		if (name.ptr[i] <= ' ' || name.ptr[i] > '~')
			return false;
	return name.len > 0 && name.ptr[0] != '-' && name.ptr[0] != '#';
}

static int
field_read(struct parse *q, struct span line, struct err *e)
{
	size_t colon = span_find(line, ':');
	struct span name = span_first(line, colon);
	enum field f;

	if (colon == line.len || !valid_name(name))
		return err_set(e, ERR_FORMAT, "not a field of a package");
	f = field_of(name);
	if (f != FIELD_OTHER) {
		if (q->stanza.fields[f].ptr != NULL)
			return err_set(
			    e, ERR_FORMAT, "a second %s", field_names[f]);
		q->stanza.fields[f] = span_trim(span_from(line, colon + 1));
		if (q->stanza.fields[f].ptr == NULL)
			q->stanza.fields[f] = SPAN_LIT("");
	}
	q->stanza.any = true;
	q->last = f;
	return 0;
}

static int
line_read(struct parse *q, struct span line, struct err *e)
{
	if (span_find(line, '\0') < line.len)
		return err_set(e, ERR_FORMAT, "binary data");
	if (line.len == 0)
		return stanza_end(q, e);
	if (line.ptr[0] != ' ' && line.ptr[0] != '\t')
		return field_read(q, line, e);
	if (!q->stanza.any || q->last != FIELD_OTHER)
		return err_set(
		    e, ERR_FORMAT, "continues something that has one line");
	return 0;
}

/* *n: lines before it, and then with it. */
static int
part_read(struct parse *q, struct span rest, unsigned long *n, struct err *e)
{
	struct span line;

	while (span_next(&rest, '\n', &line)) {
		++*n;
		/* dpkg ends every line; one that is not ended was cut. */
		if (rest.ptr == NULL && q->layout == DPKG_STATUS &&
		    line.len > 0)
			return err_set(e, ERR_FORMAT,
			    "ends early, in the middle of line %lu", *n);
		if (line_read(q, line, e) != 0)
			return err_context(e, "line %lu", *n);
	}
	if (stanza_end(q, e) != 0)
		return err_context(e, "line %lu", *n);
	/* What is behind the last line's end is none. */
	--*n;
	return 0;
}

int
dpkg_read(struct dpkg_reader *r, struct span text, enum dpkg_layout layout,
    struct err *e)
{
	struct parse q = { .reader = r, .layout = layout };
	unsigned long n = 0;
	struct span part;
	int rc;

	while ((rc = package_list_part(r->list, &text, &part, e)) == 1)
		if (part_read(&q, part, &n, e) != 0)
			return -1;
	return rc == 0 ? 0 : err_context(e, "line %lu", n + 1);
}

void
dpkg_reader_cleanup(struct dpkg_reader *r)
{
	map_cleanup(&r->seen);
}
