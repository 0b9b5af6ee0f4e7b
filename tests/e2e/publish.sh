#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a sync publishes is signed: which roles move and which do not, rollback,
# runs that are killed, keys that are away, signatures that expire; a client of
# its own judges what came of it.
. "$(dirname "$0")/lib.sh"

tree=$T/tree
cp -R "$SAMPLE/upstream" "$tree"
usn=$tree/usn.ubuntu.com/usn-db/database-all.json.bz2
META=$S/tuf/metadata
printf '[sync]\nsources = ubuntu-oval ubuntu-usn redhat-oval nvd\n' >"$T/conf"
# 2025-06-15T15:06:40Z
day=1750000000
export SOURCE_DATE_EPOCH=$day

cache() {
	run scapcache --config "$T/conf" --state "$S" "$@"
}
sync() {
	cache sync --from "$tree"
}
# edit WORDS: other content of one document.
edit() {
	bunzip2 -c "$SAMPLE/upstream/${usn#"$tree"/}" |
		sed "s/\"summary\": \"[^\"]*\"/\"summary\": \"$1\"/" |
		bzip2 >"$usn"
}
catalog() {
	sqlite3 "$S/catalog.sqlite" "$1"
}
# "nvd 1 redhat 2 …", those of version 1 left out.
versions() {
	catalog "SELECT group_concat(name || ' ' || version, ' ') FROM
		(SELECT * FROM tuf_role WHERE version > 1 ORDER BY name)"
}
# Every file there is, to the inode.
files() {
	find "$META" -type f -printf '%f %i %s %T@\n' | sort
	catalog "SELECT * FROM tuf_role; SELECT * FROM tuf_target;
		SELECT * FROM ledger"
}
# manifest EXPRESSION: of the signed one.
manifest() {
	json "$S/store/blobs/sha256/$(catalog "SELECT sha256 FROM tuf_target
		WHERE path = 'index/manifest.json'")" "$1"
}
# What timestamp.json leads to: all files there, each with the digest named.
consistent() {
	_n=$(json "$META/timestamp.json" "json_extract(j,
		'\$.signed.meta.\"snapshot.json\".version')")
	json "$META/$_n.snapshot.json" "(SELECT group_concat(
		json_extract(value, '\$.hashes.sha256') || '  ' ||
		json_extract(value, '\$.version') || '.' || key, char(10))
		FROM json_each(j, '\$.signed.meta'))" >"$T/sums"
	json "$META/timestamp.json" "json_extract(j,
		'\$.signed.meta.\"snapshot.json\".hashes.sha256') ||
		'  $_n.snapshot.json'" >>"$T/sums"
	(cd "$META" && sha256sum -c --quiet "$T/sums") || return 1
	for _role in debian index nvd other redhat scap suse ubuntu; do
		_v=$(sed -n "s/.*  \([0-9]*\)\.$_role\.json/\1/p" "$T/sums")
		json "$META/$_v.$_role.json" "(SELECT group_concat(
			json_extract(value, '\$.hashes.sha256') || '  ' ||
			json_extract(value, '\$.hashes.sha256'), char(10))
			FROM json_each(j, '\$.signed.targets'))" |
			sed '/^$/d' >"$T/blobs"
		[ ! -s "$T/blobs" ] || (cd "$S/store/blobs/sha256" &&
			sha256sum -c --quiet "$T/blobs") || return 1
	done
}

# --- without keys ---

sync
expect "a sync without keys" 0 "Generation 1 is published"
check "signs nothing" test ! -e "$S/tuf"
cache status --json
equal "and has nothing to tell" "" "$(json "$T/out" "json_extract(j, '\$.signing')")"

# --- the first signatures ---

mkdir "$T/stick"
cache key init --offline-dir "$T/stick"
expect "keys are made" 0 "The current generation is signed"
check "all of it is there" consistent
equal "every file of the cache is a target" \
	"$(catalog "SELECT count(*) + 2 FROM resource WHERE sha256 <> ''")" \
	"$(catalog "SELECT count(*) FROM tuf_target")"
equal "under its role, host and path" \
	"nvd/nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.meta" \
	"$(catalog "SELECT path FROM tuf_target WHERE path LIKE '%.meta'")"
target='$.signed.targets."redhat/security.access.redhat.com/data/oval/v2/RHEL9/rhel-9.oval.xml.bz2".custom'
equal "which says where it is from" \
	"redhat-oval pulp-manifest application/x-bzip2 2025-06-15T15:06:40Z" \
	"$(json "$META/1.redhat.json" "json_extract(j, '$target.source') || ' '
	|| json_extract(j, '$target.proof') || ' ' ||
	json_extract(j, '$target.\"media-type\"') || ' ' ||
	json_extract(j, '$target.fetched')")"
equal "and whose it is" "CC BY 4.0; Red Hat" \
	"$(json "$META/1.redhat.json" "json_extract(j, '$target.licence')")"
notice=$S/store/blobs/sha256/$(catalog "SELECT sha256 FROM tuf_target
	WHERE path = 'index/NOTICE'")
check "NVD's notice, word for word" grep -qxF "This product uses data from \
the NVD API but is not endorsed or certified by the NVD." "$notice"
check "Ubuntu's licence" grep -qF "Attribution-ShareAlike 4.0" "$notice"
equal "the manifest: every document" \
	"$(catalog "SELECT group_concat(name || sha256) FROM
		(SELECT * FROM document ORDER BY name)")" \
	"$(manifest "(SELECT group_concat(json_extract(value, '\$.name') ||
	json_extract(value, '\$.sha256')) FROM json_each(j, '\$.documents'))")"
cache index verify --json
equal "and the families' digests" \
	"$(json "$T/out" "(SELECT group_concat(json_extract(value, '\$.family')
	|| json_extract(value, '\$.rebuilt.content'))
	FROM json_each(j, '\$.families'))")" \
	"$(manifest "(SELECT group_concat(json_extract(value, '\$.name') ||
	json_extract(value, '\$.sha256')) FROM json_each(j, '\$.families'))")"

# --- what moves ---

files >"$T/before"
sync
expect "a sync with nothing new" 0 "generation 1 stays current"
files >"$T/after"
same "writes nothing" "$T/before" "$T/after"
edit other
sync
expect "a document moves" 0 "Generation 2 is published"
equal "and the roles that list it" "index 2 snapshot 2 timestamp 2 ubuntu 2" \
	"$(versions)"
equal "the manifest is the generation's" "2 ok" "$(manifest \
	"json_extract(j, '\$.generation') || ' ' || (SELECT
	group_concat(DISTINCT json_extract(value, '\$.result'))
	FROM json_each(j, '\$.sources'))")"
check "all of it is there" consistent
cache index rollback 1
expect "a rollback" 0 "Generation 1 is current"
equal "is signed, with higher versions" \
	"index 3 snapshot 3 timestamp 3 ubuntu 3" "$(versions)"
equal "and what it had" 1 "$(manifest "json_extract(j, '\$.generation')")"
check "all of it is there" consistent
cache gc
check "gc keeps what is signed" consistent
sync
expect "forward again" 0 "Generation 3 is published"
equal "a row each in the ledger" "signed signed signed signed" \
	"$(catalog "SELECT group_concat(event, ' ') FROM ledger")"

# --- another client ---

serve "$S/tuf"
cp "$META/1.root.json" "$T/root.json"
mkdir "$T/client"
client() {
	run scapcache tuf --metadata-dir "$T/client" \
		--metadata-url "$URL/metadata" "$@"
}
client init "$T/root.json"
client refresh
expect "a client follows" 0 ""

# --- keys that are away ---

mv "$S"/keys/ubuntu-*.pem "$T/stick"
edit "without a key"
files >"$T/before"
sync
expect "a key is away: the sync does well" 0 "Generation 4 is published" \
	"not signed: role ubuntu is to be signed by 1 key, and 0 are at hand"
files >"$T/after"
same "nothing is signed by halves" "$T/before" "$T/after"
cache status
expect "which status tells" 0 \
	"warning: not signed since 2025-06-15T15:06:40Z: role ubuntu is to be"
mv "$T/stick"/ubuntu-*.pem "$S/keys"
sync
expect "the next sync makes it good" 0 "generation 4 stays current"
equal "as of now" 4 "$(manifest "json_extract(j, '\$.generation')")"
cache status --json
equal "and says no more of it" "0 signed 4" "$(json "$T/out" \
	"json_array_length(j, '\$.signing.warnings') || ' ' ||
	json_extract(j, '\$.signing.event') || ' ' ||
	json_extract(j, '\$.signing.generation')")"

# --- time ---

role() {
	json "$T/out" "(SELECT json_extract(value, '\$.expires')
		FROM json_each(j, '\$.signing.roles')
		WHERE json_extract(value, '\$.name') = '$1')"
}
equal "until when a timestamp holds" 2025-07-20T15:06:40Z "$(role timestamp)"
equal "and a role" 2025-09-13T15:06:40Z "$(role ubuntu)"
SOURCE_DATE_EPOCH=$((day + 22 * 86400))
cache status
expect "two weeks before, status warns" 0 "warning: timestamp expires at \
2025-07-20T15:06:40Z, in 13 days: scapcache sync signs it again"
files >"$T/before"
sync
cache status
check "a sync renews it" grep -q \
	"timestamp  version [0-9]* until 2025-08-11T15:06:40Z" "$T/out"
equal "and nothing else" "timestamp.json" "$(files | diff "$T/before" - |
	sed -n 's/^> \([^ ]*json\) .*/\1/p')"
client refresh
expect "a client follows" 0 ""
SOURCE_DATE_EPOCH=$((day + 60 * 86400))
cache status
expect "it has expired" 0 "warning: timestamp has expired at \
2025-08-11T15:06:40Z"
# Nothing is asked any more, but what is signed holds.
printf '[sync]\nschedule = never\n' >"$T/never.conf"
: >"$T/log"
"$SCAPCACHE" --config "$T/never.conf" --state "$S" --log-level info syncd \
	>"$T/log" 2>&1 &
daemon=$!
begun $daemon
until grep -q 'publish: generation' "$T/log"; do
	kill -0 $daemon 2>/dev/null || break
	sleep 0.05
done
kill $daemon
wait $daemon
gone $daemon
check "a daemon renews without a sync" consistent
cache status --json
equal "all that is due" "2025-11-12T15:06:40Z 2025-11-12T15:06:40Z \
2025-09-18T15:06:40Z 0" "$(role nvd) $(role snapshot) $(role timestamp) $(json \
	"$T/out" "json_array_length(j, '\$.signing.warnings')")"

# --- killed ---

begin=$(date +%s%N)
edit measured
sync
took_ms=$((($(date +%s%N) - begin) / 1000000))
i=0
bad=
while [ $i -lt 12 ]; do
	i=$((i + 1))
	edit "killed $i"
	"$SCAPCACHE" --config "$T/conf" --state "$S" sync --from "$tree" \
		>/dev/null 2>&1 &
	# The last part of the run is what is looked at here.
	sleep "$(awk "BEGIN { print $took_ms * (0.4 + $i / 18) / 1000 }")"
	kill -9 $! 2>/dev/null
	wait $! 2>/dev/null
	consistent >"$T/why" 2>&1 || { bad="$bad $i"; diag <"$T/why"; }
	sync
	[ "$status" -eq 0 ] || bad="$bad $i:$status"
	consistent >>"$T/why" 2>&1 || bad="$bad $i!"
	[ "$(manifest "json_extract(j, '\$.generation')")" = \
		"$(catalog "SELECT max(number) FROM generation")" ] ||
		bad="$bad $i?"
done
[ -z "$bad" ] || diag <"$T/why"
equal "killed 12 times, and always whole" "" "$bad"
files >"$T/before"
sync
files >"$T/after"
same "then nothing is left to do" "$T/before" "$T/after"

done_testing
