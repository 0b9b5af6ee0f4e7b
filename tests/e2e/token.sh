#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Who may ask: tokens that are wrong, expired, revoked or too small; nobody in
# particular; certificates. A running server follows within seconds.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/serve_lib.sh
. "$ROOT/tests/e2e/serve_lib.sh"

need curl openssl
token() {
	run scapcache --state "$S" token "$@"
}
bearer() {
	printf 'Authorization: Bearer %s' "$1"
}

# --- the verb ---

token list
expect "no state" 1
token add ci
expect "none is made for it" 1
check "not even the folder" test ! -e "$S"
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "a state" 0
token list
expect "no tokens yet" 0 "There are no tokens"
token add ci
expect "one that reads" 0 "shown this once"
cp "$T/out" "$T/ci"
ci=$(cat "$T/ci")
check "it is all of standard output" grep -qxE 'scapcache_[0-9a-f]{64}' "$T/ci"
equal "on one line" 1 "$(wc -l <"$T/ci")"
token add ci
expect "a name is there once" 1 "there is a token ci already"
token add admin --scope admin --days 0
expect "one for all" 0 "admin, for good"
admin=$(cat "$T/out")
SOURCE_DATE_EPOCH=1700000000 token add late --scope read --days 30
expect "one of long ago" 0 "until 2023-12-14T22:13:20Z"
late=$(cat "$T/out")
token add "runner 7" --certificate --scope read,admin
expect "one for a certificate" 0 "runner 7: read,admin, until"
equal "has no secret" "" "$(cat "$T/out")"
token list
expect "the list" 0 "late  EXPIRED" "runner 7  (certificate)" "never expires"
cp -R "$S" "$T/copy"
equal "no token is kept anywhere" 0 \
	"$(cat "$T/out" "$S"/catalog.sqlite* | grep -ac "${ci#scapcache_}")"
equal "nor a hash of it alone" "" "$(sqlite3 "$S/catalog.sqlite" \
	"SELECT name FROM token WHERE lower(hex(hash)) =
	'$(printf '%s' "$ci" | sha256sum | cut -d' ' -f1)'")"
equal "each hash has a salt of its own" 3 "$(sqlite3 "$S/catalog.sqlite" \
	"SELECT count(DISTINCT salt) FROM token WHERE length(salt) = 16")"
for bad in "--scope write" "--scope ,read" "--days many" "--days 40000"; do
	# shellcheck disable=SC2086
	token add bad $bad
	expect "no $bad" 1 "${bad%% *} is"
done
token add " blank"
expect "no blank before a name" 1 "a name has"
token add
expect "no name" 1 "scapcache token --help"
"$SCAPCACHE" --state "$S" token add full >/dev/full 2>"$T/err"
equal "what cannot be shown" 1 $?
token list
equal "is not made" 0 "$(grep -c full "$T/out")"
token revoke nobody
expect "nobody's is not revoked" 1 "there is no token nobody"
equal "the audit log has each" "ci made,admin made,late made,runner 7 made" \
	"$(sqlite3 "$S/catalog.sqlite" "SELECT group_concat(
		substr(subject, 7) || ' ' || event) FROM
		(SELECT * FROM audit WHERE subject LIKE 'token %' ORDER BY id)")"

# --- anybody reads ---

server "$S"
answers "nobody in particular reads" 200 /v2/
answers "a token does" 200 /v2/ -H "$(bearer "$ci")"
answers "as a password" 200 /v2/ -u "anyone:$ci"
answers "a wrong one does not" 401 /v2/_catalog -H "$(bearer "${ci}0")"
equal "and is told why" 'Basic realm="scapcache"' "$(header WWW-Authenticate)"
answers "nor an expired one" 401 /v2/ -H "$(bearer "$late")"
answers "nor another kind" 401 /v2/ -H 'Authorization: Negotiate abcd'
answers "health is for all" 200 /healthz -H "$(bearer wrong)"
answers "a sync takes a token" 401 /v1/sync -X POST
equal "of the kind that programs have" 'Bearer realm="scapcache"' \
	"$(header WWW-Authenticate)"
equal "a problem" application/problem+json "$(header Content-Type)"
answers "one that may" 403 /v1/sync -X POST -H "$(bearer "$ci")"
equal "and says which" \
	'Bearer realm="scapcache", error="insufficient_scope", scope="sync"' \
	"$(header WWW-Authenticate)"
# No daemon runs: who may ask is told that.
answers "this one" 503 /v1/sync -X POST -H "$(bearer "$admin")"
equal "no token is in the log" 0 "$(grep -c scapcache_ "$T/serve.log")"

# --- while it runs ---

token add new --scope admin
expect "a new one" 0
new=$(cat "$T/out")
soon "is known within seconds" 503 /v1/sync -X POST -H "$(bearer "$new")"
# sign_in TOKEN TO: where a browser is sent.
sign_in() {
	curl -s -o "$T/body" -w '%{redirect_url}' -F "token=$1" \
		--form-string "to=$2" "$URL/sign-in"
}
equal "who signs in goes back to a page" "$URL/images" \
	"$(sign_in "$admin" /images)"
equal "and to no other host" "$URL/ $URL/" \
	"$(sign_in "$admin" //h/) $(sign_in "$admin" "/$(printf '\t')/h/")"
token revoke new
expect "revoked" 0 "within seconds"
soon "it is refused within seconds" 401 /v1/sync -X POST -H "$(bearer "$new")"
answers "the others are not" 503 /v1/sync -X POST -H "$(bearer "$admin")"
# As a sync has it.
exec 9>>"$S/run/lock"
flock 9
token add spare
expect "a sync that runs holds up no token" 0 "shown this once"
token revoke spare
expect "nor its end" 0 "within seconds"
exec 9>&-
token add new --scope admin
again=$(cat "$T/out")
soon "the name may be used again" 503 /v1/sync -X POST -H "$(bearer "$again")"
answers "the old token may not" 401 /v1/sync -X POST -H "$(bearer "$new")"

# --- nobody reads, until it is reloaded ---

printf '[serve]\nanonymous = no\n' >"$T/conf"
stop_server
server "$S" --config "$T/conf"
answers "nobody in particular reads" 401 /v2/
answers "a token does" 200 /v2/ -H "$(bearer "$ci")"
answers "health is for all" 200 /healthz
# Clients of NVD's API have no other header for it.
nvd='/rest/json/cves/2.0?resultsPerPage=1'
answers "a token as NVD's key" 200 "$nvd" -H "apiKey: $ci"
answers "a wrong one" 401 "$nvd" -H "apiKey: ${ci}0"
answers "a key of NVD's own is none" 401 "$nvd" \
	-H 'apiKey: 01234567-89ab-cdef-0123-456789abcdef'
answers "nor is it one elsewhere" 401 /v2/ -H "apiKey: $ci"
printf '[serve]\nanonymous = yes\n' >"$T/conf"
kill -HUP "$SERVER_PID"
soon "all do after a reload" 200 /v2/
answers "with a key of NVD's, too" 200 "$nvd" \
	-H 'apiKey: 01234567-89ab-cdef-0123-456789abcdef'

# --- a proxy ends TLS before it ---

cookie() {
	curl -s -o "$T/body" -D "$T/head" -F "token=$admin" "$URL/sign-in"
	header Set-Cookie | sed "s/$admin/TOKEN/"
}
equal "a browser keeps a token" \
	"scapcache=TOKEN; Path=/; HttpOnly; SameSite=Strict" "$(cookie)"
printf '[serve]\nbehind_tls = yes\n' >"$T/conf"
kill -HUP "$SERVER_PID"
_n=0
while cookie | grep -qv Secure && [ $_n -lt 100 ]; do
	_n=$((_n + 1))
	sleep 0.1
done
equal "behind TLS for TLS alone" \
	"__Host-scapcache=TOKEN; Path=/; HttpOnly; SameSite=Strict; Secure" \
	"$(cookie)"
answers "it is taken" 503 /v1/sync -X POST -H "Cookie: __Host-scapcache=$admin"
answers "one that was sent without TLS is not" 401 /v1/sync -X POST \
	-H "Cookie: scapcache=$admin"
answers "nor a form of a page without TLS" 403 /v1/sync -X POST \
	-H "Cookie: __Host-scapcache=$admin" -H "Origin: http://$HOST"
answers "one with it is" 503 /v1/sync -X POST \
	-H "Cookie: __Host-scapcache=$admin" -H "Origin: https://$HOST"
stop_server

# --- certificates ---

tls_pair "$T/house" "$T/host"
# client NAME: NAME.pem of that common name, which the house has signed.
client() {
	{
		openssl req -newkey rsa:2048 -nodes -utf8 -subj "/CN=$1" \
			-keyout "$T/$1.key" -out "$T/$1.csr" &&
			openssl x509 -req -in "$T/$1.csr" -CA "$T/${2-house}.crt" \
				-CAkey "$T/${2-house}.key" -CAcreateserial \
				-days 2 -out "$T/$1.crt" &&
			cat "$T/$1.crt" "$T/$1.key" >"$T/$1.pem"
	} >"$T/openssl" 2>&1 || diag <"$T/openssl"
}
client "runner 7"
client stranger
client ci
client "build, \"süd\" #2"
mv "$T/build, \"süd\" #2.pem" "$T/marks.pem"
mkdir "$T/runner 7"
client "runner 7/CN=ci"
mv "$T/runner 7/CN=ci.pem" "$T/two.pem"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=other \
	-keyout "$T/other.key" -out "$T/other.crt" >"$T/openssl" 2>&1
mkdir "$T/false"
cp "$T/runner 7.pem" "$T/true.pem"
client "runner 7" other
mv "$T/runner 7.pem" "$T/false.pem"
printf '[serve]\nanonymous = no\ntls_cert = %s\ntls_key = %s\nclient_ca = %s\n' \
	"$T/host.crt" "$T/host.key" "$T/house.crt" >"$T/conf"
server "$S" --config "$T/conf"
URL=https://$HOST
ca() {
	answers "$@" --cacert "$T/house.crt"
}
ca "no certificate" 401 /v2/
ca "a token does over TLS" 200 /v2/ -H "$(bearer "$ci")"
ca "a certificate" 200 /v2/ --cert "$T/true.pem"
ca "has its scopes" 503 /v1/sync -X POST --cert "$T/true.pem"
token add 'build, "süd" #2' --certificate --scope read
soon "a name with marks that need quotes elsewhere" 200 /v2/ \
	--cacert "$T/house.crt" --cert "$T/marks.pem"
ca "one that has two names" 401 /v2/ --cert "$T/two.pem"
ca "one that no entry names" 401 /v2/ --cert "$T/stranger.pem"
ca "one with the name of a token" 401 /v2/ --cert "$T/ci.pem"
ca "a wrong token comes before a certificate" 401 /v2/ --cert "$T/true.pem" \
	-H "$(bearer wrong)"
# Some libraries end the handshake, others answer as if there were none.
code=$(get /v2/ --cacert "$T/house.crt" --cert "$T/false.pem")
check "one of another house ($code)" test "$code" = 401 -o "$code" = 000
token revoke "runner 7"
soon "revoked" 401 /v2/ --cacert "$T/house.crt" --cert "$T/true.pem"
stop_server
done_testing
