#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# search and show on the sample: everything that is found is traced to its
# bytes.
. "$(dirname "$0")/lib.sh"

run scapcache --state "$S" search openssh
expect "search without a state" 1 "scapcache"
run scapcache --state "$S" sync --from "$SAMPLE/upstream"
expect "sync" 0

run scapcache --state "$S" search openssh
expect "by package" 0 "CVE-2024-6387" "com.ubuntu.noble.cve.oval" "USN-6859-1"
run scapcache --state "$S" search openssh --document database-all
expect "in one document" 0 "USN-6859-1"
equal "and no other" 1 "$(wc -l <"$T/out")"
run scapcache --state "$S" search cve-2024-6387 --json
expect "for programs" 0 '"found":' '"sha256":'
run scapcache --state "$S" search nothing-has-this-word
expect "no record" 1 "No record has all of these words."
run scapcache --state "$S" search --document nosuch openssh
expect "search: no such document" 1 "No record of a document nosuch" \
	"scapcache status"
run scapcache --state "$S" show --document nosuch CVE-2024-6387
expect "show: no such document" 1 "a document nosuch" "scapcache status" \
	"nothing here is known by that id"
run scapcache --state "$S" search the
expect "no word to search for" 1 "there is no word in"
run scapcache --state "$S" search
expect "no words" 1 "say words to search for"

run scapcache --state "$S" show cve-2024-6387
expect "a CVE" 0 "cve CVE-2024-6387" "CVSS:3.1/" "notice USN-6859-1" \
	"document    nvdcve-2.0-2024" "sha256" "offset"
run scapcache --state "$S" show USN-6859-1 --json
expect "a notice" 0 '"kind": "notice"' '"document": "database-all"'
run scapcache --state "$S" show CVE-1999-0001
expect "unknown" 1 "CVE-1999-0001: nothing here is known by that id"
run scapcache --state "$S" show
expect "no id" 1 "say one id"

# A package: every CVE, from each document.
run scapcache --state "$S" show ubuntu/noble/openssh
expect "a source package" 0 "package ubuntu/noble/openssh" \
	"CVE-2024-6387 fixed" "com.ubuntu.noble.cve.oval" "USN-6859-1"
run scapcache --state "$S" show ubuntu/noble/openssh --document database-all
expect "as one document has it" 0 "CVE-2024-6387 fixed" "USN-6859-1"
run scapcache --state "$S" show ubuntu/noble/openssh-server --json
expect "a binary package, for programs" 0 '"kind": "package"' \
	'"cve": "CVE-2024-6387"' '"state": "fixed"' '"type": "binary"' \
	'"offset":'
run scapcache --state "$S" show ubuntu/noble/no-such-package
expect "no such package" 1 \
	"ubuntu/noble/no-such-package: nothing here is known of that package"
run scapcache --state "$S" show ubuntu/24.04/openssh
expect "a release by its number" 0 "CVE-2024-6387 fixed 1:9.6p1-3ubuntu13.3"

# The bytes that show --raw gives are those at the place that show names.
id=$(scapcache --state "$S" search cve-2024-6387 \
	--document com.ubuntu.noble.cve.oval | sed 's/ .*//')
run scapcache --state "$S" show "$id" --document com.ubuntu.noble.cve.oval
expect "a definition" 0 "definition $id" "CVE-2024-6387"
path=$(sed -n 's/^  path *//p' "$T/out")
offset=$(sed -n 's/^  offset *//p' "$T/out")
length=$(sed -n 's/^  length *//p' "$T/out")
sha256=$(sed -n 's/^  sha256 *//p' "$T/out")
equal "the digest is the file's" "$sha256" \
	"$(sha256sum "$SAMPLE/upstream/$path" | cut -d' ' -f1)"
bzip2 -dc "$SAMPLE/upstream/$path" | tail -c +$((offset + 1)) |
	head -c "$length" >"$T/want"
scapcache --state "$S" show "$id" --document com.ubuntu.noble.cve.oval \
	--raw >"$T/got"
check "source bytes unchanged" cmp "$T/want" "$T/got"
check "and some" test -s "$T/got"

feed=$SAMPLE/upstream/nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz
scapcache --state "$S" show CVE-2024-6387 --raw >"$T/got"
offset=$(scapcache --state "$S" show CVE-2024-6387 \
	--document nvdcve-2.0-2024 | sed -n 's/^  offset *//p')
gzip -dc "$feed" | tail -c +$((offset + 1)) |
	head -c "$(wc -c <"$T/got")" >"$T/want"
check "NVD's record unchanged" cmp "$T/want" "$T/got"
done_testing
