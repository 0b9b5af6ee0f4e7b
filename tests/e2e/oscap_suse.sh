#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# openSUSE's definitions on a real inventory, judged by us and by OpenSCAP.
. "$(dirname "$0")/lib.sh"
need oscap
need_corpus

DOCUMENT=opensuse.leap.15.3
INVENTORY=$CORPUS/inventories/opensuseleap15
path=ftp.suse.com/pub/projects/security/oval

mkdir -p "$T/tree/$path"
ln -s "$CORPUS/upstream/$path/$DOCUMENT.xml.gz" "$T/tree/$path"
gzip -dc "$CORPUS/upstream/$path/$DOCUMENT.xml.gz" >"$T/leap.xml"

# Its rpm looks where the distribution that built it has the database.
echo '%_dbpath /var/lib/rpm' >"$HOME/.rpmmacros"
cp -R "$INVENTORY" "$T/root"
chmod -R u+w "$T/root"
OSCAP_PROBE_ROOT=$T/root oscap oval eval --skip-validation "$T/leap.xml" 2>"$T/leap.err" |
	sed -n 's/^Definition \(.*\): \(.*\)$/\1\t\2/p' |
	LC_ALL=C sort >"$T/theirs"

run scapcache --quiet --state "$S" sync --from "$T/tree"
expect "sync" 0
run scapcache --state "$S" scan --format definitions "rootfs:$INVENTORY"
same "every definition" "$T/theirs" "$T/out"
equal "there are definitions" 9138 "$(wc -l <"$T/theirs")"
equal "OpenSCAP itself works here" 500 "$(grep -c '	true$' "$T/theirs")"

run scapcache --state "$S" scan "rootfs:$INVENTORY"
expect "it is judged by them" 2 "FAIL  " "document    $DOCUMENT"
done_testing
