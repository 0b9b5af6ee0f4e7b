/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bills of materials as inventories: CycloneDX 1.2 to 1.6 (JSON) and SPDX 2.2
 * and 2.3 (JSON and tag-value). Components whose package URL is of deb, rpm or
 * apk become packages; the distribution is that of the operating system's
 * component, else of the URLs' qualifier distro. What a bill does not have
 * (files, signatures) is not collected, so that what asks for it is unknown.
 *
 * Read of CycloneDX's properties are those of Syft, of Trivy and our own
 * (report_cyclonedx.h): a bill of ours is judged as its image was, and what was
 * not read of that is not known of the bill either (scapcache:problem).
 */
#ifndef SCANNER_SBOM_H
#define SCANNER_SBOM_H

#include "base/stream.h"
#include "scanner/facts.h"
#include "scanner/pkgdb.h"

/* Limits of outside input. */
#define SBOM_SIZE_MAX ((uint64_t)1024 * 1024 * 1024) /* unpacked bytes */
#define SBOM_COMPONENTS_MAX 2000000u
#define SBOM_REPOSITORIES_MAX 20000u
#define SBOM_PROBLEMS_MAX 50u /* the others are only counted */
#define SBOM_HEAD_SIZE 4096u  /* bytes that tell what it is */

enum sbom_format {
	SBOM_NONE = 0,
	SBOM_CYCLONEDX,
	SBOM_SPDX,
	SBOM_SPDX_TEXT,
};

/* Of the first bytes; SBOM_NONE: it is no bill of materials that we read. */
enum sbom_format sbom_format_of(struct span head);

/* What a bill says of one component; all borrowed. */
struct sbom_component {
	bool is_system; /* the operating system itself */
	struct span name;
	struct span version;
	struct span title; /* of the operating system: "Debian 12" */
	struct span cpe;
	struct span codename;
	struct span purl;
	/* of the component's properties, or empty */
	struct span source;
	struct span source_version;
	struct span source_rpm; /* the file's name */
	struct span modularity;
	struct span signature_keyid;
};

/* Start with { .list = … }, end with sbom_cleanup(). */
struct sbom {
	struct package_list *list;
	struct map seen;
	struct map seen_repositories;
	struct arena scratch; /* of the component at hand */
	/* The system, by its component and by the URLs. */
	struct span system[2]; /* ID */
	struct span release[2];
	struct span title;
	struct span cpe;
	struct span codename;
	struct span *repositories; /* "repository_id" of rpm's URLs */
	size_t n_repositories;
	size_t cap_repositories;
	size_t n_components;
	size_t n_others; /* components that are no packages of the system */
	size_t n_of_kind[N_PACKAGE_KINDS];
	bool has_sources[N_PACKAGE_KINDS];
	struct span problems[SBOM_PROBLEMS_MAX];
	size_t n_problems; /* may be more than are in problems */
};

void sbom_cleanup(struct sbom *s);
/* The whole bill. On -1 the components before the place have been added. */
int sbom_read(
    struct sbom *s, struct stream *in, enum sbom_format format, struct err *e);
/* For its readers: one component; -1: only a limit. */
int sbom_add(struct sbom *s, const struct sbom_component *c, struct err *e);
/* Something that makes any verdict unknown. */
void sbom_problem(struct sbom *s, struct span text);
int sbom_spdx_text_read(struct sbom *s, struct stream *in, struct err *e);
/* What package managers print; os: "ubuntu:20.04", or empty. */
int sbom_list_read(
    struct sbom *s, struct stream *in, struct span os, struct err *e);
/* "built package from: NAME VERSION", which c borrows. */
void sbom_source_info(struct sbom_component *c, struct span text);

/* facts_gather() of TRANSPORT_SBOM and _LIST; the path "-" is standard input.
 */
int sbom_gather(struct facts *f, const struct target *t,
    const struct want_list *wants, struct err *e);
/* Files that say which release it is, made up of what the bill says. */
void sbom_make_files(
    struct facts *f, struct package_list *l, const struct want_list *wants);

#endif
