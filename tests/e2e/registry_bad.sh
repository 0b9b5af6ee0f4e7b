#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Registries that misbehave on purpose (bad_upstream.c): each scan ends as that
# of the archive, with the reason why its verdict is unknown, or as an error;
# and nobody is shown a login whom it does not concern.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/registry_lib.sh
. "$ROOT/tests/e2e/registry_lib.sh"
need skopeo
need_built servers/bad_upstream

# The sample's image as a registry has it: its files are the answers.
tree=$T/tree
app=$tree/v2/team/app
mkdir -p "$app/manifests" "$app/blobs"
skopeo --insecure-policy copy -q "docker-archive:$SAMPLE/image.tar" \
	"oci:$T/layout:1" >"$T/skopeo" 2>&1 || diag <"$T/skopeo"
for blob in "$T"/layout/blobs/sha256/*; do
	cp "$blob" "$app/blobs/sha256:${blob##*/}"
done
digest=$(json "$T/layout/index.json" \
	"json_extract(j, '\$.manifests[0].digest')")
cp "$app/blobs/$digest" "$app/manifests/$digest"
cp "$app/blobs/$digest" "$app/manifests/1"
manifest=$app/manifests/1
config=$(json "$manifest" "json_extract(j, '\$.config.digest')")
layer=$(json "$manifest" "json_extract(j, '\$.layers[0].digest')")
size=$(json "$manifest" "json_extract(j, '\$.layers[0].size')")
printf '{"token": "t1", "expires_in": 60}' >"$T/t1"
printf '{"access_token": "t2"}' >"$T/t2"

bad_upstream other "$tree"
other=127.0.0.1:$port
bad_upstream bad "$tree"
host=127.0.0.1:$port
target=docker://$host/team/app:1

export SCAPCACHE_REGISTRY_PLAIN_HTTP=127.0.0.1
export SCAPCACHE_REGISTRY_RETRY_DELAY_MS=5
export SCAPCACHE_REGISTRY_LOW_SPEED_S=20

# rules [LINE…]: what the registry does from now on.
rules() {
	: >"$T/bad.log"
	: >"$T/other.log"
	bad_rules bad "$@"
}

# What was read before is forgotten: all is asked for.
scan() {
	rm -f "$S"/results.sqlite*
	run scapcache --state "$S" scan --format json "${1-$target}"
}

# What a report says of an image, but for what it is called.
# good NAME: the scan says what it says of the archive.
good() {
	scan
	[ "$status" -eq 2 ] || say_run
	report >"$T/got"
	same "$1" "$T/want" "$T/got"
}

# says NAME LINE: the registry was asked so, once at least.
says() {
	check "$1" grep -qxF -e "$2" "$T/bad.log"
}

# never NAME TEXT FILE: it does not stand there.
never() {
	equal "$1" 0 "$(grep -cF -e "$2" "$3")"
}

archive_report
good "a registry of files"
rules
run scapcache --state "$S" scan "$target"
expect "the same again" 2
never "its layers are known" "$layer" "$T/bad.log"

# --- who asks ---

rules '/token * file '"$T/t1" '* * bearer t1'
good "a token for nobody in particular"
says "it is asked for with its scope" \
	"QUERY /token service=bad%20one&scope=repository:team/app:pull"
never "and without a login" "AUTH /token" "$T/bad.log"

rules '/token * file '"$T/t2" '* * bearer t1'
scan
expect "a token that is not enough" 1 "there is no team/app at $host" \
	"it wants a login"
check "is not asked for again and again" \
	test "$(grep -c '^GET ' "$T/bad.log")" -le 4

login=$(printf 'me:a-secret' | base64)
printf '{"auths": {"%s": {"auth": "%s"}}}\n' "$host" "$login" \
	>"$T/login.json"
export REGISTRY_AUTH_FILE="$T/login.json"
rules "/token * basic $login file $T/t1" '* * bearer t1'
good "a token for somebody"
says "who logs in" "AUTH /token Basic $login"
equal "at the token service alone" 1 "$(grep -c "Basic" "$T/bad.log")"
run scapcache --log-level debug --state "$S" scan "$target"
check "what is asked is told" grep -q "fetch: token named: status=200" \
	"$T/err"
cat "$T/out" "$T/err" >"$T/all"
never "no secret is told" "a-secret" "$T/all"
never "nor its other form" "$login" "$T/all"
never "nor the token" "t1" "$T/all"

rules "* * basic $login"
good "user and password"
rules '* * basic other'
scan
expect "a wrong password" 1 "$host does not take the login of $T/login.json"
rules '/token * basic other' '* * bearer t1'
scan
expect "a wrong password for a token" 1 \
	"$host does not take the login of $T/login.json"
rules '/token * status 403' '* * bearer t1'
scan
expect "no right to a token" 1 "does not take the login"
rules '/token * file '"$manifest" '* * bearer t1'
scan
expect "a token service that gives none" 1 \
	"the token service's answer: holds no token"
rules "* * bearer t1 realm http://localhost:${other#*:}/token"
scan
expect "a token service without TLS elsewhere" 1 \
	"http:// is not used for localhost"
never "does not see the login" "AUTH" "$T/other.log"

printf '{"auths": {"%s": {"identitytoken": "an-id&"}}}\n' "$host" \
	>"$T/id.json"
REGISTRY_AUTH_FILE=$T/id.json
rules '/token * file '"$T/t2" '* * bearer t2'
good "an identity token"
says "goes in a form" "FORM /token grant_type=refresh_token\
&client_id=scapcache&service=bad%20one&scope=repository:team/app:pull\
&refresh_token=an-id%26"

printf '{"auths": {"%s": {}}, "credsStore": "desktop"}\n' "$host" \
	>"$T/helper.json"
REGISTRY_AUTH_FILE=$T/helper.json
rules '* * bearer t1'
scan
expect "a helper is not run" 1 "docker-credential-desktop" "skopeo login $host"
printf '{\n"auths": {\n"%s": }}\n' "$host" >"$T/broken.json"
REGISTRY_AUTH_FILE=$T/broken.json
scan
expect "a file that is wrong is named" 1 "$T/broken.json: line 3"
rules
good "and does not matter where no login is wanted"
REGISTRY_AUTH_FILE=$T/login.json

# --- other hosts ---

rules "$layer * basic $login redirect http://$other/v2/team/app/blobs/$layer" \
	"* * basic $login"
good "a layer that lies elsewhere"
check "is fetched there" grep -q "$layer 200" "$T/other.log"
never "without the login" "AUTH" "$T/other.log"
rules "$layer * redirect http://localhost:${other#*:}/$layer"
scan
expect "a layer elsewhere, without TLS" 3 \
	"redirected: http:// is not used for localhost:"
rules "$layer * redirect /v2/team/app/blobs/$layer"
scan
expect "a layer that leads to itself" 3 "more than 5 redirects"

rules
SCAPCACHE_REGISTRY_PROXY=http://$other good "a registry behind a proxy"
check "is asked through it" grep -q "^PROXY http://$host/v2/team/app/" \
	"$T/other.log"
equal "and not itself" 0 "$(grep -c GET "$T/bad.log")"

# --- what breaks ---

rules "$layer 1 cut 500"
good "a layer that breaks off"
says "is gone on with" "GET /v2/team/app/blobs/$layer 206 500 $((size - 500))"
rules "$layer 1 reset 500"
good "a layer whose connection is reset"
rules "$layer 1 cut 500" "$layer * norange"
good "a registry that cannot go on"
rules "$layer 1 cut 500" "$layer * wrongrange"
scan
expect "a registry that goes on elsewhere" 3 \
	"goes on with other bytes than were asked for"
rules "/token 1 file $T/t1" "/token * file $T/t2" \
	'/1 * bearer t1' "$config * bearer t1" "$layer 1 cut 500 bearer t1" \
	'* * bearer t2'
good "a token that runs out in the middle"
says "of which the rest is fetched" \
	"GET /v2/team/app/blobs/$layer 206 500 $((size - 500))"
rules "$layer * cut 500 norange"
scan
expect "a layer that never comes whole" 3 "ended after 500 of $size bytes" \
	'"verdict": "unknown"'
rules "/1 1 cut 100"
good "a manifest that breaks off"
rules "$layer 2 status 503" "$config 1 status 429 retry-after 1"
good "a registry that is busy"
rules "* * status 429 retry-after 100000"
scan
expect "a registry that is busy for long" 1 \
	"the host answered 429: to be asked again in 100000 seconds"
equal "is asked once" 1 "$(grep -c '^GET ' "$T/bad.log")"
rules "* * status 500"
scan
expect "a registry in trouble" 1 "the host answered 500"
rules "* * status 403"
scan
expect "a registry that refuses" 1 "the host answered 403"
rules "$layer * status 404"
scan
expect "a layer that is not there" 3 "the registry does not have it"
export SCAPCACHE_REGISTRY_LOW_SPEED_S=1 SCAPCACHE_REGISTRY_RETRIES=0
rules "* * hang"
scan
expect "a registry that does not answer" 1 "no answer, or too slow"
rules "$layer * slow 100"
scan
expect "a registry that is too slow" 3 "ended after"
export SCAPCACHE_REGISTRY_LOW_SPEED_S=20 SCAPCACHE_REGISTRY_RETRIES=3

# --- what is not what it says ---

rules "$layer * flip"
scan
expect "a layer of other bytes" 3 '"verdict": "unknown"' "layer 1 of 2"
rules "$config * flip"
scan
expect "a configuration of other bytes" 2 "the configuration cannot be read"
rules "/1 * flip digest $digest"
scan
expect "a manifest of other bytes" 1 \
	"the manifest's bytes do not have the digest that the registry says"
rules "$digest * flip"
scan "docker://$host/team/app@$digest"
expect "a manifest of another digest" 1 \
	"the manifest's bytes do not have the digest that it was asked for by"
rules "/1 * endless"
scan
expect "a manifest without an end" 1 "larger than 4194304 bytes"
rules "/1 * endless 5000000"
scan
expect "a manifest that is too large" 1 "larger than 4194304 bytes"
rules "$layer * endless"
scan
expect "a layer without an end" 3 "larger than $size bytes"
sed "s/\"size\":$size/\"size\":$((size - 1))/" "$manifest" >"$T/short"
rules "/1 * file $T/short"
scan
expect "a layer that is larger than it says" 3 "larger than $((size - 1)) bytes"
sed "s/\"size\":$size/\"size\":$((size + 1))/" "$manifest" >"$T/long"
rules "/1 * file $T/long"
scan
expect "a layer that is smaller than it says" 2 \
	"has $size bytes, the manifest says $((size + 1))"
echo '<html>Log in</html>' >"$T/page"
rules "/1 * file $T/page"
scan
expect "a page instead of a manifest" 1 "team/app:1: manifest: "
equal "has no report" "" "$(cat "$T/out")"
done_testing
