/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "scanner/scan_machines.h"

struct entry {
	const struct document *document;
	struct machine *machine;
	struct separable *separable; /* NULL: nobody asked yet */
};

struct scan_machines {
	struct entry *v; /* an index has some hundreds of documents */
	size_t n;
	size_t cap;
};

struct scan_machines *
scan_machines_new(void)
{
	return xcalloc(1, sizeof(struct scan_machines));
}

void
scan_machines_free(struct scan_machines *m)
{
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->n; i++) {
		separable_free(m->v[i].separable);
		machine_close(m->v[i].machine);
	}
	free(m->v);
	free(m);
}

/* NULL with *e set if the index is damaged. */
static struct entry *
find(struct scan_machines *m, const struct scan_document *d, struct err *e)
{
	struct entry *found;
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->v[i].document == d->document)
			return &m->v[i];
	m->v = xgrow(m->v, &m->cap, m->n + 1, sizeof(*m->v));
	found = &m->v[m->n];
	*found = (struct entry){ .document = d->document };
	if (machine_open(&found->machine, d->family->db, d->document->id, e) !=
	    0)
		return NULL;
	machine_keep(found->machine);
	m->n++;
	return found;
}

int
scan_machines_get(
    struct scan_machines *m, struct scan_document *d, struct err *e)
{
	const struct entry *found = find(m, d, e);

	if (found == NULL)
		return -1;
	d->machine = found->machine;
	return 0;
}

int
scan_machines_separable(struct scan_machines *m, struct scan_document *d,
    struct separable **out, struct err *e)
{
	struct entry *found = find(m, d, e);

	if (found == NULL ||
	    (found->separable == NULL &&
		separable_make(&found->separable, found->machine, e) != 0))
		return -1;
	*out = found->separable;
	return 0;
}
