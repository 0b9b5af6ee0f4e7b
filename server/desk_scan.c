/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/json_out.h"
#include "base/pack.h"
#include "base/utf8.h"
#include "content/registry_reference.h"
#include "scanner/results.h"
#include "server/desk_audit.h"
#include "server/desk_results.h"
#include "server/desk_scan.h"

#define MIB ((uint64_t)1024 * 1024)
#define RESCAN_TARGET "rescan:" /* of a job that judges stored images */
#define ROOM_MIN (16 * MIB)     /* bytes that an upload leaves free */

/* --- questions and answers; twins --- */

void
upload_question_pack(struct buf *out, const struct upload_question *q)
{
	pack_uint(out, q->max);
	pack_uint(out, q->size);
}

void
scan_question_pack(struct buf *out, const struct scan_question *q)
{
	pack_uint(out, q->body);
	pack_span(out, q->target);
	pack_span(out, q->os);
	pack_span(out, q->format);
	pack_span(out, q->policy);
	pack_span(out, q->fail_on);
	pack_span(out, q->platform);
	pack_span(out, q->document);
	pack_span(out, q->as_of);
	pack_span(out, q->image);
	pack_span(out, q->only);
	pack_span(out, q->who);
	pack_span(out, q->peer);
	pack_uint(out, q->wait_s);
}

static int
scan_question_unpack(struct scan_question *q, struct span bytes, struct err *e)
{
	struct unpack u = unpack_of(bytes);

	q->body = (enum scan_body)unpack_max(&u, SCAN_BODY_STORED);
	q->target = unpack_span(&u);
	q->os = unpack_span(&u);
	q->format = unpack_span(&u);
	q->policy = unpack_span(&u);
	q->fail_on = unpack_span(&u);
	q->platform = unpack_span(&u);
	q->document = unpack_span(&u);
	q->as_of = unpack_span(&u);
	q->image = unpack_span(&u);
	q->only = unpack_span(&u);
	q->who = unpack_span(&u);
	q->peer = unpack_span(&u);
	q->wait_s = unpack_max(&u, SCAN_WAIT_DEFAULT);
	if (!unpack_done(&u))
		return err_set(e, ERR_FORMAT, "the question makes no sense");
	return 0;
}

void
scan_outcome_pack(struct buf *out, const struct scan_outcome *o)
{
	pack_uint(out, o->is_full);
	pack_span(out, o->job);
	pack_uint(out, o->has_ended);
	pack_uint(out, o->failed);
	pack_span(out, o->why);
	pack_uint(out, o->was_killed);
	pack_uint(out, o->format);
	pack_uint(out, o->verdict);
	pack_uint(out, o->has_report);
	pack_uint(out, o->has_record);
	pack_span(out, span_make(o->record.bytes, DIGEST_SIZE));
	pack_span(out, o->image);
}

int
scan_outcome_unpack(struct scan_outcome *o, struct span bytes, struct err *e)
{
	struct unpack u = unpack_of(bytes);
	struct span record;

	o->is_full = unpack_max(&u, 1) == 1;
	o->job = unpack_span(&u);
	o->has_ended = unpack_max(&u, 1) == 1;
	o->failed = (enum err_code)unpack_max(&u, ERR_MISSING);
	o->why = unpack_span(&u);
	o->was_killed = unpack_max(&u, 1) == 1;
	o->format = (enum report_format)unpack_max(&u, N_REPORT_FORMATS - 1);
	o->verdict = (enum verdict)unpack_max(&u, VERDICT_UNKNOWN);
	o->has_report = unpack_max(&u, 1) == 1;
	o->has_record = unpack_max(&u, 1) == 1;
	record = unpack_span(&u);
	o->image = unpack_span(&u);
	/* What has ended and says no verdict is no pass. */
	if (!unpack_done(&u) || record.len != DIGEST_SIZE ||
	    (o->has_ended && o->failed == ERR_NONE &&
		o->verdict == VERDICT_NONE))
		return err_set(
		    e, ERR_SYSTEM, "the outcome of a scan makes no sense");
	memcpy(o->record.bytes, record.ptr, DIGEST_SIZE);
	return 0;
}

/* --- uploads --- */

/* Without a name: who is killed leaves nothing. */
static int
open_unnamed(const struct desk_server *d, int *fd, struct err *e)
{
	char name[] = "incoming/upload.XXXXXX";
	struct buf path = { 0 };
	char *text;

	*fd = openat(
	    d->state.dirfd, "incoming", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*fd != -1)
		return 0;
	if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
		return err_system(e, "incoming/: an upload");
	buf_printf(&path, "%s/%s", d->state.path, name);
	text = path.ptr;
	*fd = mkostemp(text, O_CLOEXEC);
	if (*fd == -1)
		err_system(e, "incoming/: an upload");
	else
		unlink(text);
	buf_cleanup(&path);
	return *fd != -1 ? 0 : -1;
}

static int
need_room(const struct desk_server *d, uint64_t size, struct err *e)
{
	struct statvfs v;
	uint64_t room;

	if (fstatvfs(d->state.dirfd, &v) != 0)
		return err_system(e, "incoming/");
	room = (uint64_t)v.f_bavail * v.f_frsize;
	if (room >= ROOM_MIN && room - ROOM_MIN >= size)
		return 0;
	return err_set(e, ERR_LIMIT,
	    "there is no room for it: %llu MiB are free",
	    (unsigned long long)(room / MIB));
}

static int
answer_upload(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct unpack u = unpack_of(question);
	uint64_t size;

	(void)fd;
	(void)out;
	(void)unpack_uint(&u);
	size = unpack_uint(&u);
	if (!unpack_done(&u))
		return err_set(e, ERR_FORMAT, "the question makes no sense");
	if (need_room(d, size, e) != 0)
		return -1;
	return open_unnamed(d, answer_fd, e);
}

/* --- what may be scanned --- */

static bool
is_text(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return false;
	return utf8_valid_len(s) == s.len;
}

static int
check_registry(const struct desk_server *d, struct scan_work *w, struct err *e)
{
	struct span target = w->question.target;
	struct registry_reference r;
	const char *const *host;

	if (!span_has_prefix(target, REGISTRY_SCHEME))
		return err_set(e, ERR_FORMAT,
		    "target is docker://HOST/NAME:TAG; anything else is "
		    "handed in");
	if (registry_reference_parse(&r,
		span_from(target, sizeof(REGISTRY_SCHEME) - 1), &w->arena,
		e) != 0)
		return -1;
	host = config_words(d->config, "serve.scan_registries");
	for (; *host != NULL; host++)
		if (span_is(span_of(r.host), *host) ||
		    span_is(span_of(r.login), *host))
			return 0;
	return err_set(e, ERR_MISSING,
	    "this server fetches no images of %s: serve.scan_registries "
	    "names those that it does",
	    r.login);
}

/* The server process handed it over: it may be anything. */
static int
check_input(const struct desk_server *d, int fd, struct err *e)
{
	uint64_t max = config_uint(d->config, "serve.upload_max_mib") * MIB;
	struct stat st;

	if (fd == -1 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return err_set(e, ERR_FORMAT, "nothing was handed in");
	if (st.st_size == 0)
		return err_set(e, ERR_FORMAT, "what was handed in is empty");
	if ((uint64_t)st.st_size > max)
		return err_set(e, ERR_LIMIT,
		    "it is larger than %llu MiB, serve.upload_max_mib",
		    (unsigned long long)(max / MIB));
	return 0;
}

/* One without a name has that of its bytes. */
static int
name_input(struct scan_work *w, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest digest;
	struct buf b = { 0 };
	uint64_t size;

	if (w->question.target.len > 0)
		return 0;
	if (digest_of_fd(w->input_fd, &digest, &size, e) != 0)
		return -1;
	buf_printf(&b, "upload:sha256:%s", digest_hex(&digest, hex));
	w->question.target = arena_span(&w->arena, buf_span(&b));
	buf_cleanup(&b);
	return 0;
}

static int
check_words(struct scan_work *w, struct err *e)
{
	const struct scan_question *q = &w->question;

	if (q->target.len > SCAN_NAME_MAX || !is_text(q->target))
		return err_set(e, ERR_FORMAT,
		    "a name is text of at most %u bytes", SCAN_NAME_MAX);
	if (!is_text(q->platform) || !is_text(q->document) || !is_text(q->os))
		return err_set(
		    e, ERR_FORMAT, "platform, document and os are texts");
	if (q->os.len > 0 &&
	    (span_find(q->os, ':') == 0 ||
		span_find(q->os, ':') + 1 >= q->os.len))
		return err_set(e, ERR_FORMAT,
		    "os is ID:VERSION_ID of os-release, as ubuntu:20.04");
	w->format = REPORT_JSON;
	if (q->format.len > 0 &&
	    (!report_format_parse(q->format, &w->format) ||
		!report_is_built(w->format)))
		return err_set(e, ERR_FORMAT,
		    "format is json, sarif, cyclonedx, junit, html, table, "
		    "definitions or oval-results");
	return 0;
}

/* What the answer to a mistake would be is told before it is begun. */
static int
check_rules(struct desk_server *d, const struct scan_question *q, struct err *e)
{
	struct scan_request r = { .policy_fd = -1 };
	struct as_of_when when;
	struct buf policy = { 0 };
	int rc = desk_as_of(q->as_of, &when, e);

	if (rc == 0)
		rc = desk_rules(d, q->policy, q->fail_on, &policy, &r, e);
	desk_rules_close(&r);
	buf_cleanup(&policy);
	return rc;
}

/* Its row has no target but what is to be judged. */
static int
check_stored(struct desk_server *d, struct scan_work *w, struct err *e)
{
	struct scan_question *q = &w->question;
	struct results_row row;
	struct buf b = { 0 };

	if (q->only.len > SCAN_NAME_MAX || !is_text(q->only))
		return err_set(e, ERR_FORMAT,
		    "only is text of at most %u bytes", SCAN_NAME_MAX);
	if (desk_results(d, e) != 0 ||
	    (q->image.len > 0 &&
		desk_image_row(d, q->image, &w->arena, &row, e) != 0))
		return -1;
	buf_add_str(&b, RESCAN_TARGET);
	buf_add_span(&b,
	    q->image.len > 0      ? q->image
		: q->only.len > 0 ? q->only
				  : SPAN_LIT("*"));
	q->target = arena_span(&w->arena, buf_span(&b));
	buf_cleanup(&b);
	return 0;
}

static int
check(struct desk_server *d, struct scan_work *w, int fd, struct err *e)
{
	if (check_words(w, e) != 0 || check_rules(d, &w->question, e) != 0)
		return -1;
	if (w->question.body == SCAN_BODY_STORED)
		return check_stored(d, w, e);
	if (w->question.body == SCAN_BODY_NONE)
		return check_registry(d, w, e);
	w->input_fd = fd;
	return check_input(d, fd, e) != 0 ? -1 : name_input(w, e);
}

/* --- jobs --- */

static int
make_name(char name[SCAN_JOB_SIZE], struct err *e)
{
	unsigned char bytes[(SCAN_JOB_SIZE - 1) / 2];
	static const char digits[] = "0123456789abcdef";
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return err_system(e, "no random numbers");
	for (i = 0; i < sizeof(bytes); i++) {
		name[2 * i] = digits[bytes[i] >> 4];
		name[2 * i + 1] = digits[bytes[i] & 15];
	}
	name[2 * i] = '\0';
	return 0;
}

/* How many wait or run; those whose process is gone are none. */
static int
count_open(struct desk_server *d, struct results *r, size_t *n, struct err *e)
{
	struct arena a = { 0 };
	struct span *names;
	size_t i;
	int rc = results_jobs_open(r, &a, &names, n, e);

	if (rc == 0 && *n >= config_uint(d->config, "serve.scan_queue")) {
		for (i = 0; rc == 0 && i < *n; i++)
			rc = desk_job_check(d, names[i], e);
		if (rc == 0)
			rc = results_jobs_open(r, &a, &names, n, e);
	}
	arena_cleanup(&a);
	return rc;
}

static int
audit(struct desk_server *d, const struct scan_work *w, struct err *e)
{
	const struct scan_question *q = &w->question;
	struct buf subject = { 0 };
	bool again = q->body == SCAN_BODY_STORED;
	struct span image =
	    again ? span_from(q->target, sizeof(RESCAN_TARGET) - 1) : q->target;
	struct desk_deed deed = { .event = again ? SPAN_LIT("rescan-asked")
						 : SPAN_LIT("scan-asked"),
		.who = q->who,
		.address = q->peer };
	int rc;

	buf_printf(&subject, "image %.*s", SPAN_ARG(image));
	deed.subject = buf_span(&subject);
	deed.detail = span_of(w->job);
	rc = desk_audit(d, &deed, e);
	buf_cleanup(&subject);
	return rc;
}

/* 1: it has a row and a lock; 0: too many wait; -1. */
static int
enter(struct desk_server *d, struct scan_work *w, struct err *e)
{
	struct results_job j = { .target = w->question.target,
		.who = w->question.who };
	struct results *r = NULL;
	size_t n = 0;
	int rc = -1;

	if (results_open(&r, &d->state, true, e) != 0 ||
	    count_open(d, r, &n, e) != 0)
		goto out;
	if (n >= config_uint(d->config, "serve.scan_queue")) {
		rc = 0;
		goto out;
	}
	if (make_name(w->job, e) != 0 || audit(d, w, e) != 0 ||
	    desk_job_lock(d, w->job, &w->lock_fd, e) != 0)
		goto out;
	j.name = span_of(w->job);
	if (results_job_put(r, &j, e) == 0)
		rc = 1;
	else
		desk_job_unlock(d, w->job);
out:
	results_close(r);
	return rc;
}

static unsigned
wait_of(const struct desk_server *d, uint64_t asked)
{
	if (asked == SCAN_WAIT_DEFAULT)
		return (unsigned)config_uint(d->config, "serve.scan_wait_s");
	return asked < SCAN_WAIT_MAX ? (unsigned)asked : SCAN_WAIT_MAX;
}

static int
scan(struct desk_server *d, struct scan_work *w, struct scan_outcome *out,
    struct err *e)
{
	int rc = enter(d, w, e);

	if (rc != 1) {
		out->is_full = rc == 0;
		return rc;
	}
	rc = open_unnamed(d, &w->report_fd, e);
	if (rc == 0)
		rc = desk_job_run(d, w, wait_of(d, w->question.wait_s), out, e);
	if (rc != 0 || out->was_killed) {
		/* Its row says so, if it can still say anything. */
		struct err ignored;

		close(w->lock_fd);
		w->lock_fd = -1;
		(void)desk_job_check(d, span_of(w->job), &ignored);
	}
	out->job = span_of(w->job);
	return rc;
}

static int
answer_scan(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct scan_work w = { .lock_fd = -1, .input_fd = -1, .report_fd = -1 };
	struct scan_outcome outcome = { 0 };
	int rc = -1;

	if (scan_question_unpack(&w.question, question, e) == 0 &&
	    check(d, &w, fd, e) == 0)
		rc = scan(d, &w, &outcome, e);
	if (rc == 0) {
		scan_outcome_pack(&out->buf, &outcome);
		if (outcome.has_ended && outcome.has_report) {
			*answer_fd = w.report_fd;
			w.report_fd = -1;
		}
	}
	if (w.lock_fd != -1)
		close(w.lock_fd);
	if (w.report_fd != -1)
		close(w.report_fd);
	arena_cleanup(&w.arena);
	return rc;
}

static const char *
state_name(enum job_state s)
{
	static const char *const names[] = { "failed", "queued", "running",
		"done", "failed" };

	return names[s <= JOB_FAILED ? s : JOB_FAILED];
}

static void
text_json(struct json_out *j, const char *name, struct span v)
{
	if (v.len > 0)
		json_span(j, name, v);
	else
		json_null(j, name);
}

static void
job_json(const struct results_job *job, struct out *out)
{
	bool done = job->state == JOB_DONE;
	struct json_out j;

	json_out_init(&j, out);
	json_object(&j, NULL);
	json_span(&j, "id", job->name);
	json_str(&j, "state", state_name(job->state));
	json_span(&j, "target", job->target);
	text_json(&j, "who", job->who);
	json_time(&j, "created", job->created);
	json_time(&j, "started", job->started);
	json_time(&j, "ended", job->ended);
	json_str(&j, "verdict",
	    done ? verdict_name((enum verdict)job->verdict) : NULL);
	if (done && job->has_record)
		desk_digest_json(&j, "record", &job->record);
	else
		json_null(&j, "record");
	text_json(&j, "image", done ? job->image : SPAN_NONE);
	text_json(&j, "why", job->why);
	json_object_end(&j);
	out_char(out, '\n');
}

static int
answer_job(struct desk_server *d, struct span question, int fd, struct out *out,
    int *answer_fd, struct err *e)
{
	struct unpack u = unpack_of(question);
	struct span name = unpack_span(&u);
	struct results_job job;
	struct arena a = { 0 };
	int rc;

	(void)fd;
	*answer_fd = -1;
	if (!unpack_done(&u))
		return err_set(e, ERR_FORMAT, "the question makes no sense");
	if (desk_results(d, e) != 0)
		return -1;
	rc = results_job(d->results, name, &a, &job, e);
	if (rc == 1 && job.state < JOB_DONE) {
		rc = desk_job_check(d, name, e) != 0
		    ? -1
		    : results_job(d->results, name, &a, &job, e);
	}
	if (rc == 0)
		rc = err_set(e, ERR_MISSING, "there is no such scan");
	else if (rc == 1)
		job_json(&job, out);
	arena_cleanup(&a);
	return rc < 0 ? -1 : 0;
}

const struct desk_entry desk_scan_entries[] = {
	{ DESK_UPLOAD, answer_upload },
	{ DESK_SCAN, answer_scan },
	{ DESK_JOB, answer_job },
	{ 0 },
};
