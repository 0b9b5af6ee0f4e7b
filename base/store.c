/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/store.h"

int
store_open(struct store *s, int statefd, struct err *e)
{
	return file_open_dir(statefd, "store/blobs/sha256", true, &s->dirfd, e);
}

void
store_close(struct store *s)
{
	if (s->dirfd != -1)
		close(s->dirfd);
	s->dirfd = -1;
}

/* What else there is, is somebody else's. */
static int
remove_half(void *ctx, const char *name, struct err *e)
{
	const struct store *s = ctx;
	struct span hex = span_of(name);
	struct digest ignored;

	if (!span_has_suffix(hex, STORE_HALF_SUFFIX))
		return 0;
	hex.len -= sizeof(STORE_HALF_SUFFIX) - 1;
	if (!digest_parse(hex, &ignored))
		return 0;
	return file_remove_tree(s->dirfd, name, e);
}

int
store_clean(struct store *s, struct err *e)
{
	if (file_list(s->dirfd, ".", remove_half, s, e) != 0)
		return err_context(e, "store");
	return 0;
}

bool
store_has(const struct store *s, const struct digest *d)
{
	char hex[DIGEST_HEX_SIZE];

	return file_exists(s->dirfd, digest_hex(d, hex));
}

/* Under a temporary name first, so that a blob is whole or not there. */
static int
blob_write(const struct store *s, const char *hex, int from, struct err *e)
{
	char temp[DIGEST_HEX_SIZE + 8];
	int fd, rc = -1;

	snprintf(temp, sizeof(temp), "%s" STORE_HALF_SUFFIX, hex);
	fd = openat(
	    s->dirfd, temp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd == -1)
		return err_system(e, "store: %s", temp);
	if (file_copy_fd(from, fd, e) != 0)
		err_context(e, "store: %s", hex);
	else if (fchmod(fd, 0444) != 0 || fsync(fd) != 0)
		err_system(e, "store: %s: cannot sync", hex);
	else if (renameat(s->dirfd, temp, s->dirfd, hex) != 0)
		err_system(e, "store: %s", hex);
	else
		rc = file_sync_dir(s->dirfd, ".", e);
	close(fd);
	if (rc != 0)
		unlinkat(s->dirfd, temp, 0);
	return rc;
}

int
store_get(const struct store *s, const struct digest *d,
    struct verified_file **out, struct err *e)
{
	struct proof proof = { PROOF_STORE, *d, 0 };
	char hex[DIGEST_HEX_SIZE];
	struct stat st;
	int fd;

	fd = openat(s->dirfd, digest_hex(d, hex), O_RDONLY | O_CLOEXEC);
	if (fd == -1) {
		err_system(e, "store: %s", hex);
		if (errno == ENOENT)
			e->code = ERR_MISSING;
		return -1;
	}
	if (fstat(fd, &st) != 0) {
		err_system(e, "store: %s", hex);
		goto fail;
	}
	proof.size_bytes = (uint64_t)st.st_size;
	if (verified_open(out, fd, &proof, e) == 0)
		return 0;
	err_context(e, "store: %s", hex);
fail:
	close(fd);
	return -1;
}

/* A copy that has rotted is not one: it is written anew. */
static bool
is_whole(const struct store *s, const struct digest *d)
{
	struct verified_file *kept = NULL;
	struct err ignored;
	bool whole = store_get(s, d, &kept, &ignored) == 0;

	verified_close(kept);
	return whole;
}

int
store_add(struct store *s, const struct verified_file *f, struct err *e)
{
	const struct proof *proof = verified_proof(f);
	char hex[DIGEST_HEX_SIZE];

	if (is_whole(s, &proof->sha256))
		return 0;
	if (file_need_space(s->dirfd, proof->size_bytes, e) != 0)
		return err_context(e, "store");
	return blob_write(
	    s, digest_hex(&proof->sha256, hex), verified_fd(f), e);
}
