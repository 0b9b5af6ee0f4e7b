/* SPDX-License-Identifier: Apache-2.0 */
/* A query of NVD's API: its address, its parameters, its CPE name. */
#include "server/nvd_params.h"
#include "server/request.h"

#define FIELD "cpe:2.3:a:acme:foo:*:*:*:*:*:*:*:*"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request q = { .verb = VERB_GET };
	struct nvd_match m = { .cpe = span_make(data, size) };
	struct nvd_match other = { .cpe = SPAN_LIT(FIELD),
		.version_start = m.cpe };
	struct err e = { 0 };
	struct nvd_ask a;

	if (request_parse_target(&q, m.cpe, &e) == 0 &&
	    nvd_ask_read(&a, q.params, q.n_params, &q.arena) &&
	    a.question.cpe != NULL) {
		(void)nvd_pattern_matches(a.question.cpe, &m);
		(void)nvd_pattern_matches(a.question.cpe, &other);
	}
	arena_cleanup(&q.arena);
	return 0;
}
