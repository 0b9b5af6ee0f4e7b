#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# kill -9 at any moment, of a sync, of one of its processes, of the daemon, of
# gc: the last published generation answers, and the next sync completes.
# SEED=n makes other moments; KILLS=n and CORPUS_KILLS=n more or fewer of them.
. "$(dirname "$0")/lib.sh"
need sqlite3 nginx
SEED=${SEED:-1}
KILLS=${KILLS:-80}
CORPUS_KILLS=${CORPUS_KILLS:-20}

# What is killed, in turn; -tree reads a folder, -http asks nginx.
ways="main-tree all-tree main-http all-http verify-tree fetch-http index-tree
	verify-http index-http daemon-http gc"

export SCAPCACHE_SYNC_RETRY_DELAY_MS=1
export SCAPCACHE_SYNC_RANDOM_DELAY_S=0
# A generation is made every few kills: gc has to have work.
export SCAPCACHE_RETENTION_GENERATIONS=3

# sync_from one|two: the older one is older, which needs a word.
sync_from() {
	# shellcheck disable=SC2086
	run scapcache --quiet --state "$S" sync --from "$(origin "$1")" \
		--accept "$accept" $asked
}

origin() {
	case $way-$1 in
	*-http-one) echo "$url_one" ;;
	*-http-two) echo "$url_two" ;;
	*) echo "$trees/$1" ;;
	esac
}

answer() {
	run scapcache --state "$S" scan --format definitions \
		--document "$document" "$target"
}

answers() {
	[ "$status" -eq 2 ] && { cmp -s "$T/out" "$trees/one.want" ||
		cmp -s "$T/out" "$trees/two.want"; }
}

now_ms() {
	echo $(($(date +%s%N) / 1000000))
}

# role_of PID NAME: a child of it that plays that role, if there is one now.
# The kernel keeps 15 bytes of a name: not verify's last.
role_of() {
	_children=$(cat "/proc/$1/task/$1/children" 2>/dev/null)
	for _child in $_children; do
		case $(cat "/proc/$_child/comm" 2>/dev/null) in
		scapcache-"${2%y}"*) echo "$_child" && return ;;
		esac
	done
}

# kill_role PID NAME DELAY: whoever plays it after that time; then waits for
# the end of PID. Sets $status, and $hit if somebody was killed.
kill_role() {
	hit=
	sleep "$3"
	while kill -0 "$1" 2>/dev/null; do
		_victim=$(role_of "$1" "$2")
		[ -z "$_victim" ] || {
			kill -9 "$_victim" 2>/dev/null && hit=yes
			break
		}
	done
	wait "$1"
	status=$?
}

# kill_sync WAY TREE DELAY
kill_sync() {
	_foreground=--foreground
	[ "${1%%-*}" != all ] || _foreground=
	# shellcheck disable=SC2086
	timeout $_foreground -s KILL "$3" "$SCAPCACHE" --quiet \
		--state "$S" sync --from "$(origin "$2")" --accept "$accept" \
		$asked >"$T/log" 2>&1 </dev/null
	status=$?
	hit=
	[ "$status" -ne 137 ] || hit=yes
}

# kill_one_of WAY TREE DELAY: the rest of the run has to notice.
kill_one_of() {
	# shellcheck disable=SC2086
	"$SCAPCACHE" --quiet --state "$S" sync --from "$(origin "$2")" \
		--accept "$accept" $asked >"$T/log" 2>&1 </dev/null &
	kill_role $! "${1%%-*}" "$3"
	if [ -n "$hit" ] && [ "$status" -gt 1 ]; then
		bad=$((bad + 1))
		echo "# without its ${1%%-*} process a sync ends $status:"
		diag <"$T/log"
	fi
}

# kill_daemon WAY TREE DELAY: in the middle of a run that it was asked for.
kill_daemon() {
	rm -f "$S/run/syncd.sock"
	"$SCAPCACHE" --state "$S" syncd --from "$(origin "$2")" \
		>"$T/log" 2>&1 </dev/null &
	_daemon=$!
	while kill -0 "$_daemon" 2>/dev/null && [ ! -S "$S/run/syncd.sock" ]; do
		:
	done
	# shellcheck disable=SC2086
	scapcache --state "$S" sync --now $asked >"$T/now" 2>&1 &
	_now=$!
	sleep "$3"
	hit=
	! kill -9 "$_daemon" 2>/dev/null || hit=yes
	wait "$_daemon" "$_now" 2>/dev/null
	# Its run ends with it: the next sync does not wait.
}

# kill_gc WAY TREE DELAY
kill_gc() {
	SCAPCACHE_RETENTION_BLOB_DAYS=0 SCAPCACHE_RETENTION_GENERATIONS=1 \
		timeout --foreground -s KILL "$3" "$SCAPCACHE" --state "$S" \
		gc >"$T/log" 2>&1 </dev/null
	status=$?
	hit=
	[ "$status" -ne 137 ] || hit=yes
}

# at WAY: the function, and how long a whole one of it takes, in ms.
begin_way() {
	case $1 in
	main-* | all-*) kill_it=kill_sync ms=$sync_ms ;;
	daemon-*) kill_it=kill_daemon ms=$sync_ms ;;
	gc) kill_it=kill_gc ms=$gc_ms ;;
	*) kill_it=kill_one_of ms=$sync_ms ;;
	esac
}

complain() {
	bad=$((bad + 1))
	echo "# $name, kill $n of $way after $delay s (SEED=$SEED): $1"
	say_run
	diag <"$T/log"
}

# What the catalog names and the store lacks.
lost() {
	sqlite3 -cmd ".timeout 5000" "$S/catalog.sqlite" \
		"SELECT sha256 FROM resource UNION SELECT sha256 FROM document
		UNION SELECT sha256 FROM indexed_document" |
		while read -r _sha256; do
			[ -e "$S/store/blobs/sha256/$_sha256" ] ||
				echo "$_sha256"
		done
}

# The next sync is left to complete.
let_complete() {
	sync_from one
	[ "$status" -eq 0 ] || complain "the next sync does not complete"
	answer
	cmp -s "$T/out" "$trees/one.want" ||
		complain "the next sync is not current"
	# Parts of what was being fetched stay: the next run goes on with them.
	_left=$(cd "$S" && find index incoming store -name 'building-*' -o \
		-name 'verify-*' -o -name 'old-*' -o -name '*.new*' -o \
		-path 'incoming/*' ! -name '*.part' ! -name '*.from')
	[ -z "$_left" ] || complain "half-built and left: $_left"
	_lost=$(lost)
	[ -z "$_lost" ] || complain "the catalog names what is lost: $_lost"
	run scapcache --state "$S" index verify
	[ "$status" -eq 0 ] || complain "the index is not what it should be"
	completed=$((completed + 1))
}

# Old and new by turns, so that every sync has work.
one_kill() {
	tree=one
	[ $((turn % 2)) -eq 0 ] || tree=two
	begin_way "$way"
	delay=$(awk -v m="$moment" -v ms="$ms" \
		'BEGIN { printf "%.4f", (0.5 + m * ms) / 1000 }')
	# A daemon accepts nothing that is older.
	[ "$way" != daemon-http ] || { sync_from one && tree=two; }
	$kill_it "$way" "$tree" "$delay"
	[ -z "$hit" ] || {
		n=$((n + 1))
		echo "$way" >>"$T/hits"
	}
	_parts=$(find "$S/incoming" -type f 2>/dev/null | wc -l)
	[ "$_parts" -le 64 ] || complain "$_parts files in incoming/"
	answer
	answers || complain "the published generation does not answer"
	[ $((turn % 10)) -ne 0 ] || let_complete
}

# campaign NAME KILLS: over $trees/one and two.
campaign() {
	name=$1 want=$2 n=0 turn=0 bad=0 completed=0
	: >"$T/hits"
	for tree in one two; do
		begun=$(now_ms)
		sync_from $tree
		sync_ms=$(($(now_ms) - begun))
		expect "$name: sync of $tree" 0
		answer
		expect "$name: $tree answers" 2
		mv "$T/out" "$trees/$tree.want"
	done
	check "$name: the two differ" sh -c \
		"! cmp -s '$trees/one.want' '$trees/two.want'"
	begun=$(now_ms)
	run scapcache --state "$S" gc
	gc_ms=$(($(now_ms) - begun))
	# More moments than kills: some syncs end before theirs.
	awk -v seed="$SEED" -v n="$want" 'BEGIN {
		srand(seed)
		for (i = 0; i < 6 * n; i++)
			printf "%.6f\n", rand()
	}' >"$T/moments"
	while [ $n -lt "$want" ] && read -r moment; do
		turn=$((turn + 1))
		# shellcheck disable=SC2086
		way=$(nth $((turn % 11)) $ways)
		one_kill
	done <"$T/moments"
	sort "$T/hits" | uniq -c | sed 's/^ */# /'
	equal "$name: nothing is wrong after any kill, SEED=$SEED" 0 $bad
	equal "$name: kills" "$want" $n
	check "$name: syncs that were left to complete" test \
		"$completed" -ge $((want / 10))
	echo "# $completed"
}

# nth N WORD…: from 0.
nth() {
	shift "$(($1 + 1))"
	echo "$1"
}

way=main-tree
trees=$T/sample
accept=ubuntu-oval
asked="ubuntu-oval ubuntu-usn redhat-oval nvd"
document=com.ubuntu.noble.cve.oval
target=docker-archive:$SAMPLE/image.tar
mkdir "$trees" "$trees/one" "$trees/two"
cp -R "$SAMPLE/upstream/." "$trees/one"
cp -R "$SAMPLE/upstream/." "$trees/two"
# In the second curl's fix is another one.
republish "$trees/two" 2024-12-05T07:00:00 8.5.0-2ubuntu10.1
export SCAPCACHE_SOURCE_NVD_FIRST_YEAR=2024
export SCAPCACHE_SOURCE_UBUNTU_OVAL_RELEASES=noble
serve "$trees/one"
url_one=$URL
serve "$trees/two"
url_two=$URL
campaign sample "$KILLS"

[ -d "$CORPUS/upstream-previous" ] || {
	skip "no corpus"
	done_testing
}

# Real ones: what changed in a few days, with NVD=yes a year of NVD in it.
manifest=security.access.redhat.com/data/oval/v2/PULP_MANIFEST
wanted="focal.cve|noble.usn|oci.com|data/oval/v2/|usn-db|cisa|alma|oracle|secdb"
[ -z "${NVD-}" ] || wanted="$wanted|nvdcve-2.0-2016"
S=$T/corpus.state
trees=$T/corpus
for tree in one two; do
	mkdir -p "$trees/$tree"
	(cd "$CORPUS/upstream" && find . -type f | grep -E "$wanted" |
		xargs cp --parents -t "$trees/$tree")
done
chmod -R u+w "$trees"
(cd "$CORPUS/upstream-previous" && find . -type f ! -path ./$manifest |
	grep -E "$wanted" | xargs cp --parents -t "$trees/one")
{
	cat "$CORPUS/upstream-previous/$manifest"
	grep -v rhel-8.oval "$CORPUS/upstream/$manifest"
} >"$trees/one/$manifest"
accept=redhat-oval,ubuntu-oval,kev${NVD:+,nvd}
asked="ubuntu-oval ubuntu-usn redhat-oval kev${NVD:+ nvd}"
document=rhel-8.oval
target=rootfs:$CORPUS/inventories/rhel80
export SCAPCACHE_SOURCE_NVD_FIRST_YEAR=2016
export SCAPCACHE_SOURCE_UBUNTU_OVAL_RELEASES="focal noble"
serve "$trees/one"
url_one=$URL
serve "$trees/two"
url_two=$URL
campaign corpus "$CORPUS_KILLS"
same "and OpenSCAP's results" \
	"$CORPUS/expected/rhel-8.oval--rhel80.tsv" "$trees/two.want"
done_testing
