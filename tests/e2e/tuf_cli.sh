#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `scapcache tuf` against a repository that a shell and openssl have written:
# what is asked for, what is kept, what is refused. Canonical forms, ids of
# keys and signatures of four kinds are others' here.
. "$(dirname "$0")/lib.sh"
need openssl nginx

web=$T/web
meta=$web/metadata
mkdir -p "$meta" "$web/targets/dir" "$T/keys"
far=2099-01-01T00:00:00Z

hex() {
	od -An -v -tx1 | tr -d ' \n'
}

digest() {
	sha256sum "$1" | cut -d' ' -f1
}

# key NAME KIND: $T/keys/NAME.{pem,json,id,kind}
key() {
	_k=$T/keys/$1
	_type=rsa
	case $2 in
	ed25519)
		openssl genpkey -algorithm ed25519 -out "$_k.pem"
		_type=ed25519
		_public=$(openssl pkey -in "$_k.pem" -pubout -outform DER |
			tail -c 32 | hex)
		;;
	ecdsa-sha2-nistp256)
		openssl ecparam -name prime256v1 -genkey -noout -out "$_k.pem"
		_type=ecdsa
		;;
	*) openssl genrsa -out "$_k.pem" 2048 ;;
	esac 2>"$T/openssl"
	# The newline at the end of a PEM file is part of it.
	[ "$2" = ed25519 ] || _public="$(openssl pkey -in "$_k.pem" -pubout)
"
	printf '{"keytype":"%s","keyval":{"public":"%s"},"scheme":"%s"}' \
		"$_type" "$_public" "$2" >"$_k.json"
	digest "$_k.json" >"$_k.id"
	echo "$2" >"$_k.kind"
}

# signature NAME: of $T/signed, in hex.
signature() {
	_k=$T/keys/$1
	case $(cat "$_k.kind") in
	ed25519) openssl pkeyutl -sign -rawin -inkey "$_k.pem" \
		-in "$T/signed" ;;
	rsassa-pss-sha256) openssl dgst -sha256 -sign "$_k.pem" \
		-sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest \
		"$T/signed" ;;
	*) openssl dgst -sha256 -sign "$_k.pem" "$T/signed" ;;
	esac | hex
}

# publish FILE KEY: standard input, which is canonical, as a signed file. A
# newline in a text is raw in the canonical form, and escaped in the file.
publish() {
	cat >"$T/signed"
	{
		printf '{ "signatures": [\n  {"keyid": "%s", "sig": "%s"}],\n' \
			"$(cat "$T/keys/$2.id")" "$(signature "$2")"
		printf ' "signed": '
		awk 'NR > 1 { printf "\\n" } { printf "%s", $0 }' "$T/signed"
		printf '}\n'
	} >"$meta/$1"
}

# role NAME KEY THRESHOLD
role() {
	printf '"%s":{"keyids":["%s"],"threshold":%d}' "$1" \
		"$(cat "$T/keys/$2.id")" "$3"
}

# keys NAME…: the members of an object, by id.
keys() {
	_comma=
	for _name in "$@"; do
		printf '%s %s\n' "$(cat "$T/keys/$_name.id")" "$_name"
	done | LC_ALL=C sort | while read -r _id _name; do
		printf '%s"%s":' "$_comma" "$_id"
		cat "$T/keys/$_name.json"
		_comma=,
	done
}

# root VERSION SIGNER
root() {
	{
		printf '{"_type":"root","consistent_snapshot":true,'
		printf '"expires":"%s","keys":{' "$far"
		keys root time snap tgt
		printf '},"roles":{%s,%s,%s,%s},"spec_version":"1.0.31",' \
			"$(role root root 1)" "$(role snapshot snap 1)" \
			"$(role targets tgt 1)" "$(role timestamp time 1)"
		printf '"version":%d}' "$1"
	} | publish "$1.root.json" "$2"
}

# listed NAME FILE VERSION: an entry of meta.
listed() {
	printf '"%s":{"hashes":{"sha256":"%s"},"length":%d,"version":%d}' \
		"$1" "$(digest "$meta/$2")" "$(wc -c <"$meta/$2")" "$3"
}

# target PATH FILE
target() {
	printf '"%s":{"hashes":{"sha256":"%s"},"length":%d}' "$1" \
		"$(digest "$2")" "$(wc -c <"$2")"
	_base=${1##*/}
	cp "$2" "$web/targets/${1%"$_base"}$(digest "$2").$_base"
}

# roles VERSION: targets and what it delegates to, snapshot, timestamp.
roles() {
	{
		printf '{"_type":"targets","expires":"%s",' "$far"
		printf '"spec_version":"1.0.31","targets":{'
		target dir/b.txt "$T/b.txt"
		printf '},"version":%d}' "$1"
	} | publish "$1.below.json" below
	{
		printf '{"_type":"targets","delegations":{"keys":{'
		keys below
		printf '},"roles":[{"keyids":["%s"],"name":"below",' \
			"$(cat "$T/keys/below.id")"
		printf '"paths":["dir/*"],"terminating":true,"threshold":1}]},'
		printf '"expires":"%s","spec_version":"1.0.31","targets":{' \
			"$far"
		target "a file.txt" "$T/a.txt"
		printf '},"version":%d}' "$1"
	} | publish "$1.targets.json" tgt
	{
		printf '{"_type":"snapshot","expires":"%s","meta":{%s,%s},' \
			"$far" "$(listed below.json "$1.below.json" "$1")" \
			"$(listed targets.json "$1.targets.json" "$1")"
		printf '"spec_version":"1.0.31","version":%d}' "$1"
	} | publish "$1.snapshot.json" snap
	{
		printf '{"_type":"timestamp","expires":"%s","meta":{%s},' \
			"${2:-$far}" \
			"$(listed snapshot.json "$1.snapshot.json" "$1")"
		printf '"spec_version":"1.0.31","version":%d}' "$1"
	} | publish timestamp.json time
}

key root ed25519
key time ed25519
key snap ecdsa-sha2-nistp256
key tgt rsassa-pss-sha256
key below rsa-pkcs1v15-sha256
echo "the first" >"$T/a.txt"
echo "the second" >"$T/b.txt"
root 1 root
roles 1
serve "$web"

D=$T/trusted
X=$T/downloads
client() {
	: >"$ACCESS_LOG"
	run scapcache tuf --metadata-dir "$D" --metadata-url "$URL/metadata/" \
		--target-base-url "$URL/targets" --target-dir "$X" "$@"
}
asked() {
	sed 's,^GET /,,; s, [0-9]* [0-9]*$,,; s,^metadata/,,' "$ACCESS_LOG" |
		tr '\n' ' '
}

run scapcache tuf
expect "a command is needed" 1 "say init TRUSTED_ROOT, refresh or download"
run scapcache tuf init root.json
expect "and a folder" 1 "--metadata-dir is needed"
run scapcache tuf --metadata-dir "$D" refresh
expect "and a URL" 1 "--metadata-url is needed"
run scapcache tuf --metadata-dir "$D" --metadata-url "$URL" download
expect "and what is to be downloaded" 1 "download needs --target-name"
client refresh
expect "no folder, no trust" 1 "trusted"
equal "nothing is asked for" "" "$(asked)"

client init "$meta/1.root.json"
expect "init" 0
equal "init asks for nothing" "" "$(asked)"
same "the root is kept as it is" "$meta/1.root.json" "$D/root.json"
client refresh
expect "refresh" 0 "root 1 targets 1 snapshot 1 timestamp 1"
equal "what is asked for" "2.root.json timestamp.json 1.snapshot.json 1.targets.json " \
	"$(asked)"
same "timestamp, byte for byte" "$meta/timestamp.json" "$D/timestamp.json"
same "snapshot, byte for byte" "$meta/1.snapshot.json" "$D/snapshot.json"
same "targets, byte for byte" "$meta/1.targets.json" "$D/targets.json"
client refresh
expect "refresh again" 0
equal "what is there is not asked for" "2.root.json timestamp.json " "$(asked)"

client --target-name "a file.txt" download
expect "download" 0 "$X/a%20file.txt"
same "the target" "$T/a.txt" "$X/a%20file.txt"
equal "the target by its hash" \
	"2.root.json timestamp.json targets/$(digest "$T/a.txt").a file.txt " \
	"$(asked)"
client --target-name "a file.txt" download
expect "download again" 0
equal "it is there" "2.root.json timestamp.json " "$(asked)"
client --target-name dir/b.txt download
expect "download of a delegated one" 0 "$X/dir%2Fb.txt"
same "the delegated target" "$T/b.txt" "$X/dir%2Fb.txt"
same "the role, byte for byte" "$meta/1.below.json" "$D/below.json"
equal "by the role" "2.root.json timestamp.json 1.below.json targets/dir/$(
	digest "$T/b.txt"
).b.txt " "$(asked)"
client --target-name nowhere download
expect "a target that there is not" 1 "INCOMPLETE: no role has the target"

# New content, but other bytes are served.
echo "the third" >"$T/a.txt"
roles 2
echo "the thirt" >"$web/targets/$(digest "$T/a.txt").a file.txt"
client --target-name "a file.txt" download
expect "other bytes" 1 "UNTRUSTED: " "is not the file that was signed"
equal "the old file stays" "the first" "$(cat "$X/a%20file.txt")"
equal "nothing is left over" "2" "$(find "$X" -type f | wc -l | tr -d ' ')"
echo "the third and more" >"$web/targets/$(digest "$T/a.txt").a file.txt"
client --target-name "a file.txt" download
expect "more bytes" 1 "UNTRUSTED: "
rm "$web/targets/$(digest "$T/a.txt").a file.txt"
client --target-name "a file.txt" download
expect "no bytes" 1 "INCOMPLETE: " "the host answers 404"

# What the repository may not do.
cp "$meta/timestamp.json" "$T/timestamp2.json"
roles 1
client refresh
expect "back" 1 "ROLLBACK: timestamp.json: version 1, but 2 was accepted"
roles 2 2098-01-01T00:00:00Z
client refresh
expect "another of the same version is passed over" 0 "timestamp 2"
same "the first stays" "$T/timestamp2.json" "$D/timestamp.json"
roles 3 2020-01-01T00:00:00Z
client refresh
expect "expired" 1 "EXPIRED: version 3 of timestamp expired at 2020"
roles 3
client refresh
expect "in time" 0 "snapshot 3"
SOURCE_DATE_EPOCH=4102444800
export SOURCE_DATE_EPOCH
client refresh
expect "in a far year" 1 "EXPIRED: version 1 of root expired at 2099"
unset SOURCE_DATE_EPOCH
if faketime 2098-12-31 "$SCAPCACHE" version >/dev/null 2>&1; then
	: >"$ACCESS_LOG"
	run faketime '2098-12-31' "$SCAPCACHE" tuf --metadata-dir "$D" \
		--metadata-url "$URL/metadata" refresh
	expect "with another clock, in time" 0
	run faketime '2099-12-31' "$SCAPCACHE" tuf --metadata-dir "$D" \
		--metadata-url "$URL/metadata" refresh
	expect "with another clock, too late" 1 "EXPIRED: "
else
	skip "no faketime, or none with this build"
fi

# New keys: the next root has to be signed by the old ones and by its own.
cp "$T/keys/root.pem" "$T/keys/old.pem"
cp "$T/keys/root.id" "$T/keys/old.id"
cp "$T/keys/root.kind" "$T/keys/old.kind"
key root ed25519
root 2 root
client refresh
expect "a root by its own keys alone" 1 "UNTRUSTED: 2.root.json: signed by 0"
equal "and it is the last that is asked for" "2.root.json " "$(asked)"
root 2 old
client refresh
expect "a root by the old keys alone" 1 "UNTRUSTED: 2.root.json: signed by 0"
sed -i "s/\"signatures\": \[/& {\"keyid\":\"$(cat "$T/keys/root.id")\", \
\"sig\":\"$(signature root)\"},/" "$meta/2.root.json"
client refresh
expect "a root by both" 0 "root 2 "
equal "the next is asked for" "2.root.json 3.root.json timestamp.json " \
	"$(asked)"

# A trusted root that is not signed.
sed 's/"sig": "../"sig": "00/' "$meta/1.root.json" >"$T/unsigned.json"
client init "$T/unsigned.json"
client refresh
expect "a root that is not signed" 1 "UNTRUSTED: the trusted root: "
equal "is none to ask with" "" "$(asked)"
done_testing
