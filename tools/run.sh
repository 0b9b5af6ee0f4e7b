#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh: what `make run` shows: a sync, a scan of the sample image and why it
# fails, everything below build/run. With LIVE=1 the upstreams are asked.
set -u
cd "$(dirname "$0")/.." || exit 1
bin=${BUILD:-build/release}/scapcache
run=build/run
state=$run/state
from="--from $run/upstream"
if [ "${LIVE:-0}" = 1 ]; then
	state=$run/live
	from=
fi
image=docker-archive:$run/image.tar
export SCAPCACHE_LOG_LEVEL="${SCAPCACHE_LOG_LEVEL:-warn}"

# Shows a command as one would type it, and runs it.
show() {
	printf '\n$ scapcache'
	printf ' %s' "$@"
	printf '\n'
	"$bin" "$@"
}

echo "scapcache $("$bin" version | sed 's/^scapcache //'): content from" \
	"${from:+the sample in samples/}${from:-the upstreams}" |
	sed "s, *--from.*,,"

# shellcheck disable=SC2086
if ! show --state $state sync $from; then
	echo "the sync did not end well: see above" >&2
	[ "${LIVE:-0}" = 1 ] || exit 1
fi
show --state $state scan $image
status=$?
# Why: where each source says so, and what was compared.
if [ $status -eq 2 ]; then
	show --state $state explain $image CVE-2024-6387
	status=$?
fi

echo
case $status in
2)
	echo "Both ended 2: the image has known vulnerabilities, as it should."
	;;
*)
	echo "The scan ended $status, where 2 (vulnerabilities found) was" \
		"expected." >&2
	exit 1
	;;
esac
cat <<EOF

What to type next:
  $bin --state $state status
  $bin --state $state search openssh
  $bin --state $state scan --policy samples/policy.ini $image
  $bin --state $state scan --format html --output build/run/report.html $image
  make run LIVE=1     the same with what the upstreams publish today
  make check          every test
  man ./man/scapcache.1
EOF
