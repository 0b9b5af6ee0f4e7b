/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/clock.h"
#include "base/proc.h"
#include "base/sandbox.h"
#include "cli/print.h"
#include "cli/status.h"
#include "syncd/sync.h"

#define SECONDS_AN_HOUR 3600
#define CLOCK_SLACK_S 60
#define DOCUMENTS_SHOWN 12 /* of a source */

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
	else if (age < -CLOCK_SLACK_S)
		out_str(o, " (in the future: the clock was or is wrong)");
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
		out_str(o, "    ");
		if (!span_has_prefix(accepted->held, SYNC_NOT_OFFERED_TEXT))
			out_str(o, "a newer file was refused: ");
		print_safe(o, accepted->held);
		out_char(o, '\n');
	}
}

/* A source may have hundreds; those that were refused are told anyway. */
static void
print_documents(const struct status *st, struct out *o,
    const struct source *source, const struct index_family *f)
{
	const struct catalog_document *accepted;
	size_t n = 0, i;

	for (i = 0; i < f->n_documents; i++) {
		const struct document *d = &f->documents[i];

		if (!span_is(d->source, source->name))
			continue;
		accepted = status_accepted(st, d->name);
		if (n++ < DOCUMENTS_SHOWN ||
		    (accepted != NULL && accepted->held.len > 0))
			print_document(o, d, accepted);
	}
	if (n > DOCUMENTS_SHOWN)
		out_printf(o, "  and %zu more, listed by --json\n",
		    n - DOCUMENTS_SHOWN);
}

static void
print_next(struct out *o, const struct source_row *row)
{
	char text[CLOCK_TEXT_SIZE];

	if (row->asked && row->next != SCHEDULE_NEVER)
		out_printf(o, "  next %s", clock_text(row->next, text));
}

static int
print_source(const struct status *st, struct out *o,
    const struct source *source, struct err *e)
{
	const struct source_row *row = &st->sources[source - sources];
	const struct index_family *f = status_family(st, source->family);
	struct counts c = { 0 };

	if (f != NULL && status_count(f, source, &c, e) != 0)
		return -1;
	if (!row->asked && !row->asked_once)
		return 0;
	out_printf(o, "\n%s: %s, checked ", source->name, status_word(row));
	print_age(o, row->checked);
	out_printf(o, ", %" PRIu64 " file%s, %" PRIu64 " record%s",
	    row->n_files, row->n_files == 1 ? "" : "s", c.records,
	    c.records == 1 ? "" : "s");
	if (c.has_distinct)
		out_printf(o, ", %" PRIu64 " distinct CVEs", c.distinct);
	print_next(o, row);
	out_char(o, '\n');
	if (row->message.len > 0) {
		out_str(o, "  ");
		print_safe(o, row->message);
		out_char(o, '\n');
	}
	if (f != NULL)
		print_documents(st, o, source, f);
	return 0;
}

static void
print_idle(const struct status *st, struct out *o)
{
	bool any = false;
	size_t i;

	for (i = 0; i < n_sources; i++) {
		if (st->sources[i].asked || st->sources[i].asked_once)
			continue;
		out_str(o, any ? " " : "\nNever asked, and not enabled: ");
		out_str(o, sources[i].name);
		any = true;
	}
	if (any)
		out_char(o, '\n');
}

/* What the processes beside the main one may, at most. */
static void
print_roles(struct out *o)
{
	enum role i;

	for (i = ROLE_FETCH; i < N_ROLES; i++) {
		const struct role_rights *r = proc_rights(i);

		out_printf(o, "  %-9s %s, ", r->name,
		    r->network       ? "network"
			: r->accepts ? "answers only"
				     : "no network");
		out_str(o,
		    r->writes[0] == NULL ? "writes nothing"
					 : "writes what it builds");
		if (r->memory_max != 0)
			out_printf(o, ", %" PRIu64 " MiB of memory",
			    r->memory_max / 1024 / 1024);
		if (r->files_max != 0)
			out_printf(o, ", %u files", r->files_max);
		out_char(o, '\n');
	}
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
	if (st->daemon != 0)
		out_printf(o, "\nDaemon:     running, process %d", st->daemon);
	else
		out_str(o, "\nDaemon:     not running");
	out_printf(o, "\nSandbox:    Landlock %s, seccomp %s\n",
	    box.landlock ? "in force" : "not offered by this kernel",
	    box.seccomp ? "in force" : "not offered by this kernel");
	print_roles(o);
	status_tuf_text(&st->tuf, o);
	for (i = 0; i < n_sources; i++)
		if (print_source(st, o, &sources[i], e) != 0)
			return -1;
	print_idle(st, o);
	if (st->results.n_images > 0)
		out_printf(o,
		    "\nScanned: %" PRIu64 " %s, %" PRIu64 " %s, %" PRIu64
		    " %s\n",
		    st->results.n_images,
		    st->results.n_images == 1 ? "image" : "images",
		    st->results.n_inventories,
		    st->results.n_inventories == 1 ? "inventory"
						   : "inventories",
		    st->results.n_verdicts,
		    st->results.n_verdicts == 1 ? "verdict" : "verdicts");
	return 0;
}
