#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The ways to an upstream: names, TLS with a CA of one's own, HTTP/2, proxies
# from the configuration and the environment.
. "$(dirname "$0")/lib.sh"
need nginx openssl
need_built servers/bad_upstream

tree=$T/tree
noble=security-metadata.canonical.com/oval/com.ubuntu.noble.cve.oval.xml.bz2
mkdir "$tree"
cp -pR "$SAMPLE/upstream/." "$tree"
{
	bzip2 -dc "$SAMPLE/upstream/$noble"
	awk 'BEGIN {
		for (i = 0; i < 60000; i++)
			printf "<!-- %d -->\n", rand() * 1e9
	}'
} | bzip2 -9c >"$tree/$noble"
size=$(stat -c %s "$tree/$noble")
export SCAPCACHE_SOURCE_UBUNTU_OVAL_RELEASES=noble
export SCAPCACHE_SOURCE_UBUNTU_OVAL_FLAVOURS=cve
export SCAPCACHE_SYNC_RETRIES=0

# An authority of our own, and a certificate of it for localhost alone.
certify() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj "/CN=Test CA" -keyout ca.key -out ca.pem -days 2 &&
		openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
			-subj "/CN=localhost" -keyout web.key -out web.csr &&
		echo "subjectAltName=DNS:localhost" >web.ext &&
		openssl x509 -req -in web.csr -CA ca.pem -CAkey ca.key \
			-CAcreateserial -extfile web.ext -days 2 -out web.pem
}
check "certificates are made" certify

# serve_tls: nginx with TLS and HTTP/2; sets $tls_port.
serve_tls() {
	mkdir "$T/tls"
	for _try in 1 2 3 4 5 6 7 8 9 10; do
		tls_port=$(free_port)
		cat >"$T/tls/nginx.conf" <<END
daemon off;
master_process off;
pid $T/tls/pid;
error_log $T/tls/error.log;
events { worker_connections 64; }
http {
	log_format plain '\$server_protocol \$status \$body_bytes_sent';
	access_log $T/tls/access.log plain;
	client_body_temp_path $T/tls/body;
	proxy_temp_path $T/tls/proxy;
	fastcgi_temp_path $T/tls/fastcgi;
	uwsgi_temp_path $T/tls/uwsgi;
	scgi_temp_path $T/tls/scgi;
	server {
		listen 127.0.0.1:$tls_port ssl http2;
		ssl_certificate $T/web.pem;
		ssl_certificate_key $T/web.key;
		root $tree;
		location / {
			if (-f $T/slow) { set \$limit_rate 20k; }
		}
	}
}
END
		nginx -c "$T/tls/nginx.conf" -p "$T/tls" >"$T/tls/out" 2>&1 &
		_pid=$!
		while [ ! -s "$T/tls/pid" ] && kill -0 $_pid 2>/dev/null; do
			:
		done
		if kill -0 $_pid 2>/dev/null; then
			begun $_pid
			return
		fi
	done
	echo "Bail out! nginx does not start with TLS"
	exit 1
}
serve_tls
TLS=https://localhost:$tls_port

bad_upstream bad "$tree"

# sync URL [VARIABLE=VALUE…]: into a state of its own.
sync() {
	_url=$1
	shift
	S=$T/state.$n_tests
	: >"$T/bad.log"
	run env "$@" "$SCAPCACHE" --state "$S" sync --from "$_url" ubuntu-oval
}

sync "http://localhost:$port" A=
expect "a name of this machine" 0 "Generation 1 is published."

# --- TLS ---

sync "$TLS" A=
expect "an authority that nobody knows" 1 \
	"certificate is not one that this system trusts"
sync "$TLS" SCAPCACHE_SYNC_CA_BUNDLE="$T/ca.pem"
expect "an authority of one's own" 0 "Generation 1 is published."
check "HTTP/2 is spoken" grep -q '^HTTP/2.0 200 ' "$T/tls/access.log"
sync "https://127.0.0.1:$tls_port" SCAPCACHE_SYNC_CA_BUNDLE="$T/ca.pem"
expect "a certificate of another name" 1 \
	"certificate is not one that this system trusts"
sync "$TLS" SCAPCACHE_SYNC_CA_BUNDLE="$T/none.pem"
expect "a bundle that is not there" 1 \
	"sync.ca_bundle: $T/none.pem: No such file or directory"
echo "no certificate" >"$T/bad.pem"
sync "$TLS" SCAPCACHE_SYNC_CA_BUNDLE="$T/bad.pem"
expect "a bundle that is none" 1 \
	"$T/bad.pem cannot be read, or holds no certificate"
sync "https://localhost:$port" SCAPCACHE_SYNC_CONNECT_TIMEOUT_S=1
expect "a host without TLS" 1 "no answer, or too slow"

# Over HTTP/2 a broken transfer goes on as over HTTP/1.1.
S=$T/state.slow
export SCAPCACHE_SYNC_CA_BUNDLE="$T/ca.pem"
: >"$T/slow"
SCAPCACHE_SYNC_RUN_MAX_S=2 run scapcache --state "$S" sync \
	--from "$TLS" ubuntu-oval
expect "slow TLS" 1 "a run may take 2 seconds"
part=$(find "$S/incoming" -name '*.part' -size +1k)
check "what came is kept" test -n "$part"
had=$(stat -c %s "$part")
rm "$T/slow"
run scapcache --state "$S" sync --from "$TLS" ubuntu-oval
expect "the next run completes" 0 "Generation 1 is published."
equal "and is sent the rest" "HTTP/2.0 206 $((size - had))" \
	"$(grep ' 206 ' "$T/tls/access.log")"
unset SCAPCACHE_SYNC_CA_BUNDLE

# --- proxies ---

proxy=http://127.0.0.1:$port
asked="PROXY http://upstream.invalid/$noble"
sync http://upstream.invalid SCAPCACHE_SYNC_PROXY="$proxy"
expect "a proxy that is configured" 0 "Generation 1 is published."
check "it is asked for the upstream's name" grep -qxF "$asked" "$T/bad.log"
sync http://upstream.invalid http_proxy="$proxy"
expect "a proxy of the environment" 0 "Generation 1 is published."
check "it is asked, too" grep -qxF "$asked" "$T/bad.log"
sync "http://127.0.0.1:$port" http_proxy=http://127.0.0.1:1 \
	no_proxy=127.0.0.1
expect "a host that needs no proxy" 0 "Generation 1 is published."
check "none is asked" sh -c "! grep -q PROXY '$T/bad.log'"
sync http://upstream.invalid http_proxy=http://127.0.0.1:1
expect "a proxy that is gone" 1 "no connection: Connection refused"
sync "$TLS" SCAPCACHE_SYNC_PROXY="$proxy" SCAPCACHE_SYNC_CA_BUNDLE="$T/ca.pem"
expect "TLS through a proxy" 0 "Generation 1 is published."
check "it leads to the host" grep -qxF "CONNECT localhost:$tls_port" "$T/bad.log"
sync "$TLS" https_proxy="$proxy" SCAPCACHE_SYNC_CA_BUNDLE="$T/ca.pem"
expect "TLS through a proxy of the environment" 0 "Generation 1 is published."
sync "$TLS" https_proxy="$proxy"
expect "no proxy makes a certificate good" 1 \
	"certificate is not one that this system trusts"
bad_rules bad "* * status 407"
sync "$TLS" https_proxy="$proxy" SCAPCACHE_SYNC_CA_BUNDLE="$T/ca.pem"
expect "a proxy that refuses TLS" 1 "the proxy answered 407"
sync http://upstream.invalid http_proxy="$proxy"
expect "a proxy that refuses" 1 "the host answered 407"
done_testing
