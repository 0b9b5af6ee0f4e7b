/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/file.h"
#include "bundle/refusal.h"
#include "bundle/sign_impl.h"

#define FILE_MAX                                                    \
	128u /* bytes: a number, a blank, 64 hex digits, a line end \
	      */

static void
memory_path(struct buf *out, struct span role)
{
	buf_printf(out, "signed/%.*s", SPAN_ARG(role));
}

static int
parse(struct span text, uint64_t *version, struct digest *digest, struct err *e)
{
	struct span rest = span_trim(text), number;

	if (span_next(&rest, ' ', &number) &&
	    parse_uint(number, INT64_MAX, version) &&
	    digest_parse(rest, digest))
		return 0;
	return err_set(e, ERR_FORMAT,
	    "is not what was written there: a version and a digest");
}

int
memory_read(const struct sign_child *c, struct span role, uint64_t *version,
    struct digest *digest, struct err *e)
{
	struct buf path = { 0 };
	struct buf text = { 0 };
	struct digest d;
	int rc;

	*version = 0;
	memory_path(&path, role);
	rc = file_read(c->folders[0], buf_str(&path), FILE_MAX, &text, e);
	if (rc == 0) {
		rc = parse(buf_span(&text), version, &d, e);
		if (rc != 0)
			err_context(
			    e, "%s/%s", c->options->keys, buf_str(&path));
		else if (digest != NULL)
			*digest = d;
	} else if (e->code == ERR_MISSING) {
		rc = 0;
	}
	buf_cleanup(&text);
	buf_cleanup(&path);
	return rc;
}

static int
memory_write(const struct sign_child *c, struct span role, uint64_t version,
    const struct digest *digest, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	struct buf path = { 0 };
	struct buf text = { 0 };
	int rc;

	memory_path(&path, role);
	buf_printf(&text, "%" PRIu64 " %s\n", version, digest_hex(digest, hex));
	rc = file_replace_mode(
	    c->folders[0], buf_str(&path), buf_span(&text), 0600, e);
	if (rc != 0)
		err_context(e, "%s", c->options->keys);
	buf_cleanup(&text);
	buf_cleanup(&path);
	return rc;
}

int
memory_raise(const struct sign_child *c, struct span role, uint64_t version,
    const struct digest *digest, struct err *e)
{
	struct digest before;
	uint64_t last;

	if (memory_read(c, role, &last, &before, e) != 0)
		return -1;
	if (version > last)
		return memory_write(c, role, version, digest, e);
	if (version == last && digest_eq(digest, &before))
		return 0; /* a run that was ended signs the same again */
	return refuse(e, REFUSAL_ROLLBACK,
	    "version %" PRIu64 " of %.*s was signed before%s: only a version "
	    "above %" PRIu64 " is signed",
	    version, SPAN_ARG(role),
	    version == last ? " with other bytes" : ", or a later one", last);
}
