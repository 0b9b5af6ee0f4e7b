#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# changes --since on the sample.
. "$(dirname "$0")/lib.sh"
nvd=nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz

run scapcache --state "$S" changes --since 1
expect "without a state" 1 "$S"
run scapcache --state "$S" --quiet init
run scapcache --state "$S" changes --since 1
expect "nothing published" 1 "nothing is published yet"
run scapcache --state "$S" --quiet sync --from "$SAMPLE/upstream"
run scapcache --state "$S" changes --since 1
expect "nothing since now" 0 "No document changed."

cp -R "$SAMPLE/upstream" "$T/upstream"
republish "$T/upstream" 2024-12-05T07:00:00 8.5.0-2ubuntu10.1
run scapcache --state "$S" --quiet sync --from "$T/upstream"
expect "the second publication" 0 "Generation 2 is published."
run scapcache --state "$S" changes --since 1
expect "one definition changed" 0 "Generation 1 of" "to generation 2 of" \
	"com.ubuntu.noble.cve.oval         0         1         0" \
	"changed   com.ubuntu.noble.cve.oval  oval:com.ubuntu.noble:def:2024"
equal "and nothing else" 1 "$(grep -c '^changed' "$T/out")"
check "unchanged documents are not listed" sh -c "! grep -q usn '$T/out'"

# A CVE less, and a document that is new.
gzip -dc "$T/upstream/$nvd" >"$T/nvd.json"
cp "$T/nvd.json" "$T/nvd.new"
sed -i 's/A regression of/No regression of/' "$T/nvd.new"
check "the feed differs" sh -c "! cmp -s '$T/nvd.json' '$T/nvd.new'"
gzip -9nc "$T/nvd.new" >"$T/upstream/$nvd"
sha256sum "$T/nvd.new" | awk -v size="$(wc -c <"$T/nvd.new")" \
	-v packed="$(wc -c <"$T/upstream/$nvd")" '{
	printf "lastModifiedDate:2024-12-06T03:00:00-05:00\r\nsize:%d\r\n" \
		"zipSize:%d\r\ngzSize:%d\r\nsha256:%s\r\n", size, packed,
		packed, toupper($1)
}' >"$T/upstream/${nvd%.json.gz}.meta"
run scapcache --state "$S" --quiet sync --from "$T/upstream"
expect "the third publication" 0 "Generation 3 is published."
run scapcache --state "$S" changes --since 2 --json
cp "$T/out" "$T/changes.json"
expect "since the second, for programs" 0
equal "its generations" "2 3" "$(json "$T/changes.json" \
	"json_extract(j, '\$.since.generation') || ' ' ||
	json_extract(j, '\$.now.generation')")"
equal "its document" "nvdcve-2.0-2024 nvd changed 0 1 0" \
	"$(json "$T/changes.json" "json_extract(j, '\$.documents[0].name') ||
	' ' || json_extract(j, '\$.documents[0].family') || ' ' ||
	json_extract(j, '\$.documents[0].result') || ' ' ||
	json_extract(j, '\$.documents[0].added') || ' ' ||
	json_extract(j, '\$.documents[0].changed') || ' ' ||
	json_extract(j, '\$.documents[0].removed')")"
equal "its record" "1 changed CVE-2024-6387" "$(json "$T/changes.json" \
	"json_array_length(j, '\$.records') || ' ' ||
	json_extract(j, '\$.records[0].change') || ' ' ||
	json_extract(j, '\$.records[0].id')")"
run scapcache --state "$S" changes --since 1 --limit 1
expect "a limit" 0 "1 of 2 records: --limit shows more"
equal "cuts the list" 1 "$(grep -c '^changed' "$T/out")"
run scapcache --state "$S" changes --since 1 --document nvdcve-2.0-2024
expect "of one document" 0 "CVE-2024-6387"
equal "and no other" 1 "$(grep -c '^changed' "$T/out")"

# Backwards, too: what was added after a rollback is gone again.
run scapcache --state "$S" index rollback 1
run scapcache --state "$S" changes --since 3
expect "to an older generation" 0 "Generation 3 of" "to generation 1 of"
equal "as many changed" 2 "$(grep -c '^changed' "$T/out")"

# From a generation whose index files are gone.
SCAPCACHE_RETENTION_GENERATIONS=1
export SCAPCACHE_RETENTION_GENERATIONS
run scapcache --state "$S" --quiet sync --from "$T/upstream"
expect "and forward again" 0 "Generation 4 is published."
equal "the others are gone" "4 current " \
	"$(cd "$S/index" && printf '%s ' *)"
run scapcache --state "$S" changes --since 1
expect "since one that is made anew" 0 "Generation 1 of" \
	"to generation 4 of" \
	"com.ubuntu.noble.cve.oval         0         1         0" \
	"nvdcve-2.0-2024                   0         1         0"
equal "as many changed" 2 "$(grep -c '^changed' "$T/out")"
equal "what did not change is a link" \
	"$(stat -c %i "$S/index/4/redhat.sqlite")" \
	"$(stat -c %i "$S/index/as-of/1/redhat.sqlite")"
run scapcache --state "$S" changes --since 3
equal "the same documents are the same" "0 No document changed." \
	"$status $(tail -n 1 "$T/out")"

run scapcache --state "$S" changes
expect "since when?" 1 "--since"
run scapcache --state "$S" changes --since yesterday
expect "no date" 1 "--since takes a generation's number or a date"
run scapcache --state "$S" changes --since 9
expect "no such generation" 1 "there is no generation 9"
run scapcache --state "$S" changes --since 2000-01-01
expect "before the first" 1 "nothing was published by 2000-01-01T23:59:59Z"
done_testing
