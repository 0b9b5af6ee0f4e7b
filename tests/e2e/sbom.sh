#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A bill of materials of an image is judged as the image is; what it cannot
# say is unknown, never clean.
. "$(dirname "$0")/lib.sh"

# bill FORMAT ID VERSION: of the packages on standard input, as they are
# printed by tests/tools/print_packages.
bill() {
	awk -F '\t' -v format="$1" -v id="$2" -v version="$3" '
	function cyclonedx() {
		printf ",{\"name\":\"%s\",\"version\":\"%s\",", $2, $3
		printf "\"purl\":\"%s\",\"properties\":[", $9
		printf "{\"name\":\"scapcache:package:source\",\"value\":\"%s\"},", $5
		printf "{\"name\":\"scapcache:package:source_version\","
		printf "\"value\":\"%s\"}", $6
		if ($8 != "") {
			printf ",{\"name\":\"scapcache:package:signature_keyid\","
			printf "\"value\":\"%s\"}", $8
		}
		print "]}"
	}
	function spdx() {
		printf ",{\"name\":\"%s\",\"externalRefs\":[", $2
		printf "{\"referenceType\":\"purl\","
		print "\"referenceLocator\":\"" $9 "\"}]}"
	}
	BEGIN {
		if (format == "cyclonedx") {
			print "{\"bomFormat\":\"CycloneDX\",\"components\":["
			print "{\"type\":\"operating-system\",\"name\":\"" \
				id "\",\"version\":\"" version "\"}"
			print ",{\"purl\":\"pkg:npm/left-pad@1.3.0\"}"
		} else {
			print "{\"spdxVersion\":\"SPDX-2.3\",\"packages\":["
			print "{\"name\":\"" id "\",\"versionInfo\":\"" \
				version "\",\"primaryPackagePurpose\":" \
				"\"OPERATING-SYSTEM\"}"
		}
	}
	/^#/ { next }
	format == "cyclonedx" { cyclonedx(); next }
	{ spdx() }
	END { print "]}" }'
}

# judged_alike NAME DIR ID VERSION
judged_alike() {
	"$BUILD/tools/print_packages" "rootfs:$2" >"$T/packages"
	check "$1: there are packages" grep -q '^[^#]' "$T/packages"
	bill cyclonedx "$3" "$4" <"$T/packages" >"$T/bill.json"
	"$BUILD/tools/print_packages" "sbom:$T/bill.json" >"$T/again"
	same "$1: the same packages" "$T/packages" "$T/again"
	run scapcache --state "$S" scan --format definitions "rootfs:$2"
	cp "$T/out" "$T/want"
	_status=$status
	run scapcache --state "$S" scan --format definitions "$T/bill.json"
	same "$1: every definition" "$T/want" "$T/out"
	equal "$1: the same verdict" "$_status" "$status"
	run scapcache --state "$S" scan "sbom:$T/bill.json"
	expect "$1: what is not judged is counted" "$_status" "1 not judged"
	scapcache --quiet --state "$S" scan --format cyclonedx "rootfs:$2" \
		>"$T/own.json"
	"$BUILD/tools/print_packages" "sbom:$T/own.json" >"$T/again"
	same "$1: our own bill, the same packages" "$T/packages" "$T/again"
	run scapcache --state "$S" scan --format definitions "$T/own.json"
	same "$1: our own bill, every definition" "$T/want" "$T/out"
	equal "$1: our own bill, the same verdict" "$_status" "$status"
}

run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0
mkdir "$T/sample"
cp -R "$ROOT/samples/rootfs/base/." "$T/sample"
echo >>"$T/sample/var/lib/dpkg/status"
cat "$ROOT/samples/rootfs/app/var/lib/dpkg/status" \
	>>"$T/sample/var/lib/dpkg/status"
judged_alike "sample" "$T/sample" ubuntu 24.04

scapcache --state "$S" scan --format json sbom:- <"$T/bill.json" >"$T/json"
check "standard input: not judged" grep -q '"not_judged": 1' "$T/json"
scapcache --state "$S" scan --format json - <"$T/bill.json" >"$T/json"
check "a file on standard input: not judged" \
	grep -q '"not_judged": 1' "$T/json"
for input in - sbom:-; do
	# shellcheck disable=SC2002 # a pipe is what is meant
	cat "$T/bill.json" | scapcache --state "$S" scan --format json \
		"$input" >"$T/json"
	check "$input, a pipe: not judged" \
		grep -q '"not_judged": 1' "$T/json"
done
gzip -c "$T/bill.json" | scapcache --state "$S" scan --format json \
	sbom:- >"$T/json"
check "a packed pipe: not judged" \
	grep -q '"not_judged": 1' "$T/json"
"$BUILD/tools/print_packages" "rootfs:$T/sample" | bill spdx ubuntu 24.04 \
	>"$T/bill.spdx.json"
scapcache --state "$S" scan --format definitions "rootfs:$T/sample" >"$T/want"
scapcache --state "$S" scan --format definitions "$T/bill.spdx.json" >"$T/got"
same "SPDX: every definition" "$T/want" "$T/got"

# What is cut is not whole because somebody listed it.
cp -R "$T/sample" "$T/cut"
printf 'Package: x' >>"$T/cut/var/lib/dpkg/status"
scapcache --state "$S" scan --format cyclonedx "rootfs:$T/cut" >"$T/own.json"
run scapcache --state "$S" scan "$T/own.json"
expect "a bill of an image that was cut" 2 "ends early, in the middle of line"

# unknown NAME TEXT, the bill on standard input
unknown() {
	cat >"$T/bill"
	run scapcache --state "$S" scan "sbom:$T/bill"
	expect "$1" 3 "$2"
}
unknown "no system" "no readable os-release" <<'BILL'
{"bomFormat":"CycloneDX","components":[
{"purl":"pkg:deb/ubuntu/bash@5.2?upstream=b"}]}
BILL
unknown "no packages" "no dpkg package database" <<'BILL'
{"bomFormat":"CycloneDX","components":[
{"type":"operating-system","name":"ubuntu","version":"24.04"},
{"purl":"pkg:npm/a@1"}]}
BILL
unknown "no sources" "which source it was built from" <<'BILL'
{"bomFormat":"CycloneDX","components":[
{"type":"operating-system","name":"ubuntu","version":"24.04"},
{"purl":"pkg:deb/ubuntu/bash@5.2.21-2ubuntu4"}]}
BILL
unknown "nothing at all" "no readable os-release" <<'BILL'
{"bomFormat":"CycloneDX"}
BILL
unknown "it ends early" "can be read only in part" <<'BILL'
{"bomFormat":"CycloneDX","components":[
{"type":"operating-system","name":"ubuntu","version":"24.04"},
{"purl":"pkg:deb/ubuntu/zlib1g@1:99?upstream=zlib"},
{"purl":"pkg:deb/ubuntu/bash@99?upstr
BILL
printf '{"a":1}' >"$T/bill"
run scapcache --state "$S" scan "$T/bill"
check "JSON of another kind is no image" test "$status" -ne 0
expect "and says so" "$status" "is none that we read"

if [ -d "$CORPUS/upstream" ]; then
	rm -rf "$S"
	for file in rhel-8 com.ubuntu.focal.cve.oval; do
		find "$CORPUS/upstream" -name "$file*" | while read -r path; do
			to=$T/tree/${path#"$CORPUS/upstream/"}
			mkdir -p "${to%/*}"
			ln -sf "$path" "$to"
		done
	done
	run scapcache --quiet --state "$S" sync --from "$T/tree"
	judged_alike "ubuntu2004" "$CORPUS/inventories/ubuntu2004" ubuntu 20.04
	judged_alike "rhel80" "$CORPUS/inventories/rhel80" rhel 8.0
else
	skip "ubuntu2004: no corpus"
fi
done_testing
