/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "bundle/receipt.h"
#include "bundle/refusal.h"

void
receipt_write(struct buf *out, const struct receipt *r)
{
	char hex[DIGEST_HEX_SIZE];
	size_t i;

	buf_printf(out,
	    "{\"format\":%u,\"generation\":%" PRIu64 ",\"root\":%" PRIu64
	    ",\"snapshot\":{\"sha256\":\"%s\",\"version\":%" PRIu64
	    "},\"targets\":[",
	    RECEIPT_FORMAT, r->generation, r->root_version,
	    digest_hex(&r->snapshot, hex), r->snapshot_version);
	for (i = 0; i < r->n_targets; i++)
		buf_printf(out, "%s\"%s\"", i == 0 ? "" : ",",
		    digest_hex(&r->targets[i], hex));
	buf_printf(out, "],\"timestamp\":%" PRIu64 "}", r->timestamp_version);
}

static int
read_number(
    const struct json_node *doc, const char *path, uint64_t *out, struct err *e)
{
	const struct json_node *n = json_path(doc, path);

	if (n != NULL && n->type == JSON_NUMBER &&
	    parse_uint(n->text, INT64_MAX, out) && *out > 0)
		return 0;
	return refuse(e, REFUSAL_SHAPE, "%s is no number above 0", path);
}

static int
read_digest(const struct json_node *n, struct digest *out, struct err *e)
{
	if (n != NULL && n->type == JSON_STRING && digest_parse(n->text, out))
		return 0;
	return refuse(e, REFUSAL_SHAPE, "\"%.*s\" is no SHA-256",
	    SPAN_ARG(span_first(json_text(n), DIGEST_HEX_SIZE)));
}

static int
check_order(const struct digest *d, size_t i, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];

	if (i == 0 || memcmp(d[i - 1].bytes, d[i].bytes, DIGEST_SIZE) < 0)
		return 0;
	return refuse(e, REFUSAL_SHAPE, "targets: %s is out of order",
	    digest_hex(&d[i], hex));
}

static int
read_targets(const struct json_node *list, struct arena *a, struct receipt *out,
    struct err *e)
{
	const struct json_node *n;
	struct digest *targets;
	size_t i = 0;

	if (list == NULL || list->type != JSON_ARRAY)
		return refuse(e, REFUSAL_SHAPE, "targets is no array");
	for (n = list->child; n != NULL; n = n->next)
		i++;
	if (i > RECEIPT_TARGETS_MAX)
		return refuse(e, REFUSAL_SHAPE, "more than %u targets",
		    RECEIPT_TARGETS_MAX);
	targets = arena_array(a, i, sizeof(*targets));
	for (n = list->child, i = 0; n != NULL; n = n->next, i++)
		if (read_digest(n, &targets[i], e) != 0 ||
		    check_order(targets, i, e) != 0)
			return -1;
	out->targets = targets;
	out->n_targets = i;
	return 0;
}

static int
read_format(const struct json_node *doc, struct err *e)
{
	uint64_t format = 0;

	if (read_number(doc, "format", &format, e) != 0)
		return -1;
	if (format == RECEIPT_FORMAT)
		return 0;
	return refuse(e, REFUSAL_SHAPE,
	    "a receipt of format %" PRIu64
	    ": it takes a later version of scapcache",
	    format);
}

static int
read_all(const struct json_node *doc, struct arena *a, struct receipt *out,
    struct err *e)
{
	const struct json_node *snapshot = json_get(doc, "snapshot");

	if (doc->type != JSON_OBJECT)
		return refuse(e, REFUSAL_SHAPE, "not a receipt");
	if (read_format(doc, e) != 0 ||
	    read_number(doc, "generation", &out->generation, e) != 0 ||
	    read_number(doc, "root", &out->root_version, e) != 0 ||
	    read_number(doc, "timestamp", &out->timestamp_version, e) != 0 ||
	    read_number(doc, "snapshot.version", &out->snapshot_version, e) !=
		0 ||
	    read_digest(json_get(snapshot, "sha256"), &out->snapshot, e) != 0)
		return -1;
	return read_targets(json_get(doc, "targets"), a, out, e);
}

int
receipt_read(
    struct span json, struct arena *a, struct receipt *out, struct err *e)
{
	const struct json_node *doc = NULL;
	struct arena tree = { 0 };
	struct buf again = { 0 };
	int rc = -1;

	*out = (struct receipt){ 0 };
	if (json_parse(json, &tree, &doc, e) != 0) {
		e->code = (enum err_code)(ERR_REFUSED + (int)REFUSAL_SHAPE);
		goto out;
	}
	if (read_all(doc, a, out, e) != 0)
		goto out;
	receipt_write(&again, out);
	if (!span_eq(buf_span(&again), json)) {
		refuse(e, REFUSAL_SHAPE, "not as a receipt is written");
		goto out;
	}
	rc = 0;
out:
	buf_cleanup(&again);
	arena_cleanup(&tree);
	return rc;
}
