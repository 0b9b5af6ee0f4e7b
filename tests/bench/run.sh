#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh: the budgets, each beside the tool that it is measured against, in
# one run, to bench/results.md. N=7 runs of each; their median is what counts.
set -u
cd "$(dirname "$0")/../.." || exit 1
root=$(pwd)
BUILD=${BUILD:-build/release}
N=${N:-7}
bin=$root/$BUILD/scapcache
corpus=${SCAPCACHE_CORPUS:-$root/../shared/corpus}
results=bench/results.md
if [ ! -d "$corpus/upstream" ]; then
	echo "skipped: no corpus"
	exit 0
fi
corpus=$(cd "$corpus" && pwd)
tree=$corpus/upstream
ubuntu=security-metadata.canonical.com/oval
T=$(mktemp -d)
trap 'rm -rf "$T"' EXIT
trap 'exit 1' INT TERM HUP
export HOME="$T" LC_ALL=C.UTF-8 T bin corpus

measure=$T/measure
cc -std=c11 -D_GNU_SOURCE -O2 -o "$measure" tests/bench/measure.c || exit 1

# beside N OURS PEER: two commands in turns, so that what else the machine does
# hits both; leaves what measure would print, medians, in $ours and $peer.
beside() {
	: >"$T/ours"
	: >"$T/peer"
	_i=0
	while [ $_i -lt "$1" ]; do
		_i=$((_i + 1))
		"$measure" 1 sh -c "$2" >>"$T/ours"
		"$measure" 1 sh -c "$3" >>"$T/peer"
	done
	ours=$(sort -n "$T/ours" | sed -n "$((($1 + 1) / 2))p")
	peer=$(sort -n "$T/peer" | sed -n "$((($1 + 1) / 2))p")
}

# One field of a line that measure printed: 1 median 2 min 3 cpu 4 peak.
field() {
	echo "$2" | cut -d' ' -f"$1"
}

ratio() {
	awk -v a="$1" -v b="$2" 'BEGIN { printf "%.3f", a / b }'
}

mib() {
	awk -v k="$1" 'BEGIN { printf "%.0f", k / 1024 }'
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
index_script='rm -rf "$T/state" && "$bin" --quiet --state "$T/state" sync --from'

index_peaks() {
	for path in \
		$ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2 \
		$ubuntu/com.ubuntu.focal.cve.oval.xml.bz2 \
		$ubuntu/com.ubuntu.noble.usn.oval.xml.bz2 \
		security.access.redhat.com/data/oval/v2/RHEL8/rhel-8.oval.xml.bz2 \
		nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2017.json.gz \
		nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2002.json.gz \
		nvd.nist.gov/feeds/json/cve/1.1/nvdcve-1.1-2010.json.gz \
		usn.ubuntu.com/usn-db/database-all.json.bz2; do
		got=$("$measure" 1 -m sh -c "$index_script $(one_document \
			"$path")")
		echo "| $(basename "$path") | $(field 1 "$got")" \
			"| $(mib "$(field 4 "$got")") |"
	done
	got=$("$measure" 1 -m sh -c "$index_script $tree")
	echo "| all of the corpus, families side by side" \
		"| $(field 1 "$got") | $(mib "$(field 4 "$got")") |"
}

# OpenSCAP 1.3.7 needs a root that its dpkg probe can work in.
oscap_root() {
	mkdir -p "$T/root/var/lib/apt/lists" "$T/root/var/cache/apt/archives" \
		"$T/root/usr/share" "$T/root/usr/bin" "$T/root/proc"
	cp -R "$corpus/inventories/$1/." "$T/root"
	mkdir -p "$T/root/var/lib/dpkg/info"
	cp -R /usr/share/dpkg "$T/root/usr/share/dpkg"
	echo 'Dir::Etc::parts "/nonexistent";' >"$T/apt.conf"
}

echo "indexing" >&2
xenial=$tree/$ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2
xenial_tree=$(one_document $ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2)
beside "$N" "$index_script $xenial_tree" \
	"bzip2 -dc '$xenial' | xmllint --stream --noout -"
ours_index=$ours peer_index=$peer
peaks=$(index_peaks)

echo "scanning" >&2
sh -c "$index_script $xenial_tree" >/dev/null || exit 1
target=rootfs:$corpus/inventories/ubuntu1604
oscap_root ubuntu1604
bzip2 -dc "$xenial" >"$T/xenial.xml"
export APT_CONFIG="$T/apt.conf" OSCAP_PROBE_ROOT="$T/root"
scan="exec \"$bin\" --quiet --state '$T/state' scan '$target'"
oscap="exec oscap oval eval --skip-validation '$T/xenial.xml'"
beside "$N" "$scan --format definitions" "$oscap"
ours_scan=$ours peer_scan=$peer
table_scan=$("$measure" $((N * 3)) sh -c "$scan")
# One is over quickly: several in a row give the watcher its chance.
several=$("$measure" 1 -m sh -c "for i in 1 2 3 4 5 6 7 8; do
	( $scan --format definitions ); done")
peak_kib=$(field 4 "$several")
evaluation=$(for _ in 1 2 3 4 5 6 7 8 9; do
	"$bin" --quiet --state "$T/state" scan --timing --format json "$target" |
		sed -n 's/.*"evaluation_ms": *\([0-9.]*\).*/\1/p'
done | sort -n | sed -n 5p)

mkdir -p bench
{
	cat <<EOF
# Measured beside the peers

\`make bench\`: medians of one run on one machine, made $(date -u +%Y-%m-%d) with
version $(cat VERSION), $(nproc) cores. Compare ratios, not milliseconds.

| work | ours | peer | ratio | budget |
| --- | --- | --- | --- | --- |
| index com.ubuntu.xenial.cve.oval, a whole \`sync\` of the file into a new state directory; peer: \`bzip2 -dc \\| xmllint --stream --noout -\` | $(field 1 "$ours_index") ms | $(field 1 "$peer_index") ms | $(ratio "$(field 1 "$ours_index")" "$(field 1 "$peer_index")") | 1.0 |
| scan ubuntu1604 against xenial, whole process, \`--format definitions\`; peer: \`oscap oval eval --skip-validation\` | $(field 1 "$ours_scan") ms | $(field 1 "$peer_scan") ms | $(ratio "$(field 1 "$ours_scan")" "$(field 1 "$peer_scan")") | 0.010 |
| the same as a table with its findings | $(field 1 "$table_scan") ms | $(field 1 "$peer_scan") ms | $(ratio "$(field 1 "$table_scan")" "$(field 1 "$peer_scan")") | |
| its memory, all processes together | $(mib "$peak_kib") MiB | $(mib "$(field 4 "$peer_scan")") MiB | $(ratio "$peak_kib" "$(field 4 "$peer_scan")") | 64 MiB |
| the evaluation step alone | ${evaluation:-?} ms | | | 5 ms |

A whole \`sync\` of one document into a new state directory: fetch, proof,
store, index, publish. The budget for memory is 128 MiB, all processes
together, shared pages counted once.

| document | ms | MiB |
| --- | --- | --- |
$peaks
EOF
} >$results
cat $results
