/* SPDX-License-Identifier: Apache-2.0 */
/* A thread that parses ahead of the sink: records as items of base/ahead.h. */
#include <inttypes.h>
#include <string.h>

#include "base/ahead.h"
#include "content/oval_read.h"

enum entry_type {
	ENTRY_GENERATOR = 0,
	ENTRY_DEFINITION,
	ENTRY_TEST,
	ENTRY_OBJECT,
	ENTRY_STATE,
	ENTRY_VARIABLE,
};

/* A record, in the arena of its batch. */
struct entry {
	enum entry_type type;
	uint64_t line; /* that the reader was in */
	const void *record;
};

struct parsing {
	struct oval_reader reader; /* the thread's own, as is the batcher */
	struct oval_sink batcher;
	struct ahead *ahead;
	struct stream *in;
	const struct oval_sink *sink; /* its prepare() is called there, too */
};

/* --- the thread --- */

/* Takes the record, whose parts are in the batch's arena already. */
static int
add(struct parsing *p, enum entry_type type, const void *record, size_t size,
    struct err *e)
{
	struct arena *a = ahead_arena(p->ahead);
	struct entry *entry = arena_alloc(a, sizeof(*entry));
	void *copy = arena_alloc(a, size);

	memcpy(copy, record, size);
	*entry = (struct entry){ type, xml_line(p->reader.xml), copy };
	if (ahead_add(p->ahead, entry, e) != 0)
		return -1;
	/* The next record may be of another batch. */
	p->reader.arena = ahead_arena(p->ahead);
	return 0;
}

static int
add_generator(void *ctx, const struct oval_generator *g, struct err *e)
{
	return add(ctx, ENTRY_GENERATOR, g, sizeof(*g), e);
}

static int
add_definition(void *ctx, const struct oval_definition *d, struct err *e)
{
	struct parsing *p = ctx;
	struct arena *a = ahead_arena(p->ahead);
	struct oval_definition copy = *d;

	copy.raw = arena_span(a, d->raw);
	if (p->sink->prepare != NULL)
		copy.prepared = p->sink->prepare(p->sink->ctx, &copy, a);
	return add(p, ENTRY_DEFINITION, &copy, sizeof(copy), e);
}

static int
add_test(void *ctx, const struct oval_test *t, struct err *e)
{
	return add(ctx, ENTRY_TEST, t, sizeof(*t), e);
}

static int
add_object(void *ctx, const struct oval_object *o, struct err *e)
{
	return add(ctx, ENTRY_OBJECT, o, sizeof(*o), e);
}

static int
add_state(void *ctx, const struct oval_state *s, struct err *e)
{
	return add(ctx, ENTRY_STATE, s, sizeof(*s), e);
}

static int
add_variable(void *ctx, const struct oval_variable *v, struct err *e)
{
	return add(ctx, ENTRY_VARIABLE, v, sizeof(*v), e);
}

static int
make(void *ctx, struct ahead *a, struct err *e)
{
	struct parsing *p = ctx;

	p->ahead = a;
	p->reader.arena = ahead_arena(a);
	return oval_reader_run(&p->reader, p->in, e);
}

/* --- the sink's side --- */

static int
give(const struct oval_sink *s, const struct entry *entry, struct err *e)
{
	const void *r = entry->record;

	switch (entry->type) {
	case ENTRY_GENERATOR:
		return s->generator == NULL ? 0 : s->generator(s->ctx, r, e);
	case ENTRY_DEFINITION:
		return s->definition == NULL ? 0 : s->definition(s->ctx, r, e);
	case ENTRY_TEST:
		return s->test == NULL ? 0 : s->test(s->ctx, r, e);
	case ENTRY_OBJECT:
		return s->object == NULL ? 0 : s->object(s->ctx, r, e);
	case ENTRY_STATE:
		return s->state == NULL ? 0 : s->state(s->ctx, r, e);
	case ENTRY_VARIABLE:
		return s->variable == NULL ? 0 : s->variable(s->ctx, r, e);
	}
	return 0;
}

static int
take(void *ctx, const void *item, struct err *e)
{
	const struct parsing *p = ctx;
	const struct entry *entry = item;

	if (give(p->sink, entry, e) != 0)
		return err_context(e, "line %" PRIu64, entry->line);
	return 0;
}

int
oval_read_ahead(struct stream *in, const struct oval_sink *sink, struct err *e)
{
	struct parsing p = { .in = in, .sink = sink };
	const struct ahead_work work = { &p, make, take };

	p.batcher = (struct oval_sink){ &p, add_generator, add_definition,
		add_test, add_object, add_state, add_variable, NULL };
	p.reader.sink = &p.batcher;
	p.reader.keep = true;
	return ahead_run(&work, e);
}
