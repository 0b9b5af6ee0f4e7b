#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reports for other programs: valid by their schemas, the same bytes each time,
# and they say what --format json says.
. "$(dirname "$0")/lib.sh"
need sqlite3 xmllint
XSD=$ROOT/tests/fixtures/junit.xsd

# The schema of SARIF is not ours to copy: it comes with a package, pinned.
SARIF_PACKAGE=@microsoft/jest-sarif@1.0.0-beta.0
SARIF_SHA512=A1fOhPd6Ic5iDk4F9YPw1qNB4XF+7+IviR7xl8r2F6QzQkx5cpY9LsGk2rExiFIEcBbjpVnSmwWGBukASkiQ9A==
fetch_schema() {
	_kept=$BUILD/npm/jest-sarif.tgz
	if [ ! -s "$_kept" ]; then
		mkdir -p "$BUILD/npm" "$T/npm"
		(cd "$T/npm" && timeout 60 npm pack --silent \
			"$SARIF_PACKAGE" >"$T/npm.out" 2>&1) || return 1
		mv "$T"/npm/*.tgz "$_kept"
	fi
	_sum=$(openssl dgst -sha512 -binary "$_kept" | base64 -w 0)
	[ "$_sum" = "$SARIF_SHA512" ] || return 1
	tar -xOf "$_kept" package/lib/schemas/sarif-2.1.0-rtm.5.json \
		>"$T/sarif.schema.json"
}
no_schema=
if ! command -v npm >/dev/null; then
	no_schema="npm is not installed"
elif ! python3 -c "import jsonschema" 2>/dev/null; then
	no_schema="python3-jsonschema is not installed"
elif ! fetch_schema; then
	no_schema="no schema of SARIF from the registry"
fi
cat >"$T/valid.py" <<'EOF'
import json, sys
from jsonschema import Draft4Validator
with open(sys.argv[1]) as f:
    schema = json.load(f)
with open(sys.argv[2]) as f:
    report = json.load(f)
Draft4Validator.check_schema(schema)
errors = list(Draft4Validator(schema).iter_errors(report))
for e in errors:
    print("/".join(str(p) for p in e.absolute_path), e.message)
sys.exit(1 if errors else 0)
EOF
valid_sarif() {
	if [ -n "$no_schema" ]; then
		skip "$no_schema"
	else
		check "$1: valid SARIF" \
			python3 "$T/valid.py" "$T/sarif.schema.json" "$2"
	fi
}
if [ -n "$no_schema" ]; then
	skip "$no_schema"
else
	echo '{"version": "2.1.0", "runs": [{}]}' >"$T/bad.sarif"
	run python3 "$T/valid.py" "$T/sarif.schema.json" "$T/bad.sarif"
	expect "the schema refuses what is none" 1 "'tool' is a required property"
fi

# Values of the reports, as numbers.
sarif() {
	json "$T/sarif" "$1"
}
junit() {
	xmllint --xpath "$1" "$T/junit"
}

# reports NAME STATUS TARGET [OPTION…]
reports() {
	_what=$1
	_want=$2
	shift 2
	for _format in json sarif junit; do
		run scapcache --quiet --state "$S" scan --format $_format "$@"
		expect "$_what: $_format" "$_want"
		mv "$T/out" "$T/$_format"
		run scapcache --quiet --state "$S" scan --format $_format "$@"
		same "$_what: $_format is the same again" "$T/$_format" "$T/out"
	done
	valid_sarif "$_what" "$T/sarif"
	check "$_what: valid JUnit" \
		xmllint --noout --schema "$XSD" "$T/junit"
	equal "$_what: sarif has every finding" \
		"$(json "$T/json" "json_extract(j, '\$.summary.findings')")" \
		"$(sarif "json_array_length(j, '\$.runs[0].results')")"
	equal "$_what: a rule for each CVE, and each result has its own" 0 \
		"$(sarif "count(*) FROM d, json_each(j, '\$.runs[0].results') r
		WHERE json_extract(r.value, '\$.ruleId') <> json_extract(j,
		'\$.runs[0].tool.driver.rules[' ||
		json_extract(r.value, '\$.ruleIndex') || '].id') --")"
	equal "$_what: sarif says the verdict" \
		"$(json "$T/json" "json_extract(j, '\$.verdict')")" \
		"$(sarif "json_extract(j, '\$.runs[0].properties.verdict')")"
	equal "$_what: sarif has every reason" \
		"$(json "$T/json" "json_array_length(j, '\$.reasons') +
		json_array_length(j, '\$.missing')")" \
		"$(sarif "json_array_length(j,
		'\$.runs[0].invocations[0].toolExecutionNotifications')")"
	equal "$_what: sarif suppresses what is waived" \
		"$(json "$T/json" "json_extract(j, '\$.summary.waived')")" \
		"$(sarif "count(*) FROM d, json_each(j, '\$.runs[0].results') r
		WHERE json_array_length(r.value, '\$.suppressions') > 0 --")"
	equal "$_what: junit fails what fails" \
		"$(json "$T/json" "count(*) FROM d, json_each(j,
		'\$.findings') f WHERE json_extract(f.value, '\$.fails') --")" \
		"$(junit 'count(//testsuite[@name!="verdict"]//failure)')"
	equal "$_what: junit skips what is waived" \
		"$(json "$T/json" "json_extract(j, '\$.summary.waived')")" \
		"$(junit 'count(//skipped)')"
	for _count in failure error testcase; do
		_name=${_count%case}s
		case $_count in testcase) _name=tests ;; esac
		equal "$_what: junit counts each $_count" \
			"$(junit "count(//$_count)")" \
			"$(junit "sum(//testsuite/@$_name)")"
		equal "$_what: and all of them" \
			"$(junit "count(//$_count)")" \
			"$(junit "string(/testsuites/@$_name)")"
	done
}

SOURCE_DATE_EPOCH=$(date -d 2025-01-01 +%s)
export SOURCE_DATE_EPOCH
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0
image=docker-archive:$SAMPLE/image.tar
reports "findings" 2 "$image"
reports "a threshold" 0 --fail-on critical "$image"
reports "a policy" 0 --policy "$ROOT/samples/policy.ini" "$image"
printf '[fail]\nseverity = off\npackages = core*\n[content]\n%s\n' \
	'max_age_days = 3' >"$T/policy.ini"
reports "what no finding says" 2 --policy "$T/policy.ini" "$image"
mkdir -p "$T/root/etc"
reports "nothing known" 3 "rootfs:$T/root"
equal "unknown is no success to sarif" 0 "$(sarif "json_extract(j,
	'\$.runs[0].invocations[0].executionSuccessful')")"
equal "unknown is an error to junit" unknown \
	"$(junit 'string((//testcase)[1]/error/@message)')"

# Names out of a hostile image: neither markup, nor links, nor placeholders.
mkdir -p "$T/root/var/lib/dpkg"
printf 'ID=ubuntu\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n' \
	>"$T/root/etc/os-release"
echo DISTRIB_CODENAME=noble >"$T/root/etc/lsb-release"
printf 'Package: curl\nStatus: install ok installed\nArchitecture: %s\n%s\n' \
	'a<b>&"{0}[x](y)' 'Version: 8.5.0-2ubuntu10.1' \
	>"$T/root/var/lib/dpkg/status"
reports "a hostile image" 2 "rootfs:$T/root"

# A real one of hundreds of findings.
[ -d "$CORPUS/upstream" ] || {
	skip "no corpus"
	done_testing
}
oval=security-metadata.canonical.com/oval
mkdir -p "$T/real/$oval"
cp "$CORPUS/upstream/$oval"/com.ubuntu.focal.*.oval.xml.bz2 "$T/real/$oval"
run scapcache --quiet --state "$S" sync --from "$T/real"
expect "sync of focal" 0
reports "focal" 2 "rootfs:$CORPUS/inventories/ubuntu2004"
done_testing
