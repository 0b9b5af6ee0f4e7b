#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# scan --policy: what each rule makes of the sample, and of a corpus inventory.
. "$(dirname "$0")/lib.sh"
need sqlite3
image=docker-archive:$SAMPLE/image.tar

SOURCE_DATE_EPOCH=$(date -d 2025-01-01 +%s)
export SOURCE_DATE_EPOCH
run scapcache --quiet --state "$S" sync --from "$SAMPLE/upstream"
expect "sync of the sample" 0

# judge NAME STATUS TEXT…: with the policy of standard input, on 2025-01-01.
judge() {
	cat >"$T/policy.ini"
	run scapcache --state "$S" scan --policy "$T/policy.ini" "$image"
	expect "$@"
}

judge "severity: below" 0 "PASS  7 findings" "none fails" <<EOF
[fail]
severity = critical
EOF
judge "severity: at" 2 "FAIL  7 findings" "; 1 fails" \
	"severity >= high: 1 fails" <<EOF
[fail]
severity = high
EOF
judge "what can be fixed, for long" 2 "6 fail" \
	"any severity, fix available for more than 14 days: 6 fail" <<EOF
[fail]
fix_available_days = 14
EOF
judge "what can be fixed, not for so long" 0 "none fails" <<EOF
[fail]
fix_available_days = 300
EOF
judge "what cannot be fixed" 2 "; 1 fails" "fails, deferred" <<EOF
[fail]
states = deferred
EOF
judge "a package that is not allowed" 2 \
	"the policy does not allow the package coreutils 9.4-3ubuntu6" <<EOF
[fail]
severity = off
packages = core*
EOF
judge "exploited, and nobody knows which" 3 "UNKNOWN" \
	"the index has no catalog of them" <<EOF
[fail]
severity = off
kev = yes
EOF
judge "old content" 3 "com.ubuntu.noble.cve.oval is of 2024-12-04T19:30:00Z" \
	"older than the 14 days that the policy allows: run \`scapcache sync\`" <<EOF
[fail]
severity = off
[content]
max_age_days = 14
EOF
judge "old content fails where unknown means fail" 2 "FAIL" \
	"older than the 14 days" <<EOF
[fail]
severity = off
[content]
max_age_days = 14
[unknown]
verdict = fail
EOF

# Scores of our own: what the rule is asked for is in the index then.
mkdir -p "$T/scores/epss.empiricalsecurity.com"
printf '%s\n' '#model_version:v1,score_date:2024-12-31T00:00:00+0000' \
	cve,epss,percentile CVE-2024-6387,0.61,0.98 CVE-2024-7264,0.0049,0.7 |
	gzip >"$T/scores/epss.empiricalsecurity.com/epss_scores-current.csv.gz"
judge "EPSS, and no scores" 3 "the index has no scores" <<EOF
[fail]
severity = off
epss = 0.6
EOF
run scapcache --quiet --state "$S" sync --from "$T/scores"
expect "sync of scores" 0
judge "EPSS: at" 2 "EPSS >= 0.6: 1 fails" <<EOF
[fail]
severity = off
epss = 0.6
EOF
judge "EPSS: below" 0 "none fails" <<EOF
[fail]
severity = off
epss = 0.62
EOF
judge "EPSS: of yesterday" 0 "none fails" <<EOF
[fail]
severity = off
epss = 0.62
[content]
max_age_days.epss = 1
EOF

# waiver LAST-DAY
waiver() {
	cat <<EOF
[fail]
severity = high
[waiver.SEC-1]
ids = CVE-2024-6387
owner = Ann
reason = no server
expires = $1
EOF
}
waiver 2025-01-01 >"$T/in"
judge "a waiver on its last day" 0 "PASS" "none fails, 1 waived" \
	"waived SEC-1" "SEC-1 waives 1: Ann: no server; until 2025-01-01" \
	<"$T/in"
waiver 2024-12-31 >"$T/in"
judge "a waiver on the day after" 2 "FAIL" "besides: the waiver SEC-1 of \
Ann expired after 2024-12-31 and counts no more: 1 finding fails" <"$T/in"

# The same verdict in every format, and on every question about that day.
waiver 2025-01-01 >"$T/policy.ini"
for format in json definitions; do
	run scapcache --quiet --state "$S" scan --policy "$T/policy.ini" \
		--format $format "$image"
	expect "$format: a pass, too" 0
	[ $format = definitions ] || mv "$T/out" "$T/report.json"
done
equal "json: the policy's digest" \
	"sha256:$(sha256sum <"$T/policy.ini" | cut -d' ' -f1)" \
	"$(json "$T/report.json" "json_extract(j, '\$.policy.digest')")"
equal "json: the waived finding is there" \
	"SEC-1|0|severity >= high" "$(json "$T/report.json" \
	"group_concat(json_extract(f.value, '\$.waiver.id') || '|' ||
	json_extract(f.value, '\$.fails') || '|' ||
	json_extract(f.value, '\$.rule'))
	FROM d, json_each(j, '\$.findings') f
	WHERE json_extract(f.value, '\$.id') = 'CVE-2024-6387' --")"
run scapcache --state "$S" scan --policy "$T/policy.ini" --fail-on low \
	"$image"
expect "--fail-on is one rule more" 2 "--fail-on low: 6 fail"


# Whoever rates a finding, the format changes nothing.
for severity in negligible low medium high critical; do
	for format in table json definitions; do
		run scapcache --quiet --state "$S" scan --format $format \
			--fail-on $severity --output "$T/report" "$image"
		echo "$status"
	done | uniq >"$T/statuses"
	equal "--fail-on $severity: one status" 1 "$(wc -l <"$T/statuses")"
done

SOURCE_DATE_EPOCH=$(date -d 2031-01-01 +%s)
run scapcache --state "$S" scan --policy "$T/policy.ini" "$image"
expect "years later it has expired" 2 "expired after 2025-01-01"
printf '[content]\nmax_age_days = 30\n[fail]\nseverity = off\n' \
	>"$T/fresh.ini"
run scapcache --state "$S" scan --policy "$T/fresh.ini" "$image"
expect "and the content is old" 3 "older than the 30 days"
printf '[content]\nmax_age_days.ubuntu-usn = 9\n[fail]\nseverity = off\n' \
	>"$T/seen.ini"
run scapcache --state "$S" scan --policy "$T/seen.ini" "$image"
expect "what has no date is as old as its place in the index" 3 \
	"is of 2025-01-01T00:00:00Z, older than the 9 days"
run scapcache --state "$S" scan --policy "$T/seen.ini" \
	--as-of 2025-01-09 "$image"
expect "which was new then" 0
run scapcache --state "$S" scan --policy "$T/fresh.ini" --as-of 1 "$image"
expect "but was not when it was published" 0 "Generation 1 of 2025-01-01"
run scapcache --state "$S" scan --policy "$T/policy.ini" --as-of 2025-01-01 \
	"$image"
expect "and the waiver held on that day" 0 "1 waived"

# Whatever was decided on which day comes out again, today.
unset SOURCE_DATE_EPOCH
run scapcache --state "$S" rescan --policy "$ROOT/samples/policy.ini"
expect "every image by another policy" 0 "1 pass"
run scapcache --state "$S" verdict verify
expect "all of it can be worked out again" 0
check "and there was something" \
	grep -q "^[1-9][0-9]* same, 0 different, 0 unknown" "$T/out"
SOURCE_DATE_EPOCH=$(date -d 2031-01-01 +%s)
export SOURCE_DATE_EPOCH

# Where the policy comes from, and what is none.
SCAPCACHE_SCAN_POLICY=$T/policy.ini run scapcache --state "$S" scan \
	--as-of 2025-01-01 "$image"
expect "the configuration's policy" 0 "1 waived"
SCAPCACHE_SCAN_FAIL_ON=critical run scapcache --state "$S" scan "$image"
expect "the configuration's fail_on" 0 "below critical"
SCAPCACHE_SCAN_FAIL_ON=bad run scapcache --state "$S" scan "$image"
expect "a word that is no severity" 1 "bad is no severity"
run scapcache --state "$S" scan --policy "$T/none.ini" "$image"
expect "no such policy" 1 "none.ini: No such file or directory"
printf '[fail]\nseverty = high\n' >"$T/policy.ini"
run scapcache --state "$S" scan --policy "$T/policy.ini" "$image"
expect "a policy with a mistake judges nothing" 1 \
	"policy.ini: line 2: severty: there is no key severty here: severity"
equal "and writes no report" "" "$(cat "$T/out")"
SOURCE_DATE_EPOCH=$(date -d 2026-01-01 +%s)
run scapcache --state "$S" scan --policy "$ROOT/samples/policy.ini" "$image"
expect "the sample of a policy" 0 "none fails, 1 waived"

# The reference and the sample have every key.
sed -n 's/.*{ POLICY_[A-Z]*, "\([a-z_]*\)",.*/\1/p' \
	"$ROOT/scanner/policy_keys.c" | sort -u >"$T/keys"
check "the keys are found" test "$(wc -l <"$T/keys")" -gt 15
while read -r key; do
	check "docs/policy.md has $key" \
		grep -q "^| \`$key\` |" "$ROOT/docs/policy.md"
	check "samples/policy.ini has $key" \
		grep -q "^\(# \)\{0,1\}$key =" "$ROOT/samples/policy.ini"
done <"$T/keys"
awk '/^```ini$/ { on = 1; next } /^```$/ { on = 0 } on' \
	"$ROOT/docs/policy.md" >"$T/policy.ini"
run scapcache --state "$S" scan --policy "$T/policy.ini" "$image"
expect "the policy of docs/policy.md" 2 "1 fails" "older than the 7 days"

# A real document and inventory.
[ -d "$CORPUS/upstream" ] || {
	skip "no corpus"
	done_testing
}
oval=security-metadata.canonical.com/oval
mkdir -p "$T/real/$oval"
cp -R "$CORPUS/upstream/www.cisa.gov" "$T/real"
cp "$CORPUS/upstream/$oval"/com.ubuntu.focal.*.oval.xml.bz2 "$T/real/$oval"
run scapcache --quiet --state "$T/focal" sync --from "$T/real"
expect "sync of focal" 0
image=rootfs:$CORPUS/inventories/ubuntu2004
S=$T/focal
SOURCE_DATE_EPOCH=$(date -d 2021-09-10 +%s)
judge "focal: any finding" 2 "FAIL" </dev/null
judge "focal: fresh enough" 2 "FAIL" <<EOF
[content]
max_age_days = 14
EOF
judge "focal: an unrated one might be critical" 2 \
	"unrated: severity >= critical: 1 fails" <<EOF
[fail]
severity = critical
EOF
judge "focal: or is taken for less" 0 "none fails" <<EOF
[fail]
severity = critical
unrated = medium
EOF
judge "focal: all that has a fix is fixed" 0 "none fails" <<EOF
[fail]
fix_available_days = 0
EOF
judge "focal: only kernels are exploited" 0 "none fails" <<EOF
[fail]
severity = off
kev = yes
kernel = ignore
EOF
judge "focal: which may count" 2 "known exploited: 2 fail" <<EOF
[fail]
severity = off
kev = yes
EOF
image=rootfs:$CORPUS/inventories/real-ubuntu2004
judge "a real focal: sudo is exploited" 2 "known exploited: 1 fails" <<EOF
[fail]
severity = off
kev = yes
kernel = ignore
EOF
image=rootfs:$CORPUS/inventories/ubuntu2004
judge "focal: too old" 3 "com.ubuntu.focal.cve.oval is of 2021-08-31" \
	"older than the 9 days" <<EOF
[fail]
severity = off
[content]
max_age_days.ubuntu-oval = 9
EOF
done_testing
