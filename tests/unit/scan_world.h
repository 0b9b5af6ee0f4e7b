/* SPDX-License-Identifier: Apache-2.0 */
/* A small scan, made by hand, for tests of what is written of one. */
#ifndef TESTS_UNIT_SCAN_WORLD_H
#define TESTS_UNIT_SCAN_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scanner/join.h"

#define WORLD_SHA256 \
	"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
#define WORLD_EVIDENCE_MAX 16

struct scan_world {
	struct document documents[2];
	struct scan_document evaluated[2];
	struct package packages[2];
	struct facts facts;
	struct target target;
	struct index_reader index;
	struct evidence evidence[WORLD_EVIDENCE_MAX];
	struct scan scan;
	char target_text[32];
};

static inline void
scan_world_document(
    struct scan_world *w, size_t i, const char *flavour, const char *name)
{
	w->documents[i] = (struct document){ .name = span_of(name),
		.format = SPAN_LIT("oval"),
		.distribution = SPAN_LIT("ubuntu"),
		.release = SPAN_LIT("focal"),
		.flavour = span_of(flavour),
		.path = SPAN_LIT("feeds.example/focal.xml.bz2"),
		.sha256 = SPAN_LIT(WORLD_SHA256),
		.published = SPAN_LIT("2021-08-31T04:30:15") };
	w->evaluated[i] =
	    (struct scan_document){ .document = &w->documents[i] };
}

/* Ubuntu focal with two packages, judged by two documents: nothing found. */
static inline void
scan_world_init(struct scan_world *w)
{
	*w = (struct scan_world){ 0 };
	scan_world_document(w, 0, "cve", "com.ubuntu.focal.cve.oval");
	scan_world_document(w, 1, "usn", "com.ubuntu.focal.usn.oval");
	w->evaluated[0].n_definitions = 4;
	w->evaluated[0].counts[RESULT_TRUE] = 1;
	w->evaluated[0].counts[RESULT_FALSE] = 3;
	w->evaluated[1].n_definitions = 2;
	w->evaluated[1].counts[RESULT_TRUE] = 1;
	w->evaluated[1].counts[RESULT_FALSE] = 1;
	w->packages[0].name = SPAN_LIT("bash");
	w->packages[1].name = SPAN_LIT("openssl");
	w->facts.system.packages = w->packages;
	w->facts.system.n_packages = 2;
	w->facts.system.collected[PACKAGE_DPKG] = COLLECTION_COMPLETE;
	w->facts.has_os_release = true;
	w->facts.os_id = SPAN_LIT("ubuntu");
	w->facts.os_version_id = SPAN_LIT("20.04");
	w->facts.os_codename = SPAN_LIT("focal");
	w->facts.os_name = SPAN_LIT("Ubuntu 20.04 LTS");
	strcpy(w->target_text, "rootfs:image");
	w->target.transport = TRANSPORT_ROOTFS;
	w->target.text = w->target_text;
	w->index.generation = 7;
	w->scan = (struct scan){ .target = &w->target,
		.facts = &w->facts,
		.index = &w->index,
		.documents = w->evaluated,
		.n_documents = 2,
		.evidence = w->evidence,
		.verdict = VERDICT_PASS };
}

static inline uint32_t
scan_world_package(const struct scan_world *w, const char *name)
{
	uint32_t i;

	for (i = 0; i < w->facts.system.n_packages; i++)
		if (span_is(w->packages[i].name, name))
			return i;
	return PACKAGE_NONE;
}

/* What document i says of a package, to be filled in further. */
static inline struct evidence *
scan_world_evidence(struct scan_world *w, size_t i, const char *package,
    const char *installed, const char *fixed)
{
	struct evidence *f = &w->evidence[w->scan.n_evidence++];

	*f = (struct evidence){ .document = &w->documents[i],
		.record = SPAN_LIT("oval:com.ubuntu.focal:def:1"),
		.class = i == 0 ? OVAL_CLASS_VULNERABILITY : OVAL_CLASS_PATCH,
		.package_index = scan_world_package(w, package),
		.title = SPAN_LIT("a title"),
		.package = span_of(package),
		.arch = SPAN_LIT("amd64"),
		.installed = span_of(installed),
		.fixed = span_of(fixed) };
	w->scan.verdict = VERDICT_FAIL;
	return f;
}

/* Once all evidence is there. */
static inline void
scan_world_join(struct scan_world *w)
{
	struct err e;

	if (findings_join(&w->scan, &e) != 0)
		fail_msg("%s", e.msg);
}

static inline void
scan_world_cleanup(struct scan_world *w)
{
	arena_cleanup(&w->scan.arena);
}

#endif
