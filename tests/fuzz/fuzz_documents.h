/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fuzzer's input as the documents of an image: parts between lines "--", of
 * which the first has the name that the reader looks for, and the others that
 * of their digest. "@N" is the digest of part N, counted from 0, if it stands
 * in a part before that one. The very first byte chooses what is asked for.
 */
#ifndef TESTS_FUZZ_FUZZ_DOCUMENTS_H
#define TESTS_FUZZ_FUZZ_DOCUMENTS_H

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scanner/image_manifest.h"
#include "tests/unit/image_make.h"

#define FUZZ_PARTS_MAX 5u

typedef int
manifest_reader(struct image *img, const struct target *t, struct err *e);

/* The part with digests for "@N"; those of n.. are known. */
static inline void
fuzz_part(
    struct span text, char hex[][DIGEST_HEX_SIZE], size_t n, struct buf *out)
{
	size_t i, k;

	for (i = 0; i < text.len; i++) {
		k = i + 1 < text.len ? (size_t)(text.ptr[i + 1] - '0') : 0;
		if (text.ptr[i] != '@' || k < n || k >= FUZZ_PARTS_MAX) {
			buf_add_char(out, text.ptr[i]);
			continue;
		}
		buf_add_str(out, hex[k]);
		i++;
	}
}

/* The archive that has them, before is what stands in front of digests. */
static inline void
fuzz_archive(
    struct span rest, const char *first, const char *before, struct buf *tar)
{
	char hex[FUZZ_PARTS_MAX][DIGEST_HEX_SIZE] = { "" };
	struct span parts[FUZZ_PARTS_MAX] = { SPAN_NONE };
	struct archive *a = make_tar_open(tar);
	struct buf text = { 0 };
	struct span line;
	size_t n = 0;
	char name[128];

	while (n < FUZZ_PARTS_MAX && span_next(&rest, '\n', &line)) {
		if (span_is(line, "--"))
			n++;
		else if (parts[n].ptr == NULL)
			parts[n] = line;
		else
			parts[n].len =
			    (size_t)(line.ptr + line.len - parts[n].ptr);
	}
	for (n = FUZZ_PARTS_MAX; n-- > 0;) {
		buf_reset(&text);
		fuzz_part(parts[n], hex, n + 1, &text);
		make_hex(buf_span(&text), hex[n]);
		snprintf(name, sizeof(name), "%s%s", before, hex[n]);
		make_file(a, n == 0 ? first : name, buf_span(&text));
	}
	make_tar_close(a);
	buf_cleanup(&text);
}

static inline void
fuzz_documents(struct span in, const char *first, const char *before,
    manifest_reader *read)
{
	static char *const tags[] = { NULL, "v1", "", "host/name:v1" };
	static char *const platforms[] = { NULL, "linux/arm64/v8", "x", "" };
	unsigned choice = in.len > 0 ? (unsigned char)in.ptr[0] : 0;
	struct target t = { .transport = TRANSPORT_DOCKER_ARCHIVE,
		.text = "image",
		.tag = tags[choice % 4],
		.platform = platforms[choice / 4 % 4] };
	struct image img = { .rootfd = -1, .spool = { .fd = -1 } };
	int fd = memfd_create("image", MFD_CLOEXEC);
	struct buf tar = { 0 };
	char path[64];
	struct err e;

	fuzz_archive(span_from(in, 1), first, before, &tar);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	t.path = path;
	if (fd == -1 || write(fd, tar.ptr, tar.len) != (ssize_t)tar.len ||
	    source_open_archive(&img.source, &t, &img.filter, &e) != 0)
		abort();
	tree_init(&img.tree);
	(void)read(&img, &t, &e);
	image_close(&img);
	close(fd);
	buf_cleanup(&tar);
}

#endif
