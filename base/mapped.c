/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mapped.h"
#include "base/mem.h"

static const char no_room[] = "no room for a large file";

int
mapped_open(struct mapped *m, size_t room, struct err *e)
{
	void *ptr;

	*m = (struct mapped){ .fd = memfd_create("mapped", MFD_CLOEXEC),
		.room = room == 0 ? 1 : room };
	if (m->fd == -1 || ftruncate(m->fd, (off_t)m->room) != 0) {
		err_system(e, no_room);
		mapped_close(m);
		return -1;
	}
	ptr = mmap(NULL, m->room, PROT_READ | PROT_WRITE, MAP_SHARED, m->fd, 0);
	if (ptr == MAP_FAILED) {
		err_system(e, no_room);
		mapped_close(m);
		return -1;
	}
	m->ptr = ptr;
	return 0;
}

/* Past the mapping: its pages need not become ours. */
int
mapped_add(struct mapped *m, struct span bytes, struct err *e)
{
	if (bytes.len > m->room - m->len)
		return err_set(e, ERR_LIMIT, "longer than it says");
	while (bytes.len > 0) {
		ssize_t n = pwrite(m->fd, bytes.ptr, bytes.len, (off_t)m->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_system(e, no_room);
		m->len += (size_t)n;
		bytes = span_from(bytes, (size_t)n);
	}
	return 0;
}

int
mapped_grow(struct mapped *m, size_t room, struct err *e)
{
	void *ptr;

	if (room <= m->room)
		return 0;
	if (ftruncate(m->fd, (off_t)room) != 0)
		return err_system(e, no_room);
	ptr = mremap(m->ptr, m->room, room, MREMAP_MAYMOVE);
	if (ptr == MAP_FAILED)
		return err_system(e, no_room);
	m->ptr = ptr;
	m->room = room;
	return 0;
}

void
mapped_close(struct mapped *m)
{
	if (m->ptr != NULL)
		munmap(m->ptr, m->room);
	if (m->fd != -1)
		close(m->fd);
	*m = (struct mapped){ .fd = -1 };
}

/* From whole pages to whole pages: it begins on one, or what lends it does. */
void
mapped_rest(struct span bytes)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t at = (uintptr_t)bytes.ptr & ~(page - 1);
	size_t len = (size_t)((uintptr_t)bytes.ptr + bytes.len - at);

	if (bytes.len > 0)
		madvise((void *)at, len, MADV_DONTNEED);
}
