#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Images that are made to do harm: the verdict is unknown and says why, in
# little memory, and nothing outside the image is read.
. "$(dirname "$0")/lib.sh"
need_built tools/hostile_image
make_image=$BUILD/tools/hostile_image
need cc gzip grep

# The largest process may take 64 MiB; sanitizers take more of their own.
limit=65536
case $BUILD in *asan*) limit= ;; esac
cc -std=c11 -D_GNU_SOURCE -O2 -o "$T/measure" "$ROOT/tests/bench/measure.c" ||
	skip_all "measure cannot be built"

run scapcache --quiet --state "$S" init
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0

# measured KIND N: a scan of it through a pipe, as run; sets $kib, what the
# largest process took.
measured() {
	kib=$("$T/measure" 1 sh -c "'$make_image' $1 $2 |
		'$SCAPCACHE' --state '$S' scan - >'$T/out' 2>'$T/err'" |
		cut -d' ' -f4,5)
	status=${kib#* }
	kib=${kib% *}
}

# small NAME: the last one measured kept to its memory.
small() {
	[ -n "$limit" ] || return 0
	if [ "${kib:-999999}" -le "$limit" ]; then
		ok "$1: $kib KiB"
	else
		not_ok "$1: $kib KiB, more than $limit"
	fi
}

# from_file NAME KIND N TEXT…: the image as a file.
from_file() {
	_what=$1
	"$make_image" "$2" "$3" >"$T/image.tar"
	shift 3
	run scapcache --state "$S" scan "$T/image.tar"
	expect "$_what" 3 "$@"
}

# hostile NAME KIND N TEXT…: the image through a pipe, and as a file.
hostile() {
	_what=$1
	_kind=$2
	_n=$3
	shift 3
	measured "$_kind" "$_n"
	expect "$_what, through a pipe" 3 "$@"
	small "$_what"
	[ "$_n" -gt 100000000 ] && return
	from_file "$_what, from a file" "$_kind" "$_n" "$@"
}

hostile "a path that escapes" escapes 0 "leads out of it"
hostile "a hard link that escapes" hard-link-out 0 \
	"has a hard link that leads out of it"
hostile "device nodes" devices 0 "/var/lib/dpkg/status: is no regular file"
hostile "a file that is cut" says-more 1000000 "ends early"
hostile "a database above the limit" large-status 300000000 \
	"/var/lib/dpkg/status: larger than such a file may be"
hostile "a database of too many packages" many-packages 60000 \
	"more than 50000 packages"
hostile "a name of 1 GiB" long-name 1073741824 "is damaged behind entry 3"
hostile "a PAX header of 1 GiB" long-pax 1073741824 "is damaged behind entry 3"
hostile "many entries that matter" wanted-entries 100000 \
	"has more entries that are asked for than 16 MiB hold"

from_file "links to as many names" many-links 40000 \
	"has more entries that are asked for than 16 MiB hold"
from_file "links in a circle" link-loop 0 "more than 40 symbolic links"
from_file "a link that leads into itself" link-growth 0 "symbolic links"
from_file "links that lead on" link-chain 30 \
	"links lead on and on, after its layers were read 16 times"
from_file "links that lead on, and end" link-chain 10 "release     ubuntu noble"
run sh -c "'$make_image' link-chain 10 | '$SCAPCACHE' --state '$S' scan -"
expect "the same through a pipe" 3 "a pipe is read only once"

# A host's own files stand where these links lead.
"$make_image" links-out 0 >"$T/image.tar"
scapcache --state "$S" scan --format json "$T/image.tar" >"$T/json" 2>&1
if grep -q '"verdict": ' "$T/json" && ! grep -q 'HOSTNAME=\|PATH=' "$T/json"; then
	ok "absolute links stay in the image"
else
	not_ok "a link was followed out of the image"
fi

# Ten million entries take a core half a minute; a million shows as well that
# memory does not grow with them.
large() {
	measured "$2" "$3"
	expect "$1" 3
	small "$1"
}
large "a million entries" entries 1000000
large "a bomb of 2 GiB" bomb 2147483648
large "a database of many packages" many-packages 49000
large "300 000 whiteouts" whiteouts 300000

"$make_image" sound | gzip | head -c 350 >"$T/cut"
run scapcache --state "$S" scan "$T/cut"
expect "a packed archive that is cut" 1 "ends early"
done_testing
