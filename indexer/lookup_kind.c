/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/family.h"
#include "indexer/lookup_impl.h"

static const char *const kind_names[N_LOOKUP_KINDS] = {
	[LOOKUP_ANY] = "",
	[LOOKUP_CVE] = "cve",
	[LOOKUP_NOTICE] = "notice",
	[LOOKUP_ADVISORY] = "advisory",
	[LOOKUP_DEFINITION] = "definition",
	[LOOKUP_PRODUCT] = "product",
	[LOOKUP_CONTENT] = "content",
};

const char *
lookup_kind_name(enum lookup_kind k)
{
	return kind_names[k];
}

bool
lookup_kind_parse(struct span name, enum lookup_kind *out)
{
	enum lookup_kind k;

	for (k = LOOKUP_ANY; k < N_LOOKUP_KINDS; k++)
		if (span_is(name, kind_names[k])) {
			*out = k;
			return true;
		}
	return false;
}

enum lookup_kind
lookup_kind_of(const struct document *d)
{
	enum document_format f;

	if (!document_format_parse(d->format, &f))
		return LOOKUP_ANY;
	switch (f) {
	case DOCUMENT_OVAL:
		return LOOKUP_DEFINITION;
	case DOCUMENT_NVD:
	case DOCUMENT_NVD_11:
	case DOCUMENT_KEV:
		return LOOKUP_CVE;
	case DOCUMENT_USN:
		return LOOKUP_NOTICE;
	case DOCUMENT_CPE:
		return LOOKUP_PRODUCT;
	case DOCUMENT_DATASTREAM:
		return LOOKUP_CONTENT;
	default:
		return LOOKUP_ADVISORY;
	}
}
