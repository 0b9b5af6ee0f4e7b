#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# rescan.sh: stored images judged again, sourced by run.sh after corpus.sh;
# RESCAN=n images (10000), each as ubuntu1604 is with some packages left out and
# some versions changed, against xenial.
: "${T:?}" "${bin:?}" "${corpus:?}" "${measure:?}" "${BUILD:?}" "${root:?}"
: "${ubuntu:?}"
RESCAN=${RESCAN:-10000}

rescan_rows() {
	echo "rescan of $RESCAN images" >&2
	rm -rf "$T/rescan"
	from=$(one_document "$ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2")
	"$bin" --quiet --state "$T/rescan" sync --from "$from" >/dev/null 2>&1
	"$bin" --state "$T/rescan" scan \
		"rootfs:$corpus/inventories/ubuntu1604" >/dev/null 2>&1
	"$root/$BUILD/fill_results" "$T/rescan" "$RESCAN" || return
	got=$("$measure" 1 "$bin" --state "$T/rescan" rescan)
	ended "$got" rescan 2 3
	echo "| $((RESCAN + 1)) | $(field 1 "$got") ms | $(field 3 "$got") ms" \
		"| $(awk -v n="$RESCAN" -v ms="$(field 3 "$got")" 'BEGIN {
			printf "%.0f", n * 1000 / ms }')" \
		"| $(mib "$(field 4 "$got")") MiB" \
		"| $(bytes_mib "$(stat -c %s "$T/rescan/results.sqlite")") MiB |"
	rm -rf "$T/rescan"
}
