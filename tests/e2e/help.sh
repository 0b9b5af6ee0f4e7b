#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Help and usage: every verb has its help; the help, the manual page and the
# completion know the same verbs and options; wrong usage ends 1 and says how
# it goes.
. "$(dirname "$0")/lib.sh"
MAN=$ROOT/man/scapcache.1
COMPLETION=$ROOT/completions/scapcache

# All verbs of the command line, built or not.
VERBS="init sync syncd status source scan rescan diff verdict explain search
show changes index gc key bundle token serve gate tuf localize config version"

run scapcache --help
expect "--help" 0 "usage: scapcache"
sed -n 's/^  \([a-z]\{2,\}\) .*/\1/p' "$T/out" | sort >"$T/help.verbs"
sed -n 's/^  \([a-z]\{2,\}\) .*(not built yet)$/\1/p' "$T/out" |
	sort >"$T/help.unbuilt"
# shellcheck disable=SC2086
printf '%s\n' $VERBS | sort >"$T/all"
same "the help knows every verb" "$T/all" "$T/help.verbs"
sort "$T/help.verbs" "$T/help.unbuilt" | uniq -u >"$T/help.built"

# ".It Cm verb" and ".It Xo" with ".Cm verb" below open a verb's entry.
sed -n '/^\.Ss Verbs$/,/^\.Ss Verbs that/p' "$MAN" |
	sed -n '/^\.It Xo$/{n;p;}; /^\.It Cm/p' |
	sed 's/^\.It //; s/^\.Cm \([a-z]*\).*/\1/; s/^Cm \([a-z]*\).*/\1/' |
	grep -xF -f "$T/all" | sort -u >"$T/man.built"
same "the manual page: verbs that are built" "$T/help.built" "$T/man.built"
sed -n '/^\.Ss Verbs that are not/,/^\.Sh/s/^\.Cm \([a-z]*\).*/\1/p' "$MAN" |
	sort >"$T/man.unbuilt"
same "the manual page: verbs that are not" "$T/help.unbuilt" "$T/man.unbuilt"
bash -c '. "$0"; printf "%s\n" $_scapcache_verbs' "$COMPLETION" |
	sort >"$T/completion.verbs"
same "the completion: verbs that are built" "$T/help.built" \
	"$T/completion.verbs"

# Global options: the help's last lines, the manual's first list.
run scapcache --help
sed -n 's/^  \(--[a-z-]*\).*/\1/p' "$T/out" | sort >"$T/help.options"
sed -n '/^\.Ss Global options$/,/^\.Ss Verbs$/p' "$MAN" |
	sed -n 's/^\.It Fl Fl \([a-z-]*\).*/--\1/p' | sort >"$T/man.options"
same "the manual page: global options" "$T/help.options" "$T/man.options"
completed() {
	bash -c '. "$0"; _scapcache_options "$1"' "$COMPLETION" "$1" |
		tr ' \t' '\n' | sed '/^$/d; s/=$//' | sort
}
completed '' >"$T/completion.options"
same "the completion: global options" "$T/help.options" \
	"$T/completion.options"

# The options of one verb in the manual: in its synopsis line or below it.
man_options() {
	awk -v verb="$1" '
	/^\.Ss Verbs that/ { exit }
	/^\.It Xo$/ { getline; head = $2 }
	/^\.It Cm/ { head = $3 }
	head == verb {
		while (match($0, /Fl Fl [a-z-]+/)) {
			print "--" substr($0, RSTART + 6, RLENGTH - 6)
			$0 = substr($0, RSTART + RLENGTH)
		}
	}' "$MAN" | sort -u
}
while read -r verb; do
	run scapcache "$verb" --help
	expect "$verb --help" 0 "usage: scapcache $verb"
	sed -n 's/^  \(--[a-z-]*\).*/\1/p' "$T/out" | sort -u \
		>"$T/help.options"
	man_options "$verb" >"$T/man.options"
	same "$verb: the manual page has its options" "$T/help.options" \
		"$T/man.options"
	completed "$verb" | grep -vx -e --help >"$T/completion.options"
	same "$verb: the completion has its options" "$T/help.options" \
		"$T/completion.options"
done <"$T/help.built"

while read -r verb; do
	run scapcache "$verb"
	expect "$verb says that it is not built yet" 1 "not built yet"
	equal "$verb prints no result" "" "$(cat "$T/out")"
done <"$T/help.unbuilt"

run scapcache
expect "no verb" 1 "usage: scapcache"
run scapcache frobnicate
expect "a verb that does not exist" 1 "there is no verb frobnicate"
run scapcache --nonsense version
expect "a global option that does not exist" 1 "--nonsense"
run scapcache scan --nonsense x
expect "an option that does not exist" 1 "--nonsense" "scapcache scan --help"
run scapcache scan
expect "a scan of nothing" 1 "scapcache scan --help"
run scapcache --log-level loud version
expect "a log level that does not exist" 1 "loud"
run scapcache version
expect "version" 0 "$(cat "$ROOT/VERSION")"
run scapcache --state "$T/none" status
expect "status without a state directory" 1 "$T/none"
run scapcache --state "$T/none" scan "docker-archive:$SAMPLE/image.tar"
check "a scan without a state directory is never clean" test $status -ne 0
run scapcache --config "$T/none.conf" version
expect "a configuration file that is not there" 1 "$T/none.conf"

run scapcache source list
sed '1d; s/ .*//' "$T/out" | sort >"$T/sources"
bash -c '. "$0"; _scapcache_sources' "$COMPLETION" | tr ' \t' '\n' |
	sed '/^$/d' | sort >"$T/completion.sources"
same "the completion: sources" "$T/sources" "$T/completion.sources"

# Every key of the configuration with its default stands in its page.
sed -n 's/^	{ "\([a-z0-9_.*-]*\)\.\([a-z0-9_]*\)", CONFIG_.*/[\1] \2/p' \
	"$ROOT/base/config_keys.h" | sort >"$T/keys"
awk '/^\.Ss \[/ { section = $2 }
	/^\.It Cm [a-z_]+$/ && section != "" { print section, $3 }
	/^\.Sh FILES/ { exit }' "$ROOT/man/scapcache.conf.5" | sort >"$T/man.keys"
same "the manual page has every key" "$T/keys" "$T/man.keys"
tr '\n' ' ' <"$ROOT/base/config_keys.h" |
	grep -o 'CONFIG_[A-Z]*,[[:space:]]*"[^"]*"' |
	sed 's/.*,[[:space:]]*"\(.*\)"/\1/' | sed '/^$/d' |
	sort >"$T/defaults"
sed -n '/^Default:$/{n;s/^\.Ql \(.*\) \.$/\1/p;}' \
	"$ROOT/man/scapcache.conf.5" | sort >"$T/man.defaults"
same "the manual page has every default" "$T/defaults" "$T/man.defaults"
printf '[source.nvd-api]\napi_key = a-secret\n' >"$T/key.conf"
run scapcache --config "$T/key.conf" config check
expect "a key is set" 0 "source.nvd-api.api_key = (not shown)"
equal "and is printed nowhere" 0 "$(cat "$T/out" "$T/err" | grep -c a-secret)"
printf '[sync]\nretries = many\n' >"$T/bad.conf"
run scapcache --config "$T/bad.conf" config check
expect "a bad value is told with its line" 1 "$T/bad.conf: line 2" "retries"
printf '[sync]\nsources = nosuch\n' >"$T/bad.conf"
run scapcache --config "$T/bad.conf" config check
expect "an unknown source is told" 1 "names nosuch, and there is no such source"
run scapcache --config "$T" config check
expect "a folder is no configuration" 1 "$T: Is a directory"
# Formats of reports.
run scapcache scan --help
sed -n '/^  --format/,/^  --output/p' "$T/out" | sed '$d' |
	sed 's/^  --format FORMAT//; s/(default)//' | tr -d ' ' | tr ',' '\n' |
	sed '/^$/d' | sort >"$T/formats"
check "formats of reports" test "$(wc -l <"$T/formats")" -ge 8
sed -n '/^\.It Fl Fl format Ar format$/,/^\.It Fl Fl output/p' "$MAN" |
	sed '/^Default:$/,$d' | sed -n 's/^\.Cm \([a-z-]*\).*/\1/p' |
	sort >"$T/man.formats"
same "the manual page: formats" "$T/formats" "$T/man.formats"
bash -c '. "$0"; _scapcache_values --format' "$COMPLETION" | tr ' ' '\n' |
	sort >"$T/completion.formats"
same "the completion: formats" "$T/formats" "$T/completion.formats"
while read -r format; do
	check "README: $format" sh -c \
		"sed -n '/^Reports: /,/^\$/p' '$ROOT/README.md' | grep -qF '\`$format\`'"
done <"$T/formats"

done_testing
