#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Version order against those who made it: rpm and dpkg judge random pairs
# that lie close to each other, each seed its own.
. "$(dirname "$0")/lib.sh"
N=6000
ours() {
	"$BUILD/tools/compare_versions" "$@"
}

# judge_rpm FILE: A, B and their order, by rpm's own function on whole EVRs.
judge_rpm() {
	rpm --eval "%{lua:
		for l in io.lines('$1') do
			local a, b = l:match('^(.-)\t(.*)\$')
			local ok, r = pcall(rpm.vercmp, a, b)
			local o = r == 0 and '=' or '>'
			if ok and r < 0 then o = '<' end
			print(a .. '\t' .. b .. '\t' .. (ok and o or '?') .. '\n')
		end
	}" | LC_ALL=C grep -av '^$'
}

judge_dpkg() {
	perl -MDpkg::Version -ne '
		chomp;
		my ($a, $b) = split /\t/;
		my $r = version_compare($a, $b);
		print "$_\t", ($r < 0 ? "<" : $r > 0 ? ">" : "="), "\n";
	' "$1"
}

# judge_dpkg_itself FILE: the program; slow.
judge_dpkg_itself() {
	while IFS='	' read -r a b; do
		for op in lt:'<' gt:'>' eq:'='; do
			dpkg --compare-versions "$a" "${op%:*}" "$b" &&
				printf '%s\t%s\t%s\n' "$a" "$b" "${op#*:}"
		done
	done <"$1" 2>/dev/null
}

# compare KIND JUDGE SEED N: the same order for every pair.
compare() {
	ours "$1" "$4" "$3" >"$T/pairs"
	ours "$1" <"$T/pairs" >"$T/ours"
	$2 "$T/pairs" >"$T/theirs"
	equal "$1: $4 pairs of seed $3" "$4" "$(wc -l <"$T/theirs")"
	same "$1: $2 agrees, seed $3" "$T/theirs" "$T/ours"
	# shellcheck disable=SC2016
	check "$1: all three orders occur, seed $3" \
		awk -F '\t' '{ n[$3]++ }
			END { exit !(n["<"] > 50 && n[">"] > 50 && n["="] > 5) }' \
		"$T/theirs"
}

# listed KIND JUDGE: the list that is kept by hand.
listed() {
	awk '!/^#/ && NF == 3 { print $1 "\t" $3 "\t" $2 }' \
		"$ROOT/tests/golden/version/$1.data" >"$T/list"
	cut -f 1,2 "$T/list" >"$T/pairs"
	$2 "$T/pairs" >"$T/theirs"
	same "$1: $2 agrees with the list" "$T/theirs" "$T/list"
}

if command -v rpm >/dev/null; then
	compare rpm judge_rpm 1 $N
	compare rpm judge_rpm 20261123 $N
	listed rpm judge_rpm
else
	skip "rpm: not installed"
fi
if perl -MDpkg::Version -e 1 2>/dev/null; then
	compare dpkg judge_dpkg 1 $N
	compare dpkg judge_dpkg 20261123 $N
else
	skip "dpkg: no Dpkg::Version"
fi
if command -v dpkg >/dev/null; then
	compare dpkg judge_dpkg_itself 3 400
	listed dpkg judge_dpkg_itself
else
	skip "dpkg: not installed"
fi

# Nobody judges apk here: its order must be one, on versions that it takes.
apk_suffix='_(alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*'
apk_valid="^[0-9]+(\\.[0-9]+)*[a-z]?($apk_suffix)*(~[0-9a-f]+)?(-r[0-9]+)?\$"
ours apk 4000 5 | tr '\t' '\n' | grep -E "$apk_valid" |
	sort -u | head -n 90 >"$T/apk"
check "apk: there are versions" test "$(wc -l <"$T/apk")" -ge 80
awk '{ v[NR] = $0 }
	END {
		for (i = 1; i <= NR; i++)
			for (k = 1; k <= NR; k++)
				print v[i] "\t" v[k]
	}' "$T/apk" >"$T/pairs"
ours apk <"$T/pairs" >"$T/ours"
# shellcheck disable=SC2016
check "apk: one order of them all" awk -F '\t' '
	{ o[$1, $2] = $3; seen[$1] = 1 }
	function bad(why) { print why; failed = 1 }
	END {
		for (a in seen) {
			if (o[a, a] != "=")
				bad(a " is not itself")
			for (b in seen) {
				x = o[a, b] o[b, a]
				if (x != "<>" && x != "><" && x != "==")
					bad(a " " x " " b)
				if (o[a, b] == ">")
					continue
				for (c in seen)
					if (o[b, c] != ">" && o[a, c] == ">")
						bad(a " " b " " c)
			}
		}
		exit failed
	}' "$T/ours"
done_testing
