/* SPDX-License-Identifier: Apache-2.0 */
/* base/xml, in pieces as long as the first byte says. */
#include <stdlib.h>

#include "base/xml.h"

static int
on_start(void *ctx, const struct xml_element *el, struct err *e)
{
	(void)e;
	xml_capture(*(struct xml_reader **)ctx);
	return el->offset < UINT64_MAX ? 0 : -1;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct xml_rule rules[] = { { 0, NULL, NULL, 1, on_start,
						     NULL },
		{ 1, NULL, NULL, 1, on_start, NULL }, { 0 } };
	struct xml_reader *r = NULL;
	struct err e;
	size_t i, step = size > 0 ? data[0] + 1U : 1;

	r = xml_new(rules, &r);
	for (i = 1; i < size; i += step)
		xml_push(r, (const char *)data + i,
		    size - i < step ? size - i : step, &e);
	xml_finish(r, &e);
	xml_free(r);
	return 0;
}
