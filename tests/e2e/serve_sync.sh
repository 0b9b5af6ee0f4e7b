#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A sync asked for over HTTP: who may, what becomes of it, what is written down,
# and that the server shows the new generation.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/serve_lib.sh
. "$ROOT/tests/e2e/serve_lib.sh"
need curl

tree=$T/tree
cp -R "$SAMPLE/upstream" "$tree"
run scapcache --state "$S" sync --from "$tree"
expect "content" 0 "Generation 1 is published"
sync=$(scapcache --state "$S" token add asker --scope sync | head -n 1)
read=$(scapcache --state "$S" token add reader --scope read | head -n 1)
admin=$(scapcache --state "$S" token add boss --scope admin | head -n 1)
server "$S"

# post TOKEN PATH
post() {
	get "$2" -X POST -H "Authorization: Bearer $1"
}

member() {
	sed -n "s/^ *\"$1\": \(.*[^,]\),\{0,1\}\$/\1/p" "$T/body"
}

is_current() {
	[ "$(get /v1/generations)" = 200 ] && [ "$(member current | head -n 1)" = "$1" ]
}

answers "nobody in particular may not" 401 /v1/sync -X POST
equal "nor who may read" 403 "$(post "$read" /v1/sync)"
equal "no daemon" 503 "$(post "$sync" /v1/sync)"
equal "is told by its name" '"/problems/no-daemon"' "$(member type)"

"$SCAPCACHE" --state "$S" syncd --from "$tree" >"$T/syncd.log" 2>&1 &
begun $!
check "a daemon" within "[ -S '$S/run/syncd.sock' ]"
equal "no such source" 400 "$(post "$sync" '/v1/sync?source=none')"
check "the daemon says so" grep -q "there is no such source" "$T/body"

republish "$tree" 2024-12-05T07:00:00 8.5.0-2ubuntu10.1
equal "one source" 202 "$(post "$sync" '/v1/sync?source=ubuntu-oval')"
equal "where to look" /v1/runs "$(header Location)"
check "the new generation is current" within "is_current 2"
soon "and is served" 200 '/v1/cves/CVE-2024-7264?generation=2'
answers "what has changed" 200 '/v1/changes?since=1'
equal "is one document" '"com.ubuntu.noble.cve.oval"' "$(member name)"
check "of a definition" grep -q '"change": "changed"' "$T/body"

answers "the log, for everybody" 200 /v1/audit
equal "says what was asked for" 3 "$(grep -c '"event": "asked"' "$T/body")"
equal "and not by whom" "" "$(grep -E 'asker|127\.0\.0\.1' "$T/body")"
answers "the log, for who may see it" 200 /v1/audit \
	-H "Authorization: Bearer $admin"
check "says by whom" grep -q '"who": "asker"' "$T/body"
check "and from where" grep -q '"address": "127.0.0.1"' "$T/body"
run scapcache --state "$S" status --audit 9
expect "so it does on the machine" 0 \
	"ubuntu-oval: for a sync, by asker from 127.0.0.1"

done_testing
