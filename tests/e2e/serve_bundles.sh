#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# /bundles/ and /v2/: the same bytes as in the folder, for curl, skopeo and
# `bundle pull`; what comes and goes while the server runs.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/bundle_lib.sh
. "$ROOT/tests/e2e/bundle_lib.sh"
# shellcheck source=tests/e2e/serve_lib.sh
. "$ROOT/tests/e2e/serve_lib.sh"

need curl
upstreams
A=$T/A
V2=/v2/scapcache/bundle
connected A

# --- nothing yet ---

server "$A"
answers "a registry" 200 /v2/
equal "says which" registry/2.0 "$(header Docker-Distribution-Api-Version)"
answers "with no repository" 200 /v2/_catalog
equal "at all" 0 "$(json "$T/body" "json_array_length(j, '\$.repositories')")"
answers "and no tag" 404 $V2/tags/list
equal "says so" NAME_UNKNOWN \
	"$(json "$T/body" "json_extract(j, '\$.errors[0].code')")"

# --- one, and one more, while it runs ---

run side A bundle export
expect "a full one" 0
digest=$(sed -n 's/^sha256:\([0-9a-f]*\)$/\1/p' "$T/out")
answers "is there" 200 /bundles/full-1.tar
same "as it is" "$A/bundles/full-1.tar" "$T/body"
equal "under its manifest's digest" "\"$digest\"" "$(header ETag)"
run side A sync --from "$T/two"
run side A bundle export --since 1
run side A bundle export
expect "and two more" 0
cp "$A/bundles/full-1.tar" "$A/bundles/other.tar"
head -c 2000 "$A/bundles/full-2.tar" >"$A/bundles/full-3.tar"
cp "$A/bundles/full-2.tar" "$A/bundles/delta-3-4.tar"
ln -s /etc/passwd "$A/bundles/full-5.tar"
answers "tags" 200 $V2/tags/list
equal "of what is whole" "delta-1-2,full-1,full-2,latest" "$(json "$T/body" \
	"(SELECT group_concat(value) FROM json_each(j, '\$.tags'))")"
check "the others are told in the log" test "$(grep -c 'not shown' \
	"$T/serve.log")" -ge 2
answers "the page of them" 200 /bundles/ -H "Accept: text/html"
check "which has a bundle" grep -q 'href="/bundles/full-2.tar"' "$T/body"
for name in other full-3 full-5 delta-3-4; do
	answers "no $name" 404 "/bundles/$name.tar"
done
answers "no way out" 400 "/bundles/..%2Fcatalog.sqlite" --path-as-is
: >"$T/paged"
next="$V2/tags/list?n=3"
while [ -n "$next" ]; do
	get "$next" >/dev/null
	json "$T/body" "(SELECT group_concat(value, ' ')
		FROM json_each(j, '\$.tags'))" >>"$T/paged"
	next=$(header Link | sed -n 's/^<\(.*\)>; rel="next"$/\1/p')
done
printf '%s\n' 'delta-1-2 full-1 full-2' latest >"$T/want"
same "in pages" "$T/want" "$T/paged"
answers "no number" 400 "$V2/tags/list?n=many"

# --- what the API says of it ---

answers "the list" 200 /v1/bundles
equal "has the files" "full-1.tar,full-2.tar,delta-1-2.tar" "$(json "$T/body" \
	"(SELECT group_concat(json_extract(value, '\$.name'))
		FROM json_each(j, '\$.files'))")"
equal "with their digests" "$digest" \
	"$(json "$T/body" "json_extract(j, '\$.files[0].sha256')")"
equal "what a delta is on top of" 1 \
	"$(json "$T/body" "json_extract(j, '\$.files[2].since')")"
equal "the keys of the root" "$(json "$T/A.root.json" "(SELECT
	group_concat(value) FROM json_each(j, '\$.signed.roles.root.keyids'))")" \
	"$(json "$T/body" "(SELECT group_concat(json_extract(value,
		'\$.keyid')) FROM json_each(j, '\$.keys'))")"
equal "roles" 12 "$(json "$T/body" "json_array_length(j, '\$.roles')")"
equal "the ledger without folders" full-2.tar \
	"$(json "$T/body" "json_extract(j, '\$.ledger[0].name')")"
run side A bundle list --json
equal "and all else of it" "$(json "$T/out" "(SELECT group_concat(DISTINCT key)
	FROM json_each(j, '\$[0]'))")" "$(json "$T/body" "(SELECT
	group_concat(DISTINCT key) FROM json_each(j, '\$.ledger[0]'))")"

# --- files ---

answers "a part" 206 /bundles/full-2.tar -r 1000-70000
tail -c +1001 "$A/bundles/full-2.tar" | head -c 69001 >"$T/want"
same "is that part" "$T/want" "$T/body"
answers "none behind the end" 416 /bundles/full-2.tar -r 99999999-
answers "not again" 304 /bundles/full-1.tar -H "If-None-Match: \"$digest\""
head -c 50000 "$A/bundles/full-2.tar" >"$T/half.tar"
check "a download goes on where it broke off" \
	curl -sf -C - -o "$T/half.tar" "$URL/bundles/full-2.tar"
same "to the same file" "$A/bundles/full-2.tar" "$T/half.tar"

# --- manifests and blobs ---

answers "a manifest by its tag" 200 $V2/manifests/full-1
equal "says its digest" "sha256:$digest" "$(header Docker-Content-Digest)"
equal "which it has" "$digest" "$(sha256sum <"$T/body" | cut -d' ' -f1)"
equal "and its type" application/vnd.oci.image.manifest.v1+json \
	"$(header Content-Type)"
cp "$T/body" "$T/manifest"
answers "by its digest" 200 "$V2/manifests/sha256:$digest"
same "the same" "$T/manifest" "$T/body"
answers "its head" 200 "$V2/manifests/full-1" -I
equal "has its length" "$(stat -c %s "$T/manifest")" "$(header Content-Length)"
answers "for who takes it" 200 $V2/manifests/full-1 \
	-H 'Accept: text/html, application/vnd.oci.image.manifest.v1+json;q=0.5'
answers "not for who does not" 404 $V2/manifests/full-1 \
	-H 'Accept: application/vnd.docker.distribution.manifest.v2+json'
answers "a wrong digest" 400 $V2/manifests/sha256:12
answers "of another kind" 400 $V2/blobs/sha512:12
answers "a digest of nothing" 404 \
	"$V2/blobs/sha256:$(echo none | sha256sum | cut -d' ' -f1)"
json "$T/manifest" "(SELECT group_concat(substr(json_extract(value,
	'\$.digest'), 8), char(10)) FROM json_each(j, '\$.layers'))" >"$T/layers"
while read -r hex; do
	get "$V2/blobs/sha256:$hex" >"$T/code"
	echo "$(cat "$T/code") $(sha256sum <"$T/body" | cut -d' ' -f1)"
done <"$T/layers" >"$T/got"
sed 's/^/200 /' "$T/layers" >"$T/want"
same "every blob is what its digest says" "$T/want" "$T/got"
equal "for good" "public, max-age=31536000, immutable" \
	"$(header Cache-Control)"
answers "a part of a blob" 206 "$V2/blobs/sha256:$(head -n 1 "$T/layers")" \
	-r 0-0
answers "referrers" 200 "$V2/referrers/sha256:$digest"
equal "there are none" 0 "$(json "$T/body" "json_array_length(j, '\$.manifests')")"
answers "for who takes it, in a line of its own" 200 $V2/manifests/full-1 \
	-H 'Accept: application/vnd.docker.distribution.manifest.v2+json' \
	-H 'Accept: application/vnd.oci.image.manifest.v1+json'

# refusal NAME CODE STATUS PATH [OPTION…]: in words that registries have.
refusal() {
	_code=$2
	_what=$1
	shift 2
	answers "$_what" "$@"
	equal "$_what: the code" "$_code" \
		"$(json "$T/body" "json_extract(j, '\$.errors[0].code')")"
}

for method in POST PUT DELETE; do
	refusal "no $method" UNSUPPORTED 405 "$V2/blobs/uploads/" -X $method
done
refusal "no PUT with a body" UNSUPPORTED 405 $V2/manifests/new -X PUT \
	--data-binary @"$T/manifest"
refusal "no PATCH" UNSUPPORTED 501 "$V2/blobs/uploads/1" -X PATCH
refusal "no such address" UNKNOWN 400 "/v2/..%2F" --path-as-is
refusal "no such part" UNKNOWN 416 "$V2/manifests/full-1" -r 99999999-
refusal "another one" UNKNOWN 412 "$V2/manifests/full-1" -H 'If-Match: "a"'
answers "no other repository" 404 /v2/library/alpine/manifests/latest

# --- our own client ---

printf '[registry]\nplain_http = %s\n' "$HOST" >"$T/pull.conf"
pull() {
	run scapcache --config "$T/pull.conf" bundle pull \
		"docker://$HOST/scapcache/bundle$1" "$T/pulled.tar"
}
pull :full-1
expect "bundle pull" 0 "sha256:$digest"
same "writes the same file" "$A/bundles/full-1.tar" "$T/pulled.tar"
run side B bundle verify "$T/pulled.tar" --root "$T/A.root.json"
expect "which verifies" 0
run side B bundle import "$T/pulled.tar" --root "$T/A.root.json"
expect "and imports" 0
pull :delta-1-2
run side B bundle import "$T/pulled.tar"
expect "so does a delta" 0
content A >"$T/want"
content B >"$T/got"
same "both sides have the same then" "$T/want" "$T/got"
pull :latest
same "the latest is the last" "$A/bundles/full-2.tar" "$T/pulled.tar"
pull :full-9
expect "one that is not there" 1

answers "nothing was imported here" 404 /bundles/receipt.json

# --- skopeo ---

if command -v skopeo >/dev/null; then
	from="docker://$HOST/scapcache/bundle:full-2"
	raw=$(skopeo inspect --raw --tls-verify=false "$from" | sha256sum)
	equal "skopeo inspect" \
		"$(tar -xOf "$A/bundles/full-2.tar" index.json >"$T/index" &&
			json "$T/index" "substr(json_extract(j,
				'\$.manifests[0].digest'), 8)")" "${raw%% *}"
	equal "skopeo list-tags" 4 "$(skopeo list-tags --tls-verify=false \
		"docker://$HOST/scapcache/bundle" | grep -c -e full -e delta \
		-e latest)"
	run skopeo copy --insecure-policy --src-tls-verify=false "$from" \
		"dir:$T/dir"
	expect "skopeo copy" 0
	equal "of the same digest" "${raw%% *}" \
		"$(sha256sum <"$T/dir/manifest.json" | cut -d' ' -f1)"
	run own_root skopeo copy --insecure-policy --src-tls-verify=false \
		"$from" "oci-archive:$T/copied.tar:x"
	expect "skopeo copy to an archive" 0
	tar -xOf "$T/copied.tar" index.json >"$T/index" 2>/dev/null
	equal "the same again" "sha256:${raw%% *}" "$(json "$T/index" \
		"json_extract(j, '\$.manifests[0].digest')")"
else
	skip "no skopeo"
fi

# --- what goes ---

SCAPCACHE_BUNDLE_KEEP=1 run side A gc
answers "gone" 404 /bundles/full-1.tar
answers "its manifest, too" 404 "$V2/manifests/sha256:$digest"
answers "the others stay" 200 $V2/manifests/latest

stop_server
expect "it ends" 0
server "$T/B"
answers "the other side's receipt" 200 /bundles/receipt.json
same "is what the import wrote" "$T/B/receipt.json" "$T/body"
stop_server

# --- with a token ---

printf '[serve]\nanonymous = no\n' >"$T/closed.conf"
server "$A" --config "$T/closed.conf"
printf '[registry]\nplain_http = %s\n' "$HOST" >"$T/pull.conf"
answers "nobody reads" 401 /bundles/full-2.tar
refusal "nor here" UNAUTHORIZED 401 /v2/
equal "and is asked for a password" 'Basic realm="scapcache"' \
	"$(header WWW-Authenticate)"
pull :full-2
expect "bundle pull neither" 1
token=$(side A token add puller 2>/dev/null)
soon "a token opens" 200 /v2/ -H "Authorization: Bearer $token"
answers "a blob is not for shared caches" 200 \
	"$V2/blobs/sha256:$(head -n 1 "$T/layers")" \
	-H "Authorization: Bearer $token"
equal "which would give it to others" "private, max-age=31536000, immutable" \
	"$(header Cache-Control)"
auth=$(printf 'x:%s' "$token" | base64 -w 0)
printf '{"auths":{"%s":{"auth":"%s"}}}' "$HOST" "$auth" >"$T/auth.json"
chmod 600 "$T/auth.json"
rm -f "$T/pulled.tar"
REGISTRY_AUTH_FILE=$T/auth.json pull :full-2
same "bundle pull with a login" "$A/bundles/full-2.tar" "$T/pulled.tar"
if command -v skopeo >/dev/null; then
	run skopeo copy --insecure-policy --src-tls-verify=false --src-creds \
		"x:$token" "docker://$HOST/scapcache/bundle:full-2" \
		"dir:$T/dir2"
	expect "skopeo copy with one" 0
fi
done_testing
