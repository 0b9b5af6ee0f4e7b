/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "scanner/evidence.h"
#include "scanner/join.h"
#include "scanner/judge.h"
#include "scanner/kernel.h"
#include "scanner/modular.h"
#include "scanner/scan_machines.h"
#include "scanner/policy.h"
#include "scanner/variant.h"
#include "scanner/verdict.h"

enum result
scan_result(const struct scan_document *d, uint32_t ord)
{
	if (d->without_kernel != NULL && d->without_kernel[ord] != RESULT_NONE)
		return d->without_kernel[ord];
	return evaluation_definition(d->evaluation, ord);
}

/* all: how many; otherwise it is enough to know that there is one. */
static int
count_affecting(struct scan_document *d, uint32_t ord, bool all, struct err *e)
{
	const struct oval_definition *def;

	if (!all && d->n_affecting > 0)
		return 0;
	def = machine_definition(d->machine, ord, e);
	if (def == NULL)
		return -1;
	if (evidence_class(def->class)) {
		d->n_affecting++;
		d->n_by_packages +=
		    evaluation_definition(d->evaluation, ord) != RESULT_TRUE;
	}
	return 0;
}

static int
count_definition(struct scan_document *d, uint32_t ord, bool all, struct err *e)
{
	enum result literal = evaluation_definition(d->evaluation, ord);
	enum result r = scan_result(d, ord);
	bool is_kernel = false;

	if (literal == RESULT_NONE)
		return 0;
	d->n_definitions++;
	d->counts[literal]++;
	if (literal == RESULT_UNKNOWN)
		is_kernel = evaluation_is_kernel(d->evaluation, ord);
	d->n_kernel += is_kernel;
	d->n_unjudged +=
	    r == RESULT_ERROR || (r == RESULT_UNKNOWN && !is_kernel);
	return r == RESULT_TRUE ? count_affecting(d, ord, all, e) : 0;
}

static int
open_machine(
    struct scan_document *d, struct scan_machines *shared, struct err *e)
{
	d->machine_is_shared = shared != NULL;
	if (shared != NULL)
		return scan_machines_get(shared, d, e);
	return machine_open(&d->machine, d->family->db, d->document->id, e);
}

static int
evaluate(struct scan *s, struct scan_document *d,
    const struct scan_options *options, struct err *e)
{
	struct evaluation_stats stats;
	int64_t start, took;
	uint32_t ord;

	if (open_machine(d, options->machines, e) != 0)
		return -1;
	start = clock_monotonic_us();
	machine_give(d->machine, options->given);
	if (evaluation_run(&d->evaluation, d->machine, &s->facts->system,
		options->mode, e) != 0)
		return -1;
	took = clock_monotonic_us() - start;
	s->evaluation_ms += (double)took / 1000;
	if (kernel_leave_out(d, &s->arena, e) != 0 ||
	    variant_leave_out(d, e) != 0 || modular_judge(d, s->facts, e) != 0)
		return -1;
	for (ord = 0; ord < machine_n_definitions(d->machine); ord++)
		if (count_definition(d, ord, options->findings, e) != 0)
			return -1;
	stats = evaluation_stats(d->evaluation);
	log_info("scan: %.*s: evaluated definitions=%u true=%u tests=%llu "
		 "baseline=%s evaluation_ms=%.3f",
	    SPAN_ARG(d->document->name), d->n_definitions,
	    d->counts[RESULT_TRUE], (unsigned long long)stats.tests_evaluated,
	    stats.baseline_used ? "yes" : "no", (double)took / 1000);
	return 0;
}

static int
evaluate_all(struct scan *s, const struct scan_options *options, struct err *e)
{
	size_t i;

	for (i = 0; i < s->n_documents; i++)
		if (evaluate(s, &s->documents[i], options, e) != 0)
			return err_context(e, "%.*s",
			    SPAN_ARG(s->documents[i].document->name));
	return 0;
}

static bool
wants_findings(const struct scan_options *options)
{
	return options->findings || options->fail_on_set ||
	    options->policy != NULL;
}

static bool
wants_more(const struct scan_options *options)
{
	return options->findings ||
	    (options->policy != NULL && policy_needs_more(options->policy));
}

/* What a verdict rests on: asked whatever the report. */
static int
judge(struct scan *s, struct err *e)
{
	struct evidence_list list = { .arena = &s->arena };
	int64_t start = clock_monotonic_us();
	int rc = judge_packages(s, &list, e);
	double took;

	if (rc == 0)
		evidence_merge(s, &list);
	free(list.v);
	took = (double)(clock_monotonic_us() - start) / 1000;
	s->evaluation_ms += took;
	if (s->n_advisories > 0)
		log_info("scan: advisories: documents=%zu words=%zu "
			 "evaluation_ms=%.3f",
		    s->n_advisories, list.n, took);
	return rc;
}

static int
find(struct scan *s, const struct scan_options *options, struct err *e)
{
	bool findings = wants_findings(options);

	if ((findings && evidence_collect(s, e) != 0) || judge(s, e) != 0 ||
	    (findings && findings_join(s, e) != 0))
		return -1;
	return wants_more(options) ? findings_enrich(s, e) : 0;
}

int
scan_run(struct scan *s, const struct facts *facts,
    const struct index_reader *index, const struct scan_options *options,
    struct err *e)
{
	struct applies applies;

	*s = (struct scan){ .facts = facts,
		.index = index,
		.target = options->target,
		.policy = options->policy,
		.policy_digest = options->policy_digest,
		.judged_at = options->judged_at,
		.seen = options->seen,
		.n_seen = options->n_seen,
		.is_stale = options->is_stale,
		.fail_on_set = options->fail_on_set,
		.fail_on = options->fail_on };
	applies_find(&applies, facts, index, options->document, &s->arena);
	if (options->no_content != NULL)
		applies.reason =
		    arena_span(&s->arena, span_of(options->no_content));
	s->documents = applies.documents;
	s->n_documents = applies.n_documents;
	s->advisories = applies.advisories;
	s->n_advisories = applies.n_advisories;
	s->missing = applies.missing;
	s->n_missing = applies.n_missing;
	if (evaluate_all(s, options, e) != 0 || find(s, options, e) != 0 ||
	    verdict_decide(s, &applies, e) != 0) {
		scan_cleanup(s);
		return -1;
	}
	return 0;
}

void
scan_cleanup(struct scan *s)
{
	size_t i;

	for (i = 0; i < s->n_documents; i++) {
		evaluation_free(s->documents[i].evaluation);
		if (!s->documents[i].machine_is_shared)
			machine_close(s->documents[i].machine);
	}
	free(s->evidence);
	arena_cleanup(&s->arena);
	*s = (struct scan){ 0 };
}
