/* SPDX-License-Identifier: Apache-2.0 */
/* --as-of GENERATION|DATE, which several verbs have. */
#ifndef CLI_AS_OF_H
#define CLI_AS_OF_H

#include "cli/cli.h"
#include "indexer/as_of.h"
#include "indexer/proc_lookup.h"

#define CLI_AS_OF_HELP "ask that generation, or the one current on that date"

/*
 * CLI_OK, or the usage error that was told. text NULL is fine: *out is then
 * nothing.
 */
int cli_as_of_parse(const struct cli *cli, const char *option, const char *text,
    struct as_of_when *out);
/*
 * Answers r, whose state and generation are filled in here, as of then; *n
 * counts the records. On failure the message is printed, and the result is
 * the exit status; else CLI_OK.
 */
int cli_lookup(const struct cli *cli, const struct lookup_request *r,
    const struct as_of_when *when, uint64_t *n);

#endif
