#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Archives are judged by a user who owns nothing, has a home that cannot be
# written and no network, and the result is that of the unpacked root.
. "$(dirname "$0")/lib.sh"
need skopeo umoci unshare setpriv
offline true
[ $? -ne 77 ] || skip_all "no network namespaces here"

# That user may come in and read, and write nowhere.
chmod 755 "$T"
cp "$SCAPCACHE" "$T/program"
SCAPCACHE=$T/program
chmod 555 "$HOME"

as_nobody() {
	offline "$SCAPCACHE" --state "$S" scan --format definitions "$@"
}

# archives NAME ROOT: NAME.docker.tar, NAME.oci.tar, the folder NAME.oci. umoci
# changes the modes of what it packs: it gets a copy.
archives() {
	cp -R "$2" "$T/$1.root" && chmod -R u+w "$T/$1.root"
	docker_archive "$2" "$T/$1.docker.tar"
	skopeo --insecure-policy copy -q "docker-archive:$T/$1.docker.tar" \
		"oci-archive:$T/$1.oci.tar:latest" >"$T/skopeo" 2>&1 ||
		diag <"$T/skopeo"
	umoci init --layout "$T/$1.oci" &&
		umoci new --image "$T/$1.oci:latest" &&
		umoci insert --rootless --image "$T/$1.oci:latest" \
			"$T/$1.root" /
	chmod -R a+rX "$T/$1.oci"
} >"$T/archives.log" 2>&1

# judge NAME DOCUMENT WANT
judge() {
	for target in "oci-archive:$T/$1.oci.tar" \
		"docker-archive:$T/$1.docker.tar" "oci:$T/$1.oci:latest"; do
		run as_nobody --document "$2" "$target"
		same "$1 as ${target%%:*}" "$3" "$T/out"
	done
}

mkdir "$T/root"
cp -R "$ROOT/samples/rootfs/base/." "$T/root"
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0
chmod -R a+rX "$S"
run scapcache --state "$S" scan --format definitions \
	--document com.ubuntu.noble.cve.oval "rootfs:$T/root"
mv "$T/out" "$T/want"
archives sample "$T/root"
judge sample com.ubuntu.noble.cve.oval "$T/want"

if [ ! -d "$CORPUS/upstream" ]; then
	skip "expected results: no corpus"
	done_testing
fi
run scapcache --quiet --state "$S" sync --from "$CORPUS/upstream" \
	ubuntu-oval redhat-oval
expect "sync of the corpus" 0
chmod -R a+rX "$S"
for want in "$CORPUS"/expected/*.tsv; do
	name=$(basename "$want" .tsv)
	archives "${name##*--}" "$CORPUS/inventories/${name##*--}"
	judge "${name##*--}" "${name%%--*}" "$want"
	# The corpus may lie where that user may not go.
	chmod -R a+rX "$T/${name##*--}.root"
	run as_nobody --document "${name%%--*}" "rootfs:$T/${name##*--}.root"
	same "${name##*--} as rootfs" "$want" "$T/out"
done
done_testing
