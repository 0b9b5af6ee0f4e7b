/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "bundle/tar.h"

#define TYPE_FILE '0'
#define TYPE_LINK '1'
#define TYPE_PAX 'x'
#define MODE 0644u
#define PAX_NAME "././@PaxHeader"

#define NAME_SIZE 100u
#define PREFIX_SIZE 155u

/* POSIX.1-1988; text ends with NUL where there is room for one. */
struct head {
	char name[NAME_SIZE];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char link[NAME_SIZE];
	char magic[6];
	char version[2];
	char user[32];
	char group[32];
	char major[8];
	char minor[8];
	char prefix[PREFIX_SIZE];
	char rest[12];
};

_Static_assert(sizeof(struct head) == TAR_BLOCK, "a head is one block");

/* Octal digits with leading zeros in all of the field but its last byte. */
static void
put_octal(char *field, size_t size, uint64_t v)
{
	size_t i = size - 1;

	field[i] = '\0';
	while (i-- > 0) {
		field[i] = (char)('0' + (v & 7));
		v >>= 3;
	}
}

static void
put_text(char *field, struct span s)
{
	if (s.len > 0)
		memcpy(field, s.ptr, s.len);
}

/*
 * Where a long name is cut at a '/': the longest prefix that fits. The name's
 * length: it fits whole; 0: it does not fit.
 */
static size_t
cut_of(struct span path)
{
	size_t cut;

	if (path.len <= NAME_SIZE)
		return path.len;
	cut = span_rfind(span_first(path, PREFIX_SIZE + 1), '/');
	if (cut == 0 || cut > PREFIX_SIZE || path.len - cut - 1 > NAME_SIZE ||
	    cut + 1 == path.len)
		return 0;
	return cut;
}

static void
put_checksum(struct head *h)
{
	const unsigned char *p = (const unsigned char *)h;
	unsigned sum = 0;
	size_t i;

	memset(h->checksum, ' ', sizeof(h->checksum));
	for (i = 0; i < sizeof(*h); i++)
		sum += p[i];
	/* Six digits, NUL, blank. */
	put_octal(h->checksum, sizeof(h->checksum) - 1, sum);
}

static void
add_head(struct buf *out, char type, const struct tar_entry *entry, size_t cut)
{
	struct head h = { .type = type,
		.magic = { 'u', 's', 't', 'a', 'r', '\0' },
		.version = { '0', '0' } };

	if (cut == entry->path.len) {
		put_text(h.name, entry->path);
	} else if (cut > 0) {
		put_text(h.prefix, span_first(entry->path, cut));
		put_text(h.name, span_from(entry->path, cut + 1));
	} else {
		put_text(h.name, span_first(entry->path, NAME_SIZE));
	}
	put_text(h.link, entry->link);
	put_octal(h.mode, sizeof(h.mode), MODE);
	put_octal(h.uid, sizeof(h.uid), 0);
	put_octal(h.gid, sizeof(h.gid), 0);
	put_octal(h.size, sizeof(h.size), entry->size_bytes);
	put_octal(h.mtime, sizeof(h.mtime), 0);
	put_octal(h.major, sizeof(h.major), 0);
	put_octal(h.minor, sizeof(h.minor), 0);
	put_checksum(&h);
	buf_add(out, &h, sizeof(h));
}

static void
add_zeros(struct buf *out, size_t n)
{
	static const char zeros[2 * TAR_BLOCK];

	buf_add(out, zeros, n);
}

/* "<length> path=<path>\n", the length being of all of it. */
static void
add_pax(struct buf *out, struct span path)
{
	size_t body = sizeof(" path=\n") - 1 + path.len;
	size_t len = body + (body + 2 < 100 ? 2 : 3);
	const struct tar_entry entry = { .path = SPAN_LIT(PAX_NAME),
		.size_bytes = len };

	add_head(out, TYPE_PAX, &entry, entry.path.len);
	buf_printf(out, "%zu path=", len);
	buf_add_span(out, path);
	buf_add_char(out, '\n');
	add_zeros(out, tar_padding(len));
}

void
tar_head(struct buf *out, const struct tar_entry *entry)
{
	size_t cut = cut_of(entry->path);

	if (cut == 0)
		add_pax(out, entry->path);
	add_head(out, entry->link.len > 0 ? TYPE_LINK : TYPE_FILE, entry, cut);
}

size_t
tar_padding(uint64_t size_bytes)
{
	return (TAR_BLOCK - size_bytes % TAR_BLOCK) % TAR_BLOCK;
}

void
tar_end(struct buf *out)
{
	add_zeros(out, 2 * (size_t)TAR_BLOCK);
}
