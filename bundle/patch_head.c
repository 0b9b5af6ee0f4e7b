/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <unistd.h>

#include "base/json.h"
#include "bundle/patch_impl.h"
#include "bundle/refusal.h"

#define RATIO_FREE ((uint64_t)64 * 1024 * 1024) /* as base/stream has it */

static void
add_file(struct buf *b, const char *name, const struct digest *d, uint64_t size)
{
	char hex[DIGEST_HEX_SIZE];

	buf_printf(b, "\"%s\":{\"length\":%" PRIu64 ",\"sha256\":\"%s\"}", name,
	    size, digest_hex(d, hex));
}

void
head_add(struct buf *b, const struct patch_head *h)
{
	buf_add_char(b, '{');
	add_file(b, "base", &h->base, h->base_size_bytes);
	buf_printf(b, ",\"format\":%u,\"recipe\":\"%s\",", PATCH_FORMAT,
	    recipe_name(h->recipe));
	add_file(b, "target", &h->target, h->target_size_bytes);
	buf_printf(b, ",\"unpacked\":%" PRIu64 "}\n", h->unpacked_bytes);
}

static bool
read_size(const struct json_node *n, const char *name, uint64_t *out)
{
	return parse_uint(
	    json_text(json_get(n, name)), PATCH_UNPACKED_MAX, out);
}

static bool
read_file(const struct json_node *n, struct digest *d, uint64_t *size)
{
	return read_size(n, "length", size) &&
	    digest_parse(json_text(json_get(n, "sha256")), d);
}

static int
read_members(const struct json_node *n, struct patch_head *h, struct err *e)
{
	struct span format = json_text(json_get(n, "format"));
	struct span recipe = json_text(json_get(n, "recipe"));
	uint64_t known;

	if (!parse_uint(format, PATCH_FORMAT, &known) || known != PATCH_FORMAT)
		return refuse(
		    e, REFUSAL_SHAPE, "no patch of format %u", PATCH_FORMAT);
	h->recipe = recipe_find(recipe);
	if (h->recipe == 0)
		return refuse(e, REFUSAL_SHAPE, "no recipe is named \"%.*s\"",
		    SPAN_ARG(span_first(recipe, 32)));
	if (!read_file(json_get(n, "base"), &h->base, &h->base_size_bytes))
		return refuse(e, REFUSAL_SHAPE, "it does not say of what file");
	if (!read_file(
		json_get(n, "target"), &h->target, &h->target_size_bytes) ||
	    !read_size(n, "unpacked", &h->unpacked_bytes))
		return refuse(
		    e, REFUSAL_SHAPE, "it does not say what it makes");
	if (h->unpacked_bytes > RATIO_FREE &&
	    h->unpacked_bytes / STREAM_RATIO_MAX > h->target_size_bytes)
		return refuse(e, REFUSAL_SHAPE,
		    "a file of %" PRIu64 " bytes out of %" PRIu64,
		    h->target_size_bytes, h->unpacked_bytes);
	return 0;
}

/* There is one way to write a head: it is written again and compared. */
static int
read_line(struct span line, struct patch_head *h, struct err *e)
{
	const struct json_node *n = NULL;
	struct arena a = { 0 };
	struct buf again = { 0 };
	struct err detail;
	int rc = -1;

	if (json_parse(line, &a, &n, &detail) != 0) {
		refuse(e, REFUSAL_SHAPE, "its first line is not JSON");
		goto out;
	}
	if (read_members(n, h, e) != 0)
		goto out;
	head_add(&again, h);
	if (!span_eq(buf_span(&again), line)) {
		refuse(e, REFUSAL_SHAPE, "its first line is not canonical");
		goto out;
	}
	rc = 0;
out:
	buf_cleanup(&again);
	arena_cleanup(&a);
	return rc;
}

int
head_read(int patch, struct patch_head *out, size_t *len, struct err *e)
{
	char text[PATCH_HEAD_MAX];
	ssize_t n = pread(patch, text, sizeof(text), 0);
	struct span bytes;

	if (n < 0)
		return err_system(e, "cannot read a patch");
	bytes = span_make(text, (size_t)n);
	*len = span_find(bytes, '\n') + 1;
	if (*len > bytes.len)
		return refuse(e, REFUSAL_SHAPE, "not a patch");
	return read_line(span_first(bytes, *len), out, e);
}

int
patch_read_head(int patch, struct patch_head *out, struct err *e)
{
	size_t len;

	*out = (struct patch_head){ 0 };
	return head_read(patch, out, &len, e);
}
