#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Verdicts are worked out again, byte for byte: now, from a generation that is
# gone, and not where inventory, policy, record or list were changed.
. "$(dirname "$0")/lib.sh"
need sqlite3
image=docker-archive:$SAMPLE/image.tar
policy=$ROOT/samples/policy.ini

sync_at() {
	SOURCE_DATE_EPOCH=$(date -d "$1" +%s) run scapcache --state "$S" \
		--quiet sync --from "$2"
	expect "sync of $1" 0 "is published."
}

verify() {
	run scapcache --state "$S" verdict verify "$@"
}

# spoil NAME SQL: on a copy, which is verified.
spoil() {
	rm -rf "$T/spoiled"
	cp -a "$S" "$T/spoiled"
	sqlite3 "$T/spoiled/results.sqlite" "$2" || diag
	run scapcache --state "$T/spoiled" verdict verify
}

run scapcache --state "$S" verdict list
expect "no state" 1
run scapcache --state "$S" init
run scapcache --state "$S" verdict list
expect "nothing was scanned" 0
equal "and none is listed" "" "$(cat "$T/out")"

sync_at 2025-01-10T03:00:00Z "$SAMPLE/upstream"
run scapcache --state "$S" scan "$image"
expect "a scan" 2
run scapcache --state "$S" scan --policy "$policy" "$image"
run scapcache --state "$S" scan --fail-on critical "$image"
run scapcache --state "$S" scan --document com.ubuntu.noble.usn.oval "$image"
run scapcache --state "$S" scan --format definitions "$image"
expect "definitions leave no record" 2
run scapcache --state "$S" verdict list
equal "four verdicts" 4 "$(wc -l <"$T/out")"
verify
expect "all are as they were" 0 "4 same, 0 different, 0 unknown"

digest=$(scapcache --state "$S" verdict list | sed -n '1s/ .*//p')
run scapcache --state "$S" verdict show "$digest"
expect "a record" 0 '"form": "scapcache verdict 2"' '"verdict": "fail"'
equal "its digest is its name" "$digest" "sha256:$(sha256sum <"$T/out" |
	cut -d' ' -f1)"
short=$(echo "$digest" | cut -c8-19)
verify "$short"
expect "the first digits will do" 0 "$digest  same" "1 same"
verify 000000000000
expect "one that is not there" 1 "there is no verdict 000000000000"
run scapcache --state "$S" verdict list --json
expect "for programs" 0 '"verdict": "fail"' "\"digest\": \"$digest\""
run scapcache --state "$S" verdict verify --json
expect "verified, for programs" 0 '"result": "same"'

# The generation goes, and is made anew.
cp -R "$SAMPLE/upstream" "$T/two"
republish "$T/two" 2024-12-05T07:00:00 8.5.0-2ubuntu10.1
sync_at 2025-01-20T03:00:00Z "$T/two"
SCAPCACHE_RETENTION_GENERATIONS=1 SOURCE_DATE_EPOCH=$(date -d 2025-01-20 +%s) \
	run scapcache --state "$S" gc
check "the generation is gone" test ! -e "$S/index/1"
verify
expect "made anew it says the same" 0 "4 same, 0 different, 0 unknown"

spoil "inventory" "UPDATE inventory SET data = x'28b52ffd2000010000'"
expect "another inventory is told" 2 "differs: the inventory: "
spoil "inventory" "DELETE FROM inventory"
expect "verdicts without inventories are no verdicts" 1 \
	"results.sqlite is damaged"
spoil "policy" "UPDATE policy SET data = x'0a'"
expect "another policy is told" 2 \
	"differs: the policy: has other bytes than its digest says" \
	"3 same, 1 different"
spoil "policy" "DELETE FROM policy"
expect "a policy that is gone is told" 2 "differs"
spoil "record" "UPDATE verdict SET record = (
	SELECT record FROM verdict WHERE fail_on IS NOT NULL),
	record_size = (SELECT record_size FROM verdict
	WHERE fail_on IS NOT NULL) WHERE document <> ''"
expect "another record is told, with the line" 2 \
	"differs: line " "kept \"document\": null" "3 same, 1 different"
spoil "list" "UPDATE verdict SET verdict = 1"
expect "another list is told" 2 "says other than the record"

# Nothing is left to make the generation from.
rm -rf "$T/gone"
cp -a "$S" "$T/gone"
find "$T/gone/store/blobs/sha256" -type f -exec rm -f {} +
rm -rf "$T/gone/index/as-of"
run scapcache --state "$T/gone" verdict verify
expect "a generation that is gone" 3 "unknown: the generation: " \
	"0 same, 0 different, 4 unknown"
done_testing
