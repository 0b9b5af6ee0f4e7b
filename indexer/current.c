/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "indexer/current.h"
#include "indexer/generation.h"

int
current_open(struct index_reader *r, const struct state *state, struct err *e)
{
	char below[GENERATION_PATH_SIZE];
	struct buf path = { 0 };
	uint64_t number;
	int fd, rc = -1;

	*r = (struct index_reader){ 0 };
	if (generation_current(state->dirfd, &number, e) != 0)
		return -1;
	if (number == 0)
		return 0;
	if (file_open_dir(state->dirfd, generation_path(number, below), false,
		&fd, e) != 0)
		return -1;
	buf_printf(&path, "%s/%s", state->path, below);
	rc = index_open(r, fd, buf_str(&path), e);
	buf_cleanup(&path);
	close(fd);
	return rc;
}
