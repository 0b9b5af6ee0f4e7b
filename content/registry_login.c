/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "content/registry_login.h"

/* "https://index.docker.io/v1/" is "index.docker.io". */
static struct span
key_place(struct span key)
{
	static const char *const schemes[] = { "https://", "http://" };
	size_t i;

	for (i = 0; i < 2; i++)
		if (span_has_prefix(key, schemes[i])) {
			key = span_from(key, span_of(schemes[i]).len);
			return span_first(key, span_find(key, '/'));
		}
	while (key.len > 0 && key.ptr[key.len - 1] == '/')
		key.len--;
	return key;
}

static bool
is_hub_alias(struct span place)
{
	return span_is(place, "index.docker.io") ||
	    span_is(place, "registry-1.docker.io") ||
	    span_is(place, "docker.io");
}

/* How much of "host/folder/name" the key speaks of; 0: of something else. */
static size_t
key_fits(struct span key, const struct registry_reference *r)
{
	struct span place = key_place(key);
	size_t slash = span_find(place, '/');
	struct span host = span_first(place, slash);
	struct span path = span_from(place, slash + 1);
	struct span name = span_of(r->name);

	if (is_hub_alias(host) ? !span_is(span_of(r->login), "docker.io")
			       : !span_is_nocase(host, r->login))
		return 0;
	if (path.len == 0)
		return 1;
	if (path.len > name.len || !span_eq(span_first(name, path.len), path) ||
	    (path.len < name.len && name.ptr[path.len] != '/'))
		return 0;
	return 1 + path.len;
}

/* The member for the image; NULL: none. */
static const struct json_node *
find_entry(const struct json_node *object, const struct registry_reference *r)
{
	const struct json_node *n = object == NULL ? NULL : object->child;
	const struct json_node *best = NULL;
	size_t most = 0;

	for (; n != NULL; n = n->next) {
		size_t fits = key_fits(n->name, r);

		if (fits > most) {
			most = fits;
			best = n;
		}
	}
	return best;
}

/* Base64 that may stand in a header as it is. */
static bool
is_base64(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!span_is_alpha(s.ptr[i]) && !span_is_digit(s.ptr[i]) &&
		    s.ptr[i] != '+' && s.ptr[i] != '/' && s.ptr[i] != '=')
			return false;
	return s.len > 0 && s.len % 4 == 0 && s.len <= LOGIN_SECRET_MAX;
}

static struct span
encode(struct span user, struct span password, struct arena *a)
{
	struct buf plain = { 0 };
	unsigned char *out;
	int n;

	buf_add_span(&plain, user);
	buf_add_char(&plain, ':');
	buf_add_span(&plain, password);
	out = arena_alloc(a, plain.len / 3 * 4 + 8);
	n = EVP_EncodeBlock(
	    out, (const unsigned char *)plain.ptr, (int)plain.len);
	explicit_bzero(plain.ptr, plain.len);
	buf_cleanup(&plain);
	return span_make(out, (size_t)n);
}

static int
wrong_entry(const struct json_node *entry, const char *why, struct err *e)
{
	return err_set(
	    e, ERR_FORMAT, "auths: %.*s: %s", SPAN_ARG(entry->name), why);
}

/* 1: it has a secret; 0: it is empty. */
static int
read_entry(const struct json_node *entry, struct arena *a,
    struct registry_login *out, struct err *e)
{
	struct span user = json_text(json_get(entry, "username"));
	struct span password = json_text(json_get(entry, "password"));
	struct span auth = json_text(json_get(entry, "auth"));
	struct span token = json_text(json_get(entry, "identitytoken"));

	if (token.len > LOGIN_SECRET_MAX || user.len > LOGIN_SECRET_MAX ||
	    password.len > LOGIN_SECRET_MAX)
		return wrong_entry(entry, "has a secret that is too long", e);
	if (auth.len > 0 && !is_base64(auth))
		return wrong_entry(entry, "auth is no base64", e);
	out->token = arena_span(a, token);
	if (auth.len > 0)
		out->basic = arena_span(a, auth);
	else if (user.len > 0)
		out->basic = encode(user, password, a);
	return out->basic.len > 0 || out->token.len > 0;
}

static int
refuse_helper(
    struct span name, const struct registry_reference *r, struct err *e)
{
	return err_set(e, ERR_FORMAT,
	    "the login for %s is kept by the program docker-credential-%.*s, "
	    "and no program is run; log in with REGISTRY_AUTH_FILE set to a "
	    "file of its own: skopeo login %s",
	    r->login, SPAN_ARG(name), r->login);
}

int
registry_login_parse(struct registry_login *out, struct span bytes,
    const struct registry_reference *r, struct arena *a, struct err *e)
{
	const struct json_node *doc, *entry, *helper;
	struct arena scratch = { 0 };
	int rc = -1;

	*out = (struct registry_login){ .basic = SPAN_NONE };
	if (json_parse(bytes, &scratch, &doc, e) != 0)
		goto out;
	if (doc->type != JSON_OBJECT) {
		err_set(e, ERR_FORMAT, "is no object");
		goto out;
	}
	helper = find_entry(json_get(doc, "credHelpers"), r);
	entry = find_entry(json_get(doc, "auths"), r);
	rc = entry == NULL ? 0 : read_entry(entry, a, out, e);
	if (rc == 0 && helper == NULL && entry != NULL)
		helper = json_get(doc, "credsStore");
	if (rc == 0 && json_text(helper).len > 0)
		rc = refuse_helper(json_text(helper), r, e);
out:
	arena_cleanup(&scratch);
	return rc;
}

/* 1: it has one; 0: none, or the file is not there and need not be. */
static int
look_into(struct registry_login *out, const char *path, bool must_exist,
    const struct registry_reference *r, struct arena *a, struct err *e)
{
	struct buf bytes = { 0 };
	struct err why;
	int rc = file_read(AT_FDCWD, path, LOGIN_FILE_MAX, &bytes, &why);

	if (rc != 0 && why.code == ERR_MISSING && !must_exist) {
		rc = 0;
	} else if (rc == 0) {
		rc = registry_login_parse(out, buf_span(&bytes), r, a, &why);
		if (rc == -1)
			err_context(&why, "%s", path);
	}
	if (rc == -1)
		*e = why;
	if (rc == 1)
		out->file = arena_span(a, span_of(path));
	if (bytes.len > 0)
		explicit_bzero(bytes.ptr, bytes.len);
	buf_cleanup(&bytes);
	return rc;
}

int
registry_login_find(struct registry_login *out,
    const struct registry_reference *r, struct arena *a, struct err *e)
{
	const struct {
		const char *variable;
		const char *below;
	} places[] = { { "REGISTRY_AUTH_FILE", "" },
		{ "DOCKER_CONFIG", "/config.json" },
		{ "XDG_RUNTIME_DIR", "/containers/auth.json" },
		{ "XDG_CONFIG_HOME", "/containers/auth.json" },
		{ "HOME", "/.config/containers/auth.json" },
		{ "HOME", "/.docker/config.json" } };
	struct buf path = { 0 };
	size_t i;
	int rc = 0;

	*out = (struct registry_login){ .basic = SPAN_NONE };
	for (i = 0; rc == 0 && i < sizeof(places) / sizeof(*places); i++) {
		const char *value = getenv(places[i].variable);

		if (value == NULL || value[0] == '\0')
			continue;
		buf_reset(&path);
		buf_printf(&path, "%s%s", value, places[i].below);
		rc = look_into(out, buf_str(&path), i == 0, r, a, e);
	}
	buf_cleanup(&path);
	return rc == -1 ? -1 : 0;
}
