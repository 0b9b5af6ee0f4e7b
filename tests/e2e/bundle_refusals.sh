#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every refusal by its name and exit status, and a state directory that is the
# same to the byte before and after; kills at any moment; bits that are others.
# KILLS=n and FLIPS=n make more of these, SEED=n others.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/e2e/bundle_lib.sh"
need sqlite3 tar
KILLS=${KILLS:-20}
FLIPS=${FLIPS:-60}
SEED=${SEED:-1}

# refused NAME STATUS WORD SIDE FILE [OPTION…]: verify and import say the same,
# and change nothing.
refused() {
	_what=$1 _status=$2 _word=$3 _who=$4
	shift 4
	_before=none
	[ ! -e "$T/$_who" ] || _before=$(fingerprint "$T/$_who")
	run side "$_who" bundle verify "$@"
	expect "$_what: verify" "$_status" "scapcache: $_word: "
	run side "$_who" bundle import "$@"
	expect "$_what: import" "$_status" "scapcache: $_word: "
	_after=none
	[ ! -e "$T/$_who" ] || _after=$(fingerprint "$T/$_who")
	equal "$_what: nothing has changed" "$_before" "$_after"
}

upstreams
connected A
# The same keys, and from here on another history.
cp -a "$T/A" "$T/F"
run side A bundle export "$T/1.tar"
expect "the first bundle" 0
run side A sync --from "$T/two" --accept ubuntu-oval
run side A bundle export "$T/2.tar"
run side A bundle export "$T/delta.tar" --since 1
expect "the second one" 0
run side A bundle export "$T/some.tar" --source nvd
cp -a "$T/one" "$T/three"
rm -r "$T/three/cve.mitre.org" 2>/dev/null
republish "$T/three" 2024-12-06T07:00:00 8.5.0-2ubuntu10.3
run side F sync --from "$T/three" --accept ubuntu-oval
run side F bundle export "$T/fork.tar"
expect "the second one of another history" 0
connected Z
run side Z bundle export "$T/foreign.tar"

# --- before anything is trusted ---

root="--root $T/A.root.json"
refused "no root" 15 UNTRUSTED N "$T/1.tar"
# shellcheck disable=SC2086
refused "another's bundle" 15 UNTRUSTED N "$T/foreign.tar" $root
refused "a root that is none" 16 SHAPE N "$T/1.tar" --root "$T/1.tar"
# shellcheck disable=SC2086
refused "a delta for nobody" 14 INCOMPLETE N "$T/delta.tar" $root
# shellcheck disable=SC2086
refused "some sources" 14 INCOMPLETE N "$T/some.tar" $root
check "no state directory was made" test ! -e "$T/N"
mkdir "$T/N"
# shellcheck disable=SC2086
refused "a delta into an empty folder" 14 INCOMPLETE N "$T/delta.tar" $root
run side N init
# shellcheck disable=SC2086
refused "a delta into a new one" 14 INCOMPLETE N "$T/delta.tar" $root
SOURCE_DATE_EPOCH=$(($(date +%s) - 2 * 86400))
export SOURCE_DATE_EPOCH
# shellcheck disable=SC2086
refused "a clock that is slow" 13 CLOCK N "$T/1.tar" $root
SOURCE_DATE_EPOCH=$(($(date +%s) + 100 * 86400))
# shellcheck disable=SC2086
refused "a hundred days later" 12 EXPIRED N "$T/1.tar" $root
unset SOURCE_DATE_EPOCH

# What shows only when the index is there: nothing that was made for it stays.
cp -a "$T/A" "$T/W"
run side W sync --from "$T/three" --accept ubuntu-oval
sqlite3 "$T/W/catalog.sqlite" "UPDATE family_digest
	SET content = lower(hex(zeroblob(32))) WHERE family = 'nvd'"
run side W sync --from "$T/one" --accept ubuntu-oval
run side W bundle export "$T/wrong.tar"
expect "a manifest with a digest that is not so" 0
# shellcheck disable=SC2086
run side P bundle import "$T/wrong.tar" $root
expect "an index that is not reproduced" 14 "INCOMPLETE: family nvd becomes "
check "no state directory was made for it" test ! -e "$T/P"

# --- after ---

# shellcheck disable=SC2086
run side B bundle import "$T/1.tar" $root
expect "the first is imported" 0
refused "another's bundle, later" 15 UNTRUSTED B "$T/foreign.tar"
refused "another root" 15 UNTRUSTED B "$T/2.tar" --root "$T/Z.root.json"
cp -a "$T/B" "$T/B1"
# A clock that was set back is not believed: what was accepted is younger.
SOURCE_DATE_EPOCH=0
export SOURCE_DATE_EPOCH
run side B bundle import "$T/2.tar" --root "$T/A.root.json"
unset SOURCE_DATE_EPOCH
expect "the second, with the root named again" 0 "Generation 2 is published"
refused "the first again" 10 ROLLBACK B "$T/1.tar"
refused "the second of another history" 11 FORK B "$T/fork.tar"

# --- shapes ---

half=$(($(wc -c <"$T/2.tar") / 2))
head -c "$half" "$T/2.tar" >"$T/half.tar"
refused "half a file" 14 INCOMPLETE B1 "$T/half.tar"
{
	cat "$T/2.tar"
	echo
} >"$T/more.tar"
refused "a byte too many" 16 SHAPE B1 "$T/more.tar"
: >"$T/nothing"
refused "nothing" 14 INCOMPLETE B1 "$T/nothing"
head -c 5000 /dev/zero >"$T/zeros"
refused "zeros" 16 SHAPE B1 "$T/zeros"
refused "a configuration" 16 SHAPE B1 "$ROOT/README.md"
gzip -c "$T/2.tar" >"$T/2.tar.gz"
refused "a compressed bundle" 16 SHAPE B1 "$T/2.tar.gz"
mkdir "$T/x"
tar -C "$T/x" -xf "$T/2.tar"
# repack FILE OPTION…: the same files by another tar, in the order of the first.
repack() {
	_out=$1
	shift
	tar -tf "$T/2.tar" >"$T/names"
	tar -C "$T/x" --format=ustar --no-recursion -T "$T/names" --mtime=@0 \
		--owner=0 --group=0 --numeric-owner --mode=0644 "$@" \
		-cf "$_out"
}
repack "$T/links.tar" --hard-dereference
refused "files in place of links" 16 SHAPE B1 "$T/links.tar"
repack "$T/later.tar" --mtime=@1
refused "times that are others" 16 SHAPE B1 "$T/later.tar"
repack "$T/owner.tar" --owner=1
refused "an owner" 16 SHAPE B1 "$T/owner.tar"
# what COMMAND: in the unpacked bundle, packed again.
odd() {
	_what=$1
	(cd "$T/x" && eval "$2")
	tar -C "$T/x" --format=ustar --mtime=@0 --owner=0 --group=0 \
		--numeric-owner -cf "$T/odd.tar" oci-layout evil
	rm -rf "$T/x/evil"
	refused "$_what" 16 SHAPE B1 "$T/odd.tar"
}
odd "a symbolic link" "ln -s /etc/passwd evil"
odd "a folder" "mkdir evil"
odd "a pipe" "mkfifo evil"
tar -C "$T/x" -P --format=ustar -cf "$T/odd.tar" ../x/oci-layout
refused "a path that leads out" 16 SHAPE B1 "$T/odd.tar"

# --- a bit that is another ---

moments() {
	awk -v seed="$SEED" -v n="$1" -v max="$2" 'BEGIN {
		srand(seed)
		for (i = 0; i < n; i++)
			printf "%d %d\n", rand() * max, rand() * 8
	}'
}
before=$(fingerprint "$T/B1")
bad=0
moments "$FLIPS" "$(wc -c <"$T/2.tar")" >"$T/flips"
cp "$T/2.tar" "$T/flipped.tar"
# put AT BYTE: into the file.
put() {
	# shellcheck disable=SC2059
	printf "\\$(printf %o "$2")" |
		dd of="$T/flipped.tar" bs=1 seek="$1" conv=notrunc 2>/dev/null
}
while read -r at bit; do
	byte=$(od -An -tu1 -j "$at" -N 1 "$T/2.tar")
	put "$at" $((byte ^ (1 << bit)))
	side B1 bundle import "$T/flipped.tar" >"$T/log" 2>&1
	status=$?
	case $status in
	1[0-6]) ;;
	*)
		bad=$((bad + 1))
		echo "# byte $at, bit $bit: status $status"
		diag <"$T/log"
		;;
	esac
	put "$at" "$byte"
done <"$T/flips"
equal "of $FLIPS flipped bits all are refused" 0 $bad
equal "and nothing has changed" "$before" "$(fingerprint "$T/B1")"
check "the file is as it was" cmp "$T/2.tar" "$T/flipped.tar"

# --- kills ---

answer() {
	run side "$1" scan --format definitions \
		--document com.ubuntu.noble.cve.oval \
		"docker-archive:$SAMPLE/image.tar"
}
now_ms() {
	echo $(($(date +%s%N) / 1000000))
}
answer B1
mv "$T/out" "$T/old.want"
answer B
mv "$T/out" "$T/new.want"
check "the two generations differ" sh -c \
	"! cmp -s '$T/old.want' '$T/new.want'"
rm -rf "$T/K"
cp -a "$T/B1" "$T/K"
begun=$(now_ms)
run side K bundle import "$T/2.tar"
whole=$(($(now_ms) - begun))
expect "a whole import takes its time" 0
# Where the machine was slow just then, imports end before they are killed: the
# longest that is waited goes down to that, and up again with every kill.
awk -v seed="$SEED" -v n="$KILLS" 'BEGIN {
	srand(seed)
	for (i = 0; i < 20 * n; i++)
		print int(rand() * 10000)
}' >"$T/moments"
bad=0 hits=0 odd=0
complain() {
	bad=$((bad + 1))
	echo "# killed after $delay s (SEED=$SEED): $1"
	say_run
}
while [ $hits -lt "$KILLS" ] && read -r part; do
	ms=$((1 + part * whole / 10000))
	delay=$(printf '%d.%03d' $((ms / 1000)) $((ms % 1000)))
	rm -rf "$T/K"
	cp -a "$T/B1" "$T/K"
	timeout -s KILL "$delay" "$SCAPCACHE" --quiet --state "$T/K" \
		bundle import "$T/2.tar" >"$T/log" 2>&1 </dev/null
	[ $? -eq 137 ] || {
		whole=$ms
		continue
	}
	hits=$((hits + 1))
	whole=$((whole + whole / 20))
	answer K
	cmp -s "$T/out" "$T/old.want" || cmp -s "$T/out" "$T/new.want" ||
		complain "the published generation does not answer"
	odd=$((odd + 1))
	[ $((odd % 2)) -eq 0 ] || {
		run side K bundle import "$T/1.tar"
		case $status in
		0 | 10) ;;
		*) complain "the first bundle, again" ;;
		esac
	}
	run side K bundle import "$T/2.tar"
	[ "$status" -eq 0 ] || complain "the next import does not complete"
	answer K
	cmp -s "$T/out" "$T/new.want" ||
		complain "the next import is not current"
	[ -z "$(ls "$T/K/incoming")" ] || complain "something is left"
	run side K bundle import "$T/2.tar"
	grep -q REPLAY "$T/out" || complain "and it is not known as done"
	run side K index verify
	[ "$status" -eq 0 ] || complain "the index is not what it should be"
done <"$T/moments"
equal "nothing is wrong after any kill, SEED=$SEED" 0 $bad
equal "kills" "$KILLS" $hits
done_testing
