/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <string.h>

#include "base/bzip2_block.h"

/*
 * CRC-32 with the polynomial 0x04c11db7, highest bit first. tables[k][b] is
 * what byte b does to the checksum k bytes later.
 */
static uint32_t tables[8][256];

static void
make_tables(void)
{
	uint32_t i, k;

	for (i = 0; i < 256; i++) {
		uint32_t crc = i << 24;

		for (k = 0; k < 8; k++)
			crc = crc << 1 ^
			    ((crc & 0x80000000U) != 0 ? 0x04c11db7U : 0);
		tables[0][i] = crc;
	}
	for (k = 1; k < 8; k++)
		for (i = 0; i < 256; i++)
			tables[k][i] = tables[k - 1][i] << 8 ^
			    tables[0][tables[k - 1][i] >> 24];
}

static uint32_t
crc_of(const char *ptr, size_t len)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	const unsigned char *p = (const unsigned char *)ptr;
	uint32_t crc = UINT32_MAX;

	pthread_once(&once, make_tables);
	for (; len >= 8; len -= 8, p += 8)
		crc = tables[7][crc >> 24 ^ p[0]] ^
		    tables[6][(crc >> 16 & 0xff) ^ p[1]] ^
		    tables[5][(crc >> 8 & 0xff) ^ p[2]] ^
		    tables[4][(crc & 0xff) ^ p[3]] ^ tables[3][p[4]] ^
		    tables[2][p[5]] ^ tables[1][p[6]] ^ tables[0][p[7]];
	for (; len > 0; len--, p++)
		crc = crc << 8 ^ tables[0][crc >> 24 ^ *p];
	return ~crc;
}

/* Bytes up to and with the first four equal ones; *four: there are such. */
static size_t
find_four(const uint8_t *p, size_t len, bool *four)
{
	size_t n_equal = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		n_equal = i > 0 && p[i] == p[i - 1] ? n_equal + 1 : 1;
		if (n_equal == 4)
			break;
	}
	*four = i < len;
	return *four ? i + 1 : len;
}

bool
bzip2_expand(const struct bzip2_block *b, char *out, size_t *len)
{
	const uint8_t *p = b->bytes;
	const uint8_t *end = b->bytes + b->size;
	size_t n = 0;

	while (p < end) {
		bool four;
		size_t part = find_four(p, (size_t)(end - p), &four);

		if (part + UINT8_MAX > *len - n)
			return false;
		memcpy(out + n, p, part);
		n += part;
		p += part;
		if (!four)
			break;
		/* The byte behind them says how many more come. */
		if (p == end)
			return false;
		memset(out + n, p[-1], *p);
		n += *p++;
	}
	*len = n;
	return crc_of(out, n) == b->crc;
}
