/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "scanner/content_sets.h"
#include "scanner/module_list.h"
#include "scanner/os_release.h"
#include "scanner/pkgdb.h"
#include "scanner/wanted.h"

/* Names of the release, and apk's settings. */
const char *const WANTED_ALWAYS[] = {
	"/etc/os-release",
	"/usr/lib/os-release",
	"/etc/lsb-release",
	"/etc/debian_version",
	"/etc/alpine-release",
	"/etc/system-release",
	"/etc/system-release-cpe",
	"/etc/redhat-release",
	"/etc/centos-release",
	"/etc/rocky-release",
	"/etc/almalinux-release",
	"/etc/oracle-release",
	"/etc/fedora-release",
	"/etc/SuSE-release",
	"/etc/amazon-linux-release",
	"/etc/mariner-release",
	"/etc/azurelinux-release",
	"/etc/photon-release",
	"/etc/apk/arch",
	"/etc/apk/repositories",
	"/etc/apk/world",
	NULL,
};

/* Where the links that stand for those mostly lead. */
static const char *const behind_links[] = {
	"usr/lib/system-release",
	"usr/lib/system-release-cpe",
	"usr/lib/redhat-release",
	"usr/lib/centos-release",
	"usr/lib/rocky-release",
	"usr/lib/fedora-release",
	"usr/lib/amazon-linux-release",
};

static const char *const databases[] = {
	"var/lib/dpkg/status",
	"lib/apk/db/installed",
	"usr/lib/apk/db/installed",
};

static const char *const rpm_places[] = { "var/lib/rpm", "usr/lib/sysimage/rpm",
	"usr/share/rpm" };

static const char *const rpm_files[] = { "rpmdb.sqlite", "rpmdb.sqlite-wal",
	"rpmdb.sqlite-journal", "Packages", "Packages.db" };

/* Folders that are gathered whole; sizes in bytes of each file. */
static const struct folder {
	const char *path;
	size_t max;
} folders[] = {
	{ WANTED_STATUS_D, WANTED_STATUS_D_MAX },
	{ "var/lib/dpkg/updates", 0 },
	{ WANTED_MODULES, MODULE_FILE_MAX },
	{ "usr/share/buildinfo", CONTENT_SETS_FILE_MAX },
	{ "root/buildinfo", CONTENT_SETS_FILE_MAX },
	{ "var/roothome/buildinfo", CONTENT_SETS_FILE_MAX },
};

#define N_OF(a) (sizeof(a) / sizeof(*(a)))

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

/* What is too much to be asked for is told of once. */
static void
watch_failed(struct wanted *w, int rc, const struct err *e)
{
	if (rc == -1 && w->failed.code == ERR_NONE)
		w->failed = *e;
}

static void
add_file(struct wanted *w, const char *path, size_t max)
{
	struct err e;

	watch_failed(w, watch_add(&w->watch, span_of(path), max, &e), &e);
}

static void
add_always(struct wanted *w)
{
	struct buf path = { 0 };
	struct err e;
	size_t i, k;

	for (i = 0; WANTED_ALWAYS[i] != NULL; i++)
		add_file(w, WANTED_ALWAYS[i] + 1, WANTED_SMALL_MAX);
	for (i = 0; i < N_OF(behind_links); i++)
		add_file(w, behind_links[i], WANTED_SMALL_MAX);
	for (i = 0; i < N_OF(databases); i++)
		add_file(w, databases[i], PKGDB_SIZE_MAX);
	for (i = 0; i < N_OF(rpm_places); i++)
		for (k = 0; k < N_OF(rpm_files); k++) {
			buf_reset(&path);
			buf_printf(&path, "%s/%s", rpm_places[i], rpm_files[k]);
			add_file(w, buf_str(&path), PKGDB_SIZE_MAX);
		}
	for (i = 0; i < N_OF(folders); i++)
		watch_failed(w,
		    watch_add_below(&w->watch, span_of(folders[i].path),
			folders[i].max, &e),
		    &e);
	buf_cleanup(&path);
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

/* Only names below: which of them a pattern fits shows when all are there. */
static void
add_pattern(struct wanted *w, struct span pattern)
{
	struct buf dir = { 0 };
	struct err e;

	w->has_patterns = true;
	wanted_prefix(pattern, &dir);
	watch_failed(w, watch_add_below(&w->watch, buf_span(&dir), 0, &e), &e);
	buf_cleanup(&dir);
}

static void
add_want(struct wanted *w, const struct want *want)
{
	struct err e;

	if (want->is_pattern && want->is_owner)
		w->has_owner_patterns = true;
	else if (want->is_pattern)
		add_pattern(w, want->path);
	else if (path_clean(want->path, &w->path) != 1)
		return;
	else if (want->is_owner)
		add_owner(w, buf_span(&w->path));
	else
		watch_failed(w,
		    watch_add(
			&w->watch, buf_span(&w->path), WANTED_FILE_MAX, &e),
		    &e);
}

void
wanted_init(struct wanted *w, const struct want_list *list)
{
	size_t i;

	*w = (struct wanted){ .list = list, .regex = regex_cache_new() };
	/* The thread reads the image, too. */
	regex_cache_limit(w->regex, 10 * REGEX_CPU_MS);
	watch_init(&w->watch);
	add_always(w);
	for (i = 0; i < list->n; i++)
		add_want(w, &list->wants[i]);
}

void
wanted_cleanup(struct wanted *w)
{
	watch_cleanup(&w->watch);
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
