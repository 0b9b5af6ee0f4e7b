#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What NVD changed since its feeds were made, from an API on loopback that is
# as strict as the real one: rate, pages, windows, an answer that breaks off,
# and a flood.
. "$(dirname "$0")/lib.sh"

feeds=$T/tree/nvd.nist.gov/feeds/json/cve/2.0
mkdir -p "$feeds"

# feed NAME DATE: the sample's records as a feed that was made at DATE.
feed() {
	sed 's/"timestamp": *"[^"]*"/"timestamp":"'"$2"'"/' \
		"$ROOT/samples/src/nvdcve-2.0-2024.json" >"$T/feed.json"
	gzip -nc "$T/feed.json" >"$feeds/nvdcve-2.0-$1.json.gz"
	sum=$(sha256sum <"$T/feed.json")
	printf '%s\r\n' "lastModifiedDate:$2-00:00" \
		"size:$(wc -c <"$T/feed.json")" "zipSize:1" \
		"gzSize:$(wc -c <"$feeds/nvdcve-2.0-$1.json.gz")" \
		"sha256:$(echo "${sum%% *}" | tr a-f A-F)" \
		>"$feeds/nvdcve-2.0-$1.meta"
}

# api RECORDS RATE WINDOW FAIL: starts it; its answers are in $T/answers.
api() {
	[ -z "${api_pid-}" ] || kill "$api_pid"
	: >"$T/answers"
	: >"$T/port"
	"$BUILD/servers/nvd_api" "$T/answers" "$@" >"$T/port" &
	api_pid=$!
	begun $api_pid
	until [ -s "$T/port" ]; do
		kill -0 "$api_pid" || exit 1
	done
	SCAPCACHE_SOURCE_NVD_API_URL=http://127.0.0.1:$(cat "$T/port")/x/
	export SCAPCACHE_SOURCE_NVD_API_URL
}

sync() {
	run scapcache --state "$S" sync --json "$@"
	cp "$T/out" "$T/report"
}

answers() {
	grep -c "^$1" "$T/answers"
}

records() {
	scapcache --state "$S" status --json >"$T/status.json"
	json "$T/status.json" "(SELECT sum(json_extract(d.value, '\$.records'))
		FROM json_each(j, '\$.sources') s,
		json_each(json_extract(s.value, '\$.documents')) d
		WHERE json_extract(s.value, '\$.name') = 'nvd-api')"
}

# The feeds are in a folder; the rate is that of the real API, 600 times as
# fast.
export SCAPCACHE_SOURCE_NVD_URL="$T/tree/nvd.nist.gov/feeds/json/cve/2.0"
export SCAPCACHE_SOURCE_NVD_API_INTERVAL_MS=12
export SCAPCACHE_SYNC_RETRY_DELAY_MS=1
yesterday=$(date -u -d '1 day ago' +%Y-%m-%dT%H:%M:%S.000)

api 9001 5 50 0
sync nvd-api
expect "without feeds the API is not asked" 1 \
	"waits until the feeds of nvd are indexed"
equal "not once" 0 "$(answers '')"

feed 2024 "$yesterday"
feed modified "$yesterday"
sync nvd
expect "the feeds come first" 0
sync nvd-api
expect "then the API" 0
equal "five pages" 5 "$(answers 200)"
equal "none too early" 0 "$(answers 403)"
equal "all records" 9001 "$(records)"
equal "from ten minutes before the feeds were made" \
	"$(date -u -d "$(echo "$yesterday" | cut -c1-19)Z 10 minutes ago" \
		+%Y-%m-%dT%H:%M:%S)" \
	"$(sed -n '1s/^200 0 \(.*\)\.000%2B.*/\1/p' "$T/answers")"
run scapcache --state "$S" show CVE-2030-19000
expect "a record of the last page" 0 "Number 9000."
sync nvd-api
expect "at once again" 0
equal "nothing is asked" 5 "$(answers 200)"

# An answer breaks off, again and again: the pages before it are kept.
rm -rf "$S"
sync nvd
api 9001 5 50 3
SCAPCACHE_SYNC_RETRIES=0
export SCAPCACHE_SYNC_RETRIES
sync nvd-api
expect "a page that breaks off" 1 "startIndex=4000"
equal "two pages came before" 2 "$(answers 200)"
equal "and are in the index" 4000 "$(records)"
sync nvd-api
expect "the next run goes on" 0
equal "where it was: three more pages" 5 "$(answers 200)"
equal "none of them twice" "0 2000 4000 6000 8000 " \
	"$(sed -n 's/^200 \([0-9]*\) .*/\1/p' "$T/answers" | sort -n |
		tr '\n' ' ')"
equal "all records again" 9001 "$(records)"

# Too fast for the API: it says so, and the run waits.
rm -rf "$S"
sync nvd
api 9001 2 300 0
SCAPCACHE_SOURCE_NVD_API_INTERVAL_MS=0 SCAPCACHE_SYNC_RETRIES=50 \
	SCAPCACHE_SYNC_RETRY_DELAY_MS=100 sync nvd-api
expect "an API that throttles" 0
check "it did" test "$(answers 403)" -gt 0
equal "still all records" 9001 "$(records)"

# Feeds that are half a year old: one window of 120 days after the other.
rm -rf "$S"
feed 2024 "$(date -u -d '200 days ago' +%Y-%m-%dT%H:%M:%S.000)"
feed modified "$(date -u -d '200 days ago' +%Y-%m-%dT%H:%M:%S.000)"
sync nvd
api 10 5 50 0
sync nvd-api
expect "the first 120 days" 0
sync nvd-api
expect "the rest" 0
equal "a page each" 2 "$(answers 200)"
equal "none of them too long" 0 "$(answers 404)"

# More than the API is for.
rm -rf "$S"
feed 2024 "$yesterday"
feed modified "$yesterday"
sync nvd
api 300000 5 50 0
feed 2024 "$(date -u +%Y-%m-%dT%H:%M:%S.000)"
feed modified "$(date -u +%Y-%m-%dT%H:%M:%S.000)"
sync nvd-api
expect "a flood" 0
equal "one page is asked for" 1 "$(answers 200)"
equal "none of it is indexed" "" "$(records)"
equal "the feeds are asked instead" 2 "$(json "$T/report" "(SELECT
	count(*) FROM json_each(j, '\$.files')
	WHERE json_extract(value, '\$.path') LIKE '%.json.gz'
	AND json_extract(value, '\$.result') = 'fetched')")"
equal "which stands in the audit log" 1 "$(sqlite3 "$S/catalog.sqlite" \
	"SELECT count(*) FROM audit WHERE event = 'fell back'")"

# Feeds that are newer than the pages make them superfluous.
rm -rf "$S"
feed 2024 "$yesterday"
feed modified "$yesterday"
sync nvd
api 10 5 50 0
sync nvd-api
equal "pages" 10 "$(records)"
feed modified "$(date -u -d '1 hour' +%Y-%m-%dT%H:%M:%S.000)"
sync nvd
sync nvd
equal "pages of these days stay" 10 "$(records)"
feed modified "$(date -u -d '3 days' +%Y-%m-%dT%H:%M:%S.000)"
sync nvd
sync nvd
expect "newer feeds" 0
equal "the pages leave the index" "" "$(records)"
sync nvd-api
expect "feeds of a time to come" 1 "of a time to come"
equal "the API is not asked" 1 "$(answers '')"

# The clock was ahead when the API was asked: its cursor counts no more.
rm -rf "$S"
feed 2024 "$yesterday"
feed modified "$yesterday"
sync nvd
SOURCE_DATE_EPOCH=$(date -u -d '90 days' +%s) sync nvd-api
sync nvd-api
expect "a cursor of a time to come" 0
equal "is asked again" 3 "$(answers '')"
done_testing
