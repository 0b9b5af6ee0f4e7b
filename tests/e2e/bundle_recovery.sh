#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Whoever stole the online keys has signed generations, and the other side has
# imported them: new keys and a new root lead out of it. And a side with keys
# of its own imports nothing.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/e2e/bundle_lib.sh"

upstreams
connected A
run side A bundle export "$T/1.tar"
run side B bundle import "$T/1.tar" --root "$T/A.root.json"
expect "the first bundle" 0 "Generation 1 is published"

# The thief has the keys of keys/, and publishes a lot.
cp -a "$T/A" "$T/thief"
for i in two one; do
	side thief sync --from "$T/$i" --accept ubuntu-oval
done >"$T/log" 2>&1
run side thief bundle export "$T/stolen.tar"
run side B bundle import "$T/stolen.tar"
expect "a thief's is imported" 0 "Generation 3 is published"

for role in timestamp snapshot index ubuntu; do
	run side A key rotate $role --offline-dir "$T/A.offline"
	expect "another key for $role" 0
done
run side A sync --from "$T/two" --accept ubuntu-oval
run side A bundle export "$T/2.tar"
expect "the second bundle, with new keys" 0
run side B bundle import "$T/2.tar"
expect "it is imported where the thief's was" 0 "is published"
run side B bundle import "$T/stolen.tar"
expect "and the thief's is not any more" 15 "scapcache: UNTRUSTED: "
content A | grep -v '^Generation: ' >"$T/A.content"
content B | grep -v '^Generation: ' >"$T/B.content"
check "both have the same" cmp "$T/A.content" "$T/B.content"

# Keys that nothing was signed with yet.
side C init
mkdir -m 700 "$T/C/keys"
before=$(fingerprint "$T/C")
run side C bundle import "$T/2.tar" --root "$T/A.root.json"
expect "a side with keys" 1 "with keys of its own"
equal "has nothing of it" "$before" "$(fingerprint "$T/C")"
