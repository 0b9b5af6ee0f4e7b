/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TUF repository. Everything but timestamp.json has its version or digest
 * in its name and never changes; timestamp.json is that of the view, so that
 * it never leads to what the view does not know yet.
 */
#include <errno.h>
#include <fcntl.h>

#include "bundle/repository.h"
#include "server/httpd.h"
#include "server/served.h"

static struct span
digest_text(struct request *q, const struct digest *d)
{
	char hex[DIGEST_HEX_SIZE];

	return arena_span(&q->arena, span_of(digest_hex(d, hex)));
}

static int
get_timestamp(struct request *q, struct response *s)
{
	struct digest d;

	if (q->view->timestamp.len == 0)
		return served_missing(q, s);
	s->type = "application/json";
	s->cache = "no-cache";
	s->verbatim = true;
	digest_of(q->view->timestamp, &d);
	s->etag = digest_text(q, &d);
	out_span(&s->out, q->view->timestamp);
	return 0;
}

static int
get_version(
    struct request *q, struct response *s, const char *path, struct err *e)
{
	struct digest d;

	s->fd =
	    openat(httpd_statefd(q), path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (s->fd == -1 && errno == ENOENT)
		return served_missing(q, s);
	if (s->fd == -1)
		return err_system(e, "%s", path);
	if (digest_of_fd(s->fd, &d, &s->size_bytes, e) != 0)
		return -1;
	s->body = RESPONSE_FILE;
	s->type = "application/json";
	s->cache = RESPONSE_IMMUTABLE;
	s->etag = digest_text(q, &d);
	s->verbatim = true;
	return 0;
}

int
served_tuf_metadata(struct request *q, struct response *s, struct err *e)
{
	struct span name = q->captures[0];
	struct buf path = { 0 };
	int rc;

	if (span_is(name, "timestamp.json"))
		return get_timestamp(q, s);
	if (!repository_is_name(name))
		return served_missing(q, s);
	buf_printf(&path, REPOSITORY_FOLDER "/%.*s", SPAN_ARG(name));
	rc = get_version(q, s, buf_str(&path), e);
	buf_cleanup(&path);
	return rc;
}

/* "<dir>/<hex>.<base>" */
int
served_tuf_target(struct request *q, struct response *s, struct err *e)
{
	struct span path = q->captures[0];
	size_t slash = span_rfind(path, '/');
	struct span base =
	    slash == path.len ? path : span_from(path, slash + 1);
	struct digest sha256;

	if (span_find(base, '.') != DIGEST_HEX_SIZE - 1 ||
	    !digest_parse(span_first(base, DIGEST_HEX_SIZE - 1), &sha256) ||
	    !view_has(q->view, &sha256))
		return served_missing(q, s);
	if (served_blob(q, s, &sha256, base, e) != 0)
		return -1;
	s->cache = RESPONSE_IMMUTABLE;
	return 0;
}
