/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "scanner/pkgdb_apk.h"

/* Keys are one letter, and its case counts: P is a name, p what it provides. */
#define KEY_NAME 'P'
#define KEY_VERSION 'V'
#define KEY_ARCH 'A'
#define KEY_ORIGIN 'o'

struct record {
	struct span name;
	struct span version;
	struct span arch;
	struct span origin;
	bool any; /* of whatever key */
};

struct parse {
	struct apk_reader *reader;
	struct record record;
};

/* A name or a version: nothing that a terminal or a list could take amiss. */
static bool
valid_word(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] <= ' ' || s.ptr[i] == 0x7f)
			return false;
	return s.len > 0;
}

/* "1.2.3-r4": apk has neither epochs nor any other revision. */
void
apk_version_read(struct span text, struct arena *a, struct package *p)
{
	size_t dash = span_rfind(text, '-');

	p->full_version = arena_span(a, text);
	p->evr = p->full_version;
	p->version = span_first(p->full_version, dash);
	p->release = span_from(p->full_version, dash + 1);
	p->source_version = p->full_version;
}

static int
record_add(struct apk_reader *r, const struct record *rec, struct err *e)
{
	struct arena *a = r->list->arena;
	struct package p = { .kind = PACKAGE_APK };
	struct buf key = { 0 };
	bool is_new;

	buf_printf(&key, "%.*s\n%.*s\n%.*s", SPAN_ARG(rec->name),
	    SPAN_ARG(rec->version), SPAN_ARG(rec->arch));
	is_new = map_add(&r->seen, buf_span(&key), 0, NULL);
	buf_cleanup(&key);
	if (!is_new)
		return 0;
	p.name = arena_span(a, rec->name);
	p.arch = arena_span(a, rec->arch);
	p.source = rec->origin.len > 0 ? arena_span(a, rec->origin) : p.name;
	apk_version_read(rec->version, a, &p);
	return package_list_add(r->list, &p, e);
}

static int
record_end(struct parse *q, struct err *e)
{
	const struct record *rec = &q->record;

	if (!rec->any)
		return 0;
	if (!valid_word(rec->name))
		return err_set(e, ERR_FORMAT, "a package without a name");
	if (!valid_word(rec->version))
		return err_set(e, ERR_FORMAT, "a package without a version");
	if (record_add(q->reader, rec, e) != 0)
		return -1;
	q->record = (struct record){ 0 };
	return 0;
}

static int
line_read(struct parse *q, struct span line, struct err *e)
{
	struct record *rec = &q->record;
	struct span *field = NULL;

	if (line.len == 0)
		return record_end(q, e);
	if (line.len < 2 || line.ptr[1] != ':' || !span_is_alpha(*line.ptr))
		return err_set(e, ERR_FORMAT, "not a field of a package");
	rec->any = true;
	switch (*line.ptr) {
	case KEY_NAME:
		field = &rec->name;
		break;
	case KEY_VERSION:
		field = &rec->version;
		break;
	case KEY_ARCH:
		field = &rec->arch;
		break;
	case KEY_ORIGIN:
		field = &rec->origin;
		break;
	default:
		return 0;
	}
	if (field->ptr != NULL)
		return err_set(e, ERR_FORMAT, "a second %c:", *line.ptr);
	*field = span_from(line, 2);
	return 0;
}

/* *n: lines before it, and then with it. */
static int
part_read(struct parse *q, struct span rest, unsigned long *n, struct err *e)
{
	struct span line;

	while (span_next(&rest, '\n', &line)) {
		++*n;
		/* apk ends every line; one that is not ended was cut. */
		if (rest.ptr == NULL && line.len > 0)
			return err_set(e, ERR_FORMAT,
			    "ends early, in the middle of line %lu", *n);
		/* And a blank line ends every package. */
		if (rest.ptr == NULL && q->record.any)
			return err_set(e, ERR_FORMAT,
			    "ends early, in the middle of a package in line "
			    "%lu",
			    *n);
		if (line_read(q, line, e) != 0)
			return err_context(e, "line %lu", *n);
	}
	/* What is behind the last line's end is none. */
	--*n;
	return 0;
}

int
apk_read(struct apk_reader *r, struct span text, struct err *e)
{
	struct parse q = { .reader = r };
	unsigned long n = 0;
	struct span part;
	int rc;

	while ((rc = package_list_part(r->list, &text, &part, e)) == 1)
		if (part_read(&q, part, &n, e) != 0)
			return -1;
	return rc == 0 ? 0 : err_context(e, "line %lu", n + 1);
}

void
apk_reader_cleanup(struct apk_reader *r)
{
	map_cleanup(&r->seen);
}
