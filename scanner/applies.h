/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which documents of a generation judge an image: by ID and release of its
 * os-release, never by what it resembles. One table (applies_table.h) names
 * what each distribution's releases should have; a document that should be
 * there and is not is missing, never passed over. Where none is there that
 * suffices, what there is may find something and passes nothing.
 */
#ifndef SCANNER_APPLIES_H
#define SCANNER_APPLIES_H

#include "scanner/scan.h"

struct applies {
	/* One scan_document each, with document and family filled in. */
	struct scan_document *documents;
	size_t n_documents;
	/* Documents of advisories, scanner/judge.h. */
	struct scan_advisories *advisories;
	size_t n_advisories;
	struct span *missing; /* names */
	size_t n_missing;
	struct span reason; /* why no pass can rest on them; empty: it can */
	bool other_release; /* the named document judges another release */
};

/*
 * name: --document, evaluated whatever the image is; NULL: all that apply.
 * Strings live in a, documents as long as the index.
 */
void applies_find(struct applies *out, const struct facts *f,
    const struct index_reader *r, const char *name, struct arena *a);
/*
 * The package database that the distribution's documents rest on; false if
 * we know none.
 */
bool applies_package_kind(struct span distribution, enum package_kind *kind);
/*
 * What statements about the image's packages are about: distribution, and a
 * release that covers it (content/release.h); both empty if we know nothing
 * of it.
 */
void applies_subject(
    const struct facts *f, struct span *distribution, struct span *release);
/* As rpm has it, of the packages that have one; or empty. */
struct span applies_architecture(const struct facts *f);
/* "ubuntu focal", for messages; "this image" without an os-release. */
struct span applies_release_text(const struct facts *f, struct arena *a);

#endif
