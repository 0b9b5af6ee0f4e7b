#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The tour of README.md works as it is printed: every line of it that starts
# with "$ " is run, in order, in one shell, and every line of output that the
# README shows is said by the program.
. "$(dirname "$0")/lib.sh"

mkdir -p "$T/tour/build/run"
ln -s "$BUILD" "$T/tour/build/release"
cp -R "$SAMPLE/upstream" "$SAMPLE/image.tar" "$T/tour/build/run"
cd "$T/tour" || exit 1

# shellcheck disable=SC2016
sed -n '/^## Five minutes/,/^## /p' "$ROOT/README.md" |
	sed -n '/^```/,/^```/p' | grep -v '^```' >"$T/lines"
grep '^\$ ' "$T/lines" | sed 's/^\$ //' >"$T/commands"
check "the README has a tour" test "$(wc -l <"$T/commands")" -ge 8

# One file of output for each command; findings end with 2.
{
	n=0
	while read -r command; do
		n=$((n + 1))
		printf '{ %s\n} >"%s/said.%d" 2>&1 </dev/null\n' \
			"$command" "$T" $n
		printf 'echo $? >"%s/status.%d"\n' "$T" $n
	done <"$T/commands"
} >"$T/script"
sh "$T/script"

n=0
while read -r command; do
	n=$((n + 1))
	want=0
	case $command in
	*" --fail-on critical "*) ;;
	*" scan "* | *" explain "*) want=2 ;;
	esac
	equal "$command" $want "$(cat "$T/status.$n")"
	[ "$(cat "$T/status.$n")" -eq $want ] || diag <"$T/said.$n"
done <"$T/commands"

# What stands below a command in the README, blanks folded; "…" stands for
# what differs from one day to the next.
n=0 missing=0
while IFS= read -r line; do
	case $line in
	'$ '*)
		n=$((n + 1))
		continue
		;;
	'' | *…*) continue ;;
	esac
	folded=$(printf '%s' "$line" | tr -s ' ')
	tr -s ' ' <"$T/said.$n" | grep -qF -- "$folded" || {
		missing=$((missing + 1))
		echo "# command $n does not say: $line"
	}
done <"$T/lines"
equal "the README shows what the program says" 0 $missing
done_testing
