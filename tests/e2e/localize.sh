#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# localize: oscap finds in a folder what a data stream names on the web, and
# says of it what it says of the file itself. All or nothing.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/datastream_lib.sh
. "$ROOT/tests/e2e/datastream_lib.sh"
need oscap

OVAL=$NOBLE
bzip2 -dc "$SAMPLE/upstream/$OVAL" >"$T/oval.xml"
definition=$(sed -n 's/.*class="vulnerability" id="\([^"]*\)".*/\1/p' \
	"$T/oval.xml" | head -n 1)

# stream NAME HREF [NAME HREF]: a data stream whose benchmark refers to the first.
stream() {
	data_stream "$(uri "$1" scap_test_cref_1
		[ $# -eq 2 ] || uri "$3" scap_test_cref_2)" \
		"$(component_ref scap_test_cref_1 "$2"
			[ $# -eq 2 ] || component_ref scap_test_cref_2 "$4")" \
		"$(rule 1 "$1" "$definition")"
}

stream data-oval.xml.bz2 "https://$OVAL" >"$T/ds.xml"
run scapcache --state "$S" localize "$T/ds.xml" "$T/files"
expect "not without a state directory" 1 "no state directory"
run scapcache --state "$S" --quiet sync --from "$SAMPLE/upstream"
expect "a sync" 0
run scapcache --state "$S" localize "$T/ds.xml" "$T/files"
expect "a data stream's OVAL" 0 "data-oval.xml.bz2  $OVAL"
same "is the upstream's" "$SAMPLE/upstream/$OVAL" "$T/files/data-oval.xml.bz2"
run oscap xccdf eval --skip-validation --local-files "$T/files" "$T/ds.xml"
check "oscap uses it" grep -q "Using local file" "$T/err"
equal "and evaluates its rule" pass \
	"$(awk '/Result/ { print $2 }' "$T/out" | tr -d '\r')"
bzip2 -c "$T/ds.xml" >"$T/ds.xml.bz2"
run scapcache --state "$S" localize "$T/ds.xml.bz2" "$T/packed"
expect "a packed data stream" 0
same "is as good" "$SAMPLE/upstream/$OVAL" "$T/packed/data-oval.xml.bz2"

stream old/rhel.xml \
	https://access.redhat.com/security/data/oval/v2/RHEL9/rhel-9.oval.xml \
	>"$T/ds.xml"
run scapcache --state "$S" localize "$T/ds.xml" "$T/old"
expect "an old address, and the unpacked name" 0
same "is what is mirrored" "$SAMPLE/upstream/security.access.redhat.com/data/\
oval/v2/RHEL9/rhel-9.oval.xml.bz2" "$T/old/old/rhel.xml"

stream a.xml "https://$OVAL" b.xml https://example.org/oval.xml >"$T/ds.xml"
run scapcache --state "$S" localize "$T/ds.xml" "$T/none"
expect "what is not mirrored" 1 \
	"b.xml: https://example.org/oval.xml is not mirrored" \
	"nothing is written"
check "leaves nothing" test ! -e "$T/none"
for name in ../x /x a/../../x .; do
	stream "$name" "https://$OVAL" >"$T/ds.xml"
	run scapcache --state "$S" localize "$T/ds.xml" "$T/none"
	expect "a name that leads away: $name" 1 "no name of a file"
done
check "leaves nothing either" test ! -e "$T/none" -a ! -e "$T/x"
stream a.xml "#scap_test_comp_xccdf" >"$T/ds.xml"
run scapcache --state "$S" localize "$T/ds.xml" "$T/none"
expect "one that has all in itself" 0 "refers to nothing"
run scapcache --state "$S" localize "$T/oval.xml" "$T/none"
expect "definitions by themselves" 1 "not a SCAP data stream"
run scapcache --state "$S" localize "$T/nothing.xml" "$T/none"
expect "no file" 1 "nothing.xml"
done_testing
