#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# image.sh: reading an image of more than 300 MB, packed, beside tar; sourced by
# run.sh. The image is made of this machine's own files, so that it has what
# images have: many small files, and some large ones.
: "${T:?}" "${bin:?}" "${measure:?}"

# image_layer NAME PATH…: a layer of at most 500 MB.
image_layer() {
	_name=$1
	shift
	tar -cf - "$@" 2>/dev/null | head -c 500000000 >"$T/big/$_name"
	# Cut in the middle of a file: tar's end, so that it is whole again.
	tar --ignore-failed-read -tf "$T/big/$_name" >/dev/null 2>&1 && return
	_whole=$(tar -tvRf "$T/big/$_name" 2>/dev/null | tail -2 | head -1 |
		sed 's/^block \([0-9]*\):.*/\1/')
	head -c $((_whole * 512)) "$T/big/$_name" >"$T/big/cut"
	head -c 1024 /dev/zero >>"$T/big/cut"
	mv "$T/big/cut" "$T/big/$_name"
}

image_descriptor() {
	printf '{"digest":"sha256:%s","size":%s}' "$1" "$2"
}

# Layers base, usr and share; from them an OCI layout with gzip layers and a
# packed archive as \`docker save | gzip\` gives.
image_make() {
	mkdir -p "$T/big/root/etc" "$T/big/root/var/lib/dpkg" \
		"$T/big/oci/blobs/sha256" "$T/big/docker"
	printf 'ID=debian\nVERSION_ID=12\n' >"$T/big/root/etc/os-release"
	cp /var/lib/dpkg/status "$T/big/root/var/lib/dpkg/status"
	tar -cf "$T/big/base" -C "$T/big/root" .
	image_layer usr /usr/lib/x86_64-linux-gnu /usr/lib/gcc
	image_layer share /usr/share /usr/bin /usr/include
	_ids=
	_layers=
	_names=
	for _l in base usr share; do
		_id=$(sha256sum <"$T/big/$_l" | cut -d' ' -f1)
		gzip -6n <"$T/big/$_l" >"$T/big/$_l.gz"
		_blob=$(sha256sum <"$T/big/$_l.gz" | cut -d' ' -f1)
		mv "$T/big/$_l.gz" "$T/big/oci/blobs/sha256/$_blob"
		ln "$T/big/oci/blobs/sha256/$_blob" "$T/big/$_l.gz"
		_ids="$_ids,\"sha256:$_id\""
		_layers="$_layers,$(image_descriptor "$_blob" \
			"$(stat -c %s "$T/big/$_l.gz")")"
		_names="$_names,\"$_l\""
		mv "$T/big/$_l" "$T/big/docker/$_l"
	done
	printf '{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[%s]}}' \
		"${_ids#,}" >"$T/big/config"
	_config=$(sha256sum <"$T/big/config" | cut -d' ' -f1)
	cp "$T/big/config" "$T/big/oci/blobs/sha256/$_config"
	cp "$T/big/config" "$T/big/docker/$_config.json"
	printf '{"schemaVersion":2,"config":%s,"layers":[%s]}' \
		"$(image_descriptor "$_config" "$(stat -c %s "$T/big/config")")" \
		"${_layers#,}" >"$T/big/manifest"
	_manifest=$(sha256sum <"$T/big/manifest" | cut -d' ' -f1)
	cp "$T/big/manifest" "$T/big/oci/blobs/sha256/$_manifest"
	printf '{"schemaVersion":2,"manifests":[%s]}' "$(image_descriptor \
		"$_manifest" "$(stat -c %s "$T/big/manifest")")" \
		>"$T/big/oci/index.json"
	echo '{"imageLayoutVersion":"1.0.0"}' >"$T/big/oci/oci-layout"
	printf '[{"Config":"%s.json","RepoTags":null,"Layers":[%s]}]' \
		"$_config" "${_names#,}" >"$T/big/docker/manifest.json"
	tar -cf "$T/big/oci.tar" -C "$T/big/oci" .
	(cd "$T/big/docker" && tar -cf - ./*) | gzip -6 >"$T/big/docker.tar.gz"
	rm -rf "$T/big/docker"
}

image_no_state() {
	rm -rf "$T/istate"
	"$bin" --quiet --state "$T/istate" init >/dev/null
}

image_peak() {
	_got=$("$measure" 1 -m sh -c \
		"exec '$bin' --quiet --state '$T/istate' scan '$2'")
	ended "$_got" "$1" 2 3
	echo "| $1 | $(mib "$(field 4 "$_got")") | 64 |"
}

image_rows() {
	image_make
	_scan="exec '$bin' --quiet --state '$T/istate' scan"
	beside "$1" "$_scan '$T/big/docker.tar.gz'" \
		"tar -tf '$T/big/docker.tar.gz'" image_no_state
	row "scan of $(bytes_mib "$(stat -c %s "$T/big/docker.tar.gz")") MiB of \`docker save \\| gzip\`, nothing known; peer: \`tar -tf\`" \
		"1.2"
	beside "$1" "$_scan '$T/big/oci.tar'" \
		"for l in base usr share; do tar -tf '$T/big/'\$l.gz; done" \
		image_no_state
	row "scan of $(bytes_mib "$(stat -c %s "$T/big/oci.tar")") MiB of OCI archive with gzip layers, nothing known; peer: \`tar -tf\` of each layer" \
		"1.2"
	beside "$1" "$_scan '$T/big/oci.tar'" "true"
	row "the same, layers known; peer: nothing" "50 ms"
}

image_peaks() {
	image_no_state
	image_peak "scan of the packed \`docker save\`, MiB" \
		"$T/big/docker.tar.gz"
	image_no_state
	image_peak "scan of the OCI archive, MiB" "$T/big/oci.tar"
}
