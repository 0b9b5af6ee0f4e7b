/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An installed package as a package URL, types deb, rpm and apk of ECMA-427:
 * what content/purl.h and scanner/sbom.h read back.
 */
#ifndef SCANNER_PACKAGE_PURL_H
#define SCANNER_PACKAGE_PURL_H

#include "base/buf.h"
#include "scanner/facts.h"

/*
 * Adds "pkg:deb/debian/libssl1.1@1.1.1n-0%2Bdeb11u3?arch=amd64&
 * distro=debian-11&upstream=openssl" in one line. The namespace is the
 * distribution's, and missing without an os-release. Two packages have one
 * URL only where the database has one package twice.
 */
void
package_purl(const struct facts *f, const struct package *p, struct buf *b);

#endif
