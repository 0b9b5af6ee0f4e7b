#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The server as a mirror for clients that nobody here wrote: curl, wget, oscap,
# tuf-js. What they get is the upstream's, and belongs together.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/e2e/bundle_lib.sh
. "$ROOT/tests/e2e/bundle_lib.sh"
# shellcheck source=tests/e2e/serve_lib.sh
. "$ROOT/tests/e2e/serve_lib.sh"
# shellcheck source=tests/e2e/datastream_lib.sh
. "$ROOT/tests/e2e/datastream_lib.sh"

need curl wget oscap sqlite3
need_npm
upstreams
A=$T/A
NVD=nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024

# feed TREE SCORE: its NVD feed says so of something, and its .meta fits.
feed() {
	gzip -dc "$1/$NVD.json.gz" | sed "s/\"version\":\"2.0\"/&,\"x\":$2/
		s/\"version\": \"2.0\"/&, \"x\": $2/" >"$T/feed.json"
	gzip -9nc "$T/feed.json" >"$T/feed.gz"
	rm -f "$1/$NVD.meta"
	printf '%s:%s\r\n' lastModifiedDate 2025-01-0"$2"T03:00:00-05:00 \
		size "$(wc -c <"$T/feed.json")" \
		zipSize "$(wc -c <"$T/feed.gz")" \
		gzSize "$(wc -c <"$T/feed.gz")" \
		sha256 "$(sha256sum <"$T/feed.json" | cut -c 1-64 |
			tr a-f A-F)" >"$1/$NVD.meta"
	mv "$T/feed.gz" "$1/$NVD.json.gz"
}

# fits NAME: the .meta that is served is that of the feed that is served.
fits() {
	get "/${NVD#*/}.json" >/dev/null
	sha256sum <"$T/body" | cut -c 1-64 | tr a-f A-F >"$T/want"
	get "/${NVD#*/}.meta" >/dev/null
	tr -d '\r' <"$T/body" | sed -n 's/^sha256://p' >"$T/got"
	same "$1" "$T/want" "$T/got"
}

# all NAME STATE: every file of what is current there, in all its places.
all() {
	sqlite3 -separator ' ' "$2/catalog.sqlite" "SELECT f.sha256, f.path
		FROM file f JOIN generation_file g ON g.file = f.id
		WHERE g.generation = (SELECT generation FROM publication
			ORDER BY id DESC LIMIT 1)" >"$T/all"
	{
		sed 's, , /mirror/,' "$T/all"
		sed 's, , /content/,' "$T/all"
		sed 's,^\([^ ]*\) .*,\1 /blobs/sha256/\1,' "$T/all"
		# These two have times of our own there.
		grep -v 'changes.csv$\|deletions.csv$' "$T/all" |
			sed 's, [^/]*, ,'
	} >"$T/places"
	mkdir -p "$T/bodies"
	sed 's/^[^ ]* //; s/%/%25/g; s/ /%20/g; s/?/%3F/g' "$T/places" |
		awk -v url="$URL" -v to="$T/bodies/" '{
			print "url = \"" url $0 "\""
			print "output = \"" to NR "\""
			print "write-out = \"%{http_code}\\n\""
		}' | curl -s -K - >"$T/statuses"
	awk -v to="$T/bodies/" '{ print $1 "  " to NR }' "$T/places" \
		>"$T/sums"
	equal "$1: all are there" "$(wc -l <"$T/places") 200" \
		"$(sort "$T/statuses" | uniq -c | awk '{ print $1, $2 }')"
	check "$1: byte for byte" sha256sum --quiet -c "$T/sums"
	check "$1: and there are some" test "$(wc -l <"$T/all")" -ge "$3"
	rm -r "$T/bodies"
}

# later N: $T/tree.N, an hour later than the one before.
later() {
	cp -R "$T/one" "$T/tree.$1"
	sed "s/2024-12-04T19:30:00/2024-12-05T0$1:00:00/" "$T/oval.xml" |
		bzip2 -9c >"$T/tree.$1/$OVAL.new"
	mv "$T/tree.$1/$OVAL.new" "$T/tree.$1/$OVAL"
	feed "$T/tree.$1" "$1"
}

feed "$T/one" 1
connected A
server "$A"
all "the sample" "$A" 7

# --- curl and wget ---

big=/${OVAL#*/}
get "$big" -I >/dev/null
etag=$(header ETag)
equal "the ETag is the digest" \
	"\"$(sha256sum <"$T/one/$OVAL" | cut -c 1-64)\"" "$etag"
answers "not again" 304 "$big" -H "If-None-Match: $etag"
head -c 1000 "$T/one/$OVAL" >"$T/broken"
check "curl goes on where it broke off" \
	curl -sf -C - -o "$T/broken" "$URL$big"
same "to the same file" "$T/one/$OVAL" "$T/broken"
answers "another file is sent whole" 200 "$big" -r 10-20 \
	-H 'If-Range: "0000"'
same "all of it" "$T/one/$OVAL" "$T/body"
mkdir "$T/wget"
check "wget -N fetches" \
	wget -q -N -P "$T/wget" "$URL/mirror/$OVAL"
run env LC_ALL=C wget -N -P "$T/wget" "$URL/mirror/$OVAL"
expect "and then no more" 0 "304 Not Modified"
run wget -q -r -l inf -np -nH -P "$T/wget" "$URL/mirror/"
check "wget -r finds all of it" \
	cmp "$T/wget/mirror/$NVD.meta" "$T/one/$NVD.meta"
bzip2 -dc "$T/one/$OVAL" >"$T/oval.xml"
answers "an unpacked form" 200 "${big%.bz2}"
same "is what is packed" "$T/oval.xml" "$T/body"
equal "under an ETag of its own" "\"${etag#?}" \
	"$(header ETag | sed 's/-unpacked//')"
fits "the .meta is the feed's"
answers "dependency-check's cache" 200 /nvd_cache/nvdcve-2024.json.gz
same "is the feed" "$T/one/$NVD.json.gz" "$T/body"
answers "of a blob that is none of ours" 404 \
	"/blobs/sha256/$(printf '%064d' 7)"

# --- oscap ---

check "a file for oscap" curl -sfo "$T/fetched.xml" "$URL${big%.bz2}"
cp -R "$ROOT/samples/rootfs/base" "$T/root"
cp -R "$ROOT/samples/rootfs/app/." "$T/root"
oscap_definitions "$T/oval.xml" "$T/root" >"$T/want"
oscap_definitions "$T/fetched.xml" "$T/root" >"$T/got"
same "oscap oval eval says of it what it says of upstream's" \
	"$T/want" "$T/got"
check "about something" test -s "$T/got"

# shown NAME META: the .meta of the feed becomes that file; the watcher looks
# twice a second.
shown() {
	_n=0
	while get "/${NVD#*/}.meta" >/dev/null && ! cmp -s "$T/body" "$2" &&
		[ $_n -lt 100 ]; do
		_n=$((_n + 1))
		sleep 0.1
	done
	same "$1" "$2" "$T/body"
}

# stream HREF: a data stream with a rule for each of the definitions there.
stream() {
	data_stream "$(uri cve.oval.xml scap_test_cref_oval)" \
		"$(component_ref scap_test_cref_oval "$1")" "$(
			n=0
			sed -n 's/.*<definition class="vulnerability" id="\([^"]*\)".*/\1/p' \
				"$T/oval.xml" | sort | while read -r id; do
				rule $((n += 1)) cve.oval.xml "$id"
			done
		)"
}

# rules: of the data stream, as "definition<TAB>result", in the root of before.
rules() {
	run env APT_CONFIG="$_r.conf" OSCAP_PROBE_ROOT="$_r" oscap xccdf eval \
		--skip-validation --fetch-remote-resources "$T/ds.xml"
	awk '/^Title/ { id = $2 }
		/^Result/ { print id "\t" $2 }' "$T/out" |
		sed 's/fail$/true/; s/pass$/false/' | sort >"$T/got"
}

stream "$URL$big" >"$T/ds.xml"
rules
check "oscap xccdf eval fetches its OVAL from here" \
	grep -qF "Downloading: $URL$big ... ok" "$T/err"
grep -v 'def:100	' "$T/want" >"$T/rules"
same "and says of each rule what the definition is" "$T/rules" "$T/got"
check "of which some are true" grep -q true "$T/got"
stream "$URL/oval/nothing.xml.bz2" >"$T/ds.xml"
rules
expect "what is not here it does not get" 1 404

# --- tuf-js, and another scapcache ---

# client NAME: a new one that trusts the first root.
client() {
	D=$T/client.$1
	mkdir -p "$T/downloads.$1"
	node "$ROOT/tests/npm/tuf_client.js" --metadata-dir "$D" \
		init "$T/A.root.json"
}

# download NAME
download() {
	node "$ROOT/tests/npm/tuf_client.js" --metadata-dir "$T/client.$1" \
		--metadata-url "$URL/tuf/metadata" \
		--target-dir "$T/downloads.$1" \
		--target-base-url "$URL/tuf/targets" \
		--target-name "ubuntu/$OVAL" \
		--target-name "nvd/$NVD.json.gz" \
		--target-name "nvd/$NVD.meta" \
		--target-name index/manifest.json download
}

# downloaded NAME TREE
downloaded() {
	for _target in "ubuntu/$OVAL" "nvd/$NVD.json.gz" "nvd/$NVD.meta"; do
		cmp "$T/downloads.$1/$(printf '%s' "$_target" |
			sed 's,/,%2F,g')" "$2/${_target#*/}" || return 1
	done
}

client one
run download one
expect "tuf-js takes delegated targets" 0
check "the upstream's" downloaded one "$T/one"
get /tuf/metadata/timestamp.json >/dev/null
equal "timestamp.json is asked for each time" no-cache \
	"$(header Cache-Control)"
answers "what has a version" 200 /tuf/metadata/1.snapshot.json
equal "stays" "public, max-age=31536000, immutable" "$(header Cache-Control)"
answers "as what has a digest" 200 \
	"/tuf/targets/ubuntu/$(sha256sum <"$T/one/$OVAL" |
		cut -c 1-64).${OVAL##*/}"

(
	n=0
	while [ ! -e "$T/enough" ] || [ $n -lt 2 ]; do
		n=$((n + 1))
		rm -rf "$T/client.many" "$T/downloads.many"
		client many
		download many 2>&1 || echo "a client failed"
		echo finished
	done >"$T/many"
) &
many=$!
begun $many
for n in 2 3 4 5 6; do
	later $n
	run side A sync --from "$T/tree.$n"
	[ $status -eq 0 ] || say_run
	sleep 0.3
done
: >"$T/enough"
wait $many
check "tuf-js, while five generations are published" \
	test "$(grep -c finished "$T/many")" -ge 2
equal "never fails" "" "$(grep -v finished "$T/many")"
shown "the last of them is shown" "$T/tree.6/$NVD.meta"
equal "the fifth" 6 "$(sqlite3 "$A/catalog.sqlite" \
	"SELECT max(number) FROM generation")"
fits "with its feed"
answers "who began with the one before finds its targets" 200 \
	"/tuf/targets/ubuntu/$(sha256sum <"$T/tree.5/$OVAL" |
		cut -c 1-64).${OVAL##*/}"
all "generation 6" "$A" 7

run scapcache --state "$T/B" --quiet sync --from "$URL/mirror/"
expect "another scapcache fetches from it" 0
run side B index verify
cp "$T/out" "$T/want"
run scapcache --state "$T/C" --quiet sync --from "tuf+$URL/tuf" \
	--root "$T/A.root.json"
expect "or takes over what is signed" 0
run side C index verify
same "and has the same index" "$T/want" "$T/out"

# --- a rollback ---

run side A index rollback 1
expect "a rollback" 0
shown "is shown, with the .meta of then" "$T/one/$NVD.meta"
fits "and its feed"
all "generation 1" "$A" 7
client again
run download again
expect "and signed" 0
check "as it is shown" downloaded again "$T/one"
stop_server
equal "ends well" 0 "$status"
check "nothing went wrong" sh -c "! grep -E 'error:|warn:' '$T/serve.log'"

# --- the corpus ---

if [ -d "$CORPUS/upstream" ]; then
	# Every source, not only those of the sample.
	unset SCAPCACHE_SOURCE_NVD_FIRST_YEAR \
		SCAPCACHE_SOURCE_UBUNTU_OVAL_RELEASES
	side D sync --from "$CORPUS/upstream" >"$T/log" 2>&1
	server "$T/D"
	all "the corpus" "$T/D" 50
	vex=security.access.redhat.com/data/csaf/v2/vex
	get "/${vex#*/}/changes.csv" >/dev/null
	cut -d , -f 1 "$CORPUS/upstream/$vex/changes.csv" | sort >"$T/want"
	cut -d , -f 1 "$T/body" | sort >"$T/got"
	same "changes.csv has its rows" "$T/want" "$T/got"
	check "none of them older than we are" test "$(sed -n '$s/.*,"//p' \
		"$T/body")" \> "$(date -u -d '1 hour ago' +%FT%T)"
	# Who follows changes.csv gives up where a document is not there.
	for name in vex/2023/cve-2023-6240 advisories/2023/rhsa-2023_7464; do
		tree=${name%%/*}
		tar --zstd -xOf "$CORPUS/upstream/${vex%vex}$tree/"*.tar.zst \
			"${name#*/}.json" >"$T/want"
		answers "$name of the archive" 200 "/data/csaf/v2/$name.json"
		same "as it is in there" "$T/want" "$T/body"
		equal "its ETag is its digest" \
			"\"$(sha256sum <"$T/want" | cut -c 1-64)\"" \
			"$(header ETag)"
	done
	answers "one of another year" 404 \
		/data/csaf/v2/vex/2024/cve-2023-6240.json
	answers "one that is nowhere" 404 \
		/data/csaf/v2/vex/2023/cve-2023-1.json
	answers "a file of its own comes first" 200 \
		/data/csaf/v2/vex/2023/cve-2023-6212.json
	same "and is that file" \
		"$CORPUS/upstream/$vex/2023/cve-2023-6212.json" "$T/body"
	stop_server
else
	skip "no corpus"
fi
done_testing
