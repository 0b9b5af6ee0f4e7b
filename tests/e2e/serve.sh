#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The processes of `scapcache serve`: where it listens, what it tells a service
# manager, reloads and ends without a dropped request, what is killed, and what
# the process that faces the network can do.
# shellcheck disable=SC2009,SC2013,SC2016,SC2034
. "$(dirname "$0")/lib.sh"
need curl ps
need_built tools/http_readers tools/make_bundle servers/notify_socket
LOG=$T/serve.log
FEED=feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz

# status_of PATH [OPTION…]: its HTTP status, from where it is served.
status_of() {
	_path=$1
	shift
	curl -s -o /dev/null -w '%{http_code}' -m 20 "$@" "$URL$_path"
}

# children NAME: processes of the server that are called so.
children() {
	ps -o pid= -o comm= --ppid "$SERVE_PID" |
		awk -v name="scapcache-$1" '$2 == name { print $1 }'
}

# No process of a server of ours runs.
nobody() {
	! ps -e -o args= | grep -q -- "--state $S .*[s]erve"
}

said() {
	grep -qF -- "$1" "$T/serve.log"
}

# --- before anything is published ------------------------------------------

cat >"$T/conf" <<EOF
[serve]
workers = 2
scans = 1
judges = 1
EOF
serve_start --config "$T/conf" --log-level info
equal "alive" 200 "$(status_of /healthz)"
equal "not ready: nothing is published" 503 "$(status_of /readyz)"
equal "nor is there a file, or not" 503 "$(status_of "/$FEED")"
equal "nor a CVE" 503 "$(status_of /v1/cves/CVE-2024-2961)"
equal "a page all the same" 200 "$(status_of /)"
equal "a process, and a desk for each worker" "1 4" \
	"$(children serve | wc -l) $(children desk | wc -l)"
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "a sync meanwhile" 0
check "is served without a restart" within '[ "$(status_of /readyz)" = 200 ]'
equal "a file" 200 "$(status_of "/$FEED")"
equal "an answer of the index" 200 "$(status_of /v1/cves/CVE-2024-2961)"
run curl -s "$URL/metrics"
expect "metrics" 0 "scapcache_generation 1" \
	'scapcache_source_ok{source="nvd"} 1' \
	'scapcache_http_requests_total{status="2xx"}' \
	'scapcache_http_request_duration_seconds_bucket{le="+Inf"}' \
	'scapcache_verdicts{verdict="fail"} 0'
equal "every line of them is one" 0 "$(grep -cvE \
	'^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]*"\})? [0-9.]+)$' "$T/out")"

# --- what is killed ----------------------------------------------------------

kill -9 "$(children serve)"
equal "the process is killed: who comes then waits" 200 "$(status_of /readyz)"
check "and it is told" said "was ended by signal 9 (Killed); it is started again"
for desk in $(children desk); do
	kill -9 "$desk"
done
check "desks are replaced" within '[ "$(children desk | wc -l)" = 4 ]'
equal "and answer" 200 "$(status_of /metrics)"
check "which is told, too" said "the desk process was ended by signal 9"

# --- reload ------------------------------------------------------------------

# reading: clients in the background; stop_reading: and what they saw.
reading() {
	rm -f "$T/stop"
	"$BUILD/tools/http_readers" "${URL#http://}" 8 "$T/stop" \
		"get:/$FEED" get:/v1/cves/CVE-2024-2961 get:/healthz \
		get:/metrics >"$T/readers" 2>&1 &
	readers=$!
	begun $readers
}
stop_reading() {
	: >"$T/stop"
	wait $readers
	status=$?
	gone $readers
	diag <"$T/readers"
}
reload() {
	_before=$(grep -c "configuration: " "$T/serve.log")
	kill -HUP "$SERVE_PID"
	within "[ \"\$(grep -c 'configuration: ' '$T/serve.log')\" -gt $_before ]"
}

reading
for n in 1 2 3; do
	before=$(children serve)
	check "reload $n" reload
	check "it is another process" within \
		"[ \"\$(children serve | wc -l)\" = 1 ] &&
		[ \"\$(children serve)\" != \"$before\" ]"
done
stop_reading
equal "no request was dropped meanwhile" 0 $status
check "there were some" grep -q 'requests=[0-9]\{3\}' "$T/readers"
check "desks of those before are gone" within '[ "$(children desk | wc -l)" = 4 ]'

# What makes no sense changes nothing.
before=$(children serve)
bad_reload() {
	printf '[serve]\nworkers = 2\nscans = 1\n%s\n' "$2" >"$T/conf"
	: >"$T/serve.log"
	if [ -n "${4-}" ]; then
		run scapcache --config "$T/conf" config check
		expect "$1: \`config check\` says so" 1 "$3"
	fi
	check "$1: is read" reload
	check "$1: is told" said "$3"
	check "$1: and what held before" said "what held before still holds"
	equal "$1: which goes on" "$before 200" "$(children serve) $(status_of /readyz)"
}
bad_reload "a key that is none" "nonsense = 1" "there is no key serve.nonsense" check
bad_reload "half of TLS" "tls_cert = $T/conf" "TLS needs both" check
bad_reload "a file that is not there" "tls_cert = $T/none.pem
tls_key = $T/none.pem" "$T/none.pem"
echo nonsense >"$T/nonsense.pem"
bad_reload "a certificate that is none" "tls_cert = $T/nonsense.pem
tls_key = $T/nonsense.pem" "serve: configuration: "
bad_reload "a limit of nothing" "idle_s = 0" "serve.idle_s cannot be 0" check
bad_reload "a mode that is none" "unix_mode = 8" "serve.unix_mode" check
bad_reload "an address that is none" "listen = here:x" "cannot listen on" check
check "nothing of these is left" within '[ "$(children serve | wc -l)" = 1 ] &&
	[ "$(children desk | wc -l)" = 4 ]'

# A catalog that is lost is made anew.
mv "$S/catalog.sqlite" "$T/lost.sqlite"
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "another catalog" 0
run scapcache --state "$S" token add early --scope read
check "is looked into" within "[ \"\$(status_of '/$FEED' \
	-H 'Authorization: Bearer $(cat "$T/out")')\" = 200 ] &&
	[ \"\$(status_of '/$FEED' -H 'Authorization: Bearer nonsense')\" = 401 ]"

# Not everybody may read any more; other limits.
printf '[serve]\nanonymous = no\nworkers = 1\nscans = 1\n' >"$T/conf"
check "reload with other settings" reload
check "which hold" within "[ \"\$(status_of '/$FEED')\" = 401 ]"
equal "health is anybody's" 200 "$(status_of /healthz)"
run scapcache --state "$S" token add somebody --scope read
token=$(cat "$T/out")
check "a token that is made holds" within \
	"[ \"\$(status_of '/$FEED' -H 'Authorization: Bearer $token')\" = 200 ]"
run scapcache --state "$S" token revoke somebody
check "and when it is revoked it does not" within \
	"[ \"\$(status_of '/$FEED' -H 'Authorization: Bearer $token')\" = 401 ]"
serve_stop
equal "it ends with 0" 0 $status

# --- the end ------------------------------------------------------------------

# A client that takes its time gets all of it; one that takes too long does not.
# Larger than what the kernel keeps for a connection.
head -c 24000000 /dev/zero >"$T/zeros"
"$BUILD/tools/make_bundle" "$T/full-1.tar" metadata 1.root.json "$ROOT/VERSION" \
	target nvd/a "$T/zeros"
mkdir -p "$S/bundles"
cp "$T/full-1.tar" "$S/bundles"
printf '[serve]\ndrain_s = 20\n' >"$T/conf"
serve_start --config "$T/conf"
curl -s --limit-rate 12000000 -o "$T/slow" "$URL/bundles/full-1.tar" &
slow=$!
check "a client that reads slowly" within '[ -s "$T/slow" ]'
kill "$SERVE_PID"
check "is not waited for by others" within '! curl -s -o /dev/null "$URL/healthz"'
wait $slow
equal "it gets its answer" 0 $?
check "whole" cmp "$T/full-1.tar" "$T/slow"
wait "$SERVE_PID"
equal "and then it ends, with 0" 0 $?

printf '[serve]\ndrain_s = 1\n' >"$T/conf"
serve_start --config "$T/conf"
curl -s --limit-rate 50000 -o "$T/slower" "$URL/bundles/full-1.tar" &
slow=$!
begun $slow
check "a client that never ends" within '[ -s "$T/slower" ]'
began=$(date +%s)
serve_stop
equal "ends it with 0 all the same" 0 $status
check "after the time that is set" test $(($(date +%s) - began)) -le 15
kill $slow
wait $slow 2>/dev/null
check "nobody is left" within nobody

# --- where it listens ----------------------------------------------------------

chmod 755 "$T"
printf '[serve]\nunix_mode = 0640\n' >"$T/conf"
LISTEN="unix:$T/http.sock"
serve_start --config "$T/conf"
check "a Unix socket is told" grep -qx "serving unix:$T/http.sock" "$T/serve.log"
equal "with the permissions that are set" 640 "$(stat -c %a "$T/http.sock")"
URL=http://localhost
equal "and is answered" 200 "$(status_of /healthz --unix-socket "$T/http.sock")"
run scapcache --state "$S" serve --listen "unix:$T/http.sock"
expect "which another one leaves alone" 1 "another process listens there"
kill -9 "$SERVE_PID"
wait "$SERVE_PID" 2>/dev/null
check "a killed server leaves its socket" test -S "$T/http.sock"
check "and nobody behind it" within nobody
serve_start --config "$T/conf"
URL=http://localhost
equal "which the next one replaces" 200 \
	"$(status_of /healthz --unix-socket "$T/http.sock")"
printf '[serve]\nunix_mode = 0600\n' >"$T/conf"
kill -HUP "$SERVE_PID"
check "a reload with another mode changes its own" within \
	'[ "$(stat -c %a "$T/http.sock")" = 600 ]'
serve_stop
check "at its end it is gone" test ! -e "$T/http.sock"
: >"$T/file"
run scapcache --state "$S" serve --listen "unix:$T/file"
expect "a file that is no socket stays" 1 "no socket"

LISTEN=127.0.0.1:0,127.0.0.2:0
serve_start
equal "two addresses" 2 "$(grep -c '^serving http://127' "$T/serve.log")"
for URL in $(sed -n 's,^serving \(.*\)/$,\1,p' "$T/serve.log"); do
	equal "$(echo "$URL" | sed 's/:[0-9]*$//') answers" 200 \
		"$(status_of /healthz)"
done
run scapcache --state "$S" serve --listen "${URL#http://}"
expect "a port that is taken" 1 "cannot listen on ${URL#http://}" "in use"
serve_stop
for word in nonsense 127.0.0.1 127.0.0.1:99999 ::1:80 unix:relative example.org:80; do
	run scapcache --state "$S" serve --listen "$word"
	expect "$word is no address" 1 "cannot listen on \"$word\""
done
unset LISTEN

# An address that the configuration adds, and one that it drops.
# What is free is told by one that listens there for a moment.
LISTEN=127.0.0.1:0,127.0.0.2:0
serve_start
first=$(sed -n 's,^serving http://\(127.0.0.1:.*\)/$,\1,p' "$T/serve.log")
second=$(sed -n 's,^serving http://\(127.0.0.2:.*\)/$,\1,p' "$T/serve.log")
serve_stop
unset LISTEN
printf '[serve]\nlisten = %s\n' "$first" >"$T/conf"
: >"$T/serve.log"
"$SCAPCACHE" --config "$T/conf" --state "$S" --log-level info serve \
	2>"$T/serve.log" &
SERVE_PID=$!
begun $SERVE_PID
check "an address of the configuration" within 'grep -q "^serving " "$T/serve.log"'
printf '[serve]\nlisten = %s\n' "$second" >"$T/conf"
check "reload with another" reload
URL=http://$second
equal "the new one answers" 200 "$(status_of /healthz)"
check "the other does not" within "! listens $first"
serve_stop

# --- TLS ----------------------------------------------------------------------

tls_pair "$T/ca" "$T/one"
tls_pair "$T/ca" "$T/two"
cp "$T/one.crt" "$T/server.crt"
cp "$T/one.key" "$T/server.key"
printf '[serve]\ntls_cert = %s\ntls_key = %s\n' "$T/server.crt" "$T/server.key" \
	>"$T/conf"
serve_start --config "$T/conf" --log-level info
check "TLS is told" grep -q '^serving https://127' "$T/serve.log"
# The second call made another authority under that name.
equal "a certificate" 60 "$(curl -s -o /dev/null --cacert "$T/ca.crt" \
	"$URL/healthz"; echo $?)"
cp "$T/two.crt" "$T/server.crt"
cp "$T/two.key" "$T/server.key"
check "it is replaced" reload
equal "by one of this authority" 200 \
	"$(status_of /healthz --cacert "$T/ca.crt")"
curl -s --cacert "$T/ca.crt" "$URL/metrics" >"$T/metrics"
check "when it expires" grep -q \
	"^scapcache_certificate_expires_timestamp_seconds{file=\"tls_cert\"} $(date \
		-d "$(openssl x509 -in "$T/two.crt" -noout -enddate |
			cut -d= -f2)" +%s)\$" "$T/metrics"
cp "$T/one.key" "$T/server.key"
before=$(children serve)
check "a key of another" reload
check "is refused" said "what held before still holds"
equal "and what held before holds" "$before 200" \
	"$(children serve) $(status_of /healthz --cacert "$T/ca.crt")"
cp "$T/two.key" "$T/server.key"
echo "client_ca = $T/nonsense.pem" >>"$T/conf"
check "authorities that are none" reload
check "are refused" said "nonsense.pem has no certificate as PEM in it"
equal "and what held before holds still" "$before 200" \
	"$(children serve) $(status_of /healthz --cacert "$T/ca.crt")"
equal "TLS 1.1 is too old" 35 "$(curl -s -o /dev/null --cacert "$T/ca.crt" \
	--tls-max 1.1 --tlsv1.0 --ciphers DEFAULT@SECLEVEL=0 "$URL/healthz"
	echo $?)"
serve_stop
equal "the end" 0 $status

# --- a service manager ---------------------------------------------------------

"$BUILD/servers/notify_socket" "$T/manager" "$T/notify" >"$T/listening" &
begun $!
check "a service manager listens" within '[ -s "$T/listening" ]'
printf '[serve]\n' >"$T/conf"
NOTIFY_SOCKET=$T/manager
WATCHDOG_USEC=200000
export NOTIFY_SOCKET WATCHDOG_USEC
serve_start --config "$T/conf" --log-level info
told() {
	grep -qx -- "$1" "$T/notify"
}
check "it is told that it is ready" within 'told READY=1'
check "what it does" within 'told "STATUS=Serving generation 1"'
check "that it lives" within 'told WATCHDOG=1'
: >"$T/notify"
kill -HUP "$SERVE_PID"
check "that it reads its configuration" within 'told RELOADING=1'
check "and that it has" within 'told READY=1'
serve_stop
check "that it stops" within 'told STOPPING=1'
unset NOTIFY_SOCKET WATCHDOG_USEC

if command -v systemd-socket-activate >/dev/null; then
	port=$(free_port)
	systemd-socket-activate -l "127.0.0.1:$port" -l "$T/activated.sock" \
		-E HOME "$SCAPCACHE" --state "$S" serve 2>"$T/serve.log" &
	SERVE_PID=$!
	begun $SERVE_PID
	URL=http://127.0.0.1:$port
	check "a socket of systemd" within "listens 127.0.0.1:$port"
	equal "is answered" 200 "$(status_of /healthz)"
	equal "another one as well" 200 \
		"$(status_of /healthz --unix-socket "$T/activated.sock")"
	check "and told" within '[ "$(grep -c "^serving " "$T/serve.log")" -ge 2 ]'
	equal "nothing else is listened on" 2 \
		"$(grep -c '^serving ' "$T/serve.log")"
	serve_stop
	equal "the end" 0 $status
	check "its sockets are not ours to remove" test -S "$T/activated.sock"
else
	skip "no systemd-socket-activate"
fi
done_testing
