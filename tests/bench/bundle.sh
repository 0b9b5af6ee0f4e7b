#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bundle.sh: bundles of the corpus beside sha256sum of the same bytes, their
# memory, and a delta beside the whole; sourced by run.sh.
: "${T:?}" "${tree:?}" "${measure:?}" "${bin:?}" "${N:?}"

# Two generations, signed: the corpus as it was, and as it is.
bundle_state() {
	echo "bundles" >&2
	"$bin" --quiet --state "$T/signed" key init >/dev/null 2>&1 &&
		"$bin" --state "$T/signed" key export-root "$T/root.json" \
			2>/dev/null &&
		"$bin" --quiet --state "$T/signed" sync \
			--from "$T/previous" >/dev/null &&
		"$bin" --quiet --state "$T/signed" bundle export \
			"$T/first.tar" >/dev/null &&
		"$bin" --quiet --state "$T/signed" sync --from "$tree" \
			>/dev/null &&
		"$bin" --quiet --state "$T/signed" bundle export \
			"$T/full.tar" >/dev/null
}

no_receiver() {
	rm -rf "$T/receiver"
}

bundle_rows() {
	bundle_state || return 1
	full="$(bytes_mib "$(wc -c <"$T/full.tar")") MiB"
	sums="exec sha256sum '$T/full.tar'"
	take="--state '$T/receiver' bundle"
	beside "$N" "exec '$bin' --quiet --state '$T/signed' bundle export \
		'$T/again.tar'" "$sums"
	row "\`bundle export\` of the corpus ($full), written and synced; peer: \`sha256sum\` of it" \
		"aim 3.0"
	beside "$N" "exec '$bin' --quiet $take verify --root '$T/root.json' \
		'$T/full.tar'" "$sums" no_receiver
	row "\`bundle verify\`: an import without writing and indexing; peer: the same" \
		"aim 3.0"
	beside "$N" "exec '$bin' --quiet $take import --root '$T/root.json' \
		'$T/full.tar'" "$sums" no_receiver
	row "\`bundle import\` into a new state directory, with its index; peer: the same" ""
}

# NAME COMMAND [BUDGET]: a row of the second table; the second run finds it as the first.
bundle_peak() {
	got=$("$measure" 1 -m sh -c "$2")
	ended "$got" "$1"
	echo "| $1 | $(mib "$(field 4 "$got")") MiB" \
		"| $(mib "$(field 6 "$got")") MiB | ${3:-64} MiB |"
}

bundle_peaks() {
	bundle_peak "export" "exec '$bin' --quiet --state '$T/signed' bundle \
		export '$T/again.tar' >'$T/said'"
	bundle_peak "verify" "exec '$bin' --quiet --state '$T/none' bundle \
		verify --root '$T/root.json' '$T/full.tar' >'$T/said'"
	bundle_peak "delta, patches made" "exec '$bin' --quiet \
		--state '$T/signed' bundle export --since 1 '$T/delta.tar' \
		>'$T/said'" 512
}

# The receiver has the first generation, and takes the delta.
bundle_delta() {
	no_receiver
	"$bin" --quiet --state "$T/receiver" bundle import \
		--root "$T/root.json" "$T/first.tar" >/dev/null || return 1
	"$bin" --quiet --state "$T/signed" bundle export --json --since 1 \
		"$T/delta.tar" >"$T/delta.json" || return 1
	"$bin" --quiet --state "$T/receiver" bundle import "$T/delta.tar" \
		>/dev/null || return 1
	whole=$(wc -c <"$T/full.tar")
	delta=$(wc -c <"$T/delta.tar")
	sql "$T/delta.json" "SELECT text ->> 'targets', text ->> 'whole',
		text ->> 'patches' FROM j" |
		while IFS=' |' read -r targets whole_files patches; do
			echo "| $(bytes_mib "$whole") MiB" \
				"| $(bytes_mib "$delta") MiB" \
				"| $(percent "$delta" "$whole") | 5 % |" \
				"$targets | $whole_files | $patches |"
		done
}
