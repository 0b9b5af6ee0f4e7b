/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/json_out.h"
#include "cli/print.h"
#include "cli/status.h"

struct listing {
	struct out *out;
	struct json_out json;
	bool as_json;
};

static int
print_row(void *ctx, const struct catalog_audit_row *row, struct err *e)
{
	struct listing *l = ctx;
	char text[CLOCK_TEXT_SIZE];

	(void)e;
	if (l->as_json) {
		json_object(&l->json, NULL);
		json_int(&l->json, "id", row->id);
		json_time(&l->json, "time", row->time);
		json_span(&l->json, "event", row->event);
		json_span(&l->json, "subject", row->subject);
		json_span(&l->json, "detail", row->detail);
		json_span(&l->json, "who", row->who);
		json_span(&l->json, "address", row->address);
		json_object_end(&l->json);
		return 0;
	}
	out_printf(l->out, "%s  %-11.*s ", clock_text(row->time, text),
	    SPAN_ARG(row->event));
	print_safe(l->out, row->subject);
	if (row->detail.len > 0) {
		out_str(l->out, ": ");
		print_safe(l->out, row->detail);
	}
	if (row->who.len > 0) {
		out_str(l->out, ", by ");
		print_safe(l->out, row->who);
		out_str(l->out, " from ");
		print_safe(l->out, row->address);
	}
	out_char(l->out, '\n');
	return 0;
}

int
status_audit(const struct status *st, uint64_t n, bool json, struct out *o,
    struct err *e)
{
	struct listing l = { .out = o, .as_json = json };

	if (json) {
		json_out_init(&l.json, o);
		json_array(&l.json, NULL);
	}
	if (st->catalog != NULL &&
	    catalog_audit_each(st->catalog, n, INT64_MAX, print_row, &l, e) !=
		0)
		return -1;
	if (json) {
		json_array_end(&l.json);
		out_char(o, '\n');
	}
	return 0;
}
