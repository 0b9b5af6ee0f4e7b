/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each role is a process with a row in one table, at the top of cli/main.c:
 * what it reads, what it writes, network, keys (ARCHITECTURE §3).
 */
#ifndef BASE_ROLE_H
#define BASE_ROLE_H

#include "base/span.h"

enum role {
	ROLE_MAIN = 0, /* holds catalog, store; parses nothing from outside */
	ROLE_FETCH,    /* network out; parses HTTP only */
	ROLE_VERIFY,   /* reads descriptors; answers with digests */
	ROLE_INDEX,    /* writes the family being built */
	ROLE_SCAN,     /* reads image and index; writes nothing */
	ROLE_BUNDLE,   /* reads bundles and TUF metadata; writes to descriptors
			  that it is handed */
	ROLE_SIGN,     /* the only one that sees private keys */
	ROLE_SERVE,    /* answers HTTP on sockets that it is handed; reads what
			  is served */
	N_ROLES,
};

#define ROLE_PATHS_MAX 8

/* A path may be "@state/index" (below the state directory) or absolute. */
struct role_rights {
	const char *name;
	const char *reads[ROLE_PATHS_MAX];  /* NULL-terminated */
	const char *writes[ROLE_PATHS_MAX]; /* NULL-terminated */
	bool network;                       /* may open sockets */
	bool accepts;        /* may only accept on sockets that it was handed */
	uint64_t memory_max; /* RLIMIT_AS, bytes; 0: as inherited */
	unsigned files_max;  /* RLIMIT_NOFILE; 0: as inherited */
};

#endif
