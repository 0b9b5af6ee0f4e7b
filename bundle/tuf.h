/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TUF 1.0.34 metadata files, in memory: reading one (and proving its
 * signatures) and writing one. We write ed25519 and SHA-256 only
 * (DISTRIBUTION.md §1); what others have written may be signed in a few more
 * ways. Keys of yet other kinds are read past and count for nothing. What is
 * read becomes a tree in an arena; what a parent holds the hash of is never
 * written again, its bytes are kept.
 */
#ifndef BUNDLE_TUF_H
#define BUNDLE_TUF_H

#include "base/arena.h"
#include "base/digest.h"
#include "bundle/canonical.h"

#define TUF_SPEC_VERSION "1.0.34"
/* Limits of outside input: bytes of one file … */
#define TUF_ROOT_MAX 512000u
#define TUF_TIMESTAMP_MAX 16384u
#define TUF_SNAPSHOT_MAX 2000000u
#define TUF_TARGETS_MAX 5000000u
/* … and numbers in it. */
#define TUF_TARGETS_OF_ROLE_MAX 30000u
#define TUF_KEYS_MAX 256u
#define TUF_SIGNATURES_MAX 256u
#define TUF_ROLES_MAX 16384u
#define TUF_PATHS_MAX 256u
#define TUF_HASH_PREFIXES_MAX 16384u
#define TUF_ROLE_NAME_MAX 64u
#define TUF_TARGET_PATH_MAX 240u
#define TUF_SIGNATURE_MAX 1024u /* bytes of one */
#define TUF_PEM_MAX 8192u       /* bytes of a key of another scheme */

#define TUF_PUBLIC_SIZE 32
#define TUF_SIGNATURE_SIZE 64

enum tuf_type {
	TUF_ROOT = 0,
	TUF_TARGETS, /* delegated roles are of this type, too */
	TUF_SNAPSHOT,
	TUF_TIMESTAMP,
	N_TUF_TYPES,
};

const char *tuf_type_name(enum tuf_type t); /* "root" */
size_t tuf_size_max(enum tuf_type t);       /* bytes */

enum tuf_scheme {
	TUF_ED25519 = 0, /* the one that is written */
	TUF_ECDSA_P256,  /* "ecdsa-sha2-nistp256" */
	TUF_RSA_PSS,     /* "rsassa-pss-sha256" */
	TUF_RSA_PKCS1,   /* "rsa-pkcs1v15-sha256" */
	N_TUF_SCHEMES,
};

struct tuf_key {
	struct digest id; /* SHA-256 of the canonical key */
	uint8_t public[TUF_PUBLIC_SIZE];
	enum tuf_scheme scheme;
	struct span pem; /* of the other schemes, in place of public */
};

/* Who signs a role. */
struct tuf_role {
	struct span name; /* "snapshot", "redhat" */
	const struct digest *keyids;
	size_t n_keyids;
	unsigned threshold; /* at least 1 */
};

struct tuf_delegation {
	struct tuf_role role;
	const struct span *paths; /* patterns; '*' does not cross '/' */
	size_t n_paths;
	/* In place of patterns, from others: of hex(SHA-256(path)). */
	const struct span *hash_prefixes;
	size_t n_hash_prefixes;
	bool terminating;
};

struct tuf_signature {
	struct digest keyid;
	uint8_t bytes[TUF_SIGNATURE_SIZE];
	struct span other; /* of another size, as read: not ed25519 */
};

/* What a timestamp or a snapshot says of another file. */
struct tuf_meta {
	struct span name; /* "snapshot.json", "redhat.json" */
	uint64_t version; /* at least 1 */
	bool has_length;
	uint64_t size_bytes;
	bool has_sha256;
	struct digest sha256;
};

struct tuf_target {
	struct span path; /* "ubuntu/<host>/<path>" */
	uint64_t size_bytes;
	struct digest sha256;
	const struct json_node *custom; /* NULL: none */
	struct span custom_json; /* for writing: canonical; empty: none */
};

/*
 * Arrays lie in the arena of whoever made it; by name, keyid or path, but for
 * delegations, whose order means something. Names of roles and paths of
 * targets in what was read are any text: tuf_is_role_name() and
 * tuf_is_target_path() say whether they are fit for a file's name.
 */
struct tuf_file {
	enum tuf_type type;
	bool is_consistent; /* of a root: names carry versions, hashes */
	uint64_t version;   /* at least 1 */
	int64_t expires;
	struct span bytes;        /* the file as it is; lives with the caller */
	struct span signed_bytes; /* canonical, what the signatures are over */
	const struct tuf_signature *signatures;
	size_t n_signatures;
	const struct tuf_key *keys; /* of a root, or of delegations */
	size_t n_keys;
	struct tuf_role roles[N_TUF_TYPES]; /* of a root */
	const struct tuf_delegation *delegations;
	size_t n_delegations;
	const struct tuf_target *targets; /* by path */
	size_t n_targets;
	const struct tuf_meta *meta; /* of a snapshot or timestamp, by name */
	size_t n_meta;
};

/*
 * Reads a file of the type that it must have. bytes must outlive *out.
 * REFUSAL_SHAPE, message without the file's name, for what the specification
 * does not allow or a limit above does not.
 */
int tuf_parse(struct span bytes, enum tuf_type type, struct arena *a,
    struct tuf_file *out, struct err *e);
/*
 * Do at least threshold different keys of the role, found among keys, sign
 * the file? REFUSAL_UNTRUSTED says how many do.
 */
int tuf_verify(const struct tuf_file *f, const struct tuf_key *keys,
    size_t n_keys, const struct tuf_role *role, struct err *e);
/* Binary search; NULL: not listed. */
const struct tuf_meta *
tuf_find_meta(const struct tuf_file *f, struct span name);
const struct tuf_target *
tuf_find_target(const struct tuf_file *f, struct span path);
/* Does a pattern of a delegation fit the path? Of '*' and '?'. */
bool tuf_path_fits(struct span pattern, struct span path);
/* Does any pattern or prefix of the delegation? */
bool tuf_delegation_fits(const struct tuf_delegation *d, struct span path);
/* [a-z0-9-], 1 to TUF_ROLE_NAME_MAX, and none of the four top-level ones? */
bool tuf_is_role_name(struct span name);
/*
 * Relative, no empty, "." or ".." component, printable ASCII without blanks,
 * short enough?
 */
bool tuf_is_target_path(struct span path);

/* --- writing --- */

/*
 * Appends the canonical "signed" part of f; signatures play no part. Roots say
 * that snapshots are consistent; keys are ed25519.
 */
void tuf_write_signed(struct buf *out, const struct tuf_file *f);
/* Appends the file: signed is canonical. */
void tuf_write_file(struct buf *out, struct span signed_bytes,
    const struct tuf_signature *signatures, size_t n);
/* The id of a public key. */
void tuf_key_id(const uint8_t public[TUF_PUBLIC_SIZE], struct digest *out);

#endif
