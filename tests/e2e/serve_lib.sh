# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154
# serve_lib.sh: a server on loopback, and what it says.

# server STATE [OPTION…]: scapcache serve of that state directory, the options
# before the verb; sets $URL, $HOST and $SERVER_PID. Its log is $T/serve.log.
server() {
	_state=$1
	shift
	_try=0
	while [ $_try -lt 20 ]; do
		_try=$((_try + 1))
		HOST=127.0.0.1:$(free_port)
		"$SCAPCACHE" --state "$_state" "$@" serve --listen "$HOST" \
			>"$T/serve.log" 2>&1 &
		SERVER_PID=$!
		while kill -0 $SERVER_PID 2>/dev/null; do
			if listens "$HOST" && grep -q '^serving ' "$T/serve.log"
			then
				begun $SERVER_PID
				URL=http://$HOST
				return 0
			fi
			sleep 0.05
		done
	done
	diag <"$T/serve.log"
	echo "Bail out! scapcache serve does not start"
	exit 1
}

# stop_server: and waits for its end; $status is what it ended with.
stop_server() {
	kill "$SERVER_PID"
	wait "$SERVER_PID"
	status=$?
}

# get PATH [OPTION…]: of curl; the body is in $T/body, the head in $T/head.
# Prints the status.
get() {
	_path=$1
	shift
	curl -s -o "$T/body" -D "$T/head" -w '%{http_code}' "$@" "$URL$_path"
}

# header NAME: of the last head, without the line's end.
header() {
	tr -d '\r' <"$T/head" | sed -n "s/^$1: //Ip" | tail -n 1
}

# answers NAME STATUS PATH [OPTION…]: such a status, at once.
answers() {
	_what=$1
	_want=$2
	shift 2
	equal "$_what" "$_want" "$(get "$@")"
}

# soon NAME STATUS PATH [OPTION…]: the same within ten seconds.
soon() {
	_what=$1
	_want=$2
	shift 2
	_n=0
	while _got=$(get "$@") && [ "$_got" != "$_want" ] && [ $_n -lt 100 ]; do
		_n=$((_n + 1))
		sleep 0.1
	done
	equal "$_what" "$_want" "$_got"
}
