/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sign process, seen from main: the only one that sees private keys. It
 * reads them from keys/ (or from a folder of the offline ones), makes new
 * ones, and signs; it never signs a version of a role twice with other bytes,
 * nor one below the last: it keeps the highest of each role in keys/signed/.
 */
#ifndef BUNDLE_SIGN_H
#define BUNDLE_SIGN_H

#include "base/proc.h"
#include "bundle/tuf.h"

/* Limits of what the process reads. */
#define SIGN_KEYS_MAX 256u        /* files in one folder */
#define SIGN_KEY_FILE_MAX 16384u  /* bytes */
#define SIGN_PASSPHRASE_MAX 1000u /* bytes */

struct sign_options {
	const char *keys;    /* absolute path of keys/ */
	const char *offline; /* further folder, absolute; or NULL */
	int passphrase_fd;   /* its first line; -1: none. Stays the caller's */
	bool may_ask;        /* a terminal for it, if a key needs one */
};

struct signer {
	struct proc proc;
	struct ipc_message message;
	bool may_ask;
};

/* ERR_MISSING: there is no folder of keys, or the other one is not there. */
int sign_open(struct signer *s, const struct sign_options *o, struct err *e);
void sign_close(struct signer *s); /* fine twice, and after failure */

/* A key that is there. Spans live in the arena of the call. */
struct sign_key {
	struct span role; /* "root", "redhat" */
	struct tuf_key key;
	struct span file;  /* its name */
	bool is_offline;   /* in the folder of those */
	bool is_encrypted; /* as PEM */
};

/* All keys that the folders hold, by role and id; none is unlocked. */
int sign_list(struct signer *s, struct arena *a, struct sign_key **out,
    size_t *n, struct err *e);

struct sign_new {
	struct span role;
	bool offline; /* in that folder; else in keys/ */
	bool plain;   /* never encrypted: one that takes the place of such */
	const struct digest *like; /* with that key's passphrase; or NULL */
};

/*
 * Makes a new key of the role: <role>-<first 16 hex digits of its id>.pem
 * (PKCS #8, and the public key behind it), 0600, encrypted where there is a
 * passphrase.
 */
int sign_new_key(struct signer *s, const struct sign_new *what,
    struct tuf_key *out, struct err *e);
/*
 * Puts a key aside: its file gets ".retired" behind its name and is not used
 * any more. 1: done, *out is it; 0: it is not at hand; -1.
 */
int sign_retire(struct signer *s, const struct digest *keyid, struct arena *a,
    struct sign_key *out, struct err *e);
/*
 * The highest version of a role that was ever signed; 0: none. The next is to
 * be above it: a run may have ended between signing and writing.
 */
int
sign_last(struct signer *s, struct span role, uint64_t *version, struct err *e);
/*
 * Signs the canonical signed part of a role's next version with every key
 * named that is at hand; *n may be fewer than n_keyids, but is not 0.
 * Signatures are in the order of keyids. ERR_MISSING: none is at hand;
 * REFUSAL_ROLLBACK: the version has been signed already.
 */
int sign_bytes(struct signer *s, const struct tuf_role *role,
    struct span signed_bytes, struct tuf_signature *out, size_t *n,
    struct err *e);
/*
 * A descriptor to hand to a further signer: the passphrase that this one was
 * given or asked for. -1: there was none. The caller's to close, not to read.
 */
int sign_passphrase(struct signer *s, int *fd, struct err *e);

#endif
