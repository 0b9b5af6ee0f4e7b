/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_engine PORT DIR [THREADS [RATE [ADDRESS_MAX [IDLE_S]]]]: the HTTP engine
 * with routes of its own, on loopback, until standard input ends; then it
 * drains. Files of DIR are at /files/, verbatim. PORT 0: any, which is printed.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/memfd.h"
#include "server/httpd.h"
#include "server/route.h"
#include "server/worker.h"

#define BODY_MAX ((uint64_t)1024 * 1024)

/* --- in the place of the desk --- */

static _Atomic bool is_full;

int
desk_ask(struct desk *d, const struct desk_question *q, struct buf *out,
    int *answer_fd, struct err *e)
{
	(void)d;
	(void)out;
	if (q->call != DESK_UPLOAD)
		return err_set(e, ERR_MISSING, "there is no such call");
	if (is_full)
		return err_set(e, ERR_LIMIT, "there is no room");
	*answer_fd = open(".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	return *answer_fd == -1 ? err_system(e, "a body") : 0;
}

void
desk_free(struct desk *d)
{
	free(d);
}

/* --- handlers --- */

static int
get_file(struct request *q, struct response *s, struct err *e)
{
	uint64_t lost = 0; /* bytes that it once had */
	struct stat st;

	(void)e;
	request_uint(q, "lost", 1000, &lost);
	s->file = arena_str(&q->arena, q->captures[0]);
	if (fstatat(q->statefd, s->file, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(st.st_mode))
		return problem(s, 404, "not-found", "there is no such file");
	s->type = "application/octet-stream";
	s->body = RESPONSE_FILE;
	s->verbatim = true;
	s->size_bytes = (uint64_t)st.st_size + lost;
	s->etag = q->captures[0];
	s->modified_at = 784111777; /* Sun, 06 Nov 1994 08:49:37 GMT */
	s->cache = RESPONSE_IMMUTABLE;
	return 0;
}

static int
get_text(struct request *q, struct response *s, struct err *e)
{
	char block[832]; /* after which it begins anew */
	uint64_t n = 2000, i;

	(void)e;
	if (!request_uint(q, "n", 10000000, &n))
		return problem(s, 400, "bad-request", "n is a number");
	s->type = "text/plain; charset=utf-8";
	s->etag = SPAN_LIT("text");
	for (i = 0; i < sizeof(block); i++)
		block[i] = i % 64 == 63 ? '\n' : (char)('a' + i % 26);
	for (i = 0; i < n; i += sizeof(block))
		out_span(&s->out,
		    span_first(span_make(block, sizeof(block)), n - i));
	return 0;
}

/* The same in a file that is memory. */
static int
get_memory(struct request *q, struct response *s, struct err *e)
{
	if (get_text(q, s, e) != 0 ||
	    memfd_of(buf_span(&s->out.buf), &s->fd, e) != 0)
		return -1;
	s->body = RESPONSE_FILE;
	s->size_bytes = s->out.buf.len;
	return 0;
}

/* No place is left from now on. */
static int
fill(struct request *q, struct response *s, struct err *e)
{
	(void)q;
	(void)e;
	is_full = true;
	s->type = "text/plain";
	return 0;
}

/* What the server made of the request, a line each. */
static int
get_echo(struct request *q, struct response *s, struct err *e)
{
	size_t i;

	(void)e;
	s->type = "text/plain";
	out_printf(&s->out, "verb=%s\npath=%.*s\nhost=%.*s\nname=%.*s\n",
	    verb_name(q->verb), SPAN_ARG(q->path), SPAN_ARG(q->host),
	    SPAN_ARG(q->access.name));
	for (i = 0; i < q->n_params; i++)
		out_printf(&s->out, "%.*s=%.*s\n", SPAN_ARG(q->params[i].name),
		    SPAN_ARG(q->params[i].value));
	return 0;
}

static struct {
	pthread_mutex_t mutex;
	pthread_cond_t more;
	bool is_open;
	unsigned n_streams;
} gate = { .mutex = PTHREAD_MUTEX_INITIALIZER,
	.more = PTHREAD_COND_INITIALIZER };

static void
wait_for_gate(void)
{
	pthread_mutex_lock(&gate.mutex);
	while (!gate.is_open)
		pthread_cond_wait(&gate.more, &gate.mutex);
	pthread_mutex_unlock(&gate.mutex);
}

static void
count_streams(unsigned more)
{
	pthread_mutex_lock(&gate.mutex);
	gate.n_streams += more;
	pthread_mutex_unlock(&gate.mutex);
}

/* Those that are not closed. */
static int
get_streams(struct request *q, struct response *s, struct err *e)
{
	(void)q;
	(void)e;
	s->type = "text/plain";
	pthread_mutex_lock(&gate.mutex);
	out_printf(&s->out, "%u\n", gate.n_streams);
	pthread_mutex_unlock(&gate.mutex);
	return 0;
}

static int
open_gate(struct request *q, struct response *s, struct err *e)
{
	(void)q;
	(void)e;
	pthread_mutex_lock(&gate.mutex);
	gate.is_open = true;
	pthread_cond_broadcast(&gate.more);
	pthread_mutex_unlock(&gate.mutex);
	s->type = "text/plain";
	return 0;
}

struct counter {
	uint64_t left;
	bool is_held; /* until the gate is opened */
	bool breaks;  /* before its end */
};

static int
read_counter(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct counter *c = ctx;

	if (c->is_held)
		wait_for_gate();
	if (c->left == 0 && c->breaks)
		return err_set(e, ERR_FORMAT, "the stream is broken");
	*n = c->left < size ? (size_t)c->left : size;
	memset(ptr, 'x', *n);
	c->left -= *n;
	return 0;
}

static void
close_counter(void *ctx)
{
	free(ctx);
	count_streams(-1u);
}

static int
get_stream(struct request *q, struct response *s, struct err *e)
{
	struct counter *c = xcalloc(1, sizeof(*c));

	(void)e;
	c->left = 100000;
	c->is_held = request_has_param(q, "held");
	c->breaks = request_has_param(q, "breaks");
	request_uint(q, "n", UINT64_MAX, &c->left);
	s->type = "text/plain";
	s->body = RESPONSE_STREAM;
	s->verbatim = request_has_param(q, "verbatim");
	s->read = read_counter;
	s->close = close_counter;
	s->ctx = c;
	count_streams(1);
	return 0;
}

static int
post_body(struct request *q, struct response *s, struct err *e)
{
	char buf[65536];
	uint64_t sum = 0, n = 0;
	ssize_t got;

	(void)e;
	while (q->body_fd != -1 &&
	    (got = read(q->body_fd, buf, sizeof(buf))) > 0) {
		for (ssize_t i = 0; i < got; i++)
			sum += (unsigned char)buf[i];
		n += (uint64_t)got;
	}
	s->type = "text/plain";
	out_printf(&s->out, "bytes=%llu said=%llu sum=%llu type=%.*s\n",
	    (unsigned long long)n, (unsigned long long)q->body_size,
	    (unsigned long long)sum, SPAN_ARG(q->body_type));
	return 0;
}

static _Atomic unsigned n_judging;

/* As long as one who judges may take. */
static int
judge(struct request *q, struct response *s, struct err *e)
{
	n_judging++;
	wait_for_gate();
	n_judging--;
	return get_echo(q, s, e);
}

static int
get_judging(struct request *q, struct response *s, struct err *e)
{
	(void)q;
	(void)e;
	s->type = "text/plain";
	out_printf(&s->out, "%u\n", n_judging);
	return 0;
}

static int
fail(struct request *q, struct response *s, struct err *e)
{
	(void)q;
	out_str(&s->out, "half an ans");
	return err_set(e, ERR_SYSTEM, "secret/path: no such thing");
}

static const struct route routes[] = {
	{ VERB_GET, "/", ROUTE_FAST, SCOPE_NONE, 0, get_echo },
	{ VERB_GET, "/files/{*}", ROUTE_FAST, SCOPE_READ, 0, get_file },
	{ VERB_GET, "/text", ROUTE_FAST, SCOPE_READ, 0, get_text },
	{ VERB_GET, "/worker/text", ROUTE_WORK, SCOPE_READ, 0, get_text },
	{ VERB_GET, "/worker/memory", ROUTE_WORK, SCOPE_READ, 0, get_memory },
	{ VERB_POST, "/full", ROUTE_FAST, SCOPE_READ, 0, fill },
	{ VERB_GET, "/worker/echo/{name}", ROUTE_WORK, SCOPE_READ, 0,
	    get_echo },
	{ VERB_GET, "/echo/{*}", ROUTE_FAST, SCOPE_READ, 0, get_echo },
	{ VERB_GET, "/stream", ROUTE_WORK, SCOPE_READ, 0, get_stream },
	{ VERB_GET, "/streams", ROUTE_FAST, SCOPE_READ, 0, get_streams },
	{ VERB_POST, "/gate", ROUTE_FAST, SCOPE_READ, 0, open_gate },
	{ VERB_GET, "/judge", ROUTE_JUDGE, SCOPE_READ, 0, judge },
	{ VERB_GET, "/held", ROUTE_WORK, SCOPE_READ, 0, judge },
	{ VERB_GET, "/judging", ROUTE_FAST, SCOPE_READ, 0, get_judging },
	{ VERB_POST, "/judge", ROUTE_JUDGE, SCOPE_NONE, 0, judge },
	{ VERB_GET, "/maybe", ROUTE_MAY_JUDGE, SCOPE_READ, 0, get_echo },
	{ VERB_GET, "/secret", ROUTE_FAST, SCOPE_ADMIN, 0, get_echo },
	{ VERB_GET, "/fail", ROUTE_WORK, SCOPE_READ, 0, fail },
	{ VERB_POST, "/body", ROUTE_SCAN, SCOPE_READ, BODY_MAX, post_body },
	{ 0 },
};

const struct route *const route_tables[] = { routes, NULL };

/* --- beginning and end --- */

static int
listen_on(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_port = htons(port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) != 0 ||
	    bind(fd, (const struct sockaddr *)&a, len) != 0 ||
	    listen(fd, 512) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0) {
		perror("http_engine");
		exit(1);
	}
	printf("%u\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

static unsigned
number(int argc, char **argv, int i, unsigned standard)
{
	return argc > i ? (unsigned)strtoul(argv[i], NULL, 10) : standard;
}

int
main(int argc, char **argv)
{
	struct httpd *h = NULL;
	struct err e = { 0 };
	struct httpd_options o = {
		.n_listeners = 1, .n_work = 2, .n_scan = 1, .n_judge = 1
	};
	int listener, i;
	char c;

	if (argc < 3)
		return 2;
	signal(SIGPIPE, SIG_IGN);
	if (getenv("HTTP_ENGINE_LOG") != NULL)
		log_set_level(LOG_DEBUG);
	listener = listen_on((uint16_t)number(argc, argv, 1, 0));
	o.listeners = &listener;
	o.statefd = open(argv[2], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	o.threads = number(argc, argv, 3, 2);
	o.rate = number(argc, argv, 4, 0);
	o.address_max = number(argc, argv, 5, 0);
	o.connections_max = 1024;
	o.idle_s = number(argc, argv, 6, 4);
	o.request_s = 2;
	o.body_rate = 100;
	o.view = xcalloc(1, sizeof(*o.view));
	o.view->n_users = 1;
	o.access = xcalloc(1, sizeof(*o.access));
	o.access->anonymous = true;
	o.desks = xcalloc(4, sizeof(*o.desks));
	for (i = 0; i < 4; i++)
		o.desks[i] = xcalloc(1, 1);
	if (httpd_start(&h, &o, &e) != 0) {
		fprintf(stderr, "http_engine: %s\n", e.msg);
		return 1;
	}
	while (read(STDIN_FILENO, &c, 1) > 0)
		;
	httpd_drain(h, 5);
	httpd_stop(h);
	close(listener);
	close(o.statefd);
	return 0;
}
