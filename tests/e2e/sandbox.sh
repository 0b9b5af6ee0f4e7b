#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a scan can do, and what it needs: its process opens the image and the
# index and nothing else, and the scan is the same without a network, by a user
# who owns nothing, where nothing can be written.
. "$(dirname "$0")/lib.sh"
need strace unshare setpriv umoci

chmod 755 "$T"
cp "$SCAPCACHE" "$T/program"
cp -R "$ROOT/samples/rootfs/base" "$T/root"
cp "$SAMPLE/image.tar" "$T/image.tar"
{
	umoci init --layout "$T/oci" &&
		umoci new --image "$T/oci:1" &&
		umoci insert --rootless --image "$T/oci:1" "$T/root" /
} >"$T/umoci" 2>&1
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0
chmod -R a+rX "$S" "$T/root" "$T/oci" "$T/image.tar"

# --- what its process calls, once it is in its sandbox ---

# main_calls: of the scan process and its threads, from the traces of all.
main_calls() {
	_main=$(grep -l 'PR_SET_NAME, "scapcache-scan"' "$T"/trace.*)
	[ -n "$_main" ] || return
	sed '1,/^seccomp(SECCOMP_SET_MODE_FILTER, [^,]*, {/d' "$_main"
	sed -n 's/^clone.*CLONE_THREAD.* = \([0-9]*\)$/\1/p' "$_main" |
		while read -r _thread; do
			cat "$T/trace.$_thread"
		done
}

# opened: "FLAGS PATH" of each file that was asked for, got or not.
opened() {
	sed -n 's/^open[a-z0-9]*(\(AT_FDCWD, \)*\([0-9]*, \)*"\([^"]*\)", \([A-Z_|]*\).*/\4 \3/p' \
		"$T/calls"
}

NEVER='socket|socketpair|connect|bind|listen|accept4?|execve(at)?|v?fork'
NEVER="$NEVER|u?mount2?|pivot_root|chroot|setns|unshare|ptrace|process_vm_.*"
NEVER="$NEVER|unlink(at)?|rename(at2?)?|mkdir(at)?|rmdir|mknod(at)?|creat"
NEVER="$NEVER|f?chmod(at)?|[fl]?chown(at)?|link(at)?|symlink(at)?|truncate"
NEVER="$NEVER|kill|tkill|bpf|io_uring_.*|keyctl|add_key|setxattr|setuid"

# traced NAME TARGET PATTERN: of paths that it may open beside the index.
traced() {
	rm -f "$T"/trace.* "$S"/results.sqlite*
	run strace -ff -qq -s 512 -o "$T/trace" \
		"$SCAPCACHE" --state "$S" scan "$2"
	main_calls >"$T/calls"
	if [ "$status" -ne 2 ] || [ ! -s "$T/calls" ]; then
		say_run
		skip "$1: strace and the sandbox do not go together here"
		return
	fi
	check "$1: reads" grep -q '^p\{0,1\}read[v64]*(' "$T/calls"
	equal "$1: makes nothing and starts nothing" "" \
		"$(grep -E "^($NEVER)\(" "$T/calls")"
	equal "$1: threads and no processes" "" \
		"$(grep '^clone' "$T/calls" | grep -v CLONE_THREAD)"
	opened >"$T/opened"
	check "$1: opens the index" grep -q " $S/index/" "$T/opened"
	equal "$1: opens nothing for writing" "" \
		"$(grep -E 'O_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)' "$T/opened")"
	equal "$1: opens nothing else" "" "$(cut -d' ' -f2- "$T/opened" |
		grep -v -x -E "$S/index/[0-9]+(/[a-z]+\.sqlite)?|$3")"
}
# Names below a root are opened one by one, each in its folder.
traced "an archive" "docker-archive:$T/image.tar" "$T/image\.tar|\."
traced "a layout" "oci:$T/oci:1" \
	"$T/oci|\.|oci-layout|index\.json|blobs/sha256/[0-9a-f]{64}"
traced "a root" "rootfs:$T/root" "$T/root|[^/]*"

# --- the same where nothing can be written ---

mkdir "$T/rw"
chmod 777 "$T/rw"
cat >"$T/close" <<'END'
set -e
top=$1
shift
mount --make-rprivate /
mount --bind "$top" "$top"
mount --bind "$top/rw" "$top/rw"
mount -o remount,bind,ro "$top"
mount -o remount,bind,ro /
cd "$top"
exec "$@"
END
# closed COMMAND…: no network, and nothing but $T/rw can be written.
closed() {
	if [ "$(id -u)" -eq 0 ]; then
		unshare -mn sh "$T/close" "$T" "$@"
	else
		unshare -rmn sh "$T/close" "$T" "$@"
	fi
}
nobody() {
	if [ "$(id -u)" -eq 0 ]; then
		closed setpriv --reuid=65534 --regid=65534 --clear-groups \
			--no-new-privs "$@"
	else
		closed "$@"
	fi
}
if ! closed true 2>"$T/closed"; then
	diag <"$T/closed"
	skip "no mount namespaces here"
	done_testing
fi
for who in closed nobody; do
	check "$who: a place to write" $who touch "$T/rw/$who"
	run $who touch "$S/a"
	equal "$who: and no other" 1 "$status"
done
rm -f "$S"/results.sqlite*
for target in "docker-archive:$T/image.tar" "oci:$T/oci:1" "rootfs:$T/root"; do
	for format in table json cyclonedx; do
		scapcache --state "$S" scan --format $format "$target" \
			>"$T/want.$format"
	done
	rm -f "$S"/results.sqlite*
	for who in closed nobody; do
		for format in table json cyclonedx; do
			run $who "$T/program" --state "$S" scan \
				--format $format "$target"
			equal "$who: ${target%%:*}, $format" 2 "$status"
			same "$who: the same report" "$T/want.$format" "$T/out"
			equal "$who: and no word of what is not kept" "" \
				"$(cat "$T/err")"
		done
		run $who "$T/program" --state "$S" scan --format json \
			--output "$T/rw/$who.json" "$target"
		same "$who: the same file" "$T/want.json" "$T/rw/$who.json"
	done
done
check "nothing was kept" test ! -e "$S/results.sqlite"
done_testing
