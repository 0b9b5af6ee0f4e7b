#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bad content: each is refused with what is wrong and where, the last good copy
# stays current, everything else is published, and the next sync, with good
# content again, mends it.
. "$(dirname "$0")/lib.sh"

good=$SAMPLE/upstream
tree=$T/tree
ubuntu=security-metadata.canonical.com/oval
noble=$ubuntu/com.ubuntu.noble.cve.oval.xml.bz2
redhat=security.access.redhat.com/data/oval/v2
rhel=$redhat/RHEL9/rhel-9.oval.xml.bz2
nvd=nvd.nist.gov/feeds/json/cve/2.0
feed=$nvd/nvdcve-2.0-2024

sync() {
	run scapcache --state "$S" sync --from "$tree" "$@"
}

# The whole tree, good again.
mend() {
	chmod -R u+w "$tree" 2>/dev/null
	rm -rf "$tree"
	mkdir "$tree"
	cp -R "$good/." "$tree"
}

documents() {
	scapcache --state "$S" status --json >"$T/status.json"
	json "$T/status.json" "(SELECT group_concat(
			json_extract(d.value, '\$.name') || ' ' ||
			json_extract(d.value, '\$.sha256'), char(10))
		FROM json_each(j, '\$.sources') s,
			json_each(s.value, '\$.documents') d)"
}

# state_of SOURCE: as status tells it.
state_of() {
	scapcache --state "$S" status --json >"$T/status.json"
	json "$T/status.json" "(SELECT json_extract(value, '\$.state')
		FROM json_each(j, '\$.sources')
		WHERE json_extract(value, '\$.name') = '$1')"
}

# refused NAME SOURCE TEXT: what stands in the tree now is refused with TEXT;
# afterwards the good tree is taken again.
refused() {
	documents >"$T/before"
	sync
	expect "$1" 1 "$3"
	documents >"$T/after"
	same "$1: the last good copies stay" "$T/before" "$T/after"
	equal "$1: status says so" "${4-failed}" "$(state_of "$2")"
	mend
	sync
	expect "$1: mended" 0
	equal "$1: status is well again" ok "$(state_of "$2")"
}

cut_last="\$d"

# repack FILE SED: changes the document inside and packs it again.
repack() {
	bzip2 -dc "$tree/$1" | sed "$2" | bzip2 -9c >"$T/packed"
	cp "$T/packed" "$tree/$1"
}

mend
sync
expect "the good tree" 0

# What the proof is against.
sed -i 's/^sha256:..../sha256:0000/' "$tree/$feed.meta"
refused "a wrong digest in .meta" nvd \
	"$feed.json.gz: has the unpacked sha256"
sed -i 's/^size:.*/size:1\r/' "$tree/$feed.meta"
refused "a wrong size in .meta" nvd "unpacked bytes where .meta says 1"
echo '<html>' >"$tree/$feed.meta"
refused "a page in place of .meta" nvd "$feed.meta: "
rm "$tree/$feed.meta"
refused "no .meta" nvd \
	"$feed.meta: is not in the tree, so nothing proves the feed beside it"
touch "$tree/$feed.meta"
sed 's/^lastModifiedDate.*/lastModifiedDate:2025-01-01T00:00:00-05:00\r/
	s/^sha256:..../sha256:0000/' "$good/$feed.meta" >"$tree/$feed.meta"
rm "$tree/$feed.json.gz"
refused "a feed that .meta names is gone" nvd \
	"$feed.json.gz: its .meta names it, but it is not there"
sed -i 's/,..../,0000/' "$tree/$redhat/PULP_MANIFEST"
refused "a wrong digest in PULP_MANIFEST" redhat-oval "$rhel: has the sha256"
sed -i 's/[0-9]*$/1/' "$tree/$redhat/PULP_MANIFEST"
head -c 1000 "$good/$rhel" >"$tree/$rhel"
sed -i 's/,..../,0000/' "$tree/$redhat/PULP_MANIFEST"
refused "a wrong size in PULP_MANIFEST" redhat-oval \
	"$rhel: has 1000 bytes where PULP_MANIFEST says 1"
echo '../../x,y,z' >"$tree/$redhat/PULP_MANIFEST"
refused "a bad PULP_MANIFEST" redhat-oval "PULP_MANIFEST: line 1: "
rm "$tree/$redhat/PULP_MANIFEST"
refused "no PULP_MANIFEST" redhat-oval \
	"is not in the tree, so nothing proves the files below it"
sed 's/RHEL9/RHEL8/' "$good/$redhat/PULP_MANIFEST" \
	>>"$tree/$redhat/PULP_MANIFEST"
refused "a file that PULP_MANIFEST names is gone" redhat-oval \
	"PULP_MANIFEST names it, but it is not there"

# What the packing and the reader are against.
: >"$tree/$noble"
refused "an empty file" ubuntu-oval "$noble: is empty"
echo '<html>' >"$tree/$noble"
refused "a page in place of a document" ubuntu-oval "is no bzip2 file"
head -c 1500 "$good/$noble" >"$tree/$noble"
refused "a truncated file" ubuntu-oval "$noble: "
repack "$noble" "$cut_last"
refused "a document that ends early" ubuntu-oval "$noble: line "
repack "$noble" '2i <!DOCTYPE x [<!ENTITY a "aaaa">]>'
refused "a DOCTYPE" ubuntu-oval "$noble: line "
awk 'BEGIN { for (i = 0; i < 100000; i++) printf "<a>" }' |
	bzip2 -9c >"$tree/$noble"
refused "nesting without end" ubuntu-oval "$noble: line 1: "
repack "$noble" '0,/test_ref="oval:[^"]*"/s//test_ref="oval:x:tst:9"/'
refused "a test that is missing" ubuntu-oval "oval:x:tst:9" held
repack "$noble" "0,/<title>/s//<title>$(printf '\377')/"
refused "what is not UTF-8" ubuntu-oval "$noble: line "

# Held back, and let through.
definition='<definition id="oval:x:def:%d" version="1" class="vulnerability">
<metadata><title>t</title><description>d</description></metadata></definition>'
many() {
	{
		sed -n '1,/<definitions>/p' "$T/noble.xml"
		i=0
		while [ $i -lt "$1" ]; do
			i=$((i + 1))
			# shellcheck disable=SC2059
			printf "$definition\n" $i
		done
		printf '</definitions></oval_definitions>\n'
	} | bzip2 -9c >"$tree/$noble"
}
bzip2 -dc "$good/$noble" >"$T/noble.xml"
many 100
sync
expect "a hundred definitions" 0
many 80
sync
expect "a fifth less is taken" 0
many 63
documents >"$T/before"
sync
expect "more than that is held back" 1 \
	"held back: it has 63 records where the last good copy has 80"
documents >"$T/after"
same "held back: the last good copy stays" "$T/before" "$T/after"
equal "status says so" held "$(state_of ubuntu-oval)"
sync --accept ubuntu-oval
expect "and let through when asked" 0
equal "status is well again" ok "$(state_of ubuntu-oval)"

# One bad document of many: the others are published.
mend
rm -rf "$S"
sync
expect "a fresh start" 0
generation=$(readlink "$S/index/current")
repack "$noble" "$cut_last"
repack "$ubuntu/com.ubuntu.noble.usn.oval.xml.bz2" \
	's/<oval:timestamp>[^<]*/<oval:timestamp>2025-02-02T00:00:00/'
sync
expect "one bad document" 1 "$noble: line "
check "the others are published" test "$(readlink "$S/index/current")" \
	-gt "$generation"
run scapcache --state "$S" status
expect "the other is there" 0 2025-02-02T00:00:00 "a newer file was refused"
sync
expect "it is refused again" 1 "$noble: line "
done_testing
