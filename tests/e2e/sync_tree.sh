#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Syncs from a folder: what is taken, what is left, and that a run which finds
# nothing new changes nothing.
. "$(dirname "$0")/lib.sh"

tree=$T/tree
oval=$tree/security-metadata.canonical.com/oval
mkdir -p "$tree"
cp -pR "$SAMPLE/upstream/." "$tree"

# sync [ARGUMENT…]: from the tree; the summary is in $T/report.
sync() {
	run scapcache --state "$S" sync --from "$tree" --json "$@"
	cp "$T/out" "$T/report"
}

# sum FIELD: over all sources of the last summary.
sum() {
	json "$T/report" "(SELECT sum(json_extract(value, '\$.$1'))
		FROM json_each(j, '\$.sources'))"
}

of() {
	json "$T/report" "json_extract(j, '\$.$1')"
}

# of_file PATH FIELD
of_file() {
	json "$T/report" "(SELECT json_extract(value, '\$.$2')
		FROM json_each(j, '\$.files')
		WHERE json_extract(value, '\$.path') LIKE '%$1')"
}

digests() {
	(cd "$S/index/current/" && sha256sum ./*.sqlite)
}

sync --dry-run
expect "a dry run ends well" 0
equal "it names the documents" 5 "$(sum planned)"
equal "it publishes nothing" 0 "$(of generation)"
check "it keeps nothing" sh -c "! ls '$S'/store/blobs/sha256/* 2>/dev/null"

echo x >"$oval/com.ubuntu.noble.dsa.oval.xml.bz2"
echo x >"$tree/notes.txt"
sync
expect "the first sync ends well" 0
equal "all files are fetched" 7 "$(sum fetched)"
equal "all documents are indexed" 5 "$(sum documents)"
equal "one generation is published" 1 "$(of generation)"
equal "files that no source takes are counted" 2 \
	"$(json "$T/report" "json_array_length(j, '\$.unclaimed')")"
equal "and named" notes.txt "$(of 'unclaimed[0]')"
check "plain lines tell of each file" grep -q \
	'^fetch: usn.ubuntu.com/usn-db/database-all.json.bz2: [0-9 ]* bytes, new$' \
	"$T/err"
check "what is kept is byte for byte" sh -c "
	sum=\$(sha256sum <'$oval/com.ubuntu.noble.cve.oval.xml.bz2')
	cmp '$S'/store/blobs/sha256/\${sum%% *} \
		'$oval/com.ubuntu.noble.cve.oval.xml.bz2'"

digests >"$T/before"
sync
expect "the second sync ends well" 0
equal "nothing is fetched" 0 "$(sum fetched_bytes)"
equal "everything is unchanged" 7 "$(sum unchanged)"
equal "the generation stays" 1 "$(of generation)"
digests >"$T/after"
same "no row of an index is written" "$T/before" "$T/after"
runs() {
	sqlite3 "$S/catalog.sqlite" 'SELECT count(*) FROM run'
}
equal "the catalog has a row for each run" 2 "$(runs)"

# Touched, but the same bytes: read again, not indexed again.
touch "$oval/com.ubuntu.noble.cve.oval.xml.bz2"
sync
equal "a touched file is unchanged" unchanged \
	"$(of_file com.ubuntu.noble.cve.oval.xml.bz2 result)"
equal "and makes no generation" 1 "$(of generation)"

# Published again with another timestamp.
bzip2 -dc "$oval/com.ubuntu.noble.cve.oval.xml.bz2" |
	sed 's/<oval:timestamp>[^<]*/<oval:timestamp>2025-01-01T00:00:00/' |
	bzip2 -9c >"$T/new"
mv "$T/new" "$oval/com.ubuntu.noble.cve.oval.xml.bz2"
sync
expect "a new timestamp ends well" 0
equal "it is a new file" fetched \
	"$(of_file com.ubuntu.noble.cve.oval.xml.bz2 result)"
equal "in which no definition changed" "0 0 0" \
	"$(of_file noble.cve.oval.xml.bz2 records_added) \
$(of_file noble.cve.oval.xml.bz2 records_changed) \
$(of_file noble.cve.oval.xml.bz2 records_removed)"
equal "one row is written, the document's own" 1 \
	"$(of_file noble.cve.oval.xml.bz2 rows_written)"
equal "it is published" 2 "$(of generation)"
run scapcache --state "$S" status
expect "status tells the new time" 0 2025-01-01T00:00:00
check "a family in which nothing changed is the same file" test \
	"$S/index/1/nvd.sqlite" -ef "$S/index/2/nvd.sqlite"

# Only what is named.
rm -rf "$S"
sync nvd
equal "one source alone" 1 "$(sum documents)"
sync nosuch
expect "an unknown source" 1 "there is no source nosuch"

# An index that is lost comes back from the store, even of other sources.
sync
chmod -R u+w "$S/index"
rm -rf "$S/index"
sync nvd
expect "a lost index is rebuilt" 0
run scapcache --state "$S" status --json
cp "$T/out" "$T/report"
equal "with all that was accepted" 5 "$(json "$T/report" \
	"(SELECT sum(json_array_length(value, '\$.documents'))
	FROM json_each(j, '\$.sources'))")"

# Two streams of one name, in two folders.
redhat=$tree/security.access.redhat.com/data/oval/v2
mkdir "$redhat/RHEL8"
cp "$redhat/RHEL9/rhel-9.oval.xml.bz2" "$redhat/RHEL8"
sed -n 's/RHEL9/RHEL8/p' "$redhat/PULP_MANIFEST" >"$T/line"
cat "$T/line" >>"$redhat/PULP_MANIFEST"
for round in first second; do
	sync
	expect "two files of one name, $round time" 0
done
run scapcache --state "$S" status
expect "the second keeps its folder" 0 "  RHEL8/rhel-9.oval " "  rhel-9.oval "

# What is kept has rotted: it is fetched again.
sum=$(sha256sum <"$tree/usn.ubuntu.com/usn-db/database-all.json.bz2")
blob=$S/store/blobs/sha256/${sum%% *}
chmod u+w "$blob"
echo rot >"$blob"
sync
expect "a kept file that has rotted" 0
equal "is fetched again" fetched "$(of_file database-all.json.bz2 result)"
check "and mended" cmp "$blob" "$tree/usn.ubuntu.com/usn-db/database-all.json.bz2"

# A tree in which nothing is what any source wants.
mkdir "$T/wrong"
echo x >"$T/wrong/file"
run scapcache --state "$S" sync --from "$T/wrong"
expect "a wrong tree is no quiet success" 1 \
	"Nothing that was asked for is offered by $T/wrong."

run scapcache --state "$S" sync --from "$T/nosuch"
expect "a tree that is not there" 1 "--from: $T/nosuch: No such file"
run scapcache --state "$S" sync --now
expect "a daemon is not there yet" 1 "no daemon is running"
run scapcache --state "$S" sync nvd-1.1
expect "an archive wants a tree" 1 "name a tree that has it with --from"
done_testing
