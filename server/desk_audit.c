/* SPDX-License-Identifier: Apache-2.0 */
#include "base/catalog.h"
#include "base/utf8.h"
#include "server/access.h"
#include "server/desk_audit.h"

/* Limits of what the server process may have written. */
#define WORD_MAX 32u    /* bytes of the event */
#define TEXT_MAX 1024u  /* of subject and detail: longer ones are cut */
#define ADDRESS_MAX 64u /* of an address */

static bool
is_word(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!span_is_lower(s.ptr[i]) && s.ptr[i] != '-')
			return false;
	return s.len > 0 && s.len <= WORD_MAX;
}

/* What of it is text, and not too long. */
static struct span
text_of(struct span s, size_t max)
{
	struct span first = span_first(s, max);

	return span_first(first, utf8_valid_len(first));
}

int
desk_audit(struct desk_server *d, const struct desk_deed *deed, struct err *e)
{
	const struct catalog_audit_row row = {
		.subject = text_of(deed->subject, TEXT_MAX),
		.event = deed->event,
		.detail = text_of(deed->detail, TEXT_MAX),
		.who = text_of(deed->who, ACCESS_NAME_MAX),
		.address = text_of(deed->address, ADDRESS_MAX),
	};
	struct db *catalog = NULL;
	int rc = -1;

	if (!is_word(row.event) || row.subject.len == 0)
		return err_set(
		    e, ERR_FORMAT, "that is no line of the audit log");
	if (catalog_open(&catalog, &d->state, DB_WRITE, e) == 0)
		rc = catalog_audit_add(catalog, &row, e);
	db_close(catalog);
	return rc;
}
