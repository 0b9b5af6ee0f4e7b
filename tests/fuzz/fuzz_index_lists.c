/* SPDX-License-Identifier: Apache-2.0 */
/* Lists out of an index file that may be damaged. */
#include <stdlib.h>

#include "eval/id_list.h"
#include "eval/ords.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_make(data, size);
	struct ords o = ords_of(bytes, 1000);
	struct id_reader ids = id_reader_of(bytes);
	struct span id;
	uint32_t ord;

	while (ords_next(&o, &ord))
		if (ord >= 1000)
			abort();
	/* Each id may repeat the one before: their sum grows as a square. */
	while (size < 4096 && id_reader_next(&ids, &id, &ord) == 1)
		continue;
	id_reader_cleanup(&ids);
	return 0;
}
