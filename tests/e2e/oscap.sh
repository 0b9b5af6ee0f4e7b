#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same definitions on the same packages, judged by us and by OpenSCAP.
. "$(dirname "$0")/lib.sh"
need oscap

# compare NAME DOCUMENT TREE ROOT
compare() {
	_file=$(find "$3" -name "$2.xml.bz2")
	bzip2 -dc "$_file" >"$T/$2.xml"
	run scapcache --quiet --state "$S.$2" sync --from "$3"
	expect "$1: sync" 0
	oscap_definitions "$T/$2.xml" "$4" >"$T/theirs"
	run scapcache --state "$S.$2" scan --document "$2" \
		--format definitions "rootfs:$4"
	same "$1: every definition" "$T/theirs" "$T/out"
	check "$1: there are definitions" test -s "$T/theirs"
}

mkdir "$T/sample"
cp -R "$ROOT/samples/rootfs/base/." "$T/sample"
echo >>"$T/sample/var/lib/dpkg/status"
cat "$ROOT/samples/rootfs/app/var/lib/dpkg/status" \
	>>"$T/sample/var/lib/dpkg/status"
for flavour in cve usn; do
	compare "sample, $flavour" com.ubuntu.noble.$flavour.oval \
		"$SAMPLE/upstream" "$T/sample"
done

# leap NAME: openSUSE's heaviest document on packages of rpm.
leap() {
	suse=ftp.suse.com/pub/projects/security/oval
	mkdir -p "$T/leap/$suse"
	ln -s "$CORPUS/upstream/$suse/opensuse.leap.15.3.xml.gz" \
		"$T/leap/$suse"
	gzip -dc "$T/leap/$suse/opensuse.leap.15.3.xml.gz" >"$T/leap.xml"
	run scapcache --quiet --state "$S.leap" sync --from "$T/leap"
	expect "$1: sync" 0
	oscap_definitions "$T/leap.xml" \
		"$CORPUS/inventories/opensuseleap15" >"$T/theirs"
	run scapcache --state "$S.leap" scan --document opensuse.leap.15.3 \
		--format definitions \
		"rootfs:$CORPUS/inventories/opensuseleap15"
	same "$1: every definition" "$T/theirs" "$T/out"
	equal "$1: definitions" 9138 "$(wc -l <"$T/out")"
	equal "$1: of which true" 500 "$(grep -c '	true$' "$T/theirs")"
}

if [ -d "$CORPUS/upstream" ]; then
	oval=security-metadata.canonical.com/oval
	mkdir -p "$T/tree/$oval"
	ln -s "$CORPUS/upstream/$oval/com.ubuntu.focal.cve.oval.xml.bz2" \
		"$T/tree/$oval"
	compare "focal on ubuntu2004" com.ubuntu.focal.cve.oval "$T/tree" \
		"$CORPUS/inventories/ubuntu2004"
	equal "OpenSCAP itself works here" 368 \
		"$(grep -c '	true$' "$T/theirs")"
	# librpm says nothing of any package without its own configuration.
	if [ -e /usr/lib/rpm/rpmrc ]; then
		leap "leap 15.3 on opensuseleap15"
	else
		skip "leap 15.3 on opensuseleap15: no rpm-common"
	fi
else
	skip "focal on ubuntu2004: no corpus"
fi
done_testing
