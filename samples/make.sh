#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# make.sh OUT: makes OUT/upstream, a tree laid out <host>/<path> as the
# upstreams are, from src/, and OUT/image.tar, an image as `docker save` writes
# it, from rootfs/. The same sources give the same bytes.
set -eu
out=$1
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

ubuntu=$tmp/upstream/security-metadata.canonical.com/oval
usn=$tmp/upstream/usn.ubuntu.com/usn-db
nvd=$tmp/upstream/nvd.nist.gov/feeds/json/cve/2.0
redhat=$tmp/upstream/security.access.redhat.com/data/oval/v2

mkdir -p "$ubuntu" "$usn" "$nvd" "$redhat/RHEL9"
for f in src/com.ubuntu.*.xml; do
	bzip2 -9c "$f" >"$ubuntu/$(basename "$f").bz2"
done
bzip2 -9c src/database-all.json >"$usn/database-all.json.bz2"
bzip2 -9c src/rhel-9.oval.xml >"$redhat/RHEL9/rhel-9.oval.xml.bz2"
(
	cd "$redhat"
	for f in RHEL9/*; do
		printf '%s,%s,%s\n' "$f" "$(sha256sum "$f" | cut -d' ' -f1)" \
			"$(stat -c %s "$f")"
	done >PULP_MANIFEST
)

for f in src/nvdcve-*.json; do
	name=$(basename "$f" .json)
	gzip -6nc "$f" >"$nvd/$name.json.gz"
	gz=$(stat -c %s "$nvd/$name.json.gz")
	printf '%s\r\n' \
		"lastModifiedDate:2024-12-05T03:00:01-05:00" \
		"size:$(stat -c %s "$f")" "zipSize:$((gz + 136))" \
		"gzSize:$gz" "sha256:$(sha256sum "$f" | cut -d' ' -f1 |
			tr '[:lower:]' '[:upper:]')" >"$nvd/$name.meta"
done
find "$tmp/upstream" -exec touch -d @1733367601 {} +

# One tar of a folder, alike wherever it is made.
pack() {
	# The names at the top of a folder hold no blanks.
	# shellcheck disable=SC2046
	tar -C "$2" --sort=name --format=ustar --mtime=@1725408000 --owner=0 \
		--group=0 --numeric-owner --mode=u+rwX,go=rX -cf "$1" $(ls "$2")
}

# The second layer replaces the package database of the first, as every
# layer that installs something does.
mkdir -p "$tmp/app" "$tmp/image"
cp -R rootfs/app/. "$tmp/app"
{
	cat rootfs/base/var/lib/dpkg/status
	echo
	cat rootfs/app/var/lib/dpkg/status
} >"$tmp/app/var/lib/dpkg/status"
pack "$tmp/base.tar" rootfs/base
pack "$tmp/app.tar" "$tmp/app"

layers='' diff_ids=''
for layer in base app; do
	id=$(sha256sum "$tmp/$layer.tar" | cut -d' ' -f1)
	mkdir "$tmp/image/$id"
	mv "$tmp/$layer.tar" "$tmp/image/$id/layer.tar"
	layers="$layers${layers:+,}\"$id/layer.tar\""
	diff_ids="$diff_ids${diff_ids:+,}\"sha256:$id\""
done
printf '{"architecture":"amd64","os":"linux","created":"%s",%s%s}' \
	2024-09-04T00:00:00Z '"config":{"Cmd":["/bin/bash"]},' \
	"\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[$diff_ids]}" \
	>"$tmp/config.json"
config=$(sha256sum "$tmp/config.json" | cut -d' ' -f1).json
mv "$tmp/config.json" "$tmp/image/$config"
printf '[{"Config":"%s","RepoTags":["sample:1.0"],"Layers":[%s]}]\n' \
	"$config" "$layers" >"$tmp/image/manifest.json"
pack "$tmp/image.tar" "$tmp/image"

rm -rf "$out/upstream"
mv "$tmp/upstream" "$out/upstream"
mv "$tmp/image.tar" "$out/image.tar"
