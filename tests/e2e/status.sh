#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What status and source tell, before and after a sync.
. "$(dirname "$0")/lib.sh"

run scapcache --state "$S" status
expect "no state directory" 1 "no state directory at $S"
run scapcache --state "$S" init
run scapcache --state "$S" status
expect "nothing synced yet" 0 "Generation: none yet: scapcache sync" \
	"Last run:   never" "nvd: never" "Sandbox:"
run scapcache --state "$S" status --json
cp "$T/out" "$T/empty.json"
of() {
	json "$1" "json_extract(j, '\$.$2')"
}
equal "no generation" 0 "$(of "$T/empty.json" generation)"
equal "no run" "" "$(of "$T/empty.json" last_run)"
equal "every source is there" "$("$SCAPCACHE" source list | sed 1d | wc -l)" \
	"$(json "$T/empty.json" "json_array_length(j, '\$.sources')")"

# A clock that stands still gives the same bytes.
SOURCE_DATE_EPOCH=1750000000
export SOURCE_DATE_EPOCH
run scapcache --state "$S" sync --from "$SAMPLE/upstream"
run scapcache --state "$S" status --json
cp "$T/out" "$T/full.json"
run scapcache --state "$S" status --json
same "the same again" "$T/full.json" "$T/out"
equal "a generation" 1 "$(of "$T/full.json" generation)"
equal "the run" "ok 2025-06-15T15:06:40Z" \
	"$(of "$T/full.json" last_run.result) \
$(of "$T/full.json" last_run.ended)"
nvd() {
	json "$T/full.json" "(SELECT json_extract(value, '\$.$1')
		FROM json_each(j, '\$.sources')
		WHERE json_extract(value, '\$.name') = 'nvd')"
}
equal "a document and its proof" "nvdcve-2.0-2024 meta-sha256" \
	"$(nvd 'documents[0].name') $(nvd 'documents[0].proof')"
equal "when it was proved" 2025-06-15T15:06:40Z \
	"$(nvd 'documents[0].proved')"
equal "its digest" "$(sha256sum \
	<"$SAMPLE/upstream/$(nvd 'documents[0].path')" | cut -d' ' -f1)" \
	"$(nvd 'documents[0].sha256')"
equal "records and distinct CVEs" "5 5" "$(nvd records) $(nvd distinct)"
SOURCE_DATE_EPOCH=$((1750000000 + 3 * 86400))
run scapcache --state "$S" status
expect "how old it is" 0 "2025-06-15T15:06:40Z (3 days ago)" \
	"nvd: ok" "5 distinct CVEs"

run scapcache source list
expect "the sources" 0 ubuntu-oval ubuntu-usn redhat-oval nvd nvd-1.1
run scapcache source show nvd
expect "a source" 0 "https://nvd.nist.gov/feeds/json/cve/2.0/" \
	"nvdcve-2.0-2002.json.gz" "nvdcve-2.0-2025.json.gz"
SCAPCACHE_SOURCE_UBUNTU_OVAL_RELEASES=noble
export SCAPCACHE_SOURCE_UBUNTU_OVAL_RELEASES
run scapcache source show ubuntu-oval
expect "as it is configured" 0 "Releases:  noble" \
	"com.ubuntu.noble.usn.oval.xml.bz2"
check "and nothing else" sh -c "! grep -q focal '$T/out'"
run scapcache source show nosuch
expect "no such source" 1 "there is no source nosuch"
run scapcache source
expect "what to say" 1 "say list, or show and a source's name"
SCAPCACHE_SYNC_SOURCES="nvd nosuch" run scapcache --state "$S" sync \
	--from "$SAMPLE/upstream"
expect "a source that is configured and unknown" 1 \
	"sync.sources in the configuration names nosuch"
done_testing
