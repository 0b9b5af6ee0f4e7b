/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/stream.h"
#include "syncd/verify.h"

static const struct packing {
	const char *end; /* of a name */
	const char *name;
	const char *magic; /* its first bytes */
	size_t n_magic;
} packings[] = {
	[VERIFY_PACKING_BZIP2] = { ".bz2", "bzip2", "BZh", 3 },
	[VERIFY_PACKING_GZIP] = { ".gz", "gzip", "\x1f\x8b", 2 },
	[VERIFY_PACKING_XZ] = { ".xz", "xz",
	    "\xfd"
	    "7zXZ",
	    5 },
	[VERIFY_PACKING_ZSTD] = { ".zst", "zstd", "\x28\xb5\x2f\xfd", 4 },
	[VERIFY_PACKING_ZIP] = { ".zip", "zip", "PK", 2 },
};

#define N_PACKINGS (sizeof(packings) / sizeof(*packings))

enum verify_packing
verify_packing_of(struct span path)
{
	enum verify_packing i;

	for (i = VERIFY_PACKING_BZIP2; i < N_PACKINGS; i++)
		if (span_has_suffix(path, packings[i].end))
			return i;
	return VERIFY_PACKING_ANY;
}

/* An error page under the name of a feed is the usual case. */
static int
check_packing(int fd, enum verify_packing packing, struct err *e)
{
	const struct packing *p = &packings[packing];
	unsigned char head[8] = { 0 };
	ssize_t n = pread(fd, head, sizeof(head), 0);

	if (n < 0)
		return err_system(e, "cannot read");
	if (packing != VERIFY_PACKING_ANY &&
	    memcmp(head, p->magic, p->n_magic) != 0)
		return err_set(e, ERR_FORMAT, "is no %s file", p->name);
	return 0;
}

static int
digest_unpacked(int fd, const struct verify_expect *x, struct digest *digest,
    uint64_t *size, struct err *e)
{
	const struct stream_options options = { .out_max = x->unpacked_max };
	struct digest_ctx *ctx = digest_new();
	struct stream *s = NULL;
	struct span bytes;
	int rc = stream_open_fd(&s, fd, &options, e);

	while (rc == 0 && (rc = stream_next(s, &bytes, e)) == 1) {
		digest_update(ctx, bytes.ptr, bytes.len);
		rc = 0;
	}
	if (rc == 0) {
		digest_final(ctx, digest);
		*size = stream_offset(s);
	}
	stream_close(s);
	digest_free(ctx);
	return rc;
}

/* Is it the file itself that has the digest? */
static bool
of_file(const struct verify_expect *x)
{
	return x->proof == PROOF_PULP_MANIFEST || x->proof == PROOF_REPOMD;
}

static int
compare(const struct verify_expect *x, const struct digest *have, uint64_t size,
    struct err *e)
{
	const char *who = x->proof == PROOF_META_SHA256 ? ".meta"
	    : x->proof == PROOF_REPOMD                  ? "repomd.xml"
							: "PULP_MANIFEST";
	const char *what = x->proof == PROOF_META_SHA256 ? "unpacked " : "";
	char have_hex[DIGEST_HEX_SIZE], want_hex[DIGEST_HEX_SIZE];

	if (size != x->size_bytes && (x->size_bytes != 0 || !of_file(x)))
		return err_set(e, ERR_UNTRUSTED,
		    "has %llu %sbytes where %s says %llu",
		    (unsigned long long)size, what, who,
		    (unsigned long long)x->size_bytes);
	if (!digest_eq(have, &x->sha256))
		return err_set(e, ERR_UNTRUSTED,
		    "has the %ssha256 %.16s… where %s says %.16s…", what,
		    digest_hex(have, have_hex), who,
		    digest_hex(&x->sha256, want_hex));
	return 0;
}

int
verify_file(
    int fd, const struct verify_expect *x, struct proof *out, struct err *e)
{
	struct digest unpacked;
	uint64_t size;

	*out = (struct proof){ .kind = x->proof };
	if (digest_of_fd(fd, &out->sha256, &out->size_bytes, e) != 0)
		return -1;
	if (out->size_bytes == 0 && !x->may_be_empty)
		return err_set(e, ERR_FORMAT, "is empty");
	if (of_file(x) && compare(x, &out->sha256, out->size_bytes, e) != 0)
		return -1;
	if (check_packing(fd, x->packing, e) != 0)
		return -1;
	if (x->proof != PROOF_META_SHA256)
		return 0;
	if (digest_unpacked(fd, x, &unpacked, &size, e) != 0)
		return -1;
	return compare(x, &unpacked, size, e);
}

int
verify_meta(int fd, struct meta *out, struct err *e)
{
	struct buf text = { 0 };
	int rc = file_read_fd(fd, META_SIZE_MAX, &text, e);

	if (rc == 0)
		rc = meta_parse(buf_span(&text), out, e);
	buf_cleanup(&text);
	return rc;
}

int
verify_listing(int fd, enum listing_kind kind, const struct listing_sink *sink,
    struct err *e)
{
	struct buf text = { 0 };
	int rc = file_read_fd(fd, LISTING_SIZE_MAX, &text, e);

	if (rc == 0)
		rc = listing_read(buf_span(&text), kind, sink, e);
	buf_cleanup(&text);
	return rc;
}
