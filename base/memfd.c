/* SPDX-License-Identifier: Apache-2.0 */
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
