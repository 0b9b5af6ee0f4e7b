/* SPDX-License-Identifier: Apache-2.0 */
/* An image in a folder, and its facts as text. */
#ifndef TESTS_UNIT_FACTS_WORLD_H
#define TESTS_UNIT_FACTS_WORLD_H

#include "scanner/facts.h"
#include "scanner/wanted.h"
#include "tests/unit/image_store.h"

struct world {
	struct tmp tmp;
	struct arena arena;
	struct want_list wants;
	const char *transport; /* "": it is detected */
};

static inline void
world_init(struct world *w, const char *wants)
{
	struct span rest = span_of(wants);
	struct span path;

	*w = (struct world){ .transport = "" };
	tmp_init(&w->tmp);
	w->wants.wants = arena_array(&w->arena, 32, sizeof(struct want));
	while (span_next(&rest, ' ', &path)) {
		bool is_pattern = span_has_prefix(path, "~");

		if (path.len > 0)
			w->wants.wants[w->wants.n++] = (struct want){
				.is_pattern = is_pattern,
				.path = span_from(path, is_pattern ? 1 : 0),
			};
	}
}

static inline void
world_cleanup(struct world *w)
{
	tmp_cleanup(&w->tmp);
	arena_cleanup(&w->arena);
}

/* Gathers the facts of "image". */
static inline int
gather(struct world *w, struct facts *f, const char *platform, struct err *e)
{
	struct target t;
	char path[128];

	snprintf(path, sizeof(path), "%s%s/image", w->transport, w->tmp.path);
	if (target_parse(&t, path, &w->arena, e) != 0)
		return -1;
	if (platform != NULL)
		t.platform = arena_str(&w->arena, span_of(platform));
	return facts_gather(f, &t, &w->wants, e);
}

static inline void
print_system(const struct system *s, struct buf *out)
{
	static const char *const collections[] = { "none", "complete",
		"incomplete", "error" };
	size_t i;

	for (i = 0; i < N_PACKAGE_KINDS; i++) {
		buf_printf(out, "%s: %s",
		    package_kind_name((enum package_kind)i),
		    collections[s->collected[i]]);
		if (s->collected_error[i].len > 0)
			buf_printf(
			    out, ": %.*s", SPAN_ARG(s->collected_error[i]));
		buf_add_char(out, '\n');
	}
	for (i = 0; i < s->n_packages; i++)
		buf_printf(out, "package: %s %.*s %.*s %.*s\n",
		    package_kind_name(s->packages[i].kind),
		    SPAN_ARG(s->packages[i].name),
		    SPAN_ARG(s->packages[i].arch),
		    SPAN_ARG(s->packages[i].evr));
}

static inline void
print_file(const struct file *f, struct buf *out)
{
	size_t i;

	buf_printf(out, "file: %.*s ", SPAN_ARG(f->path));
	if (f->status == FILE_MISSING)
		buf_add_str(out, "missing");
	else if (f->status == FILE_ERROR)
		buf_printf(out, "error: %.*s", SPAN_ARG(f->text));
	else if (f->type == FILE_TYPE_DIRECTORY)
		buf_add_str(out, "folder");
	else if (!span_is(f->path, "./manifest"))
		buf_printf(out, "present %zu", f->text.len);
	else
		buf_add_str(out, "present ");
	for (i = 0; span_is(f->path, "./manifest") && i < f->text.len; i++)
		buf_add_char(
		    out, f->text.ptr[i] == '\n' ? '|' : f->text.ptr[i]);
	buf_add_char(out, '\n');
}

/* Files that every inventory has are shown where they are asked for. */
static inline bool
is_asked_for(const char *wants, struct span path)
{
	struct span rest = span_of(wants);
	struct span word;
	size_t i;

	for (i = 0; WANTED_ALWAYS[i] != NULL; i++)
		if (span_is(path, WANTED_ALWAYS[i]))
			break;
	if (WANTED_ALWAYS[i] == NULL)
		return true;
	while (span_next(&rest, ' ', &word))
		if (span_eq(word, path))
			return true;
	return false;
}

static inline void
print_facts(const struct facts *f, const char *wants, struct buf *out)
{
	size_t i;

	if (f->has_os_release)
		buf_printf(out, "os: %.*s %.*s %.*s\n", SPAN_ARG(f->os_id),
		    SPAN_ARG(f->os_version_id), SPAN_ARG(f->os_codename));
	else
		buf_add_str(out, "os: none\n");
	print_system(&f->system, out);
	for (i = 0; i < f->system.n_files; i++)
		if (is_asked_for(wants, f->system.files[i].path))
			print_file(&f->system.files[i], out);
	for (i = 0; i < f->n_repositories; i++)
		buf_printf(
		    out, "repository: %.*s\n", SPAN_ARG(f->repositories[i]));
	if (f->repositories_hint)
		buf_add_str(out, "repositories: hint\n");
	for (i = 0; i < f->n_modules; i++)
		buf_printf(out, "module: %.*s:%.*s%s\n",
		    SPAN_ARG(f->modules[i].name),
		    SPAN_ARG(f->modules[i].stream),
		    f->modules[i].enabled ? " enabled" : "");
	for (i = 0; i < f->n_problems; i++)
		buf_printf(out, "problem: %.*s\n", SPAN_ARG(f->problems[i]));
}

#endif
