#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every distribution by its own documents: what passes, fails and is unknown.
. "$(dirname "$0")/lib.sh"

# root ID VERSION_ID [CODENAME]: a fresh one in $T/root
root() {
	rm -rf "$T/root"
	mkdir -p "$T/root/etc"
	printf 'ID=%s\nVERSION_ID="%s"\n' "$1" "$2" >"$T/root/etc/os-release"
	[ -z "${3-}" ] ||
		echo "VERSION_CODENAME=$3" >>"$T/root/etc/os-release"
}

# dpkg PACKAGE VERSION [SOURCE]
dpkg() {
	mkdir -p "$T/root/var/lib/dpkg"
	{
		printf 'Package: %s\nStatus: install ok installed\n' "$1"
		printf 'Architecture: amd64\nVersion: %s\n' "$2"
		[ -z "${3-}" ] || echo "Source: $3"
		echo
	} >>"$T/root/var/lib/dpkg/status"
}

# apk PACKAGE VERSION ORIGIN
apk() {
	mkdir -p "$T/root/lib/apk/db"
	printf 'P:%s\nV:%s\nA:x86_64\no:%s\n\n' "$1" "$2" "$3" \
		>>"$T/root/lib/apk/db/installed"
}

# scan NAME EXIT TEXT…: the verdict is one, whatever the format
scan() {
	_what=$1
	_exit=$2
	shift 2
	run scapcache --state "$S" scan "rootfs:$T/root"
	expect "$_what" "$_exit" "$@"
	for _format in json definitions; do
		run scapcache --state "$S" scan --format $_format \
			"rootfs:$T/root"
		expect "$_what, $_format" "$_exit"
	done
}

# A tracker of as many source packages as one has at least, and of one more.
tracker() {
	mkdir -p "$T/tree/security-tracker.debian.org/tracker/data"
	awk -v n="$1" 'BEGIN {
		release = "{\"releases\":{\"bookworm\":{\"status\":"
		printf "{\"curl\":{\"CVE-2024-1\":%s%s,",
			release, "\"resolved\",\"repositories\":{}," \
			"\"fixed_version\":\"7.88.1-10\",\"urgency\":\"low\"}}}"
		printf "\"CVE-2024-2\":%s%s}", release, "\"resolved\"," \
			"\"repositories\":{},\"fixed_version\":\"0\"," \
			"\"urgency\":\"low\"}}}"
		for (i = 1; i < n; i++)
			printf ",\"p%d\":{\"CVE-2023-%d\":%s%s}", i, i + 1000,
				release, "\"open\",\"repositories\":{}," \
				"\"urgency\":\"high\"}}}"
		print "}"
	}' >"$T/tree/security-tracker.debian.org/tracker/data/json"
	run scapcache --quiet --state "$S" sync --from "$T/tree"
	expect "a tracker of $1 packages" 0
}

# secdb PATH N: with busybox fixed in 1.36.1-r20
secdb() {
	mkdir -p "$T/tree/${1%/*}"
	awk -v n="$2" 'BEGIN {
		printf "{\"apkurl\":\"x\",\"packages\":[{\"pkg\":{\"name\":\"busybox\"," \
			"\"secfixes\":{\"1.36.1-r20\":[\"CVE-2024-9\"]," \
			"\"0\":[\"CVE-2024-8\"]}}}"
		for (i = 1; i < n; i++)
			printf ",{\"pkg\":{\"name\":\"p%d\",\"secfixes\":" \
				"{\"2-r0\":[\"CVE-2023-%d\"]}}}", i, i + 1000
		print "]}"
	}' >"$T/tree/$1"
}

# --- Debian ---
tracker 1000
root debian 12 bookworm
dpkg libcurl4 7.88.1-10+b1 "curl (7.88.1-10)"
scan "Debian: the fix is installed" 0
dpkg p7 1-1
scan "Debian: an open issue" 2
run scapcache --state "$S" scan "rootfs:$T/root"
expect "Debian: by source package" 2 "CVE-2023-1007" "1 finding in 1 package"
root debian 12 bookworm
dpkg libcurl4 7.88.1-9 curl
run scapcache --state "$S" scan --format json "rootfs:$T/root"
expect "Debian: an older version" 2 '"id": "CVE-2024-1"' \
	'"comparison": "installed 7.88.1-9 < fixed 7.88.1-10 (dpkg)"'
run scapcache --state "$S" scan --document debian-tracker "rootfs:$T/root"
expect "Debian: by name" 2 "CVE-2024-1"
root debian 9 stretch
dpkg libcurl4 9-1 curl
scan "Debian: a release that the tracker leaves out" 3
run scapcache --state "$S" scan "rootfs:$T/root"
expect "which it says" 3 "debian-tracker says nothing of debian stretch"
tracker 999
root debian 12 bookworm
dpkg libcurl4 9-1 curl
scan "Debian: a part of the tracker passes nothing" 3

# --- Alpine, Wolfi ---
secdb secdb.alpinelinux.org/v3.20/main.json 60
secdb packages.wolfi.dev/os/security.json 60
run scapcache --quiet --state "$S" sync --from "$T/tree"
expect "secdb" 0
root alpine 3.20.3
apk ssl_client 1.36.1-r20 busybox
scan "Alpine: one of two repositories passes nothing" 3
run scapcache --state "$S" scan "rootfs:$T/root"
expect "and the other is missing" 3 \
	"missing     alpine-v3.20-community" "scapcache sync alpine-secdb"
secdb secdb.alpinelinux.org/v3.20/community.json 60
run scapcache --quiet --state "$S" sync --from "$T/tree"
expect "both of them" 0
scan "Alpine: the fix is installed" 0
apk busybox 1.36.1-r19 busybox
scan "Alpine: an older one" 2
run scapcache --state "$S" scan "rootfs:$T/root"
expect "Alpine: by origin" 2 "CVE-2024-9" "1.36.1-r20"
root alpine 3.19.1
apk busybox 1.36.1-r19 busybox
scan "Alpine: another release" 3
root wolfi 20230201
apk busybox 1.36.1-r19 busybox
scan "Wolfi: an older one" 2
root wolfi 20230201
apk busybox 1.37-r0 busybox
scan "Wolfi: a newer one" 0

# --- others ---
for id in rocky almalinux ol amzn sles opensuse-leap photon; do
	root $id 9.4
	run scapcache --state "$S" scan "rootfs:$T/root"
	expect "$id without content" 3 "no content for $id 9" "scapcache sync "
done
root centos 8
run scapcache --state "$S" scan "rootfs:$T/root"
expect "CentOS is judged by nobody" 3 \
	"Red Hat's definitions judge Red Hat Enterprise Linux only"

# --- the corpus ---
if [ ! -d "$CORPUS/upstream" ]; then
	skip "inventories: no corpus"
	done_testing
fi
S=$T/corpus
run scapcache --quiet --state "$S" sync --from "$CORPUS/upstream" ubuntu-oval \
	ubuntu-osv ubuntu-vex redhat-oval redhat-vex debian-tracker debian-oval \
	suse-oval alpine-secdb
expect "the corpus" 0

# inventory NAME EXIT TEXT…
inventory() {
	_name=$1
	_exit=$2
	shift 2
	run scapcache --state "$S" scan "rootfs:$CORPUS/inventories/$_name"
	expect "$_name" "$_exit" "$@"
}
inventory debian11 3 "debian-tracker has 2 records only"
inventory debian12 3 "debian-tracker has 2 records only"
inventory opensuseleap15 2 "FAIL  " "9138 definitions: 500 true"
inventory rhel80 2 "FAIL  " "rhel-8.oval"
inventory rhel90 2 "FAIL  " "missing     rhel-9.oval"
inventory ubuntu2004 2 "FAIL  " "com.ubuntu.focal.cve.oval"
inventory real-ubuntu2204 3 "scapcache sync ubuntu-oval"
for release in 3.17 3.20; do
	root alpine 0
	tar -xzf "$CORPUS"/images/alpine-minirootfs-$release.*.tar.gz \
		-C "$T/root"
	run scapcache --state "$S" scan "rootfs:$T/root"
	expect "Alpine $release" 3 "no content for alpine $release" \
		"missing     alpine-v$release-main"
done
root alpine 3.16.2
apk apache2-utils 2.4.30-r0 apache2
scan "Alpine 3.16: a sample finds, and passes nothing" 2
root alpine 3.16.2
apk apache2-utils 2.4.40-r0 apache2
scan "Alpine 3.16: nothing found" 3
root sles 15.4
mkdir -p "$T/root/var/lib/rpm"
cp "$CORPUS/rpmdb/sle15-bci/Packages.db" "$T/root/var/lib/rpm"
run scapcache --state "$S" scan "rootfs:$T/root"
expect "SLES by a sample" 3 "suse.linux.enterprise.15-affected has 2 records"
done_testing
