#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Images in real registries, Debian's docker-registry filled by skopeo: what a
# scan of docker:// says is what it says of the same image in an archive.
. "$(dirname "$0")/lib.sh"
need docker-registry skopeo openssl htpasswd

# registry NAME [LINES]: starts one on loopback, with more in its http:, sets
# $HOST. The first answer of any kind says that it listens.
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
		pids="$pids $_pid"
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

listens() {
	bash -c ": </dev/tcp/${1%:*}/${1#*:}" 2>/dev/null
}

copy() {
	skopeo --insecure-policy copy -q --dest-tls-verify=false "$@" \
		>"$T/skopeo" 2>&1 || diag <"$T/skopeo"
}

# What the last report says of an image, but for what it is called.
report() {
	json "$T/out" "json_remove(j, '\$.image.target',
		'\$.image.transport', '\$.image.digest')"
}

# What was read before is forgotten: all is asked for.
same_scan() {
	rm -f "$S"/results.sqlite*
	run scapcache --state "$S" scan --format json "$2"
	equal "$1: its verdict" 2 "$status"
	report >"$T/got"
	same "$1" "$T/want" "$T/got"
}

run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0
run scapcache --state "$S" scan --format json \
	"docker-archive:$SAMPLE/image.tar"
equal "the archive's verdict" 2 "$status"
report >"$T/want"

registry open
OPEN=$HOST
copy "docker-archive:$SAMPLE/image.tar" "docker://$OPEN/team/app:1"
export SCAPCACHE_REGISTRY_PLAIN_HTTP="$OPEN"
same_scan "by tag" "docker://$OPEN/team/app:1"
digest=$(json "$T/out" "json_extract(j, '\$.image.digest')")
same_scan "by digest" "docker://$OPEN/team/app@$digest"
run scapcache --state "$S" scan "docker://$OPEN/team/app:2"
expect "no such tag" 1 "$OPEN/team/app:2" "the registry has no such image"
run scapcache --state "$S" scan "docker://$OPEN/team/none:1"
expect "no such name" 1 "the registry has no such image"
run scapcache --state "$S" scan "docker://127.0.0.1:1/team/app:1"
expect "nobody there" 1 "no connection: Connection refused"
SCAPCACHE_REGISTRY_PLAIN_HTTP='' run scapcache --state "$S" scan \
	"docker://$OPEN/team/app:1"
expect "plain HTTP is not used unasked" 1 "plain_http"
done_testing
