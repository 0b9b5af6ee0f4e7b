/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "content/registry_reference.h"
#include "scanner/facts.h"
#include "scanner/image_source.h"
#include "scanner/sbom.h"

#define HEAD_SIZE 4096

static const char *const names[] = {
	[TRANSPORT_NONE] = "none",
	[TRANSPORT_ROOTFS] = "rootfs",
	[TRANSPORT_DIR] = "dir",
	[TRANSPORT_OCI] = "oci",
	[TRANSPORT_OCI_ARCHIVE] = "oci-archive",
	[TRANSPORT_DOCKER_ARCHIVE] = "docker-archive",
	[TRANSPORT_DOCKER] = "docker",
	[TRANSPORT_SBOM] = "sbom",
	[TRANSPORT_TARBALL] = "tarball",
	[TRANSPORT_LIST] = "list",
};

#define N_TRANSPORTS (sizeof(names) / sizeof(*names))
#define HAVE                                                            \
	"rootfs: dir: oci: oci-archive: docker-archive: docker: sbom: " \
	"tarball: list:"

/* What others call transports, and we may have one day. */
static const char *const not_built[] = { "docker-daemon", "containers-storage",
	"ostree", "sif", "registry" };

const char *
transport_name(enum transport t)
{
	return names[t];
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool
has_file(const char *folder, const char *name)
{
	struct buf path = { 0 };
	bool has;

	buf_printf(&path, "%s/%s", folder, name);
	has = access(buf_str(&path), F_OK) == 0;
	buf_cleanup(&path);
	return has;
}

static int
not_there(const char *path, struct err *e)
{
	return err_set(e, ERR_MISSING, "%s: there is no such image", path);
}

/* "ubuntu:24.04": what others look for in a registry, or in a daemon. */
static int
no_such_path(const char *path, struct arena *a, struct err *e)
{
	struct registry_reference r;
	struct err ignored;
	struct span text = span_of(path);

	if (span_has_prefix(text, "/") || span_has_prefix(text, ".") ||
	    span_has_suffix(text, ".tar") ||
	    span_find(text, ':') + span_find(text, '/') == 2 * text.len ||
	    registry_reference_parse(&r, text, a, &ignored) != 0)
		return not_there(path, e);
	return err_set(e, ERR_MISSING,
	    "%s: there is no such image here; one of a registry is " REGISTRY_SCHEME
	    "%s",
	    path, path);
}

static enum transport
folder_transport(const char *path)
{
	if (has_file(path, "oci-layout"))
		return TRANSPORT_OCI;
	if (has_file(path, "version") && has_file(path, "manifest.json"))
		return TRANSPORT_DIR;
	return TRANSPORT_ROOTFS;
}

/*
 * A bill of materials is JSON or text; neither begins a tar. 1: it is one; 0;
 * -1: it looks like one, and is none that we read.
 */
static int
detect_sbom(int fd, struct err *e)
{
	char head[HEAD_SIZE];
	ssize_t n = pread(fd, head, sizeof(head), 0);
	struct span text = span_trim(span_make(head, n < 0 ? 0 : (size_t)n));

	if (sbom_format_of(text) != SBOM_NONE)
		return 1;
	if (text.len == 0 || (text.ptr[0] != '{' && text.ptr[0] != '<'))
		return 0;
	return err_set(e, ERR_FORMAT,
	    "looks like a bill of materials, and is none that we read: "
	    "CycloneDX in JSON, SPDX in JSON or tag-value");
}

static int
detect(int fd, struct target *t, struct err *e)
{
	int rc = detect_sbom(fd, e);

	if (rc == 1)
		t->transport = TRANSPORT_SBOM;
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	rc = source_detect(fd, &t->transport, e);
	t->is_guess = rc == 0;
	return rc == -1 ? -1 : 0;
}

static int
file_transport(struct target *t, struct err *e)
{
	const char *path = t->path;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	int rc = -1;

	if (fd == -1)
		return err_system(e, "%s", path);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		err_set(e, ERR_FORMAT, "%s: is neither folder nor file", path);
	else
		rc = detect(fd, t, e) == 0 ? 0 : err_context(e, "%s", path);
	close(fd);
	return rc;
}

/*
 * Cuts the tag off: what stands behind a colon, when what stands before it is
 * there. A path that is there as it stands has no tag.
 */
static int
split_tag(struct target *t, struct arena *a, struct err *e)
{
	struct span whole = span_of(t->path);
	struct span head = whole;

	while (access(arena_str(a, head), F_OK) != 0) {
		size_t colon = span_rfind(head, ':');

		if (colon == head.len)
			return not_there(t->path, e);
		head.len = colon;
	}
	t->path = arena_str(a, head);
	if (head.len < whole.len)
		t->tag = arena_str(a, span_from(whole, head.len + 1));
	return 0;
}

/* Behind "docker:" stands "//HOST/NAME…"; nothing is asked yet. */
static int
registry_image(struct target *t, struct arena *a, struct err *e)
{
	struct registry_reference r;
	struct span text = span_of(t->path);

	if (!span_has_prefix(text, "//"))
		return err_set(e, ERR_FORMAT,
		    "%s: an image of a registry is docker://HOST/NAME[:TAG]",
		    t->text);
	if (registry_reference_parse(&r, span_from(text, 2), a, e) != 0)
		return -1;
	t->path = arena_str(a, registry_reference_text(&r, a));
	t->tag = r.tag;
	return 0;
}

static int
named_transport(struct target *t, struct arena *a, struct err *e)
{
	switch (t->transport) {
	case TRANSPORT_OCI:
	case TRANSPORT_OCI_ARCHIVE:
	case TRANSPORT_DOCKER_ARCHIVE:
		if (strcmp(t->path, SOURCE_STDIN) == 0)
			return 0;
		return split_tag(t, a, e);
	case TRANSPORT_DOCKER:
		return registry_image(t, a, e);
	case TRANSPORT_SBOM:
	case TRANSPORT_TARBALL:
	case TRANSPORT_LIST:
		if (strcmp(t->path, SOURCE_STDIN) == 0)
			return 0;
		return access(t->path, F_OK) == 0 ? 0 : not_there(t->path, e);
	default:
		return access(t->path, F_OK) == 0 ? 0 : not_there(t->path, e);
	}
}

static int
bare_path(struct target *t, struct arena *a, struct err *e)
{
	/* What comes through a pipe shows when it is read; sbom:- names it. */
	if (strcmp(t->path, SOURCE_STDIN) == 0) {
		t->transport = detect_sbom(STDIN_FILENO, e) == 1
		    ? TRANSPORT_SBOM
		    : TRANSPORT_DOCKER_ARCHIVE;
		t->is_guess = true;
		return 0;
	}
	if (is_folder(t->path)) {
		t->transport = folder_transport(t->path);
		return 0;
	}
	if (access(t->path, F_OK) != 0)
		return no_such_path(t->path, a, e);
	return file_transport(t, e);
}

static int
check_built(struct span scheme, const char *text, struct err *e)
{
	size_t i;

	for (i = 0; i < sizeof(not_built) / sizeof(*not_built); i++)
		if (span_is(scheme, not_built[i]))
			return err_set(e, ERR_FORMAT,
			    "%s: images of %s: are not built yet; there "
			    "are " HAVE,
			    text, not_built[i]);
	return 0;
}

int
target_parse(struct target *t, const char *text, struct arena *a, struct err *e)
{
	struct span all = span_of(text);
	struct span scheme = span_first(all, span_find(all, ':'));
	size_t i;

	*t = (struct target){ .text = arena_str(a, all), .path = NULL };
	t->path = t->text;
	for (i = TRANSPORT_ROOTFS; i < N_TRANSPORTS; i++) {
		if (scheme.len == all.len || !span_is(scheme, names[i]))
			continue;
		t->transport = (enum transport)i;
		t->path = arena_str(a, span_from(all, scheme.len + 1));
		return named_transport(t, a, e);
	}
	if (access(text, F_OK) != 0 && strcmp(text, SOURCE_STDIN) != 0 &&
	    check_built(scheme.len < all.len ? scheme : SPAN_NONE, text, e) !=
		0)
		return -1;
	return bare_path(t, a, e);
}

int
target_of_input(struct target *t, bool is_list, struct arena *a, struct err *e)
{
	*t = (struct target){ .transport = TRANSPORT_LIST };
	t->path = arena_str(a, SPAN_LIT(SOURCE_STDIN));
	t->text = t->path;
	return is_list ? 0 : detect(STDIN_FILENO, t, e);
}
