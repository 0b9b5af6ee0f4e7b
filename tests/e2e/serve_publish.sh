#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# While syncs publish 50 generations one after another, 64 clients read all the
# time: no request fails, and no answer is of two generations.
. "$(dirname "$0")/lib.sh"
need curl gzip
need_built tools/http_readers
READERS=$BUILD/tools/http_readers
GENERATIONS=50
CLIENTS=64
NVD=feeds/json/cve/2.0
feed=$T/tree/nvd.nist.gov/$NVD
mkdir -p "$feed"

# revision N: a feed of 40 CVEs that all say so, with its .meta.
revision() {
	awk -v n="$1" 'BEGIN {
		printf "{\"resultsPerPage\":40,\"startIndex\":0,"
		printf "\"totalResults\":40,\"format\":\"NVD_CVE\","
		printf "\"version\":\"2.0\",\"vulnerabilities\":["
		for (i = 1; i <= 40; i++) {
			printf "%s{\"cve\":{\"id\":\"CVE-2024-%d\",", \
				(i > 1 ? "," : ""), 1000 + i
			printf "\"lastModified\":\"2024-11-21T10:00:%02d\",", n
			printf "\"descriptions\":[{\"lang\":\"en\",\"value\":"
			printf "\"frobnicator of revision %d\"}]}}", n
		}
		printf "]}"
	}' >"$T/json"
	gzip -nc "$T/json" >"$feed/nvdcve-2.0-2024.json.gz"
	printf '%s:%s\n' lastModifiedDate "2024-12-05T03:00:$(printf %02d "$1")-05:00" \
		size "$(stat -c %s "$T/json")" zipSize 0 \
		gzSize "$(stat -c %s "$feed/nvdcve-2.0-2024.json.gz")" \
		sha256 "$(sha256sum "$T/json" | cut -c1-64 | tr a-f A-F)" \
		>"$feed/nvdcve-2.0-2024.meta"
}

publish() {
	revision "$1"
	scapcache --state "$S" --quiet sync --from "$T/tree" nvd \
		>"$T/sync.out" 2>&1 || diag <"$T/sync.out"
}

publish 1
serve_start
"$READERS" "${URL#http://}" $CLIENTS "$T/stop" \
	"pair:/$NVD/nvdcve-2.0-2024.meta:/$NVD/nvdcve-2.0-2024.json.gz" \
	"one:/v1/search?q=frobnicator&limit=40" \
	"pair:/mirror/nvd.nist.gov/$NVD/nvdcve-2.0-2024.meta:/mirror/nvd.nist.gov/$NVD/nvdcve-2.0-2024.json.gz" \
	"one:/v1/cves/CVE-2024-1040" \
	"one:/rest/json/cves/2.0?resultsPerPage=40" \
	"one:/search?q=frobnicator" \
	"get:/readyz" >"$T/readers" 2>&1 &
readers=$!
begun $readers

n=2
while [ $n -le $GENERATIONS ]; do
	publish $n
	n=$((n + 1))
done
equal "so many were published" $GENERATIONS \
	"$(readlink "$S/index/current" | sed 's,.*/,,')"
# The last one is served, too.
n=0
until curl -s "$URL/v1/cves/CVE-2024-1001" |
	grep -q "revision $GENERATIONS\"" || [ $n -ge 100 ]; do
	n=$((n + 1))
	sleep 0.1
done
check "and the last is served" test $n -lt 100
: >"$T/stop"
wait $readers
status=$?
gone $readers
diag <"$T/readers"
equal "no request failed, no answer was torn" 0 $status
equal "no connection was closed" "again=0" \
	"$(grep -o 'again=[0-9]*' "$T/readers")"
equal "failures and torn answers" "failed=0 torn=0" \
	"$(grep -o 'failed=[0-9]* torn=[0-9]*' "$T/readers")"
check "each client read many times" test "$(sed -n \
	's/.*requests=\([0-9]*\).*/\1/p' "$T/readers")" -ge $((CLIENTS * 20))
check "and saw more than one generation" test "$(sed -n \
	's/.*revisions=\([0-9]*\).*/\1/p' "$T/readers")" -ge $((CLIENTS * 2))
serve_stop
equal "the server ends well" 0 $status
equal "and had nothing to complain of" "" "$(grep -v '^serving ' "$T/serve.log")"
done_testing
