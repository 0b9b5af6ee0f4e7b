/* SPDX-License-Identifier: Apache-2.0 */
#include "content/listing_impl.h"

int
listing_csaf_archive(
    struct span text, const struct listing_sink *sink, struct err *e)
{
	(void)text;
	(void)sink;
	return err_set(e, ERR_FORMAT, "this listing is not read yet");
}

int
listing_csaf_changes(
    struct span text, const struct listing_sink *sink, struct err *e)
{
	(void)text;
	(void)sink;
	return err_set(e, ERR_FORMAT, "this listing is not read yet");
}
