/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers of binary formats. The caller has checked that they are inside. */
#ifndef SCANNER_BYTES_H
#define SCANNER_BYTES_H

#include "base/span.h"

static inline uint32_t
bytes_at(struct span s, size_t offset)
{
	return (unsigned char)s.ptr[offset];
}

static inline uint32_t
bytes_be16(struct span s, size_t offset)
{
	return bytes_at(s, offset) << 8 | bytes_at(s, offset + 1);
}

static inline uint32_t
bytes_be32(struct span s, size_t offset)
{
	return bytes_be16(s, offset) << 16 | bytes_be16(s, offset + 2);
}

static inline uint32_t
bytes_le32(struct span s, size_t offset)
{
	return bytes_at(s, offset) | bytes_at(s, offset + 1) << 8 |
	    bytes_at(s, offset + 2) << 16 | bytes_at(s, offset + 3) << 24;
}

#endif
