/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small world for tests of the evaluator: OVAL text compiled by the real
 * indexer into a family file in a temporary folder, and a system written as
 * text. Ids are "oval:t:<type>:<number>"; where the text has no definitions,
 * each test N gets a definition N of its own.
 */
#ifndef TESTS_UNIT_OVAL_WORLD_H
#define TESTS_UNIT_OVAL_WORLD_H

#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "eval/index.h"
#include "indexer/family.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

#define OVAL_WORLD_FILES_MAX 8

#define OVAL_WORLD_DEF "http://oval.mitre.org/XMLSchema/oval-definitions-5"
#define OVAL_WORLD_HEAD                                                     \
	"<oval_definitions xmlns='" OVAL_WORLD_DEF                          \
	"' xmlns:ind='" OVAL_WORLD_DEF                                      \
	"#independent' xmlns:unix='" OVAL_WORLD_DEF                         \
	"#unix' xmlns:linux='" OVAL_WORLD_DEF "#linux' xmlns:xsi='"         \
	"http://www.w3.org/2001/XMLSchema-instance' xmlns:oval='"           \
	"http://oval.mitre.org/XMLSchema/oval-common-5'><generator>"        \
	"<oval:schema_version>5.11.1</oval:schema_version><oval:timestamp>" \
	"2024-01-02T03:04:05</oval:timestamp></generator>"

/* Pieces of a document: the namespace's prefix, "dpkginfo", a number. */
#define W_TEST(ns, kind, n, attrs, refs)          \
	"<" ns ":" kind "_test id='oval:t:tst:" n \
	"' version='1' comment='t' " attrs ">" refs "</" ns ":" kind "_test>"
#define W_OBJ(ns, n) "<" ns ":object object_ref='oval:t:obj:" n "'/>"
#define W_STE(ns, n) "<" ns ":state state_ref='oval:t:ste:" n "'/>"
#define W_OBJECT(ns, kind, n, body)                                       \
	"<" ns ":" kind "_object id='oval:t:obj:" n "' version='1'>" body \
	"</" ns ":" kind "_object>"
#define W_STATE(ns, kind, n, attrs, body)                                 \
	"<" ns ":" kind "_state id='oval:t:ste:" n "' version='1' " attrs \
	">" body "</" ns ":" kind "_state>"
#define W_LOCAL(n, type, body)                                           \
	"<local_variable id='oval:t:var:" n "' version='1' comment='t' " \
	"datatype='" type "'>" body "</local_variable>"
#define W_CONSTANT(n, type, body)                                           \
	"<constant_variable id='oval:t:var:" n "' version='1' comment='t' " \
	"datatype='" type "'>" body "</constant_variable>"
#define W_TESTS(x) "<tests>" x "</tests>"
#define W_OBJECTS(x) "<objects>" x "</objects>"
#define W_STATES(x) "<states>" x "</states>"
#define W_VARIABLES(x) "<variables>" x "</variables>"

struct oval_world_file {
	const char *path;
	const char *text; /* NULL: there, and could not be read */
};

struct oval_world_system {
	/* "dpkg bash amd64 5.0-1;rpm bash x86_64 1:4.4-1 <key id>;…" */
	const char *packages;
	/* Databases other than complete: "dpkg none;rpm error". */
	const char *databases;
	struct oval_world_file files[OVAL_WORLD_FILES_MAX];
	/* "<path> <package> <flags>;…", rpm */
	const char *owned;
	bool is_oci_manifest;
};

struct oval_world {
	struct tmp tmp;
	struct index_reader index;
	struct machine *machine;
	struct system system;
};

/* --- the index --- */

static inline void
oval_world_definitions(struct buf *xml, const char *body)
{
	const char *at = body;
	unsigned long n;

	if (strstr(body, "<definitions>") != NULL)
		return;
	buf_add_str(xml, "<definitions>");
	while ((at = strstr(at, " id='oval:t:tst:")) != NULL) {
		at += strlen(" id='oval:t:tst:");
		n = strtoul(at, NULL, 10);
		buf_printf(xml,
		    "<definition id='oval:t:def:%lu' version='1' "
		    "class='miscellaneous'><metadata><title>t</title>"
		    "<description/></metadata><criteria><criterion "
		    "test_ref='oval:t:tst:%lu'/></criteria></definition>",
		    n, n);
	}
	buf_add_str(xml, "</definitions>");
}

/* Indexes an open file as the family's only document; it takes fd. */
static inline int
oval_world_build(const char *dir, int fd, struct err *e)
{
	struct proof proof = { .kind = PROOF_LOCAL };
	struct index_outcome outcome = { 0 };
	struct verified_file *file = NULL;
	struct index_input input = { .format = DOCUMENT_OVAL,
		.name = SPAN_LIT("t"),
		.source = SPAN_LIT("t"),
		.path = SPAN_LIT("t.xml") };
	char path[128];
	int rc;

	if (digest_of_fd(fd, &proof.sha256, &proof.size_bytes, e) != 0 ||
	    verified_open(&file, fd, &proof, e) != 0)
		fail_msg("%s", e->msg);
	input.file = file;
	snprintf(path, sizeof(path), "%s/1/t.sqlite", dir);
	rc = family_build(path, &input, 1, &outcome, NULL, e);
	verified_close(file);
	if (rc == 0 && outcome.refused) {
		*e = outcome.error;
		rc = -1;
	}
	return rc;
}

static inline int
oval_world_index(const char *dir, const char *body, struct err *e)
{
	struct buf xml = { 0 };
	char path[128];
	int fd;

	buf_add_str(&xml, OVAL_WORLD_HEAD);
	oval_world_definitions(&xml, body);
	buf_add_str(&xml, body);
	buf_add_str(&xml, "</oval_definitions>");
	snprintf(path, sizeof(path), "%s/t.xml", dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, xml.ptr, xml.len), xml.len);
	buf_cleanup(&xml);
	return oval_world_build(dir, fd, e);
}

/* Opens what was indexed. */
static inline void
oval_world_read(struct oval_world *w)
{
	struct err e;
	char path[128];
	int dirfd;

	snprintf(path, sizeof(path), "%s/1", w->tmp.path);
	dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_true(dirfd >= 0);
	if (index_open(&w->index, dirfd, path, &e) != 0 ||
	    machine_open(&w->machine, w->index.families[0].db,
		w->index.families[0].documents[0].id, &e) != 0)
		fail_msg("%s", e.msg);
	close(dirfd);
}

/* -1 if the document is refused. */
static inline int
oval_world_open(struct oval_world *w, const char *body, struct err *e)
{
	*w = (struct oval_world){ 0 };
	tmp_init(&w->tmp);
	assert_int_equal(mkdirat(w->tmp.dirfd, "1", 0700), 0);
	if (oval_world_index(w->tmp.path, body, e) != 0)
		return -1;
	oval_world_read(w);
	return 0;
}

static inline void
oval_world_close(struct oval_world *w)
{
	machine_close(w->machine);
	index_close(&w->index);
	system_cleanup(&w->system);
	tmp_cleanup(&w->tmp);
}

/* --- the system --- */

static inline struct span
oval_world_word(struct span *rest)
{
	struct span word = SPAN_NONE;

	while (span_next(rest, ' ', &word) && word.len == 0)
		continue;
	return word;
}

static inline enum package_kind
oval_world_kind(struct span word)
{
	return span_is(word, "rpm") ? PACKAGE_RPM : PACKAGE_DPKG;
}

static inline void
oval_world_package(struct system *s, struct span line)
{
	struct package *p = &s->packages[s->n_packages++];
	struct buf evr = { 0 };
	struct span v;
	size_t colon, dash;

	p->kind = oval_world_kind(oval_world_word(&line));
	p->name = oval_world_word(&line);
	p->arch = oval_world_word(&line);
	v = p->full_version = oval_world_word(&line);
	p->signature_keyid = oval_world_word(&line);
	colon = span_find(v, ':');
	if (colon == v.len)
		buf_add_str(&evr, "0:");
	buf_add_span(&evr, v);
	p->evr = arena_span(&s->arena, buf_span(&evr));
	buf_cleanup(&evr);
	if (colon < v.len) {
		p->epoch = span_first(v, colon);
		v = span_from(v, colon + 1);
	}
	dash = span_rfind(v, '-');
	p->version = span_first(v, dash);
	p->release = span_from(v, dash + 1);
}

static inline void
oval_world_database(struct system *s, struct span line)
{
	enum package_kind kind = oval_world_kind(oval_world_word(&line));
	struct span word = oval_world_word(&line);

	s->collected[kind] = span_is(word, "none") ? COLLECTION_NONE
	    : span_is(word, "error")               ? COLLECTION_ERROR
						   : COLLECTION_INCOMPLETE;
	s->collected_error[kind] = SPAN_LIT("the database is cut");
}

static inline void
oval_world_owned(struct system *s, struct span line)
{
	struct package_file *f = &s->package_files[s->n_package_files++];
	struct span path = oval_world_word(&line);
	struct span name = oval_world_word(&line);
	uint64_t flags = 0;
	uint32_t i;

	parse_uint(oval_world_word(&line), UINT32_MAX, &flags);
	*f = (struct package_file){ .path = path, .flags = (uint32_t)flags };
	for (i = 0; i < s->n_packages; i++)
		if (s->packages[i].kind == PACKAGE_RPM &&
		    span_eq(s->packages[i].name, name))
			f->package = i;
}

static inline void
oval_world_file(struct system *s, const struct oval_world_file *f)
{
	struct file *out = &s->files[s->n_files++];

	*out = (struct file){ .path = span_of(f->path),
		.status = f->text == NULL ? FILE_ERROR : FILE_PRESENT,
		.text = f->text == NULL ? SPAN_LIT("cannot be read")
					: span_of(f->text),
		.uid = 0,
		.gid = 5,
		.mode = 04755,
		.mtime = 1000 };
	out->size_bytes = out->text.len;
	if (span_has_suffix(out->path, "/")) {
		out->path.len--;
		out->type = FILE_TYPE_DIRECTORY;
	}
}

/* What was asked for and is not among the files is missing. */
static inline void
oval_world_missing(struct system *s, const struct want_list *wants)
{
	size_t n = s->n_files;
	size_t i, j;

	for (i = 0; i < wants->n; i++) {
		if (wants->wants[i].is_owner || wants->wants[i].is_pattern)
			continue;
		for (j = 0; j < n; j++)
			if (span_eq(s->files[j].path, wants->wants[i].path))
				break;
		if (j == n)
			s->files[s->n_files++] = (struct file){
				.path =
				    arena_span(&s->arena, wants->wants[i].path),
				.status = FILE_MISSING,
			};
	}
}

static inline void
oval_world_lines(struct system *s, const char *text,
    void (*line)(struct system *s, struct span line))
{
	struct span rest = span_of(text);
	struct span part;

	while (span_next(&rest, ';', &part))
		if (span_trim(part).len > 0)
			line(s, span_trim(part));
}

/* Room for what the text can say at most. */
static inline size_t
oval_world_room(const char *text)
{
	return text == NULL ? 1 : strlen(text) / 4 + 1;
}

static inline void
oval_world_system(struct oval_world *w, const struct oval_world_system *spec)
{
	struct want_list wants = { 0 };
	struct system *s = &w->system;
	struct err e;
	size_t i;

	system_cleanup(s);
	if (index_wants(&w->index, &wants, &e) != 0)
		fail_msg("%s", e.msg);
	s->packages = arena_array(
	    &s->arena, oval_world_room(spec->packages), sizeof(*s->packages));
	s->package_files = arena_array(
	    &s->arena, oval_world_room(spec->owned), sizeof(*s->package_files));
	s->files = arena_array(
	    &s->arena, OVAL_WORLD_FILES_MAX + wants.n, sizeof(*s->files));
	for (i = 0; i < N_PACKAGE_KINDS; i++)
		s->collected[i] = COLLECTION_COMPLETE;
	oval_world_lines(s, spec->packages, oval_world_package);
	oval_world_lines(s, spec->databases, oval_world_database);
	oval_world_lines(s, spec->owned, oval_world_owned);
	for (i = 0; i < OVAL_WORLD_FILES_MAX && spec->files[i].path != NULL;
	     i++)
		oval_world_file(s, &spec->files[i]);
	oval_world_missing(s, &wants);
	s->is_oci_manifest = spec->is_oci_manifest;
	want_list_cleanup(&wants);
	system_finish(s);
}

/* --- results --- */

static inline int
oval_world_result(
    void *ctx, uint32_t ord, struct span id, enum result r, struct err *e)
{
	struct buf *out = ctx;
	struct span number = span_from(id, span_rfind(id, ':') + 1);

	(void)ord;
	(void)e;
	buf_printf(out, "%s%.*s=%s", out->len > 0 ? " " : "", SPAN_ARG(number),
	    result_name(r));
	return 0;
}

/* "1=true 2=not applicable", by id. */
static inline void
oval_world_results(struct oval_world *w, enum evaluation_mode mode,
    struct buf *out, struct evaluation_stats *stats)
{
	struct evaluation *ev;
	struct err e;

	buf_reset(out);
	if (evaluation_run(&ev, w->machine, &w->system, mode, &e) != 0 ||
	    evaluation_each(ev, oval_world_result, out, &e) != 0)
		fail_msg("%s", e.msg);
	if (stats != NULL)
		*stats = evaluation_stats(ev);
	evaluation_free(ev);
}

struct oval_world_case {
	const char *name;
	const char *body;
	struct oval_world_system system;
	const char *expect;
};

/* A row: both evaluators give what is expected. */
static inline void
oval_world_test(void **state)
{
	const struct oval_world_case *c = *state;
	struct oval_world w;
	struct buf out = { 0 };
	struct err e;

	if (oval_world_open(&w, c->body, &e) != 0)
		fail_msg("%s", e.msg);
	oval_world_system(&w, &c->system);
	oval_world_results(&w, EVALUATE_PLAIN, &out, NULL);
	assert_string_equal(buf_str(&out), c->expect);
	oval_world_results(&w, EVALUATE_FAST, &out, NULL);
	assert_string_equal(buf_str(&out), c->expect);
	buf_cleanup(&out);
	oval_world_close(&w);
}

#endif
