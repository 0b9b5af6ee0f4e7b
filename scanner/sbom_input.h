/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a bill of materials, unpacked, of a file or of standard input;
 * a pipe gives them once, so they are looked at on their way.
 */
#ifndef SCANNER_SBOM_INPUT_H
#define SCANNER_SBOM_INPUT_H

#include "scanner/sbom.h"

struct sbom_input {
	int fd; /* -1: of nobody's but standard input */
	struct stream *packed;
	struct buf head;
	struct span rest; /* what was lent of packed, and not handed on */
	size_t used;      /* of head */
	struct stream *stream;
	enum sbom_format format;
};

/* Sets format and stream. The path "-" is standard input. */
int sbom_input_open(struct sbom_input *in, const char *path, struct err *e);
void sbom_input_close(struct sbom_input *in);

#endif
