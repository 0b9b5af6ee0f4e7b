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
#include "scanner/layer_cache.h"

struct registry;

enum transport {
	TRANSPORT_NONE = 0,
	TRANSPORT_ROOTFS,         /* rootfs:DIR, an unpacked root */
	TRANSPORT_DIR,            /* dir:DIR, as skopeo writes it */
	TRANSPORT_OCI,            /* oci:DIR[:TAG] */
	TRANSPORT_OCI_ARCHIVE,    /* oci-archive:FILE[:TAG] */
	TRANSPORT_DOCKER_ARCHIVE, /* docker-archive:FILE */
	TRANSPORT_DOCKER,         /* docker://HOST/NAME[:TAG|@DIGEST] */
	TRANSPORT_SBOM,           /* sbom:FILE, CycloneDX or SPDX */
	TRANSPORT_TARBALL,        /* tarball:FILE, a root in one tar */
	TRANSPORT_LIST,           /* list:FILE, packages line by line */
};

const char *transport_name(enum transport t);

/* containers-transports(5). Strings live in the arena it was parsed with. */
struct target {
	enum transport transport;
	char *path;
	char *tag;      /* NULL: none given */
	char *platform; /* "linux/amd64"; NULL: the first, or the only one */
	char *text;     /* as given, for reports */
	const char *os; /* of a list: which system; NULL: it says itself */
	bool is_guess;  /* the transport: reading it may show another */
	/* TRANSPORT_DOCKER: what it is asked of, set by the caller. */
	struct registry *registry;
	const struct layer_cache *layers; /* NULL: none; not parsed */
};

/*
 * "transport:path[:tag]", or a bare path whose transport is found by looking
 * at it; "-" is an archive that comes in on standard input. ERR_MISSING for a
 * path that is not there, ERR_FORMAT for a transport that we do not have.
 */
int target_parse(
    struct target *t, const char *text, struct arena *a, struct err *e);

/*
 * Standard input, which is a regular file: unless it is a list it is looked at.
 */
int
target_of_input(struct target *t, bool is_list, struct arena *a, struct err *e);

/* A layer of the image, oldest first; what no layer needs is empty. */
struct fact_layer {
	struct span digest;     /* diff id, else digest: "sha256:…" */
	struct span created_by; /* the instruction, of the history */
	struct span created;    /* when, as written */
};

/* Which layer brought a package; not part of the inventory. */
#define LAYER_NONE UINT16_MAX

/* A stream of a module that /etc/dnf/modules.d has, FORMATS §11.5. */
struct module_stream {
	struct span name;
	struct span stream;
	bool enabled;
};

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
	/*
	 * Where nobody said which platform: all that the index has images for,
	 * if they are several; the first was taken.
	 */
	struct span *platforms;
	size_t n_platforms;
	struct span image_digest; /* of the manifest, "sha256:…", or empty */
	struct fact_layer *layers;
	size_t n_layers;
	uint16_t *package_layers; /* by package's index; NULL: not known */
	/* Red Hat: repositories that the image was made from, FORMATS §4.5. */
	struct span *repositories;
	size_t n_repositories;
	bool repositories_hint; /* more than were used: "from_dnf_hint" */
	struct module_stream *modules;
	size_t n_modules;
	struct span architecture;
	/* Of a bill of materials: components of no package database. */
	size_t n_not_judged;
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
