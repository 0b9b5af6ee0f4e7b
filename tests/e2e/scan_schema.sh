#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What scan --format json writes is what docs/scan.schema.json says, and has no
# member that is not there; and the schema refuses what is wrong.
. "$(dirname "$0")/lib.sh"
need python3
python3 -c "import jsonschema" 2>/dev/null ||
	skip_all "python3-jsonschema is not installed"

cat >"$T/validate.py" <<'END'
import json, sys
from jsonschema import Draft202012Validator as Validator

def close(s):
    """No member that is not named."""
    if isinstance(s, dict):
        if "properties" in s and s.get("type") == "object":
            s["additionalProperties"] = False
        for v in s.values():
            close(v)
    elif isinstance(s, list):
        for v in s:
            close(v)

schema = json.load(open(sys.argv[1]))
Validator.check_schema(schema)
close(schema)
report = json.load(open(sys.argv[2]))
for change in sys.argv[3:]:
    exec(change, {"r": report})
errors = list(Validator(schema).iter_errors(report))
for e in errors[:9]:
    print(e.json_path, e.message[:200])
sys.exit(1 if errors else 0)
END

# valid REPORT [CHANGE]
valid() {
	python3 "$T/validate.py" "$ROOT/docs/scan.schema.json" "$@"
}

# report NAME IMAGE [OPTION…]
report() {
	_name=$1
	shift
	scapcache --quiet --state "$S" scan --format json "$@" \
		>"$T/$_name.json" 2>"$T/err"
	check "$_name is valid" valid "$T/$_name.json"
}

run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0
report sample "docker-archive:$SAMPLE/image.tar"
report timing "docker-archive:$SAMPLE/image.tar" --timing --fail-on high
mkdir -p "$T/empty"
report unknown "rootfs:$T/empty"

for change in 'r["verdict"] = "maybe"' 'del r["findings"][0]["id"]' \
	'r["findings"][0]["evidence"] = []' 'r["more"] = 1' \
	'r["findings"][0]["severity"] = "grave"' \
	'r["findings"][0]["fixed_at"] = 5' 'r["format"] = 1' \
	'r["verdict"] = "pass"; r["reasons"] = ["a"]' \
	'r["summary"]["high"] = -1' \
	'r["findings"][0]["cvss"] = [{"version": "3.1"}]'; do
	check "refused: $change" sh -c \
		"! python3 '$T/validate.py' '$ROOT/docs/scan.schema.json' \
		'$T/sample.json' '$change' >'$T/refused' && test -s '$T/refused'"
done

if [ -d "$CORPUS/upstream" ]; then
	# One year of NVD has ratings of each kind.
	cp -R "$CORPUS/upstream" "$T/tree"
	find "$T/tree/nvd.nist.gov" -name 'nvdcve-*' ! -name '*-2017.*' \
		-exec rm -f {} +
	run scapcache --quiet --state "$S" sync --from "$T/tree"
	expect "sync of the corpus" 0
	for image in "$CORPUS"/inventories/*; do
		report "$(basename "$image")" "rootfs:$image"
	done
	for member in '"vector": "CVSS:3' '"kev": {' \
		'"advisories": \[$' '"missing": \[$'; do
		check "one of them has $member" sh -c \
			"cat '$T'/*.json | grep -q '$member'"
	done
else
	skip "no corpus"
fi
done_testing
