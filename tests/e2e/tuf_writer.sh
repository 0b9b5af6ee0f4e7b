#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `scapcache tuf` judges repositories that others wrote: tests/npm/tuf_writer.js
# makes them with @tufjs/models, right ones and wrong ones.
. "$(dirname "$0")/lib.sh"
need_npm
need nginx faketime bash

node "$ROOT/tests/npm/tuf_writer.js" "$T/www" >"$T/writer" 2>&1 || {
	diag <"$T/writer"
	echo "Bail out! no repositories were written"
	exit 1
}
serve "$T/www"

# client CASE: one that trusts the case's first root; its files are in $D.
client() {
	case=$1
	D=$T/$1.d
	X=$T/$1.x
	mkdir -p "$X"
	tuf init "$T/www/$1/root.json"
}

tuf() {
	run scapcache tuf --metadata-dir "$D" "$@"
}

refresh() {
	tuf --metadata-url "$URL/$case/$1/metadata" refresh
}

download() {
	tuf --metadata-url "$URL/$case/$1/metadata" --target-name "$2" \
		--target-base-url "$URL/$case/$1/targets" --target-dir "$X" \
		download
}

# What was asked for since it was last asked: the server writes a line down
# when it has answered, so one more answer is waited for.
requests() {
	bash -c "exec 3<>/dev/tcp/127.0.0.1/${URL##*:}
		printf 'GET /end HTTP/1.0\r\n\r\n' >&3
		cat <&3 >/dev/null"
	sed -e '/^GET \/end /d' -e "s,^GET /$case/[^/]*/,," \
		-e 's, \([0-9]*\) [0-9]*$, \1,' \
		-e 's,/[0-9a-f]\{64\}\.,/,' "$ACCESS_LOG"
	: >"$ACCESS_LOG"
}

# asked NAME LINE…: those and no others, in that order.
asked() {
	_asked=$1
	shift
	printf '%s\n' "$@" >"$T/want"
	requests >"$T/got"
	same "$_asked" "$T/want" "$T/got"
}

# What was downloaded.
has() {
	find "$X" -type f -exec cat {} + 2>/dev/null
}

# --- what is right ---

client good
expect "a root is trusted" 0
same "byte for byte" "$T/www/good/root.json" "$D/root.json"
requests >/dev/null
download 1 feeds/one.xml
expect "a target of a delegated role" 0
equal "is what it is" '<one/>' "$(has)"
asked "and nothing is asked for that is not needed" \
	"metadata/2.root.json 404" "metadata/timestamp.json 200" \
	"metadata/1.snapshot.json 200" "metadata/1.targets.json 200" \
	"metadata/1.feeds.json 200" "targets/feeds/one.xml 200"
for file in timestamp.json:timestamp.json 1.snapshot.json:snapshot.json \
	1.targets.json:targets.json 1.feeds.json:feeds.json; do
	same "${file#*:} as it was served" \
		"$T/www/good/1/metadata/${file%:*}" "$D/${file#*:}"
done
download 1 feeds/one.xml
expect "the same target again" 0
asked "is not fetched again" \
	"metadata/2.root.json 404" "metadata/timestamp.json 200"
download 1 top.txt
expect "a target of the role targets itself" 0
asked "needs no other role" \
	"metadata/2.root.json 404" "metadata/timestamp.json 200" \
	"targets/top.txt 200"
rm -rf "$X"
mkdir "$X"
download 2 feeds/one.xml
expect "a newer one" 0
equal "is newer" '<one changed="yes"/>' "$(has)"
asked "and only what moved is fetched" \
	"metadata/2.root.json 404" "metadata/timestamp.json 200" \
	"metadata/2.snapshot.json 200" "metadata/2.feeds.json 200" \
	"targets/feeds/one.xml 200"
refresh 3
expect "only the timestamp is renewed" 0
asked "and fetched" "metadata/2.root.json 404" "metadata/timestamp.json 200"
same "and kept" "$T/www/good/3/metadata/timestamp.json" "$D/timestamp.json"
download 3 feeds/deep/two.xml
expect "a target in a deeper folder" 0
download 3 feeds/three.xml
expect "a target that no role has" 1 "feeds/three.xml"

client strange
download 1 feeds/one.xml
download 2 feeds/one.xml
expect "members, keys and signatures that we do not know" 0
same "are kept as they are" \
	"$T/www/strange/2/metadata/timestamp.json" "$D/timestamp.json"

client roots
requests >/dev/null
refresh 2
expect "ten roots one after the other, one expired among them" 0
asked "are all asked for" \
	"metadata/2.root.json 200" "metadata/3.root.json 200" \
	"metadata/4.root.json 200" "metadata/5.root.json 200" \
	"metadata/6.root.json 200" "metadata/7.root.json 200" \
	"metadata/8.root.json 200" "metadata/9.root.json 200" \
	"metadata/10.root.json 200" "metadata/11.root.json 200" \
	"metadata/12.root.json 404" "metadata/timestamp.json 200" \
	"metadata/1.snapshot.json 200" "metadata/1.targets.json 200"
same "and the last is trusted" \
	"$T/www/roots/2/metadata/11.root.json" "$D/root.json"
refresh expired
expect "a last root that has expired" 1 "scapcache: EXPIRED: "

client timestamp_other
refresh 1
requests >/dev/null
refresh bad
expect "another timestamp of the same version" 0
same "is passed over" \
	"$T/www/timestamp_other/1/metadata/timestamp.json" "$D/timestamp.json"
asked "with all that it leads to" \
	"metadata/2.root.json 404" "metadata/timestamp.json 200"

client fast_forward
download 1 feeds/one.xml
download 2 feeds/one.xml
expect "versions were run far up" 0
refresh 1
expect "and cannot go back" 1 "scapcache: ROLLBACK: "
download 3 feeds/one.xml
expect "but with new keys they can" 0
same "and are the new ones" \
	"$T/www/fast_forward/3/metadata/timestamp.json" "$D/timestamp.json"

client key_dropped
download 1 feeds/one.xml
expect "a role signed by a key of then" 0
rm -rf "$X"
mkdir "$X"
requests >/dev/null
download bad feeds/one.xml
expect "is refused when the delegator drops the key" 1 \
	"scapcache: UNTRUSTED: "
equal "and nothing is downloaded" '' "$(has)"
download 3 feeds/one.xml
expect "until a key of now signs it" 0

client delegations
download 2 shared/a
expect "the second of three roles has it" 0
equal "and is believed" 'of the second' "$(has)"
download 2 shared/b
expect "a terminating role ends the search" 1 "shared/b"
download 2 shared/deep/c
expect "a star does not cross a slash" 1 "shared/deep/c"
rm -rf "$X"
mkdir "$X"
download 2 feeds/one.xml
expect "a role has no say beyond its paths" 0
equal "whoever else lists it" '<one/>' "$(has)"

client good
run faketime '2039-12-31 12:00:00' "$SCAPCACHE" tuf --metadata-dir "$D" \
	--metadata-url "$URL/good/3/metadata" refresh
expect "the day before all expires" 0
run faketime '2040-01-01 12:00:00' "$SCAPCACHE" tuf --metadata-dir "$D" \
	--metadata-url "$URL/good/3/metadata" refresh
expect "the day on which it does" 1 "scapcache: EXPIRED: "

# --- what is wrong ---

# Each is accepted up to its last step, which is refused by name; the file
# that is refused does not replace the one before.
while read -r name refusal role text; do
	client "$name"
	for step in 1 2; do
		[ -d "$T/www/$name/$step" ] || continue
		download $step feeds/one.xml
		[ $status -eq 0 ] || expect "$name: at first" 0
	done
	cp "$D/$role.json" "$T/before"
	download bad feeds/one.xml
	expect "$name" 1 "scapcache: $refusal: $text"
	cmp -s "$T/before" "$D/$role.json" || not_ok "$name: it was kept"
done <<'EOF'
root_unknown_keys UNTRUSTED root 2.root.json: signed by 0 of the keys of role root, 2 are needed
root_one_old_key UNTRUSTED root 2.root.json: signed by 1 of the keys of role root, 2 are needed
root_old_keys_only UNTRUSTED root 2.root.json: signed by 1 of the keys of role root, 2 are needed
root_key_twice UNTRUSTED root 2.root.json: signed by 1 of the keys of role root, 2 are needed
root_skips UNTRUSTED root 2.root.json: version 3 in place of 2
root_repeats ROLLBACK root 2.root.json: version 1 in place of 2
timestamp_back ROLLBACK timestamp timestamp.json: version 1, but 2 was accepted before
snapshot_back ROLLBACK timestamp timestamp.json: it leads to snapshot 1, but 2 was accepted before
snapshot_other FORK snapshot snapshot: version 1 is another than the one accepted before
targets_back ROLLBACK snapshot snapshot: version 1 of targets.json is listed, but 2 was before
role_back ROLLBACK snapshot snapshot: version 1 of feeds.json is listed, but 2 was before
role_gone ROLLBACK snapshot snapshot: index.json was listed before and is not any more
expired_timestamp EXPIRED timestamp version 2 of timestamp expired at 2021-01-01T00:00:00Z
expired_snapshot EXPIRED snapshot version 2 of snapshot expired at 2021-01-01T00:00:00Z
expired_targets EXPIRED targets version 2 of targets expired at 2021-01-01T00:00:00Z
expired_role EXPIRED feeds version 2 of feeds expired at 2021-01-01T00:00:00Z
unsigned_timestamp UNTRUSTED timestamp timestamp.json: signed by 0 of the keys of role timestamp, 1 are needed
unsigned_snapshot UNTRUSTED snapshot 2.snapshot.json: signed by 0 of the keys of role snapshot, 1 are needed
unsigned_targets UNTRUSTED targets 2.targets.json: signed by 0 of the keys of role targets, 1 are needed
unsigned_role UNTRUSTED feeds 2.feeds.json: signed by 0 of the keys of role feeds, 1 are needed
short_threshold UNTRUSTED snapshot 3.snapshot.json: signed by 1 of the keys of role snapshot, 2 are needed
signed_twice SHAPE snapshot 3.snapshot.json: more than one signature of one key
mixed_snapshot UNTRUSTED snapshot 2.snapshot.json: not the bytes whose SHA-256 is listed
mixed_targets UNTRUSTED targets 2.targets.json: not the bytes whose SHA-256 is listed
mixed_role UNTRUSTED feeds 2.feeds.json: not the bytes whose SHA-256 is listed
mixed_versions UNTRUSTED targets 2.targets.json: version 1 in place of 2
missing_timestamp INCOMPLETE timestamp timestamp.json: it is missing
missing_snapshot INCOMPLETE snapshot 2.snapshot.json: it is missing
missing_targets INCOMPLETE targets 2.targets.json: it is missing
missing_role INCOMPLETE feeds 2.feeds.json: it is missing
not_json SHAPE timestamp timestamp.json: byte 1: not valid JSON
another_type SHAPE timestamp timestamp.json: its type is "snapshot" in place of "timestamp"
no_version SHAPE timestamp timestamp.json: version is not a number of 1 or more
too_long SHAPE timestamp timestamp.json: more than 16384 bytes
longer_snapshot UNTRUSTED snapshot 2.snapshot.json: more than its
endless_role UNTRUSTED feeds 2.feeds.json: more than its
EOF

client tampered
for target in feeds/one.xml feeds/deep/two.xml top.txt; do
	download bad $target
	expect "$target is other bytes" 1 "scapcache: UNTRUSTED: " \
		"${target##*/}"
done
download bad index/manifest.json
expect "a target that is not there" 1 "scapcache: INCOMPLETE: " \
	"manifest.json"
equal "of all of them nothing stays" '' "$(has)"

done_testing
