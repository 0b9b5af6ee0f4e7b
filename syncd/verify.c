/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/stream.h"
#include "syncd/verify.h"

enum verify_packing
verify_packing_of(struct span path)
{
	if (span_has_suffix(path, ".bz2"))
		return VERIFY_PACKING_BZIP2;
	if (span_has_suffix(path, ".gz"))
		return VERIFY_PACKING_GZIP;
	return VERIFY_PACKING_ANY;
}

/* An error page under the name of a feed is the usual case. */
static int
check_packing(int fd, enum verify_packing packing, struct err *e)
{
	unsigned char head[4] = { 0 };
	ssize_t n = pread(fd, head, sizeof(head), 0);

	if (n < 0)
		return err_system(e, "cannot read");
	if (packing == VERIFY_PACKING_BZIP2 && memcmp(head, "BZh", 3) != 0)
		return err_set(e, ERR_FORMAT, "is no bzip2 file");
	if (packing == VERIFY_PACKING_GZIP && memcmp(head, "\x1f\x8b", 2) != 0)
		return err_set(e, ERR_FORMAT, "is no gzip file");
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

static int
compare(const struct verify_expect *x, const struct digest *have, uint64_t size,
    struct err *e)
{
	const char *who =
	    x->proof == PROOF_META_SHA256 ? ".meta" : "PULP_MANIFEST";
	const char *what = x->proof == PROOF_META_SHA256 ? "unpacked " : "";
	char have_hex[DIGEST_HEX_SIZE], want_hex[DIGEST_HEX_SIZE];

	if (size != x->size_bytes)
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
	if (out->size_bytes == 0)
		return err_set(e, ERR_FORMAT, "is empty");
	if (x->proof == PROOF_PULP_MANIFEST &&
	    compare(x, &out->sha256, out->size_bytes, e) != 0)
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
verify_manifest(int fd, const struct pulp_sink *sink, struct err *e)
{
	struct buf text = { 0 };
	int rc = file_read_fd(fd, PULP_MANIFEST_MAX, &text, e);

	if (rc == 0)
		rc = pulp_manifest_read(buf_span(&text), sink, e);
	buf_cleanup(&text);
	return rc;
}
