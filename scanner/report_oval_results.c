/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/stream.h"
#include "scanner/result_tree.h"
#include "scanner/report.h"
#include "scanner/report_oval.h"

#define DECLARATION_MAX 1024u /* bytes of an XML declaration */
#define INDENT_DEFINITION 8u
#define INDENT_TESTED 10u

void
oval_report_attr(struct oval_report *r, const char *name, struct span value)
{
	out_printf(r->out, " %s=\"", name);
	out_xml(r->out, value);
	out_char(r->out, '"');
}

static void
attr(struct oval_report *r, const char *name, const char *value)
{
	oval_report_attr(r, name, span_of(value));
}

static void
attr_uint(struct oval_report *r, const char *name, uint64_t value)
{
	out_printf(r->out, " %s=\"%llu\"", name, (unsigned long long)value);
}

void
oval_report_generator(struct oval_report *r, const char *indent)
{
	char text[CLOCK_TEXT_SIZE];

	out_printf(r->out,
	    "%s<oval:product_name>scapcache</oval:product_name>\n"
	    "%s<oval:product_version>" SCAPCACHE_VERSION
	    "</oval:product_version>\n"
	    "%s<oval:schema_version>" OVAL_SCHEMA_VERSION
	    "</oval:schema_version>\n"
	    "%s<oval:timestamp>%s</oval:timestamp>\n",
	    indent, indent, indent, indent, clock_text(clock_now(), text));
}

static void
oval_report_indent(struct oval_report *r, size_t n)
{
	while (n-- > 0)
		out_char(r->out, ' ');
}

void
oval_report_variable(struct oval_report *r, const char *element, size_t indent,
    struct span id, struct span value)
{
	oval_report_indent(r, indent);
	out_printf(r->out, "<%s", element);
	oval_report_attr(r, "variable_id", id);
	out_char(r->out, '>');
	out_xml(r->out, value);
	out_printf(r->out, "</%s>\n", element);
}

static void
write_head(struct oval_report *r)
{
	static const char *const directives[] = { "true", "false", "unknown",
		"error", "not_evaluated", "not_applicable" };
	size_t i;

	out_str(r->out,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
	    "<oval_results"
	    " xmlns=\"http://oval.mitre.org/XMLSchema/oval-results-5\""
	    " xmlns:oval=\"" OVAL_COMMON_NS "\">\n"
	    "  <generator>\n");
	oval_report_generator(r, "    ");
	out_str(r->out,
	    "  </generator>\n"
	    "  <directives include_source_definitions=\"true\">\n");
	for (i = 0; i < sizeof(directives) / sizeof(*directives); i++)
		out_printf(r->out,
		    "    <definition_%s reported=\"true\" content=\"full\"/>\n",
		    directives[i]);
	out_str(r->out, "  </directives>\n");
}

/*
 * How much of the document's start is its XML declaration, which may stand
 * nowhere but at the start of the report; -1 while more bytes are needed.
 */
static ptrdiff_t
declaration_size(struct span head)
{
	struct span s = head;
	size_t i;

	if (head.len < sizeof("\xef\xbb\xbf<?xml "))
		return -1;
	if (span_has_prefix(s, "\xef\xbb\xbf"))
		s = span_from(s, 3);
	if (!span_has_prefix(s, "<?xml") || !span_is_space(s.ptr[5]))
		return s.ptr - head.ptr;
	for (i = 0; i + 1 < s.len; i++)
		if (s.ptr[i] == '?' && s.ptr[i + 1] == '>')
			return s.ptr + i + 2 - head.ptr;
	return -1;
}

static int
copy_stream(struct oval_report *r, struct stream *in, struct err *e)
{
	struct buf head = { 0 };
	ptrdiff_t skip = -1;
	struct span bytes;
	int rc;

	while ((rc = stream_next(in, &bytes, e)) == 1) {
		if (skip >= 0) {
			out_span(r->out, bytes);
			continue;
		}
		buf_add_span(&head, bytes);
		skip = declaration_size(buf_span(&head));
		if (skip >= 0)
			out_span(
			    r->out, span_from(buf_span(&head), (size_t)skip));
		else if (head.len > DECLARATION_MAX)
			break;
	}
	buf_cleanup(&head);
	if (rc == 0 && skip >= 0)
		return 0;
	return rc < 0 ? -1
		      : err_set(e, ERR_FORMAT,
			    "the stored document does not start as XML");
}

/* The exact bytes of the document that was evaluated. */
static int
write_source(struct oval_report *r, int fd, struct err *e)
{
	struct stream *in = NULL;
	int rc;

	if (stream_open_fd(&in, fd, NULL, e) != 0)
		return -1;
	rc = copy_stream(r, in, e);
	stream_close(in);
	out_char(r->out, '\n');
	return rc;
}

/* What all three kinds of criteria end with. */
static void
write_node_end(struct oval_report *r, const struct result_node *c)
{
	if (c->node->applicability_check)
		attr(r, "applicability_check", "true");
	if (c->node->negate)
		attr(r, "negate", "true");
	attr(r, "result", result_name(c->result));
	out_str(r->out, c->child == NULL ? "/>\n" : ">\n");
}

static int
write_leaf(struct oval_report *r, const struct result_node *c, struct err *e)
{
	uint32_t ord = c->node->ref.ord;
	const struct oval_definition *d;
	const struct oval_test *t;

	if (c->node->type == OVAL_NODE_EXTEND) {
		d = machine_definition(r->machine, ord, e);
		if (d == NULL)
			return -1;
		out_str(r->out, "<extend_definition");
		oval_report_attr(r, "definition_ref", d->id);
		attr_uint(r, "version", d->version);
	} else {
		t = machine_test(r->machine, ord, e);
		if (t == NULL)
			return -1;
		out_str(r->out, "<criterion");
		oval_report_attr(r, "test_ref", t->id);
		attr_uint(r, "version", t->version);
	}
	write_node_end(r, c);
	return 0;
}

static int
write_criteria(struct oval_report *r, const struct result_node *c, size_t depth,
    struct err *e)
{
	const struct result_node *child;

	oval_report_indent(r, depth);
	if (c->node->type != OVAL_NODE_CRITERIA)
		return write_leaf(r, c, e);
	out_str(r->out, "<criteria");
	attr(r, "operator", oval_operator_name(c->node->op));
	write_node_end(r, c);
	for (child = c->child; child != NULL; child = child->next)
		if (write_criteria(r, child, depth + 2, e) != 0)
			return -1;
	oval_report_indent(r, depth);
	out_str(r->out, "</criteria>\n");
	return 0;
}

static int
write_definition(
    struct oval_report *r, struct arena *a, uint32_t ord, struct err *e)
{
	const struct oval_definition *d =
	    machine_definition(r->machine, ord, e);
	struct result_node *root;

	arena_reset(a);
	if (d == NULL || result_tree_build(&root, a, r->evaluation, d, e) != 0)
		return -1;
	oval_report_indent(r, INDENT_DEFINITION);
	out_str(r->out, "<definition");
	oval_report_attr(r, "definition_id", d->id);
	attr_uint(r, "version", d->version);
	if (d->class != OVAL_CLASS_NONE)
		attr(r, "class", oval_class_name(d->class));
	attr(r, "result",
	    result_name(evaluation_definition(r->evaluation, ord)));
	if (root == NULL) {
		out_str(r->out, "/>\n");
		return 0;
	}
	out_str(r->out, ">\n");
	if (write_criteria(r, root, INDENT_DEFINITION + 2, e) != 0)
		return -1;
	oval_report_indent(r, INDENT_DEFINITION);
	out_str(r->out, "</definition>\n");
	return 0;
}

static int
write_definitions(struct oval_report *r, struct err *e)
{
	struct arena a = { 0 };
	int rc = 0;
	size_t i;

	if (r->definitions.n == 0)
		return 0;
	out_str(r->out, "      <definitions>\n");
	for (i = 0; rc == 0 && i < r->definitions.n; i++)
		rc = write_definition(r, &a, r->definitions.ords[i], e);
	out_str(r->out, "      </definitions>\n");
	arena_cleanup(&a);
	return rc;
}

static int
write_tested_items(struct oval_report *r, uint32_t ord,
    const struct collected *c, struct err *e)
{
	size_t i;

	for (i = 0; i < c->n_items; i++) {
		enum result result =
		    evaluation_item(r->evaluation, ord, c->items[i], e);

		if (result == RESULT_NONE)
			return -1;
		out_printf(r->out,
		    "          <tested_item item_id=\"%u\" result=\"%s\"/>\n",
		    oval_report_item(r, c->items[i]), result_name(result));
	}
	return 0;
}

static int
write_variable_values(struct oval_report *r, uint32_t variable, struct err *e)
{
	const struct oval_variable *v =
	    machine_variable(r->machine, variable, e);
	const struct span *values;
	size_t n;
	size_t i;

	if (v == NULL)
		return -1;
	evaluation_variable(r->evaluation, variable, &values, &n);
	for (i = 0; i < n; i++)
		oval_report_variable(
		    r, "tested_variable", INDENT_TESTED, v->id, values[i]);
	return 0;
}

/* Values that the object used, then those that the states used. */
static int
write_tested_variables(struct oval_report *r, const struct oval_test *t,
    const struct collected *c, struct err *e)
{
	size_t i, k;

	for (i = 0; c != NULL && i < c->n_values; i++) {
		const struct oval_variable *v =
		    machine_variable(r->machine, c->values[i].variable, e);

		if (v == NULL)
			return -1;
		oval_report_variable(r, "tested_variable", INDENT_TESTED, v->id,
		    c->values[i].value);
	}
	for (i = 0; i < t->n_states; i++) {
		const struct oval_state *st =
		    machine_state(r->machine, t->states[i].ord, e);

		if (st == NULL)
			return -1;
		for (k = 0; k < st->n_entities; k++)
			if (st->entities[k].has_var &&
			    write_variable_values(
				r, st->entities[k].var.ord, e) != 0)
				return -1;
	}
	return 0;
}

static int
write_test(struct oval_report *r, uint32_t ord, struct err *e)
{
	const struct oval_test *t = machine_test(r->machine, ord, e);
	const struct collected *c = NULL;

	if (t == NULL)
		return -1;
	if (t->object.ord != OVAL_ORD_NONE) {
		c = evaluation_object(r->evaluation, t->object.ord, e);
		if (c == NULL)
			return -1;
	}
	out_str(r->out, "        <test");
	oval_report_attr(r, "test_id", t->id);
	attr_uint(r, "version", t->version);
	attr(r, "check_existence", oval_existence_name(t->existence));
	attr(r, "check", oval_check_name(t->check));
	attr(r, "state_operator", oval_operator_name(t->state_operator));
	attr(r, "result", result_name(evaluation_test(r->evaluation, ord)));
	out_str(r->out, ">\n");
	if ((c != NULL && write_tested_items(r, ord, c, e) != 0) ||
	    write_tested_variables(r, t, c, e) != 0)
		return -1;
	out_str(r->out, "        </test>\n");
	return 0;
}

static int
write_tests(struct oval_report *r, struct err *e)
{
	size_t i;

	if (r->tests.n == 0)
		return 0;
	out_str(r->out, "      <tests>\n");
	for (i = 0; i < r->tests.n; i++)
		if (write_test(r, r->tests.ords[i], e) != 0)
			return -1;
	out_str(r->out, "      </tests>\n");
	return 0;
}

static int
write_all(struct oval_report *r, int source_fd, struct err *e)
{
	if (oval_report_gather(r, e) != 0)
		return -1;
	write_head(r);
	if (write_source(r, source_fd, e) != 0)
		return -1;
	out_str(r->out, "  <results>\n    <system>\n");
	if (write_definitions(r, e) != 0 || write_tests(r, e) != 0 ||
	    oval_report_system(r, e) != 0)
		return -1;
	out_str(r->out, "    </system>\n  </results>\n</oval_results>\n");
	return 0;
}

int
report_oval_results(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e)
{
	struct oval_report r = { .scan = s,
		.machine = s->documents[0].machine,
		.evaluation = s->documents[0].evaluation,
		.out = out };
	int rc = write_all(&r, options->source_fd, e);

	oval_report_cleanup(&r);
	return rc;
}
