#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Stored images are judged again without being read; what keeps results may be
# killed, shared, or not writable. SEED=n makes other moments, KILLS=n more.
. "$(dirname "$0")/lib.sh"
need sqlite3
SEED=${SEED:-1}
KILLS=${KILLS:-12}

# root NAME PACKAGE VERSION
root() {
	echo "$2 $3" | noble_root "$1"
}

run scapcache --state "$S" rescan
expect "no state" 1
run scapcache --state "$S" --quiet sync --from "$SAMPLE/upstream"
run scapcache --state "$S" rescan
expect "nothing was scanned" 1 "nothing was scanned yet"

root good bash 5.2.21-2ubuntu4
root bad openssh-client 1:9.6p1-3ubuntu13
root turns curl 8.5.0-2ubuntu10.6
for name in good bad turns; do
	run scapcache --state "$S" scan "rootfs:$name"
	echo "$name $status"
done >"$T/before"
equal "three scans" "good 0 bad 2 turns 0" "$(tr '\n' ' ' <"$T/before" |
	sed 's/ $//')"
run scapcache --state "$S" rescan
expect "nothing changed" 2 \
	"3 images judged by generation 1: 2 pass, 1 fail, 0 unknown; 0 changed"
rm -rf "$T/good" "$T/bad" "$T/turns"
run scapcache --state "$S" rescan
expect "without the images" 2 "3 images judged by generation 1"

# A fix is known that curl does not have.
cp -R "$SAMPLE/upstream" "$T/two"
republish "$T/two" 2024-12-05T07:00:00 8.5.0-2ubuntu10.9
run scapcache --state "$S" --quiet sync --from "$T/two"
expect "new content" 0 "Generation 2 is published."
run scapcache --state "$S" rescan
expect "what changed" 2 "1 pass, 2 fail, 0 unknown; 1 changed" \
	"pass    → fail     findings 0 → "
equal "and nothing else" 2 "$(wc -l <"$T/out")"
equal "of which image" rootfs:turns "$(sed -n '1s/.* //p' "$T/out")"
run scapcache --state "$S" rescan --as-of 1
expect "as of the first generation" 2 "2 pass, 1 fail"
run scapcache --state "$S" rescan --as-of 9
expect "as of one that is gone" 3 "0 pass, 0 fail, 3 unknown"
run scapcache --state "$S" verdict verify
expect "of which no verdict is kept" 0 " 0 different, 0 unknown"
run scapcache --state "$S" rescan --only 'rootfs:g*'
expect "only some" 0 "1 image judged by generation 2: 1 pass"
run scapcache --state "$S" rescan --only 'nothing*'
expect "none of them" 1 "no stored image has a target like that"
run scapcache --state "$S" rescan --fail-on critical
expect "with a severity" 0 "3 pass"
run scapcache --state "$S" rescan --json
expect "for programs" 2 '"target": "rootfs:turns"' '"changed": true' \
	'"before": "pass"'
run scapcache --state "$S" verdict verify
expect "all verdicts hold" 0 " 0 different, 0 unknown"

# What the kept images were scanned with is not asked for again.
sqlite3 "$S/results.sqlite" "UPDATE inventory SET data = x'00'
	WHERE n_packages = 1 AND id = (SELECT MIN(id) FROM inventory)"
run scapcache --state "$S" rescan
expect "a damaged inventory is told" 2 "results.sqlite is damaged" \
	"3 images judged by generation 2: 0 pass, 2 fail, 1 unknown"
sqlite3 "$S/results.sqlite" "DELETE FROM inventory
	WHERE id = (SELECT MIN(id) FROM inventory)"
run scapcache --state "$S" rescan
expect "one that is gone, too" 1 "results.sqlite is damaged"
rm -f "$S"/results.sqlite*

# Not writable: the scan goes on.
root good bash 5.2.21-2ubuntu4
run scapcache --state "$S" --log-level info scan rootfs:good
expect "results are made anew" 0
rm -f "$S"/results.sqlite*
mkdir "$S/results.sqlite"
run scapcache --state "$S" --log-level info scan rootfs:good
expect "a scan that cannot be kept" 0 "results: not kept: "
run scapcache --state "$S" scan rootfs:good
expect "is not told at other levels" 0
equal "nothing is said" "" "$(cat "$T/err")"
rmdir "$S/results.sqlite"
rm -f "$S"/results.sqlite-*
echo 'no database, whatever its name says' >"$S/results.sqlite"
run scapcache --state "$S" scan rootfs:good
expect "a scan beside a damaged file" 0 "results: not kept: " \
	"results.sqlite: not an SQLite database: move it away"
run scapcache --state "$S" rescan
expect "which rescan cannot do without" 1 "move it away"
rm -f "$S"/results.sqlite*
scapcache --state "$S" scan rootfs:good >/dev/full 2>"$T/err"
equal "a report that cannot be written" 1 $?
equal "is kept all the same" 1 \
	"$(sqlite3 "$S/results.sqlite" 'SELECT COUNT(*) FROM verdict')"
rm -f "$S"/results.sqlite*

# Two at once, and many.
scans=
for i in 1 2 3 4 5 6 7 8; do
	root "at$i" bash "5.2.21-2ubuntu$i"
	"$SCAPCACHE" --state "$S" scan "rootfs:at$i" >"$T/at$i.out" 2>&1 &
	begun $!
	scans="$scans $!"
done
for pid in $scans; do
	wait "$pid"
	gone "$pid"
done
equal "eight at once are all kept" 8 "$(sqlite3 "$S/results.sqlite" \
	"SELECT COUNT(*) FROM image JOIN verdict USING (inventory)")"

# Killed at random.
lost=
i=0
while [ $i -lt "$KILLS" ]; do
	i=$((i + 1))
	delay=$(awk -v s="$SEED" -v i=$i 'BEGIN {
		srand(s * 1000 + i); printf "%.3f", rand() * 0.12 }')
	"$SCAPCACHE" --state "$S" rescan >"$T/log" 2>&1 &
	pid=$!
	sleep "$delay"
	kill -9 "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	said=$(sqlite3 -cmd '.timeout 10000' "$S/results.sqlite" \
		'PRAGMA integrity_check')
	[ "$said" = ok ] || lost="$lost $delay"
done
equal "a kill harms nothing" "" "$lost"
run scapcache --state "$S" rescan
expect "the next goes on" 0 "8 images judged by generation 2: 8 pass"
run scapcache --state "$S" verdict verify
expect "and all verdicts hold" 0 " 0 different, 0 unknown"
run env SCAPCACHE_SCAN_KEEP=1 SOURCE_DATE_EPOCH=$(($(date +%s) + 200000)) \
	"$SCAPCACHE" --state "$S" gc
expect "gc drops what is old" 0 "Of results.sqlite: 8 inventories"
run scapcache --state "$S" rescan
expect "all of it" 1 "nothing was scanned yet"
done_testing
