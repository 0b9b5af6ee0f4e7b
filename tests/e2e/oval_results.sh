#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# OVAL results are what OpenSCAP accepts: valid by the schemas, and fit for a
# report; the document is in them as it was published.
. "$(dirname "$0")/lib.sh"
need oscap xmllint
SOURCE_DATE_EPOCH=1733342400
export SOURCE_DATE_EPOCH

# results TREE-STATE DOCUMENT TARGET
results() {
	run scapcache --state "$1" scan "$3" --document "$2" \
		--format oval-results --output "$T/results.xml"
	[ "$status" -eq 0 ] || [ "$status" -eq 2 ] || say_run
	check "$2: well-formed" xmllint --noout --huge "$T/results.xml"
}

# valid DOCUMENT SOURCE
valid() {
	check "$1: valid" \
		oscap oval validate --skip-schematron "$T/results.xml"
	reported "$1"
	bzip2 -dc "$2" | sed 's/^<?xml[^>]*?>//' >"$T/source.xml"
	awk '/<oval_definitions/ { on = 1 } on { print }
		/<\/oval_definitions>/ { exit }' "$T/results.xml" >"$T/copy.xml"
	awk '/<oval_definitions/ { on = 1 } on { print }' \
		"$T/source.xml" >"$T/published.xml"
	same "$1: the document as published" "$T/published.xml" "$T/copy.xml"
	cp "$T/results.xml" "$T/first.xml"
}

reported() {
	check "$1: fit for a report" oscap oval generate report \
		--output "$T/report.html" "$T/results.xml"
	check "$1: the report is not empty" test -s "$T/report.html"
}

oval=security-metadata.canonical.com/oval
redhat=security.access.redhat.com/data/oval/v2
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0
for doc in com.ubuntu.noble.cve.oval com.ubuntu.noble.usn.oval; do
	results "$S" "$doc" "docker-archive:$SAMPLE/image.tar"
	valid "$doc" "$SAMPLE/upstream/$oval/$doc.xml.bz2"
	results "$S" "$doc" "docker-archive:$SAMPLE/image.tar"
	same "$doc: the same bytes twice" "$T/first.xml" "$T/results.xml"
done

# What content masks is compared and not told.
mkdir -p "$T/masked/var/lib/dpkg" "$T/masked/etc" "$T/tree/$oval"
echo ID=ubuntu >"$T/masked/etc/os-release"
printf 'Package: alpha\nStatus: install ok installed\n' \
	>"$T/masked/var/lib/dpkg/status"
printf 'Architecture: all\nVersion: 1.0-1\n' \
	>>"$T/masked/var/lib/dpkg/status"
sed 's/<linux:epoch>/<linux:epoch mask="true">/' \
	"$ROOT/tests/fixtures/oval/differences/dpkg-epoch.xml" |
	bzip2 >"$T/tree/$oval/com.ubuntu.noble.usn.oval.xml.bz2"
run scapcache --quiet --state "$S.masked" sync --from "$T/tree"
expect "sync of a document that masks" 0
results "$S.masked" com.ubuntu.noble.usn.oval "rootfs:$T/masked"
check "masked: valid" oscap oval validate --skip-schematron "$T/results.xml"
check "masked: no value" \
	grep -q '^ *<epoch mask="true"></epoch>$' "$T/results.xml"
check "masked: the test's result" grep -q 'test_id="oval:t:tst:1".*true' \
	"$T/results.xml"
check "masked: other values" grep -q '<release>1</release>' "$T/results.xml"

if [ ! -d "$CORPUS/upstream" ]; then
	skip "real documents: no corpus"
	done_testing
fi
run scapcache --quiet --state "$S.real" sync --from "$CORPUS/upstream" \
	ubuntu-oval redhat-oval
expect "sync of the corpus" 0
results "$S.real" com.ubuntu.noble.usn.oval \
	"rootfs:$CORPUS/inventories/ubuntu2404"
valid com.ubuntu.noble.usn.oval \
	"$CORPUS/upstream/$oval/com.ubuntu.noble.usn.oval.xml.bz2"
results "$S.real" rhel-8.oval "rootfs:$CORPUS/inventories/rhel80"
valid rhel-8.oval "$CORPUS/upstream/$redhat/RHEL8/rhel-8.oval.xml.bz2"

# Of the large ones the first 200 definitions, with what they refer to.
mkdir -p "$T/cut/$oval"
for name in focal:ubuntu2004 xenial:ubuntu1604; do
	doc=com.ubuntu.${name%:*}.cve.oval
	bzip2 -dc "$CORPUS/upstream/$oval/$doc.xml.bz2" |
		awk -v n=200 -f "$ROOT/tests/e2e/oval_cut.awk" |
		bzip2 >"$T/cut/$oval/$doc.xml.bz2"
done
run scapcache --quiet --state "$S.cut" sync --from "$T/cut" ubuntu-oval
expect "sync of the cuts" 0
for name in focal:ubuntu2004 xenial:ubuntu1604; do
	doc=com.ubuntu.${name%:*}.cve.oval
	results "$S.cut" "$doc" "rootfs:$CORPUS/inventories/${name#*:}"
	valid "$doc" "$T/cut/$oval/$doc.xml.bz2"
done
# The whole ones are reported, too.
results "$S.real" com.ubuntu.focal.cve.oval \
	"rootfs:$CORPUS/inventories/ubuntu2004"
reported com.ubuntu.focal.cve.oval
done_testing
