/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers made of stored files: under the upstream's own names, byte for
 * byte, or unpacked on the way. What clients expect beside those is made in
 * served_nvd.c, served_changes.c, served_record.c and served_manifest.c.
 */
#ifndef SERVER_SERVED_H
#define SERVER_SERVED_H

#include "server/request.h"
#include "server/response.h"
#include "server/view.h"

/* The file as it is. One that has gone meanwhile is an error when it is sent.
 */
void
served_file(struct request *q, struct response *s, const struct view_file *f);
/*
 * The same of the stored file with that digest; the end of base, which may be
 * empty, says what it is. ERR_NETWORK (503) where it has gone, as in those
 * below.
 */
int served_blob(struct request *q, struct response *s,
    const struct digest *sha256, struct span base, struct err *e);
/* The file of that path, or what comes of unpacking path.bz2 and the like. */
typedef const struct view_file *
view_finder(const struct view *v, struct span path);
int served_answer(struct request *q, struct response *s, struct span path,
    view_finder *find, struct err *e);
/* Reads all of a stored file of at most max bytes, unpacked if it is packed. */
int served_read(struct request *q, const struct digest *sha256, size_t max,
    struct buf *out, struct err *e);
/* Last-Modified: one that upstream had no date for is as old as its first
 * fetch. */
void served_modified(struct response *s, const struct view_file *f);
/* 404, or 503 where nothing is published yet; returns 0. */
int served_missing(struct request *q, struct response *s);

/* What stands below "<host>/<path>/", or below all: served_list.c. */
int served_list(struct request *q, struct response *s, struct span folder);

/* Is there anything below "<host>/<path>"? */
bool served_is_folder(const struct view *v, struct span path);

/* --- handlers of other files; see server/route.h --- */

int served_nvd_feed(struct request *q, struct response *s, struct err *e);
int served_nvd_cache(struct request *q, struct response *s, struct err *e);
int served_pulp_manifest(struct request *q, struct response *s, struct err *e);
int served_changes(struct request *q, struct response *s, struct err *e);
int served_record(struct request *q, struct response *s, struct err *e);
int served_tuf_metadata(struct request *q, struct response *s, struct err *e);
int served_tuf_target(struct request *q, struct response *s, struct err *e);

#endif
