#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bodies that are made while they are sent: nobody waits for another's, and
# none that broke off looks whole (tests/tools/http_engine.c).
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/engine_lib.sh
. "$ROOT/tests/e2e/engine_lib.sh"

need curl
N=24
held=
cut=

engine "$T" 2

# streams WANT: so many are open, within ten seconds.
streams() {
	_n=0
	while [ "$(curl -s --max-time 60 "$URL/streams")" != "$1" ] &&
		[ $_n -lt 100 ]; do
		_n=$((_n + 1))
		sleep 0.1
	done
	curl -s --max-time 60 "$URL/streams"
}

# --- their source gives nothing, and small requests are answered ---

n=0
while [ $n -lt $N ]; do
	n=$((n + 1))
	{
		exec 9>&-
		curl -s -o "$T/body.$n" \
			"$URL/stream?held&verbatim&n=300000"
		echo $? >"$T/status.$n"
	} &
	held="$held $!"
done
equal "$N streams are asked for" $N "$(streams $N)"
n=0
small=0
while [ $n -lt 50 ]; do
	n=$((n + 1))
	[ "$(curl -s -o "$T/small" -w '%{http_code}' --max-time 60 \
		"$URL/text?n=10")" = 200 ] && small=$((small + 1))
done
equal "small requests are answered" 50 "$small"
equal "as is one of a worker" 200 "$(curl -s -o "$T/small" --max-time 60 \
	-w '%{http_code}' "$URL/worker/text")"
equal "while $N streams wait for their bytes" $N \
	"$(curl -s --max-time 60 "$URL/streams")"
equal "none of which has ended" "" \
	"$(find "$T" -name 'status.*' | head -n 1)"

# --- what is judged for readers waits; scans and short questions do not ---

n=0
while [ $n -lt 40 ]; do
	n=$((n + 1))
	{
		exec 9>&-
		curl -s -o "$T/judged.$n" -D "$T/judged.head.$n" \
			-w '%{http_code}\n' "$URL/judge" >"$T/judge.$n"
	} &
	held="$held $!"
done
n=0
while [ "$(cat "$T"/judge.* | wc -l)" -lt 7 ] && [ $n -lt 100 ]; do
	n=$((n + 1))
	sleep 0.1
done
equal "too many for one who judges are turned away" 503 \
	"$(cat "$T"/judge.* | sort -u)"
check "and told when to come again" test "$(cat "$T"/judged.head.* |
	grep -ci '^Retry-After: ')" -ge 7
equal "a scan does not wait for them" 200 "$(curl -s -o "$T/small" \
	-w '%{http_code}' --max-time 60 --data-binary hello "$URL/body")"
equal "nor does one who may scan, who is not turned away" 000 "$(curl -s \
	-o /dev/null -w '%{http_code}' --max-time 0.5 -X POST "$URL/judge")"
equal "nor a question that is judged only with a parameter" 200 "$(curl -s \
	-o "$T/small" -w '%{http_code}' --max-time 60 "$URL/maybe")"
equal "with one it is" 503 "$(curl -s -o "$T/small" -w '%{http_code}' \
	--max-time 60 "$URL/maybe?as_of=1")"
for n in 1 2; do
	{
		exec 9>&-
		curl -s -o "$T/held.$n" "$URL/held"
	} &
	held="$held $!"
done
n=0
while [ "$(curl -s "$URL/judging")" != 3 ] && [ $n -lt 100 ]; do
	n=$((n + 1))
	sleep 0.1
done
equal "when all workers of readers are busy" 3 "$(curl -s "$URL/judging")"
equal "a scan does not wait for them, either" 200 "$(curl -s -o "$T/small" \
	-w '%{http_code}' --max-time 60 --data-binary hello "$URL/body")"
curl -s -X POST -d '' "$URL/gate"
# shellcheck disable=SC2086
wait $held
check "those that waited are answered" test "$(cat "$T"/judge.* |
	grep -c 200)" -ge 32
equal "then all end well" "$N 0" "$(cat "$T"/status.* | sort | uniq -c |
	awk '{ print $1, $2 }')"
equal "and whole" "$N 300000" "$(wc -c "$T"/body.* |
	awk '$2 != "total" { print $1 }' | sort | uniq -c |
	awk '{ print $1, $2 }')"
equal "and are closed" 0 "$(streams 0)"

# --- one that breaks off, one whose client goes ---

# breaks NAME OPTION…: what curl says of a stream that broke off.
breaks() {
	_what=$1
	shift
	curl -s -o "$T/body" "$@" "$URL/stream?breaks&n=200000"
	_status=$?
	check "$_what is not whole" test $_status -ne 0
}

breaks "a broken stream"
equal "has what came before" 200000 "$(wc -c <"$T/body")"
breaks "a coded one" --compressed
breaks "one for HTTP/1.0" -0
check "the log says why" grep -q '/stream: the stream is broken' "$T/log"
curl -s --max-time 1 -o /dev/null "$URL/stream?n=1000000000000"
equal "the streams of clients that went are closed" 0 "$(streams 0)"

# --- the end, while clients do not read ---

mkfifo "$T/gate"
exec 8<>"$T/gate"
n=0
while [ $n -lt 4 ]; do
	n=$((n + 1))
	{
		exec 9>&-
		curl -s "$URL/stream?verbatim&n=1000000000000"
		echo $? >"$T/cut.$n"
	} | {
		exec 9>&-
		dd bs=1 count=1 of="$T/first.$n" 2>/dev/null
		read -r _ <&8
		cat >/dev/null
	} &
	cut="$cut $!"
done
n=0
while [ $n -lt 4 ]; do
	if [ -s "$T/first.$((n + 1))" ]; then n=$((n + 1)); else sleep 0.05; fi
done
exec 9>&-
wait $ENGINE_PID
equal "it ends while they wait" 0 $?
printf '\n\n\n\n' >&8
# shellcheck disable=SC2086
wait $cut
equal "and none of them looks whole" 4 "$(cat "$T"/cut.* | grep -vcx 0)"
done_testing
