#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Red Hat's CSAF over HTTP: the archive once a week, what changed since by
# itself, what was taken back; and a later archive that has what changed.
. "$(dirname "$0")/lib.sh"

vex=$T/tree/security.access.redhat.com/data/csaf/v2/vex
mkdir -p "$vex/2026"

# document NUMBER STATE DATE: a CVE of openssl on RHEL 9.
document() {
	cat <<JSON
{"document":{"category":"csaf_vex","csaf_version":"2.0","title":"openssl $1",
"tracking":{"id":"CVE-2026-$1","status":"final","version":"1",
"initial_release_date":"2026-01-01T00:00:00+00:00",
"current_release_date":"$3T00:00:00+00:00"}},
"product_tree":{"branches":[{"category":"vendor","name":"Red Hat","branches":[
{"category":"product_name","name":"RHEL 9","product":{"name":"RHEL 9",
"product_id":"rhel9","product_identification_helper":
{"cpe":"cpe:/o:redhat:enterprise_linux:9"}}},
{"category":"product_version","name":"openssl","product":{"name":"openssl",
"product_id":"openssl","product_identification_helper":
{"purl":"pkg:rpm/redhat/openssl"}}}]}],
"relationships":[{"category":"default_component_of",
"product_reference":"openssl","relates_to_product_reference":"rhel9",
"full_product_name":{"name":"x","product_id":"rhel9:openssl"}}]},
"vulnerabilities":[{"cve":"CVE-2026-$1",
"product_status":{"$2":["rhel9:openssl"]}}]}
JSON
}

# archive DATE NUMBER…: with these documents as they are now.
archive() {
	day=$1
	shift
	rm -rf "$T/in"
	mkdir -p "$T/in/2026"
	for n in "$@"; do
		cp "$vex/2026/cve-2026-$n.json" "$T/in/2026"
	done
	rm -f "$vex"/*.tar.zst
	tar -C "$T/in" -c 2026 | zstd -q >"$vex/csaf_vex_$day.tar.zst"
	printf 'csaf_vex_%s.tar.zst' "$day" >"$vex/archive_latest.txt"
	# The server's validators are a file's size and second.
	touch -d "$day" "$vex/archive_latest.txt"
}

# on DATE: syncs as if it were that day.
on() {
	SOURCE_DATE_EPOCH=$(date -u -d "$1" +%s)
	export SOURCE_DATE_EPOCH
	: >"$ACCESS_LOG"
	run scapcache --state "$S" sync --from "$URL" redhat-vex
}

asked() {
	grep -c "$1 200" "$ACCESS_LOG"
}

# state NUMBER: of openssl on RHEL 9, as the index has it.
state() {
	scapcache --state "$S" show --json rhel/9/openssl >"$T/show"
	grep -A12 "CVE-2026-$1\"" "$T/show" |
		sed -n 's/.*"state": "\([^"]*\)".*/\1/p' | head -n 1
}

for n in 1001 1002 1003; do
	document $n known_affected 2026-03-01 >"$vex/2026/cve-2026-$n.json"
done
archive 2026-03-02 1001 1002 1003
serve "$T/tree"
printf '"2026/cve-2026-1001.json","2026-03-01T00:00:00+00:00"\n' \
	>"$vex/changes.csv"
printf '"2026/cve-2026-9999.json","2026-03-01T00:00:00+00:00"' \
	>"$vex/deletions.csv"

on 2026-03-02T12:00:00Z
expect "the archive" 0 "Generation 1 is published."
equal "it is fetched" 1 "$(asked tar.zst)"
equal "nothing that is older than it" 0 "$(asked 'json')"
equal "a state" affected "$(state 1001)"
on 2026-03-02T13:00:00Z
expect "nothing new" 0 "generation 1 stays current"
equal "no archive" 0 "$(asked tar.zst)"

# One changes, one is new, one is taken back; the archive of that day is not
# fetched: ours is a day old.
document 1001 known_not_affected 2026-03-03 >"$vex/2026/cve-2026-1001.json"
document 1004 under_investigation 2026-03-03 >"$vex/2026/cve-2026-1004.json"
archive 2026-03-03 1001 1002 1003
printf '"2026/cve-2026-%s.json","2026-03-03T08:00:00+00:00"\n' 1004 1001 \
	>"$vex/changes.csv"
printf '"2026/cve-2026-1003.json","2026-03-03T08:00:00+00:00"\n' \
	>"$vex/deletions.csv"
on 2026-03-03T12:00:00Z
expect "changes" 0 "Generation 2 is published."
equal "no archive again" 0 "$(asked tar.zst)"
equal "two documents" 2 "$(asked 'cve-2026-.*json')"
equal "one has another state" "not affected" "$(state 1001)"
equal "one is new" "needs triage" "$(state 1004)"
equal "one is as it was" affected "$(state 1002)"
equal "one is taken back" "" "$(state 1003)"
on 2026-03-03T13:00:00Z
expect "an hour later" 0 "generation 2 stays current"
equal "nothing is fetched twice" 0 "$(asked 'cve-2026-.*json')"

# A document between the list and the tree is no failure.
printf '"2026/cve-2026-1005.json","2026-03-04T08:00:00+00:00"\n' \
	>>"$vex/changes.csv"
on 2026-03-04T12:00:00Z
expect "one that is not there yet" 0 "cve-2026-1005.json"

# A week later the archive is fetched again, and has all of it; also what was
# taken back before, unchanged: the list is older.
document 1002 known_not_affected 2026-03-12 >"$vex/2026/cve-2026-1002.json"
archive 2026-03-12 1001 1002 1003 1004
printf '"2026/cve-2026-1001.json","2026-03-03T08:00:00+00:00"\n' \
	>"$vex/changes.csv"
on 2026-03-13T12:00:00Z
expect "a later archive" 0
equal "it is fetched again" 1 "$(asked tar.zst)"
equal "with the same states" "not affected not affected needs triage" \
	"$(state 1001) $(state 1002) $(state 1004)"
equal "what was taken back stands again" affected "$(state 1003)"
scapcache --state "$S" status --json >"$T/status.json"
equal "what it has is no document by itself" 2 "$(json "$T/status.json" \
	"(SELECT json_array_length(value, '\$.documents')
	FROM json_each(j, '\$.sources')
	WHERE json_extract(value, '\$.name') = 'redhat-vex')")"
equal "nor is it kept" 0 "$(sqlite3 "$S/catalog.sqlite" "SELECT count(*)
	FROM resource WHERE path LIKE '%/2026/cve-%'")"

# An archive that is held back stands for nothing: what it was to replace
# stays. And where there is no archive yet, nobody asks for all that changed.
S=$T/held
all=
for n in 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29; do
	all="$all 30$n"
	document 30$n known_affected 2026-03-01 >"$vex/2026/cve-2026-30$n.json"
done
# shellcheck disable=SC2086
archive 2026-03-02 $all
printf '"2026/cve-2026-3010.json","2026-03-01T00:00:00+00:00"\n' \
	>"$vex/changes.csv"
mv "$vex/csaf_vex_2026-03-02.tar.zst" "$T/kept"
echo 'no archive at all' >"$vex/csaf_vex_2026-03-02.tar.zst"
on 2026-03-02T11:00:00Z
expect "an archive that is none" 1 "is no zstd file"
equal "what changed is not asked for" 0 "$(asked 'cve-2026-.*json')"
cp "$T/kept" "$vex/csaf_vex_2026-03-02.tar.zst"
on 2026-03-02T12:00:00Z
expect "the archive in its place" 0 "Generation 2 is published."
document 3010 known_not_affected 2026-03-03 >"$vex/2026/cve-2026-3010.json"
printf '"2026/cve-2026-3010.json","2026-03-03T08:00:00+00:00"\n' \
	>"$vex/changes.csv"
touch -d 2026-03-03 "$vex/changes.csv"
on 2026-03-03T12:00:00Z
expect "one has changed" 0 "Generation 3 is published."
archive 2026-03-12 3010 3011
on 2026-03-13T12:00:00Z
expect "an archive that has shrunk" 1 "held back" "--accept redhat-vex"
equal "the document that it has as well stays" "not affected" "$(state 3010)"
run scapcache --state "$S" sync --from "$URL" --accept redhat-vex redhat-vex
expect "let through" 0 "is published"
equal "now the archive says so" "not affected" "$(state 3010)"
# What is gone from its upstream grows old, and status says so.
rm -rf "$vex/2026" "$vex"/*.txt "$vex"/*.csv "$vex"/*.zst
on 2026-03-14T12:00:00Z
expect "a source that offers nothing" 1 "not one file of redhat-vex is offered"
run scapcache --state "$S" status
expect "status has not seen it fresh" 0 "redhat-vex: failed"
unset SOURCE_DATE_EPOCH

# A tree of single documents: more than may be open at a time.
rm -rf "$vex"
mkdir -p "$vex/2026"
n=2000
while [ $n -lt 2400 ]; do
	document $n known_affected 2026-03-01 >"$vex/2026/cve-2026-$n.json"
	n=$((n + 1))
done
S=$T/many
run sh -c 'ulimit -n 100 && exec "$0" --state "$1" sync --from "$2" --json' \
	"$SCAPCACHE" "$S" "$T/tree"
expect "many documents, few open files" 0
equal "all of them are indexed" 400 "$(json "$T/out" "(SELECT sum(
	json_extract(value, '\$.documents')) FROM json_each(j, '\$.sources'))")"
done_testing
