#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lint.sh: every check that looks at the sources without running them; called
# by `make lint`, which ran those that are made per file. Ends with
# "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 1
passed=0 failed=0

check() {
	name=$1
	shift
	if report=$("$@" 2>&1 </dev/null); then
		passed=$((passed + 1))
		echo "$name: ok"
	else
		failed=$((failed + 1))
		echo "$name: FAILED"
		printf '%s\n' "$report" | sed 's/^/    | /'
	fi
}

# One stamp a file says that it passed.
stamps() {
	dir=$1
	shift
	good=0
	for f in "$@"; do
		if [ -e "build/lint/$dir/$f" ]; then
			good=$((good + 1))
		else
			echo "$dir: $f: FAILED"
			failed=$((failed + 1))
		fi
	done
	passed=$((passed + good))
	echo "$dir: $good files ok"
}

scripts=$(git ls-files -co --exclude-standard -- '*.sh' .ci/run \
	'tests/golden/*/run' completions)

# File names are words here: they hold no blanks.
# shellcheck disable=SC2086
{
	stamps tidy $LINT_SRCS
	stamps alone $LINT_HDRS
	check clang-build test -e build/lint/clang
	for f in $LINT_SRCS $LINT_HDRS; do
		check "format $f" clang-format --dry-run -Werror "$f"
	done >build/lint/format.out
	grep -v ': ok$' build/lint/format.out
	echo "format: $(grep -c ': ok$' build/lint/format.out) files ok"
	check cppcheck cppcheck --quiet --std=c11 --inline-suppr \
		--enable=warning,performance,portability --error-exitcode=1 \
		--suppress=missingIncludeSystem --suppress=ctuuninitvar \
		-D_GNU_SOURCE -I. -Ibuild/gen \
		--cppcheck-build-dir=build/lint -j 2 \
		base content eval scanner bundle indexer server syncd cli
	check shellcheck shellcheck -x $scripts
	check mandoc mandoc -T lint -W warning man/scapcache.1 \
		man/scapcache.conf.5
	check layers tools/lint-layers.sh
	check text tools/lint-text.sh
}

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
