#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every decision lands in the audit log, once.
. "$(dirname "$0")/lib.sh"
need sqlite3
tree=$T/tree
usn=usn.ubuntu.com/usn-db/database-all.json.bz2

seen=0
# logged NAME LINES: what was written since the last time, as "subject event".
logged() {
	sqlite3 "$S/catalog.sqlite" "SELECT subject || ' ' || event FROM audit
		WHERE id > $seen ORDER BY subject, id" >"$T/logged"
	seen=$(sqlite3 "$S/catalog.sqlite" "SELECT max(id) FROM audit")
	equal "$1" "$2" "$(cat "$T/logged")"
}

detail() {
	sqlite3 "$S/catalog.sqlite" \
		"SELECT detail FROM audit ORDER BY id DESC LIMIT 1"
}

# notices N: a database of that many notices.
notices() {
	printf '{'
	i=0
	while [ $i -lt "$1" ]; do
		i=$((i + 1))
		[ $i -eq 1 ] || printf ','
		printf '"%d-1":{"id":"%d-1","title":"t","timestamp":1700000000,' \
			$i $i
		printf '"cves":["CVE-2024-%04d"],"releases":{}}' $i
	done
	printf '}'
}

cp -R "$SAMPLE/upstream" "$tree"
notices 40 | bzip2 -9c >"$tree/$usn"
run scapcache --state "$S" init
logged "the state is made" "state made"
run scapcache --quiet --state "$S" sync --from "$tree"
expect "sync" 0 "Generation 1 is published."
logged "a publication" "generation 1 published"
run scapcache --quiet --state "$S" sync --from "$tree"
expect "nothing new" 0
logged "is not worth a line" ""

cp "$tree/$NOBLE" "$T/noble"
echo "no bzip2" >"$tree/$NOBLE"
notices 20 | bzip2 -9c >"$tree/$usn"
run scapcache --quiet --state "$S" sync --from "$tree"
expect "one refused, one held" 1
logged "both are told" "$NOBLE refused
$usn held"

cp "$T/noble" "$tree/$NOBLE"
run scapcache --quiet --state "$S" sync --from "$tree" --accept ubuntu-usn
expect "let through" 0 "Generation 2 is published."
sqlite3 "$S/catalog.sqlite" "SELECT subject || ' ' || event || ' ' || detail
	FROM audit WHERE event = 'accepted'" >"$T/accepted"
equal "with what it brought" "$usn accepted --accept ubuntu-usn: 20 records, \
0 added, 0 changed, 20 removed" "$(cat "$T/accepted")"
logged "accepted and published" "generation 2 published
$usn accepted"

run scapcache --quiet --state "$S" index rollback 1
logged "a rollback" "generation 1 rolled-back"
equal "from which one" "generation 2 was current" "$(detail)"
run scapcache --quiet --state "$S" index rollback 1
logged "to where it is already" ""

# A host that does not answer is one line, however many files it has.
SCAPCACHE_SYNC_RETRIES=0
SCAPCACHE_SYNC_HOST_CONNECTIONS=1
export SCAPCACHE_SYNC_RETRIES SCAPCACHE_SYNC_HOST_CONNECTIONS
run scapcache --quiet --state "$S" sync --from "http://127.0.0.1:9" ubuntu-oval
expect "a source that fails" 1
logged "is one line" "ubuntu-oval failed"

run env SCAPCACHE_RETENTION_GENERATIONS=1 "$SCAPCACHE" --state "$S" gc
expect "the newest and the current one stay" 0 "Removed 0 generations"
run scapcache --quiet --state "$S" index rollback 2
seen=$(sqlite3 "$S/catalog.sqlite" "SELECT max(id) FROM audit")
run env SCAPCACHE_RETENTION_GENERATIONS=1 "$SCAPCACHE" --state "$S" gc
logged "retention" "generation 1 removed"
equal "and why" "beyond retention.generations" "$(detail)"
done_testing
