/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "scanner/explain.h"
#include "scanner/image_source.h"
#include "scanner/inventory.h"
#include "scanner/policy.h"
#include "content/registry_fetch.h"
#include "scanner/proc_scan_impl.h"
#include "scanner/proc_scan_jobs.h"
#include "scanner/record.h"

/* All that the process holds, in the order in which it comes about. */
struct work {
	const struct scan_request *request;
	struct ipc *ipc;
	struct arena arena;
	struct target target;
	char *platform;   /* that is being judged; NULL: not said */
	char **platforms; /* of an index, where nobody said which */
	size_t n_platforms;
	struct policy *policy; /* NULL: none */
	struct span policy_digest;
	struct registry_asker asker;
	struct index_reader index;
	struct want_list wants;
	struct facts facts;
	struct layer_cache layers;
	bool has_facts;
	struct scan_options options;
	struct oval_given_list given;
	struct scan scan;
	struct out out;
	enum verdict verdict;
	bool has_report;
};

static int
open_index(struct work *w, struct err *e)
{
	const char *path = w->request->index;
	int fd, rc;

	if (path == NULL)
		return 0; /* an empty index: the verdict says so */
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return err_system(e, "%s", path);
	rc = index_open(&w->index, fd, path, e);
	close(fd);
	if (rc != 0)
		return err_context(e, "index");
	return index_wants(&w->index, &w->wants, e);
}

int
scan_policy_read(const struct scan_request *r, struct policy **out,
    struct span *digest, struct arena *a, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	struct buf text = { 0 };
	struct buf name = { 0 };
	struct digest d;
	int rc;

	if (r->policy_fd == -1)
		return 0;
	rc = file_read_fd(r->policy_fd, POLICY_SIZE_MAX, &text, e);
	if (rc != 0)
		err_context(e, "%s", r->policy_name);
	else
		rc = policy_read(out, buf_span(&text), r->policy_name, e);
	digest_of(buf_span(&text), &d);
	buf_printf(&name, "sha256:%s", digest_hex(&d, hex));
	*digest = arena_span(a, buf_span(&name));
	buf_cleanup(&name);
	buf_cleanup(&text);
	return rc;
}

static int
read_variables(struct work *w, struct err *e)
{
	const struct scan_request *r = w->request;
	struct buf text = { 0 };
	int rc;

	if (r->variables_name == NULL)
		return 0;
	rc = file_read_fd(r->variables_fd, OVAL_GIVEN_SIZE_MAX, &text, e);
	if (rc == 0)
		rc = oval_variables_read(
		    buf_span(&text), &w->arena, &w->given, e);
	if (rc != 0)
		err_context(e, "%s", r->variables_name);
	buf_cleanup(&text);
	return rc;
}

static int
gather(struct work *w, struct err *e)
{
	int64_t start = clock_monotonic_us();

	const struct scan_request *r = w->request;
	int rc = r->has_input
	    ? target_of_input(&w->target, r->is_list, &w->arena, e)
	    : target_parse(&w->target, r->opened, &w->arena, e);

	if (rc != 0)
		return -1;
	w->target.os = w->request->os;
	w->target.text = arena_str(&w->arena, span_of(w->request->target));
	w->target.platform = w->platform;
	w->target.registry = &w->asker.registry;
	if (w->request->state != NULL) {
		layer_cache_of(&w->layers, w->ipc);
		w->target.layers = &w->layers;
	}
	if (facts_gather(&w->facts, &w->target, &w->wants, e) != 0)
		return -1;
	w->has_facts = true;
	log_info("scan: facts gathered packages=%zu ms=%.3f",
	    w->facts.system.n_packages,
	    (double)(clock_monotonic_us() - start) / 1000);
	return 0;
}

static struct span
os_text(const struct facts *f)
{
	return f->os_name.len > 0 ? f->os_name : f->os_id;
}

/* What main keeps of the image; one above the limits is not kept. */
static int
send_facts(struct work *w, struct err *e)
{
	const struct facts *f = &w->facts;
	struct buf bytes = { 0 };
	struct buf origin = { 0 };
	struct results_inventory i = { .digest = f->inventory_digest,
		.n_packages = f->system.n_packages,
		.os = os_text(f) };
	struct results_image image = { .target = span_of(w->target.text),
		.digest = f->image_digest,
		.platform = f->architecture,
		.inventory = f->inventory_digest };
	int rc = 0;

	if (w->request->state == NULL)
		return 0;
	inventory_encode(f, &bytes);
	inventory_origin_encode(f, &origin);
	i.bytes = buf_span(&bytes);
	image.origin = buf_span(&origin);
	if (bytes.len > INVENTORY_SIZE_MAX || origin.len > INVENTORY_ORIGIN_MAX)
		log_info("scan: the inventory is too large to be kept");
	else if (scan_send_inventory(w->ipc, &i, e) != 0 ||
	    scan_send_image(w->ipc, &image, e) != 0)
		rc = -1;
	buf_cleanup(&bytes);
	buf_cleanup(&origin);
	return rc;
}

static int
evaluate(struct work *w, struct err *e)
{
	struct scan_options *options = &w->options;

	*options = w->request->options;
	options->target = &w->target;
	options->policy = w->policy;
	options->policy_digest = w->policy_digest;
	if (w->request->variables_name != NULL)
		options->given = &w->given;
	options->findings = w->request->explain != NULL ||
	    report_has_findings(w->request->format);
	if (w->request->format == REPORT_OVAL_RESULTS)
		options->mode = EVALUATE_PLAIN;
	return scan_run(&w->scan, &w->facts, &w->index, options, e);
}

/*
 * Formats that ask for no findings leave no record; nor does a generation that
 * was asked for and is gone.
 */
static int
send_record(struct work *w, struct err *e)
{
	struct record_content content;
	struct results_verdict v;
	struct buf bytes = { 0 };
	int rc;

	/* A record has no place for values from outside. */
	if (w->request->state == NULL || !w->options.findings ||
	    w->options.given != NULL || w->request->explain != NULL ||
	    w->options.no_content != NULL)
		return 0;
	record_content_of(&content, &w->index, &w->arena);
	record_make(&v, &w->scan, &w->options, &content, &bytes);
	rc = scan_send_verdict(w->ipc, &v, NULL, e);
	buf_cleanup(&bytes);
	return rc;
}

/* Asks the main process for the document's stored file. */
static int
need_source(struct work *w, struct span sha256, int *fd, struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	int rc = -1;

	*fd = -1;
	if (ipc_send(w->ipc, SCAN_NEED, sha256, -1, e) != 0)
		return -1;
	rc = ipc_recv(w->ipc, &m, e);
	if (rc == 1 && m.type == SCAN_FAILED) {
		rc = ipc_read_err(m.payload, ERR_MISSING, e);
	} else if (rc == 1 && m.type == SCAN_SOURCE && m.fd != -1) {
		*fd = m.fd;
		m.fd = -1;
		rc = 0;
	} else if (rc >= 0) {
		rc = err_set(e, ERR_SYSTEM, "the main process is gone");
	}
	ipc_message_cleanup(&m);
	return rc;
}

static int
write_oval_results(struct work *w, struct err *e)
{
	struct report_options options = w->request->report;
	const struct scan *s = &w->scan;
	int rc;

	if (s->n_documents == 0) {
		w->has_report = false; /* nothing to copy, nothing to say */
		return 0;
	}
	if (s->n_documents > 1)
		return err_set(e, ERR_FORMAT,
		    "%zu documents apply, and OVAL results are of one: choose "
		    "it with --document, for example --document %.*s",
		    s->n_documents, SPAN_ARG(s->documents[0].document->name));
	if (need_source(w, s->documents[0].document->sha256, &options.source_fd,
		e) != 0)
		return err_context(
		    e, "%.*s", SPAN_ARG(s->documents[0].document->name));
	rc = report_write(REPORT_OVAL_RESULTS, s, &options, &w->out, e);
	close(options.source_fd);
	return rc;
}

static int
render(struct work *w, struct err *e)
{
	const struct scan_request *r = w->request;

	w->verdict = w->scan.verdict;
	w->has_report = true;
	if (r->explain != NULL)
		return explain_write(
		    &w->scan, span_of(r->explain), &w->out, &w->verdict, e);
	if (r->format == REPORT_OVAL_RESULTS)
		return write_oval_results(w, e);
	return report_write(r->format, &w->scan, &r->report, &w->out, e);
}

static void
cleanup(struct work *w)
{
	out_cleanup(&w->out);
	scan_cleanup(&w->scan);
	if (w->has_facts)
		facts_cleanup(&w->facts);
	want_list_cleanup(&w->wants);
	index_close(&w->index);
	policy_free(w->policy);
	registry_asker_close(&w->asker);
	arena_cleanup(&w->arena);
}

/* Failing is worse than not knowing. */
static bool
is_worse(enum verdict a, enum verdict b)
{
	return a != b &&
	    (a == VERDICT_FAIL || b == VERDICT_PASS || b == VERDICT_NONE);
}

/* Reasons of all platforms, each with its name before it. */
static void
take_reasons(struct work *w, struct scan *all, const char *platform)
{
	struct span *reasons = arena_array(
	    &w->arena, all->n_reasons + w->scan.n_reasons, sizeof(*reasons));
	struct buf b = { 0 };
	size_t n, i;

	for (n = 0; n < all->n_reasons; n++)
		reasons[n] = all->reasons[n];
	for (i = 0; i < w->scan.n_reasons; i++) {
		buf_reset(&b);
		if (platform != NULL)
			buf_printf(&b, "%s: ", platform);
		buf_add_span(&b, w->scan.reasons[i]);
		reasons[n++] = arena_span(&w->arena, buf_span(&b));
	}
	all->reasons = reasons;
	all->n_reasons = n;
	buf_cleanup(&b);
}

/* Reports that may stand one behind the other. */
static bool
is_for_several(const struct scan_request *r)
{
	return r->explain == NULL && !r->one_platform &&
	    (r->format == REPORT_TABLE || r->format == REPORT_JSON ||
		r->format == REPORT_DEFINITIONS);
}

/* After the first gather(): the platforms that are to come. */
static int
take_platforms(struct work *w, struct err *e)
{
	const struct facts *f = &w->facts;
	struct buf names = { 0 };
	size_t i;
	int rc = 0;

	w->n_platforms = f->n_platforms;
	w->platforms =
	    arena_array(&w->arena, f->n_platforms, sizeof(*w->platforms));
	for (i = 0; i < f->n_platforms; i++) {
		w->platforms[i] = arena_str(&w->arena, f->platforms[i]);
		buf_printf(&names, "%s%s", i == 0 ? "" : ", ", w->platforms[i]);
	}
	if (w->n_platforms > 0 &&
	    (!is_for_several(w->request) ||
		strcmp(w->target.path, SOURCE_STDIN) == 0))
		rc = err_set(e, ERR_FORMAT,
		    "there are images for %s: say which with --platform",
		    buf_str(&names));
	if (w->n_platforms > 0)
		w->platform = w->platforms[0];
	buf_cleanup(&names);
	return rc;
}

static int
judge(struct work *w, struct err *e)
{
	struct buf b = { 0 };

	if (w->n_platforms > 0) {
		buf_printf(&b, "%s, %s", w->request->target, w->platform);
		w->target.text = arena_str(&w->arena, buf_span(&b));
	}
	buf_cleanup(&b);
	if (send_facts(w, e) != 0 || evaluate(w, e) != 0 ||
	    send_record(w, e) != 0 || render(w, e) != 0)
		return -1;
	return 0;
}

/* Another platform's facts in place of those that are there. */
static int
next_platform(struct work *w, size_t i, struct err *e)
{
	scan_cleanup(&w->scan);
	facts_cleanup(&w->facts);
	w->has_facts = false;
	w->platform = w->platforms[i];
	return gather(w, e);
}

/* An index with several platforms is judged by the worst of them. */
static int
scan_all(struct work *w, struct err *e)
{
	struct scan all = { .verdict = VERDICT_NONE };
	enum verdict worst = VERDICT_NONE;
	size_t i = 0;

	if (w->request->platform != NULL)
		w->platform =
		    arena_str(&w->arena, span_of(w->request->platform));
	if (gather(w, e) != 0 || take_platforms(w, e) != 0)
		return -1;
	do {
		if (i > 0 && next_platform(w, i, e) != 0)
			return err_context(e, "%s", w->platform);
		if (judge(w, e) != 0)
			return -1;
		take_reasons(w, &all, w->n_platforms == 0 ? NULL : w->platform);
		if (is_worse(w->verdict, worst))
			worst = w->verdict;
	} while (++i < w->n_platforms);
	return scan_send_answer(w->ipc, &all, worst, w->has_report, e);
}

static int
judge_stored(struct work *w, struct err *e)
{
	struct scan_options *options = &w->options;

	*options = w->request->options;
	options->policy = w->policy;
	options->policy_digest = w->policy_digest;
	return scan_jobs_run(
	    w->ipc, options, &w->index, w->request->by_package, e);
}

/* It takes the place of standard input, which readers know. */
static int
take_input(const struct scan_request *r, struct err *e)
{
	if (!r->has_input)
		return 0;
	if (dup2(r->input_fd, STDIN_FILENO) == -1 ||
	    lseek(STDIN_FILENO, 0, SEEK_SET) == -1)
		return err_system(e, "the file that was handed over");
	return 0;
}

int
scan_process(struct ipc *ipc, void *ctx)
{
	const struct scan_request *r = ctx;
	struct work w = { .request = r, .ipc = ipc };
	struct err e = { 0 };
	struct err gone;
	int rc = -1;

	out_init(&w.out, r->fd);
	registry_asker_open(&w.asker, r->fetch);
	if (take_input(r, &e) != 0 ||
	    scan_policy_read(r, &w.policy, &w.policy_digest, &w.arena, &e) !=
		0 ||
	    read_variables(&w, &e) != 0 || open_index(&w, &e) != 0)
		rc = -1;
	else if (r->is_jobs)
		rc = judge_stored(&w, &e);
	else
		rc = scan_all(&w, &e);
	if (rc != 0 && ipc_send_err(ipc, SCAN_FAILED, &e, &gone) != 0)
		log_error("scan: %s", e.msg);
	cleanup(&w);
	return 0;
}
