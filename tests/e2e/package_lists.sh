#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The packages of real databases, name by name, as others list them: rpm, dpkg
# and a list of another reader; of apk, what stands in its file.
. "$(dirname "$0")/lib.sh"
need_corpus
export LC_ALL=C

# ours TARGET: name, version, architecture, source and its version, sorted.
ours() {
	"$BUILD/tools/print_packages" "$1" >"$T/printed" || return
	grep -v '^#' "$T/printed" | awk -F '\t' -v OFS='\t' '
		{ print $2, $3, $4, $5, $6 == "" && $1 != "rpm" ? $3 : $6 }
	' | sort
}

# alike NAME TARGET KIND COUNT: ours and $T/theirs.
alike() {
	ours "$2" >"$T/ours"
	sort -o "$T/theirs" "$T/theirs"
	same "$1: the same packages" "$T/theirs" "$T/ours"
	equal "$1: as many" "$4" "$(wc -l <"$T/ours")"
	check "$1: read whole" grep -q "^# $3 complete" "$T/printed"
}

# list_rpm FOLDER: by rpm itself, in a copy.
list_rpm() {
	rm -rf "$T/db"
	cp -R "$1" "$T/db"
	chmod -R u+w "$T/db"
	_evr='%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}'
	rpm -qa --dbpath "$T/db" \
		--qf "%{NAME}\\t$_evr\\t%{ARCH}\\t%{SOURCERPM}\\n" \
		2>/dev/null | split_source >"$T/theirs"
}

# "name-version-release.src.rpm" is a name and a version.
split_source() {
	awk -F '\t' -v OFS='\t' '{
		source = $4
		version = ""
		if (sub(/\.(no)?src\.rpm$/, "", source)) {
			match(source, /-[^-]*-[^-]*$/)
			version = substr(source, RSTART + 1)
			source = substr(source, 1, RSTART - 1)
		} else {
			source = $1
		}
		print $1, $2, $3, source, version
	}'
}

# rootfs_rpm NAME: the database as a root, $T/root.
rootfs_rpm() {
	rm -rf "$T/root"
	mkdir -p "$T/root/var/lib"
	cp -R "$CORPUS/rpmdb/$1" "$T/root/var/lib/rpm"
	chmod -R u+w "$T/root"
}

if command -v rpm >/dev/null; then
	for row in libuuid:1 amazonlinux2023-plain:103 cbl-mariner-2.0:129; do
		rootfs_rpm "${row%:*}"
		list_rpm "$CORPUS/rpmdb/${row%:*}"
		alike "${row%:*}, by rpm" "rootfs:$T/root" rpm "${row#*:}"
	done
	for row in rhel80:476 rhel90:495 opensuseleap15:740; do
		root=$CORPUS/inventories/${row%:*}
		list_rpm "$root/var/lib/rpm"
		alike "${row%:*}, by rpm" "rootfs:$root" rpm "${row#*:}"
	done
else
	skip "rpm: not installed"
fi

# Fields of these lists are parted by a pilcrow; a key has neither
# architecture nor source there.
for row in sle15-bci:36 amazonlinux2023-plain:103; do
	rootfs_rpm "${row%:*}"
	lists=$CORPUS/rpmdb/expected-go-rpmdb/testdata
	sed 's/\xc2\xb6/\t/g' "$lists/${row%:*}/packages.csv" |
		awk -F '\t' -v OFS='\t' 'NF > 5 {
			print $2, ($1 == "" ? "" : $1 ":") $3 "-" $4,
				$5 == "" ? "(none)" : $5, $6
		}' | split_source >"$T/theirs"
	alike "${row%:*}, by a list" "rootfs:$T/root" rpm "${row#*:}"
done

# The same packages as Berkeley DB itself writes them, in both byte orders.
# dump ORDER: of rpm's SQLite database on a hash's keys.
dump() {
	printf 'VERSION=3\nformat=bytevalue\ntype=hash\nHEADER=END\n'
	printf ' 00000000\n 00000000\n'
	sqlite3 "$T/db/rpmdb.sqlite" \
		'SELECT printf("%08x", hnum), lower(hex(blob)) FROM Packages' |
		awk -F '|' -v little="$1" '{
			k = $1
			if (little)
				k = substr(k, 7, 2) substr(k, 5, 2) \
					substr(k, 3, 2) substr(k, 1, 2)
			print " " k "\n " $2
		}'
	echo DATA=END
}
if command -v db_load >/dev/null && command -v sqlite3 >/dev/null; then
	rootfs_rpm cbl-mariner-2.0
	rm -rf "$T/db"
	cp -R "$T/root/var/lib/rpm" "$T/db"
	ours "rootfs:$T/root" >"$T/theirs"
	for order in 1234 4321; do
		rm -f "$T/root/var/lib/rpm"/*
		dump "$((order == 1234))" | db_load -c db_lorder=$order \
			"$T/root/var/lib/rpm/Packages"
		alike "Berkeley DB, byte order $order" "rootfs:$T/root" rpm 129
	done
	cp "$T/db/rpmdb.sqlite" "$T/root/var/lib/rpm"
	alike "two databases of the same packages" "rootfs:$T/root" rpm 129
	cp "$CORPUS/rpmdb/libuuid/Packages" "$T/root/var/lib/rpm"
	ours "rootfs:$T/root" >"$T/ours"
	equal "two databases: those of both" 130 "$(wc -l <"$T/ours")"
	echo nonsense >"$T/root/var/lib/rpm/Packages"
	ours "rootfs:$T/root" >"$T/ours"
	equal "one that is none: those of the other" 129 "$(wc -l <"$T/ours")"
	check "and that it is none" grep -q \
		"^# rpm incomplete /var/lib/rpm/Packages: is no hash" "$T/printed"
else
	skip "Berkeley DB: no db_load or sqlite3"
fi

# shellcheck disable=SC2016
list_dpkg() {
	rm -rf "$T/admin"
	mkdir "$T/admin"
	cp "$1/var/lib/dpkg/status" "$T/admin"
	_form='${db:Status-Status}\t${Package}\t${Version}\t${Architecture}'
	_form=$_form'\t${source:Package}\t${source:Version}\n'
	dpkg-query --admindir="$T/admin" -W -f "$_form" |
		grep -v -e '^config-files' -e '^not-installed' | cut -f 2- \
		>"$T/theirs"
}
if command -v dpkg-query >/dev/null; then
	for row in debian11:419 debian12:437 real-ubuntu2004:221 \
		real-ubuntu2204:117 real-ubuntu2404:90 ubuntu1404:660 \
		ubuntu1604:467 ubuntu2004:595 ubuntu2204:671 ubuntu2404:711; do
		root=$CORPUS/inventories/${row%:*}
		list_dpkg "$root"
		alike "${row%:*}, by dpkg" "rootfs:$root" dpkg "${row#*:}"
	done
else
	skip "dpkg: not installed"
fi

list_apk() {
	awk -v OFS='\t' '
		/^P:/ { p = substr($0, 3) }
		/^V:/ { v = substr($0, 3) }
		/^A:/ { a = substr($0, 3) }
		/^o:/ { o = substr($0, 3) }
		/^$/ && p != "" { print p, v, a, o == "" ? p : o, v; p = o = "" }
	' "$1" >"$T/theirs"
}

# The database of the last layer that has one.
apk_of_image() {
	rm -rf "$T/image"
	mkdir "$T/image"
	tar -xf "$1" -C "$T/image"
	for layer in $(sed 's/.*"Layers":\[//; s/\].*//' \
		"$T/image/manifest.json" | tr -d '"' | tr ',' ' '); do
		tar -xOf "$T/image/$layer" lib/apk/db/installed \
			>"$T/layer" 2>/dev/null && cp "$T/layer" "$T/installed"
	done
}
for row in alpine-311.tar.gz:14 alpine-39.tar.gz:14 image3_gz_layers.tar:14; do
	image=$CORPUS/images/${row%:*}
	apk_of_image "$image"
	list_apk "$T/installed"
	alike "${row%:*}" "docker-archive:$image" apk "${row#*:}"
done
for row in 3.10.9:14 3.17.10:15 3.20.3:14; do
	rm -rf "$T/root"
	mkdir "$T/root"
	tar -xzf "$CORPUS/images/alpine-minirootfs-${row%:*}-x86_64.tar.gz" \
		-C "$T/root"
	list_apk "$T/root/lib/apk/db/installed"
	alike "alpine ${row%:*}" "rootfs:$T/root" apk "${row#*:}"
	alike "alpine ${row%:*}, packed" \
		"$CORPUS/images/alpine-minirootfs-${row%:*}-x86_64.tar.gz" \
		apk "${row#*:}"
done
done_testing
