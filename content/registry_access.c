/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/http_trouble.h"
#include "content/registry_access.h"

#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define BLOB_TYPE "application/octet-stream"
#define ACCEPT                                                        \
	"application/vnd.oci.image.index.v1+json, "                   \
	"application/vnd.oci.image.manifest.v1+json, "                \
	"application/vnd.docker.distribution.manifest.list.v2+json, " \
	"application/vnd.docker.distribution.manifest.v2+json"

/* --- authorities --- */

static int
add_pem(struct buf *out, const char *path, struct err *e)
{
	static const char begin[] = "-----BEGIN ";
	struct buf pem = { 0 };
	int rc = file_read(AT_FDCWD, path, REGISTRY_CA_MAX, &pem, e);

	if (rc == 0 && strstr(buf_str(&pem), begin) == NULL)
		rc = err_set(
		    e, ERR_FORMAT, "%s: holds no certificate in PEM", path);
	if (rc == 0) {
		buf_add_span(out, buf_span(&pem));
		buf_add_char(out, '\n');
	}
	buf_cleanup(&pem);
	return rc;
}

struct ca_folder {
	struct buf *out;
	const char *path;
};

static int
add_if_ca(void *ctx, const char *name, struct err *e)
{
	const struct ca_folder *f = ctx;
	struct buf path = { 0 };
	int rc = 0;

	if (span_has_suffix(span_of(name), ".crt")) {
		buf_printf(&path, "%s/%s", f->path, name);
		rc = add_pem(f->out, buf_str(&path), e);
	}
	buf_cleanup(&path);
	return rc;
}

/* ROOT/HOST/?.crt, where there are any (containers-certs.d(5)). */
static int
add_folder(struct registry_access *x, const char *root, struct err *e)
{
	struct buf path = { 0 };
	struct ca_folder folder = { .out = &x->host_ca_pem };
	int rc = 0;

	buf_printf(&path, "%s/%s", root, x->reference.host);
	folder.path = buf_str(&path);
	if (file_exists(AT_FDCWD, folder.path))
		rc = file_list(AT_FDCWD, folder.path, add_if_ca, &folder, e);
	buf_cleanup(&path);
	return rc;
}

static int
read_authorities(struct registry_access *x, struct err *e)
{
	const char *home = getenv("HOME");
	struct buf own = { 0 };
	int rc = 0;

	if (x->options.ca_file != NULL)
		rc = add_pem(&x->ca_pem, x->options.ca_file, e);
	buf_add_span(&x->host_ca_pem, buf_span(&x->ca_pem));
	buf_printf(
	    &own, "%s/.config/containers/certs.d", home == NULL ? "" : home);
	if (rc == 0)
		rc = add_folder(x, buf_str(&own), e);
	if (rc == 0)
		rc = add_folder(x, "/etc/containers/certs.d", e);
	if (rc == 0)
		rc = add_folder(x, "/etc/docker/certs.d", e);
	buf_cleanup(&own);
	return rc;
}

int
registry_access_open(struct registry_access *x,
    const struct registry_options *options, struct span text, struct err *e)
{
	*x = (struct registry_access){ .options = *options,
		.fetch = { .ipc = { -1 } },
		.message = { .fd = -1 } };
	if (registry_reference_parse(&x->reference, text, &x->arena, e) == 0 &&
	    read_authorities(x, e) == 0)
		return 0;
	registry_access_close(x);
	return -1;
}

void
registry_access_close(struct registry_access *x)
{
	proc_kill(&x->fetch);
	ipc_message_cleanup(&x->message);
	buf_cleanup(&x->ca_pem);
	buf_cleanup(&x->host_ca_pem);
	buf_cleanup(&x->upload);
	arena_cleanup(&x->arena);
	*x = (struct registry_access){ .fetch = { .ipc = { -1 } },
		.message = { .fd = -1 } };
}

static int
start_fetch(struct registry_access *x, struct err *e)
{
	struct http_options o = x->options.http;

	if (x->fetch.pid != 0)
		return 0;
	o.ca_pem = buf_span(&x->ca_pem);
	o.host = x->reference.host;
	o.host_ca_pem = buf_span(&x->host_ca_pem);
	return proc_http_open(&x->fetch, &o, e);
}

/* --- requests --- */

/* For a query or a form. */
static void
add_escaped(struct buf *b, struct span text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (span_is_alpha(text.ptr[i]) || span_is_digit(text.ptr[i]) ||
		    (c != '\0' && strchr("-._~/:", c) != NULL))
			buf_add_char(b, text.ptr[i]);
		else
			buf_printf(b, "%%%02X", c);
	}
}

static void
add_digest(struct buf *url, const struct digest *d)
{
	char hex[DIGEST_HEX_SIZE];

	buf_printf(url, "sha256:%s", digest_hex(d, hex));
}

/* Of the manifest that the user named; where there is one, of that digest. */
static void
add_manifest(
    const struct registry_access *x, const struct digest *d, struct buf *url)
{
	const struct registry_reference *r = &x->reference;

	buf_add_str(url, "manifests/");
	if (d != NULL || r->has_digest)
		add_digest(url, d != NULL ? d : &r->digest);
	else
		buf_add_str(url, r->tag);
}

static void
add_url(const struct registry_access *x, const struct registry_ask *ask,
    struct buf *url)
{
	const struct registry_reference *r = &x->reference;
	bool plain =
	    http_host_is_one_of(span_of(r->host), x->options.http.plain);

	buf_printf(
	    url, "%s://%s/v2/%s/", plain ? "http" : "https", r->host, r->name);
	switch (ask->kind) {
	case REGISTRY_MANIFEST:
		add_manifest(x, ask->has_digest ? &ask->digest : NULL, url);
		break;
	case REGISTRY_HAS_MANIFEST:
	case REGISTRY_PUT_MANIFEST:
		add_manifest(x, NULL, url);
		break;
	case REGISTRY_OPEN:
		buf_add_str(url, "blobs/uploads/");
		break;
	default:
		buf_add_str(url, "blobs/");
		add_digest(url, &ask->digest);
		break;
	}
}

/* Where the registry wants the blob put, with its digest. */
static void
add_upload_url(const struct registry_access *x, const struct registry_ask *ask,
    struct buf *url)
{
	struct span where = buf_span(&x->upload);

	buf_add_span(url, where);
	buf_add_str(
	    url, span_find(where, '?') < where.len ? "&digest=" : "?digest=");
	add_digest(url, &ask->digest);
}

/* An upload may go to another host, which is not to know who we are. */
static bool
is_elsewhere(const struct registry_access *x, const struct registry_ask *ask)
{
	const struct registry_ask own = { .kind = REGISTRY_OPEN };
	struct buf url = { 0 };
	bool same;

	if (ask->kind != REGISTRY_PUT)
		return false;
	add_url(x, &own, &url);
	same = http_is_same_origin(buf_span(&url), buf_span(&x->upload));
	buf_cleanup(&url);
	return !same;
}

/* What a token is asked for: docs of Docker's token service. */
static void
add_scope(const struct registry_access *x, struct buf *b)
{
	if (x->challenge.service.len > 0) {
		buf_add_str(b, "service=");
		add_escaped(b, x->challenge.service);
		buf_add_char(b, '&');
	}
	buf_add_str(b, "scope=repository:");
	add_escaped(b, span_of(x->reference.name));
	buf_add_str(b, x->source == NULL ? ":pull" : ":pull,push");
}

static void
add_token_url(const struct registry_access *x, struct buf *url)
{
	struct span realm = x->challenge.realm;

	buf_add_span(url, realm);
	if (x->login.token.len > 0)
		return; /* it is in the form */
	buf_add_char(url, span_find(realm, '?') < realm.len ? '&' : '?');
	add_scope(x, url);
}

static void
add_form(const struct registry_access *x, struct buf *form)
{
	buf_add_str(form, "grant_type=refresh_token&client_id=scapcache&");
	add_scope(x, form);
	buf_add_str(form, "&refresh_token=");
	add_escaped(form, x->login.token);
}

static void
add_authorization(const struct registry_access *x,
    const struct registry_ask *ask, struct buf *b)
{
	if (is_elsewhere(x, ask))
		return;
	if (ask->kind != REGISTRY_TOKEN && ask->token.len > 0) {
		buf_add_str(b, "Bearer ");
		buf_add_span(b, ask->token);
		return;
	}
	if (x->login.basic.len == 0 ||
	    (ask->kind == REGISTRY_TOKEN
		    ? x->login.token.len > 0
		    : x->challenge.scheme != HTTP_SCHEME_BASIC))
		return;
	buf_add_str(b, "Basic ");
	buf_add_span(b, x->login.basic);
}

static void
wipe(struct buf *b)
{
	if (b->len > 0)
		explicit_bzero(b->ptr, b->len);
	buf_cleanup(b);
}

static enum http_method
method_of(enum registry_kind kind)
{
	switch (kind) {
	case REGISTRY_HAS:
	case REGISTRY_HAS_MANIFEST:
		return HTTP_HEAD;
	case REGISTRY_OPEN:
		return HTTP_POST;
	case REGISTRY_PUT:
	case REGISTRY_PUT_MANIFEST:
		return HTTP_PUT;
	default:
		return HTTP_GET;
	}
}

/* Of what is put its pieces and type; of the rest nothing. */
static int
set_pieces(const struct registry_access *x, const struct registry_ask *ask,
    struct http_request *r, struct http_piece *pieces, struct err *e)
{
	if (r->method != HTTP_PUT)
		return 0;
	r->offset = 0;
	r->pieces = pieces;
	r->content_type = ask->kind == REGISTRY_PUT ? SPAN_LIT(BLOB_TYPE)
						    : SPAN_LIT(MANIFEST_TYPE);
	return x->source->pieces(x->source->ctx, ask->offset, ask->size_max,
	    pieces, &r->n_pieces, e);
}

/* Whose bytes are on their way. */
struct sending {
	const struct registry_source *source; /* NULL: nobody's */
	uint64_t offset;
};

static void
on_sent(void *ctx, uint64_t bytes)
{
	const struct sending *s = ctx;

	if (s->source != NULL && s->source->sent != NULL)
		s->source->sent(s->source->ctx, s->offset + bytes);
}

static int
request(struct registry_access *x, const struct registry_ask *ask, int fd,
    struct http_answer *out, struct err *e)
{
	struct buf url = { 0 }, authorization = { 0 }, form = { 0 };
	struct http_piece pieces[HTTP_PIECES_MAX];
	struct sending sending = { x->source, ask->offset };
	const struct proc_http_sent hear = { &sending, on_sent };
	struct http_request r = { .method = method_of(ask->kind),
		.offset = ask->offset,
		.size_max = ask->size_max,
		.immutable = ask->kind == REGISTRY_BLOB,
		.fd = method_of(ask->kind) == HTTP_GET ? fd : -1 };
	int rc;

	if (set_pieces(x, ask, &r, pieces, e) != 0)
		return -1;
	if (ask->kind == REGISTRY_TOKEN)
		add_token_url(x, &url);
	else if (ask->kind == REGISTRY_PUT)
		add_upload_url(x, ask, &url);
	else
		add_url(x, ask, &url);
	if (ask->kind == REGISTRY_TOKEN && x->login.token.len > 0)
		add_form(x, &form);
	if (ask->kind == REGISTRY_MANIFEST ||
	    ask->kind == REGISTRY_HAS_MANIFEST)
		r.accept = SPAN_LIT(ACCEPT);
	add_authorization(x, ask, &authorization);
	r.url = buf_span(&url);
	r.authorization = buf_span(&authorization);
	r.form = buf_span(&form);
	rc = proc_http_get(&x->fetch, &r, e);
	if (rc == 0)
		rc = proc_http_answer_sent(
		    &x->fetch, &x->message, &hear, out, e);
	buf_cleanup(&url);
	wipe(&authorization);
	wipe(&form);
	return rc;
}

/* --- who we are --- */

/* No asking again: what is wrong stands in the error. */
static void
stop(struct http_answer *a)
{
	a->challenge = (struct http_challenge){ .scheme = HTTP_SCHEME_NONE };
}

static void
wants_login(const struct registry_access *x, struct http_answer *a)
{
	const char *login = x->reference.login;

	if (x->login.file.len > 0)
		err_set(&a->error, ERR_UNTRUSTED,
		    "%s does not take the login of %.*s", login,
		    SPAN_ARG(x->login.file));
	else
		err_set(&a->error, ERR_UNTRUSTED,
		    "%s wants a login, and there is none: skopeo login %s, or "
		    "docker login %s, writes one",
		    login, login, login);
	stop(a);
}

/* A token was shown, and it is not enough. */
static void
may_not(const struct registry_access *x, struct http_answer *a)
{
	const struct registry_reference *r = &x->reference;

	if (x->source != NULL && x->login.file.len > 0)
		err_set(&a->error, ERR_UNTRUSTED,
		    "the login of %.*s may not push %s to %s",
		    SPAN_ARG(x->login.file), r->name, r->login);
	else if (x->source != NULL)
		err_set(&a->error, ERR_UNTRUSTED,
		    "%s wants a login of who pushes %s: skopeo login %s",
		    r->login, r->name, r->login);
	else if (x->login.file.len > 0)
		err_set(&a->error, ERR_UNTRUSTED,
		    "there is no %s at %s, or the login of %.*s may not pull "
		    "it",
		    x->reference.name, x->reference.login,
		    SPAN_ARG(x->login.file));
	else
		err_set(&a->error, ERR_UNTRUSTED,
		    "there is no %s at %s, or it wants a login: skopeo login "
		    "%s",
		    x->reference.name, x->reference.login, x->reference.login);
}

/* Keeps what the registry says about who may ask. */
static void
note_challenge(struct registry_access *x, const struct http_challenge *c)
{
	x->challenge.scheme = c->scheme;
	x->challenge.realm = arena_span(&x->arena, c->realm);
	x->challenge.service = arena_span(&x->arena, c->service);
}

static int
read_login(struct registry_access *x, struct err *e)
{
	if (x->has_login)
		return 0;
	if (registry_login_find(&x->login, &x->reference, &x->arena, e) != 0)
		return -1;
	x->has_login = true;
	return 0;
}

static int
handle_401(struct registry_access *x, const struct registry_ask *ask,
    struct http_answer *a, struct err *e)
{
	bool sent_basic = x->challenge.scheme == HTTP_SCHEME_BASIC &&
	    x->login.basic.len > 0 && ask->token.len == 0;

	if (ask->kind == REGISTRY_TOKEN) {
		wants_login(x, a);
		return 0;
	}
	if (is_elsewhere(x, ask)) {
		stop(a);
		return 0;
	}
	if (read_login(x, e) != 0)
		return -1;
	note_challenge(x, &a->challenge);
	if (a->challenge.scheme == HTTP_SCHEME_NONE)
		err_set(&a->error, ERR_NETWORK,
		    "%s wants a login, of a kind that is not known",
		    x->reference.login);
	else if (a->challenge.scheme == HTTP_SCHEME_BASIC &&
	    (sent_basic || x->login.basic.len == 0))
		wants_login(x, a);
	else if (ask->token.len > 0)
		may_not(x, a);
	return 0;
}

/* Most often it is a registry of the house that has no TLS at all. */
static void
say_if_plain(const struct registry_access *x, const struct registry_ask *ask,
    struct http_answer *a)
{
	if (a->status == 0 && strcmp(a->error.msg, HTTP_NO_TLS) == 0 &&
	    !is_elsewhere(x, ask))
		err_set(&a->error, ERR_NETWORK,
		    HTTP_NO_TLS "; if %s speaks plain HTTP, name it in "
				"plain_http of [registry] in scapcache.conf",
		    x->reference.host);
}

static bool
is_allowed(const struct registry_access *x, const struct registry_ask *ask,
    struct err *e)
{
	if (ask->kind == REGISTRY_TOKEN &&
	    x->challenge.scheme != HTTP_SCHEME_BEARER)
		return err_set(e, ERR_SYSTEM, "nobody wants a token") == 0;
	if (ask->kind > REGISTRY_TOKEN && x->source == NULL)
		return err_set(e, ERR_SYSTEM, "nothing is to be pushed") == 0;
	if ((ask->kind == REGISTRY_HAS_MANIFEST ||
		ask->kind == REGISTRY_PUT_MANIFEST) &&
	    x->reference.has_digest &&
	    !digest_eq(&ask->digest, &x->reference.digest))
		return err_set(e, ERR_UNTRUSTED,
			   "it has another digest than it is to be called "
			   "by") == 0;
	if (ask->kind == REGISTRY_PUT && x->upload.len == 0)
		return err_set(e, ERR_NETWORK,
			   "the registry does not say where to put a blob") ==
		    0;
	return true;
}

/* Where the next blob is put: the registry says so. */
static void
note_upload(struct registry_access *x, const struct registry_ask *ask,
    const struct http_answer *a)
{
	if (ask->kind != REGISTRY_OPEN)
		return;
	buf_reset(&x->upload);
	if (http_is_done(a))
		buf_add_span(&x->upload, a->location);
}

int
registry_access_ask(struct registry_access *x, const struct registry_ask *ask,
    int fd, struct http_answer *out, struct err *e)
{
	if (!is_allowed(x, ask, e))
		return -1;
	if (start_fetch(x, e) != 0 || request(x, ask, fd, out, e) != 0)
		return -1;
	if (out->status == 401 ||
	    (ask->kind == REGISTRY_TOKEN &&
		(out->status == 403 || out->status == 400)))
		return handle_401(x, ask, out, e);
	note_upload(x, ask, out);
	say_if_plain(x, ask, out);
	return 0;
}

int
registry_access_end(
    struct registry_access *x, struct http_end *out, struct err *e)
{
	return proc_http_end(&x->fetch, out, e);
}
