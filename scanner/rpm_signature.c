/* SPDX-License-Identifier: Apache-2.0 */
/* OpenPGP signature packets, as far as the key's id (RFC 4880 §4.2, §5.2). */
#include <stdio.h>

#include "scanner/bytes.h"
#include "scanner/rpm_header.h"

#define PACKET_SIGNATURE 2
#define SUBPACKET_ISSUER 16
#define SUBPACKET_ISSUER_FINGERPRINT 33
#define KEYID_SIZE 8

/* Cuts n bytes off *rest; false if there are fewer. */
static bool
cut(struct span *rest, size_t n, struct span *part)
{
	if (n > rest->len)
		return false;
	*part = span_first(*rest, n);
	*rest = span_from(*rest, n);
	return true;
}

static bool
cut_number(struct span *rest, size_t n_bytes, size_t *out)
{
	struct span part;
	size_t i;

	if (!cut(rest, n_bytes, &part))
		return false;
	*out = 0;
	for (i = 0; i < n_bytes; i++)
		*out = *out << 8 | bytes_at(part, i);
	return true;
}

/* Lengths of new packets and of subpackets: one, two or five bytes. */
static bool
cut_length(struct span *rest, size_t *out)
{
	size_t second;

	if (!cut_number(rest, 1, out))
		return false;
	if (*out < 192)
		return true;
	if (*out == 255)
		return cut_number(rest, 4, out);
	if (!cut_number(rest, 1, &second))
		return false;
	*out = (*out - 192) * 256 + second + 192;
	return true;
}

static bool
packet_body(struct span packet, struct span *body)
{
	struct span rest = packet;
	size_t head, length;

	if (!cut_number(&rest, 1, &head) || (head & 0x80) == 0)
		return false;
	if ((head & 0x40) != 0) {
		if ((head & 0x3f) != PACKET_SIGNATURE ||
		    !cut_length(&rest, &length))
			return false;
	} else {
		if ((head >> 2 & 0x0f) != PACKET_SIGNATURE ||
		    (head & 0x03) == 3 ||
		    !cut_number(&rest, (size_t)1 << (head & 0x03), &length))
			return false;
	}
	return cut(&rest, length, body);
}

/* One area of subpackets: its two bytes of length, then the subpackets. */
static bool
cut_area(struct span *rest, struct span *keyid)
{
	struct span area, sub;
	size_t length;

	if (!cut_number(rest, 2, &length) || !cut(rest, length, &area))
		return false;
	while (keyid->len == 0 && cut_length(&area, &length) &&
	    cut(&area, length, &sub)) {
		/* Bit 7 of the type says that it is critical. */
		size_t type = sub.len == 0 ? 0 : bytes_at(sub, 0) & 0x7f;

		if ((type == SUBPACKET_ISSUER && sub.len == 1 + KEYID_SIZE) ||
		    (type == SUBPACKET_ISSUER_FINGERPRINT &&
			sub.len > 2 + KEYID_SIZE))
			*keyid = span_from(sub, sub.len - KEYID_SIZE);
	}
	return true;
}

static bool
find_keyid(struct span body, struct span *keyid)
{
	struct span skipped;
	size_t version;

	*keyid = SPAN_NONE;
	if (!cut_number(&body, 1, &version))
		return false;
	if (version == 3)
		return cut(&body, 6, &skipped) && cut(&body, KEYID_SIZE, keyid);
	if (version != 4 || !cut(&body, 3, &skipped) || !cut_area(&body, keyid))
		return false;
	return keyid->len > 0 || (cut_area(&body, keyid) && keyid->len > 0);
}

bool
rpm_signature_keyid(struct span packet, char text[17])
{
	struct span body, keyid;

	if (!packet_body(packet, &body) || !find_keyid(body, &keyid))
		return false;
	snprintf(
	    text, 17, "%08x%08x", bytes_be32(keyid, 0), bytes_be32(keyid, 4));
	return true;
}
