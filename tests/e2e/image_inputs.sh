#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Where an image may come from: standard input, the root of a process, an index
# with several platforms.
. "$(dirname "$0")/lib.sh"
need tar gzip sha256sum

run scapcache --quiet --state "$S" init
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0

# blob FILE: puts it into the layout, prints its digest.
blob() {
	_digest=$(sha256sum <"$1" | cut -d' ' -f1)
	cp "$1" "$T/oci/blobs/sha256/$_digest"
	echo "$_digest"
}

# root ARCHITECTURE: a root; that of arm64 has something to find.
root() {
	mkdir -p "$T/root/etc" "$T/root/var/lib/dpkg"
	printf 'ID=ubuntu\nVERSION_ID=24.04\nVERSION_CODENAME=noble\n' \
		>"$T/root/etc/os-release"
	echo DISTRIB_CODENAME=noble >"$T/root/etc/lsb-release"
	printf 'Package: bash\nStatus: install ok installed\n%s\n%s\n\n' \
		"Architecture: $1" "Version: 5.2.21-2ubuntu4" \
		>"$T/root/var/lib/dpkg/status"
	[ "$1" = arm64 ] || return 0
	printf 'Package: openssh-server\nStatus: install ok installed\n%s\n%s\n%s\n\n' \
		"Architecture: $1" "Source: openssh" \
		"Version: 1:9.6p1-3ubuntu13" >>"$T/root/var/lib/dpkg/status"
}

mkdir -p "$T/oci/blobs/sha256"
manifests=
for arch in amd64 arm64; do
	root $arch
	tar -cf "$T/layer" -C "$T/root" .
	layer=$(blob "$T/layer")
	printf '{"architecture":"%s","os":"linux","rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
		$arch "$layer" >"$T/config"
	config=$(blob "$T/config")
	printf '{"schemaVersion":2,"config":{"digest":"sha256:%s"},"layers":[{"digest":"sha256:%s"}]}' \
		"$config" "$layer" >"$T/manifest"
	manifests="$manifests,{\"digest\":\"sha256:$(blob "$T/manifest")\",\"platform\":{\"os\":\"linux\",\"architecture\":\"$arch\"}}"
done
printf '{"schemaVersion":2,"manifests":[%s,{"digest":"sha256:%064d","platform":{"os":"unknown","architecture":"unknown"}}]}' \
	"${manifests#,}" 0 >"$T/oci/index.json"
echo '{"imageLayoutVersion":"1.0.0"}' >"$T/oci/oci-layout"
tar -cf "$T/oci.tar" -C "$T/oci" .

run scapcache --state "$S" scan oci
expect "several platforms, the worst counts" 2 "PASS  no findings" \
	"FAIL  1 finding" "image       oci, linux/amd64" \
	"image       oci, linux/arm64"
run scapcache --state "$S" scan --format json oci.tar
expect "one object a platform" 2 '"target": "oci.tar, linux/amd64"' \
	'"target": "oci.tar, linux/arm64"'
# Kept by the names that they were judged by.
run scapcache --state "$S" rescan --only 'oci.tar*' --json
expect "each platform is judged again" 2 '"target": "oci.tar, linux/amd64"' \
	'"target": "oci.tar, linux/arm64"' '"before": "pass"' \
	'"before": "fail"' '"changed": 0'
run scapcache --state "$S" diff 'oci.tar, linux/amd64' 'oci.tar, linux/arm64'
expect "and compared" 2 "+ openssh-server:arm64"
run scapcache --state "$S" scan --platform linux/amd64 oci
expect "one platform" 0 "PASS  no findings"
run scapcache --state "$S" scan --platform linux/arm64 oci
expect "the other" 2 "FAIL  1 finding"
run scapcache --state "$S" scan --format oval-results oci
expect "a format for one image" 1 \
	"there are images for linux/amd64, linux/arm64: say which with --platform"

run sh -c "cat oci.tar | '$SCAPCACHE' --state '$S' scan -"
expect "several platforms in a pipe" 1 \
	"there are images for linux/amd64, linux/arm64: say which with --platform"
run sh -c "cat oci.tar |
	'$SCAPCACHE' --state '$S' scan --platform linux/arm64 -"
expect "an image in a pipe" 2 "FAIL  1 finding" "image       -"
run sh -c "gzip <oci.tar |
	'$SCAPCACHE' --state '$S' scan --platform linux/amd64 -"
expect "a packed image in a pipe" 0 "PASS  no findings"
run sh -c "'$SCAPCACHE' --state '$S' scan --platform linux/amd64 - <oci.tar"
expect "an image on standard input" 0 "PASS  no findings"
run sh -c "echo nothing | '$SCAPCACHE' --state '$S' scan -"
expect "no image on standard input" 1 "is not a tar"

# A root in one tar, by name and by what it is.
tar -cf "$T/root.tar" -C "$T/root" .
gzip -k "$T/root.tar"
(cd "$T/root" && tar -c ./*) | gzip >"$T/no_top.tar.gz"
for target in root.tar root.tar.gz tarball:root.tar tarball:no_top.tar.gz; do
	run scapcache --state "$S" scan --format json $target
	expect "$target" 2 '"transport": "tarball"' '"CVE-2024-6387"'
	for name in - tarball:-; do
		run sh -c "cat ${target#*:} |
			'$SCAPCACHE' --state '$S' scan --format json $name"
		expect "$target as $name" 2 '"transport": "tarball"' \
			'"CVE-2024-6387"'
	done
done
tar -b 1 -cf "$T/whole.tar" -C "$T/root" .
head -c -1024 "$T/whole.tar" >"$T/cut.tar"
run scapcache --state "$S" scan --format json whole.tar
expect "one of a block a record" 2 '"CVE-2024-6387"'
run scapcache --state "$S" scan tarball:cut.tar
expect "one that is cut between two files" 2 "besides: the tarball ends early"
run sh -c "cat cut.tar | '$SCAPCACHE' --state '$S' scan -"
expect "one that is cut, in a pipe" 2 "besides: the tarball ends early"
mkdir files
echo >files/a
tar -cf files.tar files
run scapcache --state "$S" scan files.tar
expect "a tar of something else" 1 \
	"files.tar: is a tar without manifest.json and oci-layout"

# A process in another mount namespace, where that may be made.
root arm64
cat >"$T/contain" <<'END'
mount -t tmpfs none "$1/mnt" && cp -a "$1/root/." "$1/mnt" && cd "$1/mnt" &&
	mkdir usr && mount --rbind /usr usr && ln -s usr/bin usr/lib usr/lib64 . &&
	touch contained && exec chroot . /usr/bin/sleep 60
END
mkdir -p "$T/mnt"
unshare -m sh "$T/contain" "$T" >/dev/null 2>&1 &
begun $!
i=0
while [ $i -lt 50 ] && [ ! -e "/proc/$!/root/contained" ]; do
	sleep 0.1
	i=$((i + 1))
done
if [ -e "/proc/$!/root/contained" ]; then
	run scapcache --state "$S" scan "rootfs:/proc/$!/root"
	expect "the root of a container" 2 "FAIL  1 finding" \
		"image       rootfs:/proc/$!/root"
else
	skip "no mount namespaces here"
fi
done_testing
