/* SPDX-License-Identifier: Apache-2.0 */
/* One reader a kind of listing; only for listing*.c. */
#ifndef CONTENT_LISTING_IMPL_H
#define CONTENT_LISTING_IMPL_H

#include "content/listing.h"

typedef int listing_reader(
    struct span text, const struct listing_sink *sink, struct err *e);

listing_reader listing_csaf_archive;
listing_reader listing_csaf_changes;
listing_reader listing_mirrors;
listing_reader listing_repomd;
listing_reader listing_nvd_page;

#endif
