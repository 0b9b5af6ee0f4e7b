#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Reports for other programs: valid by their schemas, the same bytes each time,
# and they say what --format json says.
. "$(dirname "$0")/lib.sh"
need sqlite3 xmllint
XSD=$ROOT/tests/fixtures/junit.xsd

# Schemas are not ours to copy: they come with packages, pinned.
# npm_files PACKAGE SHA512 FILE…: the files of a package, into $T.
npm_files() {
	_kept=$BUILD/npm/$(printf %s "$1" | tr '@/' '__').tgz
	_want_sum=$2
	mkdir -p "$BUILD/npm" "$T/npm"
	[ -s "$_kept" ] || {
		(cd "$T/npm" && timeout 60 npm pack --silent \
			"$1" >"$T/npm.out" 2>&1) || return 1
		mv "$T"/npm/*.tgz "$_kept"
	}
	_sum=$(openssl dgst -sha512 -binary "$_kept" | base64 -w 0)
	[ "$_sum" = "$_want_sum" ] || return 1
	shift 2
	for _file in "$@"; do
		tar -xOf "$_kept" "package/$_file" \
			>"$T/$(basename "$_file")" || return 1
	done
}
sarif_schema() {
	npm_files @microsoft/jest-sarif@1.0.0-beta.0 \
		A1fOhPd6Ic5iDk4F9YPw1qNB4XF+7+IviR7xl8r2F6QzQkx5cpY9LsGk2rExiFIEcBbjpVnSmwWGBukASkiQ9A== \
		lib/schemas/sarif-2.1.0-rtm.5.json
}
bom_schema() {
	npm_files @cyclonedx/cyclonedx-library@6.11.0 \
		T2R49+ia3NmluV+56Ev1NSIjG7DKUFM3EzzhHwJqWRUMuFK3Z8AIKIbNezAxoyl+4kJ6MzT8lke7t8mkZom+/A== \
		res/schema/bom-1.5.SNAPSHOT.schema.json \
		res/schema/spdx.SNAPSHOT.schema.json \
		res/schema/jsf-0.82.SNAPSHOT.schema.json
}
no_schema=
if ! command -v npm >/dev/null; then
	no_schema="npm is not installed"
elif ! python3 -c "import jsonschema" 2>/dev/null; then
	no_schema="python3-jsonschema is not installed"
elif ! sarif_schema || ! bom_schema; then
	no_schema="no schemas from npm's registry"
fi
# valid.py SCHEMA REPORT [OTHER…]: others are what the schema refers to.
cat >"$T/valid.py" <<'EOF'
import json, sys
from jsonschema import RefResolver
from jsonschema.validators import validator_for

def read(path):
    with open(path) as f:
        return json.load(f)

schema, report = read(sys.argv[1]), read(sys.argv[2])
others = {s["$id"]: s for s in map(read, sys.argv[3:])}
kind = validator_for(schema)
kind.check_schema(schema)
name = schema.get("$id", schema.get("id", ""))
resolver = RefResolver(name, schema, store={**others, name: schema})
errors = list(kind(schema, resolver=resolver).iter_errors(report))
for e in errors:
    print("/".join(str(p) for p in e.absolute_path), e.message)
sys.exit(1 if errors else 0)
EOF
SARIF=$T/sarif-2.1.0-rtm.5.json
valid_reports() {
	if [ -n "$no_schema" ]; then
		skip "$no_schema"
		return
	fi
	check "$1: valid SARIF" python3 "$T/valid.py" "$SARIF" "$T/sarif"
	check "$1: valid CycloneDX" python3 "$T/valid.py" \
		"$T/bom-1.5.SNAPSHOT.schema.json" "$T/cyclonedx" \
		"$T/spdx.SNAPSHOT.schema.json" "$T/jsf-0.82.SNAPSHOT.schema.json"
}
if [ -n "$no_schema" ]; then
	skip "$no_schema"
else
	echo '{"version": "2.1.0", "runs": [{}]}' >"$T/bad.sarif"
	run python3 "$T/valid.py" "$SARIF" "$T/bad.sarif"
	expect "the schema refuses what is none" 1 "'tool' is a required property"
fi

# Values of the reports, as numbers.
sarif() {
	json "$T/sarif" "$1"
}
junit() {
	xmllint --xpath "$1" "$T/junit"
}

bom() {
	json "$T/cyclonedx" "$1"
}
bom_says() {
	equal "$1: every package is one component" \
		"$(json "$T/json" "coalesce(sum(json_extract(f.value,
		'\$.packages')), 0) FROM d, json_each(j,
		'\$.inventory.databases') f --")" \
		"$(bom "count(*) FROM d, json_each(j, '\$.components') c
		WHERE json_extract(c.value, '\$.type') = 'library' --")"
	equal "$1: and has a reference of its own" \
		"$(bom "json_array_length(j, '\$.components')")" \
		"$(bom "count(DISTINCT json_extract(c.value, '\$.bom-ref'))
		FROM d, json_each(j, '\$.components') c --")"
	equal "$1: every finding affects a component, or the image" \
		"$(json "$T/json" "json_extract(j, '\$.summary.findings')")" \
		"$(bom "count(*) FROM d, json_each(j, '\$.vulnerabilities') v,
		json_each(v.value, '\$.affects') a WHERE
		json_extract(a.value, '\$.ref') = 'image' OR
		json_extract(a.value, '\$.ref') IN (SELECT
		json_extract(c.value, '\$.bom-ref') FROM d all_of,
		json_each(all_of.j, '\$.components') c) --")"
	equal "$1: cyclonedx says the verdict" \
		"$(json "$T/json" "json_extract(j, '\$.verdict')")" \
		"$(bom "json_extract(p.value, '\$.value') FROM d, json_each(j,
		'\$.metadata.properties') p WHERE json_extract(p.value,
		'\$.name') = 'scapcache:verdict' --")"
}

# reports NAME STATUS TARGET [OPTION…]
reports() {
	_what=$1
	_want=$2
	shift 2
	for _format in json html sarif junit cyclonedx; do
		run scapcache --quiet --state "$S" scan --format $_format "$@"
		expect "$_what: $_format" "$_want"
		mv "$T/out" "$T/$_format"
		run scapcache --quiet --state "$S" scan --format $_format "$@"
		same "$_what: $_format is the same again" "$T/$_format" "$T/out"
	done
	valid_reports "$_what"
	bom_says "$_what"
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
