/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scapcache.conf: INI, read with inih. Every key is known in one table with
 * its default; SCAPCACHE_SECTION_KEY in the environment overrides it. A
 * mistake names file and line.
 */
#ifndef BASE_CONFIG_H
#define BASE_CONFIG_H

#include "base/arena.h"
#include "base/err.h"

struct config;

/*
 * Reads path, or where it is NULL the default file if there is one. Unknown
 * sections and keys and bad values are ERR_FORMAT: "FILE: line N: …". sources,
 * NULL at the end, are the names that may stand in [source.NAME].
 */
int config_open(struct config **out, const char *path,
    const char *const *sources, struct err *e);
void config_close(struct config *c); /* NULL is fine */
/* The file that was read; NULL: none, embedded defaults only. */
const char *config_path(const struct config *c);

/*
 * "section.key" must be in the table, with a source's name for its "*". What
 * they give lives as long as the config. A number or a yes-or-no that is empty
 * by default is to be read as text.
 */
const char *config_str(const struct config *c, const char *key);
uint64_t config_uint(const struct config *c, const char *key);
bool config_bool(const struct config *c, const char *key);
/* Words separated by blanks or commas, NULL at the end. */
const char *const *config_words(struct config *c, const char *key);
/* The same of any text. */
const char *const *config_split(struct config *c, const char *text);

/* Calls fn for every known key, in table order, a source after the other. */
void config_each(const struct config *c,
    void (*fn)(void *ctx, const char *key, const char *value,
	const char *default_value, const char *help),
    void *ctx);

#endif
