#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# serve.sh: the server beside nginx with the same files, in turns, asked by
# wrk; how long questions of the index take, and its memory meanwhile; sourced
# by run.sh. SERVE_S seconds a round, SERVE_MEMORY_S of the last.
: "${T:?}" "${tree:?}" "${bin:?}" "${N:?}" "${nvd:?}"
SERVE_S=${SERVE_S:-3}
SERVE_MEMORY_S=${SERVE_MEMORY_S:-20}
serve_connections=32

# The corpus' files, a bundle of some 10 MB, and both servers.
serve_begin() {
	echo "serving" >&2
	[ -d "$T/whole" ] || "$bin" --quiet --state "$T/whole" sync \
		--from "$tree" >/dev/null
	for year in 2015 2016 2017; do
		one_document "$nvd/2.0/nvdcve-2.0-$year.json.gz"
	done >"$T/years"
	mkdir -p "$T/ten"
	while read -r dir; do
		cp -RL "$dir/." "$T/ten"
	done <"$T/years"
	mkdir -p "$T/parts" &&
		"$bin" --quiet --state "$T/parts" sync --from "$T/ten" \
			>/dev/null &&
		"$bin" --quiet --state "$T/parts" key init 2>/dev/null &&
		mkdir -p "$T/whole/bundles" &&
		"$bin" --quiet --state "$T/parts" bundle export \
			"$T/whole/bundles/full-1.tar" >/dev/null || return 1
	mkdir -p "$T/web/bundles"
	ln -s "$tree" "$T/web/mirror"
	cp "$T/whole/bundles/full-1.tar" "$T/web/bundles"
	serve_nginx && serve_ours
}

# Its pid file stands when the port is bound.
serve_nginx() {
	# Its workers are not root; what they serve lies below.
	chmod a+x "$T"
	for _try in 1 2 3 4 5; do
		peer_port=$(awk -v seed="$$$_try" 'BEGIN {
			srand(seed); print 20000 + int(rand() * 12000) }')
		serve_nginx_conf >"$T/nginx.conf"
		rm -f "$T/nginx.pid"
		nginx -c "$T/nginx.conf" -p "$T" >"$T/nginx.out" 2>&1 &
		peer_pid=$!
		while [ ! -s "$T/nginx.pid" ] && kill -0 $peer_pid 2>/dev/null
		do
			sleep 0.1
		done
		kill -0 $peer_pid 2>/dev/null && return 0
	done
	return 1
}

serve_nginx_conf() {
	cat <<CONF
daemon off;
worker_processes auto;
pid $T/nginx.pid;
error_log $T/nginx.log;
events { worker_connections 1024; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000000;
	client_body_temp_path $T/nginx.body;
	proxy_temp_path $T/nginx.proxy;
	fastcgi_temp_path $T/nginx.fastcgi;
	uwsgi_temp_path $T/nginx.uwsgi;
	scgi_temp_path $T/nginx.scgi;
	server {
		listen 127.0.0.1:$peer_port;
		root $T/web;
	}
}
CONF
}

# It says where it listens once it answers.
serve_ours() {
	"$bin" --state "$T/whole" serve --listen 127.0.0.1:0 \
		>"$T/serve.log" 2>&1 &
	our_pid=$!
	while ! grep -q '^serving ' "$T/serve.log"; do
		kill -0 $our_pid 2>/dev/null || return 1
		sleep 0.1
	done
	our_port=$(sed -n 's,^serving http://127.0.0.1:\([0-9]*\)/$,\1,p' \
		"$T/serve.log")
	[ -n "$our_port" ]
}

serve_end() {
	kill "$our_pid" "$peer_pid" 2>/dev/null
	wait "$our_pid" "$peer_pid" 2>/dev/null
	our_pid=
	peer_pid=
}

# Hundredths of a second that a server and its processes have run.
serve_ticks() {
	for pid in "$1" $(pgrep -P "$1"); do
		cat "/proc/$pid/stat"
	done | sed 's/.*) //' | awk '{ n += $12 + $13 } END { print n }'
}

# wrk_once PORT PATH [OPTION…]: requests a second; says what failed.
wrk_once() {
	_url=http://127.0.0.1:$1$2
	shift 2
	wrk -t1 -c"$serve_connections" -d"${SERVE_S}s" --latency "$@" "$_url" \
		>"$T/wrk"
	sed -n 's/.*Non-2xx.*/serve: &/p; s/.*Socket errors.*/serve: &/p' \
		"$T/wrk" >&2
	sed -n 's/^Requests\/sec: *//p' "$T/wrk"
}

serve_etag() {
	curl -s -o /dev/null -D - "http://127.0.0.1:$1$2" | tr -d '\r' |
		sed -n 's/^ETag: //Ip'
}

# serve_round PID PORT PATH [304]: requests a second, and microseconds of
# user + system that the server took for each.
serve_round() {
	_before=$(serve_ticks "$1")
	if [ -n "${4-}" ]; then
		_rate=$(wrk_once "$2" "$3" -H \
			"If-None-Match: $(serve_etag "$2" "$3")")
	else
		_rate=$(wrk_once "$2" "$3")
	fi
	_n=$(sed -n 's/^ *\([0-9]*\) requests in.*/\1/p' "$T/wrk")
	echo "$_rate $(awk -v t="$(($(serve_ticks "$1") - _before))" \
		-v n="$_n" 'BEGIN { print (n > 0 ? t * 10000 / n : 0) }')"
}

# serve_row WHAT BUDGET PATH [304]: a row; medians of N rounds in turns.
serve_row() {
	: >"$T/ours"
	: >"$T/peer"
	_i=0
	while [ $_i -lt "$N" ]; do
		_i=$((_i + 1))
		serve_round "$our_pid" "$our_port" "$3" "${4-}" >>"$T/ours"
		serve_round "$peer_pid" "$peer_port" "$3" "${4-}" >>"$T/peer"
	done
	ours=$(median "$T/ours" "$N")
	peer=$(median "$T/peer" "$N")
	echo "| $1 | $(whole "${ours% *}") | $(whole "${peer% *}")" \
		"| $(ratio "${ours% *}" "${peer% *}")" \
		"| $(ratio "${peer#* }" "${ours#* }") | $2 |"
}

whole() {
	awk -v a="$1" 'BEGIN { printf "%.0f", a }'
}

serve_rows() {
	small=/mirror/security.access.redhat.com/data/oval/v2/feed.json
	size=$(wc -c <"$T/web$small")
	serve_row "a small file ($size bytes)" 0.8 $small
	serve_row "the same, not modified (304)" 1.0 $small 304
	size="$(bytes_mib "$(wc -c <"$T/web/bundles/full-1.tar")") MiB"
	serve_connections=4
	serve_row "a large file ($size)" 1.0 /bundles/full-1.tar
}

# ID… of CVEs, as a table of Lua.
serve_scripts() {
	{
		echo 'ids = {'
		curl -s "http://127.0.0.1:$our_port/rest/json/cves/2.0?resultsPerPage=2000&startIndex=20000" |
			grep -o '"cve":{"id":"CVE-[0-9-]*"' |
			sed 's/.*"\(CVE-[0-9-]*\)"/"\1",/'
		echo '}'
	} >"$T/ids.lua"
	cat "$T/ids.lua" - >"$T/lookup.lua" <<'LUA'
request = function()
	return wrk.format("GET", wrk.path .. ids[math.random(#ids)])
end
LUA
	cat >"$T/pages.lua" <<'LUA'
request = function()
	return wrk.format("GET", wrk.path .. 2000 * math.random(0, 29))
end
LUA
	cat "$T/ids.lua" - >"$T/mixed.lua" <<'LUA'
local paths = { "/mirror/security.access.redhat.com/data/oval/v2/feed.json",
	"/bundles/full-1.tar", "/v1/search?q=openssl", "/v1/status",
	"/rest/json/cves/2.0?resultsPerPage=2000&startIndex=4000", "/" }
request = function()
	local i = math.random(#paths + 14)
	if i <= #paths then
		return wrk.format("GET", paths[i])
	end
	return wrk.format("GET", "/v1/cves/" .. ids[math.random(#ids)])
end
LUA
}

# serve_question WHAT PATH SCRIPT CONNECTIONS
serve_question() {
	serve_connections=$4
	per_second=$(wrk_once "$our_port" "$2" -s "$T/$3.lua")
	echo "| $1 | $4 | $(whole "$per_second") |" \
		"$(sed -n 's/^ *50% *//p' "$T/wrk") |" \
		"$(sed -n 's/^ *99% *//p' "$T/wrk") |"
}

serve_questions() {
	serve_scripts
	serve_question "a page of 2 000 of NVD's API" \
		"/rest/json/cves/2.0?resultsPerPage=2000&startIndex=" pages 1
	serve_question "the same" \
		"/rest/json/cves/2.0?resultsPerPage=2000&startIndex=" pages 8
	serve_question "a CVE of NVD's API" "/rest/json/cves/2.0?cveId=" \
		lookup 1
	serve_question "the same" "/rest/json/cves/2.0?cveId=" lookup 16
	serve_question "\`/v1/cves/{id}\`, every source's word" "/v1/cves/" \
		lookup 1
	serve_question "the same" "/v1/cves/" lookup 16
}

# KiB that all its processes take, shared pages once.
serve_kib() {
	for pid in "$our_pid" $(pgrep -P "$our_pid"); do
		cat "/proc/$pid/smaps_rollup" 2>/dev/null
	done | awk '/^Pss:/ { n += $2 } END { print n + 0 }'
}

serve_memory() {
	echo "memory of the server" >&2
	before=$(serve_kib)
	wrk -t1 -c32 -d"${SERVE_MEMORY_S}s" -s "$T/mixed.lua" \
		"http://127.0.0.1:$our_port/" >"$T/wrk" &
	_wrk=$!
	: >"$T/kib"
	while kill -0 $_wrk 2>/dev/null; do
		sleep 1
		serve_kib >>"$T/kib"
	done
	wait $_wrk
	n=$(wc -l <"$T/kib")
	echo "Memory of all its processes, shared pages once: $(mib "$before")" \
		"MiB before, $(mib "$(sed -n "$((n / 4 + 1))p" "$T/kib")") MiB" \
		"after a quarter and $(mib "$(tail -n 1 "$T/kib")") MiB at the" \
		"end of $SERVE_MEMORY_S s of everything at once from 32" \
		"connections ($(sed -n 's/^ *\([0-9]*\) requests in.*/\1/p' \
			"$T/wrk") requests), $(mib "$(sort -n "$T/kib" |
			tail -n 1)") MiB at most."
}

serve_report() {
	cat <<TABLE

## The server

Beside nginx $(nginx -v 2>&1 | sed 's/.*nginx\///') with the same files, \`wrk\` on the same
machine asking one after the other over 32 connections, 4 for the large file:
requests a second, medians of $N rounds of $SERVE_S s each; and the same for
each second of user + system that the server takes.

| what is asked for | ours | nginx | ratio | of user + system | budget |
| --- | --- | --- | --- | --- | --- |
TABLE
	if serve_begin; then
		serve_rows
		cat <<TABLE

Questions of the index, over the whole corpus:

| question | connections | a second | median | 99 % within |
| --- | --- | --- | --- | --- |
TABLE
		serve_questions
		echo
		serve_memory
	else
		cat "$T/serve.log" "$T/nginx.out" >&2
	fi
	serve_end
}
