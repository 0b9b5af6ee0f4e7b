#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the HTTP engine does with bodies, streams, workers and its own end, seen
# with routes made for that (tests/tools/http_engine.c).
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/engine_lib.sh
. "$ROOT/tests/e2e/engine_lib.sh"

RAW=$BUILD/tools/raw_http
need curl

mkdir "$T/files"
head -c 300000 /dev/zero | tr '\0' y >"$T/files/large"
echo small >"$T/files/small"
echo outside >"$T/secret"
ln -s "$T/secret" "$T/files/link"

# get [OPTION…] URL: of curl; prints the status, leaves $T/head and $T/body.
get() {
	curl -s -o "$T/body" -D "$T/head" -w '%{http_code}' "$@"
}

# raw TEXT: sends it as it is; prints the statuses that come.
raw() {
	# shellcheck disable=SC2059
	printf "$1" | "$RAW" "$PORT" >"$T/answer"
	tr -d '\r' <"$T/answer" |
		sed -n 's,^HTTP/1.1 \([0-9]*\) .*,\1,p' | tr '\n' ' '
}

engine "$T/files"
END='\r\nHost: h\r\nConnection: close\r\n\r\n'
CHUNKS='\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n'

# --- bodies ---

equal "a body" 200 "$(get --data-binary @"$T/files/large" "$URL/body")"
equal "came whole" "bytes=300000 said=300000 sum=36300000" \
	"$(cut -d ' ' -f 1-3 "$T/body")"
equal "a body in chunks" 200 "$(get -H 'Transfer-Encoding: chunked' \
	-H 'Content-Type: Text/X; a=b' \
	--data-binary @"$T/files/large" "$URL/body")"
equal "came whole, too" \
	"bytes=300000 said=300000 sum=36300000 type=text/x" "$(cat "$T/body")"
equal "a client that waits for a word" 200 "$(get --expect100-timeout 20 \
	-H 'Expect: 100-continue' --data-binary @"$T/files/small" "$URL/body")"
check "got it" grep -q '^HTTP/1.1 100' "$T/head"
equal "an empty body" "200 " \
	"$(raw "POST /body HTTP/1.1\r\nContent-Length: 0$END")"
equal "chunks with extensions and trailers" "200 " "$(raw "POST /body \
HTTP/1.1${CHUNKS}3;a=b\r\nabc\r\n2\r\nde\r\n0\r\nX: y\r\n\r\n")"
check "are all there" grep -aq '^bytes=5 said=5 ' "$T/answer"
for chunk in '5 \r\nhello\r\n0\r\n\r\n' '0x5\r\nhello\r\n0\r\n\r\n' \
	'-5\r\nhello\r\n0\r\n\r\n' 'g\r\nhello\r\n0\r\n\r\n' \
	'5\r\nhelloo\r\n0\r\n\r\n' '\r\nhello\r\n0\r\n\r\n'; do
	equal "odd chunk $chunk" "400 " "$(raw "POST /body HTTP/1.1$CHUNKS$chunk")"
done
equal "a chunk beyond all numbers" "413 " "$(raw "POST /body \
HTTP/1.1${CHUNKS}fffffffffffffffff\r\nhello\r\n0\r\n\r\n")"
head -c 3000000 /dev/zero >"$T/zeros"
equal "too large, as it says" 413 \
	"$(get --data-binary @"$T/zeros" "$URL/body")"
truncate -s 1G "$T/giga"
equal "far too large, and it does not wait for a word" 413 "$(get -H 'Expect:' \
	-X POST -T "$T/giga" "$URL/body")"
check "is told why" grep -q 'at most 1048576 bytes' "$T/body"
equal "far too large, to nowhere, in chunks" 404 "$(get -H 'Expect:' \
	-H 'Transfer-Encoding: chunked' -X POST -T "$T/giga" "$URL/nosuch")"
equal "far too large, without a token" 401 "$(get -H 'Expect:' -X GET \
	-T "$T/giga" "$URL/secret")"
check "says what it takes" grep -qi '^WWW-Authenticate: ' "$T/head"
equal "too large, and it waits for a word" 413 "$(get \
	--expect100-timeout 20 -H 'Expect: 100-continue' \
	--data-binary @"$T/zeros" "$URL/body")"
check "and gets none" sh -c "! grep -q '^HTTP/1.1 100' '$T/head'"
equal "too large, in chunks" 413 "$(get -H 'Transfer-Encoding: chunked' \
	-H 'Expect:' --data-binary @"$T/zeros" "$URL/body")"
check "says why" grep -q 'at most 1048576 bytes' "$T/body"
equal "a body that nobody takes" 413 \
	"$(get -X GET --data-binary @"$T/files/large" "$URL/text")"
equal "a body to nowhere" 404 \
	"$(get --data-binary @"$T/zeros" "$URL/nosuch")"
equal "and the connection goes on" "404 200 " "$(raw "POST /nosuch \
HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabcGET /text HTTP/1.1$END")"
equal "a body that stops" "408 " "$(raw "POST /body HTTP/1.1\r\nHost: h\r\n\
Content-Length: 1000\r\n\r\nabc")"
{
	printf 'POST /body HTTP/1.1\r\nHost: h\r\nContent-Length: 1000\r\n\r\n'
	head -c 1000 /dev/zero | tr '\0' a
} | "$RAW" "$PORT" 60 300 >"$T/answer"
check "a slow one that is fast enough" grep -aq '^bytes=1000 ' "$T/answer"

# --- answers ---

equal "of a worker" 200 "$(get "$URL/worker/echo/a%20b?x=%3D")"
equal "as it asked" "path=/worker/echo/a b,x==" \
	"$(sed -n '/^path\|^x/p' "$T/body" | paste -s -d ,)"
equal "an error" 500 "$(get "$URL/fail")"
check "tells nothing of the inside" sh -c "! grep -q secret '$T/body'"
check "the log does" grep -q 'secret/path: no such thing' "$T/log"
equal "a stream" 200 "$(get "$URL/stream?n=1000000")"
equal "is whole" 1000000 "$(wc -c <"$T/body")"
equal "a stream, coded" 200 "$(get --compressed "$URL/stream?n=1000000")"
equal "is whole, too" 1000000 "$(wc -c <"$T/body")"
check "and was coded" grep -qi '^Content-Encoding: ' "$T/head"
equal "a stream for HTTP/1.0" 200 "$(get -0 "$URL/stream?n=100000")"
equal "is whole as well" 100000 "$(wc -c <"$T/body")"
for version in --http1.0 --http1.1; do
	equal "a stream that is broken from its start, $version" 500 \
		"$(get $version "$URL/stream?n=0&breaks")"
	for n in 10 100000; do
		get $version --max-time 3 "$URL/stream?n=$n&breaks" >"$T/out"
		status=$?
		check "a stream that breaks is told, $version, $n" \
			test "$status" = 56 -o "$status" = 18
	done
done
equal "HEAD of a stream" "200 " "$(raw "HEAD /stream HTTP/1.1$END")"
check "has no body" sh -c "! tail -c 20 '$T/answer' | grep -q '0.\$'"
equal "a large file" 200 "$(get "$URL/files/large")"
check "is the same" cmp "$T/files/large" "$T/body"
equal "a part of it" 206 "$(get -r 100000-199999 "$URL/files/large")"
equal "has its size" 100000 "$(wc -c <"$T/body")"
equal "nothing behind a link" 404 "$(get "$URL/files/link")"
equal "a large file that lost its end" 500 \
	"$(get -m 20 "$URL/files/large?lost=1")"
equal "a small one" 500 "$(get -m 20 "$URL/files/small?lost=1")"
for name in large small; do
	equal "HEAD tells the same of the $name one" 500 \
		"$(get -I -m 20 "$URL/files/$name?lost=1")"
done
equal "what is left of it" 206 "$(get -r 1-99999 "$URL/files/large?lost=1")"
equal "no token" 401 "$(get "$URL/secret")"
check "says what it takes" grep -qi '^WWW-Authenticate: ' "$T/head"

# --- its end ---

# One that is answered while it ends, one that waits, one that is idle, and one
# that nothing was ever said on.
"$RAW" "$PORT" </dev/null >"$T/silent" 9>&- &
SILENT=$!
mkfifo "$T/body.in"
exec 8<>"$T/body.in"
curl -s -v -X POST -T - -H 'Expect: 100-continue' --expect100-timeout 60 \
	-D "$T/last" -o "$T/answer" "$URL/body" \
	<"$T/body.in" 2>"$T/begun" 8>&- 9>&- &
CLIENT=$!
until grep -q '^< HTTP/1.1 100' "$T/begun"; do
	sleep 0.05
done
printf 'GET /text HTTP/1.1\r\nHost: h\r\n\r\n' |
	"$RAW" "$PORT" >"$T/idle" 8>&- 9>&- &
IDLE=$!
while ! [ -s "$T/idle" ]; do
	sleep 0.05
done
head -c 590 /dev/zero | tr '\0' a >&8
exec 9>&-
wait $IDLE
head -c 10 /dev/zero | tr '\0' a >&8
exec 8>&-
wait $CLIENT
wait $SILENT
equal "one that was never used just ends" "0 0" \
	"$? $(wc -c <"$T/silent")"
wait $ENGINE_PID
equal "it ends when all are answered" 0 $?
check "a request that had begun is answered" \
	grep -aq '^bytes=600 ' "$T/answer"
check "and told that it was the last" grep -qi '^Connection: close' "$T/last"
check "an idle one just ends" grep -aq '^HTTP/1.1 200' "$T/idle"

# --- limits ---

engine "$T/files" 2 0 2
"$RAW" "$PORT" </dev/null >/dev/null 9>&- &
held=$!
"$RAW" "$PORT" </dev/null >/dev/null 9>&- &
held="$held $!"
n=0
while [ -n "$(raw "GET /text HTTP/1.1$END")" ] && [ $n -lt 100 ]; do
	n=$((n + 1))
done
equal "two connections of one address are two" "" \
	"$(raw "GET /text HTTP/1.1$END")"
# shellcheck disable=SC2086
wait $held
equal "and when they end there is room" "200 " \
	"$(raw "GET /text HTTP/1.1$END")"
exec 9>&-
wait $ENGINE_PID
done_testing
