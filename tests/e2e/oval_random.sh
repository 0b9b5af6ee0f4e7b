#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Random documents over the whole language on random machines, judged by us
# and by OpenSCAP: no difference but what docs/oval-differences.md lists, which
# tests/tools/random_oval leaves out. SCAPCACHE_SEED and SCAPCACHE_ROUNDS: which
# documents, 120 definitions each; even seeds have dpkg's packages, odd ones
# rpm's.
. "$(dirname "$0")/lib.sh"
need oscap
[ -e /usr/lib/rpm/rpmrc ] || skip_all "no rpm-common"
[ "$(dpkg --print-architecture)" = amd64 ] || skip_all "not on amd64"
first=${SCAPCACHE_SEED:-1}
rounds=${SCAPCACHE_ROUNDS:-12}
name=com.ubuntu.noble.usn.oval
place=security-metadata.canonical.com/oval

# one SEED: the results of both, to $T/theirs and $T/ours.
one() {
	rm -rf "$T/w" "$T/tree" "$S"
	"$BUILD/tools/random_oval" "$1" "$T/w" || return 1
	mkdir -p "$T/tree/$place"
	bzip2 -c "$T/w/document.xml" >"$T/tree/$place/$name.xml.bz2"
	run scapcache --quiet --state "$S" sync --from "$T/tree"
	[ "$status" -eq 0 ] || return 1
	run scapcache --state "$S" scan --document $name \
		--format definitions "rootfs:$T/w/root"
	LC_ALL=C sort "$T/out" >"$T/ours"
	oscap_definitions "$T/w/document.xml" "$T/w/root" >"$T/theirs"
	cat "$T/theirs" >>"$T/all"
	cmp -s "$T/theirs" "$T/ours"
}

seed=$first
while [ "$seed" -lt $((first + rounds)) ]; do
	if one "$seed"; then
		ok "seed $seed"
	else
		diff "$T/theirs" "$T/ours" | head -n 20 | diag
		not_ok "seed $seed"
	fi
	seed=$((seed + 1))
done
equal "definitions compared" $((rounds * 120)) "$(wc -l <"$T/all")"
for word in true false; do
	check "some are $word" grep -q "	$word\$" "$T/all"
done
done_testing
