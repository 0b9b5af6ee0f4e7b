#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Every distribution of rpm packages by documents of its own shape, on roots
# made by rpm itself: what is found in packages below, at and above a fix, of
# other streams, epochs and architectures, and what the verdict is.
. "$(dirname "$0")/lib.sh"
. "$ROOT/tests/e2e/judge_lib.sh"
. "$ROOT/tests/e2e/rpm_lib.sh"

# --- AlmaLinux ---

root alma_old almalinux 9.4
rpm_of almalinux-release 9.4-1.el9
rpm_of bash 5.1.8-8.el9
rpm_of openssl-libs 1:3.0.7-26.el9 x86_64 openssl-3.0.7-26.el9
rpm_of nodejs 1:18.19.0-1.module_el9.3.0 x86_64 - nodejs:18:9030020240101:abc
modules nodejs:18
root alma_bare almalinux 9.4
rpm_of almalinux-release 9.4-1.el9
rpm_of nodejs 1:18.19.0-1.module_el9.3.0 x86_64 - nodejs:18:9030020240101:abc
root alma_new almalinux 9.4
rpm_of almalinux-release 9.4-1.el9
rpm_of bash 5.1.8-9.el9
rpm_of openssl-libs 2:3.0.1-1.el9 x86_64 openssl-3.0.1-1.el9
rpm_of zlib 1.2-1.el9
rpm_of nodejs 1:16.20.2-3.module_el9.2.0 x86_64 - nodejs:16:9020020240101:abc
modules nodejs:16
oval almalinux 9 security.almalinux.org/oval/org.almalinux.alsa-9.xml.bz2 <<'EOF'
def ALSA-2024:1 Important CVE-2024-1
earlier bash 0:5.1.8-9.el9 aarch64|x86_64
def ALSA-2024:2 Moderate CVE-2024-2,CVE-2024-3
earlier openssl-libs 1:3.0.7-27.el9 aarch64|x86_64
def ALSA-2024:4 Critical CVE-2024-4
earlier nodejs 1:18.19.1-1.module_el9.3.0 aarch64|x86_64 nodejs:18
def ALSA-2024:5 Low CVE-2024-5
earlier zlib 0:1.2-2.el9 aarch64|s390x
def ALSA-2024:6 Low CVE-2024-6
earlier nodejs 1:16.20.2-3.module_el9.2.0 aarch64|x86_64 nodejs:16
fill 60
EOF

check_alma() {
	findings alma_old 2 <<'EOF'
ALSA-2024:2 openssl-libs 1:3.0.7-27.el9 (fixed) medium: affected, fixed
CVE-2024-1 bash 5.1.8-9.el9 (fixed) high: affected, fixed
CVE-2024-4 nodejs 1:18.19.1-1.module_el9.3.0 (fixed) critical: affected, fixed
EOF
	findings alma_bare 2 <<'EOF'
CVE-2024-4 nodejs 1:18.19.1-1.module_el9.3.0 (fixed) critical: affected, fixed
EOF
	findings alma_new 0 </dev/null
	explains alma_old CVE-2024-1 "5.1.8-8.el9" "5.1.8-9.el9"
	explains alma_new CVE-2024-1 "5.1.8-9.el9"
}

# --- Oracle ---

root ol_old ol 9.4
rpm_of oraclelinux-release 9:9.4-1.0.1.el9
rpm_of bash 5.1.8-8.el9
rpm_of openssl-libs 1:3.0.7-26.0.1.el9 x86_64 openssl-3.0.7-26.0.1.el9
rpm_of libgcrypt 1.10.0-9.el9_fips
rpm_of glibc 2:2.34-99.ksplice1.el9
root ol_new ol 9.4
rpm_of oraclelinux-release 9:9.4-1.0.1.el9
rpm_of bash 5.1.8-9.el9
rpm_of openssl-libs 1:3.0.7-27.0.1.el9 x86_64 openssl-3.0.7-27.0.1.el9
rpm_of libgcrypt 1.10.0-10.el9
rpm_of glibc 2.34-100.el9
rpm_of zlib 1.2-1.el9
oval oracle 9 linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2 <<'EOF'
def ELSA-2024-1 IMPORTANT CVE-2024-1
earlier bash 0:5.1.8-9.el9 x86_64
def ELSA-2024-2 MODERATE CVE-2024-2
earlier openssl-libs 1:3.0.7-27.0.1.el9 x86_64
def ELSA-2024-3 LOW CVE-2024-3
earlier libgcrypt 10:1.10.0-10.el9_fips x86_64
def ELSA-2024-4 CRITICAL CVE-2024-4
earlier glibc 2:2.34-100.ksplice1.el9 x86_64
def ELSA-2024-5 LOW CVE-2024-5
earlier zlib 0:1.2-2.el9 aarch64
fill 1000
EOF

check_ol() {
	findings ol_old 2 <<'EOF'
CVE-2024-1 bash 5.1.8-9.el9 (fixed) high: affected, fixed
CVE-2024-2 openssl-libs 1:3.0.7-27.0.1.el9 (fixed) medium: affected, fixed
CVE-2024-3 libgcrypt 10:1.10.0-10.el9_fips (fixed) low: affected, fixed
CVE-2024-4 glibc 2:2.34-100.ksplice1.el9 (fixed) critical: affected, fixed
EOF
	findings ol_new 0 </dev/null
	explains ol_new CVE-2024-4 "2.34-100.el9"
}

# --- SUSE ---

root sles_old sles 15.4
rpm_of sles-release 15.4-150400.1
rpm_of bash 4.4-150400.25
rpm_of rpcbind 0.2-1
rpm_of tar 1.34-1
root sles_new sles 15.4
rpm_of sles-release 15.4-150400.1
rpm_of bash 4.4-150400.27
rpm_of rpcbind 0.2-1
root sles_sp5 sles 15.5
rpm_of sles-release 15.5-150500.1
rpm_of bash 4.4-150400.25
root micro sl-micro 6.0
rpm_of SL-Micro-release 6.0-1
rpm_of bash 4.4-1
oval suse 15.4 ftp.suse.com/pub/projects/security/oval/suse.linux.enterprise.15-affected.xml.gz sles <<'EOF'
def CVE-2024-1 Important CVE-2024-1
earlier bash 0:4.4-150400.27 (aarch64|ppc64le|s390x|x86_64)
def CVE-2024-2 Moderate CVE-2024-2
equals0 rpcbind
def CVE-2024-3 Low CVE-2024-3
installed tar
fill 60
EOF
oval suse 6.0 ftp.suse.com/pub/projects/security/oval/suse.linux.micro.6.0-affected.xml.gz SL-Micro <<'EOF'
def CVE-2024-1 Important CVE-2024-1
earlier bash 0:4.4-2 (aarch64|ppc64le|s390x|x86_64)
fill 60
EOF

check_suse() {
	findings sles_old 2 <<'EOF'
CVE-2024-1 bash 4.4-150400.27 (fixed) high: affected, fixed
CVE-2024-3 tar - (none) low: affected, affected
EOF
	findings sles_new 0 </dev/null
	findings sles_sp5 3 </dev/null
	findings micro 2 <<'EOF'
CVE-2024-1 bash 4.4-2 (fixed) high: affected, fixed
EOF
	explains sles_new CVE-2024-2 "rpcbind"
}

# --- Rocky: source packages ---

root rocky_old rocky 9.4
rpm_of rocky-release 9.4-1.el9
rpm_of bash 5.1.8-8.el9
rpm_of openssl-libs 1:3.0.7-26.el9 x86_64 openssl-3.0.7-26.el9
rpm_of nodejs-docs 1:18.19.0-1.module+el9.3.0 noarch nodejs-18.19.0-1.module+el9.3.0 nodejs:18:9030020240101:abc
rpm_of redhat-release 9.4-1.el9
root rocky_new rocky 9.4
rpm_of rocky-release 9.4-1.el9
rpm_of bash 5.1.8-9.el9
rpm_of openssl-libs 1:3.0.7-27.el9 x86_64 openssl-3.0.7-27.el9
rpm_of openssl-other 1-1.el9
root rocky_module rocky 9.4
rpm_of nodejs 1:16.20.2-3.module+el9.2.0 x86_64 - nodejs:16:9020020240101:abc
root rocky8 rocky 8.10
rpm_of rocky-release 8.10-1.el8
rpm_of bash 5.1.8-8.el9
mkdir -p "$T/tree/osv-vulnerabilities.storage.googleapis.com/Rocky%20Linux"
mkdir "$T/osv"
awk -v out="$T/osv" 'function osv(id, cve, name, fixed) {
	file = out "/" id ".json"
	printf "{\"schema_version\":\"1.6.0\",\"id\":\"%s\",\"summary\":" \
		"\"Important: %s\",\"published\":\"2024-01-02T00:00:00Z\"," \
		"\"upstream\":[\"%s\"],\"related\":[\"%s\"],\"affected\":[{" \
		"\"package\":{\"ecosystem\":\"Rocky Linux:9\",\"name\":\"%s\"}," \
		"\"ranges\":[{\"type\":\"ECOSYSTEM\",\"events\":[" \
		"{\"introduced\":\"0\"},{\"fixed\":\"%s\"}]}]}]}", \
		id, name, cve, cve, name, fixed >file
	close(file)
}
BEGIN {
	osv("RLSA-2024:1", "CVE-2024-1", "bash", "0:5.1.8-9.el9")
	osv("RLSA-2024:2", "CVE-2024-2", "openssl", "1:3.0.7-27.el9")
	osv("RLSA-2024:3", "CVE-2024-3", "nodejs", "1:18.19.1-1.module+el9.3.0")
	for (i = 0; i < 510; i++)
		osv("RLSA-2023:" i, "CVE-2023-" (100000 + i), "filler", "0:2-1")
}'
(cd "$T/osv" && python3 -m zipfile -c \
	"$T/tree/osv-vulnerabilities.storage.googleapis.com/Rocky%20Linux/all.zip" \
	./*.json)

check_rocky() {
	findings rocky_old 2 <<'EOF'
CVE-2024-1 bash 5.1.8-9.el9 (fixed) high: affected, fixed
CVE-2024-2 openssl-libs 1:3.0.7-27.el9 (fixed) high: affected, fixed
EOF
	# Its OSV names no streams: of a package of a module nobody can tell.
	scan_says rocky_old 2 "RLSA-2024:3 of rocky-osv for the package nodejs-docs"
	findings rocky_module 3 </dev/null
	findings rocky_new 0 </dev/null
	findings rocky8 3 </dev/null
	explains rocky_old CVE-2024-2 \
		"(of openssl) installed 1:3.0.7-26.el9 < fixed 1:3.0.7-27.el9 (rpm)"
	explains rocky_new CVE-2024-2 \
		"not affected    openssl-libs:x86_64 (of openssl)" \
		"installed 1:3.0.7-27.el9 = fixed 1:3.0.7-27.el9 (rpm)"
}

# --- Amazon ---

root amzn_old amzn 2023
rpm_of system-release 2023.4-1.amzn2023 noarch
rpm_of bash 5.2-1.amzn2023
rpm_of openssl-libs 1:3.0.7-1.amzn2023
rpm_of zlib 1-1.amzn2023
rpm_of tzdata 2024-1 noarch
root amzn_new amzn 2023
rpm_of system-release 2023.4-1.amzn2023 noarch
rpm_of bash 5.2-2.amzn2023
rpm_of openssl-libs 1:3.0.7-2.amzn2023
rpm_of zlib 1-1.amzn2023
root amzn_arm amzn 2023
rpm_of bash 5.2-1.amzn2023 aarch64
root amzn2 amzn 2
rpm_of bash 5.2-1.amzn2
AMZN=$T/tree/cdn.amazonlinux.com/al2023/core
mkdir -p "$AMZN/mirrors/latest/x86_64" "$AMZN/guids/abc/x86_64/repodata"
echo "https://cdn.amazonlinux.com/al2023/core/guids/abc/x86_64/" \
	>"$AMZN/mirrors/latest/x86_64/mirror.list"
awk 'function update(id, cve, name, epoch, version, release, arches,    n, a) {
	printf "<update author=\"x\" from=\"x\" status=\"final\" " \
		"type=\"security\" version=\"1\"><id>%s</id><title>%s</title>" \
		"<issued date=\"2024-01-02 00:00:00\"/><severity>Important" \
		"</severity><description>x</description><references>" \
		"<reference href=\"x\" id=\"%s\" type=\"cve\" title=\"\"/>" \
		"</references><pkglist><collection short=\"x\"><name>x</name>", \
		id, id, cve
	n = split(arches, a, " ")
	for (i = 1; i <= n; i++)
		printf "<package name=\"%s\" epoch=\"%s\" version=\"%s\" " \
			"release=\"%s\" arch=\"%s\"><filename>x</filename>" \
			"</package>", name, epoch, version, release, a[i]
	print "</collection></pkglist></update>"
}
BEGIN {
	print "<?xml version=\"1.0\"?><updates>"
	update("ALAS2023-2024-001", "CVE-2024-1", "bash", 0, "5.2",
		"2.amzn2023", "x86_64 aarch64 src")
	update("ALAS2023-2024-002", "CVE-2024-2", "openssl-libs", 1, "3.0.7",
		"2.amzn2023", "x86_64")
	update("ALAS2023-2024-003", "CVE-2024-3", "zlib", 0, "2",
		"1.amzn2023", "aarch64")
	update("ALAS2023-2024-004", "CVE-2024-4", "tzdata", 0, "2024",
		"2", "noarch")
	for (k = 0; k < 60; k++)
		update("ALAS2023-2023-" k, "CVE-2023-" (1000 + k), "filler", 0,
			"2", "1", "x86_64")
	print "</updates>"
}' | gzip -c >"$AMZN/guids/abc/x86_64/repodata/updateinfo.xml.gz"
printf '%s<data type="updateinfo"><checksum type="sha256">%s</checksum>%s%s\n' \
	'<?xml version="1.0"?><repomd xmlns="http://linux.duke.edu/metadata/repo">' \
	"$(sha256sum <"$AMZN/guids/abc/x86_64/repodata/updateinfo.xml.gz" |
		cut -d' ' -f1)" \
	'<location href="repodata/updateinfo.xml.gz"/></data>' '</repomd>' \
	>"$AMZN/guids/abc/x86_64/repodata/repomd.xml"

check_amzn() {
	findings amzn_old 2 <<'EOF'
CVE-2024-1 bash 5.2-2.amzn2023 (fixed) high: affected, fixed
CVE-2024-2 openssl-libs 1:3.0.7-2.amzn2023 (fixed) high: affected, fixed
CVE-2024-4 tzdata 2024-2 (fixed) high: affected, fixed
EOF
	findings amzn_new 0 </dev/null
	findings amzn_arm 3 </dev/null
	findings amzn2 3 </dev/null
	explains amzn_new CVE-2024-1 "= fixed 5.2-2.amzn2023 (rpm)"
}

# --- Photon ---

root photon_old photon 5.0
rpm_of bash 5.2-1.ph5
rpm_of curl-libs 8.1-1.ph5 x86_64 curl-8.1-1.ph5
rpm_of zlib 1-1.ph5
rpm_of linux-esx 6.1-1.ph5
rpm_of tar 1-1.ph5
root photon_new photon 5.0
rpm_of bash 5.2-2.ph5
rpm_of curl-libs 8.1-2.ph5 x86_64 curl-8.1-2.ph5
rpm_of zlib 1-1.ph5
root photon_unknown photon 5.0
rpm_of strange 1-1.ph5
root photon4 photon 4.0
rpm_of bash 5.2-1.ph4
mkdir -p "$T/tree/packages.broadcom.com/artifactory/photon/photon_cve_metadata"
awk 'function row(cve, name, res, status) {
	printf "%s{\"cve_id\":\"%s\",\"pkg\":\"%s\",\"cve_score\":7.5," \
		"\"aff_ver\":\"all versions before %s are vulnerable\"," \
		"\"res_ver\":\"%s\",\"status\":\"%s\"}", sep, cve, name, res, res,
		status
	sep = ","
}
BEGIN {
	printf "["
	row("CVE-2024-1", "bash", "5.2-2.ph5", "Fixed")
	row("CVE-2024-2", "curl", "8.1-2.ph5", "Fixed")
	row("CVE-2024-3", "zlib", "NA", "Not Affected")
	row("CVE-2024-4", "linux-esx", "6.1-2.ph5", "Fixed")
	row("CVE-2024-5", "tar", "NA", "Whatever")
	row("CVE-2024-6", "strange", "NA", "Fixed")
	for (i = 0; i < 60; i++)
		row("CVE-2023-" (1000 + i), "filler", "2-1.ph5", "Fixed")
	print "]"
}' >"$T/tree/packages.broadcom.com/artifactory/photon/photon_cve_metadata/cve_data_photon5.0.json"

check_photon() {
	findings photon_old 2 <<'EOF'
CVE-2024-1 bash 5.2-2.ph5 (fixed) unrated: affected, fixed
CVE-2024-2 curl-libs 8.1-2.ph5 (fixed) unrated: affected, fixed
CVE-2024-4 linux-esx 6.1-2.ph5 (fixed) unrated kernel: affected, fixed
EOF
	findings photon_new 0 </dev/null
	findings photon_unknown 3 </dev/null
	findings photon4 3 </dev/null
}

build_roots
sync_tree "$T/tree"
check_alma
check_ol
check_suse
check_rocky
check_amzn
check_photon
done_testing
