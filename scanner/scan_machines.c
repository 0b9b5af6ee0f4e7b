/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "scanner/scan_machines.h"

struct entry {
	const struct document *document;
	struct machine *machine;
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
	for (i = 0; i < m->n; i++)
		machine_close(m->v[i].machine);
	free(m->v);
	free(m);
}

int
scan_machines_get(
    struct scan_machines *m, struct scan_document *d, struct err *e)
{
	size_t i;

	for (i = 0; i < m->n && m->v[i].document != d->document; i++)
		continue;
	if (i == m->n) {
		m->v = xgrow(m->v, &m->cap, m->n + 1, sizeof(*m->v));
		if (machine_open(&m->v[i].machine, d->family->db,
			d->document->id, e) != 0)
			return -1;
		machine_keep(m->v[i].machine);
		m->v[m->n++].document = d->document;
	}
	d->machine = m->v[i].machine;
	return 0;
}
