#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What `make run` does, and that the sample is made alike every time.
. "$(dirname "$0")/lib.sh"

mkdir -p "$T/tree/build/run"
cp -R "$ROOT/tools" "$T/tree"
cp -R "$SAMPLE/upstream" "$SAMPLE/image.tar" "$T/tree/build/run"
run env BUILD="$BUILD" "$T/tree/tools/run.sh"
expect "make run shows what was found, and why" 0 "FAIL  7 findings" \
	"1:9.6p1-3ubuntu13 < 1:9.6p1-3ubuntu13.3 → true" "What to type next"
run env BUILD="$BUILD" "$T/tree/tools/run.sh"
expect "make run a second time" 0 "CVE-2024-6387"

"$ROOT/samples/make.sh" "$T/one" && "$ROOT/samples/make.sh" "$T/two"
check "the sample is made alike" diff -r "$T/one" "$T/two"
check "and is what make made" diff -r "$T/one/upstream" "$SAMPLE/upstream"
if command -v oscap >/dev/null; then
	for f in "$ROOT"/samples/src/*.xml; do
		check "OpenSCAP accepts $(basename "$f")" \
			oscap oval validate --skip-schematron "$f"
	done
fi
done_testing
