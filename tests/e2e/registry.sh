#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Images in real registries, Debian's docker-registry filled by skopeo: what a
# scan of docker:// says is what it says of the same image in an archive.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/registry_lib.sh
. "$ROOT/tests/e2e/registry_lib.sh"
need docker-registry skopeo umoci openssl htpasswd strace

copy() {
	skopeo --insecure-policy copy -q --dest-tls-verify=false "$@" \
		>"$T/skopeo" 2>&1 || diag <"$T/skopeo"
}

# What the last report says of an image, but for what it is called.
# What was read before is forgotten: all is asked for.
same_scan() {
	rm -f "$S"/results.sqlite*
	run scapcache --state "$S" scan --format json "$2"
	equal "$1: its verdict" 2 "$status"
	report >"$T/got"
	same "$1" "$T/want" "$T/got"
}

archive_report

registry open
OPEN=$HOST
copy "docker-archive:$SAMPLE/image.tar" "docker://$OPEN/team/app:1"
export SCAPCACHE_REGISTRY_PLAIN_HTTP="$OPEN"
same_scan "by tag" "docker://$OPEN/team/app:1"
digest=$(json "$T/out" "json_extract(j, '\$.image.digest')")
same_scan "by digest" "docker://$OPEN/team/app@$digest"
run scapcache --state "$S" scan "docker://$OPEN/team/app:2"
expect "no such tag" 1 "$OPEN/team/app:2" "the registry has no such image"
run scapcache --state "$S" scan "docker://$OPEN/team/none:1"
expect "no such name" 1 "the registry has no such image"
run scapcache --state "$S" scan "docker://127.0.0.1:1/team/app:1"
expect "nobody there" 1 "no connection: Connection refused"
chmod 755 "$T"
chmod -R a+rX "$S"
cp "$SCAPCACHE" "$T/program"
run offline "$T/program" --state "$S" scan "docker://$OPEN/team/app:1"
if [ "$status" -eq 77 ]; then
	skip "no network namespaces here"
else
	expect "no network" 1 "no connection:"
	equal "no verdict without one" "" "$(cat "$T/out")"
fi
SCAPCACHE_REGISTRY_PLAIN_HTTP='' run scapcache --state "$S" scan \
	"docker://$OPEN/team/app:1"
expect "plain HTTP is not used unasked" 1 "plain_http"

# --- an index of two platforms ---

layout=$T/layout
cp -R "$ROOT/samples/rootfs/base" "$T/root"
umoci init --layout "$layout"
for arch in amd64 arm64; do
	umoci new --image "$layout:$arch" &&
		umoci insert --rootless --image "$layout:$arch" "$T/root" / &&
		umoci config --image "$layout:$arch" --architecture $arch \
			--os linux
done >"$T/umoci" 2>&1 || diag <"$T/umoci"
{
	printf '{"schemaVersion":2,"manifests":['
	sep=
	for arch in amd64 arm64; do
		entry=$(json "$layout/index.json" "(SELECT value FROM
			json_each(j, '\$.manifests') WHERE json_extract(value,
			'\$.annotations.\"org.opencontainers.image.ref.name\"')
			= '$arch')")
		printf '%s%s' "$sep" "$(printf '%s' "$entry" | sed \
			"s/}}\$/},\"platform\":{\"os\":\"linux\",$(
			)\"architecture\":\"$arch\"}}/")"
		sep=,
	done
	printf ']}'
} >"$T/index"
cp "$T/index" "$layout/blobs/sha256/$(sha256sum <"$T/index" | cut -c1-64)"
printf '{"schemaVersion":2,"manifests":[{"mediaType":"%s","digest":"sha256:%s",
	"size":%s,"annotations":{"org.opencontainers.image.ref.name":"all"}}]}' \
	application/vnd.oci.image.index.v1+json \
	"$(sha256sum <"$T/index" | cut -c1-64)" "$(stat -c %s "$T/index")" \
	>"$layout/index.json"
copy --all "oci:$layout:all" "docker://$OPEN/two:1"
for arch in amd64 arm64; do
	run scapcache --state "$S" scan --format json --platform linux/$arch \
		"docker://$OPEN/two:1"
	equal "linux/$arch is chosen" $arch \
		"$(json "$T/out" "json_extract(j, '\$.image.architecture')")"
done
run scapcache --state "$S" scan --platform linux/s390x "docker://$OPEN/two:1"
expect "linux/s390x is not there" 1 \
	"there is no image for linux/s390x, only for linux/amd64, linux/arm64"
run scapcache --state "$S" scan --platform linux/arm64 \
	"docker://$OPEN/team/app:1"
expect "an image of one platform is not another's" 1 \
	"is for linux/amd64, not for linux/arm64"

# --- a login, and TLS ---

tls_pair "$T/ca" "$T/host"
htpasswd -Bbn me a-secret >"$T/users"
registry closed "auth: {htpasswd: {realm: house, path: $T/users}}" \
	"  tls: {certificate: $T/host.crt, key: $T/host.key}"
copy --dest-creds me:a-secret "docker-archive:$SAMPLE/image.tar" \
	"docker://$HOST/team/app:1"

run scapcache --state "$S" scan "docker://$HOST/team/app:1"
expect "an authority that is not known" 1 \
	"the host's certificate is not one that this system trusts"
export SCAPCACHE_REGISTRY_CA_FILE="$T/ca.crt"
run scapcache --state "$S" scan "docker://$HOST/team/app:1"
expect "no login" 1 "$HOST wants a login, and there is none: skopeo login"
run scapcache --state "$S" scan "docker://localhost:${HOST#*:}/team/app:1"
expect "another name than the certificate's" 1 \
	"the host's certificate is not one that this system trusts"

mkdir -p "$HOME/.docker"
auth() {
	printf '{"auths": {"%s": {"auth": "%s"}}}\n' "$HOST" \
		"$(printf '%s' "$1" | base64)" >"$HOME/.docker/config.json"
}
auth me:wrong
run scapcache --state "$S" scan "docker://$HOST/team/app:1"
expect "a wrong password" 1 \
	"$HOST does not take the login of $HOME/.docker/config.json"
auth me:a-secret
same_scan "with a login, over TLS" "docker://$HOST/team/app:1"
run scapcache --state "$S" explain "docker://$HOST/team/app:1" CVE-2024-6387
expect "explain asks a registry, too" 2 "openssh-client"
rm "$HOME/.docker/config.json"
REGISTRY_AUTH_FILE=$T/auth.json
export REGISTRY_AUTH_FILE
skopeo login --tls-verify=false -u me -p a-secret "$HOST" >"$T/skopeo" 2>&1
same_scan "with the login of skopeo" "docker://$HOST/team/app:1"

export SCAPCACHE_REGISTRY_CA_FILE=
certs=$HOME/.config/containers/certs.d/$HOST
mkdir -p "$certs"
cp "$T/ca.crt" "$certs/house.crt"
same_scan "the authority of one host" "docker://$HOST/team/app:1"
echo nothing >"$certs/house.crt"
run scapcache --state "$S" scan "docker://$HOST/team/app:1"
expect "an authority that is none" 1 \
	"$certs/house.crt: holds no certificate in PEM"
rm -r "$certs"
export SCAPCACHE_REGISTRY_INSECURE="$HOST"
same_scan "a certificate that nobody verifies" "docker://$HOST/team/app:1"
unset SCAPCACHE_REGISTRY_INSECURE

# --- who does what ---

rm -f "$S"/results.sqlite*
SCAPCACHE_REGISTRY_CA_FILE=$T/ca.crt run strace -f -qq -s 256 -o "$T/trace" \
	"$SCAPCACHE" --state "$S" scan "docker://$HOST/team/app:1"
if [ "$status" -ne 2 ]; then
	skip "strace and the sandbox do not go together here"
	done_testing
fi
calls scan >"$T/scan.calls"
calls fetch >"$T/fetch.calls"
check "the scan process was seen" grep -q 'read(' "$T/scan.calls"
equal "it makes no socket" 0 "$(grep -c ' socket(\| connect(' "$T/scan.calls")"
check "the fetch process connects" grep -q ' connect(' "$T/fetch.calls"
secret=$(printf 'me:a-secret' | base64)
equal "the scan process never sees the login" 0 \
	"$(grep -c "$secret" "$T/scan.calls")"
check "the fetch process shows it" grep -q "$secret" "$T/fetch.calls"
equal "and writes no file" 0 \
	"$(grep ' open' "$T/fetch.calls" | grep -c 'O_WRONLY\|O_RDWR')"
done_testing
