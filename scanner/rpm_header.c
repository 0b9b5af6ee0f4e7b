/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scanner/bytes.h"
#include "scanner/rpm_header.h"

#define ENTRY_SIZE 16
#define PREAMBLE_SIZE 8

enum rpm_type {
	RPM_TYPE_INT32 = 4,
	RPM_TYPE_STRING = 6,
	RPM_TYPE_BIN = 7,
	RPM_TYPE_STRING_ARRAY = 8,
	RPM_TYPE_I18NSTRING = 9,
};

struct entry {
	uint32_t type;
	uint32_t count;
	struct span data; /* from its offset to the end of all data */
};

int
rpm_header_parse(struct rpm_header *h, struct span blob, struct err *e)
{
	uint32_t n, size;

	if (blob.len < PREAMBLE_SIZE)
		return err_set(
		    e, ERR_FORMAT, "an rpm header of %zu bytes", blob.len);
	n = bytes_be32(blob, 0);
	size = bytes_be32(blob, 4);
	if (n == 0 || n > RPM_HEADER_ENTRIES_MAX || size > RPM_HEADER_DATA_MAX)
		return err_set(e, ERR_FORMAT,
		    "an rpm header with %u entries and %u bytes of data", n,
		    size);
	if (blob.len != PREAMBLE_SIZE + (size_t)n * ENTRY_SIZE + size)
		return err_set(e, ERR_FORMAT,
		    "an rpm header of %zu bytes that says it has %zu", blob.len,
		    PREAMBLE_SIZE + (size_t)n * ENTRY_SIZE + size);
	h->n = n;
	h->index =
	    span_first(span_from(blob, PREAMBLE_SIZE), (size_t)n * ENTRY_SIZE);
	h->data = span_from(blob, PREAMBLE_SIZE + h->index.len);
	return 0;
}

static int
malformed(enum rpm_tag tag, struct err *e)
{
	return err_set(
	    e, ERR_FORMAT, "an rpm header whose tag %d is malformed", (int)tag);
}

/*
 * The last entry of a tag holds: entries added after the package was built
 * stand behind those of its immutable region and replace them.
 */
static int
entry_find(const struct rpm_header *h, enum rpm_tag tag, struct entry *out,
    struct err *e)
{
	uint32_t i = h->n;
	uint32_t offset;

	while (i > 0 &&
	    bytes_be32(h->index, (size_t)(i - 1) * ENTRY_SIZE) != (uint32_t)tag)
		i--;
	if (i == 0)
		return 0;
	i--;
	out->type = bytes_be32(h->index, (size_t)i * ENTRY_SIZE + 4);
	offset = bytes_be32(h->index, (size_t)i * ENTRY_SIZE + 8);
	out->count = bytes_be32(h->index, (size_t)i * ENTRY_SIZE + 12);
	/* No item of any type is shorter than a byte. */
	if (offset > h->data.len || out->count == 0 ||
	    out->count > h->data.len - offset)
		return malformed(tag, e);
	out->data = span_from(h->data, offset);
	return 1;
}

int
rpm_header_string(const struct rpm_header *h, enum rpm_tag tag,
    struct span *out, struct err *e)
{
	struct entry entry = { 0 };
	size_t end;
	int rc = entry_find(h, tag, &entry, e);

	if (rc != 1)
		return rc;
	end = span_find(entry.data, '\0');
	if ((entry.type != RPM_TYPE_STRING &&
		entry.type != RPM_TYPE_I18NSTRING) ||
	    end == entry.data.len)
		return malformed(tag, e);
	*out = span_first(entry.data, end);
	return 1;
}

int
rpm_header_bytes(const struct rpm_header *h, enum rpm_tag tag, struct span *out,
    struct err *e)
{
	struct entry entry = { 0 };
	int rc = entry_find(h, tag, &entry, e);

	if (rc != 1)
		return rc;
	if (entry.type != RPM_TYPE_BIN)
		return malformed(tag, e);
	*out = span_first(entry.data, entry.count);
	return 1;
}

int
rpm_header_strings(const struct rpm_header *h, enum rpm_tag tag,
    struct rpm_array *out, struct err *e)
{
	struct entry entry = { 0 };
	struct rpm_array check;
	struct span s;
	uint32_t n = 0;
	int rc = entry_find(h, tag, &entry, e);

	if (rc != 1)
		return rc;
	*out = (struct rpm_array){ entry.data, entry.count };
	check = *out;
	while (rpm_strings_next(&check, &s))
		n++;
	if (entry.type != RPM_TYPE_STRING_ARRAY || n != entry.count)
		return malformed(tag, e);
	return 1;
}

int
rpm_header_ints(const struct rpm_header *h, enum rpm_tag tag,
    struct rpm_array *out, struct err *e)
{
	struct entry entry = { 0 };
	int rc = entry_find(h, tag, &entry, e);

	if (rc != 1)
		return rc;
	if (entry.type != RPM_TYPE_INT32 || entry.count > entry.data.len / 4)
		return malformed(tag, e);
	*out = (struct rpm_array){ entry.data, entry.count };
	return 1;
}

bool
rpm_strings_next(struct rpm_array *a, struct span *out)
{
	size_t end = span_find(a->data, '\0');

	if (a->n == 0 || end == a->data.len)
		return false;
	*out = span_first(a->data, end);
	a->data = span_from(a->data, end + 1);
	a->n--;
	return true;
}

uint32_t
rpm_int(const struct rpm_array *a, uint32_t i)
{
	return bytes_be32(a->data, (size_t)i * 4);
}
