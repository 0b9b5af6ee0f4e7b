#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# HTTP as the standard has it, byte by byte: each row is what is sent, the
# statuses that come, and what stands in the answers or (behind !) does not.
. "$(dirname "$0")/lib.sh"

need_built tools/raw_http
RAW=$BUILD/tools/raw_http

scapcache --state "$S" sync --from "$SAMPLE/upstream" >"$T/sync" 2>&1
# It runs as long as its first part needs a fast one and its last a slow one.
cat >"$T/conf" <<'EOF'
[serve]
request_s = 30
EOF
serve_start --config "$T/conf"
PORT=${URL##*:}

FILE=nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz
SIZE=$(wc -c <"$SAMPLE/upstream/$FILE")
LAST=$((SIZE - 1))
SHA=$(sha256sum "$SAMPLE/upstream/$FILE" | cut -c 1-64)
BLOB=/blobs/sha256/$SHA
TEXT=/v1/cves/CVE-2024-6387
# The rest of a head, the last of its connection and not.
END='\r\nHost: h\r\nConnection: close\r\n\r\n'
MORE='\r\nHost: h\r\n\r\n'

# row NAME "STATUS…" REQUEST [PATTERN…]; "400+" is 400 at least once and nothing
# else: the library writes some heads twice before it ends the connection.
row() {
	_name=$1
	_want=$2
	# shellcheck disable=SC2059
	printf "$3" >"$T/in"
	shift 3
	"$RAW" "$PORT" <"$T/in" >"$T/answer"
	_ended=$?
	answered "$_name" "$_want" "$_ended" "$@"
}

# answered NAME "STATUS…" ENDED PATTERN…: of $T/answer.
answered() {
	_name=$1
	_got=$(tr -d '\r' <"$T/answer" |
		sed -n 's,^HTTP/1.1 \([0-9]*\) .*,\1,p' | tr '\n' ' ')
	_bad=
	case $2 in
	*+) _got=$(echo "$_got" | tr ' ' '\n' | uniq | tr -d '\n')+ ;;
	esac
	[ "$_got" = "$2 " ] || [ "$_got" = "$2" ] || _bad="statuses $_got"
	[ "$3" = 0 ] || _bad="$_bad no end"
	shift 3
	for _pattern in "$@"; do
		_not=
		case $_pattern in
		!*) _not=yes _pattern=${_pattern#!} ;;
		esac
		tr -d '\r' <"$T/answer" | grep -aqi -- "$_pattern" && _is=yes ||
			_is=
		[ "$_is" != "$_not" ] || _bad="$_bad, $_not $_pattern"
	done
	if [ -z "$_bad" ]; then
		ok "$_name"
	else
		echo "# $_bad"
		tr -d '\r' <"$T/answer" | head -c 1500 | head -n 30 | diag
		echo
		not_ok "$_name"
	fi
}

# long N: so many letters.
long() {
	head -c "$1" /dev/zero | tr '\0' a
}

# --- a file ---

row "GET" 200 "GET $BLOB HTTP/1.1$END" "^ETag: \"$SHA\"$" \
	"^Content-Length: $SIZE$" '^Accept-Ranges: bytes$' \
	'^Cache-Control: public, max-age=31536000, immutable$' \
	'^X-Content-Type-Options: nosniff$' '^Connection: close$' \
	'^Date: ' '!^Server:' '!^Vary:' '!^Content-Encoding:'
row "HEAD" 200 "HEAD $BLOB HTTP/1.1$END" "^ETag: \"$SHA\"$" \
	"^Content-Length: $SIZE$" '^Accept-Ranges: bytes$'
check "HEAD has no body" test "$(wc -c <"$T/answer")" -lt 600
row "no coding of a file" 200 \
	"GET $BLOB HTTP/1.1\r\nAccept-Encoding: gzip, zstd$END" \
	'!^Content-Encoding:' "^ETag: \"$SHA\"$" "^Content-Length: $SIZE$"
row "its date is upstream's" 200 "HEAD /mirror/$FILE HTTP/1.1$END" \
	'^Last-Modified: .* GMT$' '^Cache-Control: no-cache$'
DATE=$(tr -d '\r' <"$T/answer" | sed -n 's/^Last-Modified: //p')

# --- conditions ---

row "If-None-Match" 304 \
	"GET $BLOB HTTP/1.1\r\nIf-None-Match: \"$SHA\"$END" \
	"^ETag: \"$SHA\"$" '^Cache-Control: public' '!^Content-Type:' \
	"!^Content-Length: $SIZE$"
row "If-None-Match, HEAD" 304 \
	"HEAD $BLOB HTTP/1.1\r\nIf-None-Match: \"$SHA\"$END"
row "If-None-Match, weak, in a list" 304 \
	"GET $BLOB HTTP/1.1\r\nIf-None-Match: \"a\", W/\"$SHA\"$END"
row "If-None-Match, any" 304 "GET $BLOB HTTP/1.1\r\nIf-None-Match: *$END"
row "If-None-Match of another" 200 \
	"GET $BLOB HTTP/1.1\r\nIf-None-Match: \"a\"$END"
row "304 leaves the connection as it is" '304 200' \
	"GET $BLOB HTTP/1.1\r\nIf-None-Match: *${MORE}GET /healthz HTTP/1.1$END"
row "If-Modified-Since" 304 \
	"GET /mirror/$FILE HTTP/1.1\r\nIf-Modified-Since: $DATE$END" \
	"^Last-Modified: $DATE$"
row "If-Modified-Since, long ago" 200 \
	"GET /mirror/$FILE HTTP/1.1\r\nIf-Modified-Since: Sunday, 06-Nov-94 08:49:37 GMT$END"
row "If-None-Match counts before a date" 200 \
	"GET /mirror/$FILE HTTP/1.1\r\nIf-None-Match: \"a\"\r\nIf-Modified-Since: $DATE$END"
row "If-Match" 200 "GET $BLOB HTTP/1.1\r\nIf-Match: \"$SHA\"$END"
row "If-Match of another" 412 "GET $BLOB HTTP/1.1\r\nIf-Match: \"a\"$END" \
	'problems/precondition'
row "If-Match, weak" 412 "GET $BLOB HTTP/1.1\r\nIf-Match: W/\"$SHA\"$END"
row "If-Unmodified-Since" 412 \
	"GET /mirror/$FILE HTTP/1.1\r\nIf-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT$END"

# --- parts ---

row "Range" 206 "GET $BLOB HTTP/1.1\r\nRange: bytes=2-5$END" \
	"^Content-Range: bytes 2-5/$SIZE$" '^Content-Length: 4$' \
	"^ETag: \"$SHA\"$"
tail -c 4 "$T/answer" >"$T/got"
tail -c +3 "$SAMPLE/upstream/$FILE" | head -c 4 >"$T/want"
check "and it is that part" cmp "$T/want" "$T/got"
row "Range to the end" 206 "GET $BLOB HTTP/1.1\r\nRange: bytes=$LAST-$END" \
	"^Content-Range: bytes $LAST-$LAST/$SIZE$" '^Content-Length: 1$'
row "Range of the end" 206 "GET $BLOB HTTP/1.1\r\nRange: bytes=-3$END" \
	"^Content-Range: bytes $((SIZE - 3))-$LAST/$SIZE$"
row "Range beyond the end" 206 \
	"GET $BLOB HTTP/1.1\r\nRange: bytes=$LAST-9999999999$END"
row "Range behind the end" 416 \
	"GET $BLOB HTTP/1.1\r\nRange: bytes=$SIZE-$END" \
	"^Content-Range: bytes \*/$SIZE$" 'problems/range'
row "several ranges get all of it" 200 \
	"GET $BLOB HTTP/1.1\r\nRange: bytes=0-1,3-4$END" \
	"^Content-Length: $SIZE$" '!^Content-Range:'
row "no range" 200 "GET $BLOB HTTP/1.1\r\nRange: bytes=5-2$END"
row "another unit" 200 "GET $BLOB HTTP/1.1\r\nRange: lines=1-2$END"
row "HEAD has no ranges" 200 "HEAD $BLOB HTTP/1.1\r\nRange: bytes=2-5$END" \
	"^Content-Length: $SIZE$"
row "If-Range" 206 \
	"GET $BLOB HTTP/1.1\r\nRange: bytes=2-5\r\nIf-Range: \"$SHA\"$END"
row "If-Range of another" 200 \
	"GET $BLOB HTTP/1.1\r\nRange: bytes=2-5\r\nIf-Range: \"a\"$END"
row "If-Range, weak" 200 \
	"GET $BLOB HTTP/1.1\r\nRange: bytes=2-5\r\nIf-Range: W/\"$SHA\"$END"
row "If-Range by date" 206 \
	"GET /mirror/$FILE HTTP/1.1\r\nRange: bytes=2-5\r\nIf-Range: $DATE$END"

# --- codings of what is made ---

row "a text" 200 "GET $TEXT HTTP/1.1$END" '^Vary: Accept-Encoding$' \
	'!^Content-Encoding:' '!^Accept-Ranges:'
ETAG=$(tr -d '\r' <"$T/answer" | sed -n 's/^ETag: "\(.*\)"$/\1/p')
row "gzip" 200 "GET $TEXT HTTP/1.1\r\nAccept-Encoding: gzip$END" \
	'^Content-Encoding: gzip$' '^Vary: Accept-Encoding$' \
	'^ETag: ".*-gzip"$'
row "zstd" 200 "GET $TEXT HTTP/1.1\r\nAccept-Encoding: gzip, zstd$END" \
	'^Content-Encoding: zstd$' '^ETag: ".*-zstd"$'
row "by weight" 200 \
	"GET $TEXT HTTP/1.1\r\nAccept-Encoding: zstd;q=0.5, gzip;q=0.6$END" \
	'^Content-Encoding: gzip$'
row "none is wanted" 200 \
	"GET $TEXT HTTP/1.1\r\nAccept-Encoding: gzip;q=0, *;q=0$END" \
	'!^Content-Encoding:'
row "HEAD of a coded text" 200 \
	"HEAD $TEXT HTTP/1.1\r\nAccept-Encoding: gzip$END" \
	'^Content-Encoding: gzip$' '^Content-Length: '
curl -s --compressed "$URL$TEXT" >"$T/got"
curl -s "$URL$TEXT" >"$T/want"
check "curl reads it" cmp "$T/want" "$T/got"
check "there is an ETag" test -n "$ETAG"

# --- methods ---

row "POST to a file" 405 "POST $BLOB HTTP/1.1\r\nContent-Length: 0$END" \
	'^Allow: GET, HEAD, OPTIONS$' 'application/problem+json'
row "PUT" 405 "PUT $BLOB HTTP/1.1\r\nContent-Length: 3${END}abc" '^Allow: GET'
row "DELETE" 405 "DELETE $BLOB HTTP/1.1$END" '^Allow: GET'
row "OPTIONS" 204 "OPTIONS $BLOB HTTP/1.1$END" \
	'^Allow: GET, HEAD, OPTIONS$' '!^Content-Length: [1-9]'
row "GET of what is only posted" 405 "GET /v1/scan HTTP/1.1$END" \
	'^Allow: POST, OPTIONS$' 'application/problem+json'
row "HEAD of it" 405 "HEAD /v1/sync HTTP/1.1$END" '^Allow: POST, OPTIONS$'
row "a form's" 405 "GET /sign-out HTTP/1.1$END" '^Allow: POST, OPTIONS$'
row "OPTIONS of it" 204 "OPTIONS /v1/rescan HTTP/1.1$END" \
	'^Allow: POST, OPTIONS$'
row "OPTIONS of both" 204 "OPTIONS /sign-in HTTP/1.1$END" \
	'^Allow: GET, HEAD, POST, OPTIONS$'
row "OPTIONS of a question" 204 "OPTIONS /v1/cves/CVE-2024-6387 HTTP/1.1$END" \
	'^Allow: GET, HEAD, OPTIONS$'
row "OPTIONS *" 204 "OPTIONS * HTTP/1.1$END" '^Allow: '
row "GET *" 400 "GET * HTTP/1.1$END"
row "TRACE" 501 "TRACE / HTTP/1.1\r\nX-Secret: x$END" '!X-Secret'
row "CONNECT" 501 "CONNECT h:443 HTTP/1.1$END"
row "a method that nobody knows" 501 "BREW /pot HTTP/1.1$END"
row "methods are told by case" 501 "get / HTTP/1.1$END"
row "a body with GET" 413 "GET $BLOB HTTP/1.1\r\nContent-Length: 3${END}abc"

# --- addresses ---

for path in /.. /../../etc/passwd /mirror/../../etc/passwd /%%2e%%2e/etc/passwd \
	/mirror/.%%2e/x /mirror/%%2e%%2e%%2fx /blobs/sha256/..%%2f..%%2fversion \
	/mirror/..%%5c..%%5cx '/mirror/..\\..\\x' //etc/passwd /mirror//x \
	/mirror/./x /%%00 /mirror/x%%00.gz /%%c0%%ae%%c0%%ae/x /%%c0%%af \
	/%%ff /%%ed%%a0%%80 /%%zz /%%2 /%% '/a b' '/a#b' 'a' '?a' \
	'/a?b=%%00' '/a?%%ff=b'; do
	row "refused: $path" 400 "GET $path HTTP/1.1$END" '!root:' \
		'!^Content-Length: 2$'
done
row "encoded twice is decoded once" 404 "GET /mirror/%%252e%%252e/x HTTP/1.1$END"
row "encoded letters are the letters" 200 "GET /%%68ealthz HTTP/1.1$END"
row "absolute" 200 "GET http://other/healthz HTTP/1.1$END"
row "absolute with dots" 400 "GET http://other/../healthz HTTP/1.1$END"
row "another scheme" 400 "GET ftp://other/healthz HTTP/1.1$END"
row "nothing there" 404 "GET /nosuch HTTP/1.1$END" 'problems/not-found' \
	'^Content-Type: application/problem+json$' '^Cache-Control: no-store$'
row "a long address" 414 "GET /$(long 9000) HTTP/1.1$END"
row "a very long address" 414 "GET /$(long 200000) HTTP/1.1$END"

# --- heads ---

row "no Host" 400 "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"
row "two Hosts" 400 "GET /healthz HTTP/1.1\r\nHost: a$END"
row "a Host that is none" 400 \
	"GET /healthz HTTP/1.1\r\nHost: a/b\r\nConnection: close\r\n\r\n"
row "HTTP/1.0 needs no Host" 200 'GET /healthz HTTP/1.0\r\n\r\n' \
	'^Connection: close$'
row "HTTP/1.0 may go on" '200 200' \
	"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /healthz HTTP/1.0\r\n\r\n" \
	'^Connection: keep-alive$'
row "HTTP/2.0" 505 "GET /healthz HTTP/2.0$END"
row "HTTP/0.9" 400 'GET /healthz\r\n\r\n'
row "no HTTP" '' 'hello\r\n\r\n'
row "TLS where there is none" '' '\026\003\001\002\000\001\n\r\n\r\n'
row "a blank before the colon" 400 "GET /healthz HTTP/1.1\r\nX : a$END"
row "a field without a name" 400 "GET /healthz HTTP/1.1\r\n: a$END"
row "a line without a colon" 400 "GET /healthz HTTP/1.1\r\nabc$END"
row "a field that goes on" 400 "GET /healthz HTTP/1.1\r\nX: a\r\n b$END"
row "a NUL in a field" 400 "GET /healthz HTTP/1.1\r\nX: a\000b: c$END"
row "a NUL in the address" 400 "GET /heal\000thz HTTP/1.1$END"
row "a control character" 400 "GET /healthz HTTP/1.1\r\nX: a\001b$END"
row "blanks around a value" 200 "GET /healthz HTTP/1.1\r\nX:  a \t $END"
row "lines that end with LF" 200 \
	'GET /healthz HTTP/1.1\nHost: h\nConnection: close\n\n'
row "empty lines before it" 200 "\r\n\r\nGET /healthz HTTP/1.1$END"
row "a long field" 431 "GET /healthz HTTP/1.1\r\nX: $(long 20000)$END"
row "a very long field" 431 "GET /healthz HTTP/1.1\r\nX: $(long 200000)$END"
row "many fields" 431 \
	"GET /healthz HTTP/1.1$(i=0; while [ $i -lt 150 ]; do
		printf '\\r\\nX%s: a' $i; i=$((i + 1)); done)$END"
row "a wrong expectation" 417 \
	"POST /v1/sync HTTP/1.1\r\nExpect: more\r\nContent-Length: 3${END}abc"

# --- where a request ends ---

SMUGGLED='GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n'
row "both lengths" 400 \
	"POST /healthz HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n$SMUGGLED"
row "two lengths" 400 \
	"POST /healthz HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n$SMUGGLED"
row "a list of lengths" 400+ \
	"POST /healthz HTTP/1.1\r\nHost: h\r\nContent-Length: 0, 0\r\n\r\n$SMUGGLED"
for length in -1 +1 0x5 5x ' ' 1e3; do
	row "the length '$length'" 400+ \
		"POST /healthz HTTP/1.1\r\nContent-Length: $length\r\nHost: h\r\n\r\n$SMUGGLED"
done
row "a length beyond all numbers" 413+ \
	"POST /healthz HTTP/1.1\r\nContent-Length: 99999999999999999999$MORE$SMUGGLED"
row "two encodings" 400 \
	"POST /healthz HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity$MORE$SMUGGLED"
for encoding in identity gzip 'gzip, chunked' xchunked 'chunked, chunked' \
	'chunked;x' '"chunked"'; do
	row "the encoding $encoding" 501 \
		"POST /healthz HTTP/1.1\r\nTransfer-Encoding: $encoding$MORE$SMUGGLED"
done
row "an encoding on two lines" 400 \
	"POST /healthz HTTP/1.1\r\nTransfer-Encoding:\r\n chunked$MORE$SMUGGLED"
row "an encoding with a blank" 400 \
	"POST /healthz HTTP/1.1\r\nTransfer-Encoding : chunked$MORE$SMUGGLED"
row "chunks of HTTP/1.0" 400 \
	"POST /healthz HTTP/1.0\r\nTransfer-Encoding: chunked$MORE$SMUGGLED"
row "behind a refused body the next is read" '413 404' \
	"GET /healthz HTTP/1.1\r\nContent-Length: 3${MORE}abcGET /nosuch HTTP/1.1$END"

# --- several in one connection ---

row "pipelined" '200 404 304 501 200' \
	"GET /healthz HTTP/1.1${MORE}GET /nosuch HTTP/1.1${MORE}GET $BLOB HTTP/1.1\r\nIf-None-Match: *${MORE}BREW / HTTP/1.1${MORE}HEAD $BLOB HTTP/1.1$END"
row "pipelined, of several kinds" '200 200 200' \
	"GET $TEXT HTTP/1.1${MORE}GET /healthz HTTP/1.1${MORE}GET $TEXT HTTP/1.1$END"
row "none behind the last" 200 \
	"GET /healthz HTTP/1.1${END}GET /healthz HTTP/1.1$MORE"
row "none behind a bad one" '200 400' \
	"GET /healthz HTTP/1.1${MORE}GET /.. HTTP/1.1${MORE}GET /healthz HTTP/1.1$END"

# --- slow ones, and too many ---

serve_stop
equal "it ends well" 0 "$status"
cat >"$T/conf" <<'EOF'
[serve]
request_s = 1
idle_s = 2
rate = 5
address_max = 3
EOF
serve_start --config "$T/conf"
PORT=${URL##*:}

# slow NAME "STATUS…" REQUEST: a byte each 200 ms.
slow() {
	# shellcheck disable=SC2059
	printf "$3" | "$RAW" "$PORT" 1 200 >"$T/answer"
	answered "$1" "$2" $?
}

slow "a slow request line" 408 "GET /healthz/$(long 100)"
# shellcheck disable=SC2059
{
	printf 'GET /healthz HTTP/1.1\r\nX: '
	long 2000
} | "$RAW" "$PORT" 25 200 >"$T/answer"
answered "a slow head" 408 $?
row "a head that stops" 408 'GET /healthz HTTP/1.1\r\nX: '
row "nothing at all" '' ''
row "nothing more" 200 "GET /healthz HTTP/1.1$MORE"
i=0
while [ $i -lt 40 ]; do
	echo "url = $URL/healthz"
	echo "output = /dev/null"
	i=$((i + 1))
done >"$T/many"
curl -s -K "$T/many" -w '%{http_code}\n' >"$T/statuses"
check "too many requests" grep -q 429 "$T/statuses"
check "but the first ones were answered" test "$(head -n 1 "$T/statuses")" = 200
row "and when to come again" 429 "GET /healthz HTTP/1.1$END" \
	'^Retry-After: [0-9]' 'problems/too-many-requests'
for i in 1 2 3; do
	"$RAW" "$PORT" </dev/null >/dev/null &
	held="${held-} $!"
done
sleep 0.3
row "too many connections" '' "GET /healthz HTTP/1.1$END"
# shellcheck disable=SC2086
wait $held
serve_stop
equal "it ends well again" 0 "$status"
done_testing
