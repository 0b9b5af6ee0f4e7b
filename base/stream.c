/* SPDX-License-Identifier: Apache-2.0 */
#include <sched.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/stream_impl.h"

/* More would unpack faster than anyone reads, and hold 17 MB each. */
#define THREADS_MAX 4u
#define RATIO_FREE ((uint64_t)64 * 1024 * 1024) /* unpacked, at any ratio */

static const struct stream_codec *const codecs[] = { &STREAM_GZIP,
	&STREAM_BZIP2, &STREAM_ZSTD, &STREAM_XZ };

struct stream {
	struct stream_engine engine;
	uint64_t out_max;
	unsigned ratio_max;
	uint64_t offset; /* handed out */
	bool packed;
	bool ended;
	struct err failed; /* code not 0: of every later call */
};

static unsigned
cores(void)
{
	cpu_set_t set;
	int n = 1;

	CPU_ZERO(&set);
	if (sched_getaffinity(0, sizeof(set), &set) == 0)
		n = CPU_COUNT(&set);
	return n < 1                    ? 1
	    : (unsigned)n < THREADS_MAX ? (unsigned)n
					: THREADS_MAX;
}

/* NULL: plain. */
static int
sniff(const struct stream_input *in, const struct stream_codec **codec,
    struct err *e)
{
	struct stream_source source;
	int rc;
	size_t i;

	source_init(&source, in);
	rc = source_fill(&source, e);
	*codec = NULL;
	for (i = 0; rc == 0 && i < sizeof(codecs) / sizeof(*codecs); i++)
		if (codecs[i]->fits(source.rest))
			*codec = codecs[i];
	source_cleanup(&source);
	return rc;
}

static struct stream_engine
choose_engine(const struct stream_input *in, const struct stream_codec *codec,
    unsigned threads)
{
	struct stream_engine engine;

	if (codec == NULL)
		return engine_plain(in);
	if (threads == 1)
		return engine_direct(in, 0, codec);
	/* What is pulled cannot be read again, as libbz2 might have to. */
	if (codec == &STREAM_BZIP2 && in->pull.read == NULL &&
	    engine_blocks(in, threads == 0 ? cores() : threads, &engine))
		return engine;
	if (engine_ahead(in, codec, &engine))
		return engine;
	return engine_direct(in, 0, codec);
}

static int
stream_open(struct stream **out, const struct stream_input *in,
    const struct stream_options *options, struct err *e)
{
	static const struct stream_options none;
	const struct stream_options *o = options == NULL ? &none : options;
	const struct stream_codec *codec;
	struct stream *s;

	if (sniff(in, &codec, e) != 0)
		return -1;
	s = xcalloc(1, sizeof(*s));
	s->out_max = o->out_max == 0 ? STREAM_OUT_MAX : o->out_max;
	s->ratio_max = o->ratio_max == 0 ? STREAM_RATIO_MAX : o->ratio_max;
	s->packed = codec != NULL;
	s->engine = choose_engine(in, codec, o->threads);
	*out = s;
	return 0;
}

int
stream_open_fd(struct stream **out, int fd,
    const struct stream_options *options, struct err *e)
{
	struct stream_input in = { .fd = fd };

	return stream_open(out, &in, options, e);
}

int
stream_open_span(struct stream **out, struct span bytes,
    const struct stream_options *options, struct err *e)
{
	struct stream_input in = { .fd = -1, .whole = bytes };

	return stream_open(out, &in, options, e);
}

int
stream_open_pull(struct stream **out, const struct stream_pull *pull,
    const struct stream_options *options, struct err *e)
{
	struct stream_input in = { .fd = -1, .pull = *pull };
	size_t n;

	do {
		if (pull->read(pull->ctx, in.head + in.n_head,
			sizeof(in.head) - in.n_head, &n, e) != 0)
			return -1;
		in.n_head += n;
	} while (n > 0 && in.n_head < sizeof(in.head));
	return stream_open(out, &in, options, e);
}

/* offset counts the bytes about to be handed out, from `packed` bytes. */
static int
check_limits(const struct stream *s, uint64_t packed, struct err *e)
{
	unsigned long long max = s->out_max >> 20;

	if (s->offset > s->out_max && s->packed)
		return err_set(e, ERR_LIMIT,
		    "unpacks to more than %llu MiB: refused as a decompression "
		    "bomb",
		    max);
	if (s->offset > s->out_max)
		return err_set(
		    e, ERR_LIMIT, "is larger than %llu MiB: refused", max);
	if (s->packed && s->offset > RATIO_FREE &&
	    s->offset / s->ratio_max > packed)
		return err_set(e, ERR_LIMIT,
		    "unpacks to more than %u times its size: refused as a "
		    "decompression bomb",
		    s->ratio_max);
	return 0;
}

int
stream_next(struct stream *s, struct span *bytes, struct err *e)
{
	uint64_t packed = 0;
	int rc = -1;

	*bytes = SPAN_NONE;
	if (s->ended)
		return 0;
	if (s->failed.code == ERR_NONE) {
		rc =
		    s->engine.next(s->engine.state, bytes, &packed, &s->failed);
		s->ended = rc == 0;
	}
	if (rc == 1) {
		s->offset += bytes->len;
		rc = check_limits(s, packed, &s->failed) == 0 ? 1 : -1;
	}
	if (rc == -1) {
		*bytes = SPAN_NONE;
		*e = s->failed;
	}
	return rc;
}

void
stream_close(struct stream *s)
{
	if (s == NULL)
		return;
	s->engine.close(s->engine.state);
	free(s);
}

uint64_t
stream_offset(const struct stream *s)
{
	return s->offset;
}

bool
stream_is_packed(const struct stream *s)
{
	return s->packed;
}
