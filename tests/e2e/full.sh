#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A disk that is full from the start, that fills up at any moment of a sync or
# of a gc, and a limit on the size of files: the failure is told with what to
# do, what was published answers, and with room again the next sync completes.
. "$(dirname "$0")/lib.sh"
need sqlite3
sources="ubuntu-oval ubuntu-usn redhat-oval nvd"
M=$T/disk
MOMENTS=${MOMENTS:-20}

mkdir "$M" "$T/two"
cp -R "$SAMPLE/upstream/." "$T/two"
republish "$T/two" 2024-12-05T07:00:00 8.5.0-2ubuntu10.1

sync_from() {
	# shellcheck disable=SC2086
	run scapcache --quiet --state "$S" sync --from "$1" \
		--accept ubuntu-oval $sources
}

answer() {
	run scapcache --state "$S" scan --format definitions \
		--document com.ubuntu.noble.cve.oval \
		"docker-archive:$SAMPLE/image.tar"
}

answers() {
	answer
	[ "$status" -eq 2 ] && { cmp -s "$T/out" "$T/one.want" ||
		cmp -s "$T/out" "$T/two.want"; }
}

complain() {
	bad=$((bad + 1))
	echo "# $1"
	say_run
}

# Every failure says what has no room, and what to do.
tells() {
	[ "$status" -eq "${1-$status}" ] && grep -q 'make room\|ulimit -f' "$T/err"
}

# The catalog is a database, and nothing that was built is left.
sound() {
	[ ! -e "$S/catalog.sqlite" ] || [ "$(sqlite3 -cmd ".timeout 5000" \
		"$S/catalog.sqlite" "PRAGMA integrity_check")" = ok ]
}

for tree in "$SAMPLE/upstream" "$T/two"; do
	name=one
	[ "$tree" = "$SAMPLE/upstream" ] || name=two
	begun=$(date +%s%N)
	sync_from "$tree"
	sync_ms=$((($(date +%s%N) - begun) / 1000000))
	expect "sync $name" 0
	answer
	expect "$name answers" 2
	mv "$T/out" "$T/$name.want"
done
cp -a "$S" "$T/base"

# --- a limit on the size of files: the same at every stage ---

# limited BLOCKS: of 512 bytes; the log of the test itself has to fit.
limited() {
	(
		# shellcheck disable=SC3045
		ulimit -f "$1"
		# shellcheck disable=SC2086
		scapcache --quiet --state "$S" sync --accept ubuntu-oval \
			--from "$SAMPLE/upstream" $sources </dev/null 2>&1
	) | cat >"$T/err"
	: >"$T/out"
}

bad=0 failed=0
for blocks in 0 1 2 4 8 16 32 64 96 128 192 256 384 512 768 1024; do
	chmod -R u+w "$S" && rm -rf "$S" && cp -a "$T/base" "$S"
	limited $blocks
	if grep -q . "$T/err"; then
		grep -q 'scapcache: ' "$T/err" && failed=$((failed + 1))
	fi
	grep -q 'is published' "$T/err" || tells ||
		complain "$blocks blocks: no word of it"
	answers || complain "$blocks blocks: the generation does not answer"
	sound || complain "$blocks blocks: the catalog is broken"
	sync_from "$SAMPLE/upstream"
	[ "$status" -eq 0 ] || complain "$blocks blocks: the next sync"
	answer
	cmp -s "$T/one.want" "$T/out" || complain "$blocks blocks: not current"
done
equal "files that may not grow" 0 $bad
check "at most sizes" test $failed -ge 8

# --- disks of any size ---

if ! { [ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=64k tmpfs "$M"; } \
	2>/dev/null; then
	skip "no disk can be mounted: run as root for a full one"
	done_testing
fi
umount "$M"

# fresh SIZE: an empty disk of that size.
fresh() {
	umount "$M" 2>/dev/null
	mount -t tmpfs -o "size=$1" tmpfs "$M"
	S=$M/state
}
trap 'umount -l "$M" 2>/dev/null; finish' EXIT

bad=0 failed=0
for size in 4k 32k 64k 80k 96k 112k 128k 160k 1m 31m 33m 34m; do
	fresh $size
	sync_from "$SAMPLE/upstream"
	if [ "$status" -ne 0 ]; then
		failed=$((failed + 1))
		tells 1 ||
			complain "$size: it does not say what to do"
		sound || complain "$size: the catalog is broken"
	else
		answers || complain "$size: what was published does not answer"
	fi
	mount -o remount,size=80m "$M"
	sync_from "$SAMPLE/upstream"
	[ "$status" -eq 0 ] || complain "$size, then 80m: the next sync"
	answers || complain "$size, then 80m: it does not answer"
done
equal "disks that are too small" 0 $bad
check "most of them" test $failed -ge 9

# --- somebody else fills the disk, at any moment ---

# What is free is counted for each processor: the last page of all goes too.
fill() {
	dd if=/dev/zero of="$M/filler" bs=64k 2>/dev/null
	for _cpu in $(seq 0 $(($(nproc) - 1))); do
		taskset -c "$_cpu" dd if=/dev/zero bs=512 \
			of="$M/filler2" oflag=append conv=notrunc 2>/dev/null
	done
}

# at_any_moment COMMAND…: it stands still while the disk is filled; leaves
# $status.
at_any_moment() {
	"$@" >"$T/out" 2>"$T/err" </dev/null &
	_pid=$!
	sleep "$delay"
	_all="$_pid $(cat "/proc/$_pid/task/$_pid/children" 2>/dev/null)"
	# shellcheck disable=SC2086
	kill -STOP $_all 2>/dev/null
	fill
	# shellcheck disable=SC2086
	kill -CONT $_all 2>/dev/null
	wait $_pid
	status=$?
}

bad=0 failed=0 i=0
while [ $i -lt "$MOMENTS" ]; do
	fresh 96m
	cp -a "$T/base" "$S"
	delay=$(awk -v i="$i" -v n="$MOMENTS" -v ms="$sync_ms" \
		'BEGIN { printf "%.4f", i * ms / n / 1000 }')
	# Little is left, so that it fills at once.
	room=$(df -k --output=avail "$M" | tail -n 1)
	dd if=/dev/zero of="$M/mass" bs=1k count=$((room - 34000)) 2>/dev/null
	at_any_moment "$SCAPCACHE" --quiet --state "$S" sync \
		--from "$SAMPLE/upstream" --accept ubuntu-oval
	[ "$status" -eq 0 ] || {
		failed=$((failed + 1))
		tells 1 ||
			complain "full after $delay s: it does not say so"
		grep -h 'make room' "$T/err" | head -n 1 >>"$T/stages"
	}
	answers || complain "full after $delay s: it does not answer"
	sound || complain "full after $delay s: the catalog is broken"
	rm -f "$M/filler" "$M/filler2" "$M/mass"
	sync_from "$SAMPLE/upstream"
	[ "$status" -eq 0 ] || complain "full after $delay s: the next sync"
	answer
	cmp -s "$T/one.want" "$T/out" || complain "full after $delay s: stale"
	i=$((i + 1))
done
equal "a disk that fills up in a sync" 0 $bad
echo "# $failed of $MOMENTS syncs failed"
sed 's/.*sync: [^:]*: //; s/[0-9][0-9]* KiB/N KiB/g' "$T/stages" 2>/dev/null |
	sort | uniq -c | diag

# --- and gc makes room on a disk that has none ---

fresh 96m
cp -a "$T/base" "$S"
fill
SCAPCACHE_RETENTION_GENERATIONS=1 run scapcache --state "$S" gc
expect "gc on a full disk" 0 "Removed 1 generation"
check "one generation is left" test ! -e "$S/index/1"
answers
check "and answers" answers
sync_from "$SAMPLE/upstream"
expect "a sync on a full disk" 1 "make room"
check "the generation answers still" answers
rm -f "$M/filler" "$M/filler2"
sync_from "$SAMPLE/upstream"
expect "with room it completes" 0
run scapcache --state "$S" index verify
expect "and the index is whole" 0
done_testing
