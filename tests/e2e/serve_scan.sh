#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Scans over HTTP: images, bills of materials and lists that are handed in, in
# one piece or many, waited for or not; what is broken, too large or not allowed;
# a server that is killed. And what is told of stored results.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/serve_lib.sh
. "$ROOT/tests/e2e/serve_lib.sh"

need curl sqlite3 flock
IMAGE=$SAMPLE/image.tar

run scapcache --state "$S" --quiet sync --from "$SAMPLE/upstream"
expect "a state" 0
run scapcache --state "$S" token add ci --scope scan
TOKEN=$(head -n 1 "$T/out")
run scapcache --state "$S" token add reader --scope read
READER=$(head -n 1 "$T/out")
mkdir "$T/policies"
printf '[fail]\nseverity = critical\n' >"$T/policies/lax.ini"
printf '[fail]\nseverity = critical\n' >"$T/secret.ini"
printf '[serve]\nupload_max_mib = 1\npolicies = %s\nscans = 1\n%s\n' \
	"$T/policies" 'scan_queue = 3' >"$T/conf"
server "$S" --config "$T/conf"

# scan QUERY [OPTION…]: POST /v1/scan with the token.
scan() {
	_query=$1
	shift
	get "/v1/scan?$_query" -H "Authorization: Bearer $TOKEN" -X POST "$@"
}

# again NAME STATUS QUERY [OPTION…]: POST /v1/rescan with the token.
again() {
	_name=$1
	_want=$2
	_query=$3
	shift 3
	[ $# -gt 0 ] || set -- -H "Authorization: Bearer $TOKEN"
	equal "$_name" "$_want" "$(get "/v1/rescan?$_query" -X POST "$@")"
}

# jobs: processes of the server's scans, "PID STATE" each.
jobs() {
	cat /proc/[0-9]*/stat 2>/dev/null | awk -v server="$SERVER_PID" '
		{ parent[$1] = $4 }
		$2 == "(scapcache-job)" { state[$1] = $3 }
		END {
			for (p in state)
				if (parent[parent[p]] == server)
					print p, state[p]
		}'
}

# ended_jobs: how many of them are no more than a number.
ended_jobs() {
	jobs | grep -c ' Z$'
}

# ends PATH STATE: a job, within ten seconds.
ends() {
	_n=0
	while [ "$(get "$1" -H "Authorization: Bearer $TOKEN")" = 200 ] &&
		[ "$(says state)" != "$2" ] && [ $_n -lt 100 ]; do
		_n=$((_n + 1))
		sleep 0.1
	done
}

# scans NAME STATUS QUERY [OPTION…]
scans() {
	_name=$1
	_want=$2
	shift 2
	equal "$_name" "$_want" "$(scan "$@")"
}

# says EXPRESSION: of the last body.
says() {
	json "$T/body" "json_extract(j, '\$.$1')"
}

# --- nothing was scanned yet ---

answers "no images" 200 /v1/images
equal "an empty list" 0 "$(says total)"
answers "an image that is not there" 404 /v1/images/00

# --- images ---

run scapcache --state "$S" scan "$IMAGE" --format json
cp "$T/out" "$T/want"
scans "an image" 200 "name=$IMAGE" --data-binary "@$IMAGE"
same "is judged as \`scan\` judges it" "$T/want" "$T/body"
equal "and says so" fail "$(header X-Scapcache-Verdict)"
verdict=$(header Location)
id=$(header X-Scapcache-Image)
answers "its record" 200 "$verdict"
equal "by its name" "${verdict##*:}" "$(sha256sum <"$T/body" | cut -d' ' -f1)"
scans "one in many pieces" 200 name=pieces -T "$IMAGE" \
	-H "Transfer-Encoding: chunked" -H "Content-Type: application/x-tar"
sed "s,$IMAGE,pieces," "$T/want" >"$T/want.pieces"
same "the same" "$T/want.pieces" "$T/body"
gzip -c "$IMAGE" >"$T/image.tgz"
scans "a packed one" 200 name=pieces --data-binary "@$T/image.tgz" \
	-H "Content-Type: application/gzip"
same "the same again" "$T/want.pieces" "$T/body"
scans "one without a name" 200 format=table --data-binary "@$IMAGE"
check "has that of its bytes" grep -q \
	"upload:sha256:$(sha256sum <"$IMAGE" | cut -d' ' -f1)" "$T/body"
scans "by a policy" 200 "name=lax&policy=lax&format=sarif" \
	--data-binary "@$IMAGE"
equal "of the server's" pass "$(header X-Scapcache-Verdict)"
scans "a policy that is not there" 404 "policy=secret" --data-binary "@$IMAGE"
scans "a policy by its path" 400 "policy=../secret" --data-binary "@$IMAGE"
scans "a severity that is none" 400 "fail_on=loud" --data-binary "@$IMAGE"
scans "a generation that is not there" 200 "name=then&as_of=2001-01-01" \
	--data-binary "@$IMAGE"
equal "is no pass" unknown "$(header X-Scapcache-Verdict)"
scans "a generation to come" 400 "name=then&as_of=2999-01-01" \
	--data-binary "@$IMAGE"

# --- bills and lists ---

run scapcache --state "$S" scan "$IMAGE" --format cyclonedx
cp "$T/out" "$T/bill"
scans "a bill of materials" 200 name=bill --data-binary "@$T/bill" \
	-H "Content-Type: application/vnd.cyclonedx+json; version=1.5"
equal "is judged" 7 "$(says summary.findings)"
get "/v1/images/$id/packages?limit=1000" >"$T/status"
json "$T/body" "(SELECT group_concat('installed' || char(9) ||
	json_extract(value, '\$.name') || char(9) ||
	json_extract(value, '\$.version') || char(9) ||
	json_extract(value, '\$.arch') || char(9) ||
	COALESCE(json_extract(value, '\$.source'),
		json_extract(value, '\$.name')) || char(9) || '1', char(10))
	FROM json_each(j, '\$.packages'))" >"$T/packages"
scans "a list of packages" 200 "name=list&os=ubuntu:24.04" \
	--data-binary "@$T/packages" -H "Content-Type: text/plain"
equal "has the same findings" 7 "$(says summary.findings)"
scans "one of no system" 200 name=list --data-binary "@$T/packages" \
	-H "Content-Type: text/plain"
equal "is unknown" unknown "$(header X-Scapcache-Verdict)"
scans "an os that is none" 400 "os=ubuntu" --data-binary "@$T/packages" \
	-H "Content-Type: text/plain"

# --- what is refused ---

printf '%s' '' >"$T/empty"
scans "nothing" 400 name=x
head -c 3000 "$IMAGE" >"$T/cut"
scans "an archive that ends early" 422 name=x --data-binary "@$T/cut"
equal "is not scanned" /problems/not-scanned "$(says type)"
equal "and is named" "x: ends early" "$(says detail | cut -c 1-13)"
head -c 4000 "$T/image.tgz" >"$T/cut.tgz"
scan name=cut --data-binary "@$T/cut.tgz" >"$T/status"
check "nor is a packed one a pass" test \
	"$(header X-Scapcache-Verdict)" != pass
head -c 5000 /dev/urandom >"$T/noise"
scans "noise" 422 name=x --data-binary "@$T/noise"
scans "JSON that is no bill" 422 name=x --data-binary "{}"
scans "a page" 415 name=x --data-binary "<p>" -H "Content-Type: text/html"
printf 'curl\t8.5.0\n' >"$T/untold"
scans "a list that does not say so" 422 name=x --data-binary "@$T/untold"
check "which says how" grep -q "text/plain" "$T/body"
head -c 1100000 /dev/zero >"$T/large"
scans "too much" 413 name=x --data-binary "@$T/large"
scans "too much, in pieces" 413 name=x -T "$T/large" \
	-H "Transfer-Encoding: chunked"
scans "a registry that is not allowed" 404 "target=docker://127.0.0.1:1/x"
scans "a file of the server's" 400 "target=/etc/passwd"
scans "an unknown parameter" 400 "nmae=x" --data-binary "@$IMAGE"
answers "without a token" 401 "/v1/scan" --data-binary "@$IMAGE"
check "which says what makes one" grep -q "token add NAME --scope scan" "$T/body"
answers "with a wrong one" 401 "/v1/scan" --data-binary "@$IMAGE" \
	-H "Authorization: Bearer nonsense"
answers "with one that may only read" 403 "/v1/scan" \
	--data-binary "@$IMAGE" -H "Authorization: Bearer $READER"

# --- what is told of it ---

answers "images" 200 "/v1/images?q=pieces&limit=1"
equal "by their name" 1 "$(says total)"
answers "those that pass" 200 "/v1/images?verdict=pass"
equal "one" lax "$(says 'images[0].target')"
answers "an image" 200 "/v1/images/$id"
equal "its verdict" fail "$(says verdict.verdict)"
equal "its findings" "7 1 5" "$(says verdict.findings) $(says \
	verdict.severities.high) $(says verdict.severities.medium)"
equal "what it is" "noble 2" \
	"$(says about.system.codename) $(json "$T/body" \
		"json_array_length(j, '\$.about.layers')")"
answers "findings" 200 "/v1/images/$id/findings"
json "$T/body" "json_extract(j, '\$.findings')" >"$T/got"
json "$T/want" "json_extract(j, '\$.findings')" >"$T/findings"
same "with all evidence" "$T/findings" "$T/got"
answers "a page of them" 200 "/v1/images/$id/findings?offset=6&limit=5"
equal "the last one" "7 1" "$(says total) $(json "$T/body" \
	"json_array_length(j, '\$.findings')")"
answers "those of a word" 200 "/v1/images/$id/findings?q=OPENSSH&severity=high"
equal "one" 1 "$(says total)"
answers "a severity that is none" 400 "/v1/images/$id/findings?severity=loud"
answers "an explanation" 200 "/v1/images/$id/explain/CVE-2024-6387"
equal "affected" affected "$(header X-Scapcache-Answer)"
answers "who has it" 200 "/v1/cves/CVE-2024-6387/images"
check "and of how many it is not known" test \
	"$(json "$T/body" "json_extract(j, '\$.unknown')")" -gt 0
check "several" test "$(says total)" -ge 4
answers "in another format" 200 "$verdict?format=json"
same "the same report" "$T/want" "$T/body"
answers "worked out again" 200 "$verdict/verify"
equal "the same" same "$(json "$T/body" "json_extract(j, '\$[0].result')")"
answers "beside itself" 200 "/v1/images/compare?a=$id&as_of_b=1"
equal "no difference" 0 "$(says differs)"
answers "as of then" 200 "/v1/images/$id?as_of=1"
equal "7" 7 "$(says summary.findings)"
get "/v1/rescan?image=$id" -X POST -H "Authorization: Bearer $TOKEN" \
	>"$T/status"
equal "judged again" "200 1" "$(cat "$T/status") $(says fail)"
equal "which says the worst verdict" fail "$(header X-Scapcache-Verdict)"
again "one that is not there" 404 "image=00"
again "none like that" 422 "only=nothing*"
again "one and several" 400 "image=$id&only=*"
again "who may only read does not" 403 "" -H "Authorization: Bearer $READER"
run scapcache --state "$S" status --audit 500 --json
check "all of it is in the audit log" grep -q "ci" "$T/out"

# --- all of them again, and a scan meanwhile ---

exec 9>"$S/run/rescan.0"
flock 9
again "all of them, not waited for" 202 "async=yes"
all=$(header Location)
equal "are queued" "queued rescan:*" "$(says state) $(says target)"
scans "a scan does not wait for them" 200 "name=meanwhile" \
	--data-binary "@$IMAGE"
exec 9>&-
ends "$all" "done"
equal "they end with the worst verdict" "done fail" \
	"$(says state) $(says verdict)"
# Nobody asks the desk that began it any more.
_n=0
while [ "$(ended_jobs)" -gt 0 ] && [ $_n -lt 100 ]; do
	_n=$((_n + 1))
	sleep 0.1
done
equal "and their process is gone" 0 "$(ended_jobs)"
exec 9>"$S/run/scan.0"
flock 9
again "nor do they for scans" 200 "only=pieces"
equal "of those like that" 1 "$(json "$T/body" \
	"json_array_length(j, '\$.images')")"
exec 9>&-

# --- not waited for ---

exec 9>"$S/run/scan.0"
flock 9
scan "name=shot" --data-binary "@$IMAGE" >"$T/shot" 9>&- &
shot=$!
_n=0
while pid=$(jobs | awk '$2 != "Z" { print $1 }') && [ -z "$pid" ] &&
	[ $_n -lt 100 ]; do
	_n=$((_n + 1))
	sleep 0.1
done
check "a scan's process is killed" kill -KILL "$pid"
wait $shot
equal "who waits is told" "503 /problems/scan-killed" \
	"$(cat "$T/shot") $(says type)"
check "and when to ask again" test "$(header Retry-After)" -ge 1
answers "no image of what was shot" 200 "/v1/images?q=shot"
equal "is there" 0 "$(says total)"
scans "one that has to wait" 202 "name=later" --data-binary "@$IMAGE" \
	-H "Prefer: wait=0"
later=$(header Location)
equal "is queued" queued "$(says state)"
scans "another" 202 "name=reload&async=yes" --data-binary "@$IMAGE"
reload=$(header Location)
scans "a third" 202 "name=third&async=yes" --data-binary "@$IMAGE"
scans "and no more" 503 "name=more&async=yes" --data-binary "@$IMAGE"
check "who says when" test -n "$(header Retry-After)"
answers "who may only read is not told" 403 "$later" \
	-H "Authorization: Bearer $READER"
kill -HUP "$SERVER_PID"
exec 9>&-
ends "$reload" "done"
equal "a reload ends none" "done fail" "$(says state) $(says verdict)"
answers "its verdict" 200 "/v1/verdicts/$(says record)"

exec 9>"$S/run/scan.0"
flock 9
scans "one whose server is killed" 202 "name=killed&async=yes" \
	--data-binary "@$IMAGE"
killed=$(header Location)
kill -KILL "$SERVER_PID"
wait "$SERVER_PID" 2>/dev/null
server "$S" --config "$T/conf" 9>&-
ends "$killed" failed
equal "has failed" "failed " "$(says state) $(says verdict)"
check "and says why" test -n "$(says why)"
answers "no image of it" 200 "/v1/images?q=killed"
equal "is there" 0 "$(says total)"
exec 9>&-
scans "the next one is judged" 200 "name=next" --data-binary "@$IMAGE"
equal "as ever" fail "$(header X-Scapcache-Verdict)"
next=$(header X-Scapcache-Image)

# --- the content goes ---

get "/v1/images/$id/findings" >"$T/status"
rm -rf "$S/index/1"
answers "findings that were looked at" 200 "/v1/images/$id/findings"
equal "are kept whole" "1 7" "$(says evidence) $(says total)"
answers "others" 200 "/v1/images/$next/findings"
equal "are those of the record" "0 7 7" "$(says evidence) $(says total) $(
	json "$T/body" "(SELECT COUNT(*) FROM json_each(j, '\$.findings')
		WHERE json_extract(value, '\$.fails'))")"
answers "what it does not have is not guessed" 404 \
	"/v1/images/$next/findings?state=exploited"
stop_server
equal "ends well" 0 "$status"
equal "nothing is left" "" "$(ls "$S/incoming")"
done_testing
