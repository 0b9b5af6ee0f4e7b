#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What the process that faces the network does, once it is in its sandbox: it
# opens what is served and nothing else, makes no socket, and starts nothing.
. "$(dirname "$0")/lib.sh"
need strace curl ps

mkdir -p "$S"
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "a sync of the sample" 0
run scapcache --quiet --state "$S" key init
expect "which is signed" 0
run scapcache --state "$S" bundle export
expect "and exported" 0
run scapcache --state "$S" scan "$SAMPLE/image.tar"
expect "a scan of the sample" 2
run scapcache --state "$S" token add all --scope read,scan,sync,admin
token=$(cat "$T/out")

strace -f -ff -qq -s 512 -o "$T/trace" "$SCAPCACHE" --state "$S" serve \
	--listen "127.0.0.1:0,unix:$T/http.sock" 2>"$T/serve.log" &
tracer=$!
begun $tracer
until [ "$(grep -c '^serving ' "$T/serve.log")" -eq 2 ]; do
	kill -0 $tracer 2>/dev/null ||
		skip_all "strace and the sandbox do not go together here"
	sleep 0.05
done
URL=$(sed -n 's,^serving \(http.*\)/$,\1,p' "$T/serve.log")
server=$(ps -o pid= --ppid $tracer | tr -d ' ')
serving=$(ps -o pid= -o comm= --ppid "$server" |
	awk '$2 == "scapcache-serve" { print $1 }')

# What the kernel says of it.
equal "no new privileges" 1 \
	"$(sed -n 's/^NoNewPrivs:\t//p' "/proc/$serving/status")"
equal "a filter of system calls" 2 \
	"$(sed -n 's/^Seccomp:\t//p' "/proc/$serving/status")"

# A request of each kind.
status_of() {
	curl -s -o "$T/body" -w '%{http_code}' -m 20 "$@"
}
digest=$(basename "$(find "$S/store" -type f | head -n 1)")
target=$(sqlite3 "$S/catalog.sqlite" "SELECT path FROM document LIMIT 1")
for path in /healthz /readyz /metrics / /search?q=openssh /cve/CVE-2024-6387 \
	/images /bundles /activity /v1/status /v1/sources \
	/v1/generations /v1/search?q=openssh /v1/cves/CVE-2024-6387 \
	/v1/packages/ubuntu/noble/openssh "/blobs/sha256/$digest" \
	"/mirror/$target" "/content/$target" /tuf/metadata/timestamp.json \
	/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz /bundles/full-1.tar /v2/; do
	equal "$path" 200 \
		"$(status_of -H "Authorization: Bearer $token" "$URL$path")"
done
equal "over the Unix socket" 200 \
	"$(status_of --unix-socket "$T/http.sock" http://localhost/readyz)"
for path in /mirror/../catalog.sqlite /content/../../etc/passwd \
	/mirror/%2e%2e/keys/nvd.json /blobs/sha256/../../../version \
	/tuf/metadata/../../keys/nvd.json /bundles/../version //etc/passwd \
	/bundles/%2e%2e%2fversion; do
	check "nothing at $path" test "$(status_of --path-as-is "$URL$path")" -ge 400
	check "which shows nothing" sh -c "! grep -qE 'root:|PRIVATE|^SQLite|^1$' '$T/body'"
done

kill "$server"
wait $tracer
gone $tracer

# --- what it called -----------------------------------------------------------

{
	sed '1,/^seccomp(SECCOMP_SET_MODE_FILTER, [^,]*, {/d' "$T/trace.$serving"
	sed -n 's/^clone.*CLONE_THREAD.* = \([0-9]*\)$/\1/p' \
		"$T/trace.$serving" | while read -r thread; do
		cat "$T/trace.$thread"
	done
} >"$T/calls"
check "its calls are seen" grep -q '^accept4(' "$T/calls"
NEVER='socket|socketpair|connect|bind|listen|execve(at)?|v?fork'
NEVER="$NEVER|u?mount2?|pivot_root|chroot|setns|unshare|ptrace|process_vm_.*"
NEVER="$NEVER|unlink(at)?|rename(at2?)?|mkdir(at)?|rmdir|mknod(at)?|creat"
NEVER="$NEVER|f?chmod(at)?|[fl]?chown(at)?|link(at)?|symlink(at)?|truncate"
NEVER="$NEVER|kill|tkill|bpf|io_uring_.*|keyctl|add_key|setxattr|setuid"
equal "it makes no socket, no file, no process" "" \
	"$(grep -E "^($NEVER)\(" "$T/calls")"
equal "threads and no processes" "" \
	"$(grep '^clone(' "$T/calls" | grep -v CLONE_THREAD)"
sed -n 's/^open[a-z0-9]*(\(AT_FDCWD, \)*\([0-9]*, \)*"\([^"]*\)", \([A-Z_|]*\).*/\4 \3/p' \
	"$T/calls" >"$T/opened"
check "it opens what is served" grep -q " store/" "$T/opened"
equal "nothing for writing" "" \
	"$(grep -E 'O_(WRONLY|RDWR|CREAT|TRUNC|TMPFILE)' "$T/opened")"
# The C library would like to know how memory is given out, and does without.
equal "and nothing else" "" "$(cut -d' ' -f2- "$T/opened" |
	grep -vE "^($S/)?(store|index|tuf|bundles)(/|\$)" |
	grep -vxE '[.]|[0-9a-f]{64}|(full|delta)-[0-9-]+\.tar' |
	grep -vx /proc/sys/vm/overcommit_memory | sort -u)"
done_testing
