#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A bundle is exported on one side and imported on the other: both answer the
# same from then on. Full ones, deltas, parts, pipes, some sources only.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/e2e/bundle_lib.sh"
need sqlite3

same_sides() {
	content A >"$T/A.content" 2>&1
	content "$1" >"$T/B.content" 2>&1
	same "$2" "$T/A.content" "$T/B.content"
}

upstreams
connected A
run side A bundle export "$T/full.tar"
expect "a full bundle" 0
mkdir "$T/empty"

# --- the first time ---

run side B bundle verify "$T/full.tar" --root "$T/A.root.json"
expect "it is verified" 0 "All of it is proved"
check "which writes nothing" test ! -e "$T/B"
run side B bundle import "$T/full.tar" --root "$T/A.root.json"
expect "it is imported" 0 "Generation 1 is published" "of 5 documents"
same_sides B "both sides are the same"
run sh -c "cd '$T/A/tuf/metadata' && sha256sum *.json"
cp "$T/out" "$T/want"
run sh -c "cd '$T/B/tuf/metadata' && sha256sum *.json"
same "and so is the metadata" "$T/want" "$T/out"
equal "nothing is left in incoming/" "" "$(ls "$T/B/incoming")"
check "there is a receipt" grep -q '"generation":1' "$T/B/receipt.json"
run side B bundle list
expect "the ledger has it" 0 "imported  generation 1" "full.tar"
run side A bundle list
expect "that of the other side, too" 0 "signed    generation 1" \
	"exported  generation 1"
run side B bundle list --json
equal "and for programs" "imported 1" "$(json "$T/out" \
	"json_extract(j, '\$[0].event') || ' ' ||
	json_extract(j, '\$[0].generation')")"

before=$(fingerprint "$T/B")
run side B bundle import "$T/full.tar"
expect "the same again" 0 "REPLAY" "nothing was changed"
equal "changes nothing" "$before" "$(fingerprint "$T/B")"
run side B bundle verify "$T/full.tar"
expect "which verify says, too" 0 "REPLAY"

# --- what follows ---

run side A sync --from "$T/two" --accept ubuntu-oval
expect "the next publication" 0 "Generation 2"
run side A bundle export "$T/delta.tar" --since "$T/B/receipt.json"
expect "a delta" 0
check "is smaller" test "$(wc -c <"$T/delta.tar")" -lt "$(wc -c <"$T/full.tar")"
run side B bundle verify "$T/delta.tar"
expect "it is verified" 0 "All of it is proved" "a delta"
run side B bundle import "$T/delta.tar"
expect "and imported" 0 "Generation 2 is published" "1 of 5 documents"
same_sides B "both sides are the same again"
check "feeds are the same to the byte" cmp "$T/two/$OVAL" \
	"$T/B/store/blobs/sha256/$(sha256sum <"$T/two/$OVAL" | cut -d' ' -f1)"

# --- one in between is left out ---

run side A sync --from "$T/one" --accept ubuntu-oval
run side A sync --from "$T/two" --accept ubuntu-oval
run side A bundle export "$T/fourth.tar"
expect "two generations later" 0 "generation 4"
run side B bundle import "$T/fourth.tar"
expect "one is left out" 0 "GAP: snapshots 3 to 3 were skipped" \
	"Generation 4"
run side B status --audit 20
expect "which the audit log knows" 0 "gap" "generation 4: snapshots 3 to 3"
same_sides B "both sides are the same, the gap notwithstanding"

# --- parts and pipes ---

run side A bundle export "$T/parts.tar" --split 20000
expect "a bundle in parts" 0
check "of which there are some" test -e "$T/parts.tar.003"
run side C bundle import "$T/parts.tar" --root "$T/A.root.json"
expect "they are found" 0 "Generation 4 is published"
same_sides C "and taken in"
run side D bundle import "$T"/parts.tar.* --root "$T/A.root.json"
expect "they are named, with the list of their digests" 0 \
	"Generation 4 is published"
"$SCAPCACHE" --quiet --state "$T/P" bundle import - --root "$T/A.root.json" \
	<"$T/fourth.tar" >"$T/out" 2>"$T/err"
status=$?
expect "from standard input" 0 "Generation 4 is published"
tail -c +1 "$T/fourth.tar" | "$SCAPCACHE" --quiet --state "$T/D" bundle import - \
	>"$T/out" 2>"$T/err"
status=$?
expect "from a pipe" 0 "REPLAY"
run side D bundle import "$T/parts.tar.000" "$T/parts.tar.002"
expect "a part is missing" 16 "scapcache: SHAPE: "
run side D bundle import "$T/parts.tar.000"
expect "all but the first are missing" 14 "scapcache: INCOMPLETE: "
run side D bundle import "$T/parts.tar.sha256" "$T/parts.tar.sha256"
expect "nothing but lists of digests" 14 "scapcache: INCOMPLETE: "
mkdir "$T/medium"
cp "$T/parts.tar.000" "$T/parts.tar.001" "$T/medium"
mkdir "$T/medium/parts.tar.002"
run side M bundle import "$T/medium/parts.tar" --root "$T/A.root.json"
expect "a medium that breaks" 1 "part 3 of the bundle cannot be read"
check "what was whole is kept" test -n "$(ls "$T/M/incoming")"
rmdir "$T/medium/parts.tar.002"
cp "$T"/parts.tar.00[2-9] "$T/medium"
run side M bundle import "$T/medium/parts.tar" --root "$T/A.root.json"
expect "the next import goes on" 0 "Generation 4 is published"
equal "and leaves nothing" "" "$(ls "$T/M/incoming")"
same_sides M "both are the same"

if unshare -rn true 2>/dev/null; then
	run unshare -rn "$SCAPCACHE" --quiet --state "$T/O" bundle import \
		"$T/fourth.tar" --root "$T/A.root.json"
	expect "where there is no network at all" 0 "Generation 4 is published"
else
	skip "no namespaces here"
fi

# --- some sources ---

run side A bundle export "$T/some.tar" --source redhat-oval,nvd,nvd
expect "a bundle of two sources" 0
run side E bundle import "$T/some.tar" --root "$T/A.root.json"
expect "is not all" 14 "INCOMPLETE" "--source nvd,redhat-oval" "Missing:"
check "nothing was made for it" test ! -e "$T/E"
run side E bundle import "$T/some.tar" --root "$T/A.root.json" \
	--source redhat-oval,nvd,nvd
expect "is taken where it is asked for" 0 "is published" "nvd redhat-oval"
run side E status
expect "those are there" 0 "rhel-9.oval" "nvdcve-2.0-2024" \
	", only nvd redhat-oval"
run side E bundle import "$T/fourth.tar"
expect "the others follow" 0 "is published"
sed -i '/^Generation:/d' "$T/A.content"
content E | sed '/^Generation:/d' >"$T/B.content" 2>&1
same "and then it is all" "$T/A.content" "$T/B.content"
run side E bundle import "$T/fourth.tar" --source nosuch
expect "a source that does not exist" 1 "there is no source nosuch"

# --- expired ---

after() {
	SOURCE_DATE_EPOCH=$(($(date +%s) + 100 * 86400)) side "$@"
}
run after X bundle import "$T/fourth.tar" --root "$T/A.root.json"
expect "months later" 12 "scapcache: EXPIRED: "
run after X bundle import "$T/fourth.tar" --root "$T/A.root.json" \
	--accept-expired
expect "it can be taken all the same" 0 "Generation 4" "stale"
run side X bundle list
expect "the ledger knows" 0 "expired"
run side X scan --format json "docker-archive:$SAMPLE/image.tar"
expect "a scan says why it is worth less" 2 \
	"had expired when it was imported"
echo none 1 | noble_root clean
run side B scan "rootfs:$T/clean"
expect "what passes elsewhere" 0 "PASS"
run side X scan "rootfs:$T/clean"
expect "does not pass on stale content" 3 "UNKNOWN" \
	"had expired when it was imported"
side X scan --format json "rootfs:$T/clean" >"$T/stale.json" 2>/dev/null
side X diff --json "rootfs:$T/clean" "rootfs:$T/clean" >"$T/diff.json"
equal "nor does a side of a comparison" unknown \
	"$(json "$T/diff.json" "json_extract(j, '\$.b.verdict')")"
run side X verdict verify
expect "and the verdict is worked out so again" 0
run side X bundle import "$T/fourth.tar"
expect "the same bundle changes nothing of that" 0 "REPLAY"

# --- a side with keys of its own ---

run side A bundle import "$T/full.tar"
check "who signs imports nothing" test "$status" -ne 0

# --- what upstream changed in some days ---

[ -d "$CORPUS/upstream-previous" ] || {
	skip "no corpus"
	done_testing
}
asked="ubuntu-oval ubuntu-usn redhat-oval kev"
wanted="/com.ubuntu|data/oval/v2/|usn-db|cisa"
mkdir "$T/old"
for tree in upstream upstream-previous; do
	(cd "$CORPUS/$tree" && find . -type f | grep -E "$wanted" |
		xargs cp --parents -t "$T/old")
	chmod -R u+w "$T/old"
done
# What the older list lacks has not changed since.
manifest=security.access.redhat.com/data/oval/v2/PULP_MANIFEST
{
	cat "$CORPUS/upstream-previous/$manifest"
	grep -v rhel-8.oval "$CORPUS/upstream/$manifest"
} >"$T/old/$manifest"
export SCAPCACHE_SOURCE_UBUNTU_OVAL_RELEASES="focal xenial noble"
# shellcheck disable=SC2086
run side G sync --from "$T/old" $asked
expect "real publications" 0 "Generation 1"
mkdir "$T/G.offline"
run side G key init --offline-dir "$T/G.offline"
run side G key export-root "$T/G.root.json"
run side G bundle export "$T/g1.tar"
run side H bundle import "$T/g1.tar" --root "$T/G.root.json"
expect "are imported" 0 "Generation 1 is published"
# shellcheck disable=SC2086
run side G sync --from "$CORPUS/upstream" \
	--accept ubuntu-oval,ubuntu-usn,redhat-oval,kev $asked
expect "the next ones" 0 "Generation 2"
run side G bundle export "$T/g2.tar"
run side G bundle export "$T/g2.delta.tar" --since "$T/H/receipt.json"
full=$(wc -c <"$T/g2.tar")
delta=$(wc -c <"$T/g2.delta.tar")
echo "# delta $delta, full $full bytes"
check "a delta has at most 5 % of a full one" test \
	$((delta * 20)) -le "$full"
run side H bundle import "$T/g2.delta.tar"
expect "the delta is imported" 0 "Generation 2 is published"
real() {
	content "$1"
	side "$1" scan --format definitions --document rhel-8.oval \
		"rootfs:$CORPUS/inventories/rhel80"
}
real G >"$T/A.content" 2>&1
real H >"$T/B.content" 2>&1
same "both sides are the same" "$T/A.content" "$T/B.content"
for file in $(cd "$CORPUS/upstream" && find . -type f |
	grep -E "$wanted" | grep -v PULP_MANIFEST); do
	cmp -s "$CORPUS/upstream/$file" "$T/H/store/blobs/sha256/$(sha256sum \
		<"$CORPUS/upstream/$file" | cut -d' ' -f1)" || echo "# $file"
done >"$T/lost"
equal "feeds are the same to the byte" "" "$(cat "$T/lost")"
done_testing
