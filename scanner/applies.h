/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which documents of a generation judge an image: by ID and release of its
 * os-release, never by what it resembles. One table names what each
 * distribution's releases should have; a document that should be there and is
 * not is missing, never passed over.
 */
#ifndef SCANNER_APPLIES_H
#define SCANNER_APPLIES_H

#include "scanner/scan.h"

struct applies {
	/* One scan_document each, with document and family filled in. */
	struct scan_document *documents;
	size_t n_documents;
	struct span *missing; /* names */
	size_t n_missing;
	struct span reason; /* why nothing can be judged; empty: it can */
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
/* "ubuntu focal", for messages; "this image" without an os-release. */
struct span applies_release_text(const struct facts *f, struct arena *a);

#endif
