#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Syncs from an upstream that misbehaves on purpose (bad_upstream.c): each case
# ends with the right bytes or a failure that is told, what was published stays
# whole, and the run after it, from a good upstream, completes without fetching
# again what is there. SEED=n makes other moments.
. "$(dirname "$0")/lib.sh"
SEED=${SEED:-1}
need_built servers/bad_upstream

ubuntu=security-metadata.canonical.com/oval
noble=com.ubuntu.noble.cve.oval.xml.bz2
tree=$T/tree
mkdir "$tree" "$T/old" "$T/new"
cp -pR "$SAMPLE/upstream/." "$tree"
cp -pR "$SAMPLE/upstream/." "$T/old"

# version OUT TEXT: the document with TEXT instead of a fixed version, made
# large with what cannot be packed.
version() {
	{
		bzip2 -dc "$SAMPLE/upstream/$ubuntu/$noble" |
			sed "s/8\\.5\\.0-2ubuntu10\\.2/$2/"
		echo "<!--"
		awk -v seed="$SEED" 'BEGIN {
			srand(seed)
			for (i = 0; i < 20000; i++)
				printf "%d\n", rand() * 1000000000
		}'
		echo "-->"
	} | bzip2 -9c >"$1"
}
version "$tree/$ubuntu/$noble" 8.5.0-2ubuntu10.7
version "$T/new/$noble" 8.5.0-2ubuntu10.8
size=$(stat -c %s "$tree/$ubuntu/$noble")
sha=$(sha256sum <"$tree/$ubuntu/$noble" | cut -d' ' -f1)
new_size=$(stat -c %s "$T/new/$noble")
new_sha=$(sha256sum <"$T/new/$noble" | cut -d' ' -f1)

export SCAPCACHE_SOURCE_UBUNTU_OVAL_RELEASES=noble
export SCAPCACHE_SOURCE_UBUNTU_OVAL_FLAVOURS=cve
export SCAPCACHE_SOURCE_NVD_FIRST_YEAR=2024
export SCAPCACHE_SYNC_RETRY_DELAY_MS=5
export SCAPCACHE_SYNC_LOW_SPEED_S=20

LOG=$T/bad.log
bad_upstream bad "$tree"
URL=http://127.0.0.1:$port

# rules [LINE…]: what the upstream does from now on.
rules() {
	bad_rules bad "$@"
}

sync() {
	run scapcache --state "$S" sync --from "$URL" "${source:-ubuntu-oval}"
}

# Bytes of bodies sent since the case began.
sent() {
	awk '$1 == "GET" && $4 ~ /^[0-9]/ { n += $5 } END { printf "%d\n", n }' \
		"$LOG"
}

requests() {
	grep -c '^GET ' "$LOG"
}

kept() {
	test -e "$S/store/blobs/sha256/$1"
}

part() {
	find "$S/incoming" -name '*.part' | head -n 1
}

run scapcache --state "$T/base" sync --from "$T/old" ubuntu-oval redhat-oval nvd
expect "a generation to stand on" 0 "Generation 1 is published."

# Until it has seen that a client is gone, the upstream logs what it sent.
forget() {
	while [ "$(find "/proc/$bad_pid/task" -mindepth 1 -maxdepth 1 |
		wc -l)" -gt 1 ]; do
		:
	done
	: >"$LOG"
}

# begin RULE…: a state with that generation and an upstream with these rules.
begin() {
	S=$T/state.$n_tests
	cp -a "$T/base" "$S"
	forget
	rules "$@"
}

# whole NAME: what is published is what the kept files make.
whole() {
	run scapcache --state "$S" index verify
	expect "$1: the index is whole" 0
}

# good NAME BYTES: the run after it, and how much both were sent.
good() {
	rules
	sync
	expect "$1: the next run completes" 0
	check "$1: with the right bytes" kept "${want:-$sha}"
	equal "$1: bytes that were sent" "$2" "$(sent)"
	equal "$1: nothing is left" "" "$(ls "$S/incoming")"
}

# ends_well NAME BYTES REQUESTS: the bad run itself.
ends_well() {
	sync
	expect "$1" 0 "Generation 2 is published."
	check "$1: the right bytes" kept "${want:-$sha}"
	equal "$1: bytes that were sent" "$2" "$(sent)"
	equal "$1: requests" "$3" "$(requests)"
	equal "$1: nothing is left" "" "$(ls "$S/incoming")"
	whole "$1"
}

# fails NAME TEXT…
fails() {
	_case=$1
	shift
	sync
	expect "$_case" 1 "$@"
	whole "$_case"
}

elapsed_ms() {
	echo $((($(date +%s%N) - begun) / 1000000))
}

# --- not now ---

begin "* 2 status 503"
ends_well "busy for a while" "$size" 3
begin "* * status 503"
fails "busy for long" "the host answered 503" "generation 1"
equal "busy for long: requests" 4 "$(requests)"
good "busy for long" "$size"
for code in 403 408 500 522; do
	begin "* 1 status $code"
	sync
	expect "an answer of $code is asked again" 0
done
begin "* * status 401"
fails "not allowed" "the host answered 401"
equal "is not asked again" 1 "$(requests)"
begin "* 1 status 429 retry-after 1"
begun=$(date +%s%N)
ends_well "throttled" "$size" 2
check "throttled: the host is let rest" test "$(elapsed_ms)" -ge 1000
begin "* 1 status 429 retry-after \
$(LC_ALL=C date -u -d '+4 seconds' '+%a, %d %b %Y %H:%M:%S GMT')"
begun=$(date +%s%N)
ends_well "throttled until a date" "$size" 2
check "throttled until a date: it is waited for" test "$(elapsed_ms)" -ge 1000

# --- broken ---

begin "* 1 cut 30000"
ends_well "broken once" "$size" 2
begin "* 1 reset 30000"
sync
expect "reset once" 0
check "reset once: the right bytes" kept "$sha"
begin "* * cut-random $SEED"
runs=0
while sync && [ "$status" -ne 0 ] && [ $runs -lt 4 ]; do
	runs=$((runs + 1))
done
expect "broken at any byte, four times a run" 1 "ended after"
whole "broken at any byte"
equal "broken at any byte: requests" 20 "$(requests)"
good "broken at any byte" "$size"
begin "* 1 cut 30000 encoded" "* * encoded"
ends_well "said to be packed" "$size" 2
begin "* 1 cut 30000 weak"
ends_well "broken under a weak ETag" $((size + 30000)) 2
begin "* 1 cut 30000 noetag"
ends_well "broken without an ETag" $((size + 30000)) 2
begin "* 1 cut 30000" "* * norange"
ends_well "broken, by a host without ranges" $((size + 30000)) 2
begin "* 1 cut 30000" "* 1 wrongrange" "* * norange"
sync
expect "broken, and another range" 0
check "broken, and another range: the right bytes" kept "$sha"
equal "broken, and another range: requests" 3 "$(requests)"

want=$new_sha
begin "* 1 cut 30000" "* * file $T/new/$noble"
ends_well "another version in mid-download" $((30000 + new_size)) 2
begin "* * cut 30000"
SCAPCACHE_SYNC_RETRIES=0 sync
expect "broken for good" 1 "ended after 30000 of $size bytes"
rules "* * file $T/new/$noble"
sync
expect "another version in the next run" 0
check "another version in the next run: its bytes" kept "$new_sha"
want=

# --- lies ---

begin "* * length 1000"
SCAPCACHE_SYNC_RETRIES=0 fails "announced too long" \
	"ended after $size of $((size + 1000)) bytes"
good "announced too long" "$size"
begin "* * length -1000"
fails "announced too short" "$noble: "
good "announced too short" $((size * 2))
begin "* * flip"
fails "a wrong byte" "$noble: "
good "a wrong byte" $((size * 2))

size_of() {
	stat -c %s "$tree/$1"
}

# The same size and the same text, packed otherwise.
rhel=security.access.redhat.com/data/oval/v2/RHEL9/rhel-9.oval.xml.bz2
bzip2 -dc "$tree/$rhel" | bzip2 -1c >"$T/new/rhel"
begin "rhel-9.oval.xml.bz2 * file $T/new/rhel"
S=$T/fresh.digest
source=redhat-oval
sync
expect "a wrong digest" 1 "$rhel: " "PULP_MANIFEST says"
rules
sync
expect "a wrong digest: the next run completes" 0
equal "a wrong digest: nothing is left" "" "$(ls "$S/incoming")"

# lies SOURCE FOLDER FILE INDEX N: the index file is sent N times.
lies() {
	begin "$3 * flip"
	S=$T/fresh.$1
	source=$1
	sync
	expect "$1: a wrong byte" 1 "$3: "
	rules
	sync
	expect "$1: the next run completes" 0 "is published."
	equal "$1: bytes that were sent" $((2 * $(size_of "$2/$3") + \
		$5 * $(size_of "$2/$4"))) "$(sent)"
	source=
}
lies redhat-oval security.access.redhat.com/data/oval/v2/RHEL9 \
	rhel-9.oval.xml.bz2 ../PULP_MANIFEST 1
# A .meta whose feed was refused is not remembered.
lies nvd nvd.nist.gov/feeds/json/cve/2.0 nvdcve-2.0-2024.json.gz \
	nvdcve-2.0-2024.meta 2

# --- slow and endless ---

begin "* * slow 20000"
SCAPCACHE_SYNC_LOW_SPEED_BYTES=1000000 SCAPCACHE_SYNC_LOW_SPEED_S=1 \
	SCAPCACHE_SYNC_RETRIES=0 fails "slow" "too slow: given up after"
check "slow: what came is kept" test -s "$(part)"
begin "* * hang"
SCAPCACHE_SYNC_LOW_SPEED_S=1 SCAPCACHE_SYNC_RETRIES=0 \
	fails "no answer" "no answer, or too slow"
good "no answer" "$size"
begin "* * endless"
SCAPCACHE_SYNC_SIZE_MAX_MIB=1 fails "a body without an end" \
	"larger than 1048576 bytes"
equal "a body without an end: nothing of it is left" "" "$(ls "$S/incoming")"
begin "* * endless 1099511627776"
fails "a body of a terabyte" "larger than "
equal "a body of a terabyte: nothing of it is left" "" "$(ls "$S/incoming")"

# small COMMAND…: with a disk of 40 MiB at $T/small.
mkdir "$T/small"
small() {
	# shellcheck disable=SC2016
	unshare -rm sh -c 'mount -t tmpfs -o size=40m none "$1" && shift &&
		"$@"; status=$?; find "$0/incoming" -type f; exit $status' \
		"$T/small/state" "$T/small" "$@"
}
if small true >/dev/null 2>&1; then
	begin "* * endless"
	run small "$SCAPCACHE" --state "$T/small/state" sync --from "$URL" \
		ubuntu-oval
	expect "a body without an end on a small disk" 1 \
		"its size is not told, and the disk has room for "
	check "nothing of it is left" sh -c "! grep incoming '$T/out'"
	begin "* * endless 100000000"
	run small "$SCAPCACHE" --state "$T/small/state" sync --from "$URL" \
		ubuntu-oval
	expect "a large body on a small disk" 1 \
		"100000000 bytes are to come, and the disk has room for "
	equal "its bytes are not asked for twice" 1 "$(requests)"
else
	skip "no disk of one's own"
fi

# --- elsewhere ---

begin "* * redirect https://127.0.0.1:$port/$ubuntu/$noble"
fails "redirected to TLS" "redirected to another scheme"
begin "* * redirect $URL/circle"
fails "redirected in a circle" "more than 5 redirects"
equal "redirected in a circle: requests" 6 "$(requests)"
begin "* * redirect ftp://127.0.0.1/"
fails "redirected to FTP" "redirected to another scheme"
good "redirected to FTP" "$size"
begin "* 1 redirect http://localhost:$port/$ubuntu/$noble"
ends_well "redirected to another host" "$size" 2

# A key is for the host that it was given for.
begin "* 1 redirect http://localhost:$port/elsewhere/$noble" \
	"/elsewhere/$noble * file $tree/$ubuntu/$noble"
SCAPCACHE_SOURCE_UBUNTU_OVAL_API_KEY=hush-hush \
	run scapcache --log-level debug --state "$S" sync --from "$URL" ubuntu-oval
expect "redirected with a key" 0 "Generation 2 is published."
check "the key is not told" sh -c "! cat '$T/out' '$T/err' | grep hush"
equal "nor to another host" "KEY /$ubuntu/$noble hush-hush" \
	"$(grep '^KEY' "$LOG")"
begin "* 1 status 503"
begun=$(date +%s%N)
SCAPCACHE_SOURCE_UBUNTU_OVAL_INTERVAL_MS=700 sync
expect "a host that wants a pause between requests" 0
check "it gets it" test "$(elapsed_ms)" -ge 700

# --- ended from without ---

begin "* * slow 20000"
SCAPCACHE_SYNC_RUN_MAX_S=2 fails "a run that may take two seconds" \
	"a run may take 2 seconds"
check "a run that may take two seconds: what came is kept" test -s "$(part)"
had=$(stat -c %s "$(part)")
rules
forget
sync
expect "the next goes on" 0
equal "and is sent the rest" $((size - had)) "$(sent)"

begin "* * slow 40000"
"$SCAPCACHE" --quiet --state "$S" sync --from "$URL" ubuntu-oval \
	>"$T/killed" 2>&1 &
victim=$!
while [ -z "$(find "$S/incoming" -name '*.part' -size +20k)" ] &&
	kill -0 $victim 2>/dev/null; do
	:
done
kill -9 $victim
wait $victim 2>/dev/null
whole "killed"
had=$(stat -c %s "$(part)")
rules
forget
sync
expect "killed: the next run completes" 0
check "killed: with the right bytes" kept "$sha"
equal "killed: and is sent the rest" $((size - had)) "$(sent)"

# At any moment, while upstream has now one version and now another: bytes of
# both never meet.
begin
other="file $T/new/$noble"
i=0 bad=0
while [ $i -lt 32 ]; do
	i=$((i + 1))
	delay=$(awk -v seed="$SEED$i" 'BEGIN {
		srand(seed)
		printf "%.3f", 0.03 + rand() * 0.3
	}')
	served="" want=$sha
	[ $((i % 3)) -ne 0 ] || served=$other want=$new_sha
	rules "* * slow 250000 $served"
	timeout --foreground -s KILL "$delay" "$SCAPCACHE" --quiet \
		--state "$S" sync --from "$URL" ubuntu-oval \
		>"$T/killed" 2>&1 </dev/null
	[ $((i % 4)) -eq 0 ] || continue
	rules "* * $served"
	sync
	[ "$status" -eq 0 ] && kept "$want" && continue
	bad=$((bad + 1))
	echo "# after kill $i (SEED=$SEED):"
	say_run
done
want=
equal "killed at any moment: runs that did not complete, SEED=$SEED" 0 $bad
whole "killed at any moment"

# The process that has the network ends; the rest of the run goes on.
begin "* * slow 40000"
"$SCAPCACHE" --quiet --state "$S" sync --from "$URL" ubuntu-oval \
	>"$T/out" 2>"$T/err" &
main=$!
while [ -z "$(find "$S/incoming" -name '*.part' -size +20k)" ] &&
	kill -0 $main 2>/dev/null; do
	:
done
for stat in /proc/[0-9]*/stat; do
	{ read -r pid _ _ parent _; } 2>/dev/null <"$stat" || continue
	[ "$parent" != $main ] || kill -9 "$pid"
done
wait $main
status=$?
expect "the fetch process is killed" 1 "$noble: " "signal 9"
had=$(stat -c %s "$(part)")
rules
forget
sync
expect "the fetch process is killed: the next run completes" 0
check "the fetch process is killed: with the right bytes" kept "$sha"
equal "the fetch process is killed: the rest is sent" $((size - had)) "$(sent)"

begin "* * cut 30000"
SCAPCACHE_SYNC_RETRIES=0 sync
touch -d '8 days ago' "$(part)"
rules
sync
expect "a part of last week" 0
equal "is not gone on with" $((size + 30000)) "$(sent)"
done_testing
