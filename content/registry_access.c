/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/http_trouble.h"
#include "content/registry_access.h"

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
add_url(const struct registry_access *x, const struct registry_ask *ask,
    struct buf *url)
{
	const struct registry_reference *r = &x->reference;
	const struct digest *d = ask->has_digest ? &ask->digest : &r->digest;
	bool plain =
	    http_host_is_one_of(span_of(r->host), x->options.http.plain);
	char hex[DIGEST_HEX_SIZE];

	buf_printf(url, "%s://%s/v2/%s/%s/", plain ? "http" : "https", r->host,
	    r->name, ask->kind == REGISTRY_BLOB ? "blobs" : "manifests");
	if (ask->has_digest || r->has_digest)
		buf_printf(url, "sha256:%s", digest_hex(d, hex));
	else
		buf_add_str(url, r->tag);
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
	buf_add_str(b, ":pull");
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

static int
request(struct registry_access *x, const struct registry_ask *ask, int fd,
    struct http_answer *out, struct err *e)
{
	struct buf url = { 0 }, authorization = { 0 }, form = { 0 };
	struct http_request r = { .offset = ask->offset,
		.size_max = ask->size_max,
		.immutable = ask->kind == REGISTRY_BLOB,
		.fd = fd };
	int rc;

	if (ask->kind == REGISTRY_TOKEN)
		add_token_url(x, &url);
	else
		add_url(x, ask, &url);
	if (ask->kind == REGISTRY_TOKEN && x->login.token.len > 0)
		add_form(x, &form);
	if (ask->kind == REGISTRY_MANIFEST)
		r.accept = SPAN_LIT(ACCEPT);
	add_authorization(x, ask, &authorization);
	r.url = buf_span(&url);
	r.authorization = buf_span(&authorization);
	r.form = buf_span(&form);
	rc = proc_http_get(&x->fetch, &r, e);
	if (rc == 0)
		rc = proc_http_answer(&x->fetch, &x->message, out, e);
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
may_not_pull(const struct registry_access *x, struct http_answer *a)
{
	if (x->login.file.len > 0)
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
		may_not_pull(x, a);
	return 0;
}

/* Most often it is a registry of the house that has no TLS at all. */
static void
say_if_plain(const struct registry_access *x, struct http_answer *a)
{
	if (a->status == 0 && strcmp(a->error.msg, HTTP_NO_TLS) == 0)
		err_set(&a->error, ERR_NETWORK,
		    HTTP_NO_TLS "; if %s speaks plain HTTP, name it in "
				"plain_http of [registry] in scapcache.conf",
		    x->reference.host);
}

int
registry_access_ask(struct registry_access *x, const struct registry_ask *ask,
    int fd, struct http_answer *out, struct err *e)
{
	if (ask->kind == REGISTRY_TOKEN &&
	    x->challenge.scheme != HTTP_SCHEME_BEARER)
		return err_set(e, ERR_SYSTEM, "nobody wants a token");
	if (start_fetch(x, e) != 0 || request(x, ask, fd, out, e) != 0)
		return -1;
	if (out->status == 401 ||
	    (ask->kind == REGISTRY_TOKEN &&
		(out->status == 403 || out->status == 400)))
		return handle_401(x, ask, out, e);
	say_if_plain(x, out);
	return 0;
}

int
registry_access_end(
    struct registry_access *x, struct http_end *out, struct err *e)
{
	return proc_http_end(&x->fetch, out, e);
}
