/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client's workflow (TUF 1.0.34 §5): from the root that is trusted to the
 * targets that may be used. It knows neither network nor folders: files come
 * through a transport and what is trusted is kept through another. Used by
 * `bundle import`, `sync --from tuf+https://` and `tuf`, in a bundle process.
 * Every refusal is one of bundle/refusal.h.
 */
#ifndef BUNDLE_TUF_CLIENT_H
#define BUNDLE_TUF_CLIENT_H

#include "bundle/tuf.h"

#define TUF_ROOTS_MAX 1024u /* new roots in one go */
#define TUF_VISITS_MAX 256u /* roles that a search looks into */

/*
 * Names of roles in what follows are fit for URLs and for names of files:
 * what is no letter, digit or one of "_.-~" is a '%' and two hex digits.
 */
struct tuf_transport {
	void *ctx;
	/*
	 * Appends the file "N.root.json", "timestamp.json", "N.redhat.json".
	 * ERR_MISSING: there is none; ERR_LIMIT: more than size_max bytes.
	 */
	int (*get)(void *ctx, const char *name, uint64_t size_max,
	    struct buf *out, struct err *e);
};

/* What was trusted before, byte for byte. */
struct tuf_trust {
	void *ctx;
	/*
	 * Appends the file of a role ("root", "timestamp", "redhat"). version
	 * is that wanted, or 0: the newest. ERR_MISSING: there is none. What
	 * has another version, or does not hold any more, is looked past.
	 */
	int (*load)(void *ctx, const char *role, uint64_t version,
	    struct buf *out, struct err *e);
	/* It is trusted from now on, also if something after it is not. */
	int (*keep)(void *ctx, const char *role, uint64_t version,
	    struct span bytes, struct err *e);
	/* It is not any more: its keys were revoked. */
	int (*drop)(void *ctx, const char *role, struct err *e);
};

struct tuf_client_options {
	struct tuf_transport transport;
	struct tuf_trust trust;
	int64_t now;         /* seconds since 1970 */
	bool accept_expired; /* snapshot, targets and timestamp may be */
	/*
	 * A timestamp of the trusted version is passed over, whatever is in it
	 * (§5.4.3.1); else one with something else in it is REFUSAL_FORK.
	 */
	bool pass_over_fork;
};

struct tuf_client;

struct tuf_client *tuf_client_new(const struct tuf_client_options *o);
void tuf_client_free(struct tuf_client *c); /* NULL is fine */
/* §5.3 to §5.6: root, timestamp, snapshot, targets. Once. */
int tuf_client_refresh(struct tuf_client *c, struct err *e);
/* After tuf_client_refresh(); lives as long as the client. */
const struct tuf_file *
tuf_client_top(const struct tuf_client *c, enum tuf_type type);
/* True if something was accepted though it has expired. */
bool tuf_client_is_expired(const struct tuf_client *c);
/* True if timestamp, snapshot and roots are those trusted before. */
bool tuf_client_is_same(const struct tuf_client *c);
/*
 * A role that `targets` delegates to, proved against it. Kept ones are proved
 * again, against the delegator of now.
 */
int tuf_client_role(struct tuf_client *c, struct span name,
    const struct tuf_file **out, struct err *e);
/*
 * §5.6.7: looks a target up through the delegations in their order. 1: *out
 * lives as long as the client; 0: no role has it; -1: refused.
 */
int tuf_client_target(struct tuf_client *c, struct span path,
    const struct tuf_target **out, struct err *e);

#endif
