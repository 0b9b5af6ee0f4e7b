#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Keys: made, listed, replaced, renewed; what they signed is proved by OpenSSL
# alone, and no process but the sign process opens their files.
. "$(dirname "$0")/lib.sh"
need openssl

STICK=$T/stick
META=$S/tuf/metadata
mkdir "$STICK"
key() {
	run scapcache --state "$S" key "$@"
}

# public ID FILE OUT: the public key of that id, out of root or targets, in PEM.
public() {
	{
		printf '302a300506032b6570032100'
		json "$2" "coalesce(
			json_extract(j, '\$.signed.keys.$1.keyval.public'),
			json_extract(j, '\$.signed.delegations.keys.$1.keyval.public'))"
	} | tr -d '\n' | unhex >"$3.der" &&
		openssl pkey -pubin -inform DER -in "$3.der" -out "$3"
}

unhex() {
	sed 's/../\\x&/g' | xargs -0 printf '%b'
}

# signed_by FILE ID KEYS: OpenSSL finds a signature of the key in the file over
# its canonical part; KEYS is the file that names the key.
signed_by() {
	# Our files are canonical as they stand.
	sed 's/.*"signed"://; s/}$//' "$1" | tr -d '\n' >"$T/signed"
	json "$1" "(SELECT json_extract(value, '\$.sig')
		FROM json_each(j, '\$.signatures')
		WHERE json_extract(value, '\$.keyid') = '$2')" |
		tr -d '\n' | unhex >"$T/sig"
	public "$2" "$3" "$T/public.pem" &&
		openssl pkeyutl -verify -pubin -inkey "$T/public.pem" \
			-rawin -in "$T/signed" -sigfile "$T/sig"
}

# keys_of FILE ROLE: the ids of a role, one a line.
keys_of() {
	json "$1" "(SELECT group_concat(value, char(10))
		FROM json_each(j, '\$.signed.roles.$2.keyids'))"
}
delegated() {
	json "$1" "(SELECT json_extract(value, '\$.keyids[0]')
		FROM json_each(j, '\$.signed.delegations.roles')
		WHERE json_extract(value, '\$.name') = '$2')"
}

# verified FILE KEYS ROLE: how many keys of the role sign the file.
verified() {
	_n=0
	for _id in $(keys_of "$2" "$3"); do
		signed_by "$1" "$_id" "$2" >/dev/null 2>&1 && _n=$((_n + 1))
	done
	echo $_n
}

# --- before there are keys ---

key list
expect "without a state directory" 1 "no state directory at $S"
run scapcache --state "$S" init
key list
expect "without keys" 0 "There are no keys yet: \`scapcache key init\`"
key rotate redhat
expect "there is nothing to replace" 1 "there are no keys yet"
key renew
expect "nor to renew" 1 "there are no keys here"
key export-root
expect "nor to export" 1 "there is no root yet"
key
expect "what is it to do?" 1 "scapcache key --help"
key init --offline-dir "$T/nonexistent"
expect "a stick that is not there" 1 \
	"$T/nonexistent, for the offline keys, is not there: is it mounted?"
check "and no keys are made" test ! -e "$S/keys"
key init --root-keys 0
expect "no root keys" 1 "--root-keys is a number from 1 to 16"
key init --snapshot-threshold 2
expect "several people without a stick" 1 "say --offline-dir, too"
key init --offline-dir "$STICK" --passphrase-fd 77
expect "a descriptor that is not open" 1 \
	"--passphrase-fd 77 is no open descriptor"

# --- init ---

key init --offline-dir "$STICK"
expect "init" 0 "2 of 3 root keys sign a change of keys" \
	"Offline: $STICK holds the root keys and the targets key" \
	"Next: scapcache key export-root root.json" \
	"warn: key: the keys are not encrypted"
equal "three root keys and a targets key are offline" 4 \
	"$(find "$STICK" -name '*.pem' | wc -l)"
equal "the others online" \
	"debian index nvd other redhat scap snapshot suse timestamp ubuntu " \
	"$(cd "$S/keys" && find . -name '*.pem' | sort |
		sed 's,^./\(.*\)-[0-9a-f]*.pem,\1,' | tr '\n' ' ')"
equal "nobody else may read them" "" \
	"$(find "$S/keys" "$STICK" -name '*.pem' ! -perm 600)"
equal "nor see what there is" 700 "$(stat -c %a "$S/keys")"
equal "the root: three keys sign it" 3 \
	"$(verified "$META/1.root.json" "$META/1.root.json" root)"
equal "the targets file: one" 1 \
	"$(verified "$META/1.targets.json" "$META/1.root.json" targets)"
equal "two of them must" 2 \
	"$(json "$META/1.root.json" "json_extract(j, '\$.signed.roles.root.threshold')")"
equal "a role's paths, one a depth" "redhat/*,redhat/*/*" \
	"$(json "$META/1.targets.json" "(SELECT
		json_extract(value, '\$.paths[0]') || ',' ||
		json_extract(value, '\$.paths[1]')
		FROM json_each(j, '\$.signed.delegations.roles')
		WHERE json_extract(value, '\$.name') = 'redhat'
		AND json_extract(value, '\$.terminating'))")"
sed 's/.*"signed":{"_type":"root","consistent_snapshot":true,"expires":.*/yes/' \
	"$META/1.root.json" >"$T/shape"
equal "consistent snapshots" yes "$(cat "$T/shape")"

key init --offline-dir "$STICK"
expect "a second time" 1 "there are keys already" "key rotate"
for pem in "$STICK"/root-*.pem; do
	check "OpenSSL reads $(basename "$pem" | cut -c1-4)" \
		openssl pkey -in "$pem" -noout
done
openssl pkey -in "$pem" -pubout -outform DER | tail -c 32 | od -An -tx1 |
	tr -d ' \n' >"$T/public"
equal "its name is its id" \
	"$(basename "$pem" .pem | sed 's/root-//')" \
	"$(printf '{"keytype":"ed25519","keyval":{"public":"%s"},"scheme":"ed25519"}' \
		"$(cat "$T/public")" | sha256sum | cut -c1-16)"

key export-root
same "the root, byte for byte" "$META/1.root.json" "$T/out"
key export-root "$T/root.json"
expect "into a file" 0 "Version 1 of root.json is in $T/root.json."
same "the same" "$META/1.root.json" "$T/root.json"

# --- list ---

key list
expect "list" 0 "root       2 of 3  version 1  expires" "not at hand" \
	"redhat     1 of 1  not signed yet" "$S/keys/redhat-" "not encrypted"
key list --offline-dir "$STICK"
equal "with the stick all are at hand" 0 "$(grep -c 'not at hand' "$T/out")"
key list --json --offline-dir "$STICK"
cp "$T/out" "$T/list.json"
equal "for programs" "12 2 3 1" "$(json "$T/list.json" \
	"json_array_length(j, '\$.roles') || ' ' ||
	json_extract(j, '\$.roles[0].threshold') || ' ' ||
	json_array_length(j, '\$.roles[0].keys') || ' ' ||
	json_extract(j, '\$.roles[0].keys[0].offline')")"

# --- rotate ---

key rotate redhat
expect "a family's key: the targets key is needed" 1 \
	"this needs the key of role targets" "--offline-dir"
old=$(delegated "$META/1.targets.json" redhat)
key rotate redhat --offline-dir "$STICK"
expect "a family's key" 0 "version 2 of targets.json" \
	"redhat-$(echo "$old" | cut -c1-16).pem.retired" "Destroy these files"
new=$(delegated "$META/2.targets.json" redhat)
check "another one" test "$new" != "$old"
check "which is there" test -e "$S/keys/redhat-$(echo "$new" | cut -c1-16).pem"
equal "the old one is named no more" 0 "$(grep -c "$old" "$META/2.targets.json")"
equal "signed by the targets key" 1 \
	"$(verified "$META/2.targets.json" "$META/1.root.json" targets)"

n=1
for role in snapshot timestamp targets; do
	old=$(keys_of "$META/$n.root.json" $role)
	key rotate $role --offline-dir "$STICK"
	n=$((n + 1))
	expect "$role" 0 "version $n of root.json" "New key:" ".retired"
	check "$role: another one" test "$old" != \
		"$(keys_of "$META/$n.root.json" $role)"
	equal "$role: signed by the root keys" 3 \
		"$(verified "$META/$n.root.json" "$META/$((n - 1)).root.json" root)"
done
equal "after targets: its file is signed anew, by the new key" 1 \
	"$(verified "$META/3.targets.json" "$META/4.root.json" targets)"
equal "and not by the old one" 0 \
	"$(verified "$META/3.targets.json" "$META/3.root.json" targets)"

# One root key is lost.
lost=$(keys_of "$META/4.root.json" root | head -n 1)
rm "$STICK/root-$(echo "$lost" | cut -c1-16).pem"
key rotate root --key "$lost" --offline-dir "$STICK"
expect "one root key that is lost" 0 "version 5 of root.json" \
	"1 of the keys that were replaced was not at hand"
equal "two of the old ones sign" 2 \
	"$(verified "$META/5.root.json" "$META/4.root.json" root)"
equal "three of the new ones" 3 \
	"$(verified "$META/5.root.json" "$META/5.root.json" root)"
key rotate root --key "$lost" --offline-dir "$STICK"
expect "it is no key any more" 1 "$lost is no key of role root"
key rotate root --offline-dir "$STICK"
expect "all root keys" 0 "version 6 of root.json"
equal "signed by the old ones" 3 \
	"$(verified "$META/6.root.json" "$META/5.root.json" root)"
equal "and by the new ones" 3 \
	"$(verified "$META/6.root.json" "$META/6.root.json" root)"
equal "none is the same" 6 "$(
	{ keys_of "$META/5.root.json" root && keys_of "$META/6.root.json" root
	} | sort -u | wc -l)"
key rotate nosuch --offline-dir "$STICK"
expect "a role that does not exist" 1 "there is no role nosuch"

# --- a root that two people sign ---

mkdir "$T/second" "$T/third"
mv "$STICK/root-"*.pem "$T/second/"
# shellcheck disable=SC2012
mv "$(ls "$T/second/"*.pem | head -n 1)" "$T/third/"
# shellcheck disable=SC2012
mv "$(ls "$T/second/"*.pem | head -n 1)" "$STICK/"
key rotate snapshot --offline-dir "$T/second"
expect "one of three root keys is at hand" 1 \
	"the new root is not yet signed by enough keys" "1 signature:"
check "and nothing is published" test ! -e "$META/7.root.json"
key list
expect "list says so" 0 "A new root waits for more signatures"
key rotate snapshot --offline-dir "$T/third"
expect "another person signs" 0 "A new root that was begun before is complete" \
	"version 7 of root.json"
equal "two have signed" 2 \
	"$(verified "$META/7.root.json" "$META/6.root.json" root)"
mv "$T/second/"*.pem "$T/third/"*.pem "$STICK/"

# --- renew ---

key renew
expect "renew without the stick" 0 "root is not renewed: its keys are not here"
SCAPCACHE_KEYS_ROOT_DAYS=1000 SCAPCACHE_KEYS_TARGETS_DAYS=500 \
	run scapcache --state "$S" key renew root targets --offline-dir "$STICK"
expect "renew" 0 "version 8 of root.json" "version 4 of targets.json"
equal "for as long as the configuration says" "1000 500" "$(
	for f in 8.root 4.targets; do
		json "$META/$f.json" "CAST(round(julianday(json_extract(j,
			'\$.signed.expires')) - julianday('now')) AS INTEGER)"
	done | tr '\n' ' ' | sed 's/ $//')"
equal "the same keys" "$(keys_of "$META/7.root.json" root)" \
	"$(keys_of "$META/8.root.json" root)"

# --- passphrases ---

S2=$T/second-state
mkdir "$T/stick2"
echo 'correct horse' >"$T/pass"
echo 'wrong horse' >"$T/wrong"
k2() {
	run scapcache --state "$S2" key "$@" --offline-dir "$T/stick2"
}
k2 init --passphrase-file "$T/pass"
expect "keys with a passphrase" 0 "keys.passphrase_file"
equal "are encrypted" 14 "$(cat "$S2"/keys/*.pem "$T"/stick2/*.pem |
	grep -c '^-----BEGIN ENCRYPTED PRIVATE KEY-----$')"
for pem in "$T"/stick2/root-*.pem; do
	:
done
check "OpenSSL unlocks one" openssl pkey -in "$pem" -passin "file:$T/pass" \
	-noout
check "and not with another" sh -c \
	"! openssl pkey -in '$pem' -passin 'file:$T/wrong' -noout"
k2 rotate redhat --passphrase-file "$T/wrong"
expect "a wrong passphrase" 1 "the passphrase is wrong"
k2 rotate redhat
expect "none" 1 "is encrypted, and there is no passphrase" "--passphrase-file"
check "neither was done" test ! -e "$S2/tuf/metadata/2.targets.json"
k2 rotate redhat --passphrase-file "$T/pass"
expect "the right one" 0 "version 2 of targets.json"
check "the new key is encrypted, too" \
	grep -q 'BEGIN ENCRYPTED' "$S2"/keys/redhat-*.pem
equal "and the only one" 1 "$(find "$S2/keys" -name 'redhat-*.pem' | wc -l)"
# shellcheck disable=SC2094
run sh -c "'$SCAPCACHE' --state '$S2' key rotate snapshot \
	--offline-dir '$T/stick2' --passphrase-fd 5 5<'$T/pass'"
expect "by a descriptor" 0 "version 2 of root.json"
SCAPCACHE_KEYS_PASSPHRASE_FILE=$T/pass \
	run scapcache --state "$S2" key rotate timestamp --offline-dir "$T/stick2"
expect "by the configuration" 0 "version 3 of root.json"
equal "it stands nowhere in the state directory" "" \
	"$(grep -rl 'correct horse' "$S2" "$T/stick2")"
check "nor is it printed" sh -c \
	"! grep -q 'correct horse' '$T/out' '$T/err'"

# --- a run that did not come to its end ---

S3=$T/third-state
run scapcache --state "$S3" init
mkdir "$S3/keys" "$T/stick3"
chmod 700 "$S3/keys"
cp -p "$S/keys/"redhat-*.pem "$S3/keys/"
run scapcache --state "$S3" key init --offline-dir "$T/stick3"
expect "keys without a root" 1 "did not come to its end" "remove them"
rm "$S3/keys/"*.pem
run scapcache --state "$S3" key init --offline-dir "$STICK"
expect "another site's stick" 1 "$STICK holds keys already"
chmod 640 "$S/keys/"redhat-*.pem
key list
expect "a key that others may read" 1 "others may read it (mode 640)"
chmod 600 "$S/keys/"redhat-*.pem

# --- the other side ---

S4=$T/fourth-state
run scapcache --state "$S4" init
cp -R "$S/tuf" "$S4/tuf"
run scapcache --state "$S4" key list
expect "what others have signed" 0 "root       2 of 3  version 8" \
	"not at hand" "This side holds no keys: it proves what others sign."
run scapcache --state "$S4" key init
expect "gets no keys" 1 "was signed elsewhere and imported"
check "nor a folder of them" test ! -e "$S4/keys"
run scapcache --state "$S4" key rotate redhat
expect "and changes none" 1 "its keys are changed there"
run scapcache --state "$S4" key export-root
same "its root is the same" "$META/8.root.json" "$T/out"

# --- who opens what ---

if command -v strace >/dev/null && strace -o /dev/null true 2>/dev/null; then
	run strace -f -e trace=openat,open -o "$T/trace" "$SCAPCACHE" \
		--state "$S" key rotate redhat --offline-dir "$STICK"
	expect "under strace" 0 "of targets.json"
	main=$(awk 'NR == 1 { print $1 }' "$T/trace")
	check "somebody opens key files" grep -q '\.pem"' "$T/trace"
	equal "main does not" 0 "$(awk -v main="$main" '$1 == main' "$T/trace" |
		grep -c '\.pem')"
	equal "one process does" 1 "$(awk '/\.pem"/ { print $1 }' "$T/trace" |
		sort -u | wc -l)"
else
	skip "no strace"
fi

done_testing
