/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who we are to a registry: from the files that `docker login`, `podman login`
 * and `skopeo login` write (containers-auth.json(5)). Helpers of theirs are
 * programs, and no program is run: they are refused with what to do instead.
 * A secret stands in no message.
 */
#ifndef CONTENT_REGISTRY_LOGIN_H
#define CONTENT_REGISTRY_LOGIN_H

#include "content/registry_reference.h"

/* Limits of outside input. */
#define LOGIN_FILE_MAX ((size_t)1024 * 1024) /* bytes */
#define LOGIN_SECRET_MAX ((size_t)64 * 1024) /* bytes */

struct registry_login {
	struct span basic; /* "user:password" in base64; empty: none */
	struct span token; /* an identity token; empty: none */
	struct span file;  /* that has it, for messages; empty: no login */
};

/*
 * Looks into a file's bytes. 1: it has one; 0: it has none for that image. The
 * most particular entry counts. Secrets live in the arena.
 */
int registry_login_parse(struct registry_login *out, struct span bytes,
    const struct registry_reference *r, struct arena *a, struct err *e);
/*
 * Looks into the files in their order: $REGISTRY_AUTH_FILE,
 * $DOCKER_CONFIG/config.json, $XDG_RUNTIME_DIR/containers/auth.json,
 * ~/.config/containers/auth.json, ~/.docker/config.json. None has one: out is
 * empty. A file that is wrong is named with its line.
 */
int registry_login_find(struct registry_login *out,
    const struct registry_reference *r, struct arena *a, struct err *e);

#endif
