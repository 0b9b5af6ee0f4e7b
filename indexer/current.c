/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/buf.h"
#include "base/catalog.h"
#include "base/file.h"
#include "base/log.h"
#include "indexer/current.h"
#include "indexer/generation.h"

int
generation_open(struct index_reader *r, const struct state *state,
    const char *below, struct err *e)
{
	struct buf path = { 0 };
	int fd, rc;

	*r = (struct index_reader){ 0 };
	if (file_open_dir(state->dirfd, below, false, &fd, e) != 0)
		return -1;
	buf_printf(&path, "%s/%s", state->path, below);
	rc = index_open(r, fd, buf_str(&path), e);
	buf_cleanup(&path);
	close(fd);
	return rc;
}

int
current_open(struct index_reader *r, const struct state *state, struct err *e)
{
	char below[GENERATION_PATH_SIZE];
	uint64_t number;

	*r = (struct index_reader){ 0 };
	if (generation_current(state->dirfd, &number, e) != 0)
		return -1;
	if (number == 0)
		return 0;
	return generation_open(r, state, generation_path(number, below), e);
}

struct mending {
	const struct state *state;
	struct db *catalog;
	const char *below; /* "index/7" */
};

static int
take_out(
    struct mending *m, const char *file, const struct err *why, struct err *e)
{
	log_warn("%s: it is made anew from the store", why->msg);
	if (unlinkat(m->state->dirfd, file, 0) != 0)
		return err_system(e, "%s: cannot remove", file);
	return catalog_audit(
	    m->catalog, span_of(file), "removed", span_of(why->msg), e);
}

static int
mend_file(void *ctx, const char *name, struct err *e)
{
	struct mending *m = ctx;
	struct buf path = { 0 };
	struct err why = { 0 };
	size_t below;
	int rc = 0;

	if (!span_has_suffix(span_of(name), ".sqlite"))
		return 0;
	buf_printf(&path, "%s/", m->state->path);
	below = path.len;
	buf_printf(&path, "%s/%s", m->below, name);
	if (index_check(buf_str(&path), &why) != 0 && why.code == ERR_FORMAT)
		rc = take_out(m, buf_str(&path) + below, &why, e);
	buf_cleanup(&path);
	return rc;
}

int
current_mend(const struct state *s, struct db *catalog, struct err *e)
{
	char below[GENERATION_PATH_SIZE];
	struct mending m = { s, catalog, below };
	uint64_t number;

	if (generation_current(s->dirfd, &number, e) != 0)
		return -1;
	if (number == 0)
		return 0;
	generation_path(number, below);
	return file_list(s->dirfd, below, mend_file, &m, e);
}
