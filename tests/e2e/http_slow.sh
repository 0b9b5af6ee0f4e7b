#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Many clients that do not read what they asked for: what is held for all of
# them stays below a bound, and all of it comes whole (tests/tools/http_engine.c).
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/engine_lib.sh
. "$ROOT/tests/e2e/engine_lib.sh"

need curl
N=18
SIZE=10000000
IN_MEMORY=6 # of that size, in 64 MiB

# Its files are in a file system of memory, where there is one.
TREE=$T
if [ "$(stat -f -c %T /dev/shm 2>/dev/null)" = tmpfs ] &&
	_memory=$(mktemp -d /dev/shm/scapcache-test.XXXXXX); then
	TREE=$_memory
	trap 'rm -rf "$TREE"; finish' EXIT
fi
head -c $SIZE /dev/zero >"$TREE/large"
mkfifo "$T/gate"
engine "$TREE" 2 0 0 60
exec 8<>"$T/gate"

# readers N PATH: so many, who have read the first bytes and wait.
readers() {
	rm -f "$T"/first.* "$T"/rest.*
	clients=
	_n=0
	while [ $_n -lt "$1" ]; do
		_n=$((_n + 1))
		curl -s "$URL$2" 9>&- | {
			exec 9>&-
			dd bs=1 count=1 of="$T/first.$_n" 2>/dev/null
			read -r _ <&8
			wc -c >"$T/rest.$_n"
		} &
		clients="$clients $!"
	done
	_n=0
	while [ $_n -lt "$1" ]; do
		if [ -s "$T/first.$((_n + 1))" ]; then
			_n=$((_n + 1))
		else
			sleep 0.05
		fi
	done
}

# go_on N SIZE: they read all of it.
go_on() {
	_n=0
	while [ $_n -lt "$1" ]; do
		_n=$((_n + 1))
		echo >&8
	done
	# shellcheck disable=SC2086
	wait $clients
	equal "who reads at last gets it whole" "$1 $2" \
		"$(cat "$T"/rest.* | sort | uniq -c | awk '{ print $1, $2 + 1 }')"
}

# files WORD: descriptors of the engine whose file is like that.
files() {
	find "/proc/$ENGINE_PID/fd" -lname "$1" 2>/dev/null | wc -l
}

readers $N "/worker/text?n=$SIZE"
check "most of $N answers are in files" test \
	"$(files '*(deleted)')" -ge $((N - IN_MEMORY))
case $BUILD in
*asan*) ;;
*)
	kib=$(awk '/^VmRSS:/ { print $2 }' "/proc/$ENGINE_PID/status")
	check "and memory stays bounded ($kib KiB)" test "$kib" -lt 150000
	;;
esac
equal "a small one is answered as ever" 200 \
	"$(curl -s -o "$T/small" -w '%{http_code}' "$URL/worker/text")"
go_on $N $SIZE
equal "nothing is held any more" 0 "$(files '*(deleted)')"

readers $N "/worker/memory?n=$SIZE"
check "few of $N files are memory" test "$(files '/memfd:*')" -le $IN_MEMORY
go_on $N $SIZE

curl -s -X POST -d '' "$URL/full"
readers $IN_MEMORY "/worker/text?n=$SIZE"
equal "where no file is left one more is turned away" 503 "$(curl -s \
	-o "$T/body" -D "$T/head" -w '%{http_code}' "$URL/worker/text?n=$SIZE")"
check "and told when to come again" grep -qi '^Retry-After: 5' "$T/head"
equal "as where the file is memory" 503 "$(curl -s -o "$T/body" \
	-w '%{http_code}' "$URL/worker/memory?n=$SIZE")"
equal "but not from a file of the tree" "200 $SIZE" "$(curl -s -o "$T/body" \
	-w '%{http_code} %{size_download}' "$URL/files/large")"
go_on $IN_MEMORY $SIZE
equal "then there is room" 200 "$(curl -s -o "$T/body" -w '%{http_code}' \
	"$URL/worker/text?n=$SIZE")"
equal "for all of it" $SIZE "$(wc -c <"$T/body")"
exec 9>&-
wait $ENGINE_PID
equal "it ends well" 0 $?
done_testing
