# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154
# bundle_lib.sh: two sides of a gap: $T/A is connected and signs, $T/B is not.

export SCAPCACHE_SOURCE_NVD_FIRST_YEAR=2024
export SCAPCACHE_SOURCE_UBUNTU_OVAL_RELEASES=noble
OVAL=$NOBLE

# side NAME VERB…: scapcache on that side.
side() {
	_side=$1
	shift
	"$SCAPCACHE" --quiet --state "$T/$_side" "$@"
}

# upstreams: $T/one as the sample is, $T/two with another fix of curl's, later.
upstreams() {
	mkdir -p "$T/one" "$T/two"
	cp -R "$SAMPLE/upstream/." "$T/one"
	cp -R "$SAMPLE/upstream/." "$T/two"
	republish "$T/two" 2024-12-05T07:00:00 8.5.0-2ubuntu10.1
}

# connected NAME: a side that signs, with generation 1 of $T/one; its root is
# $T/NAME.root.json.
connected() {
	{
		side "$1" sync --from "$T/one" &&
			mkdir -p "$T/$1.offline" &&
			side "$1" key init --offline-dir "$T/$1.offline" &&
			side "$1" key export-root "$T/$1.root.json"
	} >"$T/log" 2>&1 || diag <"$T/log"
}

# The whole state directory in one line: names, kinds, modes and bytes.
fingerprint() {
	(cd "$1" && {
		find . -printf '%p %y %m %l\n' | LC_ALL=C sort
		find . -type f -exec sha256sum {} + | LC_ALL=C sort
	} | sha256sum)
}

# content SIDE: what must be the same on both: status less what speaks of the
# side itself, digests of the index, results of a scan.
content() {
	side "$1" status | sed '/^State:/d; /^Last run:/d; /^Scanned:/d
		/^Keys/d; /^Signed/d; /^$/d; s/  next .*//'
	side "$1" index verify
	side "$1" scan --format definitions "docker-archive:$SAMPLE/image.tar"
	echo "status $?"
}
