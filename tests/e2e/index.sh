#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# index list, verify and rollback on the sample.
. "$(dirname "$0")/lib.sh"

run scapcache --state "$S" index verify
expect "verify without a state" 1 "scapcache"
check "and none was made" test ! -e "$S"
run scapcache --state "$S" sync --from "$SAMPLE/upstream"
expect "sync" 0
run scapcache --state "$S" index list
expect "list" 0 "1  20" "  current" "ubuntu" "redhat" "nvd"

run scapcache --state "$S" index verify
expect "what is published is what the store gives" 0 \
	"ubuntu   same" "redhat   same" "nvd      same"
equal "nothing is left behind" "1 current " \
	"$(cd "$S/index" && printf '%s ' *)"

# A second generation in which one family changed.
cp -R "$SAMPLE/upstream" "$T/upstream"
oval=$T/upstream/security-metadata.canonical.com/oval
bzip2 -dc "$oval/com.ubuntu.noble.cve.oval.xml.bz2" |
	sed 's/<oval:timestamp>[^<]*/<oval:timestamp>2024-12-06T03:00:01/' \
		>"$T/new.xml"
bzip2 -9c "$T/new.xml" >"$oval/com.ubuntu.noble.cve.oval.xml.bz2"
run scapcache --state "$S" sync --from "$T/upstream"
expect "sync of a later publication" 0 "Generation 2 is published."
equal "an unchanged family is a link" \
	"$(stat -c %i "$S/index/1/nvd.sqlite")" \
	"$(stat -c %i "$S/index/2/nvd.sqlite")"
check "a changed one is not" test \
	"$(stat -c %i "$S/index/1/ubuntu.sqlite")" != \
	"$(stat -c %i "$S/index/2/ubuntu.sqlite")"
equal "published files are read-only" "444 444" \
	"$(stat -c %a "$S/index/2/ubuntu.sqlite" "$S/index/1/nvd.sqlite" |
		tr '\n' ' ' | sed 's/ $//')"

run scapcache --state "$S" index rollback 1
expect "rollback" 0 "Generation 1 is current."
equal "the link is relative" 1 "$(readlink "$S/index/current")"
run scapcache --state "$S" index list --json
expect "list for programs" 0 '"generation": 2' '"current": true'
run scapcache --state "$S" index rollback 9
expect "rollback to nothing" 1 "there is no generation 9"
run scapcache --state "$S" index rollback yesterday
expect "rollback to no number" 1 "a generation's number"

# A byte of a published family changes on the disk.
chmod u+w "$S/index/1/redhat.sqlite"
if command -v sqlite3 >/dev/null; then
	sqlite3 "$S/index/1/redhat.sqlite" \
		"UPDATE definition_text SET severity = 'Low'"
	run scapcache --state "$S" index verify
	expect "a changed row is seen" 1 "redhat   differs" "nvd      same"
else
	skip "no sqlite3"
fi
done_testing
