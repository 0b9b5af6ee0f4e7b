/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/stream_impl.h"

void
source_init(struct stream_source *s, const struct stream_input *in)
{
	*s = (struct stream_source){ .in = *in };
	if (in->fd != -1 || in->pull.read != NULL)
		s->chunk = xmalloc(STREAM_SOURCE_CHUNK);
}

void
source_cleanup(struct stream_source *s)
{
	free(s->chunk);
	*s = (struct stream_source){ .in.fd = -1 };
}

void
source_seek(struct stream_source *s, uint64_t offset)
{
	s->start = offset;
	s->rest = SPAN_NONE;
}

uint64_t
source_offset(const struct stream_source *s)
{
	return s->start - s->rest.len;
}

static int
pull(struct stream_source *s, struct err *e)
{
	size_t n;

	if (s->start < s->in.n_head) {
		s->rest = span_make(s->in.head, s->in.n_head);
	} else {
		if (s->in.pull.read(s->in.pull.ctx, s->chunk,
			STREAM_SOURCE_CHUNK, &n, e) != 0)
			return -1;
		s->rest = span_make(s->chunk, n);
	}
	s->start += s->rest.len;
	return 0;
}

int
source_fill(struct stream_source *s, struct err *e)
{
	ssize_t n;

	if (s->rest.len > 0)
		return 0;
	if (s->in.pull.read != NULL)
		return pull(s, e);
	if (s->in.fd == -1) {
		s->rest = span_from(s->in.whole, (size_t)s->start);
		s->start += s->rest.len;
		return 0;
	}
	do
		n = pread(
		    s->in.fd, s->chunk, STREAM_SOURCE_CHUNK, (off_t)s->start);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return err_system(e, "cannot read");
	s->rest = span_make(s->chunk, (size_t)n);
	s->start += (uint64_t)n;
	return 0;
}

int
stream_ends_early(const struct stream_source *src, struct err *e)
{
	return err_set(e, ERR_FORMAT,
	    "ends early: %llu bytes are only a part of it, fetch it again",
	    (unsigned long long)source_offset(src));
}

int
stream_damaged(const struct stream_source *src, const char *name, struct err *e)
{
	return err_set(e, ERR_FORMAT,
	    "damaged %s data before byte %llu: fetch it again", name,
	    (unsigned long long)source_offset(src));
}
