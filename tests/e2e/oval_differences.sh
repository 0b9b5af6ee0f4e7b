#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each difference to OpenSCAP 1.3.7 that docs/oval-differences.md lists has a
# document of its own, whose second line says the packages it is for and both
# results: a test fails when OpenSCAP or we change our minds.
. "$(dirname "$0")/lib.sh"
need oscap
[ -e /usr/lib/rpm/rpmrc ] || skip_all "no rpm-common"
[ "$(dpkg --print-architecture)" = amd64 ] || skip_all "not on amd64"
place=security-metadata.canonical.com/oval
name=com.ubuntu.noble.usn.oval
docs=$ROOT/docs/oval-differences.md
fixtures=$ROOT/tests/fixtures/oval/differences

# package NAME ARCHITECTURE [FIELD]
package() {
	printf 'Package: %s\nStatus: install ok installed\n' "$1"
	printf 'Priority: optional\nSection: misc\nMaintainer: t\n'
	printf 'Architecture: %s\nVersion: 1.0-1\n' "$2"
	[ $# -lt 3 ] || printf '%s\n' "$3"
	printf 'Description: t\n\n'
}

mkdir -p "$T/dpkg/var/lib/dpkg" "$T/rpm/var/lib/rpm" "$T/rpm/etc"
{
	package alpha amd64 'Provides: virtual'
	package held amd64 | sed 's/install ok/hold ok/'
	package foreign armhf
	package both amd64 'Multi-Arch: same'
	package both i386 'Multi-Arch: same'
} >"$T/dpkg/var/lib/dpkg/status"
printf 'focal\nk1 = 12\nk1 = 13\n' >"$T/rpm/etc/release"
key=199e2f91fd431d51
check "the rpm database" "$BUILD/tools/make_rpmdb" \
	"$T/rpm/var/lib/rpm/rpmdb.sqlite" \
	"alpha x86_64 0:1.0-1" "beta x86_64 1:1.0-1 262 $key" \
	"gamma noarch 0:1.0-1 268 $key" "lib1 noarch 0:1-1"

# both FILE ROOT: "ours RESULT, OpenSCAP RESULT" of its only definition.
both() {
	rm -rf "$T/tree" "$S"
	mkdir -p "$T/tree/$place"
	bzip2 -c "$1" >"$T/tree/$place/$name.xml.bz2"
	run scapcache --quiet --state "$S" sync --from "$T/tree"
	run scapcache --state "$S" scan --document $name \
		--format definitions "rootfs:$2"
	printf 'ours %s, OpenSCAP %s\n' "$(cut -f2 "$T/out")" \
		"$(oscap_definitions "$1" "$2" | cut -f2)"
}

for file in "$fixtures"/*.xml; do
	title=$(basename "$file" .xml)
	line=$(sed -n '2s/^<!-- \(.*\) -->$/\1/p' "$file")
	equal "$title" "${line#*: }" "$(both "$file" "$T/${line%%:*}")"
	check "$title: documented" grep -q "^### $title\$" "$docs"
done
equal "every entry has a document" "$(grep -c '^### ' "$docs")" \
	"$(find "$fixtures" -name '*.xml' | wc -l)"
done_testing
