/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/verified.h"

struct verified_file {
	int fd;
	struct proof proof;
};

static const char *const names[] = {
	[PROOF_NONE] = "none",
	[PROOF_TLS] = "tls",
	[PROOF_LOCAL] = "local",
	[PROOF_META_SHA256] = "meta-sha256",
	[PROOF_PULP_MANIFEST] = "pulp-manifest",
	[PROOF_REPOMD] = "repomd",
	[PROOF_SHA256_SIDECAR] = "sha256-sidecar",
	[PROOF_STORE] = "store",
};

const char *
proof_name(enum proof_kind kind)
{
	return names[kind];
}

int
verified_open(struct verified_file **out, int fd, const struct proof *proof,
    struct err *e)
{
	char want[DIGEST_HEX_SIZE], have[DIGEST_HEX_SIZE];
	struct digest digest;
	uint64_t size;

	if (digest_of_fd(fd, &digest, &size, e) != 0)
		return -1;
	if (size != proof->size_bytes)
		return err_set(e, ERR_UNTRUSTED,
		    "has %llu bytes where %llu were proved",
		    (unsigned long long)size,
		    (unsigned long long)proof->size_bytes);
	if (!digest_eq(&digest, &proof->sha256))
		return err_set(e, ERR_UNTRUSTED,
		    "has the digest %.12s… where %.12s… was proved",
		    digest_hex(&digest, have),
		    digest_hex(&proof->sha256, want));
	*out = xmalloc(sizeof(**out));
	**out = (struct verified_file){ fd, *proof };
	return 0;
}

void
verified_close(struct verified_file *f)
{
	if (f == NULL)
		return;
	close(f->fd);
	free(f);
}

int
verified_fd(const struct verified_file *f)
{
	return f->fd;
}

const struct proof *
verified_proof(const struct verified_file *f)
{
	return &f->proof;
}
