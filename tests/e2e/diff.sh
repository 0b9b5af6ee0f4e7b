#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Two images, and one at two moments, beside each other.
. "$(dirname "$0")/lib.sh"

noble_root a <<-END
	bash 5.2.21-2ubuntu4
	curl 8.5.0-2ubuntu10.1
	openssh-client 1:9.6p1-3ubuntu13
END
noble_root b <<-END
	bash 5.2.21-2ubuntu4
	curl 8.5.0-2ubuntu10.6
	nano 7.2-2build1
END
run scapcache --state "$S" --quiet sync --from "$SAMPLE/upstream"
expect "sync" 0
run scapcache --state "$S" diff rootfs:a rootfs:b
expect "nothing was scanned" 1 "nothing was scanned yet"
run scapcache --state "$S" scan rootfs:a
run scapcache --state "$S" diff rootfs:a rootfs:b
expect "one was not scanned" 1 "rootfs:b is no image that was scanned"
run scapcache --state "$S" scan rootfs:b

run scapcache --state "$S" diff rootfs:a rootfs:b
expect "two images" 2 "~ curl:amd64 8.5.0-2ubuntu10.1 → 8.5.0-2ubuntu10.6" \
	"- openssh-client:amd64 1:9.6p1-3ubuntu13" "+ nano:amd64 7.2-2build1" \
	"- CVE-2024-6387 openssh-client" "a  rootfs:a" "b  rootfs:b"
check "what is the same is not told" sh -c "! grep -q bash '$T/out'"
run scapcache --state "$S" diff rootfs:b rootfs:a
expect "the other way round" 2 "+ CVE-2024-6387 openssh-client" \
	"- nano:amd64 7.2-2build1"
run scapcache --state "$S" diff rootfs:a rootfs:a
expect "the same image" 0 "No difference."

scapcache --state "$S" diff rootfs:a rootfs:b --json >"$T/json"
a=$(sed -n 's/.*"inventory": "sha256:\(.\{12\}\).*/\1/p' "$T/json" | head -n 1)
b=$(sed -n 's/.*"inventory": "\(sha256:[0-9a-f]*\).*/\1/p' "$T/json" |
	tail -n 1)
run scapcache --state "$S" diff --json "$a" "$b"
same "by the digests of inventories" "$T/json" "$T/out"
expect "for programs" 2 '"differs": true' '"change": "added"' \
	'"change": "removed"' '"change": "changed"'

printf '[content]\nmax_age_days.ubuntu-usn = 9999\n' >"$T/policy.ini"
run scapcache --state "$S" diff --policy "$T/policy.ini" --json rootfs:a \
	rootfs:b
expect "by a policy" 2 '"reasons": []'
check "what has no date has a place in the index" sh -c \
	"! grep -q 'has no date' '$T/out'"

# The same image, with another fix known.
cp -R "$SAMPLE/upstream" "$T/two"
bzip2 -dc "$T/two/$NOBLE" | sed 's/1:9\.6p1-3ubuntu13\.3/1:9.6p1-3ubuntu13.4/
	s/2024-12-04T19:30:00/2024-12-05T07:00:00/' |
	bzip2 -9c >"$T/new" && mv "$T/new" "$T/two/$NOBLE"
run scapcache --state "$S" --quiet sync --from "$T/two"
expect "another generation" 0 "Generation 2 is published."
run scapcache --state "$S" diff rootfs:a --as-of-a 1 --as-of-b 2
expect "one image at two moments" 2 "~ CVE-2024-6387 openssh-client" \
	"1:9.6p1-3ubuntu13.4" "generation 1" "generation 2"
check "its packages are the same" sh -c "! grep -q packages: '$T/out'"
run scapcache --state "$S" diff rootfs:a --as-of-a 2
expect "then and now" 0 "No difference."
run scapcache --state "$S" diff rootfs:a --as-of-a 9
expect "a generation that was never there" 1
run scapcache --state "$S" diff rootfs:a
expect "one image alone" 1 "name two images"
run scapcache --state "$S" diff rootfs:a rootfs:b --fail-on nonsense
expect "no severity" 1 "nonsense is no severity"
done_testing
