/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The name of an image in a registry, HOST[:PORT]/NAME[:TAG][@DIGEST] (FORMATS
 * §12.4). A name without a host is Docker Hub's, one without a folder is in
 * its library/.
 */
#ifndef CONTENT_REGISTRY_REFERENCE_H
#define CONTENT_REGISTRY_REFERENCE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"

/* Limits of outside input; those of the field. */
#define REFERENCE_NAME_MAX 255u
#define REFERENCE_TAG_MAX 128u

#define REGISTRY_SCHEME "docker://"

struct registry_reference {
	char *host;  /* that is connected to: "host" or "host:port" */
	char *login; /* as logins name it: "docker.io" for Docker Hub */
	char *name;  /* "library/alpine" */
	char *tag;   /* "latest" where there is neither; NULL: a digest */
	bool has_digest;
	struct digest digest; /* counts more than a tag */
};

/* What stands behind "docker://". Strings live in the arena. */
int registry_reference_parse(struct registry_reference *r, struct span text,
    struct arena *a, struct err *e);
/* "host/name:tag" or "host/name@sha256:…", for people. */
struct span
registry_reference_text(const struct registry_reference *r, struct arena *a);
/* "sha256:<hex>" */
bool registry_digest_parse(struct span text, struct digest *out);

#endif
