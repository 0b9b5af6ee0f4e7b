/* SPDX-License-Identifier: Apache-2.0 */
/* What the command line knows and the server does not: struct desk_hooks. */
#include <string.h>

#include "base/json_out.h"
#include "base/pack.h"
#include "server/desk_audit.h"
#include "server/desk_catalog.h"

#define SYNC_SOURCES_MAX 64u /* of one request */
#define SOURCE_NAME_MAX 64u  /* bytes */

int
desk_answer_status(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	(void)question;
	(void)fd;
	*answer_fd = -1;
	if (desk_told_again(&d->status, d->state.dirfd, out))
		return 0;
	if (d->hooks->status(d->config, d->state.path, out, e) != 0)
		return -1;
	desk_told_keep(&d->status, buf_span(&out->buf));
	return 0;
}

/* question: the name of one; empty: all. */
int
desk_answer_sources(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	(void)fd;
	*answer_fd = -1;
	if (question.len == 0 &&
	    desk_told_again(&d->sources, d->state.dirfd, out))
		return 0;
	if (d->hooks->sources(d->config, d->state.path, question, out, e) != 0)
		return -1;
	if (question.len == 0)
		desk_told_keep(&d->sources, buf_span(&out->buf));
	return 0;
}

/* --- sync --- */

struct sync_question {
	struct arena arena;
	const char *names[SYNC_SOURCES_MAX + 1];
	size_t n;
	struct buf said; /* the names, for the log */
	struct desk_deed deed;
};

static bool
is_name(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!span_is_lower(s.ptr[i]) && !span_is_digit(s.ptr[i]) &&
		    s.ptr[i] != '-')
			return false;
	return s.len > 0 && s.len <= SOURCE_NAME_MAX;
}

/* Twin: api_post_sync(). */
static int
read_question(struct sync_question *s, struct span question, struct err *e)
{
	struct unpack u = unpack_of(question);
	size_t n = unpack_count(&u), i;
	struct span name;

	if (n > SYNC_SOURCES_MAX)
		return err_set(e, ERR_LIMIT, "more than %u sources are named",
		    SYNC_SOURCES_MAX);
	for (i = 0; i < n && !u.failed; i++) {
		name = unpack_span(&u);
		if (!is_name(name))
			return err_set(e, ERR_FORMAT, "there is no source %.*s",
			    SPAN_ARG(span_first(name, 100)));
		s->names[s->n++] = arena_str(&s->arena, name);
		buf_printf(&s->said, "%s%.*s", s->said.len > 0 ? " " : "",
		    SPAN_ARG(name));
	}
	s->deed.who = unpack_span(&u);
	s->deed.address = unpack_span(&u);
	if (!unpack_done(&u))
		return err_set(e, ERR_FORMAT, "that asks for no sync");
	return 0;
}

static void
json_sync(struct out *out, const struct sync_question *s, struct span said)
{
	struct json_out j;
	size_t i;

	json_out_init(&j, out);
	json_object(&j, NULL);
	json_array(&j, "sources");
	for (i = 0; i < s->n; i++)
		json_str(&j, NULL, s->names[i]);
	json_array_end(&j);
	json_span(&j, "message", said);
	json_object_end(&j);
	out_char(out, '\n');
}

/* Written down first: who asks for what is refused has asked, too. */
static int
sync_sources(struct desk_server *d, struct sync_question *s, struct out *out,
    struct err *e)
{
	struct out said;
	int rc = -1;

	out_init(&said, -1);
	s->deed.subject =
	    s->n == 0 ? SPAN_LIT("all sources") : buf_span(&s->said);
	s->deed.event = SPAN_LIT("asked");
	s->deed.detail = SPAN_LIT("for a sync");
	if (desk_audit(d, &s->deed, e) == 0 &&
	    d->hooks->sync(
		d->state.path, s->n == 0 ? NULL : s->names, &said, e) == 0) {
		json_sync(out, s, buf_span(&said.buf));
		rc = 0;
	}
	out_cleanup(&said);
	return rc;
}

int
desk_answer_sync(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct sync_question s = { 0 };
	int rc = read_question(&s, question, e);

	(void)fd;
	*answer_fd = -1;
	if (rc == 0)
		rc = sync_sources(d, &s, out, e);
	arena_cleanup(&s.arena);
	buf_cleanup(&s.said);
	return rc;
}
