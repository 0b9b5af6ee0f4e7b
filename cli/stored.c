/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <unistd.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "cli/stored.h"

#define PREFIX_MIN 6u

int
stored_open(
    struct results **out, const struct state *s, bool *writes, struct err *e)
{
	struct err why;

	*writes = false;
	if (!file_exists(s->dirfd, "results.sqlite"))
		return err_set(e, ERR_MISSING,
		    "nothing was scanned yet: `scapcache scan` does it");
	if (faccessat(s->dirfd, "results.sqlite", W_OK, AT_EACCESS) == 0) {
		if (results_open(out, s, true, &why) == 0) {
			*writes = true;
			return 0;
		}
		log_info("results: not kept: %s", why.msg);
	}
	return results_open(out, s, false, e);
}

const char *
stored_digest(const struct digest *d, char text[STORED_DIGEST_SIZE])
{
	memcpy(text, "sha256:", 7);
	digest_hex(d, text + 7);
	return text;
}

bool
stored_names(struct span text, const struct digest *d)
{
	char hex[DIGEST_HEX_SIZE];

	if (span_has_prefix(text, "sha256:"))
		text = span_from(text, 7);
	return text.len >= PREFIX_MIN &&
	    span_eq(text, span_first(span_of(digest_hex(d, hex)), text.len));
}
