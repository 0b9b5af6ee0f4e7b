/* SPDX-License-Identifier: Apache-2.0 */
/* server/form: what is said to be a file lies within what was sent. */
#include <stdlib.h>
#include <unistd.h>

#include "base/memfd.h"
#include "server/form.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span body = span_make(data, size);
	struct arena a = { 0 };
	struct err e = { 0 };
	struct form f;
	int fd = -1;
	size_t i;

	if (memfd_of(body, &fd, &e) != 0)
		abort();
	if (form_read_multipart(fd, size, SPAN_LIT("x"), &a, &f, &e) == 0)
		for (i = 0; i < f.n; i++)
			if (f.fields[i].offset + f.fields[i].size_bytes > size)
				abort();
	close(fd);
	arena_cleanup(&a);
	return 0;
}
