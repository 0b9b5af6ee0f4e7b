# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# judge_lib.sh: what a scan says of roots below $T/roots. It stands behind
# lib.sh.

sync_tree() {
	run scapcache --quiet --state "$S" sync --from "$1"
	expect "sync of ${1##*/}" 0
}

# findings NAME EXIT [OPTION…] <LINES: of root NAME, one a finding,
# "CVE package fixed fix severity [pocket] [kernel] [disputed]: words"
findings() {
	_name=$1
	_exit=$2
	shift 2
	cat >"$T/want"
	run scapcache --state "$S" scan --format json "$@" \
		"rootfs:$T/roots/$_name"
	cp "$T/out" "$T/report.json"
	sqlite3 -batch :memory: "
		SELECT f.value->>'id' || ' ' || (f.value->>'package') || ' ' ||
			coalesce(f.value->>'fixed', '-') || ' (' ||
			(f.value->>'fix') || ') ' || (f.value->>'severity') ||
			coalesce(' ' || (f.value->>'pocket'), '') ||
			iif(f.value->>'kernel', ' kernel', '') ||
			iif(f.value->>'disputed', ' disputed', '') || ':' ||
			(SELECT group_concat(' ' || (e.value->>'word') || ', ' ||
				(e.value->>'state') ||
				coalesce(', ' || (e.value->>'detail'), '') ||
				coalesce(', ' || (e.value->>'module'), ''), ';')
			 FROM json_each(f.value, '\$.evidence') e)
		FROM json_each(CAST(readfile('$T/report.json') AS TEXT),
			'\$.findings') f ORDER BY 1" >"$T/got" 2>&1
	if [ "$status" -eq "$_exit" ] && cmp -s "$T/want" "$T/got"; then
		ok "$_name: findings and verdict"
	else
		diff -u "$T/want" "$T/got" | diag
		echo "# exit $status, want $_exit:" \
			"$(json "$T/report.json" "j->>'reasons'")"
		head -n 3 "$T/err" | diag
		not_ok "$_name: findings and verdict"
	fi
}

# explains NAME ID TEXT…: what explain says of root NAME
explains() {
	_name=$1
	_id=$2
	shift 2
	run scapcache --state "$S" explain "rootfs:$T/roots/$_name" "$_id"
	_status=$status
	status=0
	expect "$_name: $_id explained ($_status)" 0 "$@"
}

# scan_says NAME EXIT TEXT…
scan_says() {
	_name=$1
	_exit=$2
	shift 2
	run scapcache --state "$S" scan "rootfs:$T/roots/$_name"
	expect "$_name: $1" "$_exit" "$@"
}
