/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/pack.h"
#include "base/utf8.h"
#include "schema_catalog.h"
#include "server/access.h"

#define ALL_SCOPES ((1u << N_SCOPES) - 1)
/* Limits of what a client may show. */
#define SECRET_MAX 256u /* bytes */
#define BASIC_MAX 1024u /* bytes of base64 */

static const char *const scope_names[N_SCOPES] = { "none", "read", "scan",
	"sync", "admin" };

/* --- scopes and names --- */

const char *
scope_name(enum scope s)
{
	return scope_names[s];
}

bool
scope_parse(struct span text, unsigned *scopes)
{
	struct span word;
	unsigned found = 0, i;

	while (span_next(&text, ',', &word)) {
		word = span_trim(word);
		for (i = SCOPE_READ; i < N_SCOPES; i++)
			if (span_is(word, scope_names[i]))
				break;
		if (i == N_SCOPES)
			return false;
		found |= 1u << i;
	}
	if (found == 0)
		return false;
	*scopes = found;
	return true;
}

void
scope_add(struct buf *out, unsigned scopes)
{
	const char *comma = "";
	unsigned i;

	for (i = SCOPE_READ; i < N_SCOPES; i++) {
		if ((scopes & (1u << i)) == 0)
			continue;
		buf_add_str(out, comma);
		buf_add_str(out, scope_names[i]);
		comma = ",";
	}
}

bool
access_valid_name(struct span name)
{
	uint32_t c = 0;
	size_t n, i;

	if (name.len == 0 || name.len > ACCESS_NAME_MAX ||
	    span_trim(name).len != name.len)
		return false;
	for (i = 0; i < name.len; i += n) {
		n = utf8_char(span_from(name, i), &c);
		if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0))
			return false;
	}
	return true;
}

/* --- one request --- */

void
access_hash(
    const struct access_token *t, struct span secret, struct digest *out)
{
	char text[ACCESS_SALT_SIZE + SECRET_MAX];

	if (secret.len > SECRET_MAX)
		abort();
	memcpy(text, t->salt, ACCESS_SALT_SIZE);
	memcpy(text + ACCESS_SALT_SIZE, secret.ptr, secret.len);
	digest_of(span_make(text, ACCESS_SALT_SIZE + secret.len), out);
	explicit_bzero(text, sizeof(text));
}

static void
anybody(const struct access_list *l, struct access *out)
{
	*out = (struct access){ .scopes = l->anonymous ? 1u << SCOPE_READ : 0 };
}

static bool
holds(const struct access_token *t, int64_t now)
{
	return t->expires == 0 || now < t->expires;
}

static void
admit(const struct access_list *l, const struct access_token *t,
    struct access *out)
{
	anybody(l, out);
	out->name = t->name;
	out->scopes |= t->scopes;
	if ((t->scopes & (1u << SCOPE_ADMIN)) != 0)
		out->scopes = ALL_SCOPES;
}

/* All are compared, so that the time tells nothing of where it stands. */
static void
check_secret(const struct access_list *l, struct span secret, int64_t now,
    struct access *out)
{
	const struct access_token *found = NULL;
	struct digest d;
	size_t i;

	*out = (struct access){ .refused = true };
	if (secret.len == 0 || secret.len > SECRET_MAX)
		return;
	for (i = 0; i < l->n_tokens; i++) {
		const struct access_token *t = &l->tokens[i];

		access_hash(t, secret, &d);
		if (CRYPTO_memcmp(d.bytes, t->hash.bytes, DIGEST_SIZE) == 0 &&
		    !t->is_certificate)
			found = t;
	}
	if (found != NULL && holds(found, now))
		admit(l, found, out);
}

/* The password of "user:password" in base64. */
static struct span
basic_password(struct span coded, unsigned char *text)
{
	struct span plain;
	size_t colon;
	int n;

	if (coded.len == 0 || coded.len > BASIC_MAX || coded.len % 4 != 0)
		return SPAN_NONE;
	n = EVP_DecodeBlock(
	    text, (const unsigned char *)coded.ptr, (int)coded.len);
	if (n < 0)
		return SPAN_NONE;
	/* It counts the bytes that "=" stands for, too. */
	while (n > 0 && coded.ptr[coded.len - 1] == '=') {
		coded.len--;
		n--;
	}
	plain = span_make(text, (size_t)n);
	colon = span_find(plain, ':');
	return span_from(plain, colon + 1);
}

void
access_check(const struct access_list *l, struct span authorization,
    int64_t now, struct access *out)
{
	struct span text = span_trim(authorization);
	size_t blank = span_find(text, ' ');
	struct span scheme = span_first(text, blank);
	struct span value = span_trim(span_from(text, blank));
	unsigned char plain[BASIC_MAX];

	if (text.len == 0) {
		anybody(l, out);
	} else if (span_is_nocase(scheme, "bearer")) {
		check_secret(l, value, now, out);
	} else if (span_is_nocase(scheme, "basic")) {
		check_secret(l, basic_password(value, plain), now, out);
		explicit_bzero(plain, sizeof(plain));
	} else {
		*out = (struct access){ .refused = true };
	}
}

void
access_certificate(const struct access_list *l, struct span name, int64_t now,
    struct access *out)
{
	size_t i;

	anybody(l, out);
	for (i = 0; i < l->n_tokens; i++) {
		const struct access_token *t = &l->tokens[i];

		if (t->is_certificate && span_eq(t->name, name) &&
		    holds(t, now))
			admit(l, t, out);
	}
}

bool
access_may(const struct access *a, enum scope s)
{
	return s == SCOPE_NONE || (!a->refused && (a->scopes & (1u << s)) != 0);
}

unsigned
access_status(const struct access *a, enum scope s)
{
	if (access_may(a, s))
		return 0;
	return a->refused || a->name.len == 0 ? 401 : 403;
}

void
access_challenge(
    struct buf *out, const struct access *a, enum scope s, struct span path)
{
	if (span_is(path, "/v2") || span_has_prefix(path, "/v2/")) {
		buf_add_str(out, "Basic realm=\"scapcache\"");
		return;
	}
	if (!span_has_prefix(path, "/v1/"))
		buf_add_str(
		    out, "Basic realm=\"scapcache\", charset=\"UTF-8\", ");
	buf_add_str(out, "Bearer realm=\"scapcache\"");
	if (a->refused)
		buf_add_str(out, ", error=\"invalid_token\"");
	else if (a->name.len > 0)
		buf_printf(out, ", error=\"insufficient_scope\", scope=\"%s\"",
		    scope_name(s));
}

/* --- the list --- */

void
access_cleanup(struct access_list *l)
{
	arena_cleanup(&l->arena);
	*l = (struct access_list){ 0 };
}

static int
read_row(struct access_list *l, struct db_stmt *row, struct access_token *t,
    struct err *e)
{
	struct span salt = db_blob(row, 1), hash = db_blob(row, 2);

	*t = (struct access_token){ .name =
					arena_span(&l->arena, db_text(row, 0)),
		.made = db_int(row, 4),
		.expires = db_int(row, 5),
		.is_certificate = db_int(row, 6) != 0 };
	if (!t->is_certificate &&
	    (salt.len != ACCESS_SALT_SIZE || hash.len != DIGEST_SIZE))
		return err_set(e, ERR_FORMAT,
		    "catalog.sqlite: the token %.*s is damaged",
		    SPAN_ARG(t->name));
	if (!t->is_certificate) {
		memcpy(t->salt, salt.ptr, salt.len);
		memcpy(t->hash.bytes, hash.ptr, hash.len);
	}
	if (!scope_parse(db_text(row, 3), &t->scopes))
		return err_set(e, ERR_FORMAT,
		    "catalog.sqlite: the scopes of the token %.*s are damaged",
		    SPAN_ARG(t->name));
	return 0;
}

int
access_read(
    struct access_list *out, struct db *catalog, bool anonymous, struct err *e)
{
	struct db_stmt *row;
	int rc;

	*out = (struct access_list){ .anonymous = anonymous };
	if (catalog == NULL)
		return 0;
	out->tokens =
	    arena_array(&out->arena, ACCESS_TOKENS_MAX, sizeof(*out->tokens));
	row = db_query(catalog, QUERY_CATALOG_TOKEN_LIST);
	while ((rc = db_step(row, e)) == 1) {
		if (out->n_tokens == ACCESS_TOKENS_MAX)
			rc = err_set(e, ERR_LIMIT,
			    "catalog.sqlite: more than %u tokens",
			    ACCESS_TOKENS_MAX);
		else
			rc = read_row(
			    out, row, &out->tokens[out->n_tokens++], e);
		if (rc != 0)
			break;
	}
	db_reset(row);
	return rc;
}

/* --- between our processes --- */

/* Read by access_unpack(). */
void
access_pack(struct buf *out, const struct access_list *l)
{
	size_t i;

	pack_uint(out, l->anonymous);
	pack_uint(out, l->n_tokens);
	for (i = 0; i < l->n_tokens; i++) {
		const struct access_token *t = &l->tokens[i];

		pack_span(out, t->name);
		pack_uint(out, t->is_certificate);
		pack_span(out, span_make(t->salt, sizeof(t->salt)));
		pack_span(out, span_make(t->hash.bytes, DIGEST_SIZE));
		pack_uint(out, t->scopes);
		pack_int(out, t->expires);
	}
}

static bool
unpack_token(struct unpack *u, struct arena *a, struct access_token *t)
{
	struct span salt, hash;

	t->name = arena_span(a, unpack_span(u));
	t->is_certificate = unpack_max(u, 1) == 1;
	salt = unpack_span(u);
	hash = unpack_span(u);
	t->scopes = unpack_max(u, ALL_SCOPES);
	t->expires = unpack_int(u);
	if (u->failed || salt.len != ACCESS_SALT_SIZE ||
	    hash.len != DIGEST_SIZE || !access_valid_name(t->name))
		return false;
	memcpy(t->salt, salt.ptr, salt.len);
	memcpy(t->hash.bytes, hash.ptr, hash.len);
	return true;
}

int
access_unpack(struct access_list *l, struct span bytes, struct err *e)
{
	struct unpack u = unpack_of(bytes);
	bool good = true;
	size_t n, i;

	*l = (struct access_list){ .anonymous = unpack_max(&u, 1) == 1 };
	n = unpack_count(&u);
	if (n > ACCESS_TOKENS_MAX)
		good = false;
	else
		l->tokens = arena_array(&l->arena, n, sizeof(*l->tokens));
	for (i = 0; i < n && good; i++)
		good = unpack_token(&u, &l->arena, &l->tokens[l->n_tokens++]);
	if (good && unpack_done(&u))
		return 0;
	access_cleanup(l);
	return err_set(
	    e, ERR_FORMAT, "the list of tokens makes no sense to this process");
}
