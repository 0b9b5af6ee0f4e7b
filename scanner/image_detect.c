/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "scanner/image_source.h"
#include "scanner/wanted.h"

#define DETECT_UNPACKED_MAX ((uint64_t)8 * 1024 * 1024) /* bytes looked at */

struct seen {
	bool manifest_json;
	bool oci_layout;
	bool folders; /* of a root */
	bool wanted;  /* what every scan asks a root for */
	bool whole;   /* no more is to be seen */
};

/* Folders that no saved image has at its top (hier(7)). */
static const char *const root_folders[] = { "bin", "boot", "dev", "etc", "home",
	"lib", "lib32", "lib64", "libx32", "media", "mnt", "opt", "proc",
	"root", "run", "sbin", "srv", "sys", "tmp", "usr", "var" };

static bool
is_in_root(struct span path)
{
	struct span top = span_first(path, span_find(path, '/'));
	size_t i;

	for (i = 0; i < sizeof(root_folders) / sizeof(*root_folders); i++)
		if (span_is(top, root_folders[i]))
			return true;
	return false;
}

static void
note(struct seen *seen, const struct entry *entry, const struct watch *watch)
{
	size_t max;

	if (span_is(entry->path, "manifest.json"))
		seen->manifest_json = true;
	if (span_is(entry->path, "oci-layout"))
		seen->oci_layout = true;
	if (is_in_root(entry->path))
		seen->folders = true;
	if (watch != NULL && entry->type != NODE_DIRECTORY &&
	    watch_find(watch, entry->path, &max) == WATCH_HERE)
		seen->wanted = true;
}

static int
look(struct tar *t, struct seen *seen, const struct watch *watch, struct err *e)
{
	struct entry entry;
	int rc;

	while ((rc = tar_next_member(t, e)) == 1 && !seen->manifest_json &&
	    (t->stream == NULL ||
		stream_offset(t->stream) < DETECT_UNPACKED_MAX)) {
		rc = tar_entry(t, &entry, e);
		if (rc == 1)
			note(seen, &entry, watch);
		if (rc == -1)
			break;
	}
	seen->whole = rc == 0;
	return rc == -1 ? -1 : 0;
}

static int
look_at_file(int fd, struct seen *seen, struct err *e)
{
	const struct want_list none = { 0 };
	struct stream *s = NULL;
	struct wanted w;
	struct tar t;
	int rc;

	if (source_is_packed(fd)) {
		if (stream_open_fd(&s, fd, NULL, e) != 0)
			return -1;
		tar_open_stream(&t, s, NULL);
	} else {
		tar_open_fd(&t, fd);
	}
	wanted_init(&w, &none);
	rc = look(&t, seen, &w.watch, e);
	wanted_cleanup(&w);
	tar_close(&t);
	stream_close(s);
	return rc;
}

/* No tar and nothing packed: those begin with control characters. */
static bool
is_text(int fd)
{
	char head[512];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	ssize_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)head[i] < ' ' && head[i] != '\t' &&
		    head[i] != '\n' && head[i] != '\r')
			return false;
	return n > 0;
}

int
source_detect(int fd, enum transport *out, struct err *e)
{
	struct seen seen = { 0 };

	if (look_at_file(fd, &seen, e) != 0)
		return e->code == ERR_FORMAT && is_text(fd)
		    ? err_set(e, ERR_FORMAT,
			  "is not a tar but text; if it is a list of packages, "
			  "say list:, and over HTTP Content-Type: text/plain")
		    : -1;
	*out = TRANSPORT_DOCKER_ARCHIVE;
	if (seen.oci_layout && !seen.manifest_json)
		*out = TRANSPORT_OCI_ARCHIVE;
	if (seen.manifest_json || seen.oci_layout)
		return 1;
	if (!seen.whole)
		return 0;
	*out = TRANSPORT_TARBALL;
	if (seen.wanted)
		return 1;
	return err_set(e, ERR_FORMAT,
	    "is a tar without manifest.json and oci-layout, so no saved image, "
	    "and without os-release and packages; if it is a root file system, "
	    "say tarball:");
}

bool
source_begins_root(struct span head)
{
	struct seen seen = { 0 };
	struct stream *s;
	struct tar t;
	struct err e;

	if (stream_open_span(&s, head, NULL, &e) != 0)
		return false;
	tar_open_stream(&t, s, NULL);
	/* It may be cut where it is; what comes before that counts. */
	(void)look(&t, &seen, NULL, &e);
	tar_close(&t);
	stream_close(s);
	return seen.folders && !seen.manifest_json && !seen.oci_layout;
}
