#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every definition of real documents against real inventories comes out as
# OpenSCAP says, with both evaluators, and the reports agree with each other.
. "$(dirname "$0")/lib.sh"
need_corpus
need sqlite3

count() {
	cut -f2 "$1" | grep -cx "$2"
}

# judge DOCUMENT INVENTORY WANT
judge() {
	_root=rootfs:$CORPUS/inventories/$2
	_name="$1 on $2"
	run scapcache --state "$S" scan "$_root" --document "$1" \
		--format definitions
	cp "$T/out" "$T/fast"
	expect "$_name: a verdict" 2
	same "$_name: every result" "$3" "$T/fast"
	run scapcache --state "$S" scan "$_root" --document "$1" \
		--format definitions --evaluator plain
	same "$_name: the plain evaluator agrees" "$3" "$T/out"
	run scapcache --state "$S" scan "$_root" --document "$1" --format json
	expect "$_name: json" 2
	cp "$T/out" "$T/json"
	for _result in true false unknown; do
		equal "$_name: json counts $_result" "$(count "$3" $_result)" \
			"$(json "$T/json" "json_extract(j,
			'\$.documents[0].definitions.$_result')")"
	done
	equal "$_name: what is unknown is the kernel's" \
		"$(count "$3" unknown)" "$(json "$T/json" "json_extract(j,
		'\$.documents[0].definitions.kernel')")"
	# Each definition of class vulnerability or patch that is true.
	json "$T/json" "(SELECT group_concat(d, char(10)) FROM (SELECT DISTINCT
		json_extract(ev.value, '\$.record') AS d
		FROM json_each(j, '\$.findings') AS f,
		json_each(f.value, '\$.evidence') AS ev
		WHERE NOT json_extract(ev.value, '\$.by_packages')
		AND json_extract(ev.value, '\$.class') IS NOT NULL
		ORDER BY d))" >"$T/found"
	grep '	true$' "$3" | cut -f1 | grep -v ':def:100$' >"$T/true"
	same "$_name: findings of every true definition" "$T/true" "$T/found"
	run scapcache --state "$S" scan "$_root" --document "$1"
	expect "$_name: table" 2 "FAIL" "$1"
}

run scapcache --quiet --state "$S" sync --from "$CORPUS/upstream" \
	ubuntu-oval redhat-oval
expect "sync of the corpus" 0
for want in "$CORPUS"/expected/*.tsv; do
	name=$(basename "$want" .tsv)
	judge "${name%%--*}" "${name##*--}" "$want"
done

run scapcache --state "$S" scan "rootfs:$CORPUS/inventories/ubuntu2404"
expect "the kernel's definitions are named as such" 2 \
	"43 definitions concern the host's kernel: no findings" \
	"missing     com.ubuntu.noble.cve.oval"
run scapcache --state "$S" scan "rootfs:$CORPUS/inventories/debian12"
expect "a distribution without content is unknown" 3 \
	"UNKNOWN  no content for debian bookworm"
done_testing
