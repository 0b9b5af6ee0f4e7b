#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# npm.sh: the programs of tests/npm and tests/browser, by their locks, into
# build/npm and build/browser. Where npm does not reach its registry it says so
# and ends 0: tests that want them are skipped by name.
set -eu
cd "$(dirname "$0")/.."

for name in npm browser; do
	from=tests/$name
	to=build/$name
	if cmp -s "$from/package-lock.json" "$to/installed"; then
		continue
	fi
	rm -rf "$to"
	mkdir -p "$to"
	cp "$from/package.json" "$from/package-lock.json" "$from/.npmrc" "$to/"
	if command -v npm >/dev/null &&
		(cd "$to" && npm ci --fetch-retries=1 --fetch-timeout=30000) \
			>"$to/log" 2>&1 </dev/null; then
		cp "$from/package-lock.json" "$to/installed"
	else
		rm -rf "$to/node_modules"
		[ -e "$to/log" ] || echo "there is no npm here" >"$to/log"
		echo "tools/npm.sh: no packages from npm: see $to/log" >&2
	fi
done
