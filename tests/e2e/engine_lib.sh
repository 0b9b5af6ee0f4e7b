# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034,SC2154
# engine_lib.sh: the HTTP engine with routes made for tests.
need_built tools/http_engine tools/raw_http

# engine FILES [OPTION…]: tests/tools/http_engine.c on loopback; it ends when
# descriptor 9 is closed. Sets $PORT, $URL and $ENGINE_PID.
engine() {
	rm -f "$T/hold" "$T/port"
	mkfifo "$T/hold"
	"$BUILD/tools/http_engine" 0 "$@" <"$T/hold" >"$T/port" 2>"$T/log" &
	ENGINE_PID=$!
	begun $ENGINE_PID
	exec 9>"$T/hold"
	while [ ! -s "$T/port" ]; do
		kill -0 $ENGINE_PID || {
			diag <"$T/log"
			echo "Bail out! http_engine does not start"
			exit 1
		}
		sleep 0.05
	done
	PORT=$(cat "$T/port")
	URL=http://127.0.0.1:$PORT
}
