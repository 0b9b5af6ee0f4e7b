/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
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
