/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An inventory: what a verdict rests on, as bytes that are kept. Its digest is
 * SHA-256 over them; the same image has the same one in whatever it lies,
 * unpacked or saved. Made with base/pack.h (numbers of variable length,
 * counted strings):
 *
 *	"scapcache inventory 2"
 *	os-release: is it there, ID, VERSION_ID, codename, PRETTY_NAME, CPE_NAME
 *	for each kind of package database: how well it could be read, and why
 *	  not better
 *	the number of packages; for each, by kind, name and then the order of
 *	  the database: kind, name, architecture, upstream version, release,
 *	  epoch, evr, version as the database says, source, its version, key
 *	  id, modularity label, does it own files
 *	the number of owned files found; for each, by path: path, package
 *	  (its number in the list above), flags
 *	is there a manifest made up from the packages
 *	the number of files asked for; for each, by path: path, status; if it
 *	  is there, its type; of a regular file its bytes; of one that could
 *	  not be read why
 *	the number of patterns and owned paths asked for; for each, sorted: is
 *	  it a pattern, is it of owners, its path
 *	the number of modules; for each: name, stream, is it enabled
 *	the number of repositories; each; are they a hint only
 *	the number of problems; each
 *
 * Owners, permissions and times of files are left out: unpacking changes them.
 * So are layers, target and platform: inventory_origin_encode(). A file above
 * the limits stands there as one that could not be read, so that what asks for
 * it later is unknown.
 */
#ifndef SCANNER_INVENTORY_H
#define SCANNER_INVENTORY_H

#include "base/buf.h"
#include "scanner/facts.h"

/* Limits. */
#define INVENTORY_SIZE_MAX ((size_t)48 * 1024 * 1024)      /* bytes */
#define INVENTORY_FILE_MAX ((size_t)1024 * 1024)           /* of a file */
#define INVENTORY_FILES_SIZE_MAX ((size_t)8 * 1024 * 1024) /* of all */
#define INVENTORY_ORIGIN_MAX ((size_t)16 * 1024 * 1024)    /* bytes */

/* The form's name, in verdicts. */
#define INVENTORY_FORM "scapcache inventory 2"

/* Adds the bytes to out. After system_finish(). */
void inventory_encode(const struct facts *f, struct buf *out);
/*
 * Facts as they were, but for files' owners, permissions and times; they
 * borrow from bytes. ERR_FORMAT for what inventory_encode() does not make:
 * encoding *f again gives the same bytes. facts_cleanup() either way.
 */
int inventory_decode(struct facts *f, struct span bytes, struct err *e);
/*
 * The bytes that n packages from first on are made of, in the inventory that
 * *f was decoded from.
 */
struct span inventory_packages(const struct facts *f, size_t first, size_t n);
void inventory_digest(const struct facts *f, struct digest *out);
/* Patterns and owned paths of wants go into the inventory with the rest. */
void inventory_asked(struct facts *f, const struct want_list *wants);

/*
 * Where an image's inventory came from: transport, digest, architecture,
 * layers, and which layer brought which package. Decoding fills facts in that
 * inventory_decode() made; what does not fit its packages is ERR_FORMAT.
 */
void inventory_origin_encode(const struct facts *f, struct buf *out);
int inventory_origin_decode(struct facts *f, struct span bytes, struct err *e);

#endif
