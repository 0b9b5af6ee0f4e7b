#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# --as-of on the sample: by number and by date, from index files and made anew.
. "$(dirname "$0")/lib.sh"
image=docker-archive:$SAMPLE/image.tar

# sync_at DATE TREE
sync_at() {
	SOURCE_DATE_EPOCH=$(date -d "$1" +%s) run scapcache --state "$S" \
		--quiet sync --from "$2"
	expect "sync of $1" 0 "is published."
}

# answer [OPTION…]
answer() {
	run scapcache --quiet --state "$S" scan --format definitions \
		--document com.ubuntu.noble.cve.oval "$@" "$image"
}

# In the second publication curl's fix is an older one.
cp -R "$SAMPLE/upstream" "$T/two"
republish "$T/two" 2024-12-05T07:00:00 8.5.0-2ubuntu10.1
sync_at 2025-01-10T03:00:00Z "$SAMPLE/upstream"
answer
cp "$T/out" "$T/want.1"
sync_at 2025-02-10T03:00:00Z "$T/two"
answer
cp "$T/out" "$T/want.2"
check "the two differ" sh -c "! cmp -s '$T/want.1' '$T/want.2'"

answer --as-of 1
same "by number" "$T/want.1" "$T/out"
answer --as-of 2025-02-09
same "by date" "$T/want.1" "$T/out"
answer --as-of 2025-02-10T02:59:59Z
same "the second before" "$T/want.1" "$T/out"
answer --as-of 2025-02-10T04:00:00+01:00
same "at the second, elsewhere" "$T/want.2" "$T/out"
answer --as-of 2025-02-10
same "a date is its last second" "$T/want.2" "$T/out"
run scapcache --state "$S" scan --as-of 2025-01-31 --format json "$image"
equal "the report names it" 1 "$(json "$T/out" \
	"json_extract(j, '\$.generation')")"
check "and so does the talk" grep -q "Generation 1 of 2025-01-10" "$T/err"

run scapcache --state "$S" scan --as-of 2024-12-31 "$image"
expect "before the first is unknown" 3 "UNKNOWN" \
	"nothing was published by 2024-12-31T23:59:59Z: the first generation"
run scapcache --state "$S" explain --as-of 2024-12-31 "$image" CVE-2024-6387
expect "explain, too" 3 "nothing was published by"
run scapcache --state "$S" show --as-of 2024-12-31 CVE-2024-6387
expect "show cannot" 1 "nothing was published by"
run scapcache --state "$S" search --as-of 2024-12-31 openssh
expect "search cannot" 1 "nothing was published by"
run scapcache --state "$S" scan --as-of soon "$image"
expect "no date" 1 "not \"soon\""
run scapcache --state "$S" scan --as-of 2999-01-01 "$image"
expect "a verdict of times to come would stand till then" 1 "a time to come"
answer --as-of "$(date -u +%F)"
same "a day that has begun is as far as it has come" "$T/want.2" "$T/out"
equal "and no verdict is ahead of the clock" 0 "$(sqlite3 \
	"$S/results.sqlite" "SELECT count(*) FROM verdict
	WHERE judged_at > $(date +%s)")"
run scapcache --state "$S" scan --as-of 2025-02-30 "$image"
expect "no day of the calendar" 1 "not \"2025-02-30\""

# A rollback is part of the past, and the clock may be set back.
SOURCE_DATE_EPOCH=$(date -d 2025-03-01 +%s) run scapcache --state "$S" \
	index rollback 1
expect "rollback" 0 "The next sync goes forward again."
answer --as-of 2025-02-28
same "before the rollback" "$T/want.2" "$T/out"
answer --as-of 2025-03-01
same "after it" "$T/want.1" "$T/out"
sync_at 2025-02-20T00:00:00Z "$T/two"
answer --as-of 2025-02-19
same "the clock set back: before" "$T/want.2" "$T/out"
answer --as-of 2025-12-31
same "the clock set back: what came last counts" "$T/want.2" "$T/out"

# The index files of the past go; what they were made from stays for a while.
SCAPCACHE_RETENTION_GENERATIONS=1
SCAPCACHE_RETENTION_BLOB_DAYS=30
export SCAPCACHE_RETENTION_GENERATIONS SCAPCACHE_RETENTION_BLOB_DAYS
SOURCE_DATE_EPOCH=$(date -d 2025-03-20 +%s) run scapcache --state "$S" gc
expect "gc" 0 "generation 1" "generation 2" "Removed 2 generations, 0 files"
SOURCE_DATE_EPOCH=$(date -d 2025-03-20 +%s) answer --as-of 2025-01-20
same "made anew" "$T/want.1" "$T/out"
check "beside the others" test -e "$S/index/as-of/1/ubuntu.sqlite"
equal "and not current" 3 "$(readlink "$S/index/current")"
run scapcache --quiet --state "$S" scan --document com.ubuntu.noble.cve.oval \
	--format oval-results --as-of 1 --output "$T/results.xml" "$image"
expect "OVAL results of the past" 2
run scapcache --state "$S" search --as-of 1 --json openssh
expect "a search there" 0 '"generation": 1'
run scapcache --state "$S" show --as-of 1 CVE-2024-6387
expect "and a record" 0 "Generation 1 of 2025-01-10" "CVE-2024-6387"
run scapcache --state "$S" scan --as-of 9 "$image"
expect "one that never was is unknown" 3 "there is no generation 9"

# Files that are no longer there, then forgotten for good.
rm -rf "$S/index/as-of"
mv "$S/store/blobs/sha256" "$S/store/blobs/away"
mkdir "$S/store/blobs/sha256"
run scapcache --state "$S" scan --as-of 1 "$image"
expect "without its files" 3 "UNKNOWN" "no longer in the store"
rmdir "$S/store/blobs/sha256"
mv "$S/store/blobs/away" "$S/store/blobs/sha256"
SOURCE_DATE_EPOCH=$(date -d 2026-01-01 +%s) run scapcache --state "$S" gc
expect "gc after their days" 0 "forgotten" "Removed 0 generations, 1 file"
run scapcache --state "$S" scan --as-of 1 "$image"
expect "gone" 3 "generation 1 of 2025-01-10T03:00:00Z is gone"
answer --as-of 1
check "unknown has no findings" test ! -s "$T/out"
answer
same "what is current answers" "$T/want.2" "$T/out"
done_testing
