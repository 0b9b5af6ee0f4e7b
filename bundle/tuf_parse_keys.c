/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "bundle/tuf_impl.h"

static const struct {
	const char *scheme;
	const char *type;
	const char *other_type; /* as some write it */
} schemes[N_TUF_SCHEMES] = {
	[TUF_ED25519] = { "ed25519", "ed25519", NULL },
	[TUF_ECDSA_P256] = { "ecdsa-sha2-nistp256", "ecdsa",
	    "ecdsa-sha2-nistp256" },
	[TUF_RSA_PSS] = { "rsassa-pss-sha256", "rsa", NULL },
	[TUF_RSA_PKCS1] = { "rsa-pkcs1v15-sha256", "rsa", NULL },
};

/* False: of no kind that we know. */
static bool
find_scheme(const struct json_node *n, enum tuf_scheme *out)
{
	struct span type = tuf_text(n, "keytype");
	struct span name = tuf_text(n, "scheme");
	enum tuf_scheme s;

	for (s = TUF_ED25519; s < N_TUF_SCHEMES; s++) {
		if (!span_is(name, schemes[s].scheme) ||
		    (!span_is(type, schemes[s].type) &&
			(schemes[s].other_type == NULL ||
			    !span_is(type, schemes[s].other_type))))
			continue;
		*out = s;
		return true;
	}
	return false;
}

/*
 * An id is the hash of the key. What others add to a key is part of that with
 * some writers, and with others it is not: either will do.
 */
static int
check_id(const struct json_node *n, const struct tuf_key *key, struct err *e)
{
	struct buf canonical = { 0 };
	struct digest whole, alone;

	if (canonical_add(&canonical, n, e) != 0) {
		buf_cleanup(&canonical);
		return refuse_as(e, REFUSAL_SHAPE);
	}
	digest_of(buf_span(&canonical), &whole);
	buf_cleanup(&canonical);
	tuf_key_id(key->public, &alone);
	if (digest_eq(&key->id, &whole) || digest_eq(&key->id, &alone))
		return 0;
	return refuse(e, REFUSAL_SHAPE, "the id of key %.16s is not its hash",
	    n->name.ptr);
}

/* 1: a key; 0: of a kind that counts for nothing; -1. */
static int
parse_key(const struct json_node *n, struct tuf_key *out, struct err *e)
{
	struct span public = tuf_text(tuf_object(n, "keyval"), "public");

	if (n->type != JSON_OBJECT)
		return refuse(e, REFUSAL_SHAPE, "a key that is no object");
	if (!digest_parse(n->name, &out->id) || !find_scheme(n, &out->scheme) ||
	    public.len == 0)
		return 0;
	if (out->scheme != TUF_ED25519) {
		/* Written in so many ways that their ids are just names. */
		out->pem = public;
		return 1;
	}
	if (!parse_hex(public, out->public, sizeof(out->public)))
		return 0;
	return check_id(n, out, e) == 0 ? 1 : -1;
}

static int
compare_keys(const void *a, const void *b)
{
	const struct tuf_key *x = a, *y = b;

	return memcmp(x->id.bytes, y->id.bytes, sizeof(x->id.bytes));
}

int
tuf_parse_keys(const struct json_node *keys, struct arena *a,
    struct tuf_file *out, struct err *e)
{
	const struct json_node *child;
	struct tuf_key *list, key;
	size_t n;
	int rc;

	if (tuf_count(keys, TUF_KEYS_MAX, "keys", &n, e) != 0)
		return -1;
	list = arena_array(a, n, sizeof(*list));
	for (child = keys->child; child != NULL; child = child->next) {
		key = (struct tuf_key){ 0 };
		rc = parse_key(child, &key, e);
		if (rc < 0)
			return -1;
		if (rc == 1)
			list[out->n_keys++] = key;
	}
	if (out->n_keys > 0)
		qsort(list, out->n_keys, sizeof(*list), compare_keys);
	out->keys = list;
	return 0;
}

int
tuf_parse_role(const struct json_node *n, struct arena *a, struct tuf_role *out,
    struct err *e)
{
	const struct json_node *keyids = tuf_array(n, "keyids"), *child;
	struct digest *list;
	uint64_t threshold;
	size_t n_max;

	if (keyids == NULL)
		return refuse(e, REFUSAL_SHAPE, "no keyids");
	if (tuf_number(n, "threshold", 1, &threshold, e) != 0 ||
	    tuf_count(keyids, TUF_KEYS_MAX, "keyids", &n_max, e) != 0)
		return -1;
	/* More than there can be keys is never met. */
	out->threshold =
	    (unsigned)(threshold > TUF_KEYS_MAX ? TUF_KEYS_MAX + 1 : threshold);
	list = arena_array(a, n_max, sizeof(*list));
	for (child = keyids->child; child != NULL; child = child->next) {
		if (child->type != JSON_STRING)
			return refuse(
			    e, REFUSAL_SHAPE, "a keyid that is no text");
		if (digest_parse(child->text, &list[out->n_keyids]))
			out->n_keyids++;
	}
	out->keyids = list;
	return 0;
}

/* 1: a signature; 0: of a kind that counts for nothing; -1. */
static int
parse_signature(const struct json_node *n, struct arena *a,
    struct tuf_signature *out, struct err *e)
{
	struct span sig = tuf_text(n, "sig");
	struct span keyid = tuf_text(n, "keyid");
	uint8_t *bytes;

	if (n->type != JSON_OBJECT || sig.ptr == NULL || keyid.ptr == NULL)
		return refuse(
		    e, REFUSAL_SHAPE, "a signature without keyid and sig");
	if (!digest_parse(keyid, &out->keyid))
		return 0;
	if (sig.len == (size_t)2 * TUF_SIGNATURE_SIZE)
		return parse_hex(sig, out->bytes, sizeof(out->bytes));
	if (sig.len == 0 || sig.len % 2 != 0 || sig.len / 2 > TUF_SIGNATURE_MAX)
		return 0;
	bytes = arena_alloc(a, sig.len / 2);
	out->other = span_make(bytes, sig.len / 2);
	return parse_hex(sig, bytes, sig.len / 2);
}

/* §4.2: no two by one key. */
static bool
is_repeated(const struct json_node *first, const struct json_node *n)
{
	struct span keyid = tuf_text(n, "keyid");

	for (; first != n; first = first->next)
		if (span_eq(tuf_text(first, "keyid"), keyid))
			return true;
	return false;
}

int
tuf_parse_signatures(const struct json_node *n, struct arena *a,
    struct tuf_file *out, struct err *e)
{
	const struct json_node *child;
	struct tuf_signature *list;
	size_t n_max;
	int rc;

	if (tuf_count(n, TUF_SIGNATURES_MAX, "signatures", &n_max, e) != 0)
		return -1;
	list = arena_array(a, n_max, sizeof(*list));
	for (child = n->child; child != NULL; child = child->next) {
		rc = parse_signature(child, a, &list[out->n_signatures], e);
		if (rc < 0)
			return -1;
		if (is_repeated(n->child, child))
			return refuse(e, REFUSAL_SHAPE,
			    "more than one signature of one key");
		out->n_signatures += rc == 1;
	}
	out->signatures = list;
	return 0;
}
