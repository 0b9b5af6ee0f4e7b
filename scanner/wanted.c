/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scanner/content_sets.h"
#include "scanner/module_list.h"
#include "scanner/os_release.h"
#include "scanner/pkgdb.h"
#include "scanner/wanted.h"

/* What every scan looks at; sizes in bytes. */
static const struct always {
	const char *path;
	size_t max;
} always[] = {
	{ "etc/os-release", OS_RELEASE_SIZE_MAX },
	{ "usr/lib/os-release", OS_RELEASE_SIZE_MAX },
	{ "var/lib/dpkg/status", PKGDB_SIZE_MAX },
	{ "var/lib/rpm/rpmdb.sqlite", PKGDB_SIZE_MAX },
	{ "var/lib/rpm/rpmdb.sqlite-wal", PKGDB_SIZE_MAX },
	{ "var/lib/rpm/Packages.db", PKGDB_SIZE_MAX },
	{ "var/lib/rpm/Packages", PKGDB_SIZE_MAX },
	{ "usr/lib/sysimage/rpm/rpmdb.sqlite", PKGDB_SIZE_MAX },
	{ "usr/lib/sysimage/rpm/rpmdb.sqlite-wal", PKGDB_SIZE_MAX },
	{ "usr/lib/sysimage/rpm/Packages.db", PKGDB_SIZE_MAX },
	{ "usr/lib/sysimage/rpm/Packages", PKGDB_SIZE_MAX },
	{ "usr/share/rpm/rpmdb.sqlite", PKGDB_SIZE_MAX },
	{ "usr/share/rpm/rpmdb.sqlite-wal", PKGDB_SIZE_MAX },
	{ "usr/share/rpm/Packages.db", PKGDB_SIZE_MAX },
	{ "usr/share/rpm/Packages", PKGDB_SIZE_MAX },
	{ "lib/apk/db/installed", PKGDB_SIZE_MAX },
	{ "usr/lib/apk/db/installed", PKGDB_SIZE_MAX },
	{ WANTED_CONTENT_SETS, CONTENT_SETS_FILE_MAX },
};

int
path_clean(struct span path, struct buf *out)
{
	struct span rest = path;
	struct span name;

	buf_reset(out);
	while (span_next(&rest, '/', &name)) {
		if (name.len == 0 || span_is(name, "."))
			continue;
		if (span_is(name, ".."))
			return -1;
		if (out->len > 0)
			buf_add_char(out, '/');
		buf_add_span(out, name);
	}
	return out->len > 0;
}

static void
add_owner(struct wanted *w, struct span path)
{
	size_t slash = span_rfind(path, '/');
	struct span name =
	    slash == path.len ? path : span_from(path, slash + 1);

	map_add(&w->owned, path, 1, NULL);
	map_add(&w->owned_names, name, 1, NULL);
}

static void
add_want(struct wanted *w, const struct want *want)
{
	if (want->is_pattern) {
		w->has_patterns |= !want->is_owner;
		w->has_owner_patterns |= want->is_owner;
		return;
	}
	if (path_clean(want->path, &w->path) != 1)
		return;
	if (want->is_owner)
		add_owner(w, buf_span(&w->path));
	else
		map_add(&w->paths, buf_span(&w->path), WANTED_FILE_MAX / 1024,
		    NULL);
}

void
wanted_init(struct wanted *w, const struct want_list *list)
{
	size_t i;

	*w = (struct wanted){ .list = list, .regex = regex_cache_new() };
	for (i = 0; i < sizeof(always) / sizeof(*always); i++)
		map_add(&w->paths, span_of(always[i].path),
		    (uint32_t)(always[i].max / 1024), NULL);
	for (i = 0; i < list->n; i++)
		add_want(w, &list->wants[i]);
}

void
wanted_cleanup(struct wanted *w)
{
	map_cleanup(&w->paths);
	map_cleanup(&w->owned);
	map_cleanup(&w->owned_names);
	regex_cache_free(w->regex);
	buf_cleanup(&w->path);
	*w = (struct wanted){ 0 };
}

/* Content's patterns are on absolute paths. */
static bool
any_pattern(struct wanted *w, bool owner)
{
	size_t i;

	for (i = 0; i < w->list->n; i++) {
		const struct want *want = &w->list->wants[i];
		struct err e;
		int rc;

		if (!want->is_pattern || want->is_owner != owner)
			continue;
		rc = regex_match(w->regex, want->path, REGEX_MULTILINE,
		    buf_span(&w->path), &e);
		if (rc == 1)
			return true;
		if (rc == -1 && w->failed.code == ERR_NONE)
			w->failed = e;
	}
	return false;
}

bool
wanted_by_pattern(struct wanted *w, struct span path)
{
	if (!w->has_patterns)
		return false;
	buf_reset(&w->path);
	buf_add_char(&w->path, '/');
	buf_add_span(&w->path, path);
	return any_pattern(w, false);
}

/*
 * "^/etc/yum.repos.d/.*" gives "etc": literal names up to the last slash.
 * Whatever a pattern has that may let it begin elsewhere gives the root.
 */
void
wanted_prefix(struct span pattern, struct buf *dir)
{
	size_t end = 0;
	size_t i;

	if (!span_has_prefix(pattern, "^/") ||
	    span_find(pattern, '|') < pattern.len)
		return;
	for (i = 2; i < pattern.len; i++) {
		char c = pattern.ptr[i];

		if (c == '/')
			end = i;
		else if (!span_is_digit(c) && !span_is_alpha(c) && c != '-' &&
		    c != '_')
			break;
	}
	/* What a quantifier follows may be missing. */
	if (end > 2 && i == end + 1 && i < pattern.len &&
	    strchr("?*{", pattern.ptr[i]) != NULL)
		end = 0;
	if (end > 2)
		buf_add_span(dir, span_first(span_from(pattern, 2), end - 2));
}

/* Folders whose files are looked at. */
static const struct folder {
	const char *path;
	const char *suffix; /* of the files; NULL: any */
	const char * not ;  /* but not of these; NULL: any */
	size_t max;
} folders[] = {
	{ WANTED_STATUS_D "/", NULL, ".md5sums", WANTED_STATUS_D_MAX },
	{ WANTED_MANIFESTS "/", ".json", NULL, CONTENT_SETS_FILE_MAX },
	{ WANTED_MODULES "/", ".module", NULL, MODULE_FILE_MAX },
};

/* 0: it is in none of them. */
static size_t
folder_size(struct span path)
{
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		const struct folder *f = &folders[i];

		if (span_has_prefix(path, f->path) &&
		    (f->suffix == NULL || span_has_suffix(path, f->suffix)) &&
		    (f->not == NULL || !span_has_suffix(path, f->not )))
			return f->max;
	}
	return 0;
}

size_t
wanted_size(struct wanted *w, struct span path)
{
	uint32_t kib;

	if (map_get(&w->paths, path, &kib))
		return (size_t)kib * 1024;
	if (folder_size(path) > 0)
		return folder_size(path);
	return wanted_by_pattern(w, path) ? WANTED_FILE_MAX : 0;
}

bool
wanted_has_owners(const struct wanted *w)
{
	return w->owned.n > 0 || w->has_owner_patterns;
}

bool
wanted_owner(struct wanted *w, struct span dir, struct span name)
{
	uint32_t value;
	bool may = map_get(&w->owned_names, name, &value);

	if (!may && !w->has_owner_patterns)
		return false;
	buf_reset(&w->path);
	buf_add_span(&w->path, dir);
	buf_add_span(&w->path, name);
	/* rpm's paths are absolute and clean. */
	if (may && map_get(&w->owned, span_from(buf_span(&w->path), 1), &value))
		return true;
	return w->has_owner_patterns && any_pattern(w, true);
}
