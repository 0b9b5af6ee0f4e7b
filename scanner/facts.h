/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Facts of an image: os-release, package databases and the files that content
 * wants, gathered in one pass over the layers, never executed, mounted or
 * followed out of the image. Facts are what a verdict rests on; their digest
 * is the inventory digest.
 */
#ifndef SCANNER_FACTS_H
#define SCANNER_FACTS_H

#include "base/digest.h"
#include "eval/system.h"

enum transport {
	TRANSPORT_NONE = 0,
	TRANSPORT_ROOTFS,         /* rootfs:DIR, an unpacked root */
	TRANSPORT_DIR,            /* dir:DIR, as skopeo writes it */
	TRANSPORT_OCI,            /* oci:DIR[:TAG] */
	TRANSPORT_OCI_ARCHIVE,    /* oci-archive:FILE[:TAG] */
	TRANSPORT_DOCKER_ARCHIVE, /* docker-archive:FILE */
};

const char *transport_name(enum transport t);

/* containers-transports(5). Strings live in the arena it was parsed with. */
struct target {
	enum transport transport;
	char *path;
	char *tag;      /* NULL: none given */
	char *platform; /* "linux/amd64"; NULL: the first, or the only one */
	char *text;     /* as given, for reports */
};

/*
 * "transport:path[:tag]", or a bare path whose transport is found by looking
 * at it. ERR_MISSING for a path that is not there, ERR_FORMAT for a transport
 * that we do not have.
 */
int target_parse(
    struct target *t, const char *text, struct arena *a, struct err *e);

struct facts {
	struct system system;
	/* What the target turned out to be. */
	enum transport transport;
	/* os-release; empty where there is none. In system.arena. */
	struct span os_id;
	struct span os_version_id;
	struct span os_codename; /* VERSION_CODENAME, or from VERSION_ID */
	struct span os_name;     /* PRETTY_NAME */
	struct span os_cpe;
	bool has_os_release;
	struct span image_digest; /* of the manifest, "sha256:…", or empty */
	struct span *layers;      /* diff ids or digests, oldest first */
	size_t n_layers;
	struct span architecture;
	/*
	 * What could not be read and makes any verdict unknown: "layer 2 of 3
	 * ends early". In words for people.
	 */
	struct span *problems;
	size_t n_problems;
	struct digest inventory_digest;
};

/*
 * Gathers the facts of the target. -1 only when there is nothing to judge at
 * all (no such image, no manifest); whatever was unreadable in an image that
 * is there becomes a problem or a collection of COLLECTION_ERROR.
 */
int facts_gather(struct facts *f, const struct target *t,
    const struct want_list *wants, struct err *e);
void facts_cleanup(struct facts *f);

#endif
