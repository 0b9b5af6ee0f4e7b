/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "indexer/generation.h"
#include "server/judge_at.h"

#define DAY_S 86400

/*
 * The folder of the generation that is to judge. None: out->generation is 0,
 * and *e says why if a certain one was asked for.
 */
static int
find_index(const struct state *s, const struct as_of_when *when, bool may_make,
    struct as_of *out, struct err *e)
{
	char path[GENERATION_PATH_SIZE];

	*out = (struct as_of){ 0 };
	if (as_of_is_asked(when)) {
		if ((may_make ? as_of_open(s, when, out, e)
			      : as_of_find(s, when, out, e)) == 0)
			return 0;
		out->generation = 0;
		return e->code == ERR_MISSING ? 0 : -1;
	}
	if (generation_current(s->dirfd, &out->generation, e) != 0)
		return -1;
	if (out->generation > 0)
		snprintf(out->below, sizeof(out->below), "%s",
		    generation_path(out->generation, path));
	return 0;
}

/*
 * What is to come is not known, and a verdict of it would stand over all that
 * come before. The day that began is as far as it has come.
 */
int
judge_at_check(const struct as_of_when *when, struct err *e)
{
	char now[CLOCK_TEXT_SIZE];

	if (!when->is_time || when->time - clock_now() < DAY_S)
		return 0;
	return err_set(e, ERR_FORMAT,
	    "as of a time to come nothing can be judged: it is %s now",
	    clock_text(clock_now(), now));
}

/* Ages count to the moment that is asked about: a generation's own is when it
 * was published. */
static int64_t
judged_at(const struct as_of_when *when, const struct as_of *g)
{
	int64_t now = clock_now();

	if (when->is_time)
		return when->time < now ? when->time : now;
	return when->generation > 0 && g->generation > 0 ? g->made : now;
}

/* Without a catalog what has no date has none: a policy may ask for one. */
static void
find_seen(const struct state *s, struct judge_at *out)
{
	struct db *catalog = NULL;
	struct err e = { 0 };

	if (catalog_open(&catalog, s, DB_READ, &e) != 0 ||
	    catalog_seen(catalog, out->generation, &out->arena, &out->seen,
		&out->n_seen, &e) != 0 ||
	    catalog_is_stale(catalog, out->generation, &out->is_stale, &e) != 0)
		log_info("scan: dates of documents are not known: %s", e.msg);
	db_close(catalog);
}

int
judge_at_find(const struct state *s, const struct as_of_when *when,
    bool may_make, struct judge_at *out, struct err *e)
{
	struct as_of g;

	*out = (struct judge_at){ 0 };
	if (judge_at_check(when, e) != 0)
		return -1;
	if (find_index(s, when, may_make, &g, &out->why) != 0) {
		*e = out->why;
		return -1;
	}
	out->generation = g.generation;
	out->made = g.made;
	out->judged_at = judged_at(when, &g);
	if (g.generation > 0) {
		buf_printf(&out->path, "%s/%s", s->path, g.below);
		find_seen(s, out);
	}
	return 0;
}

void
judge_at_cleanup(struct judge_at *j)
{
	buf_cleanup(&j->path);
	arena_cleanup(&j->arena);
	*j = (struct judge_at){ 0 };
}

void
judge_at_side(struct scan_side *side, const struct judge_at *j)
{
	side->index = j->generation > 0 ? buf_str(&j->path) : NULL;
	side->judged_at = j->judged_at;
	side->seen = j->seen;
	side->n_seen = j->n_seen;
	side->is_stale = j->is_stale;
}

void
judge_at_use(struct scan_request *r, const struct judge_at *j)
{
	if (j->why.code != ERR_NONE)
		r->options.no_content = j->why.msg;
	r->index = j->generation > 0 ? buf_str(&j->path) : NULL;
	r->options.judged_at = j->judged_at;
	r->options.seen = j->seen;
	r->options.n_seen = j->n_seen;
	r->options.is_stale = j->is_stale;
}
