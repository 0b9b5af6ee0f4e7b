/* SPDX-License-Identifier: Apache-2.0 */
/* Reading in the caller's own thread: plain bytes, or one codec. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/stream_impl.h"

struct plain {
	struct stream_source source;
};

static int
plain_next(void *state, struct span *bytes, uint64_t *packed, struct err *e)
{
	struct plain *p = state;

	p->source.rest = SPAN_NONE;
	if (source_fill(&p->source, e) != 0)
		return -1;
	*bytes = p->source.rest;
	*packed = p->source.start;
	return bytes->len > 0;
}

static void
plain_close(void *state)
{
	struct plain *p = state;

	source_cleanup(&p->source);
	free(p);
}

struct stream_engine
engine_plain(const struct stream_input *in)
{
	struct plain *p = xcalloc(1, sizeof(*p));

	source_init(&p->source, in);
	return (struct stream_engine){ p, plain_next, plain_close };
}

struct direct {
	struct stream_source source;
	const struct stream_codec *codec;
	void *codec_state;
	char *buffer;
};

static int
direct_next(void *state, struct span *bytes, uint64_t *packed, struct err *e)
{
	struct direct *d = state;
	struct stream_room room = { d->buffer, STREAM_OUT_CHUNK, 0 };

	if (d->codec->read(d->codec_state, &d->source, &room, e) != 0)
		return -1;
	*bytes = span_make(room.ptr, room.used);
	*packed = source_offset(&d->source);
	return room.used > 0;
}

static void
direct_close(void *state)
{
	struct direct *d = state;

	d->codec->close(d->codec_state);
	source_cleanup(&d->source);
	free(d->buffer);
	free(d);
}

struct stream_engine
engine_direct(const struct stream_input *in, uint64_t at,
    const struct stream_codec *codec)
{
	struct direct *d = xcalloc(1, sizeof(*d));

	source_init(&d->source, in);
	source_seek(&d->source, at);
	d->codec = codec;
	d->codec_state = codec->open();
	d->buffer = xmalloc(STREAM_OUT_CHUNK);
	return (struct stream_engine){ d, direct_next, direct_close };
}
