/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a report goes: standard output, or a file that is there whole or as
 * it was before, by writing beside it and renaming.
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/err.h"

struct output {
	int fd;           /* to write to */
	const char *path; /* NULL: standard output */
	char *temp;       /* NULL: written in place (a device, a pipe) */
	char *final;      /* that it will replace: no link */
};

/* path NULL or "-": standard output. */
int output_open(struct output *o, const char *path, struct err *e);
/* Makes what was written stand at path; the output is closed either way. */
int output_commit(struct output *o, struct err *e);
/* Drops what was written; harmless after output_commit(). */
void output_abandon(struct output *o);

#endif
