#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A bundle is an OCI archive: skopeo copies it into a real registry and back,
# and its manifest has the same digest all the way.
. "$(dirname "$0")/lib.sh"
need docker-registry skopeo
own_root true 2>/dev/null || skip_all "neither root nor namespaces here"

copy() {
	_as=
	case $1 in
	oci-archive:*) _as=own_root ;;
	esac
	run $_as skopeo --insecure-policy copy --dest-tls-verify=false \
		--src-tls-verify=false "$@"
}

run scapcache --quiet --state "$S" key init
expect "keys" 0
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0
run scapcache --state "$S" bundle export b.tar
expect "export" 0
digest=$(sed -n 's/^\(sha256:[0-9a-f]*\)$/\1/p' "$T/out")

registry open
copy "oci-archive:$T/b.tar" "docker://$HOST/team/content:1"
expect "into the registry" 0
run skopeo inspect --tls-verify=false --raw "docker://$HOST/team/content:1"
equal "what the registry has is the manifest that was printed" "$digest" \
	"sha256:$(sha256sum <"$T/out" | cut -c1-64)"
run skopeo inspect --tls-verify=false --raw \
	"docker://$HOST/team/content@$digest"
expect "and it finds it by that" 0 "application/vnd.scapcache.bundle.v1"
copy "docker://$HOST/team/content:1" "oci:$T/back:1"
expect "and back" 0
equal "the same digest" "$digest" \
	"$(json "$T/back/index.json" "json_extract(j, '\$.manifests[0].digest')")"
mkdir x
tar -xf b.tar
check "the same blobs" diff -r blobs "$T/back/blobs"
copy "docker://$HOST/team/content:1" "oci-archive:$T/back.tar:1"
expect "as an archive" 0
check "that has the manifest" sh -c "tar -tf '$T/back.tar' |
	grep -qx 'blobs/sha256/${digest#sha256:}'"

# A delta, too: fewer blobs, another manifest.
run scapcache --state "$S" bundle export --since 1 d.tar
expect "a delta" 0
delta=$(sed -n 's/^\(sha256:[0-9a-f]*\)$/\1/p' "$T/out")
copy "oci-archive:$T/d.tar" "docker://$HOST/team/content:2"
expect "into the registry as well" 0
copy "docker://$HOST/team/content:2" "oci:$T/delta:1"
equal "and back with its digest" "$delta" "$(json "$T/delta/index.json" \
	"json_extract(j, '\$.manifests[0].digest')")"
done_testing
