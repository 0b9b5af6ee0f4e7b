#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A bundle as other programs see it: tar unpacks it, its files are the
# publishers', its digests are those of an OCI layout; the same state gives
# the same bytes, in parts and through a pipe, too.
. "$(dirname "$0")/lib.sh"

B=$T/b.tar

export_bundle() {
	run scapcache --state "$S" bundle export "$@"
}

run scapcache --quiet --state "$S" init
export_bundle "$B"
expect "nothing is signed" 1 "nothing is signed here yet" "scapcache key init"
check "and nothing is written" test ! -e "$B" -a ! -e "$B.new"
run scapcache --quiet --state "$S" key init
expect "keys" 0
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0

export_bundle "$B"
expect "export" 0 "$B: $(stat -c %s "$B") bytes" "generation 1 of" \
	"To be imported before" \
	"On the other side: scapcache bundle import b.tar"
digest=$(sed -n 's/^sha256:\([0-9a-f]*\)$/\1/p' "$T/out")
check "nothing half is left" test ! -e "$B.new"

# --- what tar makes of it ---

check "tar lists it" sh -c "tar -tvf '$B' >'$T/list'"
sed 's/ .*//' "$T/list" | sort -u >"$T/modes"
printf '%s\n' -rw-r--r-- hrw-r--r-- >"$T/want"
same "files and hard links, mode 0644" "$T/want" "$T/modes"
equal "owner and time are nobody's" 0 \
	"$(grep -cv ' 0/0 .* 1970-01-01 00:00 ' "$T/list")"
tar -tf "$B" | head -n 5 | sed 's/[0-9a-f]\{64\}/H/' >"$T/got"
{
	printf '%s\n' oci-layout index.json blobs/sha256/H blobs/sha256/H
	echo blobs/sha256/H
} >"$T/want"
same "the layout comes first" "$T/want" "$T/got"
mkdir "$T/x"
check "tar unpacks it" tar -xf "$B" -C "$T/x"
for family in "$T"/x/content/*; do
	case $family in
	*/index) ;;
	*) cp -R "$family/." "$T/got.tree" 2>/dev/null ||
		{ mkdir "$T/got.tree" && cp -R "$family/." "$T/got.tree"; } ;;
	esac
done
check "content/ is the publishers' tree, byte for byte" \
	diff -r "$SAMPLE/upstream" "$T/got.tree"
check "the licences' notice travels" test -s "$T/x/content/index/NOTICE"

# --- an OCI layout ---

check "every blob has its name's digest" sh -c "cd '$T/x/blobs/sha256' &&
	for b in *; do echo \"\$b  \$b\"; done | sha256sum -c --quiet"
equal "index.json names the manifest that was printed" "sha256:$digest" \
	"$(json "$T/x/index.json" "json_extract(j, '\$.manifests[0].digest')")"
equal "its artifact type" application/vnd.scapcache.bundle.v1 \
	"$(json "$T/x/blobs/sha256/$digest" "json_extract(j, '\$.artifactType')")"
equal "every layer is there" 0 "$(json "$T/x/blobs/sha256/$digest" "(
	SELECT group_concat(substr(json_extract(value, '\$.digest'), 8), '
') FROM json_each(j, '\$.layers'))" | while read -r hex; do
		[ -f "$T/x/blobs/sha256/$hex" ] || echo "$hex"
	done | wc -l)"

# --- a TUF repository ---

snapshot=$(json "$T/x/metadata/timestamp.json" \
	"json_extract(j, '\$.signed.meta.\"snapshot.json\".version')")
check "its snapshot" test -f "$T/x/metadata/$snapshot.snapshot.json"
equal "of the length that the timestamp names" \
	"$(json "$T/x/metadata/timestamp.json" \
		"json_extract(j, '\$.signed.meta.\"snapshot.json\".length')")" \
	"$(stat -c %s "$T/x/metadata/$snapshot.snapshot.json")"
json "$T/x/metadata/$snapshot.snapshot.json" "(SELECT group_concat(
	json_extract(value, '\$.version') || '.' || key, '
') FROM json_each(j, '\$.signed.meta'))" | sort >"$T/want"
find "$T/x/metadata" -name '*.json' ! -name '*root.json' \
	! -name '*snapshot.json' ! -name timestamp.json -printf '%f\n' |
	sort >"$T/got"
same "the roles that it leads to" "$T/want" "$T/got"
check "root 1" test -f "$T/x/metadata/1.root.json"

# --- the same bytes ---

export_bundle "$T/c.tar"
expect "again" 0 "sha256:$digest"
check "the same bytes" cmp "$B" "$T/c.tar"
scapcache --state "$S" bundle export - >"$T/d.tar" 2>"$T/err"
equal "to a pipe" 0 $?
check "the same bytes on standard output" cmp "$B" "$T/d.tar"
check "what is said goes elsewhere" grep -qF "sha256:$digest" "$T/err"
export_bundle --split 64K "$B"
expect "parts beside a whole one" 1 "$B is there, and would be taken for"
export_bundle --split 64K "$T/p.tar"
expect "in parts" 0 " in " " parts"
check "sha256sum knows them" sh -c "cd '$T' && sha256sum -c --quiet p.tar.sha256"
equal "but the last each is full" 1 "$(find "$T" -name 'p.tar.[0-9]*' \
	! -size 65536c | wc -l)"
check "the parts are the bundle" sh -c "cat '$T/p.tar'.[0-9]* | cmp - '$B'"
run scapcache --state "$S" bundle list
expect "the ledger has each" 0 "exported"
equal "four times" 4 "$(grep -c exported "$T/out")"

# --- some sources ---

export_bundle --json --source nvd "$T/nvd.tar"
expect "of one source" 0
equal "is named" nvd "$(json "$T/out" "json_extract(j, '\$.sources[0]')")"
tar -tf "$T/nvd.tar" | sed -n 's,^content/\([^/]*\)/.*,\1,p' | sort -u >"$T/got"
printf '%s\n' index nvd >"$T/want"
same "content of no other" "$T/want" "$T/got"
equal "all metadata" "$(tar -tf "$B" | grep -c ^metadata/)" \
	"$(tar -tf "$T/nvd.tar" | grep -c ^metadata/)"
run scapcache --state "$S" key export-root "$T/root.json"
run scapcache --quiet --state "$T/some" bundle import --root "$T/root.json" \
	--source nvd "$T/nvd.tar"
expect "imported as what it is" 0
run scapcache --state "$T/some" bundle export "$T/some.tar"
expect "and exported as that" 0 "import some.tar --source nvd"
check "the same bytes" cmp "$T/nvd.tar" "$T/some.tar"
run scapcache --state "$T/some" bundle export --source redhat-oval "$T/n.tar"
expect "what was not imported" 1 "of redhat-oval nothing was imported here"
export_bundle --source nosuch "$T/n.tar"
expect "a source that there is not" 1 "there is no source nosuch"
export_bundle --source , "$T/n.tar"
expect "no source" 1 "--source names no source"

# --- a delta ---

export_bundle --json --since 1 "$T/delta.tar"
expect "since the same generation" 0
tar -tf "$T/delta.tar" | sed -n 's,^content/.*/,,p' | sort >"$T/got"
printf '%s\n' NOTICE PULP_MANIFEST manifest.json nvdcve-2.0-2024.meta >"$T/want"
same "no document travels" "$T/want" "$T/got"
check "its base is named" test "$(json "$T/out" \
	"length(json_extract(j, '\$.base_snapshot'))")" -eq 64
export_bundle --since 7 "$T/n.tar"
expect "a generation that there is not" 1 "generation 7 was never signed here"
export_bundle --since "$T/none.json" "$T/n.tar"
expect "a receipt that is not there" 1 "$T/none.json: No such file"
echo '{}' >"$T/bad.json"
export_bundle --since "$T/bad.json" "$T/n.tar"
expect "a receipt that is none" 16 "SHAPE: $T/bad.json: it is no receipt"

# --- what goes wrong ---

export_bundle "$B" "$B.2"
expect "two files" 1 "name one file to write"
export_bundle --split 1 "$T/n.tar"
expect "parts of nothing" 1 "--split is a size"
export_bundle "$T"
expect "a folder" 1 "$T is a folder"
scapcache --state "$S" bundle export - 2>"$T/err" | head -c 1000 >"$T/got"
check "a reader that goes away" grep -q "standard output: .*Broken pipe" "$T/err"
if [ -c /dev/full ]; then
	export_bundle /dev/full
	expect "a full disk" 1 "No space left on device"
fi
# A kill in the middle: a file of the store makes it wait.
notice=$(sha256sum <"$T/x/content/index/NOTICE" | cut -c1-64)
mv "$S/store/blobs/sha256/$notice" "$T/notice"
mkfifo "$S/store/blobs/sha256/$notice"
"$SCAPCACHE" --quiet --state "$S" bundle export "$T/killed.tar" &
killed=$!
begun $killed
while [ ! -e "$T/killed.tar.new" ] && kill -0 $killed 2>/dev/null; do
	:
done
kill -9 $killed
wait $killed 2>/dev/null
gone $killed
check "killed, it never bears its name" test ! -e "$T/killed.tar" \
	-a -e "$T/killed.tar.new"
mv -f "$T/notice" "$S/store/blobs/sha256/$notice"
export_bundle "$T/killed.tar"
expect "the next is whole" 0 "sha256:$digest"
check "and leaves nothing beside it" test ! -e "$T/killed.tar.new"

feed=$(sha256sum <"$SAMPLE/upstream/$(cd "$SAMPLE/upstream" &&
	find . -name '*.bz2' | head -n 1)" | cut -c1-64)
blob=$S/store/blobs/sha256/$feed
chmod u+w "$blob"
printf 'rot' | dd of="$blob" bs=1 seek=100 conv=notrunc 2>/dev/null
cp "$B" "$T/before.tar"
export_bundle "$B"
expect "a file that has rotted" 1 "the disk has changed it"
check "the last export stands" cmp "$B" "$T/before.tar"
check "and nothing beside it" sh -c "! ls '$T' | grep -q 'new\$'"
check "no export that is none" test ! -e "$T/n.tar"
done_testing
