#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A clock that is set back or ahead, and right again: syncs complete, nothing
# that is published or stored goes, and status says what cannot be.
. "$(dirname "$0")/lib.sh"
need sqlite3
now=$(date -d 2026-03-01T03:00:00Z +%s)
day=86400

# publication N: a tree in which one file is unlike all others.
publication() {
	cp -R "$SAMPLE/upstream" "$T/$1"
	republish "$T/$1" "2024-12-05T07:00:0$1"
}

at() {
	_when=$1
	shift
	SOURCE_DATE_EPOCH=$_when run scapcache --state "$S" "$@"
}

scan_at() {
	_then=$1
	shift
	at "$_then" scan "$@" --format definitions \
		--document com.ubuntu.noble.cve.oval \
		"docker-archive:$SAMPLE/image.tar"
}

stored() {
	find "$S/store/blobs/sha256" -type f | sort
}

for i in 1 2 3 4; do
	publication $i
done
for i in 1 2; do
	at $((now - (3 - i) * day)) --quiet sync --from "$T/$i"
	expect "publication $i" 0 "Generation $i is published."
done
scan_at "$now"
expect "it answers" 2
mv "$T/out" "$T/want"
cp -a "$S" "$T/base"

# wrong NAME TIME: the clock is that, for a sync, a gc, and is right again.
wrong() {
	chmod -R u+w "$S"
	rm -rf "$S"
	cp -a "$T/base" "$S"
	at "$2" --quiet sync --from "$T/3"
	expect "$1: a sync publishes" 0 "Generation 3 is published."
	stored >"$T/stored"
	check "$1: there are stored files" test -s "$T/stored"
	at "$2" gc
	expect "$1: gc removes nothing" 0 \
		"Removed 0 generations, 0 files, 0 leftovers: 0 bytes"
	scan_at "$2"
	same "$1: it answers" "$T/want" "$T/out"
	scan_at "$2" --as-of 1
	same "$1: and so does what was before" "$T/want" "$T/out"
	at "$now" --quiet sync --from "$T/3"
	expect "$1: right again, nothing is new" 0 "generation 3 stays current"
	at "$now" --quiet sync --from "$T/4"
	expect "$1: the next one" 0 "Generation 4 is published."
	equal "$1: generations" "1 2 3 4 current " \
		"$(cd "$S/index" && printf '%s ' *)"
	check "$1: stored files stay" sh -c \
		"while read -r f; do [ -e \"\$f\" ] || exit 1; done <'$T/stored'"
	at "$now" index verify
	expect "$1: the index is whole" 0
}
wrong "a day back" $((now - 2 * day))
wrong "a year back" $((now - 365 * day))
wrong "1970" 1
wrong "2040" "$(date -d 2040-01-01T00:00:00Z +%s)"

# What was checked in a time that has not come is no younger for that.
rm -rf "$T/state" && cp -a "$T/base" "$S"
at $((now + 400 * day)) --quiet sync --from "$T/3"
at "$now" status
expect "a time to come" 0 "(in the future: the clock was or is wrong)"
at $((now + 401 * day)) status
check "a time that was" sh -c "! grep -q 'in the future' '$T/out'"
at "$now" --quiet sync --from "$T/3"
at "$now" status
check "the next sync puts it right" sh -c \
	"! grep '^ubuntu-oval:' '$T/out' | grep -q 'in the future'"
done_testing
