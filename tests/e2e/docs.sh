#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The documents say what the program does: the lists of sources are the
# program's, every member that --json prints stands in docs/, links lead
# somewhere, decisions are numbered.
#
# shellcheck disable=SC2016 # marks of Markdown
. "$(dirname "$0")/lib.sh"

# --- sources ---

run scapcache source list
expect "source list" 0 "SOURCE"
sed 1d "$T/out" | tr -s ' ' | sed 's/ no url / no-url /' |
	cut -d ' ' -f 1,3 | sort >"$T/sources"

# | `name` | asked | reader | …
sed -n 's/^| `\([a-z0-9.-]*\)` | \([^|]*\) | .*/\1 \2/p' \
	"$ROOT/docs/sources.md" | sed 's/ no url$/ no-url/' | sort >"$T/docs"
same "docs/sources.md has every source, and whether it is asked" \
	"$T/sources" "$T/docs"

# "(oval, proved by …)" in what `source show` prints.
: >"$T/readers"
while read -r name asked; do
	scapcache source show "$name" |
		sed -n 's/^  .* (\([a-z0-9.-]*\)[,)].*/\1/p' |
		sed "s/^/$name /" >>"$T/readers"
	n=$(grep -c "^| \`$name\` | [^|]* | [a-z]" "$ROOT/docs/sources.md")
	equal "$name ($asked) has one row" 1 "$n"
done <"$T/sources"
sed -n 's/^| `\([a-z0-9.-]*\)` | [^|]* | \([^|]*\) | .*/\1 \2/p' \
	"$ROOT/docs/sources.md" | grep -v ' kept$' >"$T/named"
check "docs/sources.md names readers" test -s "$T/named"
missing=0
while read -r line; do
	grep -qxF "$line" "$T/readers" || {
		missing=$((missing + 1))
		echo "# docs/sources.md: $line"
	}
done <"$T/named"
equal "docs/sources.md names readers that the sources have" 0 $missing

# README: asked in the second column, on request in the third.
readme_column() {
	sed -n '/^| publisher/,/^$/p' "$ROOT/README.md" |
		cut -d '|' -f "$1" | grep -o '`[a-z0-9.-]*`' | tr -d '`' | sort
}
readme_column 3 >"$T/readme.asked"
sed -n 's/ yes$//p' "$T/sources" >"$T/asked"
same "README: the sources that are asked" "$T/asked" "$T/readme.asked"
readme_column 4 >"$T/readme.others"
sed '/ yes$/d; s/ .*//' "$T/sources" >"$T/others"
same "README: the other sources" "$T/others" "$T/readme.others"

# Configuration that the README shows is one.
sed -n '/^```ini$/,/^```$/p' "$ROOT/README.md" | grep -v '^```' >"$T/shown.conf"
check "the README shows a configuration" test -s "$T/shown.conf"
run scapcache --config "$T/shown.conf" config check
expect "which is good" 0 "is good"

# --- members of JSON ---

# Names of members that a page does not have, of what stands on standard
# input; what a publisher wrote ("record", the last one) is no member of ours.
undocumented() {
	sed -n '/"record": {/,/"kind":/!s/^ *"\([a-z_0-9]*\)": .*/\1/p' |
		sort -u | while read -r member; do
		grep -qE "[\"\`.]${member}[].\"\`[]" "$ROOT/docs/$1" ||
			echo "$member"
	done
}
members() {
	_page=$1
	shift
	run scapcache --state "$S" "$@"
	expect "$*" 0
	check "$* prints members" grep -q '": ' "$T/out"
	equal "docs/$_page has the members of $*" "" \
		"$(undocumented "$_page" <"$T/out")"
}
members sync-json.md sync --from "$SAMPLE/upstream" --json
members sync-json.md status --json
members sync-json.md status --audit 9 --json
members show-json.md search openssh --json
members show-json.md show CVE-2024-6387 --json
members show-json.md show USN-6859-1 --json
members show-json.md show ubuntu/noble/openssh --json
members changes-json.md changes --since 1 --json
members changes-json.md gc --dry-run --json
members changes-json.md index list --json
members changes-json.md index verify --json
scapcache --state "$S" --quiet token add ci >"$T/token"
members access.md token list --json
run scapcache --state "$S" scan --format json --timing "$SAMPLE/image.tar"
expect "scan --format json" 2 '"verdict": '
equal "docs/scan-json.md has the members of scan" "" \
	"$(undocumented scan-json.md <"$T/out")"

# --- links and numbers ---

for page in "$ROOT"/*.md "$ROOT"/docs/*.md "$ROOT"/docs/decisions/*.md; do
	grep -o '](\([^)#:]*\))' "$page" | sed 's/^](//; s/)$//' |
		while read -r link; do
			echo "$(dirname "$page")/$link"
		done
done >"$T/links"
check "there are links" test "$(wc -l <"$T/links")" -gt 50
while read -r link; do
	[ -e "$link" ] || echo "# ${link#"$ROOT"/}"
done <"$T/links" >"$T/broken"
diag <"$T/broken"
check "every link leads somewhere" test ! -s "$T/broken"

# shellcheck disable=SC2012
ls "$ROOT/docs/decisions" | sed -n 's/^\([0-9]\{4\}\)-.*\.md$/\1/p' >"$T/numbers"
seq -f %04.0f "$(wc -l <"$T/numbers")" >"$T/in.order"
same "decisions are numbered without gaps, each once" "$T/in.order" \
	"$T/numbers"

# docs/README.md leads to every page.
for page in "$ROOT"/docs/*; do
	page=$(basename "$page")
	[ "$page" = README.md ] || grep -qF "($page)" "$ROOT/docs/README.md" ||
		echo "$page"
done >"$T/pages"
equal "docs/README.md has every page" "" "$(cat "$T/pages")"

# A file that README's table of stages names is there.
missing=0
sed -n '/^| stage /,/^$/p' "$ROOT/README.md" | cut -d '|' -f 3 |
	grep -o '`[^`]*`' | tr -d '`' >"$T/stages"
check "README names files of stages" test -s "$T/stages"
while read -r file; do
	[ -e "$ROOT/$file" ] || {
		missing=$((missing + 1))
		echo "# README.md: $file"
	}
done <"$T/stages"
equal "README's stages have their files" 0 $missing
done_testing
