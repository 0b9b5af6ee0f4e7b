#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Syncs from an HTTP server on loopback: what is asked for and how, what is not
# asked for again, and what happens when the server misbehaves.
. "$(dirname "$0")/lib.sh"

tree=$T/tree
ubuntu=security-metadata.canonical.com/oval
noble=$ubuntu/com.ubuntu.noble.cve.oval.xml.bz2
nvd=nvd.nist.gov/feeds/json/cve/2.0
mkdir "$tree"
cp -pR "$SAMPLE/upstream/." "$tree"

# The server's validators are a file's size and second: what is changed below
# gets another second.

# Few names and no pauses.
export SCAPCACHE_SOURCE_UBUNTU_OVAL_RELEASES="noble jammy"
export SCAPCACHE_SOURCE_NVD_FIRST_YEAR=2024
export SCAPCACHE_SYNC_RETRY_DELAY_MS=1

sync() {
	: >"$ACCESS_LOG"
	run scapcache --state "$S" sync --from "$URL" "$@"
}

# bodies: those that the server sent since the last sync began.
bodies() {
	awk '$3 == 200 { n++ } END { print n + 0 }' "$ACCESS_LOG"
}

count() {
	grep -c "$1" "$ACCESS_LOG"
}

documents() {
	scapcache --state "$S" status --json >"$T/status.json"
	json "$T/status.json" "(SELECT sum(json_array_length(value,
		'\$.documents')) FROM json_each(j, '\$.sources'))"
}

serve "$tree"
sync ubuntu-oval ubuntu-usn redhat-oval nvd
expect "the first sync" 0 "Not offered:" com.ubuntu.jammy.cve.oval.xml.bz2 \
	nvdcve-2.0-modified.meta "Generation 1 is published."
equal "a body for each file that is offered" 7 "$(bodies)"
equal "a document for each" 5 "$(documents)"

sync ubuntu-oval ubuntu-usn redhat-oval nvd
expect "the second sync" 0 "Nothing new: generation 1 stays current."
equal "no body is sent" 0 "$(bodies)"
equal "what is there was not modified" 5 "$(count ' 304 0$')"
equal "what a .meta proves is not asked for" 0 "$(count json.gz)"
equal "nor what the manifest proves" 0 "$(count RHEL9)"

# A .meta that moved but names the same bytes.
sed -i 's/^lastModifiedDate.*/lastModifiedDate:2024-12-06T03:00:01-05:00\r/' \
	"$tree/$nvd/nvdcve-2.0-2024.meta"
touch -d 2025-05-01 "$tree/$nvd/nvdcve-2.0-2024.meta"
sync nvd
expect "a .meta with another date" 0 "generation 1 stays current"
equal "its feed is not fetched" 0 "$(count json.gz)"
sync nvd
equal "and the .meta is remembered" 0 "$(bodies)"

# A new body.
bzip2 -dc "$tree/$noble" | sed 's/8\.5\.0-2ubuntu10\.2/8.5.0-2ubuntu10.9/' |
	bzip2 -9c >"$T/new"
cp "$T/new" "$tree/$noble"
touch -d 2025-06-01 "$tree/$noble"
sync ubuntu-oval
expect "a new document" 0 "Generation 2 is published."
equal "only that is fetched" 1 "$(bodies)"

# Validators belong to where they came from.
sync_from_tree() {
	run scapcache --state "$S" sync --from "$tree" ubuntu-oval
}
sync_from_tree
expect "the same from a folder" 0 "generation 2 stays current"
sync ubuntu-oval
equal "from elsewhere it is asked for anew" 2 "$(bodies)"
expect "and found to be the same" 0 "generation 2 stays current"

# An upstream that is gone for a while.
mv "$tree/$noble" "$T/away"
sync ubuntu-oval
expect "a file that is not offered any more is no failure" 0 "$noble"
equal "and stays in the index" 5 "$(documents)"
mv "$T/away" "$tree/$noble"
rm "$tree/$nvd/nvdcve-2.0-2024.json.gz"
sed -i 's/^sha256:..../sha256:0000/' "$tree/$nvd/nvdcve-2.0-2024.meta"
touch -d 2025-07-01 "$tree/$nvd/nvdcve-2.0-2024.meta"
sync nvd
expect "one that a .meta names is" 1 \
	"nvdcve-2.0-2024.json.gz: its .meta names it, but it is not there"
cp -p "$SAMPLE/upstream/$nvd/"* "$tree/$nvd"
sync nvd
expect "until it is there again" 0

# Caps.
SCAPCACHE_SYNC_SIZE_MAX_MIB=0 run scapcache --state "$T/other" sync \
	--from "$URL" ubuntu-oval
expect "a cap on the size" 1 "larger than 0 bytes"

# Servers that misbehave; each has the same tree and a state of its own.
misbehaves() {
	serve "$tree" "$1"
	S=$T/state.$n_tests
	: >"$ACCESS_LOG"
	run scapcache --state "$S" sync --from "$URL" redhat-oval
}

misbehaves "return 503;"
expect "a server that is busy" 1 "PULP_MANIFEST: the host answered 503"
equal "is asked four times" 4 "$(count ' 503 ')"
misbehaves "return 301 https://127.0.0.1:1\$uri;"
expect "a redirect to another scheme" 1 \
	"redirected to another scheme, which is not followed"
misbehaves "return 302 \$uri;"
expect "redirects without end" 1 "more than 5 redirects"
equal "are followed five times" 6 "$(count 'PULP_MANIFEST.* 302 ')"
misbehaves "if (\$uri ~ ^/security) { rewrite ^/security(.*)\$ /x\$1 redirect; }
	if (\$uri ~ ^/x) { rewrite ^/x(.*)\$ /security\$1 break; }"
expect "a redirect within the host" 0 "Generation 1 is published."
misbehaves "return 200 \"<html>\";"
expect "a page for everything" 1 "PULP_MANIFEST: line 1: "
misbehaves "if (\$uri ~ bz2\$) { return 200 \"<html>\"; }"
expect "a page for a document" 1 "bytes where PULP_MANIFEST says"
misbehaves "if (\$uri ~ bz2\$) { return 404; }"
expect "a document that the manifest names" 1 \
	"PULP_MANIFEST names it, but it is not there"
kill "$SERVER_PID"
wait "$SERVER_PID" 2>/dev/null
run scapcache --state "$T/state.gone" sync --from "$URL"
expect "a server that is gone" 1 "no connection: Connection refused"

# One host in trouble does not keep the others out.
serve "$tree" "if (\$uri ~ canonical) { return 500; }"
S=$T/state.partly
run scapcache --state "$S" sync --from "$URL"
expect "one host in trouble" 1 "the host answered 500" \
	"Generation 1 is published."
equal "the others are published" 3 "$(documents)"
done_testing
