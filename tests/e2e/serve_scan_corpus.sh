#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Real images and inventories over HTTP: the same verdicts as `scan`, and the
# same findings from a list of packages as from what it was made of.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/serve_lib.sh
. "$ROOT/tests/e2e/serve_lib.sh"
need_corpus
need curl sqlite3

printf '[source.ubuntu-oval]\nreleases = focal\n' >"$T/conf"
run scapcache --config "$T/conf" --state "$S" --quiet sync \
	--from "$CORPUS/upstream" ubuntu-oval
expect "sync" 0
run scapcache --state "$S" token add ci --scope scan
TOKEN=$(head -n 1 "$T/out")
server "$S"

# hand_in NAME FILE QUERY [OPTION…]
hand_in() {
	_name=$1
	_file=$2
	_query=$3
	shift 3
	equal "$_name" 200 "$(get "/v1/scan?$_query" --data-binary "@$_file" \
		-H "Authorization: Bearer $TOKEN" -H "Prefer: wait=60" "$@")"
}

# findings FILE: CVE and package of each, sorted.
findings() {
	json "$1" "(SELECT group_concat(x, char(10)) FROM (SELECT
		json_extract(value, '\$.id') || ' ' ||
		json_extract(value, '\$.package') AS x
		FROM json_each(j, '\$.findings') ORDER BY x))"
}

for image in "$CORPUS"/images/*; do
	name=$(basename "$image")
	run scapcache --state "$S" scan "$image" --format json
	case $status in
	0 | 2 | 3)
		cp "$T/out" "$T/want"
		hand_in "$name" "$image" "name=$image"
		same "$name: as \`scan\`" "$T/want" "$T/body"
		;;
	*)
		equal "$name: not scanned either" 422 "$(get "/v1/scan" \
			--data-binary "@$image" \
			-H "Authorization: Bearer $TOKEN")"
		;;
	esac
done

inventory=$CORPUS/inventories/real-ubuntu2004
tar -C "$inventory" -cf "$T/root.tar" .
hand_in "a root in a tar" "$T/root.tar" "name=focal"
findings "$T/body" >"$T/want"
check "has findings" test "$(wc -l <"$T/want")" -gt 200
run scapcache --state "$S" scan "rootfs:$inventory" --format json
findings "$T/out" >"$T/got"
same "those of \`scan\`" "$T/want" "$T/got"
awk 'function put(  s) {
		split(src, s, /[ ()]+/)
		if (p != "")
			printf "%s\t%s\t%s\t%s\t%s\t%s\n", st, p, v, a,
				src == "" ? p : s[1], s[2] == "" ? v : s[2]
		p = src = ""
	}
	/^Package: / { p = $2 }
	/^Version: / { v = $2 }
	/^Architecture: / { a = $2 }
	/^Source: / { src = substr($0, 9) }
	/^Status: / { st = $4 }
	/^$/ { put() }
	END { put() }' "$inventory/var/lib/dpkg/status" >"$T/list"
hand_in "the same as a list" "$T/list" "name=list&os=ubuntu:20.04" \
	-H "Content-Type: text/plain"
findings "$T/body" >"$T/got"
same "has the same findings" "$T/want" "$T/got"
id=$(header X-Scapcache-Image)
answers "page by page" 200 "/v1/images/$id/findings?limit=1000"
findings "$T/body" >"$T/got"
same "too" "$T/want" "$T/got"
stop_server
equal "ends well" 0 "$status"
done_testing
