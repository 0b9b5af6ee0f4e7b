/* SPDX-License-Identifier: Apache-2.0 */
/* Is it alive, is it ready, and how is it? For machines. */
#include <inttypes.h>

#include "server/httpd.h"
#include "server/route.h"
#include "server/view.h"
#include "server/worker.h"

#define N_OF(a) (sizeof(a) / sizeof(*(a)))
#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

static int
text(struct response *s, const char *line)
{
	s->type = "text/plain; charset=utf-8";
	s->cache = "no-store";
	out_str(&s->out, line);
	return 0;
}

static int
healthz(struct request *q, struct response *s, struct err *e)
{
	(void)q;
	(void)e;
	return text(s, "ok\n");
}

static int
readyz(struct request *q, struct response *s, struct err *e)
{
	(void)e;
	if (q->view->generation != 0)
		return text(s, "ready\n");
	return problem_not_ready(s);
}

/* --- metrics --- */

static void
head(struct out *o, const char *name, const char *type, const char *help)
{
	out_printf(o, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
one(struct out *o, const char *name, const char *type, const char *help,
    uint64_t value)
{
	head(o, name, type, help);
	out_printf(o, "%s %" PRIu64 "\n", name, value);
}

static void
requests(struct out *o, const struct httpd_counts *n)
{
	static const char name[] = "scapcache_http_requests_total";
	size_t i;

	head(o, name, "counter",
	    "Requests answered, by hundreds of the status.");
	for (i = 1; i < N_OF(n->n_requests); i++)
		out_printf(o, "%s{status=\"%zuxx\"} %" PRIu64 "\n", name, i,
		    n->n_requests[i]);
}

static void
times(struct out *o, const struct httpd_counts *n)
{
	static const char name[] = "scapcache_http_request_duration_seconds";
	static const char *const upto[] = { "0.001", "0.005", "0.025", "0.1",
		"0.5", "2.5", "+Inf" };
	uint64_t sum = 0;
	size_t i;

	_Static_assert(N_OF(upto) == N_OF(n->n_by_time), "a bound for each");
	head(o, name, "histogram", "Time from a request to its answer.");
	for (i = 0; i < N_OF(upto); i++) {
		sum += n->n_by_time[i];
		out_printf(o, "%s_bucket{le=\"%s\"} %" PRIu64 "\n", name,
		    upto[i], sum);
	}
	out_printf(o,
	    "%s_sum %" PRIu64 ".%06" PRIu64 "\n%s_count %" PRIu64 "\n", name,
	    n->time_us / 1000000, n->time_us % 1000000, name, sum);
}

static void
view(struct out *o, const struct view *v)
{
	one(o, "scapcache_generation", "gauge",
	    "Number of the generation that is served; 0: none.", v->generation);
	one(o, "scapcache_generation_published_timestamp_seconds", "gauge",
	    "When it was published.", (uint64_t)v->made);
	one(o, "scapcache_mirrored_files", "gauge",
	    "Files of it that are served under their upstream names.",
	    v->n_files);
}

static void
connections(struct out *o, const struct httpd_counts *n)
{
	one(o, "scapcache_http_sent_bytes_total", "counter",
	    "Bytes of bodies sent.", n->n_bytes);
	one(o, "scapcache_http_connections", "gauge",
	    "Connections that are open.", n->n_connections);
	one(o, "scapcache_http_limited_total", "counter",
	    "Requests and connections turned away by a limit.", n->n_limited);
	one(o, "scapcache_scans_running", "gauge",
	    "Scans that run for clients.", n->n_scans);
}

static int
metrics(struct request *q, struct response *s, struct err *e)
{
	const struct desk_question question = { DESK_METRICS, SPAN_NONE, -1 };
	struct buf desk = { 0 };
	struct httpd_counts n;
	struct out *o = &s->out;
	int rc;

	rc = desk_ask(q->worker->desk, &question, &desk, NULL, e);
	if (rc == 0) {
		httpd_counts(q, &n);
		s->type = METRICS_TYPE;
		s->cache = "no-store";
		head(o, "scapcache_build_info", "gauge", "The version.");
		out_str(o,
		    "scapcache_build_info{version=\"" SCAPCACHE_VERSION
		    "\"} 1\n");
		view(o, q->view);
		requests(o, &n);
		times(o, &n);
		connections(o, &n);
		out_span(o, buf_span(&desk));
	}
	buf_cleanup(&desk);
	return rc;
}

const struct route health_routes[] = {
	{ VERB_GET, "/healthz", ROUTE_FAST, SCOPE_NONE, 0, healthz },
	{ VERB_GET, "/readyz", ROUTE_FAST, SCOPE_NONE, 0, readyz },
	{ VERB_GET, "/metrics", ROUTE_WORK, SCOPE_READ, 0, metrics },
	{ 0 },
};
