/* SPDX-License-Identifier: Apache-2.0 */
/* A client that has refreshed once, and what the next refresh makes of it. */
#ifndef TESTS_UNIT_TUF_REFRESH_H
#define TESTS_UNIT_TUF_REFRESH_H

#include "bundle/refusal.h"
#include "tests/unit/table.h"
#include "tests/unit/tuf_world.h"

struct client_case {
	const char *name;
	/* Changes the repository behind a refresh that went well. */
	void (*then)(struct tuf_world *w);
	enum refusal refusal; /* of the second one */
	const char *text;
	const char *asked;             /* by it */
	uint64_t trusted[N_TUF_TYPES]; /* versions after it */
};

#define SAME               \
	{                  \
		1, 2, 2, 2 \
	} /* root, targets, snapshot, timestamp */
#define ROOT1 "2.root.json timestamp.json "

static inline int
refresh(struct tuf_world *w, struct err *e)
{
	struct tuf_client_options o = world_options(w);
	struct tuf_client *c = tuf_client_new(&o);
	int rc;

	*e = (struct err){ 0 };
	buf_reset(&w->asked);
	rc = tuf_client_refresh(c, e);
	if (rc == 0)
		*e = (struct err){ 0 }; /* of a root that there is not */
	tuf_client_free(c);
	return rc;
}

/* At version 2 of all but the root, with a role below targets. */
static inline void
world_begin(struct tuf_world *w)
{
	struct err e;

	world_init(w);
	world_add_role(w, "red", "targets", "red/*")->version = 2;
	w->version[TUF_TIMESTAMP] = w->version[TUF_SNAPSHOT] =
	    w->version[TUF_TARGETS] = 2;
	world_publish(w);
	if (refresh(w, &e) != 0)
		fail_msg("%s", e.msg);
	assert_string_equal(buf_str(&w->asked),
	    "2.root.json timestamp.json 2.snapshot.json 2.targets.json ");
}

static inline void
check_case(const struct client_case *c, struct tuf_world *w)
{
	enum tuf_type t;
	struct err e;
	int rc;

	c->then(w);
	rc = refresh(w, &e);
	if (c->text != NULL)
		assert_string_equal(e.msg, c->text);
	assert_int_equal(refusal_of(&e), c->refusal);
	assert_int_equal(rc, e.code == ERR_NONE ? 0 : -1);
	assert_string_equal(buf_str(&w->asked), c->asked);
	for (t = TUF_ROOT; t < N_TUF_TYPES; t++)
		assert_int_equal(
		    world_trusted(w, tuf_type_name(t)), c->trusted[t]);
}

static inline void
test_case(void **state)
{
	struct tuf_world w;

	world_begin(&w);
	check_case(*state, &w);
	world_cleanup(&w);
}

#endif
