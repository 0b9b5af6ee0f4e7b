#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# fuzz.sh: runs each libFuzzer target in build/fuzz for $T seconds on its
# corpus. New inputs go to build/fuzz/corpus, a crash to build/fuzz/crash.
set -u
cd "$(dirname "$0")/.." || exit 1
T=${T:-60}
passed=0 failed=0
for src in tests/fuzz/fuzz_*.c; do
	[ -e "$src" ] || continue
	target=$(basename "$src" .c)
	parser=${target#fuzz_}
	new=build/fuzz/corpus/$parser
	crash=build/fuzz/crash/$parser
	mkdir -p "$new" "$crash"
	if "build/fuzz/fuzz/$target" -max_total_time="$T" -timeout=20 \
		-rss_limit_mb=2048 -print_final_stats=1 \
		-artifact_prefix="$crash/" "$new" \
		"tests/fuzz/corpus/$parser" >"$new.log" 2>&1; then
		passed=$((passed + 1))
		echo "$target: $(sed -n \
			's/^stat::number_of_executed_units: *//p' "$new.log") runs"
	else
		failed=$((failed + 1))
		tail -n 60 "$new.log"
		echo "$target: FAILED, see $crash"
	fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
