/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A generation becomes a TUF repository (DISTRIBUTION.md §1): its manifest and
 * NOTICE are written into the store, every file of the current generation and
 * every other file that is mirrored becomes a target, the online roles whose
 * content moved are signed with a higher version, then snapshot and timestamp.
 * Where there are no keys nothing happens. The generation is published before
 * it is signed: a run that is killed in between is made good by the next.
 */
#ifndef SYNCD_PUBLISH_H
#define SYNCD_PUBLISH_H

#include "base/catalog.h"
#include "base/config.h"
#include "bundle/sign.h"

#define PUBLISH_WARN_DAYS 14 /* before anything expires, `status` says so */

struct publish_options {
	struct config *config;
	int passphrase_fd;   /* -1: keys.passphrase_file, if that is set */
	bool may_ask;        /* on a terminal */
	const char *offline; /* a folder of further keys, absolute; or NULL */
	/* Roles that are signed in any case, NULL-terminated; or NULL. */
	const char *const *renew;
	/* Also where nothing moved but the times at which sources were asked.
	 */
	bool refresh;
};

/* 1: signed; 0: there are no keys, or nothing moved; -1. */
int publish_generation(struct state *s, struct db *catalog,
    const struct publish_options *o, struct err *e);
/*
 * Signs a new timestamp if the last has less than a third of its life or 15
 * days left, or if force; other roles likewise. 1: signed; 0: not due, or no
 * keys; -1.
 */
int publish_renew(struct state *s, struct db *catalog,
    const struct publish_options *o, bool force, struct err *e);
/* When a role that the keys here sign is to be signed again. */
int64_t
publish_renewal_at(const struct config *c, struct span role, int64_t expires);
/* When that is due: seconds since 1970; 0: nothing is signed. */
int publish_renewal_due(
    struct db *catalog, const struct config *c, int64_t *out, struct err *e);

#endif
