/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/httpd_impl.h"

#define THREAD_STACK ((size_t)1024 * 1024)
#define DRAIN_LOOK_MS 20

int
httpd_prepare(struct err *e)
{
	return libmicrohttpd_load(e);
}

int
httpd_statefd(const struct request *q)
{
	return q->statefd;
}

/* --- view and access --- */

struct view *
httpd_keep_view(struct httpd *h)
{
	struct view *v;

	pthread_mutex_lock(&h->mutex);
	v = view_keep(h->view);
	pthread_mutex_unlock(&h->mutex);
	return v;
}

void
httpd_set_view(struct httpd *h, struct view *v)
{
	struct view *old;

	pthread_mutex_lock(&h->mutex);
	old = h->view;
	h->view = v;
	pthread_mutex_unlock(&h->mutex);
	view_drop(old);
	workers_new_view(&h->workers);
}

static struct access_keep *
keep_list(struct access_list *l)
{
	struct access_keep *k = xcalloc(1, sizeof(*k));

	k->n_users = 1;
	k->list = l;
	return k;
}

void
httpd_drop_access(struct access_keep *k)
{
	if (k == NULL || --k->n_users > 0)
		return;
	access_cleanup(k->list);
	free(k->list);
	free(k);
}

void
httpd_set_access(struct httpd *h, struct access_list *l)
{
	struct access_keep *k = keep_list(l);
	struct access_keep *old;

	pthread_mutex_lock(&h->mutex);
	old = h->access;
	h->access = k;
	pthread_mutex_unlock(&h->mutex);
	httpd_drop_access(old);
}

/* --- the library's daemons --- */

static void on_log(void *cls, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

/* What clients do wrong is no matter for the operator. */
static void
on_log(void *cls, const char *fmt, va_list ap)
{
	char text[512];

	(void)cls;
	if (log_get_level() < LOG_DEBUG)
		return;
	vsnprintf(text, sizeof(text), fmt, ap);
	log_debug("serve: %s", text);
}

/* Decoding is ours: see httpd_on_target(). */
static size_t
keep_escapes(void *cls, struct MHD_Connection *c, char *text)
{
	(void)cls;
	(void)c;
	return strlen(text);
}

static char *
text_of(struct span s)
{
	char *p;

	if (s.len == 0)
		return NULL;
	p = xmalloc(s.len + 1);
	memcpy(p, s.ptr, s.len);
	p[s.len] = '\0';
	return p;
}

static unsigned
longest_wait_s(const struct httpd_options *o)
{
	return (o->idle_s > o->request_s ? o->idle_s : o->request_s) + 5;
}

/* What RFC 8996 has left of TLS, in GnuTLS' words. */
static char tls_versions[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

static struct MHD_Daemon *
start_daemon(struct httpd *h, int listener)
{
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD |
	    MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG | MHD_USE_TURBO |
	    (h->tls_cert != NULL ? MHD_USE_TLS : 0u);
	struct MHD_OptionItem tls[5] = { { MHD_OPTION_END, 0, NULL } };
	size_t n = 0;

	if (h->tls_cert != NULL) {
		tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT,
			0, h->tls_cert };
		tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0,
			h->tls_key };
		tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_PRIORITIES,
			0, tls_versions };
	}
	if (h->tls_cert != NULL && h->client_ca != NULL)
		tls[n++] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_TRUST,
			0, h->client_ca };
	tls[n] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
	return libmicrohttpd.start_daemon(flags, 0, httpd_on_accept, h,
	    httpd_on_request, h, MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
	    MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_THREAD_POOL_SIZE,
	    h->o.threads, MHD_OPTION_THREAD_STACK_SIZE, THREAD_STACK,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, HTTPD_MEMORY,
	    MHD_OPTION_CONNECTION_LIMIT, h->o.connections_max + h->o.threads,
	    MHD_OPTION_CONNECTION_TIMEOUT, longest_wait_s(&h->o),
	    MHD_OPTION_URI_LOG_CALLBACK, httpd_on_target, h,
	    MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
	    MHD_OPTION_NOTIFY_COMPLETED, httpd_on_completed, h,
	    MHD_OPTION_NOTIFY_CONNECTION, httpd_on_connection, h,
	    MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
}

static int
start_daemons(struct httpd *h, const struct httpd_options *o, struct err *e)
{
	size_t i;
	int fd;

	h->daemons = xcalloc(o->n_listeners, sizeof(*h->daemons));
	for (i = 0; i < o->n_listeners; i++) {
		/* the library closes what it listens on */
		fd = dup(o->listeners[i]);
		if (fd == -1)
			return err_system(e, "a socket that listens");
		h->daemons[i] = start_daemon(h, fd);
		if (h->daemons[i] == NULL) {
			close(fd);
			return err_set(e, ERR_FORMAT,
			    h->tls_cert != NULL
				? "TLS does not start: is tls_cert PEM, and "
				  "does tls_key fit it?"
				: "libmicrohttpd does not start");
		}
		h->n_daemons++;
	}
	return 0;
}

/* --- beginning and end --- */

static struct httpd *
new_httpd(const struct httpd_options *o)
{
	struct httpd *h = xcalloc(1, sizeof(*h));

	h->o = *o;
	if (h->o.threads == 0)
		h->o.threads = 1;
	if (h->o.connections_max == 0)
		h->o.connections_max = 1024;
	if (h->o.n_work == 0 && h->o.desks == NULL)
		h->o.n_work = 1;
	if (h->o.n_scan == 0 && h->o.desks == NULL)
		h->o.n_scan = 1;
	if (h->o.n_judge == 0 && h->o.desks == NULL)
		h->o.n_judge = 1;
	if (h->o.idle_s == 0)
		h->o.idle_s = 60;
	if (h->o.request_s == 0)
		h->o.request_s = 30;
	h->tls_cert = text_of(o->tls_cert);
	h->tls_key = text_of(o->tls_key);
	h->client_ca = text_of(o->client_ca);
	h->view = o->view;
	h->access = keep_list(o->access);
	pthread_mutex_init(&h->mutex, NULL);
	pthread_mutex_init(&h->connections_mutex, NULL);
	limits_init(&h->limits, o->address_max, o->rate);
	small_files_init(&h->small_files);
	return h;
}

int
httpd_start(struct httpd **out, const struct httpd_options *o, struct err *e)
{
	struct httpd *h = new_httpd(o);

	*out = NULL;
	if (libmicrohttpd_load(e) != 0 ||
	    workers_start(&h->workers, h, e) != 0 ||
	    pumps_start(&h->pumps, h->o.threads, e) != 0 ||
	    start_daemons(h, o, e) != 0 || httpd_slow_start(h, e) != 0) {
		httpd_stop(h);
		return -1;
	}
	*out = h;
	return 0;
}

/* Nothing more is accepted; the sockets go on listening, for others. */
static void
let_go_of_sockets(struct httpd *h)
{
	size_t i;
	int fd;

	if (h->is_draining)
		return;
	h->is_draining = true;
	for (i = 0; i < h->n_daemons; i++) {
		fd = libmicrohttpd.quiesce_daemon(h->daemons[i]);
		if (fd != -1)
			close(fd);
	}
}

void
httpd_drain(struct httpd *h, unsigned timeout_s)
{
	const struct timespec wait = { 0, DRAIN_LOOK_MS * 1000000L };
	int64_t until = clock_monotonic_ms() + (int64_t)timeout_s * 1000;

	let_go_of_sockets(h);
	while (h->n_connections > 0 && clock_monotonic_ms() < until)
		nanosleep(&wait, NULL);
}

static void
free_desks(const struct httpd_options *o)
{
	size_t i;

	if (o->desks == NULL)
		return;
	for (i = 0; i < o->n_work + o->n_scan + o->n_judge; i++)
		desk_free(o->desks[i]);
	free(o->desks);
}

void
httpd_stop(struct httpd *h)
{
	size_t i;

	if (h == NULL)
		return;
	/* Else the library shuts them down, for every process that has them. */
	let_go_of_sockets(h);
	httpd_slow_stop(h);
	workers_stop(&h->workers);
	pumps_stop(&h->pumps);
	for (i = 0; i < h->n_daemons; i++)
		libmicrohttpd.stop_daemon(h->daemons[i]);
	workers_cleanup(&h->workers);
	pumps_cleanup(&h->pumps);
	free(h->daemons);
	free_desks(&h->o);
	limits_cleanup(&h->limits);
	small_files_cleanup(&h->small_files);
	view_drop(h->view);
	httpd_drop_access(h->access);
	free(h->tls_cert);
	free(h->tls_key);
	free(h->client_ca);
	pthread_mutex_destroy(&h->mutex);
	pthread_mutex_destroy(&h->connections_mutex);
	free(h);
}
