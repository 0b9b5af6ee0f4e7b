/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "scanner/sbom_input.h"

static const struct stream_options limits = { .out_max = SBOM_SIZE_MAX };

static int
pipe_read(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	ssize_t got;

	(void)ctx;
	do
		got = read(STDIN_FILENO, ptr, size);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_system(e, "cannot read");
	*n = (size_t)got;
	return 0;
}

static int
packed_open(struct sbom_input *in, const char *path, struct err *e)
{
	const struct stream_pull pull = { NULL, pipe_read };
	int fd = STDIN_FILENO;

	if (strcmp(path, "-") != 0) {
		in->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (in->fd == -1)
			return err_system(e, "it");
		fd = in->fd;
	} else if (lseek(fd, 0, SEEK_CUR) == -1) {
		return stream_open_pull(&in->packed, &pull, &limits, e);
	}
	return stream_open_fd(&in->packed, fd, &limits, e);
}

/* The head first, then what follows it. */
static int
unpacked_read(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct sbom_input *in = ctx;
	struct span from = span_from(buf_span(&in->head), in->used);
	int rc = 1;

	if (from.len > 0) {
		*n = from.len < size ? from.len : size;
		memcpy(ptr, from.ptr, *n);
		in->used += *n;
		return 0;
	}
	if (in->rest.len == 0)
		rc = stream_next(in->packed, &in->rest, e);
	if (rc == -1)
		return -1;
	*n = 0;
	if (rc == 1) {
		*n = in->rest.len < size ? in->rest.len : size;
		memcpy(ptr, in->rest.ptr, *n);
		in->rest = span_from(in->rest, *n);
	}
	return 0;
}

int
sbom_input_open(struct sbom_input *in, const char *path, struct err *e)
{
	const struct stream_pull pull = { in, unpacked_read };
	struct span bytes;
	int rc = 1;

	*in = (struct sbom_input){ .fd = -1 };
	if (packed_open(in, path, e) != 0)
		return -1;
	while (in->head.len < SBOM_HEAD_SIZE &&
	    (rc = stream_next(in->packed, &bytes, e)) == 1)
		buf_add_span(&in->head, bytes);
	if (rc == -1)
		return -1;
	in->format = sbom_format_of(buf_span(&in->head));
	return stream_open_pull(&in->stream, &pull, &limits, e);
}

void
sbom_input_close(struct sbom_input *in)
{
	stream_close(in->stream);
	stream_close(in->packed);
	buf_cleanup(&in->head);
	if (in->fd != -1)
		close(in->fd);
	*in = (struct sbom_input){ .fd = -1 };
}
