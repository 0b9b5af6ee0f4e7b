#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Keys of a state directory that publishes: after each change of keys a client
# that trusts the first root alone follows; snapshots that two people sign; and
# a passphrase that is typed.
. "$(dirname "$0")/lib.sh"
need nginx openssl

STICK=$T/stick
META=$S/tuf/metadata
mkdir "$STICK"
key() {
	run scapcache --state "$S" key "$@" --offline-dir "$STICK"
}
version() {
	json "$META/timestamp.json" \
		"json_extract(j, '\$.signed.meta.\"snapshot.json\".version')"
}

# follows NAME: one client, which keeps what it trusts, and one that begins.
begin() {
	run scapcache tuf --metadata-dir "$1" init "$T/root.json"
}
follows() {
	rm -rf "$T/new"
	begin "$T/new"
	for _c in client new; do
		run scapcache tuf --metadata-dir "$T/$_c" \
			--metadata-url "$URL/tuf/metadata" \
			--target-base-url "$URL/tuf/targets" \
			--target-name index/NOTICE --target-dir "$T" refresh
		expect "$1: a client follows ($_c)" 0
	done
}

run scapcache --state "$S" sync --from "$SAMPLE/upstream"
expect "a sync without keys" 0
check "signs nothing" test ! -e "$META"
key init
expect "init signs what is there" 0 "The current generation is signed."
check "with a timestamp" test -s "$META/timestamp.json"
run scapcache --state "$S" key export-root "$T/root.json"
serve "$S"
begin "$T/client"
follows "the first"
key list
equal "list: each role is signed" 0 "$(grep -c 'not signed yet' "$T/out")"

for role in ubuntu index timestamp snapshot targets root; do
	before=$(cat "$META/timestamp.json")
	key rotate $role
	expect "rotate $role" 0 "The current generation is signed." ".retired"
	# A root alone changes nothing of what is below it.
	if [ $role != root ]; then
		check "$role: the timestamp is another" test "$before" != \
			"$(cat "$META/timestamp.json")"
	fi
	follows "$role"
done

before=$(version)
key renew
expect "renew all" 0 "version 6 of root.json" "is signed"
check "with a new snapshot" test "$(version)" -gt "$before"
follows "renewed"
run scapcache --state "$S" key renew redhat
expect "renew one" 0 "is signed"
check "that one" test -e "$META/3.redhat.json" -a ! -e "$META/3.debian.json"
follows "one of them renewed"
before=$(cat "$META/timestamp.json")
run scapcache --state "$S" sync --from "$SAMPLE/upstream"
expect "a sync without news" 0
equal "signs nothing" "$before" "$(cat "$META/timestamp.json")"

# An online key that is gone: sync tells, rotate mends it.
rm "$S/keys/"timestamp-*.pem
run scapcache --state "$S" key renew redhat
expect "a key that is gone" 1 "the current generation is not signed" \
	"role timestamp" "scapcache key list"
key rotate timestamp
expect "and is replaced" 0 "was not at hand" "is signed"
follows "a key that was lost"

# --- two people release a snapshot ---

S=$T/two
META=$S/tuf/metadata
STICK=$T/stick.two
mkdir "$STICK"
run scapcache --state "$S" key init --offline-dir "$STICK" \
	--snapshot-threshold 2
expect "two snapshot keys" 0 "Keys are made"
run scapcache --state "$S" sync --from "$SAMPLE/upstream"
check "a sync alone releases nothing" test ! -e "$META/timestamp.json"
run scapcache --state "$S" key renew snapshot
expect "nor does one person" 1 "role snapshot" "2 keys"
key renew snapshot
expect "two do" 0 "The current generation is signed."
run scapcache --state "$S" key export-root "$T/root.json"
kill "$SERVER_PID"
serve "$S"
rm -rf "$T/client"
begin "$T/client"
follows "two people"

# --- a passphrase is typed ---

if ! command -v python3 >/dev/null; then
	skip "no python3"
	done_testing
fi
# on_terminal TEXT COMMAND…: each line of TEXT is typed when it is asked for.
cat >"$T/terminal.py" <<'EOF'
import os, pty, sys

lines = [line.encode() + b"\n" for line in sys.argv[1].split("\n")]
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
seen, typed = b"", 0
while True:
    try:
        got = os.read(fd, 4096)
    except OSError:
        got = b""
    if not got:
        break
    seen += got
    sys.stdout.buffer.write(got)
    asked = seen.count(b"assphrase") + seen.count(b"same again")
    while typed < min(asked, len(lines)):
        os.write(fd, lines[typed])
        typed += 1
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
EOF
on_terminal() {
	_typed=$1
	shift
	run python3 "$T/terminal.py" "$_typed" "$@"
}
S=$T/typed
STICK=$T/stick.typed
mkdir "$STICK"
on_terminal 'open sesame
open sesam
open sesame
open sesame' "$SCAPCACHE" --state "$S" key init --offline-dir "$STICK"
expect "a passphrase is asked for twice" 0 "Passphrase for the new keys" \
	"The same again" "These were not the same." "Keys are made"
equal "and not shown" 0 "$(grep -c sesam "$T/out")"
root=$(find "$STICK" -name 'root-*' | head -n 1)
check "a root key has it" openssl pkey -noout -passin 'pass:open sesame' \
	-in "$root"
on_terminal 'open barley
open sesame' "$SCAPCACHE" --state "$S" key rotate redhat --offline-dir "$STICK"
expect "a wrong one is asked for again" 0 "Passphrase of redhat-" \
	"That is not it." "version 2 of targets.json"
check "the new key has the same" openssl pkey -noout \
	-passin 'pass:open sesame' -in "$(find "$S/keys" -name 'redhat-*.pem')"

done_testing
