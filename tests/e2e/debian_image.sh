#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A Debian image made here of Debian's own packages, in layers of which later
# ones add, remove and replace: its packages are those that dpkg-query sees, each
# of the layer that brought it, and every way to the image leads to the same
# answer, that of a registry with a login and TLS, too. The packages come from
# where this machine's apt has them, or from SCAPCACHE_DEBIAN_MIRROR.
. "$(dirname "$0")/lib.sh"
need mmdebstrap umoci skopeo docker-registry openssl htpasswd dpkg-query \
	dpkg-deb
[ "$(id -u)" -eq 0 ] || skip_all "only root unpacks packages"
MIRROR=${SCAPCACHE_DEBIAN_MIRROR:-$(apt-get indextargets \
	--format "\$(REPO_URI)" 'Created-By: Packages' 2>/dev/null | head -n 1)}
[ -n "$MIRROR" ] || skip_all "no Debian mirror"

# What no package database needs is left out: packing it is what takes time.
mmdebstrap --mode=root --variant=essential --include=less,openssh-client \
	--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "0"' \
	--aptopt='Acquire::http::Timeout "20"' --dpkgopt=force-unsafe-io \
	--dpkgopt='path-exclude=/usr/share/doc/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' \
	--dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/zoneinfo/*' \
	--dpkgopt='path-exclude=/usr/lib/*/gconv/*' \
	bookworm "$T/debian" "$MIRROR" >"$T/mmdebstrap" 2>&1 || {
	diag <"$T/mmdebstrap"
	skip_all "mmdebstrap makes no root of $MIRROR here: $(
		grep '^E: ' "$T/mmdebstrap" | head -n 1)"
}

layout=$T/layout
bundle=$T/bundle
root=$bundle/rootfs

# deb NAME VERSION: a package of our own, with a file to configure.
deb() {
	mkdir -p "$T/deb/DEBIAN" "$T/deb/etc"
	printf 'Package: %s\nVersion: %s\nArchitecture: all\n%s\n%s\n' \
		"$1" "$2" 'Maintainer: house <house@example.com>' \
		'Description: a test' >"$T/deb/DEBIAN/control"
	echo "/etc/$1.conf" >"$T/deb/DEBIAN/conffiles"
	echo "$2" >"$T/deb/etc/$1.conf"
	dpkg-deb --build "$T/deb" "$T/$1_$2.deb"
	rm -r "$T/deb"
} >"$T/dpkg-deb"

dpkg_root() {
	dpkg --root="$root" --force-unsafe-io "$@" >"$T/dpkg" 2>&1 ||
		diag <"$T/dpkg"
}

# shellcheck disable=SC2016
installed() {
	_form='${db:Status-Status} ${Package} ${Version} ${Architecture}\n'
	dpkg-query --admindir="$root/var/lib/dpkg" -W -f "$_form"
}

# layer: what was changed in the root is the next one. In $T/since every package
# with the first layer since which it is there.
n_layers=0
echo "- - - -" >"$T/since"
layer() {
	umoci repack --refresh-bundle --image "$layout:1" "$bundle" \
		>"$T/umoci" 2>&1 || diag <"$T/umoci"
	installed | sed -n 's/^installed //p' | awk -v layer=$n_layers '
		NR == FNR { since[$1 " " $2 " " $3] = $4; next }
		{ print $0, $0 in since ? since[$0] : layer }
	' "$T/since" - >"$T/now"
	mv "$T/now" "$T/since"
	n_layers=$((n_layers + 1))
}

umoci init --layout "$layout"
umoci new --image "$layout:1"
umoci unpack --image "$layout:1" "$bundle" >"$T/umoci" 2>&1 ||
	diag <"$T/umoci"
rmdir "$root"
mv "$T/debian" "$root"
layer
for version in 1.0 2:1.1~rc1-1+b1; do
	deb house-tool $version
done
deb house-kept 1.0
deb house-gone 1.0
dpkg_root -i "$T"/house-*_1.0.deb
layer
dpkg_root -i "$T"/house-tool_2*.deb
dpkg_root --purge --force-all openssh-client
layer
dpkg_root --remove less
dpkg_root --remove house-gone
rm -rf "$root/var/cache" "$root/usr/share/perl5"
layer
equal "its layers" 4 "$(json "$layout/blobs/$(json "$layout/index.json" \
	"replace(json_extract(j, '\$.manifests[0].digest'), ':', '/')")" \
	"json_array_length(j, '\$.layers')")"
installed >"$T/installed"
check "one has left its configuration" grep -q '^config-files house-gone ' \
	"$T/installed"
check "there are packages" test "$(wc -l <"$T/since")" -gt 50
equal "of each layer that brought some" "0 1 2" \
	"$(cut -d' ' -f4 "$T/since" | sort -u | xargs)"
sort "$T/since" >"$T/want.layers"
cut -d' ' -f1-3 "$T/want.layers" >"$T/want.packages"

# A tracker that knows of one, and says nothing of others.
mkdir -p "$T/tree/security-tracker.debian.org/tracker/data"
printf '{"%s":{"CVE-2024-1":{"releases":{"bookworm":{"status":"open",%s}}}}}\n' \
	house-tool '"repositories":{},"urgency":"high"' \
	>"$T/tree/security-tracker.debian.org/tracker/data/json"
run scapcache --quiet --state "$S" sync --from "$T/tree"
expect "sync of a tracker" 0

# components: "name version architecture layer" of the last bill of materials.
components() {
	json "$T/out" "(SELECT group_concat(line, char(10)) FROM (
		SELECT json_extract(c.value, '\$.name') || ' ' ||
			json_extract(c.value, '\$.version') || ' ' ||
			json_extract(c.value, '\$.purl') || ' ' ||
			coalesce((SELECT json_extract(p.value, '\$.value')
				FROM json_each(c.value, '\$.properties') p
				WHERE json_extract(p.value, '\$.name') =
					'scapcache:layer:digest'), '-') AS line
		FROM json_each(j, '\$.components') c
		WHERE json_extract(c.value, '\$.type') = 'library'))" |
		sed 's/ pkg:[^ ]*arch=\([a-z0-9]*\)[^ ]*/ \1/'
}

# What a report says, but for how the image was called and where it came from.
judged() {
	json "$T/out" "json_object('verdict', json_extract(j, '\$.verdict'),
		'inventory', json_extract(j, '\$.inventory'),
		'summary', json_extract(j, '\$.summary'),
		'package', json_extract(j, '\$.findings[0].package'))"
}

# fed FILE ARGUMENT…: that comes through a pipe.
fed() {
	_file=$1
	shift
	# shellcheck disable=SC2002
	cat "$_file" | scapcache "$@"
}

# same_image NAME TARGET [FILE]: read anew, it has the packages of dpkg-query and the
# answer of the first one; with its layers but for NAME "root".
same_image() {
	rm -f "$S"/results.sqlite*
	run fed "${3-/dev/null}" --state "$S" scan --format cyclonedx "$2"
	components | sort >"$T/got"
	cut -d' ' -f1-3 "$T/got" >"$T/got.packages"
	same "$1: its packages" "$T/want.packages" "$T/got.packages"
	[ "$1" = root ] || [ "$1" = tarball ] || {
		awk 'NR == FNR { index_of[$2] = $1; next }
			{ print $1, $2, $3, index_of[$4] }' \
			"$T/layers" "$T/got" | sort >"$T/got.layers"
		same "$1: of which layers" "$T/want.layers" "$T/got.layers"
	}
	rm -f "$S"/results.sqlite*
	run fed "${3-/dev/null}" --state "$S" scan --format json "$2"
	equal "$1: a finding" 2 "$status"
	judged >"$T/got"
	same "$1: the same answer" "$T/want" "$T/got"
}

copy() {
	skopeo --insecure-policy copy -q "$@" >"$T/skopeo" 2>&1 ||
		diag <"$T/skopeo"
}

run scapcache --state "$S" scan --format json "oci:$layout:1"
expect "a scan of the layout" 2 CVE-2024-1
judged >"$T/want"
json "$T/out" "(SELECT group_concat(key || ' ' || value, char(10))
	FROM json_each(j, '\$.image.layers'))" >"$T/layers"

same_image layout "oci:$layout:1"
same_image root "rootfs:$root"
tar -C "$root" -cf "$T/root.tar" .
same_image tarball "$T/root.tar"
rm "$T/root.tar"
copy "oci:$layout:1" "docker-archive:$T/docker.tar:debian:12"
same_image docker-archive "docker-archive:$T/docker.tar"
same_image "standard input" - "$T/docker.tar"
rm "$T/docker.tar"
copy "oci:$layout:1" "oci-archive:$T/oci.tar:1"
same_image oci-archive "$T/oci.tar"
rm "$T/oci.tar"
copy "oci:$layout:1" "dir:$T/dir"
same_image folder "dir:$T/dir"
rm -r "$T/dir"

tls_pair "$T/ca" "$T/host"
htpasswd -Bbn me a-secret >"$T/users"
registry closed "auth: {htpasswd: {realm: house, path: $T/users}}" \
	"  tls: {certificate: $T/host.crt, key: $T/host.key}"
copy --dest-tls-verify=false --dest-creds me:a-secret "oci:$layout:1" \
	"docker://$HOST/debian:12"
export REGISTRY_AUTH_FILE="$T/auth.json"
skopeo login --tls-verify=false -u me -p a-secret "$HOST" >"$T/skopeo" 2>&1
export SCAPCACHE_REGISTRY_CA_FILE="$T/ca.crt"
same_image registry "docker://$HOST/debian:12"
done_testing
