/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "syncd/fetch_resume.h"
#include "syncd/fetch_transfer.h"

/* NULL for nothing. */
static char *
copy_of(struct span s)
{
	char *copy;

	if (s.len == 0)
		return NULL;
	copy = xmalloc(s.len + 1);
	memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	return copy;
}

/* --- the answer's head --- */

struct span
transfer_header(const struct transfer *t, const char *name)
{
	struct curl_header *h = NULL;

	if (libcurl.easy_header(t->easy, name, 0, CURLH_HEADER, -1, &h) !=
		CURLHE_OK ||
	    strlen(h->value) > FETCH_VALIDATOR_MAX)
		return SPAN_NONE;
	return span_of(h->value);
}

uint64_t
transfer_total(const struct transfer *t)
{
	curl_off_t length = -1;

	if (t->total > 0)
		return t->total;
	libcurl.easy_getinfo(
	    t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	return length > 0 ? (uint64_t)length : 0;
}

static int64_t
date_of(struct span text)
{
	struct buf b = { 0 };
	int64_t t;

	buf_add_span(&b, text);
	t = (int64_t)libcurl.getdate(buf_str(&b), NULL);
	buf_cleanup(&b);
	return t;
}

static struct span
validator_of(const struct transfer *t)
{
	struct resume_head head = {
		.etag = transfer_header(t, "ETag"),
		.last_modified = transfer_header(t, "Last-Modified"),
	};

	head.last_modified_time = date_of(head.last_modified);
	head.date_time = date_of(transfer_header(t, "Date"));
	return resume_validator(&head);
}

void
transfer_empty(struct transfer *t)
{
	t->size = t->total = 0;
	if (ftruncate(t->fd, 0) != 0 || lseek(t->fd, 0, SEEK_SET) != 0)
		t->write_errno = errno;
}

/* Is there room for so much? Some file systems do not tell their size. */
static bool
has_room_for(struct transfer *t, uint64_t bytes)
{
	struct statvfs v;

	if (fstatvfs(t->fd, &v) != 0 || v.f_blocks == 0)
		return true;
	t->disk_free = (uint64_t)v.f_bavail * v.f_frsize;
	if (bytes <= t->disk_free)
		return true;
	t->lacking = bytes;
	return false;
}

/* A body of known size that has no room is not begun. */
static bool
has_room(struct transfer *t)
{
	return t->total <= t->size || has_room_for(t, t->total - t->size);
}

/* One of unknown size does not fill the disk. */
static bool
leaves_room(struct transfer *t, size_t len)
{
	if (t->total > 0 ||
	    t->size / FETCH_ROOM_STEP == (t->size + len) / FETCH_ROOM_STEP)
		return true;
	return has_room_for(t, FETCH_ROOM_MIN);
}

/* The body comes from its start; what was there is of no use any more. */
static enum body_use
begin_whole(struct transfer *t)
{
	struct span validator = validator_of(t);
	bool same = t->validator != NULL && span_is(validator, t->validator);
	struct fetch_part head = { .validator = validator };

	t->ranged = false;
	transfer_empty(t);
	t->total = transfer_total(t);
	if (t->write_errno != 0 || !has_room(t))
		return BODY_REFUSED;
	if (t->validator == NULL && validator.len == 0)
		return BODY_KEEP;
	t->waiting = t->validator != NULL && !same;
	free(t->validator);
	t->validator = copy_of(validator);
	head.total = t->total;
	t->run->sink.head(t->run->sink.ctx, t->id, &head, t->waiting);
	return BODY_KEEP;
}

/* The rest comes, if it is the rest of what we have: else all anew. */
static enum body_use
begin_rest(struct transfer *t)
{
	struct span etag = transfer_header(t, "ETag");
	struct content_range r;

	if (!t->ranged ||
	    !content_range_parse(transfer_header(t, "Content-Range"), &r) ||
	    !r.has_bytes || r.first != t->size ||
	    (r.total != 0 && t->total != 0 && r.total != t->total) ||
	    (etag.len > 0 && t->validator[0] == '"' &&
		!span_is(etag, t->validator)))
		return BODY_REFUSED;
	if (r.total != 0 || t->total == 0)
		t->total = r.total != 0 ? r.total : r.last + 1;
	if (t->total > t->size_max) {
		t->too_large = true;
		return BODY_REFUSED;
	}
	return has_room(t) ? BODY_KEEP : BODY_REFUSED;
}

void
transfer_head(struct transfer *t)
{
	long status = 0;

	libcurl.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200)
		t->use = begin_whole(t);
	else if (status == 206)
		t->use = begin_rest(t);
	else
		t->use = BODY_NOISE;
}

/* --- bytes --- */

static size_t
keep(struct transfer *t, const char *ptr, size_t len)
{
	struct err e;

	if (t->size + len > t->size_max) {
		t->too_large = true;
		return 0;
	}
	if (!leaves_room(t, len))
		return 0;
	if (len > 0 && file_write_all(t->fd, span_make(ptr, len), &e) != 0) {
		t->write_errno = errno;
		return 0;
	}
	t->size += len;
	return len;
}

static size_t
on_body(char *ptr, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	struct fetch_run *run = t->run;
	size_t len = size * n;

	if (t->use == BODY_UNSEEN) {
		transfer_head(t);
		if (t->waiting)
			return CURL_WRITEFUNC_PAUSE;
	}
	if (run->options.run_bytes_max > 0 &&
	    run->received_bytes >= run->options.run_bytes_max) {
		run->bytes_spent = true;
		return 0;
	}
	run->received_bytes += len;
	t->received_bytes += len;
	if (t->use == BODY_KEEP)
		return keep(t, ptr, len);
	t->noise += len;
	return t->use == BODY_REFUSED || t->noise > FETCH_NOISE_MAX ? 0 : len;
}

void
transfer_go(struct transfer *t)
{
	if (!t->waiting)
		return;
	t->waiting = false;
	libcurl.easy_pause(t->easy, CURLPAUSE_CONT);
}

bool
transfer_is_resumable(const struct transfer *t)
{
	return t->validator != NULL && t->size > 0 && !t->too_large &&
	    t->write_errno == 0 && (t->lacking == 0 || t->total > 0);
}

/* --- a request --- */

static void
set_protocols(struct transfer *t)
{
	const char *scheme =
	    strncmp(t->url, "https:", 6) == 0 ? "https" : "http";

	libcurl.easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, scheme);
	/* Redirects are ours: fetch_judge.c. */
	libcurl.easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 0L);
}

static void
set_limits(struct transfer *t)
{
	const struct fetch_options *o = &t->run->options;
	CURL *c = t->easy;

	libcurl.easy_setopt(
	    c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->size_max);
	libcurl.easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms);
	libcurl.easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)o->slow_s);
	libcurl.easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)o->slow_rate);
	libcurl.easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	libcurl.easy_setopt(c, CURLOPT_USERAGENT, o->user_agent);
	libcurl.easy_setopt(c, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	if (o->ca_file != NULL) {
		libcurl.easy_setopt(c, CURLOPT_CAINFO, o->ca_file);
		libcurl.easy_setopt(c, CURLOPT_PROXY_CAINFO, o->ca_file);
	}
	if (o->proxy != NULL)
		libcurl.easy_setopt(c, CURLOPT_PROXY, o->proxy);
}

/* As it came; one that could break a header is not sent. */
static bool
add_header(struct transfer *t, const char *name, const char *value)
{
	struct buf line = { 0 };
	const char *c;

	if (value == NULL || value[0] == '\0' ||
	    strlen(value) > FETCH_VALIDATOR_MAX)
		return false;
	for (c = value; *c != '\0'; c++)
		if ((unsigned char)*c < ' ')
			return false;
	buf_printf(&line, "%s%s", name, value);
	t->headers = libcurl.slist_append(t->headers, buf_str(&line));
	buf_cleanup(&line);
	return true;
}

/* What goes on asks for the rest; what is complete asks if it is current. */
static void
add_part_headers(struct transfer *t)
{
	bool is_etag = t->validator[0] == '"';
	char range[40];

	if (t->size == t->total) {
		t->complete = add_header(t,
		    is_etag ? "If-None-Match: " : "If-Modified-Since: ",
		    t->validator);
		return;
	}
	snprintf(
	    range, sizeof(range), "bytes=%llu-", (unsigned long long)t->size);
	t->ranged = add_header(t, "If-Range: ", t->validator) &&
	    add_header(t, "Range: ", range);
}

static void
set_headers(struct transfer *t)
{
	libcurl.slist_free_all(t->headers);
	t->headers = NULL;
	t->ranged = t->complete = t->conditional = false;
	if (transfer_is_resumable(t))
		add_part_headers(t);
	if (!t->complete) {
		t->conditional = add_header(t, "If-None-Match: ", t->etag);
		if (add_header(t, "If-Modified-Since: ", t->last_modified))
			t->conditional = true;
	}
	if (strcmp(t->host, t->first_host) == 0)
		add_header(t, "", t->secret);
	libcurl.easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
}

void
transfer_move(struct transfer *t, const char *url)
{
	char *copy = xstrdup(url); /* may be of the handle */

	free(t->url);
	free(t->host);
	t->url = copy;
	t->host = copy_of(http_origin(span_of(copy)));
	libcurl.easy_setopt(t->easy, CURLOPT_URL, t->url);
}

struct transfer *
transfer_new(const struct fetch_request *r, struct fetch_run *run)
{
	struct transfer *t = xcalloc(1, sizeof(*t));

	t->run = run;
	t->id = r->id;
	t->group = r->group;
	t->interval_ms = r->interval_ms;
	t->fd = r->fd;
	t->size_max = r->size_max;
	t->first_url = copy_of(r->url);
	t->secret = copy_of(r->header);
	t->etag = copy_of(r->etag);
	t->last_modified = copy_of(r->last_modified);
	t->validator = copy_of(r->part.validator);
	t->size = t->size_most = r->part.size;
	t->total = r->part.total;
	t->easy = libcurl.easy_init();
	if (t->easy == NULL)
		abort(); /* no memory */
	t->first_host = copy_of(http_origin(r->url));
	transfer_move(t, t->first_url);
	libcurl.easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	libcurl.easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	set_protocols(t);
	set_limits(t);
	return t;
}

void
transfer_close(struct transfer *t)
{
	if (t->fd != -1)
		close(t->fd);
	t->fd = -1;
}

void
transfer_free(struct transfer *t)
{
	transfer_close(t);
	libcurl.easy_cleanup(t->easy);
	libcurl.slist_free_all(t->headers);
	free(t->first_url);
	free(t->first_host);
	free(t->url);
	free(t->host);
	free(t->secret);
	free(t->etag);
	free(t->last_modified);
	free(t->validator);
	free(t);
}

void
transfer_begin(struct transfer *t)
{
	if (t->retry != RETRY_AT_ONCE)
		t->tries++;
	if (t->retry == RETRY_LATER) {
		t->redirects = 0;
		transfer_move(t, t->first_url);
	}
	t->use = BODY_UNSEEN;
	t->waiting = t->too_large = false;
	t->noise = t->lacking = 0;
	t->write_errno = 0;
	t->retry = RETRY_NEVER;
	t->retry_after_s = 0;
	t->not_before = 0;
	set_headers(t);
	if (!t->ranged && !t->complete)
		transfer_empty(t);
	else if (ftruncate(t->fd, (off_t)t->size) != 0 ||
	    lseek(t->fd, 0, SEEK_END) != (off_t)t->size)
		t->write_errno = errno;
}
