#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A state directory that is damaged, one case after another: no scan of it
# answers otherwise than before but with `unknown` or an error, and the next
# sync mends it, or the message names the file and what to do, which then
# helps.
. "$(dirname "$0")/lib.sh"
need sqlite3
tree=$SAMPLE/upstream
sources="ubuntu-oval ubuntu-usn redhat-oval nvd"

sync() {
	# shellcheck disable=SC2086
	run scapcache --quiet --state "$S" sync --from "$tree" $sources
}

scan() {
	run scapcache --state "$S" scan --format definitions \
		--document com.ubuntu.noble.cve.oval \
		"docker-archive:$SAMPLE/image.tar"
}

sync
expect "a state directory" 0 "Generation 1 is published."
scan
expect "that answers" 2
mv "$T/out" "$T/want"
blob=$(sqlite3 "$S/catalog.sqlite" "SELECT sha256 FROM document
	WHERE name = 'com.ubuntu.noble.cve.oval'")
blob=store/blobs/sha256/$blob
family=index/1/ubuntu.sqlite
mv "$S" "$T/base"

# damage COMMAND: in a fresh copy.
damage() {
	chmod -R u+w "$S" 2>/dev/null
	rm -rf "$S"
	cp -a "$T/base" "$S"
	(cd "$S" && chmod u+w "$family" "$blob" && sh -c "$1")
}

never_wrong() {
	scan
	case $status in
	1 | 3) ;;
	2) cmp -s "$T/want" "$T/out" ;;
	*) false ;;
	esac || {
		say_run
		not_ok "$1: a scan is right or not there"
		return
	}
	ok "$1: a scan is right or not there"
}

# whole NAME: all is as it was.
whole() {
	scan
	same "$1: the same answers" "$T/want" "$T/out"
	run scapcache --state "$S" index verify
	expect "$1: the index is whole" 0
	check "$1: the store is" test -f "$S/$blob"
	equal "$1: to the byte" "${blob##*/}" \
		"$(sha256sum "$S/$blob" | cut -d' ' -f1)"
}

# mends NAME COMMAND: the next sync does it.
mends() {
	damage "$2"
	never_wrong "$1"
	sync
	expect "$1: the next sync" 0
	whole "$1"
}

# tells NAME COMMAND CURE TEXT…: a sync says so; then what it says helps.
tells() {
	_what=$1 _cure=$3
	damage "$2"
	shift 3
	never_wrong "$_what"
	sync
	expect "$_what: it is told" 1 "$@"
	(cd "$S" && sh -c "$_cure") >"$T/cure" 2>&1
	sync
	expect "$_what: then it completes" 0
	whole "$_what"
}

flip='printf X | dd bs=1 seek=100 conv=notrunc status=none of='
noise='dd if=/dev/urandom bs=4096 status=none conv=notrunc'
index="'$SCAPCACHE' --state . index"

# --- the store ---

mends "a stored file is missing" "rm $blob"
mends "a stored file has rotted" "$flip$blob"
mends "a stored file is cut" "truncate -s 100 $blob"
mends "the store is gone" "rm -rf store"
mends "a half of a stored file" "echo half >$blob.new"
tells "a folder in place of a stored file" "rm $blob; mkdir $blob" \
	"rmdir $blob" "${blob##*/}: Is a directory"
damage "rm $blob"
run scapcache --state "$S" index verify
expect "verify names what is missing" 1 "${blob##*/}"

# --- the catalog ---

mends "the catalog is missing" "rm catalog.sqlite"
mends "the catalog is empty" ": >catalog.sqlite"
tells "the catalog is cut" "truncate -s 5000 catalog.sqlite" \
	"mv catalog.sqlite away" "catalog.sqlite: " "move it away, then"
tells "the catalog is noise" "$noise count=4 of=catalog.sqlite" \
	"mv catalog.sqlite away" "catalog.sqlite: " "move it away, then"
mends "the catalog names files that are not stored" "sqlite3 catalog.sqlite \
	\"UPDATE resource SET sha256 = '00' || substr(sha256, 3)\""

# --- the index ---

mends "a family is missing" "rm -f $family"
mends "a family is empty" ": >$family"
mends "a family is cut" "truncate -s 20000 $family"
mends "a family is noise" "$noise count=4 of=$family"
mends "a family of an older program" \
	"sqlite3 $family 'PRAGMA user_version = 1'"
check "which is on record" test 1 -eq "$(sqlite3 "$S/catalog.sqlite" \
	"SELECT count(*) FROM audit WHERE event = 'removed' AND
	subject = '$family'")"
tells "a family of a newer program" \
	"sqlite3 $family 'PRAGMA user_version = 99'" \
	"sqlite3 $family 'PRAGMA user_version = \
	$(sqlite3 "$T/base/$family" 'PRAGMA user_version')'" \
	"use a newer scapcache"
mends "no generation is current" "rm index/current"
tells "the current generation is not there" "ln -sfn 77 index/current" \
	"$index rollback 1" "names generation 77" "index rollback"
tells "what is current is no generation" "ln -sfn ../../etc index/current" \
	"$index rollback 1" "not a generation" "index rollback"
mends "generations half-built" "mkdir index/building-2 index/verify-9 &&
	cp $family index/building-2"

# Rot within a page that SQLite has no checksum for: verify finds it.
damage "sqlite3 $family \"UPDATE document SET sha256 = 'x' || substr(
	sha256, 2) WHERE name = 'com.ubuntu.noble.cve.oval'\""
run scapcache --state "$S" index verify
check "a changed row is found" test "$status" -ne 0
sync
expect "and the next sync" 0
whole "a changed row"

# --- the rest of the folder ---

mends "rubbish in incoming" "mkdir -p incoming/a/b && echo x >incoming/a/b/c &&
	echo y >incoming/y.part && echo z >incoming/z.from && ln -s / incoming/l"
equal "and it is gone" "" "$(ls "$S/incoming")"
tells "incoming is a file" "rmdir incoming && echo >incoming" "rm incoming" \
	"incoming: Not a directory"
tells "another version of the folder" "echo 99 >version" "echo 1 >version" \
	"of version 99" "use the scapcache that wrote it"

damage true
exec 9>"$S/run/lock"
flock 9
echo 4711 >"$S/run/lock"
sync
exec 9>&-
expect "another process has the lock" 1 "process 4711" "wait for it to end"
never_wrong "another process has the lock"
sync
expect "when it has ended" 0

# --- somebody who may not ---

if [ "$(id -u)" -ne 0 ]; then
	skip "run as root for files that nobody may read"
	done_testing
fi
chmod 755 "$T"
nobody() {
	run setpriv --reuid=65534 --regid=65534 --clear-groups "$SCAPCACHE" \
		--quiet --state "$S" "$@"
}
# may_not NAME COMMAND TEXT…: as root it was made, nobody is to sync it.
may_not() {
	_what=$1
	damage "chown -R 65534:65534 . && $2"
	shift 2
	nobody sync --from "$tree" ubuntu-oval
	expect "$_what: it is told" 1 "$@"
	nobody scan "docker-archive:$SAMPLE/image.tar"
	check "$_what: never a pass" test "$status" -ne 0
	sync
	expect "$_what: who may, can" 0
	whole "$_what"
}
if setpriv --reuid=65534 --regid=65534 --clear-groups \
	test -x "$SCAPCACHE" -a -r "$SAMPLE/image.tar" 2>/dev/null; then
	may_not "a catalog of somebody else's" \
		"chown 0 catalog.sqlite && chmod 600 catalog.sqlite" \
		"catalog.sqlite"
	may_not "a family that nobody may read" \
		"chown 0 $family && chmod 000 $family" "ubuntu.sqlite"
	may_not "an index that may not be written" \
		"echo >$blob && chown -R 0 index && rm index/current" "index"
	may_not "incoming that may not be written" \
		"rm -f $blob && chown 0 incoming" "incoming"
	may_not "a state directory of somebody else's" \
		"chown -R 0 . && rm $blob" "$S"
else
	skip "the program is where nobody may not go"
fi

# A file system that cannot be written.
damage true
if mount --bind "$S" "$S" 2>/dev/null &&
	mount -o remount,ro,bind "$S" 2>/dev/null; then
	trap 'umount -l "$S" 2>/dev/null; finish' EXIT
	sync
	expect "a read-only disk" 1 "Read-only file system" \
		"mount it so that it can be written"
	scan
	same "answers" "$T/want" "$T/out"
	umount "$S"
	sync
	expect "and goes on when it may be written" 0
else
	skip "nothing can be mounted"
fi
done_testing
