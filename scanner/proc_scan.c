/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/pack.h"
#include "base/printable.h"
#include "base/proc.h"
#include "base/store.h"
#include "content/registry_fetch.h"
#include "scanner/proc_scan_impl.h"

#define REASONS_MAX 1024u
#define STDIN "-" /* as a target */

int
scan_send_answer(struct ipc *ipc, const struct scan *s, enum verdict verdict,
    bool has_report, struct err *e)
{
	struct buf b = { 0 };
	size_t i;
	int rc;

	pack_uint(&b, verdict);
	pack_uint(&b, has_report);
	pack_uint(&b, s->n_reasons);
	for (i = 0; i < s->n_reasons; i++)
		pack_span(&b, s->reasons[i]);
	rc = ipc_send(ipc, SCAN_ANSWER, buf_span(&b), -1, e);
	buf_cleanup(&b);
	return rc;
}

static struct span
safe_text(struct arena *a, struct span text)
{
	struct buf b = { 0 };
	struct span s;

	printable_add(&b, text);
	s = arena_span(a, buf_span(&b));
	buf_cleanup(&b);
	return s;
}

int
scan_read_answer(struct span payload, struct scan_answer *answer, struct err *e)
{
	struct unpack u = unpack_of(payload);
	size_t n;
	size_t i;

	answer->verdict = (enum verdict)unpack_max(&u, VERDICT_UNKNOWN);
	answer->has_report = unpack_max(&u, 1) == 1;
	n = unpack_max(&u, REASONS_MAX);
	answer->reasons =
	    arena_array(&answer->arena, n, sizeof(*answer->reasons));
	for (i = 0; i < n; i++)
		answer->reasons[i] = safe_text(&answer->arena, unpack_span(&u));
	answer->n_reasons = n;
	if (!unpack_done(&u) || answer->verdict == VERDICT_NONE)
		return err_set(e, ERR_SYSTEM,
		    "the scan process gave an answer that makes no sense");
	return 0;
}

/* Opens the stored file that the process asks for, and proves it. */
static int
open_source(const struct scan_request *r, struct span hex,
    struct verified_file **f, struct err *e)
{
	struct store store = { -1 };
	struct digest d;
	int rc;

	if (!digest_parse(hex, &d))
		return err_set(e, ERR_FORMAT, "no digest of a document");
	if (store_open(&store, r->statefd, e) != 0)
		return -1;
	rc = store_get(&store, &d, f, e);
	store_close(&store);
	return rc;
}

static int
hand_over_source(const struct scan_request *r, struct ipc *ipc, struct span hex,
    struct err *e)
{
	struct verified_file *f = NULL;
	struct err why = { 0 };
	int rc;

	if (open_source(r, hex, &f, &why) != 0)
		return ipc_send_err(ipc, SCAN_FAILED, &why, e);
	rc = ipc_send(ipc, SCAN_SOURCE, SPAN_NONE, verified_fd(f), e);
	verified_close(f);
	return rc;
}

/* Who listens to a scan process. */
struct listener {
	const struct scan_request *request;
	struct scan_keep *keep;
	struct scan_answer *answer;
	struct registry_fetch fetch;
};

/* 1: more to come; 0: that was the answer; -1: failed. */
static int
handle(
    struct listener *l, struct ipc *ipc, struct ipc_message *m, struct err *e)
{
	const struct scan_request *r = l->request;
	struct scan_answer *answer = l->answer;
	int rc = scan_keep_handle(l->keep, ipc, m, e);

	if (rc != 0)
		return rc;
	switch (m->type) {
	case SCAN_ANSWER:
		return scan_read_answer(m->payload, answer, e);
	case SCAN_FAILED:
		return ipc_read_err(m->payload, ERR_MISSING, e);
	case SCAN_NEED:
		return hand_over_source(r, ipc, m->payload, e) == 0 ? 1 : -1;
	default:
		return err_set(e, ERR_SYSTEM,
		    "the scan process spoke of something unknown");
	}
}

static int
listen_to(struct listener *l, struct proc *p, struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	int rc = 1;

	while (rc == 1) {
		rc = registry_fetch_wait(&l->fetch, &p->ipc, e);
		if (rc == 0)
			rc = ipc_recv(&p->ipc, &m, e);
		if (rc == 1) {
			rc = handle(l, &p->ipc, &m, e);
			if (m.fd != -1)
				close(m.fd);
		} else if (rc == 0) { /* why it died is its status */
			if (proc_wait(p, e) == 0)
				err_set(e, ERR_SYSTEM,
				    "the scan process ended without an "
				    "answer");
			rc = -1;
		}
	}
	ipc_message_cleanup(&m);
	return rc;
}

/*
 * The paths that the target may speak of: itself, what follows the transport,
 * and that without a tag. Which one it is, the scan process finds out: telling
 * means looking into files.
 */
struct target_paths {
	struct arena arena;
	const char *v[4];
	int root; /* of a process, or -1 */
};

#define ROOTFS "rootfs:"
#define PROC "/proc/"

/*
 * A bill of materials may come through a pipe, which is only looked into:
 * its first bytes are read by the scan process. No archive begins as a bill.
 */
static bool
pipe_has_bill(void)
{
	char head[16];
	struct span text = SPAN_NONE;
	ssize_t n;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) != 0)
		return false;
	do
		n = tee(STDIN_FILENO, fds[1], sizeof(head), 0);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		n = read(fds[0], head, sizeof(head));
	close(fds[0]);
	close(fds[1]);
	if (n > 0)
		text = span_trim(span_make(head, (size_t)n));
	if (span_has_prefix(text, "\xef\xbb\xbf"))
		text = span_from(text, 3);
	return span_has_prefix(text, "{") || span_has_prefix(text, "SPDX");
}

/*
 * The root of another process, of a container for example: the link to it may
 * be followed by us, but not from inside the sandbox.
 */
static int
open_target(struct target_paths *p, const struct scan_request *r,
    const char **opened, struct err *e)
{
	struct span path = span_of(r->target);
	struct buf b = { 0 };

	if (r->has_input)
		return 0;
	*opened = r->target;
	if (span_is(path, "-") && pipe_has_bill())
		*opened = "sbom:-";
	if (span_has_prefix(path, ROOTFS))
		path = span_from(path, strlen(ROOTFS));
	if (!span_has_prefix(path, PROC))
		return 0;
	p->root = open(path.ptr, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (p->root == -1 && (errno == EACCES || errno == EPERM))
		return err_set(e, ERR_SYSTEM,
		    "%s: only who may trace that process sees its root: ask as "
		    "root, or as the user whose container it is",
		    path.ptr);
	if (p->root == -1)
		return 0; /* what is wrong with it, its reader says */
	buf_printf(&b, ROOTFS PROC "self/fd/%d", p->root);
	*opened = arena_str(&p->arena, buf_span(&b));
	buf_cleanup(&b);
	return 0;
}

static void
find_paths(struct target_paths *p, const char *target)
{
	struct span t = span_of(target);
	struct span path = span_from(t, span_find(t, ':') + 1);
	struct span bare = span_first(path, span_rfind(path, ':'));

	if (span_has_prefix(t, REGISTRY_SCHEME))
		return; /* it lies in no file */
	p->v[0] = arena_str(&p->arena, t);
	if (path.len > 0) {
		p->v[1] = arena_str(&p->arena, path);
		p->v[2] = arena_str(&p->arena, bare);
	}
}

static void
log_answer(const struct registry_ask *asked, const struct http_answer *a)
{
	struct buf b = { 0 };

	registry_asked_text(&b, asked, a);
	log_info("%s", buf_str(&b));
	buf_cleanup(&b);
}

/* Its own file has no name that would say anything. */
static void
drop_name(struct err *e)
{
	if (strncmp(e->msg, STDIN ": ", strlen(STDIN ": ")) == 0)
		memmove(e->msg, e->msg + strlen(STDIN ": "),
		    strlen(e->msg) - strlen(STDIN ": ") + 1);
}

int
proc_scan(
    const struct scan_request *r, struct scan_answer *answer, struct err *e)
{
	struct target_paths paths = { .root = -1 };
	struct scan_request copy = *r;
	struct proc p = { .ipc = { -1 } };
	struct proc_start start = { .role = ROLE_SCAN,
		.run = scan_process,
		.ctx = &copy,
		.reads = paths.v };
	struct listener l = { .request = r, .answer = answer };
	int rc = -1;

	*answer = (struct scan_answer){ 0 };
	if (!r->has_input)
		find_paths(&paths, r->target);
	if (registry_fetch_open(&l.fetch, r->has_input ? STDIN : r->target,
		r->registry, &copy.fetch, e) != 0 ||
	    open_target(&paths, r, &copy.opened, e) != 0 ||
	    proc_spawn(&p, &start, e) != 0)
		goto out;
	ipc_close(&copy.fetch);
	l.fetch.told = log_answer;
	/* Not before: the scan process has no business with it. */
	l.keep = scan_keep_new(r);
	if (listen_to(&l, &p, e) != 0)
		goto out;
	rc = proc_wait(&p, e);
out:
	answer->was_killed = p.was_killed;
	ipc_close(&copy.fetch);
	/* What it sent is whole, whatever became of the report. */
	if (l.keep != NULL) {
		scan_keep_flush(l.keep);
		scan_keep_tell(l.keep, answer);
	}
	if (rc != 0 && r->has_input)
		drop_name(e);
	proc_kill(&p);
	scan_keep_free(l.keep);
	registry_fetch_cleanup(&l.fetch);
	if (paths.root != -1)
		close(paths.root);
	arena_cleanup(&paths.arena);
	return rc;
}

void
scan_answer_cleanup(struct scan_answer *answer)
{
	arena_cleanup(&answer->arena);
	*answer = (struct scan_answer){ 0 };
}
