/* SPDX-License-Identifier: Apache-2.0 */
/* The files and sources that the user names for a bundle. */
#ifndef CLI_BUNDLE_INPUT_H
#define CLI_BUNDLE_INPUT_H

#include "base/arena.h"
#include "cli/bundle.h"

/*
 * The parts of a bundle: what was named, or FILE.000, FILE.001 … where there
 * is no FILE. NULL-terminated, in a; *size_bytes 0: not known.
 */
const char *const *bundle_parts(const struct bundle_arguments *a,
    struct arena *arena, uint64_t *size_bytes);
/*
 * What --source names, sorted, each once; NULL where text is, as it was not
 * given. CLI_OK or usage.
 */
int bundle_sources(struct cli *cli, const char *text, struct arena *arena,
    const struct span **out, size_t *n);

#endif
