/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/image_source.h"

#define DETECT_UNPACKED_MAX ((uint64_t)8 * 1024 * 1024) /* bytes looked at */

struct seen {
	bool manifest_json;
	bool oci_layout;
	bool whole; /* no more is to be seen */
};

static int
look(struct tar *t, struct seen *seen, struct err *e)
{
	struct entry entry;
	int rc;

	while ((rc = tar_next(t, e)) == 1 && !seen->manifest_json &&
	    (t->stream == NULL ||
		stream_offset(t->stream) < DETECT_UNPACKED_MAX)) {
		rc = tar_entry(t, &entry, e);
		if (rc == 1 && span_is(entry.path, "manifest.json"))
			seen->manifest_json = true;
		if (rc == 1 && span_is(entry.path, "oci-layout"))
			seen->oci_layout = true;
		if (rc == -1)
			break;
	}
	seen->whole = rc == 0;
	return rc == -1 ? -1 : 0;
}

int
source_detect(int fd, enum transport *out, struct err *e)
{
	struct seen seen = { 0 };
	struct stream *s = NULL;
	struct tar t;
	int rc;

	if (source_is_packed(fd)) {
		if (stream_open_fd(&s, fd, NULL, e) != 0)
			return -1;
		tar_open_stream(&t, s, NULL);
	} else {
		tar_open_fd(&t, fd);
	}
	rc = look(&t, &seen, e);
	tar_close(&t);
	stream_close(s);
	if (rc != 0)
		return -1;
	*out = seen.oci_layout && !seen.manifest_json
	    ? TRANSPORT_OCI_ARCHIVE
	    : TRANSPORT_DOCKER_ARCHIVE;
	if (seen.manifest_json || seen.oci_layout || !seen.whole)
		return 0;
	return err_set(e, ERR_FORMAT,
	    "is a tar without manifest.json and oci-layout, so no saved image; "
	    "if it is a root file system, unpack it and scan rootfs:DIR");
}
