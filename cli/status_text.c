/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/sandbox.h"
#include "cli/print.h"
#include "cli/status.h"

#define SECONDS_AN_HOUR 3600

/* "3 h ago" beside the time, so that nobody has to count. */
static void
print_age(struct out *o, int64_t t)
{
	int64_t age = clock_now() - t;
	char text[CLOCK_TEXT_SIZE];

	if (t == 0) {
		out_str(o, "never");
		return;
	}
	out_str(o, clock_text(t, text));
	if (age >= 48 * SECONDS_AN_HOUR)
		out_printf(
		    o, " (%" PRId64 " days ago)", age / (24 * SECONDS_AN_HOUR));
	else if (age >= SECONDS_AN_HOUR)
		out_printf(o, " (%" PRId64 " h ago)", age / SECONDS_AN_HOUR);
}

static void
print_document(struct out *o, const struct document *d,
    const struct catalog_document *accepted)
{
	out_printf(o, "  %-44.*s %8" PRIu64 "  %.*s  ", SPAN_ARG(d->name),
	    d->n_records, SPAN_ARG(span_first(d->sha256, 12)));
	print_safe(o, d->published);
	out_char(o, '\n');
	if (accepted != NULL && accepted->held.len > 0) {
		out_str(o, "    a newer file was refused: ");
		print_safe(o, accepted->held);
		out_char(o, '\n');
	}
}

static int
print_source(const struct status *st, struct out *o,
    const struct source *source, struct err *e)
{
	const struct source_row *row = &st->sources[source - sources];
	const struct index_family *f = status_family(st, source->family);
	struct counts c = { 0 };
	size_t i;

	if (f != NULL && status_count(f, source, &c, e) != 0)
		return -1;
	if (source->archive && !row->asked_once)
		return 0;
	out_printf(o, "\n%s: %s, checked ", source->name, status_word(row));
	print_age(o, row->checked);
	out_printf(o, ", %" PRIu64 " records", c.records);
	if (c.has_distinct)
		out_printf(o, ", %" PRIu64 " distinct CVEs", c.distinct);
	out_char(o, '\n');
	if (row->message.len > 0) {
		out_str(o, "  ");
		print_safe(o, row->message);
		out_char(o, '\n');
	}
	for (i = 0; f != NULL && i < f->n_documents; i++)
		if (span_is(f->documents[i].source, source->name))
			print_document(o, &f->documents[i],
			    status_accepted(st, f->documents[i].name));
	return 0;
}

int
status_text(const struct status *st, struct out *o, struct err *e)
{
	struct sandbox_status box = sandbox_probe();
	size_t i;

	out_printf(o, "State:      %s\n", st->state.path);
	if (st->index.generation == 0)
		out_str(o, "Generation: none yet: scapcache sync\n");
	else
		out_printf(
		    o, "Generation: %" PRIu64 "\n", st->index.generation);
	out_str(o, "Last run:   ");
	print_age(o, st->run.ended);
	if (st->run.any) {
		out_printf(o, ", %.*s, from ", SPAN_ARG(st->run.result));
		print_safe(o, st->run.origin);
	}
	out_printf(o, "\nSandbox:    Landlock %s, seccomp %s\n",
	    box.landlock ? "in force" : "not offered by this kernel",
	    box.seccomp ? "in force" : "not offered by this kernel");
	for (i = 0; i < n_sources; i++)
		if (print_source(st, o, &sources[i], e) != 0)
			return -1;
	return 0;
}
