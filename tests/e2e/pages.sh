#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The pages in a browser (tests/browser): each loads, is usable by keyboard and
# by axe's rules, finds, opens evidence, takes an upload. Screenshots stay in
# build/screenshots.
. "$(dirname "$0")/lib.sh"
need node
NODE_PATH=$ROOT/build/browser/node_modules
[ -e "$ROOT/build/browser/installed" ] || skip_all "no playwright-core from npm"
CHROMIUM=$(command -v chromium) || skip_all "no chromium"
export NODE_PATH CHROMIUM

# The sample, and of the corpus what has CVE-2016-5195.
FEED=nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2016
KEV=www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json
XENIAL=security-metadata.canonical.com/oval/com.ubuntu.xenial.cve.oval.xml.bz2
cve=CVE-2024-6387
cp -R "$SAMPLE/upstream" "$T/upstream"
if [ -d "$CORPUS/upstream" ]; then
	cve=CVE-2016-5195
	for f in $FEED.json.gz $FEED.meta $KEV $XENIAL; do
		mkdir -p "$T/upstream/$(dirname "$f")"
		cp "$CORPUS/upstream/$f" "$T/upstream/$f"
	done
fi
check "a sync" scapcache --quiet --state "$S" sync --from "$T/upstream"
scapcache --quiet --state "$S" scan "docker-archive:$SAMPLE/image.tar" \
	>"$T/scan" 2>&1
equal "the sample's image fails" 2 $?
if [ -d "$CORPUS/inventories/ubuntu1604" ]; then
	scapcache --quiet --state "$S" scan \
		"rootfs:$CORPUS/inventories/ubuntu1604" >"$T/scan" 2>&1
	equal "the corpus's image fails" 2 $?
fi
token=$(scapcache --state "$S" token add browser --scope scan 2>/dev/null)

serve_start

rm -rf "$ROOT/build/screenshots"
node "$ROOT/tests/browser/pages.js" "$URL" "$token" \
	"$ROOT/build/screenshots" "$SAMPLE/image.tar" "$cve" \
	>"$T/browser" 2>"$T/browser.err"
equal "the browser's script ends well" 0 $?
while read -r word name; do
	case $word in
	ok) ok "$name" ;;
	not) not_ok "${name#ok }" ;;
	esac
done <"$T/browser"
diag <"$T/browser.err"
check "it looked at many things" test "$(wc -l <"$T/browser")" -gt 30
grep -v '^serving ' "$T/serve.log" | diag
done_testing
