/* SPDX-License-Identifier: Apache-2.0 */
/* An Authorization header; the list of tokens of another process. */
#include "server/access.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct access_token t = { .name = SPAN_LIT("a"), .scopes = 2 };
	struct access_list l = { .tokens = &t, .n_tokens = 1 };
	struct span bytes = span_make(data, size);
	struct err e = { 0 };
	unsigned scopes = 0;
	struct access a;

	access_check(&l, bytes, 0, &a);
	access_certificate(&l, bytes, 0, &a);
	(void)scope_parse(bytes, &scopes);
	(void)access_valid_name(bytes);
	if (access_unpack(&l, bytes, &e) == 0)
		access_cleanup(&l);
	return 0;
}
