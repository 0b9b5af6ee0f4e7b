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
#include "base/map.h"
#include "base/mem.h"

#define WORDS_MAX 256 /* words in one value */

/* A key of the table; one with a "*" is there once for each source. */
struct setting {
	const char *name;
	const struct config_key *key;
	const char *value; /* NULL: the default */
};

struct config {
	struct arena arena;
	char *path;
	struct setting *settings;
	size_t n_settings;
	struct map by_name;
};

/* What the INI reader's callback needs. */
struct reading {
	struct config *config;
	struct err *e;
	bool failed;
};

static void
add_setting(struct config *c, const struct config_key *key, struct span name)
{
	struct setting *s = &c->settings[c->n_settings];

	s->name = arena_str(&c->arena, name);
	s->key = key;
	map_add(&c->by_name, span_of(s->name), (uint32_t)c->n_settings, NULL);
	c->n_settings++;
}

static void
add_for_source(
    struct config *c, const struct config_key *key, const char *source)
{
	const char *star = strchr(key->name, '*');
	struct buf name = { 0 };

	buf_add(&name, key->name, (size_t)(star - key->name));
	buf_printf(&name, "%s%s", source, star + 1);
	add_setting(c, key, buf_span(&name));
	buf_cleanup(&name);
}

/* One after the other for a source, so that config_each() gives sections. */
static void
add_settings(struct config *c, const char *const *sources)
{
	size_t n_names = 1, i, k;

	while (sources[n_names - 1] != NULL)
		n_names++;
	c->settings = arena_array(
	    &c->arena, xmul(n_names, N_CONFIG_KEYS), sizeof(*c->settings));
	for (i = 0; i < N_CONFIG_KEYS; i++)
		if (strchr(config_keys[i].name, '*') == NULL)
			add_setting(
			    c, &config_keys[i], span_of(config_keys[i].name));
	for (k = 0; sources[k] != NULL; k++)
		for (i = 0; i < N_CONFIG_KEYS; i++)
			if (strchr(config_keys[i].name, '*') != NULL)
				add_for_source(c, &config_keys[i], sources[k]);
}

static struct setting *
find(const struct config *c, struct span name)
{
	uint32_t i;

	return map_get(&c->by_name, name, &i) ? &c->settings[i] : NULL;
}

static bool
value_fits(const struct config_key *key, struct span text)
{
	uint64_t v;

	if (text.len == 0 && key->standard[0] == '\0')
		return true;
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
	struct setting *s = find(c, name);

	if (s == NULL)
		return err_set(
		    e, ERR_FORMAT, "there is no key %.*s", SPAN_ARG(name));
	if (!value_fits(s->key, text)) {
		if (s->key->type == CONFIG_BOOL)
			return err_set(e, ERR_FORMAT,
			    "%s is \"yes\" or \"no\", not \"%.*s\"", s->name,
			    SPAN_ARG(text));
		return err_set(e, ERR_FORMAT,
		    "%s is a number up to %llu, not \"%.*s\"", s->name,
		    (unsigned long long)s->key->max, SPAN_ARG(text));
	}
	s->value = arena_str(&c->arena, text);
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

	for (i = 0; rc == 0 && i < c->n_settings; i++) {
		const char *key = c->settings[i].name;
		const char *text;

		buf_reset(&name);
		environment_name(key, &name);
		text = getenv(buf_str(&name));
		if (text != NULL &&
		    value_set(c, span_of(key), span_of(text), e) != 0)
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
config_open(struct config **out, const char *path, const char *const *sources,
    struct err *e)
{
	struct config *c = xcalloc(1, sizeof(*c));
	struct buf standard = { 0 };
	int rc;

	add_settings(c, sources);
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
	map_cleanup(&c->by_name);
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
	const struct setting *s = find(c, span_of(key));

	if (s == NULL)
		abort();
	return s->value != NULL ? s->value : s->key->standard;
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
config_split(struct config *c, const char *text)
{
	struct span rest = span_of(text);
	const char **words;
	struct span word;
	size_t n = 0, i;

	while (n < WORDS_MAX && next_word(&rest).len > 0)
		n++;
	words = arena_array(&c->arena, n + 1, sizeof(*words));
	rest = span_of(text);
	for (i = 0; i < n; i++) {
		word = next_word(&rest);
		words[i] = arena_str(&c->arena, word);
	}
	return words;
}

const char *const *
config_words(struct config *c, const char *key)
{
	return config_split(c, config_str(c, key));
}

void
config_each(const struct config *c,
    void (*fn)(void *ctx, const char *key, const char *value,
	const char *default_value, const char *help),
    void *ctx)
{
	size_t i;

	for (i = 0; i < c->n_settings; i++) {
		const struct setting *s = &c->settings[i];

		fn(ctx, s->name, s->value != NULL ? s->value : s->key->standard,
		    s->key->standard, s->key->help);
	}
}
