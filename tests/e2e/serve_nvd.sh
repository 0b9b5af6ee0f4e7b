#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# NVD's API 2.0 as its clients see it: the same CVEs by pages as by feeds, byte
# for byte; errors; what our own sync takes from it; a generation that is
# published while a client pages.
. "$(dirname "$0")/lib.sh"
need node curl

pages=$ROOT/tests/e2e/nvd_pages.js
feeds=$T/tree/nvd.nist.gov/feeds/json/cve/2.0
path=/rest/json/cves/2.0
mkdir -p "$feeds"

# feed NAME DAY [SED…]: the sample's records, made over, as a feed of December.
feed() {
	_json=$T/$1.json
	_date=2024-12-$2T03:00:01.000
	_name=$1
	shift 2
	sed -e 's/"timestamp": *"[^"]*"/"timestamp":"'"$_date"'"/' "$@" \
		"$ROOT/samples/src/nvdcve-2.0-2024.json" >"$_json"
	gzip -nc "$_json" >"$feeds/nvdcve-2.0-$_name.json.gz"
	_sum=$(sha256sum <"$_json")
	printf '%s\r\n' "lastModifiedDate:$_date-00:00" \
		"size:$(wc -c <"$_json")" "zipSize:1" \
		"gzSize:$(wc -c <"$feeds/nvdcve-2.0-$_name.json.gz")" \
		"sha256:$(echo "${_sum%% *}" | tr a-f A-F)" \
		>"$feeds/nvdcve-2.0-$_name.meta"
}

# get QUERY [OPTION…]: body in $T/body, head in $T/head; $code.
get() {
	_query=$1
	shift
	: >"$T/body"
	code=$(curl -sS -o "$T/body" -D "$T/head" -w '%{http_code}' "$@" \
		"$URL$path$_query")
}

# linked TARGET: asks for it, and prints where the next page is; $code.
linked() {
	code=$(curl -sS -o "$T/body" -D "$T/head" -w '%{http_code}' "$URL$1")
	header link | sed -n 's/.*<\([^>]*\)>; rel="next".*/\1/p'
}

# header NAME: of the last answer.
header() {
	tr -d '\r' <"$T/head" | sed -n "s/^$1: //Ip"
}

ids() {
	json "$T/body" "(SELECT group_concat(json_extract(value, '\$.cve.id'),
		' ') FROM json_each(j, '\$.vulnerabilities'))"
}

# A record that was modified since stands in the newer feed, in other words.
feed 2024 05
feed modified 10 -e '/"CVE-2024-6387"/,/"lastModified"/s/11-21T/12-08T/' \
	-e 's/OpenSSH/OpenSSH server/'
run scapcache --state "$S" sync --from "$T/tree" nvd
expect "sync" 0
serve_start
run node "$pages" "$URL" 2 nvdcve-2.0-2024.json.gz \
	nvdcve-2.0-modified.json.gz
expect "by pages and by feeds the same CVEs, byte for byte" 0 "5 CVEs"

get '?cveId=CVE-2024-6387'
equal "the newest record of a CVE" "200 2024-12-08T10:00:00.000" \
	"$code $(json "$T/body" \
		"json_extract(j, '\$.vulnerabilities[0].cve.lastModified')")"
equal "the time is the newest feed's" "2024-12-10T03:00:01.000" \
	"$(json "$T/body" "json_extract(j, '\$.timestamp')")"
equal "as JSON" "application/json" "$(header content-type)"
get '?keywordSearch=openssh%20server&lastModStartDate=2024-12-08T11:00:00.000%2B01:00&lastModEndDate=2024-12-08T10:00:00.000Z'
equal "words and a range with a zone" "CVE-2024-6387" "$(ids)"
get '?lastModStartDate=2024-12-08T11:00:00.000+01:00&lastModEndDate=2024-12-08T10:00:00.000Z'
equal "a plus that nobody encoded" "CVE-2024-6387" "$(ids)"

# A tag, and what it is for.
get ''
tag=$(header etag)
size=$(header content-length)
cp "$T/body" "$T/whole"
get '' -H "If-None-Match: $tag"
equal "nothing new is not sent" "304 0" "$code $(wc -c <"$T/body")"
get '' -I
equal "HEAD" "200 $size $tag" "$code $(header content-length) $(header etag)"
get '' --compressed -H 'Accept-Encoding: gzip'
equal "gzip" "200 gzip" "$code $(header content-encoding)"
same "the same when it is unpacked" "$T/whole" "$T/body"

# name; query; the message that it begins with
while IFS='|' read -r name query message; do
	get "$query"
	equal "$name" "404 0 $message" "$code $(wc -c <"$T/body") $(
		header message | cut -c "1-${#message}"
	)"
done <<'EOF'
unknown parameter|?cve=CVE-2024-6387|Invalid parameter
no CVE|?cveId=CVE-INVALID|Invalid cveId parameter
a range without an end|?pubStartDate=2024-01-01T00:00:00.000|Invalid pubStartDate parameter
121 days|?lastModStartDate=2024-01-01T00:00:00.000&lastModEndDate=2024-05-01T00:00:00.000|Invalid lastModEndDate parameter
a page too large|?resultsPerPage=2001|resultsPerPage parameter cannot exceed 2000.
a name without a version|?cpeName=cpe:2.3:a:openbsd:openssh|Invalid cpeName parameter
two severities|?cvssV2Severity=LOW&cvssV3Severity=LOW|Invalid cvssV2Severity parameter
EOF
get '' -X POST -d x
equal "POST" 405 "$code"

# Our own sync, of another cache whose feeds are older.
export SCAPCACHE_SOURCE_NVD_URL="$T/tree/nvd.nist.gov/feeds/json/cve/2.0"
export SCAPCACHE_SOURCE_NVD_API_URL="$URL/rest/json/cves/"
export SCAPCACHE_SOURCE_NVD_API_INTERVAL_MS=1
cp -R "$feeds" "$T/new"
feed 2024 05
feed modified 05
SOURCE_DATE_EPOCH=$(date -u -d 2024-12-20 +%s)
export SOURCE_DATE_EPOCH
run scapcache --state "$T/other" sync nvd
expect "older feeds" 0
run scapcache --state "$T/other" sync nvd-api
expect "our own sync takes what changed since" 0
run scapcache --state "$T/other" show CVE-2024-6387
expect "and shows it" 0 "OpenSSH server" "nvd-api/"
unset SOURCE_DATE_EPOCH

# A record leaves the range of a client that has its first page: the ones
# behind it move up, but not for this one.
range='?lastModStartDate=2024-11-21T00:00:00.000&lastModEndDate=2024-11-22T00:00:00.000&resultsPerPage=2'
get "$range"
equal "the first page" "CVE-2024-2961 CVE-2024-7264" "$(ids)"
list=$(linked '/v1/cves?modified_since=2024-11-21&limit=2')
feed modified 12 -e 's/"lastModified": "2024-11-21/"lastModified": "2024-12-11/' \
	-e '/"CVE-2024-6387"/,/"lastModified"/s/12-11T/12-08T/'
run scapcache --state "$S" sync --from "$T/tree" nvd
expect "another generation" 0 "Generation 2 is published."
tries=0
until get '?cveId=CVE-2024-6387' && [ "$(header x-scapcache-generation)" = 2 ]; do
	tries=$((tries + 1))
	[ $tries -lt 200 ] || break
	sleep 0.05
done
get "$range&startIndex=2"
equal "the next page is of the same generation" \
	"1 CVE-2024-45490 CVE-2024-6119" "$(header x-scapcache-generation) $(ids)"
get "$range"
equal "who begins anew has the other one" "2 " \
	"$(header x-scapcache-generation) $(ids)"

# So it is with the links of our own lists, until that generation is gone.
equal "what a link leads to is of the first page's generation" \
	"/v1/cves?modified_since=2024-11-21&limit=2&generation=1&offset=2" \
	"$list"
linked "$list" >"$T/next"
equal "also when another one is published" "200 1 2" \
	"$code $(header x-scapcache-generation) $(
		json "$T/body" "json_extract(j, '\$.offset')")"
changes=$(linked '/v1/changes?since=1&limit=1')
equal "changes, too" "/v1/changes?since=1&limit=1&generation=2&offset=1" \
	"$changes"
rm -r "$S/index/1"
linked "$list" >"$T/next"
equal "one that is gone is told" \
	"410 /problems/generation-gone" \
	"$code $(json "$T/body" "json_extract(j, '\$.type')")"
check "with what to do" grep -q 'begin again with the first page' "$T/body"
serve_stop
equal "the server ends well" 0 "$status"

# All of it.
if [ ! -d "$CORPUS/upstream" ]; then
	skip "no corpus"
	done_testing
	exit
fi
rm -rf "$S"
unset SCAPCACHE_SOURCE_NVD_URL
run scapcache --state "$S" sync --from "$CORPUS/upstream" nvd nvd-1.1
expect "sync of the corpus" 0
serve_start
set --
for feed in "$CORPUS"/upstream/nvd.nist.gov/feeds/json/cve/2.0/*.gz; do
	set -- "$@" "${feed##*/}"
done
run node "$pages" "$URL" 2000 "$@"
expect "real feeds: by pages and by feeds the same, byte for byte" 0 \
	"61379 CVEs"
get '?cveId=CVE-2003-0001'
equal "what only a 1.1 feed has is left out, and counted" "0 6769" \
	"$(json "$T/body" "json_extract(j, '\$.totalResults')") $(
		header x-scapcache-left-out
	)"
serve_stop
done_testing
