#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Red Hat by OVAL and by VEX, on roots made by rpm itself: modules, extended
# streams, kernels, every word for what is not fixed; and that no rebuild is
# judged by either.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/e2e/judge_lib.sh"
. "$ROOT/tests/e2e/rpm_lib.sh"

# --- Red Hat by OVAL ---

root rhel_old rhel 9.4
rpm_of redhat-release 9.4-1.el9
rpm_of bash 5.1.8-8.el9
rpm_of kernel-headers 5.14.0-1.el9
rpm_of tar 1.34-6.el9
rpm_of gzip 1.12-1.el9
rpm_of sed 4.8-9.el9
rpm_of grep 3.6-5.el9
rpm_of zstd 1.5-1.el9
root rhel_new rhel 9.4
rpm_of redhat-release 9.4-1.el9
rpm_of bash 5.1.8-9.el9
rpm_of kernel-headers 5.14.0-2.el9
root rhel_zero rhel 9.4
printf 'x\n' >"$T/roots/rhel_zero/etc/redhat-release"
root rhel10 rhel 10.0
rpm_of redhat-release 10.0-1.el10
rpm_of bash 5.1.8-8.el9
# Whose release package owns redhat-release, and is not Red Hat's: to the letter
# every definition is true of it.
for id in centos rocky almalinux ol; do
	root $id $id 9.4
	rpm_of $id-release 9.4-1.el9
	rpm_of bash 5.1.8-9.el9
done
RHEL=security.access.redhat.com/data/oval/v2
cat >"$T/rhel.lines" <<'EOF'
def RHSA-2024:1 Important CVE-2024-1
earlier bash 0:5.1.8-9.el9 aarch64|x86_64
def RHSA-2024:2 Moderate CVE-2024-2
kernel
earlier kernel-headers 0:5.14.0-2.el9 aarch64|x86_64
EOF
oval redhat 9 $RHEL/RHEL9/rhel-9.oval.xml.bz2 <"$T/rhel.lines"
cat "$T/rhel.lines" - <<'EOF' | oval redhat 9 $RHEL/RHEL9/rhel-9-including-unpatched.oval.xml.bz2
def CVE-2024-3 Low CVE-2024-3
installed tar Will_not_fix
def CVE-2024-4 Low CVE-2024-4
installed gzip Fix_deferred
def CVE-2024-5 Low CVE-2024-5
installed sed Out_of_support_scope
def CVE-2024-6 Low CVE-2024-6
installed grep Under_investigation
def CVE-2024-7 Moderate CVE-2024-7
installed zstd Affected
EOF
(cd "$T/tree/$RHEL" && for _file in RHEL9/*; do
	echo "$_file,$(sha256sum <"$_file" | cut -d' ' -f1),$(wc -c <"$_file")"
done >PULP_MANIFEST)

check_rhel() {
	findings rhel_old 2 <<'EOF'
CVE-2024-1 bash 5.1.8-9.el9 (fixed) high: affected, fixed; affected, fixed
CVE-2024-2 kernel-headers 5.14.0-2.el9 (fixed) medium kernel: affected, fixed; affected, fixed
CVE-2024-3 tar - (will not fix) low: affected, will not fix, Will not fix
CVE-2024-4 gzip - (deferred) low: affected, deferred, Fix deferred
CVE-2024-5 sed - (will not fix) low: affected, end of life, Out of support scope
CVE-2024-6 grep - (none) low: affected, needs triage, Under investigation
CVE-2024-7 zstd - (none) medium: affected, affected, Affected
EOF
	findings rhel_new 0 </dev/null
	findings rhel_zero 3 </dev/null
	findings rhel10 3 </dev/null
	for _root in centos rocky almalinux ol; do
		findings $_root 3 </dev/null
		run scapcache --state "$S" scan --document rhel-9.oval \
			"rootfs:$T/roots/$_root"
		expect "$_root by Red Hat's OVAL" 3 "rhel-9.oval judges rhel 9" \
			"2 definitions: 2 true"
	done
}

# --- Red Hat by VEX ---

root vex_old rhel 9.4 cpe:/o:redhat:enterprise_linux:9::baseos
content_sets rhel-9-for-x86_64-baseos-rpms rhel-9-for-x86_64-appstream-rpms
rpm_of redhat-release 9.4-1.el9
rpm_of bash 5.1.8-8.el9
rpm_of tar 1.34-6.el9
rpm_of gzip 1.12-1.el9
rpm_of sed 4.8-9.el9
rpm_of grep 3.6-5.el9
rpm_of zstd 1.5-1.el9
rpm_of openssl-libs 1:3.0.7-26.el9 x86_64 openssl-3.0.7-26.el9
rpm_of nodejs 1:18.19.0-1.module+el9.3.0 x86_64 - nodejs:18:9030020240101:abc
rpm_of npm 1:10.2-1.module+el9.3.0 x86_64 nodejs-18.19.0-1.module+el9.3.0 nodejs:18:9030020240101:abc
rpm_of kernel-headers 5.14.0-1.el9 x86_64 kernel-5.14.0-1.el9
root vex_new rhel 9.4 cpe:/o:redhat:enterprise_linux:9::baseos
rpm_of redhat-release 9.4-1.el9
rpm_of bash 5.1.8-9.el9
rpm_of sed 4.8-9.el9
rpm_of openssl-libs 1:3.0.7-27.el9 x86_64 openssl-3.0.7-27.el9
rpm_of nodejs 1:16.20.2-3.module+el9.2.0 x86_64 - nodejs:16:9020020240101:abc
rpm_of kernel-headers 5.14.0-2.el9 x86_64 kernel-5.14.0-2.el9
root vex_plain rhel 9.4
rpm_of nodejs 1:16.20.2-8.el9
root vex_arm rhel 9.4
rpm_of bash 5.1.8-8.el9 aarch64
root eus_old rhel 9.2
content_sets rhel-9-for-x86_64-baseos-eus-rpms
rpm_of bash 5.1.8-6.el9_2
rpm_of tar 1.34-6.el9
root eus_new rhel 9.2
content_sets rhel-9-for-x86_64-baseos-eus-rpms
rpm_of bash 5.1.8-6.el9_2.1
root eus_cpe rhel 9.2 cpe:/o:redhat:rhel_eus:9.2::baseos
rpm_of bash 5.1.8-6.el9_2
root eus_silent rhel 9.2
content_sets rhel-9-for-x86_64-baseos-eus-rpms
rpm_of openssl-libs 1:3.0.7-16.el9_2 x86_64 openssl-3.0.7-16.el9_2
root eus_main rhel 9.2 cpe:/o:redhat:enterprise_linux:9::baseos
rpm_of bash 5.1.8-6.el9_2.1

# vex_tree LAYOUT ARCHIVE N <LINES: an archive of vex_make.awk's documents
vex_tree() {
	mkdir -p "$T/vex/security.access.redhat.com/data/csaf/v2/$1" "$T/csaf"
	awk -v out="$T/csaf" -v n="$3" -f "$HERE/vex_make.awk"
	(cd "$T" && tar -cf - --transform 's,^csaf,2024,' csaf | zstd -q -3 \
		>"vex/security.access.redhat.com/data/csaf/v2/$1/$2")
	rm -rf "$T/csaf"
	(cd "$T/vex/security.access.redhat.com/data/csaf/v2/$1" &&
		printf '%s' "$2" >archive_latest.txt && : >changes.csv &&
		: >deletions.csv)
}

cat >"$T/vex.lines" <<'EOF'
CVE-2024-1 Important
fixed main bash@5.1.8-9.el9?arch=x86_64&epoch=0
fixed main bash@5.1.8-9.el9?arch=src&epoch=0
fixed eus bash@5.1.8-6.el9_2.1?arch=x86_64&epoch=0
CVE-2024-2 Low
known_affected rhel9 tar?arch=src Will_not_fix
CVE-2024-3 Moderate
under_investigation rhel9 gzip?arch=src
CVE-2024-4 Moderate
known_not_affected rhel9 sed?arch=src
CVE-2024-5 Moderate
known_affected rhel9 grep?arch=src Fix_deferred
CVE-2024-6 Moderate
known_affected rhel9 zstd?arch=src Out_of_support_scope
CVE-2024-7 Important
fixed main nodejs@18.19.1-1.module%2Bel9.3.0?arch=x86_64&epoch=1&rpmmod=nodejs:18:9030020240201:abc
fixed main nodejs@16.20.2-3.module%2Bel9.2.0?arch=x86_64&epoch=1&rpmmod=nodejs:16:9020020240101:abc
CVE-2024-8 Important
known_affected rhel9 nodejs?arch=src
CVE-2024-9 Critical
fixed main openssl-libs@3.0.7-27.el9?arch=x86_64&epoch=1
CVE-2024-10 Low
known_affected rhel9 nodejs?arch=src&rpmmod=nodejs:18 Affected
CVE-2024-11 Moderate
fixed main kernel-headers@5.14.0-2.el9?arch=x86_64
EOF

check_vex() {
	findings vex_old 2 <<'EOF'
CVE-2024-1 bash 5.1.8-9.el9 (fixed) high: affected, fixed
CVE-2024-10 nodejs - (none) low: affected, affected, Affected, nodejs:18
CVE-2024-10 npm - (none) low: affected, affected, Affected, nodejs:18
CVE-2024-11 kernel-headers 5.14.0-2.el9 (fixed) medium kernel: affected, fixed
CVE-2024-2 tar - (will not fix) low: affected, will not fix, Will not fix
CVE-2024-3 gzip - (none) medium: affected, needs triage
CVE-2024-5 grep - (deferred) medium: affected, deferred, Fix deferred
CVE-2024-6 zstd - (will not fix) medium: affected, end of life, Out of support scope
CVE-2024-7 nodejs 1:18.19.1-1.module+el9.3.0 (fixed) high: affected, fixed, nodejs:18
CVE-2024-9 openssl-libs 1:3.0.7-27.el9 (fixed) critical: affected, fixed
EOF
	findings vex_new 0 </dev/null
	findings vex_plain 2 <<'EOF'
CVE-2024-8 nodejs - (none) high: affected, affected
EOF
	findings eus_old 2 <<'EOF'
CVE-2024-1 bash 5.1.8-6.el9_2.1 (fixed) high eus: affected, fixed
CVE-2024-2 tar - (will not fix) low: affected, will not fix, Will not fix
EOF
	findings eus_new 0 </dev/null
	findings eus_cpe 2 <<'EOF'
CVE-2024-1 bash 5.1.8-6.el9_2.1 (fixed) high eus: affected, fixed
EOF
	# The stream has no fix of its own, and the main one has: unknown.
	findings eus_silent 3 </dev/null
	scan_says eus_silent 3 "CVE-2024-9 of redhat-vex for the package openssl-libs"
	findings eus_main 2 <<'EOF'
CVE-2024-1 bash 5.1.8-9.el9 (fixed) high: affected, fixed
EOF
	for _root in centos rocky almalinux ol; do
		findings $_root 3 </dev/null
	done
	explains vex_new CVE-2024-7 "1:16.20.2-3.module+el9.2.0"
	explains vex_new CVE-2024-4 "not affected"
	explains eus_new CVE-2024-1 "= fixed 5.1.8-6.el9_2.1 (rpm)"
	explains vex_old CVE-2024-2 "will not fix"
}

build_roots
sync_tree "$T/tree"
check_rhel

S=$T/vex_state
mkdir -p "$T/vex/security.access.redhat.com/data/metrics"
printf '{"data":{%s:{"cpes":[%s]},%s:{"cpes":[%s]},%s:{"cpes":[%s]}}}' \
	'"rhel-9-for-x86_64-baseos-rpms"' \
	'"cpe:/o:redhat:enterprise_linux:9::baseos"' \
	'"rhel-9-for-x86_64-appstream-rpms"' \
	'"cpe:/a:redhat:enterprise_linux:9::appstream"' \
	'"rhel-9-for-x86_64-baseos-eus-rpms"' \
	'"cpe:/o:redhat:rhel_eus:9.2::baseos"' \
	>"$T/vex/security.access.redhat.com/data/metrics/repository-to-cpe.json"
vex_tree vex csaf_vex_2024-08-04.tar.zst 10000 <"$T/vex.lines"
sync_tree "$T/vex"
check_vex
done_testing
