#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Unpacked forms for many clients that do not read, and small requests beside
# them; a packed file that is broken.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/bundle_lib.sh
. "$ROOT/tests/e2e/bundle_lib.sh"
# shellcheck source=tests/e2e/serve_lib.sh
. "$ROOT/tests/e2e/serve_lib.sh"

need curl
upstreams
A=$T/A
N=24 # what one address may have
held=

# Larger than what sockets and pipes hold of it.
bzip2 -dc "$T/one/$OVAL" >"$T/oval.xml"
awk 'BEGIN { for (i = 0; i < 400000; i++)
	printf "<!-- %d %d -->\n", i, i * 7919 % 1000003 }' >>"$T/oval.xml"
bzip2 -1c "$T/oval.xml" >"$T/oval.bz2"
mv -f "$T/oval.bz2" "$T/one/$OVAL"
run scapcache --state "$A" --quiet sync --from "$T/one"
expect "a large document" 0
server "$A"
large=/${OVAL#*/}
large=${large%.bz2}

mkfifo "$T/gate"
exec 8<>"$T/gate"
n=0
while [ $n -lt $N ]; do
	n=$((n + 1))
	{
		curl -sf "$URL$large"
		echo $? >"$T/status.$n"
	} | {
		dd bs=1 count=1 of="$T/first.$n" 2>/dev/null
		read -r _ <&8
		cat "$T/first.$n" - | sha256sum >"$T/sum.$n"
	} &
	held="$held $!"
done
n=0
while [ $n -lt $N ]; do
	if [ -s "$T/first.$((n + 1))" ]; then n=$((n + 1)); else sleep 0.05; fi
done
small=0
for n in 1 2 3 4 5 6 7 8 9 10; do
	[ "$(get /healthz --max-time 60)" = 200 ] && small=$((small + 1))
done
equal "small requests, while $N streams are sent" 10 "$small"
equal "none of which has ended" "" \
	"$(find "$T" -name 'status.*' | head -n 1)"
answers "which are all that one address has" 503 "$large" -I
check "who says when" test "$(header Retry-After)" -ge 1
answers "another address finds a place" 200 "$large" --interface 127.0.0.2
equal "for all of it" "$(sha256sum <"$T/oval.xml")" "$(sha256sum <"$T/body")"
n=0
while [ $n -lt $N ]; do
	n=$((n + 1))
	echo
done >&8
# shellcheck disable=SC2086
wait $held
equal "then all end well" "$N 0" "$(cat "$T"/status.* | sort | uniq -c |
	awk '{ print $1, $2 }')"
equal "with the same bytes" "$N $(sha256sum <"$T/oval.xml")" \
	"$(sort "$T"/sum.* | uniq -c | sed 's/^ *//')"

# --- a packed file that is broken ---

blob=$A/store/blobs/sha256/$(sha256sum <"$T/one/$OVAL" | cut -c 1-64)
chmod u+w "$blob"
head -c 2000 /dev/zero | dd of="$blob" bs=1000 conv=notrunc \
	seek=$(($(wc -c <"$blob") / 2000)) 2>/dev/null
for version in --http1.1 -0; do
	run curl -sf $version -o "$T/body" "$URL$large"
	check "a broken one is not whole, $version" test "$status" -ne 0
done
equal "and others go on" 200 "$(get /healthz)"
rm -f "$blob"
for method in GET HEAD; do
	set --
	[ $method = GET ] || set -- -I
	answers "one whose file has gone, $method" 500 "$large.bz2" "$@"
	answers "unpacked, $method" 503 "$large" "$@"
done
stop_server
equal "ends well" 0 "$status"
check "the log says what is broken" grep -q "warn: serve: $large: " \
	"$T/serve.log"
done_testing
