#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# bundles/: what `bundle export` writes without a file, what a sync writes by
# itself, what stays of it, and that neither a full disk nor a kill leaves half
# of one or fails the sync.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/bundle_lib.sh
. "$ROOT/tests/e2e/bundle_lib.sh"

upstreams
# later NAME HOUR: $T/one with another fix, of that hour of the next day.
later() {
	cp -R "$T/one" "$T/$1"
	republish "$T/$1" "2024-12-05T$2:00:00" "8.5.0-2ubuntu10.$2"
}
later three 11
later four 12
bundles() {
	# shellcheck disable=SC2012
	ls "$T/A/bundles" | tr '\n' ' '
}
audit() {
	sqlite3 "$T/A/catalog.sqlite" "SELECT subject || ' ' || event FROM audit
		WHERE subject LIKE 'bundles/%' ORDER BY id DESC LIMIT 1"
}
# publish N TREE: a sync that writes bundles, N of each kind kept.
publish() {
	SCAPCACHE_BUNDLE_PUBLISH=both SCAPCACHE_BUNDLE_KEEP=$1 \
		run scapcache --state "$T/A" --log-level warn sync --from "$2"
}

# --- by hand ---

run side A init
run side A bundle export
expect "nothing is signed" 1 "nothing is signed here yet"
equal "and nothing is written" "" "$(bundles)"
connected A
run scapcache --state "$T/A" bundle export
expect "a full one" 0 "$T/A/bundles/full-1.tar: " \
	"On the other side: scapcache bundle import full-1.tar"
equal "is there under its generation" "full-1.tar " "$(bundles)"
run side A bundle export "$T/by-name.tar"
same "the same bytes as in a file that is named" "$T/by-name.tar" \
	"$T/A/bundles/full-1.tar"
run side A bundle list
expect "the ledger has it" 0 ": bundles/full-1.tar"
run side A bundle export --since 1
expect "a delta on top of itself is none" 1 \
	"generation 1 is what is current: a delta is on top of another one"
for bad in "--source nvd" "--split 1M" "--since receipt.json"; do
	# shellcheck disable=SC2086
	run side A bundle export $bad
	expect "no file named, and $bad" 1 "name a FILE"
done
run side A sync --from "$T/two"
expect "a second generation" 0
equal "a sync writes none unless told to" "full-1.tar " "$(bundles)"
run side A bundle export --since 1
expect "a delta" 0 "delta-1-2.tar"
equal "is named by both" "delta-1-2.tar full-1.tar " "$(bundles)"

# --- by itself ---

publish 2 "$T/two"
expect "nothing is new, but there is no bundle yet" 0
equal "so it is written" "delta-1-2.tar full-1.tar full-2.tar " "$(bundles)"
equal "which is audited" "bundles/full-2.tar exported" "$(audit)"
before=$(stat -c '%i %Y' "$T/A/bundles/full-2.tar")
rows=$(sqlite3 "$T/A/catalog.sqlite" "SELECT count(*) FROM ledger")
publish 2 "$T/two"
equal "once" "$before" "$(stat -c '%i %Y' "$T/A/bundles/full-2.tar")"
equal "with no row more" "$rows" \
	"$(sqlite3 "$T/A/catalog.sqlite" "SELECT count(*) FROM ledger")"
publish 2 "$T/three"
equal "the newest two of each kind stay" \
	"delta-1-2.tar delta-2-3.tar full-2.tar full-3.tar " "$(bundles)"
echo mine >"$T/A/bundles/full-1.tar.sha256"
echo half >"$T/A/bundles/full-9.tar.new"
publish 1 "$T/four"
equal "one, and what is not ours; what a kill left goes" \
	"delta-3-4.tar full-1.tar.sha256 full-4.tar " "$(bundles)"

# --- the other side ---

run side B bundle import "$T/by-name.tar" --root "$T/A.root.json"
expect "the first of all" 0
run side B bundle import "$T/A/bundles/full-4.tar"
expect "the last full one" 0
run side B bundle import "$T/A/bundles/delta-3-4.tar"
expect "the delta is a replay then" 0

# --- trouble ---

chmod a-w "$T/A/bundles"
SCAPCACHE_BUNDLE_PUBLISH=many run side A sync --from "$T/four"
expect "a word that is none fails no sync" 0
SCAPCACHE_BUNDLE_PUBLISH=many run scapcache --state "$T/A" config check
expect "but config check" 1 "bundle.publish is none, full, delta or both, not"
chmod u+w "$T/A/bundles"
rm "$T/A/bundles/full-4.tar"
mkdir "$T/A/bundles/full-4.tar"
publish 1 "$T/four"
expect "what cannot be written fails no sync" 0 "publish: no bundle: bundles/full-4.tar: "
equal "and is audited" "bundles/full-4.tar failed" "$(audit)"
rmdir "$T/A/bundles/full-4.tar"
publish 1 "$T/four"
equal "the next one makes it good" "bundles/full-4.tar exported" "$(audit)"

# --- gc ---

cp "$T/A/bundles/full-4.tar" "$T/A/bundles/full-3.tar"
SCAPCACHE_BUNDLE_KEEP=1 run scapcache --state "$T/A" gc --dry-run
expect "gc says what goes" 0 "bundles/full-3.tar" ", 1 bundle:"
check "and leaves it" test -e "$T/A/bundles/full-3.tar"
SCAPCACHE_BUNDLE_KEEP=1 run scapcache --state "$T/A" gc --json
expect "gc" 0 '"bundles": 1'
check "removes it" test ! -e "$T/A/bundles/full-3.tar"
check "alone" test -e "$T/A/bundles/full-4.tar" -a \
	-e "$T/A/bundles/full-1.tar.sha256"
SCAPCACHE_BUNDLE_KEEP=0 run side A gc
check "0 keeps all" test -e "$T/A/bundles/delta-3-4.tar"
done_testing
