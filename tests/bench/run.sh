#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh: the budgets, each beside the tool that it is measured against, in
# one run, to bench/results.md. N=5 runs of each; their median is what counts.
set -u
cd "$(dirname "$0")/../.." || exit 1
root=$(pwd)
BUILD=${BUILD:-build/release}
N=${N:-5}
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
suse=ftp.suse.com/pub/projects/security/oval
nvd=nvd.nist.gov/feeds/json/cve
T=$(mktemp -d)
# Servers, while they run.
our_pid=
peer_pid=
# shellcheck disable=SC2086
trap 'kill $our_pid $peer_pid 2>/dev/null; chmod -R u+w "$T"; rm -rf "$T"' EXIT
trap 'exit 1' INT TERM HUP
export HOME="$T" LC_ALL=C.UTF-8 T bin corpus

measure=$T/measure
cc -std=c11 -D_GNU_SOURCE -O2 -o "$measure" tests/bench/measure.c || exit 1
cc -std=c11 -O2 -I. -o "$T/json_reader" tests/bench/json_reader.c -lyajl ||
	exit 1
. tests/bench/lib.sh
. tests/bench/corpus.sh
. tests/bench/rescan.sh
. tests/bench/image.sh
. tests/bench/bundle.sh
. tests/bench/serve.sh

index_peaks() {
	for path in \
		$ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2 \
		$ubuntu/com.ubuntu.noble.usn.oval.xml.bz2 \
		$suse/opensuse.leap.15.3.xml.gz \
		security.access.redhat.com/data/oval/v2/RHEL8/rhel-8.oval.xml.bz2 \
		$nvd/2.0/nvdcve-2.0-2017.json.gz \
		$nvd/1.1/nvdcve-1.1-2010.json.gz \
		usn.ubuntu.com/usn-db/database-all.json.bz2; do
		no_state
		# The second run finds nothing of the first.
		got=$("$measure" 1 -m sh -c "rm -rf '$T/state'; $index_script \
			$(one_document "$path")")
		ended "$got" "$path"
		echo "| $(basename "$path") | $(field 1 "$got")" \
			"| $(mib "$(field 4 "$got")")" \
			"| $(mib "$(field 6 "$got")") |"
	done
}

# OpenSCAP 1.3.7 needs a root that its dpkg probe can work in.
oscap_root() {
	mkdir -p "$T/root/var/lib/apt/lists" "$T/root/var/cache/apt/archives" \
		"$T/root/usr/share" "$T/root/usr/bin" "$T/root/proc"
	cp -R "$corpus/inventories/$1/." "$T/root"
	chmod -R u+w "$T/root"
	mkdir -p "$T/root/var/lib/dpkg/info"
	cp -R /usr/share/dpkg "$T/root/usr/share/dpkg"
	echo 'Dir::Etc::parts "/nonexistent";' >"$T/apt.conf"
}

index_rows() {
	xenial=$tree/$ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2
	index_beside $ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2 \
		"bzip2 -dc '$xenial' | xmllint --stream --noout -"
	row "sync com.ubuntu.xenial.cve.oval (51.8 MB unpacked); peer: \`bzip2 -dc \\| xmllint --stream --noout -\`" \
		"1.0, aim 0.7"
	leap=$tree/$suse/opensuse.leap.15.3.xml.gz
	index_beside $suse/opensuse.leap.15.3.xml.gz \
		"gzip -dc '$leap' | xmllint --stream --noout -"
	row "sync opensuse.leap.15.3 (62 MB, 195 616 criteria); peer: \`gzip -dc \\| xmllint --stream --noout -\`" \
		"1.0, aim 0.7"
	cves=$tree/$nvd/2.0/nvdcve-2.0-2017.json.gz
	index_beside $nvd/2.0/nvdcve-2.0-2017.json.gz \
		"gzip -dc '$cves' | '$T/json_reader'"
	row "sync nvdcve-2.0-2017; peer: \`gzip -dc\` into a reader of yajl's events that keeps nothing" \
		"aim 2.0"
}

scan_rows() {
	echo "scanning" >&2
	no_state
	sh -c "$index_script $(one_document \
		$ubuntu/com.ubuntu.xenial.cve.oval.xml.bz2)" >/dev/null ||
		exit 1
	target=rootfs:$corpus/inventories/ubuntu1604
	oscap_root ubuntu1604
	bzip2 -dc "$xenial" >"$T/xenial.xml"
	export APT_CONFIG="$T/apt.conf" OSCAP_PROBE_ROOT="$T/root"
	scan="exec \"$bin\" --quiet --state '$T/state' scan '$target'"
	beside "$N" "$scan --format definitions" \
		"exec oscap oval eval --skip-validation '$T/xenial.xml'"
	row "scan ubuntu1604 against xenial, whole process, \`--format definitions\`; peer: \`oscap oval eval --skip-validation\`" 0.010
	oscap_kib=$(field 4 "$peer")
	ours=$("$measure" $((N * 3)) sh -c "$scan")
	ended "$ours" "$scan" 2 3
	row "the same as a table with its findings" ""
}

scan_memory() {
	# One is over quickly: several in a row give the watcher its chance.
	several=$("$measure" 1 -m sh -c "for i in 1 2 3 4 5 6 7 8; do
		( $scan --format definitions ); done")
	ended "$several" "$scan" 2 3
	evaluation=$(for _ in 1 2 3 4 5 6 7 8 9; do
		"$bin" --quiet --state "$T/state" scan --timing --format json \
			"$target" |
			sed -n 's/.*"evaluation_ms": *\([0-9.]*\).*/\1/p'
	done | sort -n | sed -n 5p)
	echo "Memory of the scan, all processes together:" \
		"$(mib "$(field 6 "$several")") MiB (budget 64 MiB); of oscap:" \
		"$(mib "$oscap_kib") MiB. The evaluation step alone:" \
		"${evaluation:-?} ms (budget 5 ms)."
}

machine() {
	echo "$(nproc) cores of" \
		"$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)," \
		"Linux $(uname -r); $(xmllint --version 2>&1 | head -n 1)," \
		"$(oscap --version | sed -n '1s/.*) /OpenSCAP /p')," \
		"$(gzip --version | head -n 1)," \
		"$(bzip2 --version 2>&1 </dev/null | head -n 1 |
			sed 's/.*Version \([0-9.]*\),.*/bzip2 \1/')"
}

peers_report() {
	cat <<EOF
# Measured beside the peers

\`make bench\`: medians of one run on one machine, ours and the peer's in turns,
made $(date -u +%Y-%m-%d) with version $(cat VERSION).
On $(machine).
Compare ratios, not milliseconds.

## Beside a peer

A sync is that of one file from a folder into a new state directory: fetch,
proof, store, index, publish.

| work | ours | peer | ratio | of user + system | budget |
| --- | --- | --- | --- | --- | --- |
EOF
	index_rows
	scan_rows
	echo "images" >&2
	image_rows "$N"
	echo
	scan_memory
}

rescan_report() {
	cat <<EOF

## Stored images judged again

\`rescan\` against xenial (18 656 definitions): images like ubuntu1604 with some
packages left out and some versions changed, all findings joined, all verdicts
kept; aim: 1 000 images a second per core, 64 MiB.

| images | wall | user + system | images a second of it | largest process | results.sqlite |
| --- | --- | --- | --- | --- | --- |
EOF
	rescan_rows
}

image_report() {
	cat <<EOF

## Memory of reading an image

The largest process.

| work | MiB | budget |
| --- | --- | --- |
EOF
	image_peaks
}

corpus_report() {
	cat <<EOF

## The whole corpus in one sync

The budget is 128 MiB for any process; pages that several share are counted
once in what they take together.

EOF
	whole_run
	cat <<EOF

The same tree again: nothing is written, under a second of user + system.

| wall | user + system | rows written | |
| --- | --- | --- | --- |
EOF
	no_news
	cat <<EOF

## Size of the index

Of the whole corpus; aim: 25 % of the feeds unpacked.

EOF
	index_size
	cat <<EOF

## An update

The corpus with the earlier publications of what there is of them, then the
corpus: rows that the index process wrote (\`rows_written\` of \`sync --json\`),
beside those of a run to which the document is new. A record that changed is
taken out and put in again where its parts have no keys of their own.

EOF
	update
}

bundle_report() {
	cat <<EOF

## Bundles

The corpus as it is, signed, as one file.

| work | ours | peer | ratio | of user + system | budget |
| --- | --- | --- | --- | --- | --- |
EOF
	bundle_rows
	cat <<EOF

| work | largest process | all together | budget |
| --- | --- | --- | --- |
EOF
	bundle_peaks
	cat <<EOF

A delta from the corpus as it was, imported on top of that:

| in full | delta | share | budget | files | whole | patches |
| --- | --- | --- | --- | --- | --- | --- |
EOF
	bundle_delta
}

document_report() {
	cat <<EOF

## Memory, document by document

A whole sync of one document into a new state directory, MiB; the budget is
128.

| document | ms | largest process | all together |
| --- | --- | --- | --- |
EOF
	echo "document by document" >&2
	index_peaks
}

report() {
	peers_report
	rescan_report
	image_report
	corpus_report
	bundle_report
	serve_report
	document_report
}

mkdir -p bench
report >"$T/results.md" && cp "$T/results.md" $results && cat $results
