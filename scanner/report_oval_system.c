/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "scanner/report_oval.h"

#define SC_NS "http://oval.mitre.org/XMLSchema/oval-system-characteristics-5"

#define INDENT_REFERENCE 12u

/* The platform schema that an item belongs to. */
static const char *
item_namespace(enum oval_kind kind)
{
	switch (kind) {
	case OVAL_KIND_DPKGINFO:
	case OVAL_KIND_RPMINFO:
	case OVAL_KIND_RPMVERIFYFILE:
		return SC_NS "#linux";
	case OVAL_KIND_UNAME:
	case OVAL_KIND_FILE:
		return SC_NS "#unix";
	default:
		return SC_NS "#independent";
	}
}

static const char *
item_element(enum oval_kind kind)
{
	return kind == OVAL_KIND_TEXTFILECONTENT54 ? "textfilecontent"
						   : oval_kind_name(kind);
}

static void
write_text(struct oval_report *r, const char *element, struct span text)
{
	out_printf(r->out, "          <%s>", element);
	out_xml(r->out, text.len > 0 ? text : SPAN_LIT("unknown"));
	out_printf(r->out, "</%s>\n", element);
}

/*
 * The image is named by digest: the same image gives the same bytes wherever
 * it was read from.
 */
static void
write_system_info(struct oval_report *r)
{
	const struct facts *f = r->scan->facts;
	char hex[DIGEST_HEX_SIZE];
	struct buf name = { 0 };

	if (f->image_digest.len > 0)
		buf_printf(&name, "image@%.*s", SPAN_ARG(f->image_digest));
	else
		buf_printf(&name, "inventory@sha256:%s",
		    digest_hex(&f->inventory_digest, hex));
	out_str(r->out, "        <system_info>\n");
	write_text(r, "os_name", f->os_name.len > 0 ? f->os_name : f->os_id);
	write_text(r, "os_version", f->os_version_id);
	write_text(r, "architecture", f->architecture);
	write_text(r, "primary_host_name", buf_span(&name));
	out_str(r->out,
	    "          <interfaces/>\n"
	    "        </system_info>\n");
	buf_cleanup(&name);
}

static int
write_object(struct oval_report *r, uint32_t ord, struct err *e)
{
	const struct oval_object *o = machine_object(r->machine, ord, e);
	const struct collected *c;
	size_t i;

	if (o == NULL)
		return -1;
	c = evaluation_object(r->evaluation, ord, e);
	if (c == NULL)
		return -1;
	out_str(r->out, "          <object");
	oval_report_attr(r, "id", o->id);
	out_printf(r->out, " version=\"%llu\" flag=\"%s\">\n",
	    (unsigned long long)o->version, flag_name(c->flag));
	if (c->message.len > 0) {
		out_str(r->out, "            <message>");
		out_xml(r->out, c->message);
		out_str(r->out, "</message>\n");
	}
	for (i = 0; i < c->n_values; i++) {
		const struct oval_variable *v =
		    machine_variable(r->machine, c->values[i].variable, e);

		if (v == NULL)
			return -1;
		oval_report_variable(r, "variable_value", INDENT_REFERENCE,
		    v->id, c->values[i].value);
	}
	for (i = 0; i < c->n_items; i++)
		out_printf(r->out, "            <reference item_ref=\"%u\"/>\n",
		    oval_report_item(r, c->items[i]));
	out_str(r->out, "          </object>\n");
	return 0;
}

static int
write_objects(struct oval_report *r, struct err *e)
{
	size_t i;

	if (r->objects.n == 0)
		return 0;
	out_str(r->out, "        <collected_objects>\n");
	for (i = 0; i < r->objects.n; i++)
		if (write_object(r, r->objects.ords[i], e) != 0)
			return -1;
	out_str(r->out, "        </collected_objects>\n");
	return 0;
}

static void
write_entity(struct oval_report *r, const struct item *item,
    const struct item_entity *en)
{
	bool is_masked = oval_report_is_masked(r, item->kind, en->name);

	out_printf(r->out, "            <%.*s", SPAN_ARG(en->name));
	if (en->datatype != OVAL_STRING)
		oval_report_attr(
		    r, "datatype", span_of(oval_datatype_name(en->datatype)));
	if (en->status != ITEM_EXISTS)
		oval_report_attr(
		    r, "status", span_of(item_status_name(en->status)));
	if (is_masked)
		oval_report_attr(r, "mask", SPAN_LIT("true"));
	out_char(r->out, '>');
	if (!is_masked)
		out_xml(r->out, en->value);
	out_printf(r->out, "</%.*s>\n", SPAN_ARG(en->name));
}

static void
write_item(struct oval_report *r, const struct item *item)
{
	const char *element = item_element(item->kind);
	size_t i;

	out_printf(r->out, "          <%s_item xmlns=\"%s\" id=\"%u\"", element,
	    item_namespace(item->kind), oval_report_item(r, item));
	if (item->status != ITEM_EXISTS)
		oval_report_attr(
		    r, "status", span_of(item_status_name(item->status)));
	out_str(r->out, ">\n");
	for (i = 0; i < item->n_entities; i++)
		write_entity(r, item, &item->entities[i]);
	out_printf(r->out, "          </%s_item>\n", element);
}

static void
write_items(struct oval_report *r)
{
	size_t i;

	if (r->n_items == 0)
		return;
	out_str(r->out, "        <system_data>\n");
	for (i = 0; i < r->n_items; i++)
		write_item(r, r->items[i]);
	out_str(r->out, "        </system_data>\n");
}

int
oval_report_system(struct oval_report *r, struct err *e)
{
	out_str(r->out,
	    "      <oval_system_characteristics xmlns=\"" SC_NS "\">\n"
	    "        <generator>\n");
	oval_report_generator(r, "          ");
	out_str(r->out, "        </generator>\n");
	write_system_info(r);
	if (write_objects(r, e) != 0)
		return -1;
	write_items(r);
	out_str(r->out, "      </oval_system_characteristics>\n");
	return 0;
}
