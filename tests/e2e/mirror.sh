#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A scapcache behind another: what one signs, the other takes over through a web
# server that knows nothing of it, or refuses by name.
. "$(dirname "$0")/lib.sh"
need nginx sqlite3

A=$T/a
IMAGE=docker-archive:$SAMPLE/image.tar
export SCAPCACHE_SYNC_RETRY_DELAY_MS=1
export SCAPCACHE_SYNC_RANDOM_DELAY_S=0

say_no() {
	echo "# $*"
	return 1
}

# offer NAME: what A has signed, unpacked below $T/NAME.
offer() {
	run scapcache --quiet --state "$A" bundle export "$T/$1.tar"
	[ "$status" -eq 0 ] || say_run
	mkdir -p "$T/$1" && tar -xf "$T/$1.tar" -C "$T/$1"
}

# mirror STATE [ARGUMENT…]: a sync from what is served now.
mirror() {
	_state=$1
	shift
	run scapcache --quiet --state "$_state" sync "$@" \
		--from "tuf+$URL/web"
}

# What `status` says of content: not of the place, runs, scans and keys.
status_of() {
	scapcache --state "$1" status --json |
		sed '/"state": "\//d; /"started":/d; /"ended":/d; /"origin":/d
			/"id":/d; /"next":/d; /^  "results": {/,/^  }/d
			/"keys":/d; /"event":/d; /"time":/d
			/^  "daemon": {/,/^  }/d'
}
same_as_a() {
	status_of "$A" >"$T/want.status"
	status_of "$1" >"$T/got.status"
	same "$2: status says the same" "$T/want.status" "$T/got.status"
}
requests() {
	sed 's/ [0-9]*$//' "$ACCESS_LOG"
	: >"$ACCESS_LOG"
}
# Everything that is content: not what tells of runs.
content_of() {
	(cd "$1" && find index tuf receipt.json -type f -exec sha256sum {} + |
		sort && readlink index/current)
}

# Two generations: the first has less.
mkdir "$T/stick"
run scapcache --quiet --state "$A" sync --from "$SAMPLE/upstream" nvd ubuntu-oval
run scapcache --quiet --state "$A" key init --offline-dir "$T/stick"
expect "the first side has keys" 0
run scapcache --state "$A" key export-root "$T/root.json"
expect "and a root to hand over" 0
offer one
run scapcache --quiet --state "$A" sync --from "$SAMPLE/upstream"
expect "it goes on" 0
offer two
ln -s one "$T/web"
serve "$T"

# --- trust ---

mirror "$S"
expect "without a root nothing is trusted" 15 "UNTRUSTED: tuf+$URL/web: nothing is trusted" \
	"--root ROOT.json"
mkdir "$T/other.stick"
run scapcache --quiet --state "$T/other" key init --offline-dir "$T/other.stick"
scapcache --quiet --state "$T/other" key export-root "$T/other.json"
mirror "$S" --root "$T/other.json"
expect "nor with another's root" 15 "UNTRUSTED: "
check "and no generation is there" test ! -e "$S/index/current"
mirror "$T/other" --root "$T/root.json"
expect "a side with keys of its own takes over nothing" 1 "$T/other/keys: "

# --- the first generation, then the second ---

mirror "$S" --root "$T/root.json"
expect "the first generation is taken over" 0 "generation 1 is current"
check "with its receipt" grep -q '^{"format":1,"generation":1,' "$S/receipt.json"
requests >/dev/null
mirror "$S"
expect "again: nothing has moved" 0 "nothing has moved"
requests >"$T/got"
printf '%s\n' 'GET /web/metadata/2.root.json 404' \
	'GET /web/metadata/timestamp.json 200' >"$T/want"
same "and only timestamp.json was fetched" "$T/want" "$T/got"

rm "$T/web" && ln -s two "$T/web"
mirror "$S" --json
expect "the second is" 0 '"generation": 2' '"moved": true'
same_as_a "$S" "the second"
equal "only what was not there is fetched" 0 \
	"$(requests | grep -c 'nvdcve-2.0-2024.json.gz')"
run scapcache --state "$A" index verify
cp "$T/out" "$T/want"
run scapcache --state "$S" index verify
expect "its index is what its files say" 0
same "and the digests are the same" "$T/want" "$T/out"
SOURCE_DATE_EPOCH=$(date +%s)
export SOURCE_DATE_EPOCH
scapcache --state "$A" scan --format json "$IMAGE" >"$T/want" 2>/dev/null
scapcache --state "$S" scan --format json "$IMAGE" >"$T/got" 2>/dev/null
unset SOURCE_DATE_EPOCH
check "a scan says something" grep -q '"verdict"' "$T/want"
same "and the same on both sides" "$T/want" "$T/got"
for f in "$A"/tuf/metadata/2.* "$A"/tuf/metadata/timestamp.json; do
	cmp -s "$f" "$S/tuf/metadata/${f##*/}" || say_no "$f"
done >"$T/differ"
equal "the metadata is the same to the byte" "" "$(cat "$T/differ")"
equal "the ledger has both" "1 2" "$(sqlite3 "$S/catalog.sqlite" \
	"SELECT group_concat(generation, ' ') FROM ledger
	WHERE event = 'imported' AND expired = 0")"

# --- refused, and all stays as it was ---

content_of "$S" >"$T/before"
rm "$T/web" && ln -s one "$T/web"
mirror "$S"
expect "the older one again is a rollback" 10 "ROLLBACK: tuf+$URL/web: timestamp.json: "
run scapcache --state "$S" status --audit 1
expect "which says of whom" 0 "refused" "tuf+$URL/web" "ROLLBACK: "
rm "$T/web" && ln -s two "$T/web"
export SOURCE_DATE_EPOCH=2000000000
mirror "$S"
expect "what has expired is refused" 12 "EXPIRED: "
unset SOURCE_DATE_EPOCH
content_of "$S" >"$T/after"
same "and all stays as it was" "$T/before" "$T/after"
export SOURCE_DATE_EPOCH=1500000000
mirror "$T/early" --root "$T/root.json"
expect "a clock that is years behind is told of" 13 "CLOCK: "
export SOURCE_DATE_EPOCH=2000000000
mirror "$T/late" --root "$T/root.json"
expect "a root that has expired is trusted by nobody" 12 "EXPIRED: "
unset SOURCE_DATE_EPOCH

cp -R "$T/two" "$T/three"
find "$T/three/targets" -name '*.com.ubuntu.noble.usn.oval.xml.bz2' \
	-exec rm -f {} +
rm "$T/web" && ln -s three "$T/web"
mirror "$T/b2" --root "$T/root.json"
expect "a file that is not there is told of" 14 "INCOMPLETE: " \
	"com.ubuntu.noble.usn.oval.xml.bz2"
file=$(cd "$T/two" && find targets -name '*.com.ubuntu.noble.usn.oval.xml.bz2')
tr '\000-\177' '\001-\177\000' <"$T/two/$file" >"$T/three/$file"
mirror "$T/b2" --root "$T/root.json"
expect "so is one that is another" 15 "UNTRUSTED: " \
	"com.ubuntu.noble.usn.oval.xml.bz2"
check "and no generation is there" test ! -e "$T/b2/index/current"
rm "$T/web" && ln -s two "$T/web"
requests >/dev/null
mirror "$T/b2" --root "$T/root.json"
expect "when all is well it completes" 0 "generation 2 is current"
equal "with what came before" 0 \
	"$(requests | grep -c 'nvdcve-2.0-2024.json.gz')"
same_as_a "$T/b2" "completed"

# --- expired, and taken all the same ---

SOURCE_DATE_EPOCH=$(($(date +%s) + 60 * 86400))
export SOURCE_DATE_EPOCH
mirror "$S"
expect "a timestamp of two months ago has expired" 12 "EXPIRED: "
mirror "$S" --accept-expired
expect "and is taken where that is asked for" 0 "stale until a later one"
unset SOURCE_DATE_EPOCH
run scapcache --state "$S" status
expect "status says that the content is stale" 0 "the content is stale"
mirror "$S"
expect "what has not expired is taken over again" 0 "0 of 5 documents"
run scapcache --state "$S" status
equal "and is not stale" 0 "$(grep -c 'is stale' "$T/out" "$T/err" | grep -vc ':0')"

# --- some sources ---

mirror "$T/some" nvd --root "$T/root.json"
expect "some sources" 0
equal "only theirs are there" "nvdcve-2.0-2024" "$(sqlite3 \
	"$T/some/catalog.sqlite" "SELECT group_concat(name) FROM document")"
mirror "$T/some" nvd
expect "again: nothing has moved" 0 "nothing has moved"
mirror "$T/some"
expect "then all of them, which is another generation" 0 \
	"generation 3 is current"
equal "with all documents" "$(sqlite3 "$A/catalog.sqlite" \
	"SELECT group_concat(sha256) FROM document")" "$(sqlite3 \
	"$T/some/catalog.sqlite" "SELECT group_concat(sha256) FROM document")"

# --- killed, and taken up ---

serve "$T" 'location ~ noble.cve { limit_rate 1k; }'
file=$(cd "$T/two" && find targets -name '*.com.ubuntu.noble.cve.oval.xml.bz2')
part=$(printf '%s' "$URL/web/$file" | sha256sum | cut -d' ' -f1)
"$SCAPCACHE" --quiet --state "$T/killed" sync --root "$T/root.json" \
	--from "tuf+$URL/web" >/dev/null 2>&1 &
pid=$!
while kill -0 $pid 2>/dev/null && ! {
	[ -s "$T/killed/incoming/$part.part" ] &&
		[ -s "$T/killed/incoming/$part.from" ]
}; do
	:
done
kill -9 $pid 2>/dev/null
wait $pid 2>/dev/null
check "what is killed leaves no generation" test ! -e "$T/killed/index/current"
check "nor any trust" test ! -e "$T/killed/tuf/metadata/timestamp.json"
requests >/dev/null
mirror "$T/killed" --root "$T/root.json"
expect "the next completes" 0 "generation 2 is current"
equal "and goes on where a file broke off" 1 \
	"$(requests | grep -c 'noble.cve.*206')"
same_as_a "$T/killed" "after a kill"

# --- the daemon, and what makes no sense ---

printf '[sync]\nfrom = tuf+%s/web\nroot = %s\n' "$URL" "$T/root.json" >"$T/d.conf"
"$SCAPCACHE" --config "$T/d.conf" --state "$T/d" syncd >"$T/d.out" 2>"$T/d.err" &
begun $!
while [ ! -S "$T/d/run/syncd.sock" ] && kill -0 $! 2>/dev/null; do
	:
done
run scapcache --config "$T/d.conf" --state "$T/d" sync --now
expect "the daemon mirrors, too" 0 "ended well; generation 2"
same_as_a "$T/d" "the daemon's"

mirror "$S" --dry-run
expect "no dry run" 1 "as it was signed"
run scapcache --state "$S" sync --root "$T/root.json" --from "$SAMPLE/upstream"
expect "a tree has no root" 1 "tuf+https://"
run scapcache --state "$S" sync --from "tuf+ftp://127.0.0.1/web"
expect "another scheme" 1 "of the form tuf+https://"
run scapcache --state "$S" sync --from "tuf+http://me:secret@127.0.0.1/web"
expect "a URL with a password is none" 1 "without a user's name"
equal "and it is printed nowhere" 0 "$(cat "$T/out" "$T/err" | grep -c secret)"
done_testing
