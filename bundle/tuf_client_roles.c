/* SPDX-License-Identifier: Apache-2.0 */
/* TUF 1.0.34 §5.6.7: delegated roles, and the search through them. */
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "bundle/tuf_client_impl.h"

static struct held *
find_held(const struct tuf_client *c, struct span name)
{
	struct held *h;

	for (h = c->roles; h != NULL; h = h->next)
		if (span_eq(h->name, name))
			return h;
	return NULL;
}

static int
fetch_role(struct tuf_client *c, struct signers signers, struct held **out,
    struct err *e)
{
	struct span name = signers.role->name;
	const struct tuf_meta *meta;
	struct buf listed = { 0 };
	struct held *h = NULL;
	int rc;

	buf_add_span(&listed, name);
	buf_add_str(&listed, ".json");
	meta = tuf_find_meta(&c->top[TUF_SNAPSHOT]->file, buf_span(&listed));
	buf_cleanup(&listed);
	if (meta == NULL)
		return refuse(e, REFUSAL_INCOMPLETE,
		    "role %.*s is not in the snapshot", SPAN_ARG(name));
	rc = client_obtain(c, name, meta, signers, &h, e);
	if (rc < 0)
		return -1;
	if (client_check_expiry(c, h, e) != 0 ||
	    (rc == 1 && client_keep(c, h, e) != 0)) {
		held_free(h);
		return -1;
	}
	h->next = c->roles;
	c->roles = h;
	*out = h;
	return 0;
}

/* What is held was proved against a delegator that may be another. */
static int
obtain_role(struct tuf_client *c, struct signers signers,
    const struct tuf_file **out, struct err *e)
{
	struct held *h = find_held(c, signers.role->name);

	if (h != NULL &&
	    tuf_verify(&h->file, signers.by->keys, signers.by->n_keys,
		signers.role, e) != 0)
		return err_context(e, "%.*s.json", SPAN_ARG(h->name));
	if (h == NULL && fetch_role(c, signers, &h, e) != 0)
		return -1;
	*out = &h->file;
	return 0;
}

int
tuf_client_role(struct tuf_client *c, struct span name,
    const struct tuf_file **out, struct err *e)
{
	const struct tuf_file *targets = &c->top[TUF_TARGETS]->file;
	size_t i;

	for (i = 0; i < targets->n_delegations; i++)
		if (span_eq(targets->delegations[i].role.name, name))
			return obtain_role(c,
			    (struct signers){
				targets, &targets->delegations[i].role },
			    out, e);
	return refuse(e, REFUSAL_INCOMPLETE,
	    "targets does not delegate to role %.*s", SPAN_ARG(name));
}

/* Roles yet to be looked into, the next one last. */
struct search {
	struct span path;
	struct signers *todo;
	size_t n_todo;
	size_t cap;
	struct map visited; /* names */
};

/* The delegations that the path fits, so that the first is the next. */
static void
add_delegations(struct search *s, const struct tuf_file *f)
{
	const struct tuf_delegation *d;
	size_t n = f->n_delegations, i;

	for (i = 0; i < f->n_delegations; i++) {
		d = &f->delegations[i];
		if (!d->terminating || !tuf_delegation_fits(d, s->path))
			continue;
		s->n_todo = 0;
		n = i + 1;
		break;
	}
	s->todo = xgrow(s->todo, &s->cap, xadd(s->n_todo, n), sizeof(*s->todo));
	for (i = n; i > 0; i--) {
		d = &f->delegations[i - 1];
		if (tuf_delegation_fits(d, s->path))
			s->todo[s->n_todo++] = (struct signers){ f, &d->role };
	}
}

static int
search(struct tuf_client *c, struct search *s, const struct tuf_target **out,
    struct err *e)
{
	const struct tuf_file *f = &c->top[TUF_TARGETS]->file;
	struct signers next;

	for (;;) {
		*out = tuf_find_target(f, s->path);
		if (*out != NULL)
			return 1;
		add_delegations(s, f);
		do {
			if (s->n_todo == 0 || s->visited.n == TUF_VISITS_MAX)
				return 0;
			next = s->todo[--s->n_todo];
		} while (!map_add(&s->visited, next.role->name, 0, NULL));
		if (obtain_role(c, next, &f, e) != 0)
			return -1;
	}
}

int
tuf_client_target(struct tuf_client *c, struct span path,
    const struct tuf_target **out, struct err *e)
{
	struct search s = { .path = path };
	int rc = search(c, &s, out, e);

	free(s.todo);
	map_cleanup(&s.visited);
	return rc;
}
