#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A delta between two publications of the corpus: what the receiver has stays
# out, the rest travels as patches, and afterwards both sides would export the
# same bytes.
. "$(dirname "$0")/lib.sh"
need_corpus
R=$T/receiver

# publication NAME FOLDER…: a tree of three documents, as they were or are.
publication() {
	_name=$1
	shift
	for _path in \
		security.access.redhat.com/data/oval/v2/PULP_MANIFEST \
		security.access.redhat.com/data/oval/v2/RHEL8/rhel-8.oval.xml.bz2 \
		www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json \
		security-metadata.canonical.com/oval/com.ubuntu.noble.usn.oval.xml.bz2; do
		mkdir -p "$T/$_name/$(dirname "$_path")"
		cp "$CORPUS/$1/$_path" "$T/$_name/$_path"
	done
}
publication was upstream-previous
publication is upstream
list=security.access.redhat.com/data/oval/v2/PULP_MANIFEST
grep '^RHEL8/rhel-8.oval' "$CORPUS/upstream/$list" >"$T/is/$list"

run scapcache --quiet --state "$S" key init
expect "keys" 0
run scapcache --state "$S" key export-root root.json
expect "root.json" 0
run scapcache --quiet --state "$S" sync --from "$T/was"
expect "what was" 0
run scapcache --state "$S" bundle export first.tar
expect "export in full" 0
run scapcache --quiet --state "$R" bundle import --root root.json first.tar
expect "import" 0
run scapcache --quiet --state "$S" sync --from "$T/is"
expect "what is" 0
run scapcache --state "$S" bundle export full.tar
expect "export in full again" 0
run scapcache --state "$S" bundle export --json --since "$R/receipt.json" \
	delta.tar
expect "export of a delta" 0
equal "all documents are patches" 3 \
	"$(json "$T/out" "json_extract(j, '\$.patches')")"
share=$(($(stat -c %s delta.tar) * 100 / $(stat -c %s full.tar)))
echo "# $(stat -c %s delta.tar) of $(stat -c %s full.tar) bytes: $share %"
check "it is a tenth at most" test "$share" -le 10
run scapcache --state "$S" bundle export --json --since 1 since.tar
expect "by a generation's number" 0
equal "the same patches" 3 "$(json "$T/out" "json_extract(j, '\$.patches')")"

run scapcache --quiet --state "$T/other" bundle import --root root.json \
	delta.tar
expect "who does not have the base" 14 "INCOMPLETE"
run scapcache --quiet --state "$R" bundle import delta.tar
expect "import of the delta" 0 "Generation 2 is published"
run scapcache --state "$R" bundle export back.tar
expect "the side without keys exports" 0
check "the same bytes as the side with keys" cmp full.tar back.tar
run scapcache --state "$R" bundle export --json --since 1 again.tar
expect "a delta from there" 0
check "is the one that came" cmp since.tar again.tar
run scapcache --state "$S" bundle export --json \
	--since "$R/receipt.json" nothing.tar
expect "nothing is left to send" 0
equal "no patch, no document" "0 2" "$(json "$T/out" \
	"json_extract(j, '\$.patches') || ' ' || json_extract(j, '\$.whole')")"
done_testing
