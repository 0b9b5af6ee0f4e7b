#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tuf-js, a TUF client that nobody here wrote (tests/npm), takes what we publish,
# from a web server and from a bundle, and refuses it when somebody changed it on
# the way.
. "$(dirname "$0")/lib.sh"
need_npm
need nginx faketime sqlite3

tree=$T/upstream
www=$T/www
feed=security-metadata.canonical.com/oval/com.ubuntu.noble.cve.oval.xml.bz2
target=ubuntu/$feed
mkdir -p "$tree" "$T/offline" "$www"
cp -pR "$SAMPLE/upstream/." "$tree"

# go NAME ARGUMENT…: scapcache does something without which all ends.
go() {
	_go=$1
	shift
	run scapcache --state "$S" --quiet "$@"
	[ $status -eq 0 ] && return
	say_run
	echo "Bail out! $_go"
	exit 1
}

# newest FOLDER ROLE: the file of its last version.
newest() {
	find "$1" -name "[0-9]*.$2.json" | sort -V | tail -n 1
}

# lay NAME: the repository of now as /tuf/metadata and /tuf/targets of a server.
lay() {
	mkdir -p "$www/$1/targets"
	cp -R "$S/tuf/metadata" "$www/$1/metadata"
	for _role in $(find "$S/tuf/metadata" -name '*.*.json' |
		sed 's,.*/[0-9]*\.\(.*\)\.json$,\1,' | sort -u); do
		sqlite3 -batch -separator ' ' :memory: "
			SELECT t.key, json_extract(t.value, '\$.hashes.sha256')
			FROM json_each(CAST(readfile('$(
			newest "$S/tuf/metadata" "$_role"
		)') AS TEXT), '\$.signed.targets') AS t"
	done | while read -r _path _hex; do
		mkdir -p "$www/$1/targets/${_path%/*}"
		cp "$S/store/blobs/sha256/$_hex" \
			"$www/$1/targets/${_path%/*}/$_hex.${_path##*/}"
	done
}

# like NAME FROM: a moment to be made worse; its files are in $M.
like() {
	cp -R "$www/$2" "$www/$1"
	M=$www/$1
	chmod -R u+w "$M"
}

# change FILE JAVASCRIPT: in $M; o is what the file says.
change() {
	node -e '
		const fs = require("fs");
		const [file, code] = process.argv.slice(1);
		const o = JSON.parse(fs.readFileSync(file));
		eval(code);
		fs.writeFileSync(file, JSON.stringify(o));
	' "$M/metadata/$1" "$2"
}

# client NAME: a new one that trusts the first root.
client() {
	D=$T/client.$1
	X=$T/downloads.$1
	mkdir -p "$X"
	run node "$ROOT/tests/npm/tuf_client.js" --metadata-dir "$D" \
		init "$T/root.json"
}

# download MOMENT TARGET…
download() {
	_moment=$1
	shift
	for _target in "$@"; do
		set -- "$@" --target-name "$_target"
		shift
	done
	run $fake node "$ROOT/tests/npm/tuf_client.js" --metadata-dir "$D" \
		--metadata-url "$URL/$_moment/metadata" --target-dir "$X" \
		--target-base-url "$URL/$_moment/targets" "$@" download
}
fake=

# is NAME TARGET FILE: what was downloaded is that file.
is() {
	check "$1" cmp "$X/$(printf '%s' "$2" | sed 's,/,%2F,g')" "$3"
}

# refused NAME TEXT: a client that took moment one does not take $M.
refused() {
	D=$T/client.${M##*/}
	X=$T/downloads.${M##*/}
	mkdir "$X"
	cp -R "$T/client.one" "$D"
	download "${M##*/}" $target
	expect "$1" 1 "$2"
	check "and nothing is downloaded" test -z "$(ls "$X")"
}

# --- four moments of a repository ---

go "a sync" sync --from "$tree"
go "keys" key init --offline-dir "$T/offline"
go "the root" key export-root "$T/root.json"
lay one
go "a bundle" bundle export "$T/one.tar"
bzip2 -dc "$tree/$feed" >"$T/oval.xml"
echo '<!-- changed -->' >>"$T/oval.xml"
bzip2 -9c "$T/oval.xml" >"$tree/$feed"
go "a sync of something new" sync --from "$tree"
lay two
go "a new root" key rotate root --offline-dir "$T/offline"
go "a new timestamp key" key rotate timestamp --offline-dir "$T/offline"
lay three
go "another bundle" bundle export "$T/three.tar"
go "a new key of a role" key rotate ubuntu --offline-dir "$T/offline"
lay four
for moment in one three; do
	mkdir "$www/$moment.tar"
	tar -xf "$T/$moment.tar" -C "$www/$moment.tar"
done
serve "$www"

# --- what it takes ---

for moment in one one.tar; do
	client $moment
	download $moment $target
	expect "$moment: a feed" 0
	is "$moment: is the upstream's" $target "$SAMPLE/upstream/$feed"
	download $moment index/manifest.json
	expect "$moment: the manifest of the generation" 0
done
client moving
for moment in one two three four; do
	download $moment $target
	expect "from one to the next: $moment" 0
done
is "and what moved has moved" $target "$tree/$feed"
for moment in three three.tar; do
	client $moment.at-once
	download $moment $target
	expect "$moment: from the first root at once" 0
	is "$moment: is the upstream's" $target "$tree/$feed"
done
client every
(cd "$www/four/targets" && find . -type f) |
	sed -n 's,^\./\(.*/\)[0-9a-f]\{64\}\.,\1,p' | sort >"$T/every"
# Paths of targets have no blanks.
# shellcheck disable=SC2046
download four $(cat "$T/every")
expect "all that is served can be had, of every role" 0
find "$X" -type f -printf '%f\n' | sed 's,%2F,/,g' | sort >"$T/got"
same "and is there" "$T/every" "$T/got"
check "a bundle holds the targets that are served" \
	diff -r "$www/three/targets" "$www/three.tar/targets"
for file in "$www/three.tar"/metadata/*; do
	cmp "$file" "$www/three/metadata/${file##*/}" ||
		not_ok "and ${file##*/} as it is served"
done

# --- what it refuses ---

client back
download two $target
download one $target
expect "what is older than before" 1 "is less than current version"

like mixed-snapshot two
cp "$(newest "$www/one" snapshot)" "$(newest "$M" snapshot)"
refused "a snapshot of another moment" "Unable to load snapshot metadata"
like mixed-role two
cp "$(newest "$www/one" ubuntu)" "$(newest "$M" ubuntu)"
refused "a role of another moment" "Unable to load targets"

like flipped two
for file in "$M/targets/${target%/*}"/*."${target##*/}"; do
	printf X | dd of="$file" bs=1 seek=100 conv=notrunc status=none
done
refused "one byte of a target" "hash"
like endless two
for file in "$M/targets/${target%/*}"/*."${target##*/}"; do
	head -c 3000000 /dev/zero >>"$file"
done
refused "a target that does not end" "Max length reached"
like endless-timestamp two
head -c 20000 /dev/zero | tr '\0' ' ' >>"$M/metadata/timestamp.json"
refused "a timestamp that does not end" "Max length reached"
like endless-role two
head -c 20000 /dev/zero | tr '\0' ' ' >>"$(newest "$M" ubuntu)"
refused "a role that does not end" "Max length reached"

like edited two
change timestamp.json 'o.signed.version++'
refused "a timestamp that somebody edited" "timestamp was signed by 0/1 keys"
like unsigned two
change timestamp.json 'o.signatures = []'
refused "a timestamp without its signature" "timestamp was signed by 0/1 keys"
like one-signature three
change 2.root.json 'o.signatures.splice(1)'
refused "a root that one of two has signed" "root was signed by 1/2 keys"

client later
fake='faketime -f +34d'
download two $target
expect "34 days later it is still good" 0
fake='faketime -f +36d'
download two $target
expect "36 days later it is not" 1 "expired"
fake=

done_testing
