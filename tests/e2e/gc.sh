#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Retention and gc on the sample; a gc that is killed at any moment. SEED=n
# makes other moments, KILLS=n more or fewer of them.
. "$(dirname "$0")/lib.sh"
need sqlite3
SEED=${SEED:-1}
KILLS=${KILLS:-40}
image=docker-archive:$SAMPLE/image.tar

# publication N: a tree in which one file is unlike all others.
publication() {
	cp -R "$SAMPLE/upstream" "$T/$1"
	republish "$T/$1" "2024-12-05T07:00:0$1"
}

store() {
	find "$S/store/blobs/sha256" -type f | wc -l
}

# What the catalog names and the store lacks.
lost() {
	sqlite3 "$S/catalog.sqlite" "SELECT sha256 FROM resource
		UNION SELECT sha256 FROM document
		UNION SELECT sha256 FROM indexed_document" |
		while read -r sha256; do
			[ -e "$S/store/blobs/sha256/$sha256" ] ||
				echo "$sha256"
		done
}

for i in 1 2 3 4 5; do
	publication $i
	run scapcache --quiet --state "$S" sync --from "$T/$i"
	expect "publication $i" 0 "Generation $i is published."
done
n=$(store)
run scapcache --state "$S" gc
expect "nothing to do" 0 "Removed 0 generations, 0 files, 0 leftovers: 0 bytes"

# What a killed sync leaves, and what is nobody's.
mkdir "$S/index/building-6"
echo half >"$S/index/building-6/ubuntu.sqlite-journal"
echo half >"$S/store/blobs/sha256/abc.new"
sha=$(echo nobody | sha256sum | cut -d' ' -f1)
echo nobody >"$S/store/blobs/sha256/$sha"
echo half >"$S/store/blobs/sha256/$sha.new"
cp -a "$S" "$T/before"
run scapcache --state "$S" gc --dry-run
expect "a dry run" 0 "leftover               5  index/building-6" \
	"file                   7  store/blobs/sha256/$sha" \
	"Would remove 0 generations, 1 file, 2 leftovers: 17 bytes"
check "changes nothing" diff -r -x lock "$T/before" "$S"
run scapcache --state "$S" gc
expect "gc" 0 "Removed 0 generations, 1 file, 2 leftovers: 17 bytes"
check "leftovers are gone" test ! -e "$S/index/building-6"
check "what is no digest stays" test -e "$S/store/blobs/sha256/abc.new"
rm "$S/store/blobs/sha256/abc.new"
equal "and so does what is named" "$n" "$(store)"

run env SCAPCACHE_RETENTION_GENERATIONS=2 "$SCAPCACHE" --state "$S" gc --json
expect "fewer generations, for programs" 0
equal "it counts" "3 0 0" "$(json "$T/out" "json_extract(j, '\$.generations')
	|| ' ' || json_extract(j, '\$.files') || ' ' ||
	json_extract(j, '\$.leftovers')")"
check "it frees bytes" test "$(json "$T/out" \
	"json_extract(j, '\$.freed_bytes')")" -gt 0
equal "these are left" "4 5 current " "$(cd "$S/index" && printf '%s ' *)"
equal "their files stay" "$n" "$(store)"
equal "the log tells" "removed removed removed" \
	"$(sqlite3 "$S/catalog.sqlite" "SELECT group_concat(event, ' ') FROM
	(SELECT event FROM audit ORDER BY id DESC LIMIT 3)")"

# Sync does it, too: by number, and files when their days are over.
publication 6
SCAPCACHE_RETENTION_GENERATIONS=2
SCAPCACHE_RETENTION_BLOB_DAYS=0
export SCAPCACHE_RETENTION_GENERATIONS SCAPCACHE_RETENTION_BLOB_DAYS
SOURCE_DATE_EPOCH=$(($(date +%s) + 60)) run scapcache --quiet --state "$S" \
	sync --from "$T/6"
expect "a sync" 0 "Generation 6 is published."
equal "leaves two" "5 6 current " "$(cd "$S/index" && printf '%s ' *)"
equal "and what they are made of" $((n - 3)) "$(store)"
equal "all of it" "" "$(lost)"
run scapcache --state "$S" index verify
expect "the current one is whole" 0

# Killed at random: what is named is there, and the next gc does the rest.
unset SCAPCACHE_RETENTION_GENERATIONS
rm -rf "$S"
for i in 1 2 3 4 5; do
	run scapcache --quiet --state "$S" sync --from "$T/$i"
done
run scapcache --state "$S" scan --format definitions "$image"
cp "$T/out" "$T/want"
mv "$S" "$T/full"
later=$(($(date +%s) + 60))
SCAPCACHE_RETENTION_GENERATIONS=2
export SCAPCACHE_RETENTION_GENERATIONS
cp -a "$T/full" "$S"
begun=$(date +%s%N)
SOURCE_DATE_EPOCH=$later run scapcache --state "$S" gc
gc_ms=$((($(date +%s%N) - begun) / 1000000))
equal "a gc that is not killed" "4 5 current $((n - 3))" \
	"$(cd "$S/index" && printf '%s ' *; store)"
awk -v seed="$SEED" -v n="$KILLS" -v ms="$gc_ms" 'BEGIN {
	srand(seed)
	for (i = 0; i < n; i++)
		printf "%.4f\n", (0.5 + rand() * ms) / 1000
}' >"$T/moments"
bad=0
while read -r delay; do
	chmod -R u+w "$S"
	rm -rf "$S"
	cp -a "$T/full" "$S"
	SOURCE_DATE_EPOCH=$later timeout --foreground -s KILL "$delay" "$SCAPCACHE" \
		--state "$S" gc >"$T/log" 2>&1
	killed=$?
	lost=$(lost)
	run scapcache --state "$S" scan --format definitions "$image"
	cmp -s "$T/want" "$T/out" || lost="$lost scan"
	SOURCE_DATE_EPOCH=$later run scapcache --state "$S" gc
	[ "$status" -eq 0 ] || lost="$lost gc"
	left=$(cd "$S/index" && printf '%s ' * && store)
	if [ -n "$lost" ] || [ "$left" != "4 5 current $((n - 3))" ]; then
		bad=$((bad + 1))
		echo "# killed ($killed) after $delay s: $lost; left: $left"
	fi
done <"$T/moments"
equal "nothing named is missing after a kill, SEED=$SEED" 0 $bad
run scapcache --state "$S" index verify
expect "and the index is whole" 0

run scapcache --state "$T/none" gc
expect "without a state" 1 "$T/none"
check "and none was made" test ! -e "$T/none"
run scapcache --state "$S" gc all
expect "it takes no words" 1 "takes no arguments"
done_testing
