# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154
# registry_lib.sh: an image in a registry is judged as its archive is.

# report: what the last scan says, but for where the image came from.
report() {
	json "$T/out" "json_remove(j, '\$.image.target',
		'\$.image.transport', '\$.image.digest')"
}

# archive_report: of the sample's archive and of its content, in $T/want.
archive_report() {
	run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
	expect "sync of the sample" 0
	run scapcache --state "$S" scan --format json \
		"docker-archive:$SAMPLE/image.tar"
	equal "the archive's verdict" 2 "$status"
	report >"$T/want"
}
