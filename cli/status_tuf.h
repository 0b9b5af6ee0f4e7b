/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of `status` about signatures: versions, until when they hold, and
 * what somebody should see to. On the side with keys and on the other alike.
 */
#ifndef CLI_STATUS_TUF_H
#define CLI_STATUS_TUF_H

#include "base/catalog.h"
#include "base/config.h"
#include "base/json_out.h"

struct status_role {
	struct span name;
	uint64_t version;
	int64_t expires;
};

/* Start with { 0 }; owns all of it. */
struct status_tuf {
	struct arena arena;
	bool has_keys;
	struct status_role *roles; /* by name; none: nothing was signed */
	size_t n_roles;
	int64_t time;      /* of the last signing or import … */
	struct span event; /* signed renewed imported */
	uint64_t generation;
	uint64_t snapshot;
	struct span sources; /* that alone were imported; empty: all */
	bool stale;
	int64_t failed; /* since when signing fails; 0: it does not */
	struct span message;
	struct span *warnings;
	size_t n_warnings;
	size_t warnings_cap;
};

struct status_now {
	const struct state *state;
	struct db *catalog; /* may be NULL */
	const struct config *config;
	uint64_t generation; /* current; 0: none */
};

int status_tuf_read(
    struct status_tuf *t, const struct status_now *now, struct err *e);
void status_tuf_cleanup(struct status_tuf *t);
void status_tuf_text(const struct status_tuf *t, struct out *o);
void status_tuf_json(const struct status_tuf *t, struct json_out *j);

#endif
