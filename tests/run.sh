#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# run.sh [SUITE[:PATTERN]...]: runs the tests that are built in $BUILD and
# ends with "N passed, N failed". Suites: unit golden e2e fuzz asan valgrind.
# PATTERN keeps to the tests of that name: run.sh e2e:sync*.
# golden-update: rewrites the .out files of tests/golden.
# Each test binary or script prints TAP; its output is shown when it fails.
set -u

SUITES="unit golden fuzz asan valgrind e2e"
# A few that hold many pointers; the asan suite has them all.
VALGRIND="test_arena test_buf test_span test_map test_db test_version"
LIMIT_SECONDS=900

cd "$(dirname "$0")/.." || exit 1
root=$(pwd)
BUILD=${BUILD:-build/release}
case $BUILD in
/*) ;;
*) BUILD=$root/$BUILD ;;
esac
ASAN_BUILD=$root/build/asan
SCAPCACHE=${SCAPCACHE:-$BUILD/scapcache}
SCAPCACHE_CORPUS=${SCAPCACHE_CORPUS:-$root/../shared/corpus}
[ ! -d "$SCAPCACHE_CORPUS" ] ||
	SCAPCACHE_CORPUS=$(cd "$SCAPCACHE_CORPUS" && pwd)
out=$BUILD/check
export BUILD SCAPCACHE SCAPCACHE_CORPUS
export LC_ALL=C.UTF-8 TZ=UTC
export UBSAN_OPTIONS=print_stacktrace=1

# Reads TAP, prints what failed or was skipped, and "COUNT p f s" last.
tally() {
	awk -v rc="$2" -v what="$1" '
	/^1\.\.[0-9]+/ {
		plan = substr($1, 4) + 0
		has_plan = 1
		if (/# *SKIP/) {
			sub(/.*# *SKIP */, "")
			skip(what, $0)
		}
		next
	}
	function skip(name, why) {
		n_skip++
		sub(/^skipped: */, "", why)
		print "  skipped: " name ": " why
	}
	/^(not )?ok [0-9]+.*# *SKIP/ {
		seen++
		name = $0
		why = $0
		sub(/^(not )?ok [0-9]+ *(- )?/, "", name)
		sub(/# *SKIP.*/, "", name)
		sub(/.*# *SKIP */, "", why)
		# cmocka names the test there and leaves the reason to us.
		if (name ~ /^ *$/ && last != "")
			skip(why, last)
		else
			skip(name ~ /^ *$/ ? what : name, why)
		last = ""
		next
	}
	/^ok [0-9]+/ { seen++; n_pass++; next }
	/^not ok [0-9]+/ {
		seen++
		n_fail++
		print "  FAILED: " substr($0, 8)
		next
	}
	/^skipped:/ { last = $0 }
	END {
		if (has_plan && seen < plan) {
			n_fail++
			print "  FAILED: " seen + 0 " of " plan " tests ran"
		}
		if (rc != 0 && !n_fail) {
			n_fail++
			print "  FAILED: ended with status " rc
		}
		if (rc == 0 && !n_pass && !n_fail && !n_skip) {
			n_fail++
			print "  FAILED: ran no test"
		}
		print "COUNT", n_pass + 0, n_fail + 0, n_skip + 0
	}'
}

# Prints TAP for every name.in of an area, through the area's own `run`.
golden() {
	dir=tests/golden/$1
	i=0
	for in in "$dir"/*.in; do
		[ -e "$in" ] || continue
		i=$((i + 1))
		want=${in%.in}.out
		if "$dir/run" "$in" 2>&1 | diff -u "$want" -; then
			echo "ok $i - $in"
		else
			echo "not ok $i - $in"
		fi
	done
	echo "1..$i"
}

golden_update() {
	for run in tests/golden/*/run; do
		[ -e "$run" ] || continue
		for in in "${run%/run}"/*.in; do
			"$run" "$in" >"${in%.in}.out" 2>&1
		done
	done
	git status --short tests/golden
}

# One valgrind run is one test: the suite above counts what is inside.
under_valgrind() {
	echo "1..1"
	if CMOCKA_MESSAGE_OUTPUT=STDOUT valgrind -q --error-exitcode=99 \
		--leak-check=full --errors-for-leak-kinds=definite \
		"$BUILD/tests/$1" >"$out/valgrind.$1.raw" 2>&1; then
		echo "ok 1 - $1"
	else
		cat "$out/valgrind.$1.raw"
		echo "not ok 1 - $1"
	fi
}

job() {
	case $1 in
	unit) CMOCKA_MESSAGE_OUTPUT=TAP "$BUILD/tests/$2" ;;
	asan) CMOCKA_MESSAGE_OUTPUT=TAP "$ASAN_BUILD/tests/$2" ;;
	fuzz) "$ASAN_BUILD/fuzz/$2" tests/fuzz/corpus/"${2#fuzz_}"/* ;;
	golden) golden "$2" ;;
	valgrind) under_valgrind "$2" ;;
	e2e) sh "tests/e2e/$2.sh" ;;
	esac
}

run_job() {
	log=$out/$1.$2.log
	timeout -k 10 $LIMIT_SECONDS "$0" --bare "$1" "$2" \
		>"$log" 2>&1 </dev/null
	rc=$?
	tally "$2" $rc <"$log" >"$log.tally"
	sed -n 's/^COUNT //p' "$log.tally" >"$out/$1.$2.count"
	read -r p f s <"$out/$1.$2.count"
	# One write, so that jobs side by side do not mix their lines.
	text=$(
		printf '%s %s: %s passed' "$1" "$2" "$p"
		[ "$f" -eq 0 ] || printf ', %s FAILED' "$f"
		[ "$s" -eq 0 ] || printf ', %s skipped' "$s"
		echo
		sed '/^COUNT /d' "$log.tally"
		if [ "$f" -ne 0 ]; then
			tail -n 200 "$log" | sed 's/^/    | /'
		fi
	)
	printf '%s\n' "$text"
}

# From the sources: a binary that was not built fails, and what remains of a
# test that was removed is not run.
names() {
	case $1 in
	unit | asan) set -- tests/unit/test_*.c ;;
	fuzz) set -- tests/fuzz/fuzz_*.c ;;
	golden) set -- tests/golden/*/run ;;
	e2e) set -- tests/e2e/*.sh ;;
	valgrind)
		# shellcheck disable=SC2086
		set -- $VALGRIND
		;;
	esac
	for file in "$@"; do
		case $file in
		tests/e2e/*lib.sh | *\**) ;;
		tests/golden/*) basename "${file%/run}" ;;
		test_*) [ ! -e "tests/unit/$file.c" ] || echo "$file" ;;
		*) basename "${file%.*}" ;;
		esac
	done
}

list_jobs() {
	for arg in "$@"; do
		suite=${arg%%:*}
		pattern='*'
		[ "$suite" = "$arg" ] || pattern=${arg#*:}
		for name in $(names "$suite"); do
			# shellcheck disable=SC2254
			case $name in
			$pattern) echo "$suite $name" ;;
			esac
		done
	done
}

case ${1-} in
--bare)
	shift
	job "$@"
	exit
	;;
--job)
	shift
	run_job "$@"
	exit 0
	;;
golden-update)
	golden_update
	exit
	;;
esac

rm -rf "$out"
mkdir -p "$out"
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $SUITES
list_jobs "$@" | xargs -r -n 2 -P "$(nproc)" "$0" --job
passed=0 failed=0 skipped=0
for count in "$out"/*.count; do
	[ -e "$count" ] || continue
	read -r p f s <"$count"
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
done
if [ $((passed + failed + skipped)) -eq 0 ]; then
	echo "no test is named so: $*"
	failed=1
fi
if [ "$skipped" -gt 0 ]; then
	echo "$passed passed, $failed failed, $skipped skipped"
else
	echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ]
