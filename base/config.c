/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/config_keys.h"
#include "base/mem.h"

#define WORDS_MAX 256 /* words in one value */

struct config {
	struct arena arena;
	char *path;
	const char *values[N_CONFIG_KEYS]; /* NULL: the default */
};

/* What the INI reader's callback needs. */
struct reading {
	struct config *config;
	struct err *e;
	bool failed;
};

static const struct config_key *
key_find(struct span name, size_t *i)
{
	for (*i = 0; *i < N_CONFIG_KEYS; (*i)++)
		if (span_is(name, config_keys[*i].name))
			return &config_keys[*i];
	return NULL;
}

static bool
value_fits(const struct config_key *key, struct span text)
{
	uint64_t v;

	switch (key->type) {
	case CONFIG_BOOL:
		return span_is(text, "yes") || span_is(text, "no");
	case CONFIG_UINT:
		return parse_uint(text, key->max, &v);
	case CONFIG_TEXT:
		return true;
	}
	return false;
}

static int
value_set(struct config *c, struct span name, struct span text, struct err *e)
{
	const struct config_key *key;
	size_t i;

	key = key_find(name, &i);
	if (key == NULL)
		return err_set(
		    e, ERR_FORMAT, "there is no key %.*s", SPAN_ARG(name));
	if (!value_fits(key, text)) {
		if (key->type == CONFIG_BOOL)
			return err_set(e, ERR_FORMAT,
			    "%s is \"yes\" or \"no\", not \"%.*s\"", key->name,
			    SPAN_ARG(text));
		return err_set(e, ERR_FORMAT,
		    "%s is a number up to %llu, not \"%.*s\"", key->name,
		    (unsigned long long)key->max, SPAN_ARG(text));
	}
	c->values[i] = arena_str(&c->arena, text);
	return 0;
}

/* inih's callback: 0 stops at this line. */
static int
on_line(void *ctx, const char *section, const char *key, const char *text)
{
	struct reading *r = ctx;
	struct buf name = { 0 };
	int rc;

	if (r->failed)
		return 1;
	buf_printf(&name, "%s.%s", section, key);
	rc = value_set(r->config, buf_span(&name), span_of(text), r->e);
	buf_cleanup(&name);
	r->failed = rc != 0;
	return rc == 0;
}

static int
read_file(struct config *c, const char *path, bool must_exist, struct err *e)
{
	struct reading r = { .config = c, .e = e };
	FILE *f = fopen(path, "re");
	int line, rc = 0;

	if (f == NULL && errno == ENOENT && !must_exist)
		return 0;
	if (f == NULL)
		return err_system(e, "%s", path);
	c->path = xstrdup(path);
	line = ini_parse_file(f, on_line, &r);
	/* Half a configuration looks like a whole one to the parser. */
	if (line == 0 && ferror(f))
		rc = err_system(e, "%s", path);
	fclose(f);
	if (line == 0)
		return rc;
	if (!r.failed)
		err_set(
		    e, ERR_FORMAT, "neither a [section] nor \"key = value\"");
	return err_context(e, "%s: line %d", path, line);
}

/* source.nvd.url is SCAPCACHE_SOURCE_NVD_URL. */
static void
environment_name(const char *key, struct buf *out)
{
	buf_add_str(out, "SCAPCACHE_");
	for (; *key != '\0'; key++) {
		if (*key >= 'a' && *key <= 'z')
			buf_add_char(out, (char)(*key - 'a' + 'A'));
		else if (span_is_digit(*key))
			buf_add_char(out, *key);
		else
			buf_add_char(out, '_');
	}
}

static int
read_environment(struct config *c, struct err *e)
{
	struct buf name = { 0 };
	int rc = 0;
	size_t i;

	for (i = 0; rc == 0 && i < N_CONFIG_KEYS; i++) {
		const char *text;

		buf_reset(&name);
		environment_name(config_keys[i].name, &name);
		text = getenv(buf_str(&name));
		if (text != NULL &&
		    value_set(
			c, span_of(config_keys[i].name), span_of(text), e) != 0)
			rc = err_context(
			    e, "environment variable %s", buf_str(&name));
	}
	buf_cleanup(&name);
	return rc;
}

static void
default_path(struct buf *path)
{
	const char *base = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");

	if (geteuid() == 0)
		buf_add_str(path, "/etc/scapcache/scapcache.conf");
	else if (base != NULL && base[0] == '/')
		buf_printf(path, "%s/scapcache/scapcache.conf", base);
	else
		buf_printf(path, "%s/.config/scapcache/scapcache.conf",
		    home == NULL ? "" : home);
}

int
config_open(struct config **out, const char *path, struct err *e)
{
	struct config *c = xcalloc(1, sizeof(*c));
	struct buf standard = { 0 };
	int rc;

	default_path(&standard);
	rc = read_file(
	    c, path == NULL ? buf_str(&standard) : path, path != NULL, e);
	if (rc == 0)
		rc = read_environment(c, e);
	buf_cleanup(&standard);
	if (rc == 0)
		*out = c;
	else
		config_close(c);
	return rc;
}

void
config_close(struct config *c)
{
	if (c == NULL)
		return;
	arena_cleanup(&c->arena);
	free(c->path);
	free(c);
}

const char *
config_path(const struct config *c)
{
	return c->path;
}

const char *
config_str(const struct config *c, const char *key)
{
	size_t i;

	if (key_find(span_of(key), &i) == NULL)
		abort();
	return c->values[i] != NULL ? c->values[i] : config_keys[i].standard;
}

uint64_t
config_uint(const struct config *c, const char *key)
{
	uint64_t v;

	if (!parse_uint(span_of(config_str(c, key)), UINT64_MAX, &v))
		abort();
	return v;
}

bool
config_bool(const struct config *c, const char *key)
{
	return strcmp(config_str(c, key), "yes") == 0;
}

static bool
is_separator(char ch)
{
	return ch == ',' || span_is_space(ch);
}

/* Cuts the next word off *rest; empty at the end. */
static struct span
next_word(struct span *rest)
{
	size_t n = 0;
	struct span word;

	while (rest->len > 0 && is_separator(rest->ptr[0]))
		*rest = span_from(*rest, 1);
	while (n < rest->len && !is_separator(rest->ptr[n]))
		n++;
	word = span_first(*rest, n);
	*rest = span_from(*rest, n);
	return word;
}

const char *const *
config_words(struct config *c, const char *key)
{
	struct span rest = span_of(config_str(c, key));
	const char **words =
	    arena_array(&c->arena, WORDS_MAX + 1, sizeof(*words));
	struct span word;
	size_t n = 0;

	while (n < WORDS_MAX && (word = next_word(&rest)).len > 0)
		words[n++] = arena_str(&c->arena, word);
	return words;
}

void
config_each(const struct config *c,
    void (*fn)(void *ctx, const char *key, const char *value,
	const char *default_value, const char *help),
    void *ctx)
{
	size_t i;

	for (i = 0; i < N_CONFIG_KEYS; i++)
		fn(ctx, config_keys[i].name, config_str(c, config_keys[i].name),
		    config_keys[i].standard, config_keys[i].help);
}
