/* SPDX-License-Identifier: Apache-2.0 */
/* The documents of a generation: what its index was made from. */
#include "server/api_impl.h"

static void
json_document(
    struct json_out *j, const struct index_family *f, const struct document *d)
{
	json_object(j, NULL);
	json_span(j, "name", d->name);
	json_span(j, "family", f->name);
	json_span(j, "format", d->format);
	json_span(j, "source", d->source);
	json_span(j, "distribution", d->distribution);
	json_span(j, "release", d->release);
	json_span(j, "flavour", d->flavour);
	json_span(j, "published", d->published);
	json_uint(j, "records", d->n_records);
	json_uint(j, "missing_tests", d->n_missing);
	json_span(j, "path", d->path);
	json_span(j, "sha256", d->sha256);
	json_uint(j, "size_bytes", d->size_bytes);
	json_object_end(j);
}

static void
json_documents(struct json_out *j, const struct index_reader *r)
{
	size_t i, k;

	json_array(j, "documents");
	for (i = 0; i < r->n_families; i++)
		for (k = 0; k < r->families[i].n_documents; k++)
			json_document(
			    j, &r->families[i], &r->families[i].documents[k]);
	json_array_end(j);
}

static const char *const names[] = { "as_of", "as-of", "generation", NULL };

int
api_get_documents(struct request *q, struct response *s, struct err *e)
{
	struct api_index x;
	struct json_out j;

	if (!api_params(q, s, names))
		return 0;
	if (api_index_open(q, &x, e) != 0)
		return -1;
	response_json(s, &j);
	json_object(&j, NULL);
	json_uint(&j, "generation", x.generation);
	json_documents(&j, x.reader);
	json_object_end(&j);
	out_char(&s->out, '\n');
	api_index_answer(q, s, &x);
	return 0;
}

int
api_get_document(struct request *q, struct response *s, struct err *e)
{
	const struct index_family *family = NULL;
	const struct document *d;
	struct api_index x;
	struct json_out j;

	if (!api_params(q, s, names))
		return 0;
	if (api_index_open(q, &x, e) != 0)
		return -1;
	d = index_find(x.reader, q->captures[0], &family);
	if (d == NULL)
		return problem(s, 404, "not-found",
		    "there is no document %.*s: /v1/documents names them",
		    SPAN_ARG(span_first(q->captures[0], 200)));
	response_json(s, &j);
	json_document(&j, family, d);
	out_char(&s->out, '\n');
	api_index_answer(q, s, &x);
	return 0;
}
