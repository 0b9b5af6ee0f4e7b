/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memfd.h"

int
memfd_of(struct span bytes, int *fd, struct err *e)
{
	*fd = memfd_create("scapcache", MFD_CLOEXEC);
	if (*fd == -1)
		return err_system(e, "memory for a message");
	if (bytes.len == 0 || file_write_all(*fd, bytes, e) == 0)
		return 0;
	close(*fd);
	*fd = -1;
	return -1;
}

/* --- in turns --- */

void
memfd_ring_init(struct memfd_ring *r)
{
	size_t i;

	*r = (struct memfd_ring){ .next = 0 };
	for (i = 0; i < MEMFD_RING_SIZE; i++)
		r->fds[i] = -1;
}

static void
drop(struct memfd_ring *r, size_t i)
{
	if (r->fds[i] != -1)
		close(r->fds[i]);
	r->fds[i] = -1;
}

void
memfd_ring_cleanup(struct memfd_ring *r)
{
	size_t i;

	for (i = 0; i < MEMFD_RING_SIZE; i++)
		drop(r, i);
}

/* By offset: the other side shares the descriptor's position. */
static int
fill(int fd, struct span bytes, struct err *e)
{
	size_t done = 0;
	ssize_t n;

	while (done < bytes.len) {
		n = pwrite(fd, bytes.ptr + done, bytes.len - done, (off_t)done);
		if (n >= 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return err_system(e, "memory for a message");
	}
	if (ftruncate(fd, (off_t)bytes.len) != 0)
		return err_system(e, "memory for a message");
	return 0;
}

int
memfd_ring_fill(struct memfd_ring *r, struct span bytes, int *fd, struct err *e)
{
	size_t i = r->next;

	if (r->drop_last)
		drop(r, (i + MEMFD_RING_SIZE - 1) % MEMFD_RING_SIZE);
	r->next = (i + 1) % MEMFD_RING_SIZE;
	r->drop_last = bytes.len > MEMFD_RING_KEEP;
	if (r->fds[i] == -1 && memfd_of(SPAN_NONE, &r->fds[i], e) != 0)
		return -1;
	*fd = r->fds[i];
	return fill(*fd, bytes, e);
}
