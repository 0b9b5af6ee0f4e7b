#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A Debian image made here of Debian's own packages, in layers of which later
# ones add, remove and replace: its packages are those that dpkg-query sees, in
# the layout as in a registry with a login and TLS. The packages come from where
# this machine's apt has them, or from SCAPCACHE_DEBIAN_MIRROR.
. "$(dirname "$0")/lib.sh"
need mmdebstrap umoci skopeo docker-registry openssl htpasswd dpkg-query
[ "$(id -u)" -eq 0 ] || skip_all "only root unpacks packages"
MIRROR=${SCAPCACHE_DEBIAN_MIRROR:-$(apt-get indextargets \
	--format "\$(REPO_URI)" 'Created-By: Packages' 2>/dev/null | head -n 1)}
[ -n "$MIRROR" ] || skip_all "no Debian mirror"

mmdebstrap --mode=root --variant=essential --include=less,openssh-client \
	--aptopt='Acquire::Languages "none"' \
	--dpkgopt='path-exclude=/usr/share/doc/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' \
	--dpkgopt='path-exclude=/usr/share/man/*' \
	bookworm "$T/debian" "$MIRROR" >"$T/mmdebstrap" 2>&1 || {
	diag <"$T/mmdebstrap"
	skip_all "mmdebstrap makes no root here"
}

layout=$T/layout
bundle=$T/bundle
root=$bundle/rootfs
# layer: what was changed in the root is the next one.
layer() {
	umoci repack --refresh-bundle --image "$layout:1" "$bundle" \
		>"$T/umoci" 2>&1 || diag <"$T/umoci"
}
umoci init --layout "$layout"
umoci new --image "$layout:1"
umoci unpack --image "$layout:1" "$bundle" >"$T/umoci" 2>&1 ||
	diag <"$T/umoci"
cp -a "$T/debian/." "$root"
rm -rf "$T/debian"
layer
dpkg --root="$root" --purge --force-all openssh-client >"$T/dpkg" 2>&1 ||
	diag <"$T/dpkg"
layer
dpkg --root="$root" --remove less >"$T/dpkg" 2>&1 || diag <"$T/dpkg"
rm -rf "$root/var/cache" "$root/usr/share/perl5"
echo "a line" >>"$root/etc/motd"
layer
equal "its layers" 3 "$(json "$layout/blobs/$(json "$layout/index.json" \
	"replace(json_extract(j, '\$.manifests[0].digest'), ':', '/')")" \
	"json_array_length(j, '\$.layers')")"

dpkg-query --admindir="$root/var/lib/dpkg" -W \
	-f '${db:Status-Status} ${Package} ${Version}\n' |
	sed -n 's/^installed //p' | sort >"$T/want"
check "there are packages" test "$(wc -l <"$T/want")" -gt 50

# packages NAME TARGET: they are those of dpkg-query.
packages() {
	rm -f "$S"/results.sqlite*
	run scapcache --state "$S" scan --format cyclonedx "$2"
	[ "$status" -ne 1 ] || say_run
	json "$T/out" "(SELECT group_concat(line, char(10)) FROM (
		SELECT json_extract(value, '\$.name') || ' ' ||
			json_extract(value, '\$.version') AS line
		FROM json_each(j, '\$.components')
		WHERE json_extract(value, '\$.type') <> 'operating-system'))" |
		sort >"$T/got"
	same "$1" "$T/want" "$T/got"
}
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0
packages "in the layout" "oci:$layout:1"
packages "in its root" "rootfs:$root"

tls_pair "$T/ca" "$T/host"
htpasswd -Bbn me a-secret >"$T/users"
registry closed "auth: {htpasswd: {realm: house, path: $T/users}}" \
	"  tls: {certificate: $T/host.crt, key: $T/host.key}"
skopeo --insecure-policy copy -q --dest-tls-verify=false \
	--dest-creds me:a-secret "oci:$layout:1" "docker://$HOST/debian:12" \
	>"$T/skopeo" 2>&1 || diag <"$T/skopeo"
export REGISTRY_AUTH_FILE="$T/auth.json"
skopeo login --tls-verify=false -u me -p a-secret "$HOST" >"$T/skopeo" 2>&1
export SCAPCACHE_REGISTRY_CA_FILE="$T/ca.crt"
packages "in a registry" "docker://$HOST/debian:12"
done_testing
