/* SPDX-License-Identifier: Apache-2.0 */
/*
 * changes.csv and deletions.csv under their own paths, with times that suit a
 * mirror. Upstream's own bytes are under /content/ and /mirror/.
 */
#include "server/changes_csv.h"
#include "server/served.h"

#define CHANGES_SIZE_MAX ((size_t)64 * 1024 * 1024) /* bytes of a list */

/* A list that is not kept any more makes its rows as young as the next one. */
static int
mark_past(struct request *q, struct changes_csv *c, const struct view_file *f,
    struct span text, struct err *e)
{
	const struct view *v = q->view;
	struct err why = { 0 };
	struct buf old = { 0 };
	size_t i;
	int rc = 0;

	for (i = 0; i < v->n_past && rc == 0; i++) {
		const struct view_past *p = &v->past[i];

		if (!span_eq(p->path, f->path))
			continue;
		if (digest_eq(&p->sha256, &f->sha256)) {
			changes_csv_mark(c, text, p->since);
			break;
		}
		buf_reset(&old);
		if (served_read(q, &p->sha256, CHANGES_SIZE_MAX, &old, &why) ==
		    0)
			changes_csv_mark(c, buf_span(&old), p->since);
		else if (why.code != ERR_NETWORK) {
			*e = why;
			rc = -1;
		}
	}
	buf_cleanup(&old);
	return rc;
}

/* Equal wherever the same lists were published at the same times. */
static struct span
etag(struct request *q, const struct view_file *f)
{
	struct digest_ctx *c = digest_new();
	const struct view *v = q->view;
	char hex[DIGEST_HEX_SIZE];
	struct digest d;
	size_t i;

	digest_update(c, f->sha256.bytes, DIGEST_SIZE);
	for (i = 0; i < v->n_past; i++)
		if (span_eq(v->past[i].path, f->path)) {
			digest_update(c, v->past[i].sha256.bytes, DIGEST_SIZE);
			digest_update(
			    c, &v->past[i].since, sizeof(v->past[i].since));
		}
	digest_final(c, &d);
	digest_free(c);
	return arena_span(&q->arena, span_of(digest_hex(&d, hex)));
}

static int64_t
published(const struct view *v, const struct view_file *f)
{
	size_t i;

	for (i = 0; i < v->n_past; i++)
		if (span_eq(v->past[i].path, f->path) &&
		    digest_eq(&v->past[i].sha256, &f->sha256))
			return v->past[i].since;
	return f->fetched;
}

int
served_changes(struct request *q, struct response *s, struct err *e)
{
	const struct view_file *f = view_find_tail(q->view, q->path);
	struct changes_csv c = { 0 };
	struct buf text = { 0 };
	int rc = -1;

	if (f == NULL)
		return served_missing(q, s);
	if (served_read(q, &f->sha256, CHANGES_SIZE_MAX, &text, e) != 0)
		goto out;
	changes_csv_read(&c, buf_span(&text));
	if (mark_past(q, &c, f, buf_span(&text), e) != 0)
		goto out;
	changes_csv_write(&c, &s->out);
	s->type = "text/csv";
	s->etag = etag(q, f);
	s->modified_at = published(q->view, f);
	rc = 0;
out:
	changes_csv_cleanup(&c);
	buf_cleanup(&text);
	return rc;
}
