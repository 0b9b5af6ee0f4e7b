#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The same files give the same content digest on another machine: in another
# order, at another time, after other publications, made anew or brought up to
# date.
. "$(dirname "$0")/lib.sh"
usn=usn.ubuntu.com/usn-db/database-all.json.bz2

# digests STATE: a line for each family, and whether verify agrees.
digests() {
	run scapcache --state "$1" index verify --json
	cp "$T/out" "$T/verify.json"
	echo "status $status"
	sqlite3 -batch :memory: "SELECT json_extract(f.value, '\$.family'),
		json_extract(f.value, '\$.current.content'),
		json_extract(f.value, '\$.current.plan'),
		json_extract(f.value, '\$.rebuilt.content')
	FROM json_each(CAST(readfile('$T/verify.json') AS TEXT),
		'\$.families') f"
}

need sqlite3
run scapcache --quiet --state "$T/one" sync --from "$SAMPLE/upstream"
expect "all in one go" 0 "Generation 1 is published."
digests "$T/one" >"$T/one.digests"
equal "three families" "4 status 0" \
	"$(wc -l <"$T/one.digests") $(head -n 1 "$T/one.digests")"

# Elsewhere: other publications first, then each source by itself.
cp -R "$SAMPLE/upstream" "$T/other"
republish "$T/other" 2024-12-03T07:00:00 8.5.0-2ubuntu10.1
bzip2 -dc "$T/other/$usn" | sed 's/OpenSSH vulnerability/OpenSSH trouble/' |
	bzip2 -9c >"$T/new" && mv "$T/new" "$T/other/$usn"
SOURCE_DATE_EPOCH=1000000000
export SOURCE_DATE_EPOCH
run scapcache --quiet --state "$T/two" sync --from "$T/other" ubuntu-usn
expect "another publication of notices" 0
run scapcache --quiet --state "$T/two" sync --from "$T/other" ubuntu-oval
expect "another publication of OVAL" 0
for source in nvd redhat-oval ubuntu-oval ubuntu-usn; do
	SOURCE_DATE_EPOCH=$((SOURCE_DATE_EPOCH + 100000))
	run scapcache --quiet --state "$T/two" sync --from "$SAMPLE/upstream" \
		$source
	expect "sync of $source" 0 "is published."
done
digests "$T/two" >"$T/two.digests"
same "the same digests" "$T/one.digests" "$T/two.digests"
check "but not the same files" sh -c \
	"! cmp -s '$T/one/index/current/ubuntu.sqlite' \
		'$T/two/index/current/ubuntu.sqlite'"

# Other content has another digest.
run scapcache --quiet --state "$T/three" sync --from "$T/other"
digests "$T/three" >"$T/three.digests"
equal "other content has another digest" "ubuntu" \
	"$(diff "$T/one.digests" "$T/three.digests" |
		sed -n 's/^> \([a-z]*\).*/\1/p')"
done_testing
