/* SPDX-License-Identifier: Apache-2.0 */
/* What the verbs about stored results share. */
#ifndef CLI_STORED_H
#define CLI_STORED_H

#include "cli/cli.h"
#include "scanner/proc_scan_jobs.h"

/*
 * Opens results.sqlite of the state; *writes false: it can only be read. A
 * state where nothing was scanned is ERR_MISSING.
 */
int stored_open(
    struct results **out, const struct state *s, bool *writes, struct err *e);
/* "sha256:" and 64 digits into text[STORED_DIGEST_SIZE]; returns text. */
#define STORED_DIGEST_SIZE (DIGEST_HEX_SIZE + 7)
const char *
stored_digest(const struct digest *d, char text[STORED_DIGEST_SIZE]);
/*
 * Whether the text names the digest: whole or by its first 6 digits or more,
 * with or without "sha256:".
 */
bool stored_names(struct span text, const struct digest *d);

#endif
