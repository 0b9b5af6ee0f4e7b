/* SPDX-License-Identifier: Apache-2.0 */
/* A sign process over folders of its own, for tests. */
#ifndef TESTS_UNIT_SIGN_WORLD_H
#define TESTS_UNIT_SIGN_WORLD_H

#include "base/memfd.h"
#include "bundle/sign.h"
#include "tests/unit/tmp.h"

static const struct role_rights sign_world_roles[N_ROLES] = {
	[ROLE_BUNDLE] = { .name = "bundle", .files_max = 64 },
	[ROLE_SIGN] = { .name = "sign",
	    .reads = { "@state/keys", NULL },
	    .writes = { "@state/keys", NULL },
	    .memory_max = (uint64_t)1024 * 1024 * 1024,
	    .files_max = 64 },
};

struct sign_world {
	struct tmp tmp;
	char keys[80], offline[80];
	struct sign_options options;
	struct signer signer;
	struct arena arena;
};

/* A passphrase as a descriptor, or -1. */
static inline int
sign_world_passphrase(const char *text)
{
	struct err e;
	int fd = -1;

	if (text != NULL && memfd_of(span_of(text), &fd, &e) != 0)
		abort();
	return fd;
}

/* Another process, with that passphrase; NULL: none. */
static inline void
sign_world_open(struct sign_world *w, const char *passphrase)
{
	struct err e;

	sign_close(&w->signer);
	if (w->options.passphrase_fd != -1)
		close(w->options.passphrase_fd);
	w->options.passphrase_fd = sign_world_passphrase(passphrase);
	if (sign_open(&w->signer, &w->options, &e) != 0)
		abort();
}

static inline void
sign_world_init(struct sign_world *w, const char *passphrase)
{
	struct err e;

	*w = (struct sign_world){ .signer = { .message = { .fd = -1 } } };
	tmp_init(&w->tmp);
	proc_init(sign_world_roles, w->tmp.path);
	snprintf(w->keys, sizeof(w->keys), "%s/keys", w->tmp.path);
	snprintf(w->offline, sizeof(w->offline), "%s/stick", w->tmp.path);
	if (file_make_dirs(w->tmp.dirfd, "keys", &e) != 0 ||
	    file_make_dirs(w->tmp.dirfd, "stick", &e) != 0)
		abort();
	w->options = (struct sign_options){
		.keys = w->keys, .offline = w->offline, .passphrase_fd = -1
	};
	sign_world_open(w, passphrase);
}

static inline void
sign_world_cleanup(struct sign_world *w)
{
	sign_close(&w->signer);
	if (w->options.passphrase_fd != -1)
		close(w->options.passphrase_fd);
	arena_cleanup(&w->arena);
	tmp_cleanup(&w->tmp);
}

#endif
