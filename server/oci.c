/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder bundles/ as a read-only registry (OCI distribution-spec 1.1) and
 * as plain files. Blobs are sent from where they lie in the tars.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

#include "server/httpd.h"
#include "server/oci_parts.h"

/* --- a part of a file --- */

struct part {
	const struct bundle_entry *entry;
	const struct bundle_blob *blob; /* NULL: all of it */
	const struct digest *etag;
};

/* 1: it is the response's; 0: the file is another by now; -1. */
static int
send_part(
    struct request *q, struct response *s, const struct part *p, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	int fd, rc;

	rc = bundle_entry_open(p->entry, httpd_statefd(q), p->blob, &fd, e);
	if (rc != 1)
		return rc;
	s->status = 200;
	s->body = RESPONSE_FILE;
	s->fd = fd;
	s->offset = p->blob == NULL ? 0 : p->blob->offset;
	s->size_bytes =
	    p->blob == NULL ? p->entry->size_bytes : p->blob->size_bytes;
	s->verbatim = true;
	s->etag = arena_span(&q->arena, span_of(digest_hex(p->etag, hex)));
	return 1;
}

static void
add_digest(struct request *q, struct response *s, const struct digest *d)
{
	char text[7 + DIGEST_HEX_SIZE] = "sha256:";

	digest_hex(d, text + 7);
	response_header(
	    s, "Docker-Content-Digest", arena_span(&q->arena, span_of(text)));
}

/*
 * A file may be replaced between the listing and the moment at which it is
 * opened: then all is looked at once more.
 */
static int
twice(struct request *q, struct response *s,
    int (*answer)(struct request *q, struct response *s,
	const struct bundle_files *f, struct err *e),
    struct err *e)
{
	struct bundle_files *f;
	int rc = 0, i;

	for (i = 0; i < 2 && rc == 0; i++) {
		if (i > 0)
			bundle_files_forget();
		if (bundle_files_get(httpd_statefd(q), &f, e) != 0)
			return -1;
		rc = answer(q, s, f, e);
		bundle_files_drop(f);
	}
	if (rc == 0)
		return err_set(e, ERR_SYSTEM,
		    FOLDER_BUNDLES "/ is not what it was a moment ago");
	return rc == -1 ? -1 : 0;
}

/* --- /bundles/ --- */

static int
answer_file(struct request *q, struct response *s, const struct bundle_files *f,
    struct err *e)
{
	struct part p = { .entry = bundle_files_find(f, q->captures[0]) };
	struct buf name = { 0 };
	int rc;

	if (p.entry == NULL) {
		problem(s, 404, "not-found", "there is no bundle %.*s",
		    SPAN_ARG(q->captures[0]));
		return 1;
	}
	/* Its bytes follow from its manifest. */
	p.etag = &p.entry->manifest;
	rc = send_part(q, s, &p, e);
	s->type = "application/x-tar";
	s->modified_at = p.entry->modified;
	buf_printf(&name, "attachment; filename=\"%s\"", p.entry->name);
	if (rc == 1)
		response_header(s, "Content-Disposition",
		    arena_span(&q->arena, buf_span(&name)));
	buf_cleanup(&name);
	return rc;
}

static int
handle_file(struct request *q, struct response *s, struct err *e)
{
	return twice(q, s, answer_file, e);
}

/* What the connected side asks for, to make a delta. */
static int
handle_receipt(struct request *q, struct response *s, struct err *e)
{
	struct stat st;
	int fd = openat(httpd_statefd(q), FOLDER_RECEIPT,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1 && (errno == ENOENT || errno == ELOOP))
		return problem(s, 404, "not-found",
		    "nothing was imported here: there is no receipt");
	if (fd == -1)
		return err_system(e, FOLDER_RECEIPT);
	s->fd = fd;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return problem(s, 404, "not-found", "that is no receipt");
	s->status = 200;
	s->type = "application/json";
	s->body = RESPONSE_FILE;
	s->size_bytes = (uint64_t)st.st_size;
	s->modified_at = st.st_mtim.tv_sec;
	return 0;
}

/* --- /v2/ --- */

static int
handle_base(struct request *q, struct response *s, struct err *e)
{
	(void)q;
	(void)e;
	oci_version(s);
	s->status = 200;
	s->type = "application/json";
	out_str(&s->out, "{}\n");
	return 0;
}

/* Does it want what there is? A client that does not say takes anything. */
static bool
accepts_manifest(struct request *q)
{
	struct span rest = request_list(q, "Accept"), type;

	if (rest.len == 0)
		return true;
	while (span_next(&rest, ',', &type)) {
		type = span_trim(span_first(type, span_find(type, ';')));
		if (span_is_nocase(type, OCI_MANIFEST_TYPE) ||
		    span_is(type, "*/*") || span_is(type, "application/*"))
			return true;
	}
	return false;
}

static int
answer_manifest(struct request *q, struct response *s,
    const struct bundle_files *f, struct err *e)
{
	struct span reference = q->captures[0];
	bool by_digest = span_find(reference, ':') < reference.len;
	struct part p = { 0 };
	struct digest d;
	int rc;

	if (by_digest && !oci_digest_parse(reference, &d))
		return 1 +
		    oci_error(s, OCI_DIGEST_INVALID,
			"a digest is sha256: and 64 hex digits");
	p.entry = by_digest ? bundle_files_manifest(f, &d)
			    : bundle_files_tag(f, reference);
	if (p.entry == NULL)
		return 1 +
		    oci_error(
			s, OCI_MANIFEST_UNKNOWN, "there is no such bundle");
	p.blob = &p.entry->blobs[0];
	p.etag = &p.entry->manifest;
	rc = send_part(q, s, &p, e);
	if (rc != 1)
		return rc;
	s->type = OCI_MANIFEST_TYPE;
	s->modified_at = by_digest ? 0 : p.entry->modified;
	s->cache = by_digest ? RESPONSE_IMMUTABLE : NULL;
	oci_version(s);
	add_digest(q, s, p.etag);
	return 1;
}

static int
handle_manifest(struct request *q, struct response *s, struct err *e)
{
	if (!accepts_manifest(q))
		return oci_error(s, OCI_MANIFEST_UNKNOWN,
		    "it is " OCI_MANIFEST_TYPE ", which Accept does not name");
	return twice(q, s, answer_manifest, e);
}

static int
answer_blob(struct request *q, struct response *s, const struct bundle_files *f,
    struct err *e)
{
	struct part p = { 0 };
	struct digest d;
	int rc;

	if (!oci_digest_parse(q->captures[0], &d))
		return 1 +
		    oci_error(s, OCI_DIGEST_INVALID,
			"a digest is sha256: and 64 hex digits");
	p.entry = bundle_files_blob(f, &d, &p.blob);
	if (p.entry == NULL)
		return 1 +
		    oci_error(
			s, OCI_BLOB_UNKNOWN, "no bundle here has that blob");
	p.etag = &d;
	rc = send_part(q, s, &p, e);
	if (rc != 1)
		return rc;
	s->type = "application/octet-stream";
	s->cache = RESPONSE_IMMUTABLE;
	oci_version(s);
	add_digest(q, s, &d);
	return 1;
}

static int
handle_blob(struct request *q, struct response *s, struct err *e)
{
	return twice(q, s, answer_blob, e);
}

static int
handle_other(struct request *q, struct response *s, struct err *e)
{
	(void)q;
	(void)e;
	return oci_error(s, OCI_NAME_UNKNOWN,
	    "there is one repository here, " OCI_REPOSITORY
	    ", and it is read-only");
}

#define REPOSITORY "/v2/" OCI_REPOSITORY

const struct route oci_routes[] = {
	{ VERB_GET, "/bundles/receipt.json", ROUTE_FAST, SCOPE_READ, 0,
	    handle_receipt },
	{ VERB_GET, "/bundles/{name}", ROUTE_FAST, SCOPE_READ, 0, handle_file },
	{ VERB_GET, "/v2", ROUTE_FAST, SCOPE_READ, 0, handle_base },
	{ VERB_GET, "/v2/", ROUTE_FAST, SCOPE_READ, 0, handle_base },
	{ VERB_GET, "/v2/_catalog", ROUTE_FAST, SCOPE_READ, 0, oci_catalog },
	{ VERB_GET, REPOSITORY "/tags/list", ROUTE_FAST, SCOPE_READ, 0,
	    oci_tags },
	{ VERB_GET, REPOSITORY "/referrers/{digest}", ROUTE_FAST, SCOPE_READ, 0,
	    oci_referrers },
	{ VERB_GET, REPOSITORY "/manifests/{reference}", ROUTE_FAST, SCOPE_READ,
	    0, handle_manifest },
	{ VERB_GET, REPOSITORY "/blobs/{digest}", ROUTE_FAST, SCOPE_READ, 0,
	    handle_blob },
	{ VERB_GET, "/v2/{*}", ROUTE_FAST, SCOPE_READ, 0, handle_other },
	{ 0 },
};
