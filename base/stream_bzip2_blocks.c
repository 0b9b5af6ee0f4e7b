/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bzip2 by blocks, on several threads: the blocks of a file depend on nothing
 * before them. A worker takes the next block of the file and unpacks it into
 * its slot; the reader empties the slots in the file's order. Where anything
 * is odd, be it a mark that was none, a checksum, or a damaged file, the
 * reader stops the workers and lets libbz2 read that stream again from its
 * start: so what comes out, and what is complained of, is the same as without
 * threads.
 */
#include <pthread.h>
#include <stdlib.h>

#include <bzlib.h>

#include "base/bzip2_block.h"
#include "base/bzip2_scan.h"
#include "base/mem.h"

#define WORKERS_MAX 4u                      /* each may hold 17 MB */
#define SLOT_SIZE ((size_t)2 * 1024 * 1024) /* few blocks are larger */
#define SLOTS_MORE 2u /* unpacked, waiting for the reader */
#define SLOTS_MAX (WORKERS_MAX + SLOTS_MORE)

enum slot_state { FILLING, PART, DONE };

struct slot {
	enum slot_state state;
	enum bzip2_piece_kind kind;
	char *out;
	size_t len;
	uint32_t crc; /* of the block or stream */
	uint64_t stream_at, packed_size;
};

struct blocks {
	struct stream_input in;

	pthread_mutex_t lock; /* for all of this part */
	pthread_cond_t for_workers, for_reader;
	struct bzip2_scan scan;
	struct slot slots[SLOTS_MAX];
	size_t n_slots;
	uint64_t n_taken, n_read; /* slots; a slot is n % n_slots */
	bool scanned;             /* the file has no more pieces */
	bool stop;

	/* The reader's own. */
	pthread_t threads[WORKERS_MAX];
	size_t n_threads;
	bool lent;
	uint32_t crc;               /* of the stream so far */
	uint64_t begun_at;          /* the stream that was begun last */
	uint64_t emitted;           /* bytes of it */
	struct stream_engine plain; /* state not NULL: the workers are gone */
};

struct worker {
	struct blocks *all;
	struct bzip2_piece piece;
	struct slot *slot;
	struct bzip2_block block;
	void *spare[2]; /* memory that libbz2 gave back; see bz_alloc() */
};

/*
 * The next piece into the next slot; the lock is held. True for a block, which
 * the caller unpacks.
 */
static bool
take_piece(struct blocks *a, struct worker *w)
{
	struct bzip2_piece *p = &w->piece;
	struct slot *slot = &a->slots[a->n_taken % a->n_slots];
	struct err e;

	/* libbz2 will meet the same error in reading, and tell of it. */
	if (bzip2_scan_next(&a->scan, p, &e) != 0)
		p->kind = BZIP2_PIECE_ODD;
	a->n_taken++;
	slot->kind = p->kind;
	slot->crc = p->crc;
	slot->stream_at = p->stream_at;
	slot->packed_size = p->packed_size;
	slot->len = 0;
	slot->state = p->kind == BZIP2_PIECE_BLOCK ? FILLING : DONE;
	w->slot = slot;
	if (slot->state == FILLING)
		return true;
	a->scanned = p->kind != BZIP2_PIECE_STREAM;
	pthread_cond_signal(&a->for_reader);
	return false;
}

/* Waits for room and takes the next block; false: there is no more work. */
static bool
take_block(struct blocks *a, struct worker *w)
{
	bool taken = false;

	pthread_mutex_lock(&a->lock);
	while (!taken && !a->stop && !a->scanned) {
		if (a->n_taken - a->n_read == a->n_slots)
			pthread_cond_wait(&a->for_workers, &a->lock);
		else
			taken = take_piece(a, w);
	}
	pthread_mutex_unlock(&a->lock);
	return taken;
}

/* Gives the slot to the reader; false: it wants no more. */
static bool
give(struct blocks *a, struct slot *slot, enum slot_state state)
{
	bool go_on;

	pthread_mutex_lock(&a->lock);
	slot->state = state;
	pthread_cond_signal(&a->for_reader);
	while (!a->stop && slot->state == PART)
		pthread_cond_wait(&a->for_workers, &a->lock);
	go_on = !a->stop;
	pthread_mutex_unlock(&a->lock);
	return go_on;
}

static bool
stopped(struct blocks *a)
{
	bool stop;

	pthread_mutex_lock(&a->lock);
	stop = a->stop;
	pthread_mutex_unlock(&a->lock);
	return stop;
}

/*
 * libbz2 asks for the same two pieces of memory for each block, the larger of
 * 3.6 MB: kept, they need not be mapped and cleared each time. Each begins
 * with its size.
 */
static void *
bz_alloc(void *ctx, int n, int size)
{
	struct worker *w = ctx;
	size_t want = xadd(xmul((size_t)n, (size_t)size), 16);
	size_t *p;
	size_t i;

	for (i = 0; i < 2; i++) {
		p = w->spare[i];
		if (p != NULL && *p == want) {
			w->spare[i] = NULL;
			return p + 2;
		}
	}
	p = xmalloc(want);
	*p = want;
	return p + 2;
}

static void
bz_free(void *ctx, void *ptr)
{
	struct worker *w = ctx;
	size_t *p = (size_t *)ptr - 2;

	if (w->spare[0] == NULL) {
		w->spare[0] = p;
	} else {
		free(w->spare[1]);
		w->spare[1] = p;
	}
}

static void
begin(struct worker *w, bz_stream *z)
{
	*z = (bz_stream){ .bzalloc = bz_alloc, .bzfree = bz_free, .opaque = w };
	if (BZ2_bzDecompressInit(z, 0, 0) != BZ_OK)
		abort();
	z->next_in = w->piece.packed.ptr;
	z->avail_in = (unsigned)w->piece.packed.len;
}

/*
 * Unpacks into the slot. 1: all of it fits, 0: there is more, -1: the piece is
 * no block. It is one only if libbz2 has found its end, checked its checksum,
 * and used every byte: the mark behind it was a mark.
 */
static int
fill(struct worker *w, bz_stream *z)
{
	struct slot *slot = w->slot;
	int rc = BZ_OK;

	z->next_out = slot->out;
	z->avail_out = SLOT_SIZE;
	while (rc == BZ_OK && z->avail_out > 0) {
		unsigned before = z->avail_out;

		rc = BZ2_bzDecompress(z);
		if (rc == BZ_OK && z->avail_out == before)
			return -1;
	}
	slot->len = SLOT_SIZE - z->avail_out;
	if (rc == BZ_OK)
		return 0;
	return rc == BZ_STREAM_END && z->avail_in == 0 ? 1 : -1;
}

/*
 * Long runs: the block is larger than its slot. The reader may see no byte
 * before the checksum holds, so it is unpacked once for that, and then again.
 */
static void
give_parts(struct worker *w, bz_stream *z)
{
	struct blocks *a = w->all;
	int rc = 0;

	while (rc == 0 && !stopped(a))
		rc = fill(w, z);
	BZ2_bzDecompressEnd(z);
	begin(w, z);
	if (rc != 1) {
		w->slot->kind = BZIP2_PIECE_ODD;
		give(a, w->slot, DONE);
		return;
	}
	do
		rc = fill(w, z);
	while (give(a, w->slot, rc == 0 ? PART : DONE) && rc == 0);
}

static void
unpack_plain(struct worker *w)
{
	bz_stream z;
	int rc;

	begin(w, &z);
	rc = fill(w, &z);
	if (rc == 0) {
		give_parts(w, &z);
	} else {
		if (rc == -1)
			w->slot->kind = BZIP2_PIECE_ODD;
		give(w->all, w->slot, DONE);
	}
	BZ2_bzDecompressEnd(&z);
}

/* Our own way, for most blocks of the text that we meet. */
static bool
unpack_fast(struct worker *w)
{
	const struct bzip2_piece *p = &w->piece;

	w->slot->len = SLOT_SIZE;
	return bzip2_block_read(&w->block, (const uint8_t *)p->packed.ptr,
		   p->bit, p->end, p->level) &&
	    bzip2_invert(&w->block) &&
	    bzip2_expand(&w->block, w->slot->out, &w->slot->len);
}

static void *
work(void *ctx)
{
	struct worker w = { .all = ctx };

	bzip2_block_init(&w.block);
	while (take_block(w.all, &w)) {
		if (w.slot->out == NULL)
			w.slot->out = xmalloc(SLOT_SIZE);
		if (unpack_fast(&w))
			give(w.all, w.slot, DONE);
		else
			unpack_plain(&w);
	}
	bzip2_block_cleanup(&w.block);
	buf_cleanup(&w.piece.packed);
	free(w.spare[0]);
	free(w.spare[1]);
	return NULL;
}

static void
stop_workers(struct blocks *a)
{
	size_t i;

	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_broadcast(&a->for_workers);
	pthread_mutex_unlock(&a->lock);
	for (i = 0; i < a->n_threads; i++)
		pthread_join(a->threads[i], NULL);
	a->n_threads = 0;
}

/* libbz2 takes over, from the start of this stream; what was read is skipped.
 */
static int
go_plain(struct blocks *a, struct span *bytes, uint64_t *packed, struct err *e)
{
	uint64_t skip = a->emitted;
	int rc;

	stop_workers(a);
	a->plain = engine_direct(&a->in, a->begun_at, &STREAM_BZIP2);
	do {
		rc = a->plain.next(a->plain.state, bytes, packed, e);
		if (rc != 1 || bytes->len > skip)
			break;
		skip -= bytes->len;
	} while (true);
	*bytes = span_from(*bytes, (size_t)skip);
	return rc;
}

/* The reader is done with the bytes that it was lent; the lock is held. */
static void
take_back(struct blocks *a)
{
	struct slot *slot = &a->slots[a->n_read % a->n_slots];

	a->lent = false;
	if (slot->state == PART)
		slot->state = FILLING;
	else
		a->n_read++;
	pthread_cond_broadcast(&a->for_workers);
}

/* A slot that is not FILLING; the lock is held. */
static struct slot *
next_slot(struct blocks *a)
{
	struct slot *slot = &a->slots[a->n_read % a->n_slots];

	while (a->n_taken == a->n_read || slot->state == FILLING)
		pthread_cond_wait(&a->for_reader, &a->lock);
	return slot;
}

/* What the slot means for the stream: 1: bytes; 0: nothing; -1: odd. */
static int
read_slot(struct blocks *a, const struct slot *slot)
{
	if (slot->stream_at != a->begun_at) {
		a->begun_at = slot->stream_at;
		a->emitted = 0;
	}
	if (slot->kind == BZIP2_PIECE_STREAM) {
		if (slot->crc != a->crc)
			return -1;
		a->crc = 0;
		return 0;
	}
	if (slot->kind != BZIP2_PIECE_BLOCK)
		return -1;
	if (slot->state == DONE)
		a->crc = (a->crc << 1 | a->crc >> 31) ^ slot->crc;
	a->emitted += slot->len;
	return slot->len > 0;
}

static int
blocks_next(void *state, struct span *bytes, uint64_t *packed, struct err *e)
{
	struct blocks *a = state;
	struct slot *slot;
	int rc = 0;

	if (a->plain.state != NULL)
		return a->plain.next(a->plain.state, bytes, packed, e);
	pthread_mutex_lock(&a->lock);
	do {
		if (a->lent)
			take_back(a);
		slot = next_slot(a);
		if (slot->kind == BZIP2_PIECE_END)
			break;
		rc = read_slot(a, slot);
		a->lent = rc >= 0;
	} while (rc == 0);
	pthread_mutex_unlock(&a->lock);
	if (rc == -1)
		return go_plain(a, bytes, packed, e);
	*bytes = span_make(slot->out, slot->len);
	*packed = slot->packed_size;
	return rc;
}

static void
blocks_close(void *state)
{
	struct blocks *a = state;
	size_t i;

	stop_workers(a);
	if (a->plain.state != NULL)
		a->plain.close(a->plain.state);
	bzip2_scan_cleanup(&a->scan);
	for (i = 0; i < a->n_slots; i++)
		free(a->slots[i].out);
	pthread_cond_destroy(&a->for_workers);
	pthread_cond_destroy(&a->for_reader);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

bool
engine_blocks(
    const struct stream_input *in, unsigned threads, struct stream_engine *out)
{
	struct blocks *a = xcalloc(1, sizeof(*a));
	unsigned i;

	if (threads > WORKERS_MAX)
		threads = WORKERS_MAX;
	a->in = *in;
	a->n_slots = threads + SLOTS_MORE;
	bzip2_scan_init(&a->scan, in);
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->for_workers, NULL);
	pthread_cond_init(&a->for_reader, NULL);
	for (i = 0; i < threads; i++)
		if (pthread_create(&a->threads[a->n_threads], NULL, work, a) ==
		    0)
			a->n_threads++;
	if (a->n_threads == 0) {
		blocks_close(a);
		return false;
	}
	*out = (struct stream_engine){ a, blocks_next, blocks_close };
	return true;
}
