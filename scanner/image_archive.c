/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "scanner/image_archive.h"

#define HEAD_SIZE ((size_t)512) /* enough to tell a tar */
#define ARCHIVE_UNPACKED_MAX ((uint64_t)256 * 1024 * 1024 * 1024) /* bytes */

void
archive_index_cleanup(struct archive_index *x)
{
	size_t i;

	for (i = 0; i < x->n; i++) {
		buf_cleanup(&x->members[i].data);
		layer_drop(x->members[i].layer);
	}
	free(x->members);
	tree_cleanup(&x->tree);
	*x = (struct archive_index){ 0 };
}

static int
member_add(struct archive_index *x, struct tar *t, struct err *e)
{
	struct entry entry;
	int rc;

	if (x->n == SOURCE_MEMBERS_MAX)
		return err_set(e, ERR_LIMIT, "has more than %u members",
		    SOURCE_MEMBERS_MAX);
	rc = tar_entry(t, &entry, e);
	if (rc == 1) {
		x->name_bytes += entry.path.len + entry.link.len;
		if (x->name_bytes > SOURCE_NAMES_MAX)
			return err_set(e, ERR_LIMIT,
			    "has more than %zu MiB of names",
			    SOURCE_NAMES_MAX >> 20);
		if (entry.type == NODE_SYMLINK)
			tar_detail(t, &entry);
		rc = entry_apply(&x->tree, &entry, 0, e);
		detail_drop(entry.detail);
	}
	if (rc == -1)
		return -1;
	/* One a tar entry: ordinals are indexes. */
	x->members = xgrow(x->members, &x->cap, x->n + 1, sizeof(*x->members));
	x->members[x->n++] = (struct member){ .size_bytes = tar_data_size(t) };
	return 0;
}

void
archive_index_plain(struct archive_index *x, int fd)
{
	struct tar t;

	tree_init(&x->tree);
	tar_open_fd(&t, fd);
	while (tar_next_member(&t, &x->failed) == 1 &&
	    member_add(x, &t, &x->failed) == 0)
		x->members[x->n - 1].offset = tar_data_offset(&t);
	tar_close(&t);
}

/* A member's data: what was read to see what it is, and the rest. */
struct member_pull {
	struct tar *tar;
	char head[HEAD_SIZE];
	size_t n_head;
	size_t n_used;
};

static int
member_read(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct member_pull *p = ctx;
	size_t left = p->n_head - p->n_used;

	if (left == 0)
		return tar_data(p->tar, ptr, size, n, e);
	*n = left < size ? left : size;
	memcpy(ptr, p->head + p->n_used, *n);
	p->n_used += *n;
	return 0;
}

static int
head_read(struct member_pull *p, struct err *e)
{
	size_t n;

	do {
		if (tar_data(p->tar, p->head + p->n_head, HEAD_SIZE - p->n_head,
			&n, e) != 0)
			return -1;
		p->n_head += n;
	} while (n > 0 && p->n_head < HEAD_SIZE);
	return 0;
}

/* The sum of a tar header's bytes, its own field taken as blanks. */
static bool
is_tar(const struct member_pull *p)
{
	unsigned long sum = 0;
	unsigned long stored;
	char field[9];
	size_t i;

	if (p->n_head < HEAD_SIZE)
		return false;
	for (i = 0; i < HEAD_SIZE; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)p->head[i];
	memcpy(field, p->head + 148, 8);
	field[8] = '\0';
	stored = strtoul(field, NULL, 8);
	/* A tar of nothing but its end: zeros. */
	return stored == sum || sum == 8 * ' ';
}

static bool
is_layer(const struct member_pull *p)
{
	struct span head = span_make(p->head, p->n_head);

	return span_has_prefix(head, "\x1f\x8b") ||
	    span_has_prefix(head, "\x28\xb5\x2f\xfd") ||
	    (head.len > 4 && (head.ptr[0] & 0xf0) == 0x50 &&
		span_has_prefix(span_from(head, 1), "\x2a\x4d\x18")) ||
	    is_tar(p);
}

static int
small_read(struct archive_index *x, struct member *m, struct member_pull *p,
    struct err *e)
{
	size_t room = (size_t)64 * 1024;
	size_t n;

	if (m->size_bytes > SOURCE_SMALL_MAX)
		return 0;
	do {
		buf_reserve(&m->data, room);
		if (member_read(p, m->data.ptr + m->data.len, room, &n, e) != 0)
			return -1;
		m->data.len += n;
		m->data.ptr[m->data.len] = '\0';
	} while (n > 0);
	x->small_bytes += m->data.len;
	if (x->small_bytes > SOURCE_SMALLS_MAX)
		return err_set(e, ERR_LIMIT,
		    "has more than %zu MiB of documents",
		    SOURCE_SMALLS_MAX >> 20);
	m->has_data = true;
	return 0;
}

static int
member_keep(struct archive_index *x, struct tar *t,
    const struct layer_filter *filter, struct err *e)
{
	struct member *m = &x->members[x->n - 1];
	struct member_pull p = { .tar = t };
	struct stream_pull pull = { &p, member_read };

	if (m->size_bytes == 0)
		return 0;
	if (head_read(&p, e) != 0)
		return -1;
	if (!is_layer(&p))
		return small_read(x, m, &p, e);
	m->layer = layer_new();
	layer_read(m->layer, &pull, filter);
	return 0;
}

void
archive_index_packed(struct archive_index *x, int fd,
    const struct stream_pull *pipe, const struct layer_filter *filter)
{
	const struct stream_options limits = { .out_max =
						   ARCHIVE_UNPACKED_MAX };
	struct stream *s = NULL;
	struct tar t;
	int rc;

	tree_init(&x->tree);
	rc = pipe != NULL ? stream_open_pull(&s, pipe, &limits, &x->failed)
			  : stream_open_fd(&s, fd, &limits, &x->failed);
	if (rc != 0)
		return;
	tar_open_stream(&t, s, NULL);
	while (tar_next_member(&t, &x->failed) == 1 &&
	    member_add(x, &t, &x->failed) == 0 &&
	    member_keep(x, &t, filter, &x->failed) == 0)
		;
	tar_close(&t);
	stream_close(s);
}

int
archive_index_find(
    struct archive_index *x, struct span name, uint32_t *member, struct err *e)
{
	uint32_t node;
	int rc = tree_walk(&x->tree, name, TREE_FOLLOW, &node, e);

	if (rc == 1 && x->tree.nodes[node].type != NODE_REGULAR)
		rc = 0;
	if (rc == 1)
		*member = x->tree.nodes[node].ordinal;
	if (rc == 0 && x->failed.code != ERR_NONE) {
		*e = x->failed;
		rc = err_context(e, "the archive");
	}
	return rc;
}
