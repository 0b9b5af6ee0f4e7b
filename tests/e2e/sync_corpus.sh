#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Real publications: every document has as many records as upstream put there,
# from a folder as over HTTP, and the step from one publication to the next
# changes what upstream changed.
. "$(dirname "$0")/lib.sh"
need_corpus

status_json() {
	scapcache --state "$S" status --json >"$T/status.json"
}

# One line a document, and the sums.
counts() {
	status_json
	json "$T/status.json" "(SELECT group_concat(line, char(10)) FROM (
		SELECT json_extract(d.value, '\$.name') || ' ' ||
			json_extract(d.value, '\$.records') AS line
		FROM json_each(j, '\$.sources') s,
			json_each(s.value, '\$.documents') d ORDER BY line))"
	json "$T/status.json" "(SELECT json_extract(value, '\$.records') || ' ' ||
		json_extract(value, '\$.distinct')
		FROM json_each(j, '\$.sources')
		WHERE json_extract(value, '\$.name') = 'nvd')"
	json "$T/status.json" "(SELECT json_extract(value, '\$.distinct')
		FROM json_each(j, '\$.families')
		WHERE json_extract(value, '\$.name') = 'nvd')"
}

cat >"$T/want" <<'EOF'
alpine-edge-community 1
alpine-edge-main 1
alpine-v3.16-community 1
alpine-v3.16-main 1
alpine-v3.2-main 1
com.oracle.elsa-all 2
com.ubuntu.focal.cve.oval 8480
com.ubuntu.noble.usn.oval 237
com.ubuntu.xenial.cve.oval 18656
database-all 3
debian-tracker 2
epss 2
jboss-ws-5-including-unpatched.oval 1
kev 1401
nvdcve-1.1-2003 1553
nvdcve-1.1-2010 5217
nvdcve-2.0-2002 6770
nvdcve-2.0-2008 7176
nvdcve-2.0-2014 8982
nvdcve-2.0-2015 8748
nvdcve-2.0-2016 10555
nvdcve-2.0-2017 17014
nvdcve-2.0-modified 2146
nvdcve-2.0-recent 762
oci.com.ubuntu.fips-updates_jammy.cve.oval 1
oci.com.ubuntu.fips-updates_jammy.pkg.oval 2
oci.com.ubuntu.jammy.cve.oval 1
oci.com.ubuntu.jammy.pkg.oval 2
oci.com.ubuntu.jammy.usn.oval 1
opensuse.leap.15.2 1
opensuse.leap.15.3 9138
opensuse.tumbleweed 1
org.almalinux.alsa-9 2
oval-definitions-bullseye 4
redhat-advisories 5
redhat-advisories/deletions 3
redhat-advisories/rhsa-2023_7435 1
redhat-vex 5
redhat-vex-feed 5
redhat-vex/cve-2023-6212 1
redhat-vex/deletions 3
repository-to-cpe 8564
rhel-8.oval 169
rhel-9-including-unpatched.oval 4
suse.linux.enterprise.15-affected 2
ubuntu-osv 3
ubuntu-vex 3
62153 61379
68148
EOF

run scapcache --state "$S" sync --from "$CORPUS/upstream"
expect "the corpus is synced" 0
check "no file is left over" sh -c "! grep 'no source takes' '$T/out'"
counts >"$T/got"
same "every document has its records" "$T/want" "$T/got"
equal "every file is kept, byte for byte" "" "$(find "$CORPUS/upstream" \
	-type f -exec sha256sum {} + | while read -r sum name; do
		[ -f "$S/store/blobs/sha256/$sum" ] || echo "$name"
	done)"
run scapcache --state "$S" sync --from "$CORPUS/upstream"
expect "a second run finds nothing new" 0 "generation 1 stays current"

# Over HTTP names are asked for: all sources, with the releases of the corpus.
S=$T/http
SCAPCACHE_SYNC_SOURCES="$(scapcache source list | sed '1d; s/ .*//')"
SCAPCACHE_SOURCE_UBUNTU_OVAL_OCI_RELEASES="jammy fips-updates_jammy"
SCAPCACHE_SOURCE_REDHAT_OVAL_RELEASES="*"
SCAPCACHE_SOURCE_DEBIAN_OVAL_RELEASES=bullseye
SCAPCACHE_SOURCE_ALPINE_SECDB_RELEASES="3.2 3.16 edge"
SCAPCACHE_SOURCE_SUSE_OVAL_RELEASES="opensuse.leap.15.2 opensuse.leap.15.3
	opensuse.tumbleweed suse.linux.enterprise.15-affected"
export SCAPCACHE_SYNC_SOURCES SCAPCACHE_SOURCE_UBUNTU_OVAL_OCI_RELEASES \
	SCAPCACHE_SOURCE_REDHAT_OVAL_RELEASES \
	SCAPCACHE_SOURCE_DEBIAN_OVAL_RELEASES \
	SCAPCACHE_SOURCE_ALPINE_SECDB_RELEASES \
	SCAPCACHE_SOURCE_SUSE_OVAL_RELEASES
serve "$CORPUS/upstream"
run scapcache --state "$S" sync --from "$URL"
expect "the corpus is synced over HTTP" 0
counts >"$T/got"
same "with the same records" "$T/want" "$T/got"
: >"$ACCESS_LOG"
run scapcache --state "$S" sync --from "$URL"
expect "a second run finds nothing new over HTTP" 0 \
	"generation 1 stays current"
equal "and no body is fetched" "" "$(awk '$3 == 200' "$ACCESS_LOG")"
unset SCAPCACHE_SYNC_SOURCES

# From one publication to the next.
S=$T/step
records() {
	json "$T/out" "(SELECT json_extract(value, '\$.records_added') || ' ' ||
		json_extract(value, '\$.records_changed') || ' ' ||
		json_extract(value, '\$.records_removed')
		FROM json_each(j, '\$.files')
		WHERE json_extract(value, '\$.path') LIKE '%$1')"
}
run scapcache --state "$S" sync --from "$CORPUS/upstream-previous"
expect "the earlier publication" 0 "Generation 1 is published."
run scapcache --state "$S" sync --json --from "$CORPUS/upstream"
expect "the later publication" 0
equal "noble differs in its timestamp only" "0 0 0" \
	"$(records noble.usn.oval.xml.bz2)"
equal "rhel-8 has two definitions more" "2" \
	"$(records rhel-8.oval.xml.bz2 | cut -d' ' -f1)"
done_testing
