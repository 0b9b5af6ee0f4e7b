/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle/import_input.h"

void
import_input_init(struct import_input *in, void *ctx,
    int (*part)(void *ctx, unsigned i, int *fd, struct err *e))
{
	*in = (struct import_input){ .ctx = ctx, .part = part, .fd = -1 };
}

void
import_input_cleanup(struct import_input *in)
{
	if (in->fd != -1)
		close(in->fd);
	in->fd = -1;
}

void
import_input_skip(void *input, uint64_t from, uint64_t to)
{
	struct import_input *in = input;

	in->skip_from = from;
	in->skip_to = to;
}

/* 1: there is a part to read; 0: the end of the last; -1. */
static int
next_part(struct import_input *in, struct err *e)
{
	int rc;

	import_input_cleanup(in);
	rc = in->part(in->ctx, in->n_parts, &in->fd, e);
	if (rc == 1)
		in->n_parts++;
	else if (rc == 0)
		in->is_over = true;
	return rc;
}

static int
read_some(
    struct import_input *in, char *ptr, size_t size, size_t *n, struct err *e)
{
	ssize_t got;

	do
		got = read(in->fd, ptr, size);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_system(e,
		    "part %u of the bundle cannot be read from its byte %ju on",
		    in->n_parts, (uintmax_t)lseek(in->fd, 0, SEEK_CUR));
	*n = (size_t)got;
	return 0;
}

/* At most size bytes of a file passed by: how many; 0: the end; -1: no file. */
static ssize_t
pass_by(const struct import_input *in, size_t size)
{
	struct stat st;
	off_t at;

	if (fstat(in->fd, &st) != 0 || !S_ISREG(st.st_mode))
		return -1;
	at = lseek(in->fd, 0, SEEK_CUR);
	if (at < 0 || at >= st.st_size)
		return at < 0 ? -1 : 0;
	if (size > (size_t)(st.st_size - at))
		size = (size_t)(st.st_size - at);
	return lseek(in->fd, (off_t)size, SEEK_CUR) < 0 ? -1 : (ssize_t)size;
}

static int
give(struct import_input *in, char *ptr, size_t size, size_t *n, struct err *e)
{
	ssize_t passed;

	if (in->at < in->skip_from || in->at >= in->skip_to)
		return read_some(in, ptr, size, n, e);
	if (size > in->skip_to - in->at)
		size = (size_t)(in->skip_to - in->at);
	passed = pass_by(in, size);
	if (passed < 0)
		return read_some(in, ptr, size, n, e);
	memset(ptr, 0, (size_t)passed);
	*n = (size_t)passed;
	return 0;
}

int
import_input_read(void *input, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct import_input *in = input;
	int rc;

	*n = 0;
	while (!in->is_over && *n == 0) {
		rc = in->fd == -1 ? next_part(in, e) : 1;
		if (rc == 1)
			rc = give(in, ptr, size, n, e);
		if (rc < 0)
			return -1;
		if (!in->is_over && *n == 0)
			import_input_cleanup(in);
	}
	in->at += *n;
	return 0;
}
