#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lib.sh: what the budgets are measured with; sourced by run.sh, which sets T, a
# folder of its own, tree, the corpus' files, and measure.
: "${T:?}" "${tree:?}" "${measure:?}"

# One field of a line that measure printed: 1 median 2 min 3 cpu 4 largest
# process 5 status 6 all processes together.
field() {
	echo "$2" | cut -d' ' -f"$1"
}

ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'
}

percent() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f %%", 100 * a / b }'
}

# From KiB.
mib() {
	awk -v k="$1" 'BEGIN { printf "%.0f", k / 1024 }'
}

bytes_mib() {
	awk -v n="$1" 'BEGIN { printf "%.1f", n / 1048576 }'
}

# The line of the median of those in file $1, of $2 lines.
median() {
	sort -n "$1" | sed -n "$((($2 + 1) / 2))p"
}

# ended LINE COMMAND [STATUS…]: ends the run if what measure saw had none of
# these: what failed took no time that counts.
ended() {
	_status=$(field 5 "$1")
	_what=$2
	shift 2
	for _good in 0 "$@"; do
		[ "$_status" != "$_good" ] || return 0
	done
	echo "bench: ended with ${_status:-nothing}: $_what" >&2
	exit 1
}

# beside N OURS PEER [PREPARE]: two commands in turns, so that what else the
# machine does hits both; leaves what measure would print, medians, in $ours
# and $peer. PREPARE is run before each of ours and not measured.
beside() {
	: >"$T/ours"
	: >"$T/peer"
	_i=0
	while [ $_i -lt "$1" ]; do
		_i=$((_i + 1))
		${4:-true}
		"$measure" 1 sh -c "$2" >>"$T/ours"
		# A scan's 2 and 3 are verdicts.
		ended "$(tail -n 1 "$T/ours")" "$2" 2 3
		"$measure" 1 sh -c "$3" >>"$T/peer"
		ended "$(tail -n 1 "$T/peer")" "$3"
	done
	ours=$(median "$T/ours" "$1")
	peer=$(median "$T/peer" "$1")
}

# row WHAT BUDGET: $ours beside $peer, a row of the first table.
row() {
	echo "| $1 | $(field 1 "$ours") ms | $(field 1 "$peer") ms" \
		"| $(ratio "$(field 1 "$ours")" "$(field 1 "$peer")")" \
		"| $(ratio "$(field 3 "$ours")" "$(field 3 "$peer")") | $2 |"
}

# A tree with one document; --from takes it as it takes the whole.
one_document() {
	_dir=$T/tree/$(echo "$1" | tr / _)
	mkdir -p "$_dir/$(dirname "$1")"
	ln -sf "$tree/$1" "$_dir/$1"
	case $1 in
	*.json.gz)
		ln -sf "$tree/${1%.json.gz}.meta" "$_dir/${1%.json.gz}.meta"
		;;
	*/v2/*)
		grep "^${1##*/v2/}," "$tree/${1%%/v2/*}/v2/PULP_MANIFEST" \
			>"$_dir/${1%%/v2/*}/v2/PULP_MANIFEST"
		;;
	esac
	echo "$_dir"
}

# What one index costs: a state directory is made, the file proved, stored,
# indexed and published.
# shellcheck disable=SC2016
index_script='"$bin" --quiet --state "$T/state" sync --from'

no_state() {
	rm -rf "$T/state"
}

# index_beside PATH PEER: a whole sync of one document of the corpus.
index_beside() {
	echo "indexing ${1##*/}" >&2
	beside "$N" "$index_script $(one_document "$1")" "$2" no_state
}

# SQL over the JSON that a verb printed; $1 is the file, sql() reads it as j.
sql() {
	sqlite3 -separator ' | ' :memory: \
		"WITH j AS (SELECT CAST(readfile('$1') AS TEXT) AS text) $2"
}
