#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Never falsely clean: what cannot be judged is unknown, exit 3, and says why.
. "$(dirname "$0")/lib.sh"
need sqlite3 gzip

# Everything is fine with it: each case breaks one thing of a copy.
fresh() {
	rm -rf "$T/root"
	mkdir -p "$T/root/etc" "$T/root/var/lib/dpkg"
	cat >"$T/root/etc/os-release" <<EOF
ID=ubuntu
VERSION_ID="24.04"
VERSION_CODENAME=noble
EOF
	echo DISTRIB_CODENAME=noble >"$T/root/etc/lsb-release"
	cat >"$T/root/var/lib/dpkg/status" <<EOF
Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2.21-2ubuntu4

EOF
}

rhel() {
	rm -rf "$T/root"
	mkdir -p "$T/root/etc" "$T/root/var/lib/rpm"
	printf 'ID="rhel"\nVERSION_ID="9.4"\n' >"$T/root/etc/os-release"
	echo "Red Hat Enterprise Linux release 9.4" \
		>"$T/root/etc/redhat-release"
}

# unknown NAME TARGET TEXT…
unknown() {
	_what=$1
	_target=$2
	shift 2
	for _format in table json; do
		run scapcache --state "$S" scan --format $_format "$_target"
		expect "$_what, $_format" 3 "$@"
	done
	run scapcache --state "$S" scan --format definitions "$_target"
	expect "$_what, definitions" 3 "$@"
}

run scapcache --state "$S" init
expect "a state directory" 0
fresh
unknown "an empty index" "rootfs:$T/root" \
	"the index is empty: run \`scapcache sync\`"

run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0
run scapcache --state "$S" scan "rootfs:$T/root"
expect "nothing is wrong: a pass" 0 "PASS  no findings"

mkdir "$T/empty"
unknown "an empty root" "rootfs:$T/empty" \
	"the image has no readable os-release: its release is not known" \
	"the image has no package database"

fresh
rm -r "$T/root/var"
unknown "no package database" "rootfs:$T/root" \
	"the image has no dpkg package database"

fresh
: >"$T/root/var/lib/dpkg/status"
unknown "a package database with no packages" "rootfs:$T/root" \
	"the dpkg package database lists no installed package"

fresh
printf 'Package: bash\nStatus: install ok installed\nVersion 5\n\n' \
	>"$T/root/var/lib/dpkg/status"
unknown "a malformed package database" "rootfs:$T/root" \
	"the dpkg package database"

fresh
rm "$T/root/etc/os-release"
unknown "no release" "rootfs:$T/root" \
	"the image has no readable os-release: its release is not known"

fresh
printf 'ID=plan9\nVERSION_ID=4\n' >"$T/root/etc/os-release"
unknown "a release that nobody knows" "rootfs:$T/root" \
	"no content for plan9 4: there is no source for this distribution"

fresh
sed -i 's/24.04/22.04/; s/noble/jammy/' "$T/root/etc/os-release"
unknown "a known release without content" "rootfs:$T/root" \
	"no content for ubuntu jammy: run \`scapcache sync ubuntu-oval\`"

fresh
rm "$T/root/etc/lsb-release"
unknown "the file is missing that every definition asks for" \
	"rootfs:$T/root" "its own check of the release is false"

rhel
sqlite3 "$T/root/var/lib/rpm/rpmdb.sqlite" "CREATE TABLE Packages (
	hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL);
	INSERT INTO Packages (blob) VALUES (randomblob(100000))"
unknown "an rpm database with a damaged header" "rootfs:$T/root" \
	"the rpm package database"
truncate -s 16384 "$T/root/var/lib/rpm/rpmdb.sqlite"
unknown "a truncated rpm database" "rootfs:$T/root" \
	"the rpm package database"

# A layer that ends early, as it is and packed; the image is whole otherwise.
fresh
head -c 300000 /dev/zero >"$T/root/zzz"
docker_archive "$T/root" "$T/image.tar"
run scapcache --state "$S" scan "docker-archive:$T/image.tar"
expect "an image of one layer passes" 0 "PASS"
mkdir "$T/broken"
tar -C "$T/broken" -xf "$T/image.tar"
# repack LAYER-SIZE
repack() {
	truncate -s "$1" "$T/broken/layer/layer.tar"
	tar -C "$T/broken" -cf "$T/broken.tar" manifest.json config.json layer
}
size=$(stat -c %s "$T/broken/layer/layer.tar")
repack $((size - 200000))
unknown "a layer that ends early" "docker-archive:$T/broken.tar" "layer"
tar -C "$T/broken" -xf "$T/image.tar"
gzip -c "$T/broken/layer/layer.tar" >"$T/layer.gz"
mv "$T/layer.gz" "$T/broken/layer/layer.tar"
size=$(stat -c %s "$T/broken/layer/layer.tar")
repack $((size - 20))
unknown "a packed layer that ends early" "docker-archive:$T/broken.tar" \
	"layer"

# A damaged index is an error, and no verdict.
fresh
cp -R "$S" "$S.damaged"
for file in "$S.damaged"/index/*/ubuntu.sqlite; do
	chmod u+w "$file"
	truncate -s 8192 "$file"
done
run scapcache --state "$S.damaged" scan "rootfs:$T/root"
expect "a damaged index is an error" 1 "index"
done_testing
