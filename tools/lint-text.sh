#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# lint-text.sh: what a search finds: banned functions, raw memory outside
# base/, sizes of files, licence lines, leftovers, paths of one machine.
set -u
cd "$(dirname "$0")/.." || exit 1
rc=0

complain() {
	echo "$1"
	rc=1
}

product=$(git ls-files -co --exclude-standard -- '*.c' '*.h' |
	grep -v '^tests/')
all=$(git ls-files -co --exclude-standard | while read -r f; do
	[ ! -f "$f" ] || echo "$f"
done)

# Calls only: a name that is a word in a comment is no call.
calls() {
	# shellcheck disable=SC2086
	grep -nE "(^|[^a-zA-Z0-9_.>])($1)\(" $product /dev/null |
		grep -vE '^[^:]*:[0-9]*:[[:space:]]*(/?\*|//)'
}

banned='strcpy|strcat|strncpy|strncat|sprintf|vsprintf|gets|atoi|atol|atoll'
banned="$banned|strtok|system|popen|alloca|tmpnam|tempnam|mktemp|setjmp"
calls "$banned" && complain "banned functions: see CONTRIBUTING.md"
calls 'malloc|calloc|realloc|strdup|strndup|reallocarray' |
	grep -v '^base/' &&
	complain "outside base/: xmalloc() and its kind, or an arena"

for f in $product; do
	[ -f "$f" ] || continue
	n=$(wc -l <"$f")
	[ "$n" -le 600 ] || complain "$f: $n lines, 600 are the limit"
done

for f in $all; do
	case $f in
	*.c | *.h | *.sh | *.mk | Makefile | .ci/run | completions/*)
		head -n 3 "$f" | grep -q 'SPDX-License-Identifier' ||
			complain "$f: no licence line at its head"
		;;
	esac
done

# shellcheck disable=SC2086
grep -nI '/wor[k]/' $all /dev/null && complain "a path of one machine"
# shellcheck disable=SC2086
grep -nE '\b(TOD[O]|FIXM[E]|XX[X])\b' $product /dev/null &&
	complain "leftovers: finish them or file an issue"
# shellcheck disable=SC2086
grep -nE '[[:space:]]+$' $product tests/*.sh tools/* Makefile /dev/null &&
	complain "blanks at the end of a line"
exit $rc
