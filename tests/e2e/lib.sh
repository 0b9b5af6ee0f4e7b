# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2034
# lib.sh: what every end-to-end test starts with:
#
#	. "$(dirname "$0")/lib.sh"
#	run scapcache version
#	expect "version is printed" 0 "scapcache 0.1.0"
#	done_testing
#
# A script runs in a folder of its own, $T, that is removed at its end, with
# a state directory $S, no configuration and no network but loopback.
set -u

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
BUILD=${BUILD:-$ROOT/build/release}
SCAPCACHE=${SCAPCACHE:-$BUILD/scapcache}
CORPUS=${SCAPCACHE_CORPUS:-$ROOT/../shared/corpus}
SAMPLE=$ROOT/build/run
T=$(mktemp -d) || exit 1
S=$T/state
n_tests=0
n_failed=0
status=0
pids=
# Ubuntu's OVAL for noble in a folder of upstreams.
NOBLE=security-metadata.canonical.com/oval/com.ubuntu.noble.cve.oval.xml.bz2

# begun PID…: finish() ends these. gone PID…: not these any more.
begun() {
	pids="$pids $*"
}

gone() {
	_left=
	for _pid in $pids; do
		case " $* " in
		*" $_pid "*) ;;
		*) _left="$_left $_pid" ;;
		esac
	done
	pids=$_left
}

# Processes of ours first, then the folder; in either order of events.
finish() {
	trap - EXIT
	for pid in $pids; do
		kill "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	chmod -R u+w "$T" 2>/dev/null
	rm -rf "$T"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

unset XDG_STATE_HOME XDG_CONFIG_HOME http_proxy https_proxy all_proxy no_proxy
HOME=$T/home
LC_ALL=C.UTF-8
TZ=UTC
# The sandbox of a role leaves no room for the leak checker's own process.
ASAN_OPTIONS=detect_leaks=0
export HOME LC_ALL TZ ASAN_OPTIONS
mkdir -p "$HOME"
PATH=$PATH:/usr/sbin:/sbin
cd "$T" || exit 1

scapcache() {
	"$SCAPCACHE" "$@"
}

diag() {
	sed 's/^/# /'
}

ok() {
	n_tests=$((n_tests + 1))
	echo "ok $n_tests - $1"
}

not_ok() {
	n_tests=$((n_tests + 1))
	n_failed=$((n_failed + 1))
	echo "not ok $n_tests - $1"
}

skip() {
	n_tests=$((n_tests + 1))
	echo "ok $n_tests # SKIP $1"
}

# skip_all REASON: ends the script.
skip_all() {
	echo "1..0 # SKIP $1"
	exit 0
}

done_testing() {
	echo "1..$n_tests"
	[ "$n_failed" -eq 0 ]
	exit
}

# run COMMAND…: leaves $status, and what was said in $T/out and $T/err.
run() {
	"$@" >"$T/out" 2>"$T/err" </dev/null
	status=$?
}

# What the last run said, for a failed test.
say_run() {
	echo "# status $status"
	head -n 20 "$T/out" | sed 's/^/# out: /'
	head -n 20 "$T/err" | sed 's/^/# err: /'
}

# expect NAME STATUS [TEXT…]: the last run ended so and said each TEXT, on
# either stream.
expect() {
	_name=$1
	_good=yes
	[ "$status" -eq "$2" ] || _good=
	shift 2
	for _text in "$@"; do
		cat "$T/out" "$T/err" | grep -qF -- "$_text" || {
			_good=
			echo "# not said: $_text"
		}
	done
	if [ -n "$_good" ]; then
		ok "$_name"
	else
		say_run
		not_ok "$_name"
	fi
}

# check NAME COMMAND…: the command ends 0.
check() {
	_name=$1
	shift
	if "$@" >"$T/check.out" 2>&1; then
		ok "$_name"
	else
		head -n 40 "$T/check.out" | diag
		not_ok "$_name"
	fi
}

# same NAME WANT GOT: two files are the same to the byte.
same() {
	check "$1" diff -u "$2" "$3"
}

# equal NAME WANT GOT: two texts.
equal() {
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		echo "# want: $2"
		echo "# got:  $3"
		not_ok "$1"
	fi
}

need_corpus() {
	[ -d "$CORPUS/upstream" ] || skip_all "no corpus"
}

# need TOOL…: a test that wants a program says so where there is none.
need() {
	for _tool in "$@"; do
		command -v "$_tool" >/dev/null || skip_all "no $_tool"
	done
}

# need_built FILE…: programs of the build. They are made before any test runs:
# without one nothing is skipped.
need_built() {
	for _tool in "$@"; do
		[ -x "$BUILD/$_tool" ] && continue
		echo "Bail out! $_tool is not built: make server-bins tool-bins"
		exit 1
	done
}

# within CONDITION: the shell command holds before too long; if not, the end of
# $LOG says why.
within() {
	_until=$(($(date +%s) + 30))
	until eval "$1"; do
		if [ "$(date +%s)" -ge "$_until" ]; then
			echo "waited in vain: $1"
			[ -z "${LOG-}" ] || tail -n 20 "$LOG"
			return 1
		fi
		sleep 0.05
	done
}

# need_npm: a test that wants the programs of tests/npm.
need_npm() {
	need node
	NODE_PATH=$ROOT/build/npm/node_modules
	[ -e "$ROOT/build/npm/installed" ] || skip_all "no tuf-js from npm"
	export NODE_PATH
}

# A loopback port that nobody listens on; bind decides, so callers try again.
free_port() {
	awk -v seed="$$$(date +%N)" 'BEGIN {
		srand(substr(seed, 1, 9) + 0)
		print 20000 + int(rand() * 30000)
	}'
}

# serve TREE: nginx on loopback; sets $URL, $ACCESS_LOG and $SERVER_PID.
# serve TREE 'directives': with more in its location.
serve() {
	need nginx
	_try=0
	_web=$T/web.$n_tests.$$
	mkdir -p "$_web"
	ACCESS_LOG=$_web/access.log
	while :; do
		_port=$(free_port)
		cat >"$_web/nginx.conf" <<EOF
daemon off;
master_process off;
pid $_web/pid;
error_log $_web/error.log;
events { worker_connections 64; }
http {
	log_format plain '\$request_method \$uri \$status \$body_bytes_sent';
	access_log $ACCESS_LOG plain;
	client_body_temp_path $_web/body;
	proxy_temp_path $_web/proxy;
	fastcgi_temp_path $_web/fastcgi;
	uwsgi_temp_path $_web/uwsgi;
	scgi_temp_path $_web/scgi;
	server {
		listen 127.0.0.1:$_port;
		root $1;
		location / { ${2-} }
	}
}
EOF
		nginx -c "$_web/nginx.conf" -p "$_web" >"$_web/out" 2>&1 &
		SERVER_PID=$!
		URL=http://127.0.0.1:$_port
		# Its pid file stands when the port is bound.
		while [ ! -s "$_web/pid" ] &&
			kill -0 $SERVER_PID 2>/dev/null; do
			:
		done
		if kill -0 $SERVER_PID 2>/dev/null; then
			begun $SERVER_PID
			return 0
		fi
		_try=$((_try + 1))
		if [ $_try -ge 20 ]; then
			diag <"$_web/error.log"
			echo "Bail out! nginx does not start"
			exit 1
		fi
	done
}

# serve_start [OPTION…]: `scapcache serve` of $S on loopback, with these global
# options (--config FILE); waits until it is ready. Sets $URL, without a slash
# at its end, and $SERVE_PID; it says things in $T/serve.log. LISTEN=unix:/PATH
# has it listen there.
serve_start() {
	: >"$T/serve.log"
	# Who gives it no options need not say so to shellcheck.
	eval '"$SCAPCACHE" --state "$S" "$@" serve --listen \
		"${LISTEN:-127.0.0.1:0}" 2>"$T/serve.log" &'
	SERVE_PID=$!
	begun $SERVE_PID
	while ! grep -q '^serving ' "$T/serve.log"; do
		kill -0 $SERVE_PID 2>/dev/null || {
			diag <"$T/serve.log"
			echo "Bail out! scapcache serve does not start"
			exit 1
		}
		sleep 0.05
	done
	URL=$(sed -n '/^serving http/{s/^serving //;s,/$,,p;q;}' "$T/serve.log")
}

# serve_stop: ends it; $status is its own.
serve_stop() {
	kill "$SERVE_PID"
	wait "$SERVE_PID"
	status=$?
	gone "$SERVE_PID"
}

# registry NAME [LINES [LINES]]: Debian's docker-registry on loopback, its files
# in $T/NAME; sets $HOST. With more in its configuration, and in its http: part.
registry() {
	_try=0
	mkdir -p "$T/$1"
	while [ $_try -lt 20 ]; do
		_try=$((_try + 1))
		HOST=127.0.0.1:$(free_port)
		{
			echo 'version: 0.1'
			echo 'log: {level: error, accesslog: {disabled: true}}'
			echo 'storage:'
			echo "  filesystem: {rootdirectory: $T/$1/data}"
			printf '%s\n' "${2-}"
			echo 'http:'
			echo "  addr: $HOST"
			printf '%s\n' "${3-}"
		} >"$T/$1/config.yml"
		docker-registry serve "$T/$1/config.yml" \
			>"$T/$1/log" 2>&1 &
		_pid=$!
		begun $_pid
		while kill -0 $_pid 2>/dev/null; do
			if listens "$HOST"; then
				return 0
			fi
		done
	done
	diag <"$T/$1/log"
	echo "Bail out! docker-registry does not start"
	exit 1
}

# bad_upstream NAME TREE: on loopback, misbehaves as the lines of $T/NAME.rules
# say; what it is asked is in $T/NAME.log. Sets $port and $bad_pid.
bad_upstream() {
	: >"$T/$1.log"
	: >"$T/$1.rules"
	"$BUILD/servers/bad_upstream" "$2" "$T/$1.rules" "$T/$1.log" \
		>"$T/$1.port" 2>"$T/$1.err" &
	bad_pid=$!
	begun $bad_pid
	within "[ -s '$T/$1.port' ]" || {
		diag <"$T/$1.err"
		echo "Bail out! bad_upstream does not start"
		exit 1
	}
	port=$(cat "$T/$1.port")
}

# bad_rules NAME [LINE…]: what it does from now on.
bad_rules() {
	_of=$1
	shift
	: >"$T/rules.new"
	[ $# -eq 0 ] || printf '%s\n' "$@" >"$T/rules.new"
	mv "$T/rules.new" "$T/$_of.rules"
}

listens() {
	bash -c ": </dev/tcp/${1%:*}/${1#*:}" 2>/dev/null
}

# tls_pair CA HOST: CA.crt, an authority of the house, and HOST.crt with HOST.key
# of a server on loopback that it vouches for.
tls_pair() {
	{
		openssl req -x509 -newkey rsa:2048 -nodes -days 2 \
			-subj /CN=house -keyout "$1.key" -out "$1.crt" &&
			openssl req -newkey rsa:2048 -nodes -subj /CN=host \
				-keyout "$2.key" -out "$2.csr" &&
			echo 'subjectAltName = IP:127.0.0.1' >"$2.names" &&
			openssl x509 -req -in "$2.csr" -CA "$1.crt" \
				-CAkey "$1.key" -CAcreateserial -days 2 \
				-extfile "$2.names" -out "$2.crt"
	} >"$T/openssl" 2>&1 || diag <"$T/openssl"
}

# json FILE EXPRESSION: what a JSON report says, through SQLite's functions:
# json report.json "json_extract(j, '$.verdict')".
json() {
	sqlite3 -batch :memory: "WITH d(j) AS (
		SELECT CAST(readfile('$1') AS TEXT))
		SELECT $2 FROM d" 2>&1
}

# republish TREE TIME [FIX]: in that copy of the sample Ubuntu publishes noble's
# OVAL at another time, with another fix of curl's.
republish() {
	bzip2 -dc "$1/$NOBLE" | sed "s/8\.5\.0-2ubuntu10\.2/${3:-&}/
		s/2024-12-04T19:30:00/$2/" | bzip2 -9c >"$T/republished" &&
		mv "$T/republished" "$1/$NOBLE"
}

# noble_root NAME: an image of Ubuntu in $T/NAME, its packages "NAME VERSION" a
# line on standard input.
noble_root() {
	mkdir -p "$T/$1/etc" "$T/$1/var/lib/dpkg"
	printf 'ID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n' \
		>"$T/$1/etc/os-release"
	printf 'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=24.04\n%s\n' \
		DISTRIB_CODENAME=noble >"$T/$1/etc/lsb-release"
	while read -r _package _version; do
		printf 'Package: %s\nStatus: install ok installed\n' "$_package"
		printf 'Architecture: amd64\nVersion: %s\n\n' "$_version"
	done >"$T/$1/var/lib/dpkg/status"
}

# calls NAME: the system calls that $T/trace of `strace -f` has of the role's
# process and its threads; of a name the kernel keeps 15 bytes.
calls() {
	_pid=$(sed -n "s/^\([0-9]*\)  *prctl(PR_SET_NAME, \"scapcache-$1\".*/\1/p" \
		"$T/trace")
	awk -v pid="$_pid" 'BEGIN { ours[pid] = 1 }
		ours[$1] && /clone.* = [0-9]+$/ { ours[$NF] = 1 }
		ours[$1]' "$T/trace"
}

# docker_archive ROOT OUT: a root packed as `docker save` would, one layer.
docker_archive() {
	_d=$(mktemp -d "$T/archive.XXXXXX")
	mkdir "$_d/layer"
	tar -C "$1" --owner=0 --group=0 -cf "$_d/layer/layer.tar" .
	_id=$(sha256sum "$_d/layer/layer.tar" | cut -d' ' -f1)
	printf '{"architecture":"amd64","os":"linux","rootfs":%s}' \
		"{\"type\":\"layers\",\"diff_ids\":[\"sha256:$_id\"]}" \
		>"$_d/config.json"
	printf '[{"Config":"config.json","RepoTags":["test:1"],"Layers":%s}]' \
		'["layer/layer.tar"]' >"$_d/manifest.json"
	tar -C "$_d" -cf "$2" manifest.json config.json layer
	rm -rf "$_d"
}

# oscap_definitions XML ROOT: "id<TAB>result" of every definition, sorted, as
# OpenSCAP 1.3.7 sees it. Its dpkg probe works only in a copy of the root that
# has these folders, with dpkg's own tables and none of the host's apt hooks;
# it changes the root of the process, in which the copy's path must still lead
# somewhere. Its rpm looks for the database where Debian has none.
oscap_definitions() {
	_r=$(mktemp -d "$T/probe.XXXXXX")
	cp -R "$2/." "$_r"
	chmod -R u+w "$_r"
	for _dir in var/lib/apt/lists/partial var/lib/dpkg/info usr/bin proc \
		var/cache/apt/archives/partial usr/share; do
		mkdir -p "$_r/$_dir"
	done
	cp -R /usr/share/dpkg "$_r/usr/share/dpkg"
	mkdir -p "$_r$T"
	ln -s / "$_r$_r"
	echo '%_dbpath /var/lib/rpm' >"$HOME/.rpmmacros"
	echo 'Dir::Etc::parts "/nonexistent";' >"$_r.conf"
	APT_CONFIG=$_r.conf OSCAP_PROBE_ROOT=$_r \
		oscap oval eval --skip-validation "$1" 2>"$_r.err" |
		sed -n 's/^Definition \(.*\): \(.*\)$/\1\t\2/p' | LC_ALL=C sort
}

# offline COMMAND…: without a network, by a user who owns nothing. Returns 77
# where this machine cannot do that.
offline() {
	if [ "$(id -u)" -eq 0 ]; then
		set -- unshare -n setpriv --reuid=65534 --regid=65534 \
			--clear-groups --no-new-privs "$@"
	else
		set -- unshare -rn "$@"
	fi
	unshare -rn true 2>/dev/null || unshare -n true 2>/dev/null || return 77
	"$@"
}

# own_root COMMAND…: by root, be it that of a user's own namespace: Debian 12's
# skopeo gives the folders of an OCI archive to root when it unpacks it.
own_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	else
		unshare -r "$@"
	fi
}
