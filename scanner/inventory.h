/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The digest of what a verdict rests on: the same image has the same one in
 * whatever it lies, unpacked or saved. It is SHA-256 over these fields, made
 * with base/pack.h (numbers of variable length, counted strings):
 *
 *	"scapcache inventory 1"
 *	os-release: is it there, ID, VERSION_ID, codename, PRETTY_NAME, CPE_NAME
 *	for each kind of package database: how well it could be read
 *	the number of packages; for each, by kind, name and then the order of
 *	  the database: kind, name, architecture, version, source, its version,
 *	  key id, modularity label, does it own files
 *	the number of owned files asked for; for each, by path: path, package
 *	  (its number in the list above), flags
 *	the number of files asked for; for each, by path: path, status, type,
 *	  SHA-256 of its bytes (of none, unless it is a regular file)
 *	the number of problems; each
 *
 * Owners, permissions and times of files are left out: unpacking changes them.
 */
#ifndef SCANNER_INVENTORY_H
#define SCANNER_INVENTORY_H

#include "scanner/facts.h"

/* After system_finish(). */
void inventory_digest(const struct facts *f, struct digest *out);

#endif
