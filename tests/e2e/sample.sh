#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What `make run` does, and that the sample is made alike every time.
. "$(dirname "$0")/lib.sh"

mkdir -p "$T/tree/build/run"
cp -R "$ROOT/tools" "$T/tree"
cp -R "$SAMPLE/upstream" "$SAMPLE/image.tar" "$T/tree/build/run"
run env BUILD="$BUILD" "$T/tree/tools/run.sh"
expect "make run shows what was found, and why" 0 "FAIL  7 findings" \
	"1:9.6p1-3ubuntu13 < 1:9.6p1-3ubuntu13.3 → true" "What to type next" \
	"Served at http://127.0.0.1:"
check "the page that it ends with" grep -q '^HTTP/1.1 200 ' \
	"$T/tree/build/run/page.http"
run listens "$(sed -n 's,^Served at http://\([0-9.:]*\)/.*,\1,p' "$T/out")"
equal "nothing of it runs on" 1 $status

# The port is taken.
S=$T/other
run scapcache --state "$S" init
serve_start
run env BUILD="$BUILD" PORT="${URL##*:}" "$T/tree/tools/run.sh"
expect "make run a second time, and on another port" 0 "CVE-2024-6387" \
	"Served at http://127.0.0.1:"
equal "which is not the one that is taken" 0 \
	"$(grep -c "Served at $URL/" "$T/out")"

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
