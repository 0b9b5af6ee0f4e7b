#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# docs/openapi.json is what the server does: every path is asked, each answer
# has the status, the media type and the members that stand there.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/serve_lib.sh
. "$ROOT/tests/e2e/serve_lib.sh"
need curl
need_npm

tree=$T/tree
cp -R "$SAMPLE/upstream" "$tree"
mkdir -p "$tree/secdb.alpinelinux.org/v3.20"
cat >"$tree/secdb.alpinelinux.org/v3.20/main.json" <<EOF
{"distroversion":"v3.20","reponame":"main","packages":[{"pkg":{"name":"openssl",
"secfixes":{"3.3.2-r0":["CVE-2024-6119"],"0":["CVE-2024-2961"]}}}]}
EOF
run scapcache --state "$S" sync --from "$tree"
expect "content" 0 "Generation 1 is published"
mkdir "$T/offline"
run scapcache --state "$S" key init --offline-dir "$T/offline"
expect "keys" 0
run scapcache --state "$S" bundle export
expect "a bundle" 0
run scapcache --state "$S" token add test --scope read,scan,sync,admin
expect "a token" 0 "scapcache_"
token=$(head -n 1 "$T/out")

server "$S"
"$BUILD/tools/dump_routes" >"$T/routes"
node "$ROOT/tests/npm/openapi_check.js" "$ROOT" "$URL" "$T/routes" "$token" \
	"$SAMPLE/image.tar" >"$T/answers" 2>"$T/node.err"
equal "the check says nothing else" "" "$(cat "$T/node.err")"
while IFS= read -r line; do
	case $line in
	"ok - "*)
		ok "${line#ok - }"
		;;
	*)
		not_ok "${line#not ok - }"
		;;
	esac
done <"$T/answers"

# Every type of problem that a source file names is explained.
cat "$ROOT"/server/*.c | tr '\n\t' '  ' | tr -s ' ' |
	grep -o 'problem( \{0,1\}[&a-z>.-]*s, [a-z0-9]*, "[a-z-]*"' |
	sed 's/.*"\(.*\)"/\1/' | sort -u >"$T/types"
unknown=
while read -r type; do
	[ "$(get "/problems/$type")" = 200 ] || unknown="$unknown $type"
	grep -qF "| \`$type\` |" "$ROOT/docs/api.md" ||
		unknown="$unknown $type (docs/api.md)"
done <"$T/types"
check "there are types of problems" test "$(wc -l <"$T/types")" -gt 20
equal "each is explained" "" "$unknown"
check "it went through all of it" test "$(wc -l <"$T/answers")" -gt 50
stop_server
equal "the server ends" 0 "$status"

done_testing
