/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds files to a fuzz target, one TAP line each: `make check` replays the
 * corpus with it, under sanitizers that end the process at the first fault.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As much memory as the file is long: a read past its end is a fault. */
static int
replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = NULL;
	struct stat st;
	size_t size;
	int rc = -1;

	if (f == NULL || fstat(fileno(f), &st) != 0)
		goto out;
	size = (size_t)st.st_size;
	data = malloc(size > 0 ? size : 1);
	if (data == NULL || fread(data, 1, size, f) != size)
		goto out;
	(void)LLVMFuzzerTestOneInput(data, size);
	rc = 0;
out:
	free(data);
	if (f != NULL)
		fclose(f);
	return rc;
}

int
main(int argc, char **argv)
{
	int rc = 0;

	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++) {
		fflush(stdout);
		if (replay(argv[i]) != 0) {
			printf("not ok %d - %s cannot be read\n", i, argv[i]);
			rc = 1;
		} else {
			printf("ok %d - %s\n", i, argv[i]);
		}
	}
	return rc;
}
