#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh: what `make run` shows: a sync, a scan of the sample image and why it
# fails, and pages of it, everything below build/run. With LIVE=1 the upstreams
# are asked. On a terminal it serves until ^C, else until a page was fetched;
# on PORT, or another one where that is taken.
set -u
cd "$(dirname "$0")/.." || exit 1
bin=${BUILD:-build/release}/scapcache
run=build/run
state=$run/state
from="--from $run/upstream"
if [ "${LIVE:-0}" = 1 ]; then
	state=$run/live
	from=
fi
image=docker-archive:$run/image.tar
export SCAPCACHE_LOG_LEVEL="${SCAPCACHE_LOG_LEVEL:-warn}"

# Shows a command as one would type it, and runs it.
show() {
	printf '\n$ scapcache'
	printf ' %s' "$@"
	printf '\n'
	"$bin" "$@"
}

echo "scapcache $("$bin" version | sed 's/^scapcache //'): content from" \
	"${from:+the sample in samples/}${from:-the upstreams}" |
	sed "s, *--from.*,,"

# shellcheck disable=SC2086
if ! show --state $state sync $from; then
	echo "the sync did not end well: see above" >&2
	[ "${LIVE:-0}" = 1 ] || exit 1
fi
show --state $state scan $image
status=$?
# Why: where each source says so, and what was compared.
if [ $status -eq 2 ]; then
	show --state $state explain $image CVE-2024-6387
	status=$?
fi

echo
case $status in
2)
	echo "Both ended 2: the image has known vulnerabilities, as it should."
	;;
*)
	echo "The scan ended $status, where 2 (vulnerabilities found) was" \
		"expected." >&2
	exit 1
	;;
esac
# --- the server --------------------------------------------------------------

server=
log=$run/serve.log
stop_server() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	[ -z "$server" ] || wait "$server"
}

# serve_at ADDRESS: false if it does not come up; $url is where it is.
serve_at() {
	"$bin" --state $state serve --listen "$1" 2>"$log" &
	server=$!
	until grep -q '^serving ' "$log"; do
		kill -0 $server 2>/dev/null || return 1
		sleep 0.1
	done
	url=$(sed -n 's/^serving //p' "$log")
}

# fetch URL: its page on standard output, by what every Debian has.
fetch() {
	bash -c 'host=${1#http://} && host=${host%/}
		exec 3<>"/dev/tcp/${host%:*}/${host##*:}" &&
		printf "GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" \
			"$host" >&3 && cat <&3' fetch "$1"
}

show_server() {
	trap 'stop_server; exit 1' INT TERM HUP
	# The usual port may be somebody else's.
	if ! serve_at "127.0.0.1:${PORT:-8080}" && ! serve_at 127.0.0.1:0; then
		cat "$log" >&2
		return 1
	fi
	if [ -t 0 ] && [ -t 1 ]; then
		echo "Serving $url until ^C: look at it with a browser."
		trap 'stop_server; exit 0' INT TERM HUP
		wait $server
		return
	fi
	fetch "$url" >$run/page.http || return 1
	head -n 1 $run/page.http | grep -q ' 200 ' || {
		echo "$url is no page: $(head -n 1 $run/page.http)" >&2
		return 1
	}
	echo "Served at $url and fetched: $(tr '\n' ' ' <$run/page.http |
		sed -n 's,.*<title>\([^<]*\)</title>.*,"\1",p')"
}

cat <<EOF

What to type next:
  $bin --state $state status
  $bin --state $state search openssh
  $bin --state $state scan --policy samples/policy.ini $image
  $bin --state $state scan --format html --output build/run/report.html $image
  $bin --state $state serve
  make run LIVE=1     the same with what the upstreams publish today
  make check          every test
  man ./man/scapcache.1
EOF

printf '\n$ scapcache --state %s serve\n' $state
show_server
status=$?
stop_server
exit $status
