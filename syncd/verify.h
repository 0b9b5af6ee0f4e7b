/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Proving a fetched file against what upstream offers: digest and size, the
 * packing that its name promises, the records of .meta and of listings.
 * Reads descriptors only and writes nothing; runs in the verify process, see
 * proc_verify.h for the messages. That a document is well-formed is proved by
 * whoever reads it (docs/decisions/0001-well-formedness-in-the-indexer.md).
 */
#ifndef SYNCD_VERIFY_H
#define SYNCD_VERIFY_H

#include "base/verified.h"
#include "content/meta.h"
#include "content/listing.h"

enum verify_packing {
	VERIFY_PACKING_ANY = 0,
	VERIFY_PACKING_BZIP2,
	VERIFY_PACKING_GZIP,
	VERIFY_PACKING_XZ,
	VERIFY_PACKING_ZSTD,
	VERIFY_PACKING_ZIP,
};

/* What a file must be. */
struct verify_expect {
	enum verify_packing packing;
	/*
	 * PROOF_META_SHA256: digest and size are of the unpacked bytes;
	 * PROOF_PULP_MANIFEST and PROOF_REPOMD: of the file, a size of 0 is
	 * not known; other kinds: there are none.
	 */
	enum proof_kind proof;
	struct digest sha256;
	uint64_t size_bytes;
	uint64_t unpacked_max; /* 0: the reader's own limit */
	bool may_be_empty;     /* a list of what happened since */
};

/* What the name of a file promises. */
enum verify_packing verify_packing_of(struct span path);

/* ERR_UNTRUSTED, ERR_FORMAT or ERR_LIMIT where it is not what it must be. */
int verify_file(int fd, const struct verify_expect *expect, struct proof *out,
    struct err *e);

int verify_meta(int fd, struct meta *out, struct err *e);
/* Gives every entry of the listing to the sink. */
int verify_listing(int fd, enum listing_kind kind,
    const struct listing_sink *sink, struct err *e);

#endif
