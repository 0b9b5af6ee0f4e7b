#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The sync daemon: what it tells a service manager, when it syncs, what it is
# asked with `sync --now`, a second one, signals, and being killed.
. "$(dirname "$0")/lib.sh"

need ps
need_built servers/notify_socket servers/control_client servers/bad_upstream
LOG=$T/log
tree=$T/tree
cp -R "$SAMPLE/upstream" "$tree"
cat >"$T/conf" <<EOF
[sync]
schedule = daily 02:00
random_delay_s = 0
sources = ubuntu-oval ubuntu-usn nvd
EOF
# 2025-11-24T16:00:00Z; a daemon's clock stands still.
day=1764000000
export SOURCE_DATE_EPOCH=$day

# --- a service manager, and a daemon ----------------------------------------

# listen PATH: what the daemon tells is in $T/notify.
listen() {
	: >"$T/notify"
	: >"$T/listening"
	"$BUILD/servers/notify_socket" "$1" "$T/notify" >"$T/listening" &
	listener=$!
	begun $listener
	NOTIFY_SOCKET=$1
	export NOTIFY_SOCKET
	within "[ -s '$T/listening' ]"
}

told() {
	grep -qx -- "$1" "$T/notify"
}

said() {
	grep -qF -- "$1" "$T/log"
}

# How often the log says so.
count() {
	grep -cF -- "$1" "$T/log"
}

# start: a daemon with its log in $T/log and its process in $daemon.
start() {
	: >"$T/log"
	: >"$T/notify"
	"$SCAPCACHE" --config "$T/conf" --state "$S" --log-level info \
		syncd --from "${from:-$tree}" >"$T/log" 2>&1 &
	daemon=$!
	begun $daemon
	within "said 'syncd: ready' || ! kill -0 $daemon 2>/dev/null"
}

# It has looked what is due, and there is nothing left.
settled() {
	within "told 'STATUS=Next sync at .*'"
}

# stop: ends it; leaves its exit status in $status, its time in $took_ms.
stop() {
	_begin=$(date +%s%N)
	kill "${1:--TERM}" "$daemon"
	wait "$daemon" 2>/dev/null
	status=$?
	took_ms=$((($(date +%s%N) - _begin) / 1000000))
	gone "$daemon"
}

# ended: it has ended by itself; leaves its exit status in $status.
ended() {
	wait "$daemon"
	status=$?
	gone "$daemon"
}

ask() {
	run scapcache --config "$T/conf" --state "$S" sync --now "$@"
}

name=@scapcache-test-$$
listen "$name"
start
check "an abstract socket" within "told READY=1"
check "the run at the start ends" within "said 'sync: run: ended result=ok'"
stop
kill "$listener"
gone "$listener"
start
check "nobody listens any more" said "syncd: ready"
stop
equal "which is no failure" 0 "$status"

rm -rf "$S"
listen "$T/notify.sock"
WATCHDOG_USEC=200000
export WATCHDOG_USEC
start
check "ready" within "told READY=1"
check "the manager is told which process it is" within "told MAINPID=$daemon"
check "what it does is told" within "told 'STATUS=Syncing since .*'"
check "and what comes next" within \
	"told 'STATUS=Next sync at 2025-11-25T02:00:00Z'"
check "signs of life" within "[ \$(grep -cx WATCHDOG=1 '$T/notify') -ge 5 ]"
kill -HUP "$daemon"
check "a reload is told" within "told RELOADING=1"
check "with its time" within "told 'MONOTONIC_USEC=[0-9]*'"
check "and its end" within "[ \$(grep -cx READY=1 '$T/notify') -eq 2 ]"
stop
equal "SIGTERM ends it well" 0 "$status"
check "the end is told" within "told STOPPING=1"
unset WATCHDOG_USEC

# --- when it syncs ----------------------------------------------------------

rm -rf "$S"
start
check "nothing was there: it catches up" within \
	"said 'generation=1 published=yes'"
check "with all that it is to ask" said "run: started sources=3"
feed=nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz
check "the log has what was proved" said \
	"info: verify: $feed: fetched proof=meta-sha256 sha256="
check "what was indexed" said \
	"info: index: nvdcve-2.0-2024: indexed records=5 added=5 changed=0"
check "what was published" said "info: publish: generation 1: current"
stop
start
check "a restart" settled
equal "makes nothing due" 0 "$(count 'run: started')"
stop
SOURCE_DATE_EPOCH=$((day + 35999)) start
check "a second before 02:00" settled
equal "it is not due" 0 "$(count 'run: started')"
stop
SOURCE_DATE_EPOCH=$((day + 36000)) start
check "at 02:00" settled
equal "it is, once" 1 "$(count 'run: started')"
stop
SOURCE_DATE_EPOCH=$((day + 40000)) start
check "the rest of the day" settled
equal "it is not" 0 "$(count 'run: started')"
stop
# What was asked in the future must not wait for it.
start
check "the clock was set back" settled
equal "it is due" 1 "$(count 'run: started')"
stop
# Where standard error is the journal its lines have levels of its own.
JOURNAL_STREAM=$(stat -Lc %d:%i "$T/log") start
check "a log that is the journal's" settled
stop
equal "has no other lines" "" "$(grep -v '^<[3-7]>[a-z]*: ' "$T/log")"

# --- sync --now -------------------------------------------------------------

ask
expect "nobody to ask" 1 "no daemon is running for this state directory"
start
ask
expect "ask it" 0 "The daemon's run ended well; generation 1 is current."
equal "a run was started for it" 1 "$(count 'run: started sources=3')"
ask nvd
expect "ask it for one" 0 "ended well"
equal "a run of that one" 1 "$(count 'run: started sources=1')"
ask kev nvd
expect "ask it for what it does not ask by itself" 0 "ended well"
equal "a run of both" 1 "$(count 'run: started sources=2')"
ask nosuch
expect "ask it for nothing known" 1 "there is no source nosuch"
ask --dry-run
expect "it has options of its own" 1 "--now goes with names of sources and --accept only"

# failures: how often in a row the notices have failed.
failures() {
	sqlite3 "$S/catalog.sqlite" \
		"SELECT n_failed FROM source WHERE name = 'ubuntu-usn'"
}

# What it is asked to do fails: the old stays, and who asked is told.
notices=$tree/usn.ubuntu.com/usn-db/database-all.json.bz2
cp "$notices" "$T/good"
echo bad >"$notices"
ask ubuntu-usn
expect "a run that fails" 1 "ended with failures" "generation 1 is current"
check "the log says which file" said "error: sync: usn.ubuntu.com/usn-db/database-all.json.bz2"
run scapcache --config "$T/conf" --state "$S" status
expect "status says it, and the daemon" 0 "ubuntu-usn: failed" "process $daemon"
ask ubuntu-usn
equal "failures are counted" 2 "$(failures)"
cp "$T/good" "$notices"
ask ubuntu-usn
expect "the next one does well" 0 "ended well"
equal "which ends the count" 0 "$(failures)"

# What was held back is let through by the daemon, too.
notices=$tree/security-metadata.canonical.com/oval/com.ubuntu.noble.usn.oval
cp "$notices.xml.bz2" "$T/good"
bzip2 -dc "$T/good" | sed 's/2024-12-04T/2024-11-04T/' |
	bzip2 -9c >"$notices.xml.bz2"
ask ubuntu-oval
expect "what went back in time" 1 "generation 1 is current"
check "is held back" said "held back: it was published 2024-11-04"
ask --accept nosuch
expect "--accept of nothing known" 1 "there is no source nosuch"
ask --accept ubuntu-oval ubuntu-oval
expect "--accept" 0 "generation 2 is current"
check "and logged" said "let through: it was published 2024-11-04"
cp "$T/good" "$notices.xml.bz2"
ask --accept nvd
expect "--accept of another" 0 "generation 3 is current"

# --- one at a time ----------------------------------------------------------

run scapcache --config "$T/conf" --state "$S" syncd
expect "a second daemon" 1 "a daemon is running already, process $daemon"
ask nvd
expect "which leaves the first alone" 0 "ended well"
run scapcache --config "$T/conf" --state "$S" sync --from "$tree" nvd
expect "a sync beside it" 0 "stays current"
equal "only the owner may ask" 600 "$(stat -c %a "$S/run/syncd.sock")"

# --- clients that behave badly ----------------------------------------------

client() {
	"$BUILD/servers/control_client" "$S/run/syncd.sock" "$@"
}

run client 1 hello
expect "no request" 0 "refused it is no request"
run client 1 syncnvd
expect "nearly one" 0 "refused it is no request"
run client 1 "sync nvd nosuch"
expect "a source that is none" 0 "refused there is no such source"
run client 1 "sync nvd-1.1 accept:"
expect "a word that is none" 0 "refused there is no such source"
run client 1 "$(printf '%5000s' sync)"
equal "what is too long gets no answer" "" "$(cat "$T/out")"
before=$(count 'run: started')
ask nvd
equal "none of it was done" $((before + 1)) "$(count 'run: started')"
client 30 >"$T/refused" &
silent=$!
begun $silent
check "too many who say nothing are refused" within \
	"[ \$(grep -c 'too many ask at once' '$T/refused') -ge 1 ] ||
	! kill -0 $silent"
check "and the others dropped" within "! kill -0 $silent 2>/dev/null"
equal "which are those there is room for" 14 "$(wc -l <"$T/refused")"
ask nvd
expect "who comes then is served" 0 "ended well"

# --- the configuration changes ----------------------------------------------

# reload TEXT: says SIGHUP and waits for the text.
reload() {
	kill -HUP "$daemon"
	within "said '$1'"
}

cp "$T/conf" "$T/conf.three"
sed 's/^sources.*/sources = nvd/' "$T/conf.three" >"$T/conf.one"
sed 's/^schedule.*/schedule = nightly/' "$T/conf.three" >"$T/conf.bad"
cp "$T/conf.one" "$T/conf"
check "SIGHUP reads it again" reload "configuration: read again"
before=$(count 'run: started sources=1')
ask
expect "ask it" 0 "ended well"
equal "for what is named now" $((before + 1)) \
	"$(count 'run: started sources=1')"
cp "$T/conf.bad" "$T/conf"
check "a schedule that is none" reload '"nightly" is no schedule'
echo "sources = nvd" >"$T/conf"
check "a line that is out of place" reload "line 1"
printf '[sync]\nsources = nosuch\n' >"$T/conf"
check "a source that there is not" reload "sync.sources names nosuch"
cp "$T/conf.three" "$T/conf"
ask
expect "what held before still holds" 0 "ended well"
equal "for that one" $((before + 2)) "$(count 'run: started sources=1')"
stop -INT
equal "SIGINT ends it as well" 0 "$status"
check "nothing is left to ask at" test ! -e "$S/run/syncd.sock"
cp "$T/conf.bad" "$T/conf"
start
ended
equal "a bad schedule at the start" 1 "$status"
check "is told" said '"nightly" is no schedule'
run scapcache --config "$T/conf" config check
expect "config check finds it" 1 '"nightly" is no schedule'
cp "$T/conf.three" "$T/conf"

# --- signals in the middle --------------------------------------------------

# Large, and it comes slowly.
noble=com.ubuntu.noble.cve.oval.xml.bz2
oval=$tree/security-metadata.canonical.com/oval/$noble
{
	bzip2 -dc "$oval"
	awk 'BEGIN {
		for (i = 0; i < 200000; i++)
			printf "<!-- %d -->\n", rand() * 1000000000
	}'
} | bzip2 -9c >"$oval.new"
mv "$oval.new" "$oval"

# rules [LINE…]: what the upstream does from now on.
rules() {
	bad_rules bad "$@"
}

bad_upstream bad "$tree"
rules "$noble * slow 20000"
from=http://name:secret@127.0.0.1:$port
export SCAPCACHE_SOURCE_UBUNTU_OVAL_RELEASES=noble
export SCAPCACHE_SOURCE_UBUNTU_OVAL_FLAVOURS=cve
export SCAPCACHE_SOURCE_NVD_FIRST_YEAR=2024

# How many of the processes are there, with commas between them.
alive() {
	ps -o stat= -p "$1" | grep -vc '^Z'
}

# The process and those below it, with commas between them.
family_of() {
	ps -eo pid=,ppid= | awk -v root="$1" '
		{ parent[$1] = $2 }
		END {
			list = root
			for (p in parent)
				for (q = parent[p]; q > 1; q = parent[q])
					if (q == root)
						list = list "," p
			print list
		}'
}

# under_way NAME: a new day's run is in the middle of the slow file.
under_way() {
	SOURCE_DATE_EPOCH=$((SOURCE_DATE_EPOCH + 86400))
	start
	check "$1: a run is under way" within \
		"find '$S/incoming' -type f -size +4k | grep -q ."
	check "$1: in processes of its own" within \
		"[ \$(alive \$(family_of $daemon)) -ge 3 ]"
	run_pid=$(sed -n 's/.*run: started .*process=//p' "$T/log")
	family=$(family_of "$daemon")
}

whole() {
	run scapcache --config "$T/conf" --state "$S" index verify
	expect "$1: the index is whole" 0
}

under_way "SIGHUP"
kill -HUP "$run_pid"
kill -HUP "$daemon"
check "SIGHUP: it is read again" within "said 'configuration: read again'"
check "SIGHUP: the run goes on" kill -0 "$run_pid"

scapcache --config "$T/conf" --state "$S" sync --now >"$T/asked" 2>&1 &
asker=$!
check "who asks meanwhile waits" within "said 'asked for a run'"
stop
echo "# SIGTERM in a slow download: $took_ms ms"
equal "SIGTERM in the middle: ends well" 0 "$status"
check "SIGTERM in the middle: within 10 s" test "$took_ms" -lt 10000
equal "SIGTERM in the middle: no process is left" 0 "$(alive "$family")"
wait "$asker"
equal "who waits is not told that all is well" 1 $?
check "but that it ended" grep -q "the daemon ended before" "$T/asked"
whole "SIGTERM in the middle"

under_way "kill -9"
kill -KILL "$daemon"
ended
check "kill -9: its processes end with it" within "[ \$(alive $family) -eq 0 ]"
whole "kill -9"
run scapcache --config "$T/conf" --state "$S" status --json
equal "kill -9: status knows that it is gone" 0 \
	"$(json "$T/out" "json_extract(j, '\$.daemon.running')")"
ask
expect "kill -9: nobody to ask" 1 "no daemon is running"
rules ""
start
check "the next daemon starts and completes" within \
	"said 'sync: run: ended result=ok'"
check "the log has where a file came from" said \
	"$noble: answered status=206"
check "but no secret" sh -c "! grep secret '$T/log'"
run scapcache --config "$T/conf" --state "$S" status --json
equal "status knows it" "1 $daemon" "$(json "$T/out" \
	"json_extract(j, '\$.daemon.running') || ' ' ||
	json_extract(j, '\$.daemon.process')")"

# A run that is killed is told, and does not start again at once.
rules "* * hang"
scapcache --config "$T/conf" --state "$S" sync --now >"$T/asked" 2>&1 &
asker=$!
check "a run on demand" within "[ \$(count 'run: started') -eq 2 ]"
kill -KILL "$(sed -n 's/.*run: started .*process=//p' "$T/log" | tail -n 1)"
wait "$asker"
equal "is killed: who asked is told" 1 $?
check "in words" grep -q "ended with failures" "$T/asked"
check "and the log" said "run: ended by signal 9"
stop
equal "the daemon was there all along" 0 "$status"
whole "a run is killed"

# The program was replaced by a newer one, or an older.
version=$(sqlite3 "$S/catalog.sqlite" "PRAGMA user_version")
later=$(sed -n 's/^CREATE TABLE \([a-z_]*\) .*/DROP TABLE \1;/p' \
	"$ROOT"/schema/catalog/00[4-9]-*.sql \
	"$ROOT"/schema/catalog/01[0-9]-*.sql)
sqlite3 "$S/catalog.sqlite" "ALTER TABLE source DROP COLUMN n_failed;
	ALTER TABLE indexed_document DROP COLUMN seen;
	ALTER TABLE audit DROP COLUMN who;
	ALTER TABLE audit DROP COLUMN address;
	$later
	PRAGMA user_version = 3"
start
check "a catalog of an older version is brought up to date" settled
equal "at once" "" "$(grep -v 'info:' "$T/log")"
stop
sqlite3 "$S/catalog.sqlite" "PRAGMA user_version = 99"
start
ended
equal "one of a newer version is refused" 1 "$status"
check "by name" said "use a newer scapcache"
sqlite3 "$S/catalog.sqlite" "PRAGMA user_version = $version"

# Somebody holds the catalog: it is told, and does not keep the daemon.
start
check "a day like any other" settled
{
	echo "BEGIN EXCLUSIVE;"
	echo ".shell touch '$T/locked'"
	while [ ! -e "$T/release" ]; do
		sleep 0.1
	done
} | sqlite3 "$S/catalog.sqlite" &
holder=$!
check "somebody locks the catalog" within "[ -e '$T/locked' ]"
kill -HUP "$daemon"
check "the daemon cannot look" within "said 'in use by another process'"
check "which is told" within "told 'STATUS=Cannot tell what is due: .*'"
stop
equal "and ends when it is told to" 0 "$status"
check "before long" test "$took_ms" -lt 10000
: >"$T/release"
wait $holder

# The state directory is taken away.
start
mv "$S" "$S.away"
kill -HUP "$daemon"
ended
equal "the state directory is gone" 1 "$status"
check "which is told" said "not the one any more"
check "nothing is made in its place" test ! -e "$S"
done_testing
