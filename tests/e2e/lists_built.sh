#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Debian by its tracker, Alpine and Wolfi by secdb: every word of theirs, and
# content that is missing, too small or too old.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/e2e/judge_lib.sh"

# root NAME OS-RELEASE…: a line each; packages follow
root() {
	NAME=$1
	shift
	mkdir -p "$T/roots/$NAME/etc"
	printf '%s\n' "$@" >"$T/roots/$NAME/etc/os-release"
}

# dpkg PACKAGE VERSION [SOURCE [ARCH [STATUS]]]
dpkg() {
	mkdir -p "$T/roots/$NAME/var/lib/dpkg"
	{
		printf 'Package: %s\nStatus: %s\nArchitecture: %s\n' "$1" \
			"${5:-install ok installed}" "${4:-amd64}"
		printf 'Version: %s\n' "$2"
		[ -z "${3-}" ] || echo "Source: $3"
		echo
	} >>"$T/roots/$NAME/var/lib/dpkg/status"
}

# apk PACKAGE VERSION [ORIGIN]
apk() {
	mkdir -p "$T/roots/$NAME/lib/apk/db"
	printf 'P:%s\nV:%s\nA:x86_64\n%s\n\n' "$1" "$2" "o:${3:-$1}" \
		>>"$T/roots/$NAME/lib/apk/db/installed"
}

# tracker N <LINES "SOURCE CVE RELEASE STATUS URGENCY [FIXED [NODSA]]"
tracker() {
	mkdir -p "$T/tree/security-tracker.debian.org/tracker/data"
	awk -v n="$1" '
	function release(name, status, urgency, fixed, nodsa,    s) {
		s = "\"" name "\":{\"status\":\"" status \
			"\",\"repositories\":{},\"urgency\":\"" urgency "\""
		gsub(/_/, " ", s)
		if (fixed != "" && fixed != "-")
			s = s ",\"fixed_version\":\"" fixed "\""
		if (nodsa != "")
			s = s ",\"nodsa\":\"Minor issue\",\"nodsa_reason\":\"" \
				nodsa "\""
		return s "}"
	}
	{
		key = $1 "\"" $2
		if (!($1 in sources)) {
			sources[$1] = ""
			order[++m] = $1
		}
		if (key in cves)
			cves[key] = cves[key] ","
		else
			sources[$1] = sources[$1] " " $2
		cves[key] = cves[key] release($3, $4, $5, $6, $7)
	}
	END {
		printf "{"
		for (i = 1; i <= m; i++) {
			printf "%s\"%s\":{", sep, order[i]
			k = split(sources[order[i]], names, " ")
			for (j = 1; j <= k; j++)
				printf "%s\"%s\":{\"releases\":{%s}}",
					(j > 1 ? "," : ""), names[j],
					cves[order[i] "\"" names[j]]
			printf "}"
			sep = ","
		}
		for (i = 0; i < n; i++)
			printf ",\"filler%d\":{\"CVE-2020-%d\":{\"releases\":{%s}}}",
				i, i + 1000, release("bookworm", "open", "low")
		print "}"
	}' >"$T/tree/security-tracker.debian.org/tracker/data/json"
}

# secdb FILE BRANCH N <LINES "ORIGIN VERSION IDS", "_" a blank in IDS, where
# "," separates strings
secdb() {
	mkdir -p "$T/tree/${1%/*}"
	_repo=${1##*/}
	awk -v repo="${_repo%.json}" -v branch="$2" -v n="$3" '
	function give(name, fixes) {
		printf "%s{\"pkg\":{\"name\":\"%s\",\"secfixes\":%s}}", sep, name,
			fixes
		sep = ","
	}
	BEGIN {
		printf "{\"apkurl\":\"x\",\"archs\":[\"x86_64\"],\"reponame\":\"%s\",", repo
		if (branch != "-")
			printf "\"distroversion\":\"%s\",", branch
		printf "\"packages\":["
	}
	{
		ids = $3
		gsub(/,/, "\",\"", ids)
		gsub(/_/, " ", ids)
		if ($1 != name && name != "")
			give(name, "{" fixes "}")
		fixes = ($1 == name ? fixes "," : "") "\"" $2 "\":[\"" ids "\"]"
		name = $1
	}
	END {
		if (name != "")
			give(name, "{" fixes "}")
		give("nothing", "null")
		for (i = 0; i < n; i++)
			give("filler" i, "{\"2-r0\":[\"CVE-2020-" (1000 + i) "\"]}")
		print "]}"
	}' >"$T/tree/$1"
}

# --- Debian ---

root deb_old ID=debian 'VERSION_ID="12"' VERSION_CODENAME=bookworm
dpkg libcurl4 7.88.1-9+b2 "curl (7.88.1-9)"
dpkg bash 5.2-1
dpkg tar 1.34-1
dpkg gzip 1.12-1
dpkg sed 4.9-1
dpkg zlib1g 1:1.2.13-1 zlib
dpkg nano 7.2-1
dpkg vim 9-1 "" amd64 "deinstall ok config-files"
root deb_new ID=debian 'VERSION_ID="12"' VERSION_CODENAME=bookworm
dpkg libcurl4 7.88.1-10+b2 "curl (7.88.1-10)"
dpkg bash 5.2-1
dpkg zlib1g 1:1.2.13-2 zlib
dpkg vim 9-1 "" amd64 "deinstall ok config-files"
root deb_arm ID=debian 'VERSION_ID="12"' VERSION_CODENAME=bookworm
dpkg libcurl4 7.88.1-9 curl arm64
root deb_epoch ID=debian 'VERSION_ID="12"' VERSION_CODENAME=bookworm
dpkg libcurl4 1:1.0-1 "curl"
dpkg zlib1g 9.9-1 zlib
root deb_undetermined ID=debian 'VERSION_ID="12"' VERSION_CODENAME=bookworm
dpkg odd 1-1
root deb_testing ID=debian VERSION_CODENAME=trixie
dpkg bash 5.2-1
dpkg libcurl4 8.0-1 curl
root deb_sid ID=debian VERSION_CODENAME=trixie
dpkg newest 1-1
root deb_sid_new ID=debian VERSION_CODENAME=trixie
dpkg newest 2-1
root deb_none ID=debian
dpkg bash 5.2-1
root deb_zero ID=debian 'VERSION_ID="12"' VERSION_CODENAME=bookworm
mkdir -p "$T/roots/deb_zero/var/lib/dpkg"
: >"$T/roots/deb_zero/var/lib/dpkg/status"
cat >"$T/tracker.lines" <<'EOF'
curl CVE-2024-1 bookworm resolved medium 7.88.1-10
curl CVE-2024-1 trixie resolved medium 8.0-2
bash CVE-2024-2 bookworm resolved low 0
bash CVE-2024-2 trixie open unimportant
tar CVE-2024-3 bookworm open unimportant
gzip CVE-2024-4 bookworm open end-of-life
sed CVE-2024-5 bookworm open low - ignored
zlib CVE-2024-6 bookworm resolved high** 1:1.2.13-2
nano CVE-2024-7 bookworm undetermined not_yet_assigned
nano TEMP-0000001-ABCDEF bookworm open low - postponed
vim CVE-2024-8 bookworm open high
odd CVE-2024-9 bookworm resolved low not~a:version_x
newest CVE-2024-10 sid resolved medium 2-1
EOF
tracker 1000 <"$T/tracker.lines"

check_debian() {
	findings deb_old 2 <<'EOF'
CVE-2024-1 libcurl4 7.88.1-10 (fixed) medium: affected, fixed
CVE-2024-3 tar - (none) negligible: affected, affected
CVE-2024-4 gzip - (will not fix) unrated: affected, end of life
CVE-2024-5 sed - (will not fix) low: affected, will not fix, Minor issue
CVE-2024-6 zlib1g 1:1.2.13-2 (fixed) high: affected, fixed
CVE-2024-7 nano - (none) unrated: affected, needs triage
TEMP-0000001-ABCDEF nano - (deferred) low: affected, deferred, Minor issue
EOF
	findings deb_new 0 </dev/null
	findings deb_arm 2 <<'EOF'
CVE-2024-1 libcurl4 7.88.1-10 (fixed) medium: affected, fixed
EOF
	findings deb_epoch 2 <<'EOF'
CVE-2024-6 zlib1g 1:1.2.13-2 (fixed) high: affected, fixed
EOF
	findings deb_undetermined 3 </dev/null
	findings deb_testing 2 <<'EOF'
CVE-2024-1 libcurl4 8.0-2 (fixed) medium: affected, fixed
CVE-2024-2 bash - (none) negligible: affected, affected
EOF
	findings deb_sid 2 <<'EOF'
CVE-2024-10 newest 2-1 (fixed) medium: affected, fixed
EOF
	findings deb_sid_new 0 </dev/null
	findings deb_none 3 </dev/null
	findings deb_zero 3 </dev/null
	explains deb_new CVE-2024-1 "not affected" \
		"installed source 7.88.1-10 = fixed 7.88.1-10 (dpkg)"
	explains deb_old CVE-2024-1 "7.88.1-9 < fixed 7.88.1-10 (dpkg)"
	explains deb_new CVE-2024-2 "not affected"
}

# --- Alpine, Wolfi ---

root alpine_old ID=alpine 'VERSION_ID=3.20.3'
apk busybox 1.36.1-r19
apk ssl_client 1.36.1-r19 busybox
apk zlib 1.3-r0
apk musl 1.2.5-r0
apk xen 4.18-r0
apk odd 1-r0
root alpine_new ID=alpine 'VERSION_ID=3.20.3'
apk busybox 1.36.1-r20
apk zlib 1.3-r0
apk musl 1.2.5-r1
root alpine_edge ID=alpine 'VERSION_ID=3.21_alpha20240923'
apk busybox 1.36.1-r20
root alpine_zero ID=alpine 'VERSION_ID=3.20.3'
mkdir -p "$T/roots/alpine_zero/lib/apk/db"
: >"$T/roots/alpine_zero/lib/apk/db/installed"
root wolfi_old ID=wolfi 'VERSION_ID="20230201"'
apk openssl 3.3.0-r1
root wolfi_new ID=wolfi 'VERSION_ID="20230201"'
apk openssl 3.3.0-r3
root chainguard ID=chainguard 'VERSION_ID="20230214"'
apk openssl 3.3.0-r3
secdb secdb.alpinelinux.org/v3.20/main.json v3.20 60 <<'EOF'
busybox 1.36.1-r20 CVE-2024-1_CVE-2024-2,CVE-2024-3_(+_a_regression)
zlib 0 CVE-2024-4_CVE-2024-5
musl 1.2.5-r1 CVE-2024-6
musl 0 CVE-2024-7
EOF
secdb secdb.alpinelinux.org/v3.20/community.json v3.20 60 <<'EOF'
xen 4.18.1-r0 CVE-2024-8_XSA-1
odd not.a.version CVE-2024-9
EOF
secdb secdb.alpinelinux.org/edge/main.json edge 60 <<'EOF'
busybox 1.37.0-r0 CVE-2024-1
EOF
secdb secdb.alpinelinux.org/edge/community.json edge 60 </dev/null
secdb packages.wolfi.dev/os/security.json - 60 <<'EOF'
openssl 3.3.0-r2 CVE-2024-1,GHSA-cccc-ffff-gggg
openssl 3.3.0-r3 CVE-2024-2
EOF

check_alpine() {
	findings alpine_old 2 <<'EOF'
CVE-2024-1 busybox 1.36.1-r20 (fixed) unrated main: affected, fixed
CVE-2024-1 ssl_client 1.36.1-r20 (fixed) unrated main: affected, fixed
CVE-2024-2 busybox 1.36.1-r20 (fixed) unrated main: affected, fixed
CVE-2024-2 ssl_client 1.36.1-r20 (fixed) unrated main: affected, fixed
CVE-2024-3 busybox 1.36.1-r20 (fixed) unrated main: affected, fixed
CVE-2024-3 ssl_client 1.36.1-r20 (fixed) unrated main: affected, fixed
CVE-2024-6 musl 1.2.5-r1 (fixed) unrated main: affected, fixed
CVE-2024-8 xen 4.18.1-r0 (fixed) unrated community: affected, fixed
XSA-1 xen 4.18.1-r0 (fixed) unrated community: affected, fixed
EOF
	scan_says alpine_old 2 "odd of alpine-v3.20-community"
	findings alpine_new 0 </dev/null
	findings alpine_edge 2 <<'EOF'
CVE-2024-1 busybox 1.37.0-r0 (fixed) unrated main: affected, fixed
EOF
	findings alpine_zero 3 </dev/null
	findings wolfi_old 2 <<'EOF'
CVE-2024-1 openssl 3.3.0-r2 (fixed) unrated security: affected, fixed
CVE-2024-2 openssl 3.3.0-r3 (fixed) unrated security: affected, fixed
GHSA-cccc-ffff-gggg openssl 3.3.0-r2 (fixed) unrated security: affected, fixed
EOF
	findings wolfi_new 0 </dev/null
	findings chainguard 3 </dev/null
	explains alpine_new CVE-2024-4 "not affected"
	explains alpine_new CVE-2024-1 "1.36.1-r20"
}

# --- content ---

# Too small, too old, not there: none passes what passed before.
check_content() {
	printf '[policy]\nname = age\n[content]\nmax_age_days = 1\n' \
		>"$T/policy.ini"
	tracker 900 <"$T/tracker.lines"
	secdb secdb.alpinelinux.org/v3.20/community.json v3.20 40 </dev/null
	S=$T/small
	sync_tree "$T/tree"
	findings deb_new 3 </dev/null
	findings alpine_new 3 </dev/null
	findings wolfi_new 0 </dev/null
	S=$T/empty
	run scapcache --state "$S" init
	findings deb_new 3 </dev/null
	findings wolfi_new 3 </dev/null
}

sync_tree "$T/tree"
check_debian
check_alpine
check_content
done_testing
