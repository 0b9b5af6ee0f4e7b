/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/span.h"

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/*
 * Bytes of the character that s begins with; 0 if there is none. *c (may be
 * NULL) gets the character.
 */
size_t utf8_char(struct span s, uint32_t *c);
/* Whether more bytes could make s, which is short, one character. */
bool utf8_is_cut(struct span s);
/* Bytes before the first that is no part of a character. */
size_t utf8_valid_len(struct span s);

#endif
