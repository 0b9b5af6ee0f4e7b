#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A sync that is killed at any moment leaves the last published generation
# answering, and the next sync completes. SEED=n makes other moments,
# KILLS=n more or fewer of them.
. "$(dirname "$0")/lib.sh"
SEED=${SEED:-1}
KILLS=${KILLS:-200}
oval=security-metadata.canonical.com/oval/com.ubuntu.noble.cve.oval.xml.bz2

# Two publications: in the second curl's fix is an older one.
mkdir "$T/one" "$T/two"
cp -R "$SAMPLE/upstream/." "$T/one"
cp -R "$SAMPLE/upstream/." "$T/two"
bzip2 -dc "$T/one/$oval" | sed 's/8\.5\.0-2ubuntu10\.2/8.5.0-2ubuntu10.1/
	s/2024-12-04T19:30:00/2024-12-05T07:00:00/' |
	bzip2 -9c >"$T/two/$oval.new"
mv "$T/two/$oval.new" "$T/two/$oval"

sync_from() {
	# The older one is older: that needs a word.
	run scapcache --quiet --state "$S" sync --from "$T/$1" \
		--accept ubuntu-oval
}

answer() {
	run scapcache --state "$S" scan --format definitions \
		--document com.ubuntu.noble.cve.oval \
		"docker-archive:$SAMPLE/image.tar"
}

for tree in one two; do
	begun=$(date +%s%N)
	sync_from $tree
	expect "sync of $tree" 0
	sync_ms=$((($(date +%s%N) - begun) / 1000000))
	answer
	expect "$tree answers" 2
	mv "$T/out" "$T/$tree.want"
done
check "the two differ" sh -c "! cmp -s '$T/one.want' '$T/two.want'"

# Moments as parts of a whole sync, as long as the shortest one seen took; more
# of them than kills, since some syncs end before their moment.
awk -v seed="$SEED" -v n="$KILLS" 'BEGIN {
	srand(seed)
	for (i = 0; i < 4 * n; i++)
		printf "%.6f\n", rand()
}' >"$T/moments"

i=0 bad=0 killed=0
while read -r moment && [ $killed -lt "$KILLS" ]; do
	i=$((i + 1))
	tree=one
	[ $((i % 2)) -eq 0 ] || tree=two
	# Now the main process alone, now every process of the sync.
	mode=
	[ $((i % 3)) -ne 0 ] || mode=--foreground
	delay=$(awk -v m="$moment" -v ms="$sync_ms" \
		'BEGIN { printf "%.4f", (0.5 + m * ms) / 1000 }')
	begun=$(date +%s%N)
	# shellcheck disable=SC2086
	timeout $mode -s KILL "$delay" "$SCAPCACHE" --quiet --state "$S" \
		sync --from "$T/$tree" >"$T/log" 2>&1 </dev/null
	if [ $? -eq 137 ]; then
		killed=$((killed + 1))
	else
		took_ms=$((($(date +%s%N) - begun) / 1000000))
		[ $took_ms -ge "$sync_ms" ] || sync_ms=$took_ms
	fi
	answer
	if ! { [ "$status" -eq 2 ] && { cmp -s "$T/out" "$T/one.want" ||
		cmp -s "$T/out" "$T/two.want"; }; }; then
		bad=$((bad + 1))
		echo "# after $delay s of sync $i (SEED=$SEED):"
		say_run
	fi
	# Every tenth time the next sync is left to complete.
	if [ $((i % 10)) -eq 0 ]; then
		sync_from one
		answer
		if ! cmp -s "$T/out" "$T/one.want"; then
			bad=$((bad + 1))
			echo "# the sync after sync $i did not complete:"
			say_run
		fi
	fi
done <"$T/moments"
equal "what was published answers after every kill, SEED=$SEED" 0 $bad
equal "syncs that were killed" "$KILLS" $killed

sync_from two
expect "the next sync completes" 0
answer
same "and its content is current" "$T/two.want" "$T/out"
run scapcache --state "$S" index verify
expect "the index is what the kept files make" 0
equal "nothing half-built is left" "" \
	"$(cd "$S" && ls -d index/building-* incoming/* 2>/dev/null)"
done_testing
