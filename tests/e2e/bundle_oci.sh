#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bundles that go to a registry and come back: Debian's docker-registry with a
# login and TLS, beside skopeo; then registries that misbehave on purpose.
. "$(dirname "$0")/lib.sh"
need docker-registry skopeo openssl htpasswd strace
MAKE=$BUILD/tools/make_bundle
need_built tools/make_bundle servers/bad_upstream

# What is in it need not mean anything: a registry does not ask either.
bundle=$T/bundle.tar
awk 'BEGIN { for (i = 0; i < 90000; i++) print i * i }' >"$T/large"
awk 'BEGIN { for (i = 0; i < 9000; i++) print i }' >"$T/middle"
echo '{"signed":{}}' >"$T/root"
echo '{}' >"$T/timestamp"
: >"$T/empty"
"$MAKE" "$bundle" metadata 1.root.json "$T/root" \
	metadata timestamp.json "$T/timestamp" \
	target index/manifest.json "$T/root" target nvd/a "$T/large" \
	target nvd/b "$T/large" target nvd/c "$T/empty" \
	patch ubuntu/d "$T/middle"
manifest=$(tar -tf "$bundle" | sed -n '3s,.*/,,p')

# --- a registry of the house ---

tls_pair "$T/ca" "$T/host"
htpasswd -Bbn me a-secret >"$T/users"
registry house "auth: {htpasswd: {realm: house, path: $T/users}}" \
	"  tls: {certificate: $T/host.crt, key: $T/host.key}"
ref=docker://$HOST/site/content
auth() {
	printf '{"auths": {"%s": {"auth": "%s"}}}\n' "$HOST" \
		"$(printf '%s' "$1" | base64)" >"$T/auth.json"
}
REGISTRY_AUTH_FILE=$T/auth.json
export REGISTRY_AUTH_FILE
auth me:a-secret

run scapcache bundle push "$bundle" "$ref:1"
expect "an authority that is not known" 1 \
	"the host's certificate is not one that this system trusts"
export SCAPCACHE_REGISTRY_CA_FILE="$T/ca.crt"
auth me:wrong
run scapcache bundle push "$bundle" "$ref:1"
expect "a wrong password" 1 "$HOST does not take the login of $T/auth.json"
echo '{}' >"$T/auth.json"
run scapcache bundle push "$bundle" "$ref:1"
expect "no login" 1 "$HOST wants a login, and there is none: skopeo login"
auth me:a-secret
run scapcache bundle pull "$ref:1" "$T/back.tar"
expect "nothing was pushed" 1 "the registry has no such image"

run scapcache bundle push "$bundle" "$ref:1"
expect "push" 0 "push: $ref:1: 7 of 7 blobs sent"
equal "the digest is told" "sha256:$manifest" "$(cat "$T/out")"
skopeo inspect --raw --tls-verify=false "$ref:1" >"$T/raw" 2>"$T/skopeo" ||
	diag <"$T/skopeo"
equal "skopeo sees the same digest" "$manifest" \
	"$(sha256sum <"$T/raw" | cut -c1-64)"
run scapcache bundle push "$bundle" "$ref:1"
expect "the same again" 0 "0 of 7 blobs sent, 0 bytes"
run scapcache bundle push "$bundle" "$ref:2"
expect "under another tag" 0 "1 of 7 blobs sent"
run scapcache bundle pull "$ref:1" "$T/back.tar"
expect "pull" 0 "sha256:$manifest" "bytes"
check "it is the file that was pushed" cmp "$bundle" "$T/back.tar"
run scapcache bundle pull "$ref@sha256:$manifest" "$T/by-digest.tar"
expect "pull by digest" 0 "sha256:$manifest"
check "is the same" cmp "$bundle" "$T/by-digest.tar"
run scapcache --quiet bundle pull "$ref:2" -
equal "pull to standard output" 0 "$status"
check "is the same" cmp "$bundle" "$T/out"
equal "and nothing is said" "" "$(cat "$T/err")"
run scapcache bundle push "$bundle" "$ref@sha256:$manifest"
expect "by its digest" 0 "0 of 7 blobs sent"
run scapcache bundle push "$bundle" "$ref@sha256:$(sha256sum <"$T/root" |
	cut -c1-64)"
expect "by another's" 1 "another digest than it is to be called"

# In parts that end in the middle of files.
split -a 3 -d -b 200001 "$bundle" "$T/parts."
run scapcache bundle push "$T/parts" "docker://$HOST/site/parts:1"
expect "a bundle in parts" 0 "7 of 7 blobs sent"
equal "has the same digest" "sha256:$manifest" "$(cat "$T/out")"
run scapcache bundle pull "docker://$HOST/site/parts:1" "$T/parts.back"
check "and is the same when it comes back" cmp "$bundle" "$T/parts.back"
run scapcache bundle push "$T/parts.000" "$T/parts.001" \
	"docker://$HOST/site/parts:2"
expect "parts that are missing" 14 "INCOMPLETE" "in the middle"

# One that is large enough to be asked about before it is sent.
awk 'BEGIN { for (i = 0; i < 300000; i++) print i * i }' >"$T/huge"
"$MAKE" "$T/huge.tar" target nvd/a "$T/huge"
run scapcache bundle push "$T/huge.tar" "$ref:huge"
expect "a large file" 0 "2 of 3 blobs sent"
run scapcache bundle pull "$ref:huge" "$T/huge.back"
check "is the same when it comes back" cmp "$T/huge.tar" "$T/huge.back"

# What others carried is the same bundle.
if own_root true 2>/dev/null; then
	own_root skopeo --insecure-policy copy -q --dest-tls-verify=false \
		"oci-archive:$bundle" "docker://$HOST/site/copied:1" \
		>"$T/skopeo" 2>&1 || diag <"$T/skopeo"
	run scapcache bundle pull "docker://$HOST/site/copied:1" "$T/copied.tar"
	expect "pull of what skopeo copied" 0 "sha256:$manifest"
	check "is the same" cmp "$bundle" "$T/copied.tar"
else
	skip "neither root nor namespaces here"
fi

# --- who does what ---

run strace -f -qq -s 256 -o "$T/trace" "$SCAPCACHE" bundle push "$bundle" \
	"docker://$HOST/site/traced:1"
if [ "$status" -eq 0 ]; then
	calls bundl >"$T/bundle.calls"
	calls fetch >"$T/fetch.calls"
	check "the bundle process reads it" grep -q 'pread64(' "$T/bundle.calls"
	equal "it makes no socket" 0 \
		"$(grep -c ' socket(\| connect(' "$T/bundle.calls")"
	equal "and opens none of our files" 0 \
		"$(grep ' open' "$T/bundle.calls" | grep -cF "$T")"
	equal "it never sees the login" 0 "$(grep -c \
		"$(printf 'me:a-secret' | base64)" "$T/bundle.calls")"
	equal "the fetch process writes no file" 0 \
		"$(grep ' open' "$T/fetch.calls" | grep -c 'O_WRONLY\|O_RDWR')"
else
	skip "strace and the sandbox do not go together here"
fi

# --- from one site to another ---

{
	scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream" &&
		scapcache --quiet --state "$S" key init &&
		scapcache --quiet --state "$S" bundle export "$T/real.tar" &&
		scapcache --quiet --state "$S" bundle export --since 1 \
			"$T/delta.tar" &&
		scapcache --quiet --state "$S" key export-root "$T/root.json"
} >"$T/made" 2>&1 || diag <"$T/made"
run scapcache bundle push "$T/real.tar" "$ref:full"
expect "push of what was exported" 0 "sha256:"
run scapcache bundle pull "$ref:full" "$T/real.back"
check "pull writes what export wrote" cmp "$T/real.tar" "$T/real.back"
run scapcache bundle push "$T/delta.tar" "$ref:delta"
expect "a delta" 0 "blobs sent"
run scapcache bundle pull "$ref:delta" "$T/delta.back"
check "is the same when it comes back" cmp "$T/delta.tar" "$T/delta.back"
scapcache bundle pull "$ref:full" - 2>"$T/pull.err" |
	scapcache --state "$T/other-site" bundle import \
		--root "$T/root.json" - >"$T/out" 2>"$T/err"
status=$?
expect "from the registry into the other site" 0 "Generation 1"

# --- what is no bundle ---

head -c 600000 "$bundle" >"$T/cut.tar"
run scapcache bundle push "$T/cut.tar" "$ref:bad"
expect "a file that was cut" 14 "INCOMPLETE" "the file ends at byte 600000"
tar -cf "$T/other.tar" -C "$T" root timestamp large middle
run scapcache bundle push "$T/other.tar" "$ref:bad"
expect "another tar" 16 "SHAPE"
run scapcache bundle push "$T/large" "$ref:bad"
expect "no tar" 16 "SHAPE"
cp "$bundle" "$T/changed.tar"
printf x | dd of="$T/changed.tar" bs=1 seek=500000 conv=notrunc 2>"$T/dd"
run scapcache bundle push "$T/changed.tar" "$ref:bad"
expect "a file of other bytes" 15 "UNTRUSTED" "its bytes have another digest"
run scapcache bundle pull "$ref:bad" "$T/bad.tar"
expect "nothing of these was pushed" 1 "the registry has no such image"
skopeo --insecure-policy copy -q --dest-tls-verify=false \
	"docker-archive:$SAMPLE/image.tar" "docker://$HOST/site/image:1" \
	>"$T/skopeo" 2>&1 || diag <"$T/skopeo"
echo before >"$T/kept.tar"
run scapcache bundle pull "docker://$HOST/site/image:1" "$T/kept.tar"
expect "an image is no bundle" 16 "SHAPE" "another kind of artifact"
equal "what stood there stays" before "$(cat "$T/kept.tar")"
run scapcache bundle push "$bundle" "$HOST/site/content:1"
expect "no docker:// there" 1 "a registry is docker://HOST/NAME[:TAG]"
run scapcache bundle push /dev/null "$ref:bad"
expect "no file" 1 "/dev/null: is no file"

# --- registries that misbehave ---

tree=$T/tree
site=$tree/v2/site/content
mkdir -p "$site/manifests" "$site/blobs" "$T/files"
tar -xf "$bundle" -C "$T/files"
for blob in "$T"/files/blobs/sha256/*; do
	cp "$blob" "$site/blobs/sha256:${blob##*/}"
done
cp "$T/raw" "$site/manifests/1"
bad_upstream other "$T/nothing"
other=127.0.0.1:$port
bad_upstream full "$tree"
full=docker://127.0.0.1:$port/site/content:1
bad_upstream bad "$T/nothing"
host=127.0.0.1:$port
bad=docker://$host/site/content:1
unset SCAPCACHE_REGISTRY_CA_FILE
export SCAPCACHE_REGISTRY_PLAIN_HTTP=127.0.0.1
export SCAPCACHE_REGISTRY_RETRY_DELAY_MS=5
login=$(printf 'me:a-secret' | base64)
printf '{"auths": {"%s": {"auth": "%s"}}}\n' "$host" "$login" >"$T/auth.json"
printf '{"token": "t1"}' >"$T/t1"

# rules NAME [LINE…]: what that one does from now on.
rules() {
	: >"$T/$1.log"
	: >"$T/other.log"
	bad_rules "$@"
}

# says NAME LINE: the registry was asked so, once at least.
says() {
	check "$1" grep -qx -e "$2" "$T/bad.log"
}

# never NAME TEXT FILE: it does not stand there.
never() {
	equal "$1" 0 "$(grep -cF -e "$2" "$3")"
}

# Which blobs a registry has, it says by files: this one has none.
opens="/uploads/ * status 202 redirect"
taken="/manifests/1 1 status 404
/manifests/1 * status 201"
large=$(stat -c %s "$T/large")

push() {
	run scapcache bundle push "$bundle" "$bad"
}

# good NAME: all was sent.
good() {
	push
	expect "$1" 0 "7 of 7 blobs sent" "sha256:$manifest"
}

rules bad "$opens /up?s=1" "/up * status 201" "$taken"
good "a registry that has nothing"
says "the digest goes where it is sent" \
	"QUERY /up s=1&digest=sha256:[0-9a-f]\{64\}"
says "all of the largest is sent" "PUT /up $large"
equal "the manifest is the last" /v2/site/content/manifests/1 \
	"$(sed -n '$s/^PUT \([^ ]*\) 201 .*/\1/p' "$T/bad.log")"
never "no login where none is wanted" "AUTH" "$T/bad.log"

# --- who pushes ---

rules bad "/token * basic $login file $T/t1" "/uploads/ * bearer t1 status 202 redirect /up" \
	"/up * status 201 bearer t1" "/1 1 status 404 bearer t1" \
	"/1 * status 201 bearer t1" '* * bearer t1'
good "a token"
says "is asked for with its scope" \
	"QUERY /token service=bad%20one&scope=repository:site/content:pull,push"
equal "at the token service alone" 1 "$(grep -c "Basic" "$T/bad.log")"
rules bad "/uploads/ * basic $login status 202 redirect /up" \
	"/up * status 201 basic $login" \
	"/1 1 status 404 basic $login" "/1 * status 201 basic $login" \
	"* * basic $login"
good "a password"
rules bad "/token * file $T/t1" '* * bearer t2'
push
expect "a token that may not push" 1 \
	"the login of $T/auth.json may not push site/content to $host"
rules bad "/uploads/ * status 403"
push
expect "a registry that lets nobody push" 1 "lets nobody push there"
rules bad "/uploads/ * status 405"
push
expect "a registry that is not to be written" 1 "the registry takes nothing"

# --- other hosts ---

rules other "/up * status 201"
there="/uploads/ * basic $login status 202 redirect http://$other/up"
rules bad "$there" "/1 1 status 404" "/1 * status 201" "* * basic $login"
good "another host takes the blobs"
check "they went there" grep -qx "PUT /up $large" "$T/other.log"
never "without the login" "AUTH" "$T/other.log"
rules other "/up * bearer t1"
rules bad "$there" "* * basic $login"
push
expect "another host that wants a login" 1 "the host answered 401"
never "is not shown one" "AUTH" "$T/other.log"
never "nor is it asked for a token" "/token" "$T/other.log"
rules bad "$opens http://localhost:${other#*:}/up"
push
expect "another host without TLS" 1 "http:// is not used for localhost:"
rules bad "/uploads/ * status 202"
push
expect "nowhere to put it" 1 "does not say where to put a blob"
rules bad "$opens /up" "/up * status 307 redirect /there" \
	"/there * status 201" "$taken"
good "a place that moved"
rules bad "$opens /up" "/up * status 302 redirect /there"
push
expect "one that moved for others" 1 \
	"redirected by a 302 with something to send"

# --- what breaks ---

rules bad "$opens /up" "/up 1 drop 1" "/up 4 status 201" "/up 1 drop 5000" \
	"/up * status 201" "$taken"
good "uploads that break off"
check "are begun again" test "$(grep -c '^POST .*/uploads/ 202' \
	"$T/bad.log")" -gt 6
rules bad "$opens /up" "/up * drop 1"
push
expect "an upload that always breaks off" 1 "blob "
equal "is given up" 3 "$(grep -c '^PUT /up 0' "$T/bad.log")"
never "and no manifest is sent" "/manifests/" "$T/bad.log"
rules bad "$opens /up" "/up 2 status 503" "/up * status 201" "$taken"
good "a registry that is busy"
rules bad "$opens /up" "/up 1 status 404" "/up * status 201" "$taken"
good "an upload that was forgotten"
rules bad "$opens /up" "/up * status 201 digest sha256:$manifest"
push
expect "a registry that got something else" 1 \
	"the registry says that it has other bytes than were sent"
rules bad "$opens /up" "/up * status 201" "/manifests/1 1 status 404" \
	"/manifests/1 * status 400"
push
expect "a registry that does not take manifests" 1 "the host answered 400"

# --- pulling ---

blob=$(sha256sum <"$T/large" | cut -c1-64)
rules full
run scapcache bundle pull "$full" "$T/full.tar"
expect "pull" 0 "sha256:$manifest"
check "from files alone" cmp "$bundle" "$T/full.tar"
rules full "$blob 1 cut 400000" "$blob 1 reset 300000"
run scapcache bundle pull "$full" "$T/cut.back"
expect "a blob that breaks off" 0 "sha256:$manifest"
check "is gone on with" cmp "$bundle" "$T/cut.back"
check "not begun again" grep -q "^GET .*$blob 206 400000 300000\$" \
	"$T/full.log"
pull_bad() {
	run scapcache bundle pull "$full" "$T/kept.tar"
	expect "$@"
	equal "and leaves what stood there" before "$(cat "$T/kept.tar")"
	equal "and nothing beside it" 1 "$(find "$T" -name 'kept.tar*' | wc -l)"
}
rules full "$blob * cut 5000 norange"
pull_bad "a blob that never comes whole" 1 "ended after 5000 of $large bytes"
rules full "$blob * flip"
pull_bad "a blob of other bytes" 15 "UNTRUSTED" "other bytes under that digest"
rules full "$blob * endless"
pull_bad "a blob without an end" 1 "larger than $large bytes"
rules full "$blob * status 404"
pull_bad "a blob that is not there" 1 "the registry does not have it"
rules full "/1 * flip"
pull_bad "a manifest of other bytes" 16 "SHAPE"
rules full "sha256:$manifest * file $T/root"
run scapcache bundle pull "${full%:1}@sha256:$manifest" "$T/kept.tar"
expect "another manifest than was asked for" 1 \
	"do not have the digest that it was asked for by"
done_testing
