/* SPDX-License-Identifier: Apache-2.0 */
/* What advisories say of installed packages, a distribution each. */
#include "scanner/applies.h"
#include "scanner/judge.h"
#include "tests/unit/advisory_world.h"

#define PACKAGES_MAX 8

#define REPOSITORIES                                                  \
	"{\"data\":{\"main\":{\"cpes\":[\"cpe:/o:redhat:"             \
	"enterprise_linux:9::baseos\"]},\"eus\":{\"cpes\":[\"cpe:/a:" \
	"redhat:rhel_eus:9.2::appstream\"]},\"stack\":{\"cpes\":[\""  \
	"cpe:/a:redhat:openstack:17.1::el9\",\"cpe:/o:redhat:"        \
	"enterprise_linux:9::baseos\"]}}}"

struct judge_case {
	const char *name;
	/* "ID VERSION_ID [CODENAME]", then ";" and a repository or CPE. */
	const char *image;
	/* Lines "name version arch [source [version [modularity]]]". */
	const char *packages;
	const char *advisories; /* tests/unit/advisory_world.h */
	const char *expect;     /* lines; "?": undecided */
};

static const struct judge_case cases[] = {
	/* --- states --- */
	{ "a fix that is newer", "debian 12 bookworm", "curl 7.1-1 amd64",
	    "record CVE-2024-1 1\ntitle a bug\nfixed src:curl 7.2-1\n",
	    "curl CVE-2024-1 affected fixed 7.2-1 [installed 7.1-1 < fixed "
	    "7.2-1 (dpkg)]\n" },
	{ "the fix itself, and a newer one", "debian 12 bookworm",
	    "curl 7.2-1 amd64\nwget 3-1 amd64",
	    "record CVE-2024-1 1\nfixed src:curl 7.2-1\nfixed src:wget 2-1\n",
	    "" },
	{ "no fix, in every state of it", "debian 12 bookworm",
	    "curl 7.1-1 amd64",
	    "record A 1\naffected src:curl - CVE-2024-1\n"
	    "needs-triage src:curl - CVE-2024-2\n"
	    "deferred src:curl - CVE-2024-3\n"
	    "will-not-fix src:curl - CVE-2024-4\n"
	    "end-of-life src:curl - CVE-2024-5\n"
	    "not-affected src:curl - CVE-2024-6\n",
	    "curl CVE-2024-1 affected affected\n"
	    "curl CVE-2024-2 affected needs triage\n"
	    "curl CVE-2024-3 affected deferred\n"
	    "curl CVE-2024-4 affected will not fix\n"
	    "curl CVE-2024-5 affected end of life\n" },
	{ "what nobody can tell", "debian 12 bookworm", "curl 7.1-1 amd64",
	    "record A 1\nunknown src:curl - CVE-2024-1\n"
	    "fixed src:curl - CVE-2024-2\n",
	    "curl CVE-2024-1 unknown unknown\n"
	    "curl CVE-2024-2 unknown fixed\n?2\n" },
	{ "unless another record can", "debian 12 bookworm", "curl 7.1-1 amd64",
	    "record A 1\nunknown src:curl - CVE-2024-1\n"
	    "record B 1\nnot-affected src:curl - CVE-2024-1\n",
	    "curl CVE-2024-1 unknown unknown\n"
	    "curl CVE-2024-1 not affected not affected\n" },
	{ "one of a record's CVEs is decided, and not the other",
	    "debian 12 bookworm", "curl 7.1-1 amd64",
	    "record USN-1-1 1\nalias CVE-2024-1\nalias CVE-2024-2\n"
	    "unknown src:curl\n"
	    "record B 1\nnot-affected src:curl - CVE-2024-1\n",
	    "curl CVE-2024-1 not affected not affected\n"
	    "curl CVE-2024-1,CVE-2024-2 group unknown unknown notice=USN-1-1\n"
	    "?1\n" },
	{ "an older fix decides nothing of a newer one", "almalinux 8.10",
	    "nodejs 18.1-1.module+el8 x86_64",
	    "record ALSA-1 1\nalias CVE-2024-1\n"
	    "fixed nodejs 16.2-1.module+el8 - almalinux 8\n"
	    "record ALSA-2 1\nalias CVE-2024-1\n"
	    "fixed nodejs 20.2-1.module+el8 - almalinux 8\n",
	    "nodejs CVE-2024-1 not affected fixed 16.2-1.module+el8 "
	    "notice=ALSA-1 [installed 18.1-1.module+el8 > fixed "
	    "16.2-1.module+el8 (rpm)]\n"
	    "nodejs CVE-2024-1 unknown fixed 20.2-1.module+el8 notice=ALSA-2 "
	    "[installed 18.1-1.module+el8 < fixed 20.2-1.module+el8 "
	    "(rpm)]\n?1\n" },
	{ "one instance of a package decides nothing of another",
	    "almalinux 8.10",
	    "nodejs 18.1-1.module+el8 x86_64\nnodejs 21-1.module+el8 x86_64",
	    "record CVE-2024-1 1\n"
	    "fixed nodejs 20.2-1.module+el8 - almalinux 8\n",
	    "nodejs CVE-2024-1 unknown fixed 20.2-1.module+el8 [installed "
	    "18.1-1.module+el8 < fixed 20.2-1.module+el8 (rpm)]\n"
	    "nodejs CVE-2024-1 not affected fixed 20.2-1.module+el8 "
	    "[installed 21-1.module+el8 > fixed 20.2-1.module+el8 "
	    "(rpm)]\n?1\n" },
	{ "0 is never", "debian 12 bookworm", "curl 0 amd64",
	    "record CVE-2024-1 1\nfixed src:curl 0\n", "" },
	{ "one record says no, the other yes", "debian 12 bookworm",
	    "curl 7.1-1 amd64\nwget 1 amd64",
	    "record A 1\naffected src:curl - CVE-2024-1\n"
	    "record B 1\nfixed src:curl 7.0-1 CVE-2024-1\n"
	    "fixed src:curl 7.0-1 CVE-2024-2\nfixed src:wget 0.1 CVE-2024-1\n",
	    "curl CVE-2024-1 affected affected\n"
	    "curl CVE-2024-1 not affected fixed 7.0-1 [installed 7.1-1 > fixed "
	    "7.0-1 (dpkg)]\n" },
	{ "of several fixes in a record the last", "debian 12 bookworm",
	    "curl 7.1-1 amd64",
	    "record CVE-2024-1 1\nfixed src:curl 7.0-1\nfixed src:curl 7.2-1\n"
	    "fixed src:curl 7.10-1\n",
	    "curl CVE-2024-1 affected fixed 7.10-1 [installed 7.1-1 < fixed "
	    "7.10-1 (dpkg)]\n" },
	{ "a record that groups CVEs", "debian 12 bookworm", "curl 7.1-1 amd64",
	    "record USN-1-1 1\nalias CVE-2024-1\nalias CVE-2024-2\n"
	    "alias https://launchpad.net/bugs/1\nfixed src:curl 8-1\n",
	    "curl CVE-2024-1,CVE-2024-2 group affected fixed 8-1 notice=USN-1-1 "
	    "[installed 7.1-1 < fixed 8-1 (dpkg)]\n" },
	{ "a record of no CVE", "debian 12 bookworm", "curl 7.1-1 amd64",
	    "record USN-1-1 1\nfixed src:curl 8-1\n",
	    "curl - affected fixed 8-1 notice=USN-1-1 [installed 7.1-1 < fixed "
	    "8-1 (dpkg)]\n" },
	{ "a record named after its CVE", "debian 12 bookworm",
	    "curl 7.1-1 amd64",
	    "record UBUNTU-CVE-2024-1 1\nalias CVE-2024-1\nalias CVE-2023-9\n"
	    "affected src:curl\n",
	    "curl CVE-2024-1 affected affected\n" },
	/* --- Debian, Ubuntu: source packages --- */
	{ "binaries by their source", "debian 12 bookworm",
	    "libcurl4 1:7.1-1 amd64 curl 7.1-1\ncurl 8-1 amd64 wget",
	    "record CVE-2024-1 1\nfixed src:curl 7.2-1\nfixed curl 9-1\n",
	    "libcurl4 CVE-2024-1 affected fixed 7.2-1 [installed source 7.1-1 < "
	    "fixed 7.2-1 (dpkg)]\n" },
	{ "a rebuild is not part of the source", "debian 12 bookworm",
	    "curl 7.2-1+b3 amd64\nwget 1-1+b1 amd64",
	    "record CVE-2024-1 1\nfixed src:curl 7.2-1\nfixed src:wget "
	    "1-1+a\n",
	    "wget CVE-2024-1 affected fixed 1-1+a [installed source 1-1 < fixed "
	    "1-1+a (dpkg)]\n" },
	{ "another release", "debian 12 bookworm", "curl 7.1-1 amd64",
	    "record CVE-2024-1 1\nfixed src:curl 8-1 - debian trixie\n", "" },
	{ "of unstable where testing says nothing", "debian - trixie",
	    "curl 7.1-1 amd64\nwget 1-1 amd64",
	    "record CVE-2024-1 1\nfixed src:curl 8-1 - debian sid\n"
	    "fixed src:wget 2-1 - debian sid\n"
	    "fixed src:wget 1-1 - debian trixie\n",
	    "curl CVE-2024-1 affected fixed 8-1 [installed 7.1-1 < fixed 8-1 "
	    "(dpkg)]\n" },
	{ "ids that are no CVEs", "debian 12 bookworm", "curl 7.1-1 amd64",
	    "record curl 1\nfixed src:curl 8-1 TEMP-1-A\n",
	    "curl - affected fixed 8-1 notice=TEMP-1-A [installed 7.1-1 < "
	    "fixed 8-1 (dpkg)]\n" },
	{ "a fix with Ubuntu Pro", "ubuntu 20.04 focal",
	    "curl 7.1-1ubuntu1 amd64",
	    "record CVE-2024-1 1\n"
	    "fixed src:curl 7.1-1ubuntu1.1~esm1 - ubuntu focal - - esm-infra\n",
	    "curl CVE-2024-1 affected fixed 7.1-1ubuntu1.1~esm1 "
	    "pocket=esm-infra [installed 7.1-1ubuntu1 < fixed "
	    "7.1-1ubuntu1.1~esm1 (dpkg)]\n" },
	{ "that is installed", "ubuntu 20.04 focal",
	    "curl 7.1-1ubuntu1.1~esm2 amd64",
	    "record CVE-2024-1 1\n"
	    "fixed src:curl 7.1-1ubuntu1.1~esm1 - ubuntu focal - - esm-infra\n",
	    "" },
	{ "FIPS builds among themselves", "ubuntu 20.04 focal",
	    "curl 7.1-1ubuntu1 amd64\nwget 1.fips.1 amd64",
	    "record CVE-2024-1 1\n"
	    "fixed src:curl 7.2-1.fips.1 - ubuntu focal - - fips-updates\n"
	    "fixed src:wget 1.fips.2 - ubuntu focal - - fips-updates\n",
	    "wget CVE-2024-1 affected fixed 1.fips.2 pocket=fips-updates "
	    "[installed 1.fips.1 < fixed 1.fips.2 (dpkg)]\n" },
	{ "a signed kernel is its source's", "debian 12 bookworm",
	    "linux-image-6.1.0-18-amd64 6.1.76-1 amd64 linux-signed-amd64 "
	    "6.1.76+1",
	    "record CVE-2024-1 1\nfixed src:linux 6.1.76-1\n"
	    "record CVE-2024-2 1\nfixed src:linux 6.1.90-1\n",
	    "linux-image-6.1.0-18-amd64 CVE-2024-2 affected fixed 6.1.90-1 "
	    "[installed 6.1.76-1 < fixed 6.1.90-1 (dpkg)]\n" },
	{ "and of Ubuntu's flavours", "ubuntu 22.04 jammy",
	    "linux-image-5.15.0-91-generic 5.15.0-91.101 amd64 linux-signed\n"
	    "linux-image-6.5.0-1-aws 6.5.0-1.1 amd64 linux-signed-aws-6.5",
	    "record CVE-2024-1 1\n"
	    "fixed src:linux 5.15.0-92.102 - ubuntu jammy\n"
	    "fixed src:linux-aws-6.5 6.5.0-2.2 - ubuntu jammy\n",
	    "linux-image-5.15.0-91-generic CVE-2024-1 affected fixed "
	    "5.15.0-92.102 [installed 5.15.0-91.101 < fixed 5.15.0-92.102 "
	    "(dpkg)]\n"
	    "linux-image-6.5.0-1-aws CVE-2024-1 affected fixed 6.5.0-2.2 "
	    "[installed 6.5.0-1.1 < fixed 6.5.0-2.2 (dpkg)]\n" },
	/* --- Alpine --- */
	{ "apk's order, by origin", "alpine 3.20.3",
	    "libssl3 3.3.0_rc1-r0 x86_64 openssl\nmusl 1.2.5-r10 x86_64",
	    "record openssl 1\nfixed src:openssl 3.3.0-r0 CVE-2024-1 alpine "
	    "3.20\nrecord musl 1\nfixed src:musl 1.2.5-r9 CVE-2024-2 alpine "
	    "3.20\n",
	    "libssl3 CVE-2024-1 affected fixed 3.3.0-r0 [installed 3.3.0_rc1-r0 "
	    "< fixed 3.3.0-r0 (apk)]\n" },
	{ "edge is not 3.20", "alpine 3.21_alpha1", "musl 1-r0 x86_64",
	    "record musl 1\nfixed src:musl 2-r0 CVE-2024-2 alpine 3.20\n"
	    "fixed src:musl 3-r0 CVE-2024-3 alpine edge\n",
	    "musl CVE-2024-3 affected fixed 3-r0 [installed 1-r0 < fixed 3-r0 "
	    "(apk)]\n" },
	/* --- rpm --- */
	{ "by name and architecture", "almalinux 9.4",
	    "bash 5.1-1.el9 x86_64\nbash-doc 5.1-1.el9 noarch",
	    "record ALSA-2024:1 1\nalias CVE-2024-1\n"
	    "fixed bash 0:5.1-2.el9 - almalinux 9 aarch64\n"
	    "fixed bash 5.1-2.el9 - almalinux 9 x86_64\n"
	    "fixed bash-doc 5.1-2.el9 - almalinux 9 x86_64\n",
	    "bash CVE-2024-1 affected fixed 5.1-2.el9 notice=ALSA-2024:1 "
	    "[installed 5.1-1.el9 < fixed 5.1-2.el9 (rpm)]\n" },
	{ "a missing epoch is 0", "almalinux 9.4",
	    "bash 1:5.1-1 x86_64\nzsh 5-1 x86_64",
	    "record CVE-2024-1 1\nfixed bash 5.2-1 - almalinux 9\n"
	    "fixed zsh 1:1-1 - almalinux 9\n",
	    "zsh CVE-2024-1 affected fixed 1:1-1 [installed 5-1 < fixed 1:1-1 "
	    "(rpm)]\n" },
	{ "by the source rpm", "rocky 9.4",
	    "openssl-libs 1:3.0.7-1.el9 x86_64 openssl 3.0.7-1.el9",
	    "record RLSA-2024:1 1\nalias CVE-2024-1\n"
	    "fixed src:openssl 1:3.0.7-2.el9 - rocky 9\n",
	    "openssl-libs CVE-2024-1 affected fixed 1:3.0.7-2.el9 "
	    "notice=RLSA-2024:1 [installed 1:3.0.7-1.el9 < fixed 1:3.0.7-2.el9 "
	    "(rpm)]\n" },
	{ "binary before source", "almalinux 9.4",
	    "perl-lib 1-1 x86_64 perl 5-1\nperl 5-1 x86_64 perl 5-1",
	    "record CVE-2024-1 1\nfixed src:perl 5-2 - almalinux 9\n"
	    "fixed perl-lib 1-1 - almalinux 9\n",
	    "perl CVE-2024-1 affected fixed 5-2 [installed 5-1 < fixed 5-2 "
	    "(rpm)]\n"
	    "perl-lib CVE-2024-1 not affected fixed 1-1 [installed 1-1 = fixed "
	    "1-1 (rpm)]\n" },
	{ "a source without a fix, whatever a binary has", "almalinux 9.4",
	    "perl-lib 1-1 x86_64 perl 5-1",
	    "record CVE-2024-1 1\naffected src:perl - - almalinux 9\n"
	    "fixed perl-lib 1-1 - almalinux 9\n",
	    "perl-lib CVE-2024-1 affected affected\n" },
	{ "of a source rpm's epoch nobody tells", "rocky 9.4",
	    "perl-Errno 1.3-480 x86_64 perl 5.3-480\n"
	    "lib 2:9-1 x86_64 src 3-1",
	    "record RLSA-1 1\nalias CVE-2024-1\n"
	    "fixed src:perl 4:5.3-480 - rocky 9\nfixed src:src 1:3-2 - rocky 9\n"
	    "record RLSA-2 1\nalias CVE-2024-2\n"
	    "fixed src:perl 4:5.3-481 - rocky 9\nfixed src:src 1:3-1 - rocky "
	    "9\n",
	    "lib CVE-2024-1 unknown fixed 1:3-2 notice=RLSA-1\n"
	    "perl-Errno CVE-2024-1 unknown fixed 4:5.3-480 notice=RLSA-1\n"
	    "perl-Errno CVE-2024-2 affected fixed 4:5.3-481 notice=RLSA-2 "
	    "[installed source 5.3-480 < fixed 4:5.3-481 (rpm)]\n?2\n" },
	{ "another rebuild of Red Hat's", "rocky 9.4", "bash 5-1 x86_64",
	    "record CVE-2024-1 1\nfixed bash 5-2 - rhel 9\n", "" },
	/* --- modules --- */
	{ "a stream of a module", "almalinux 8.10",
	    "nodejs 18.1-1.module+el8 x86_64 nodejs 18.1-1.module+el8 "
	    "nodejs:18:8090020231025:a75119d5",
	    "record CVE-2024-1 1\n"
	    "fixed nodejs 18.2-1.module+el8 - almalinux 8 - nodejs:18\n"
	    "record CVE-2024-2 1\n"
	    "fixed nodejs 20.2-1.module+el8 - almalinux 8 - nodejs:20\n"
	    "record CVE-2024-3 1\nfixed nodejs 21-1.el8 - almalinux 8\n"
	    "record CVE-2024-4 1\naffected nodejs - - almalinux 8\n",
	    "nodejs CVE-2024-1 affected fixed 18.2-1.module+el8 "
	    "module=nodejs:18 [installed 18.1-1.module+el8 < fixed "
	    "18.2-1.module+el8 (rpm)]\n" },
	{ "a package of no module", "almalinux 8.10",
	    "nodejs 18.1-1.el8 x86_64",
	    "record CVE-2024-1 1\n"
	    "fixed nodejs 18.2-1.module+el8 - almalinux 8 - nodejs:18\n"
	    "record CVE-2024-2 1\n"
	    "fixed nodejs 18.2-1.module+el8 - almalinux 8\n",
	    "" },
	{ "a fix that names no stream", "almalinux 8.10",
	    "nodejs 18.1-1.module+el8 x86_64 nodejs 18.1-1.module+el8 "
	    "nodejs:18:8090020231025:a75119d5",
	    "record CVE-2024-1 1\nfixed nodejs 20.2-1.module+el8 - almalinux "
	    "8\nrecord CVE-2024-2 1\nfixed nodejs 16.2-1.module+el8 - "
	    "almalinux 8\n",
	    "nodejs CVE-2024-1 unknown fixed 20.2-1.module+el8 [installed "
	    "18.1-1.module+el8 < fixed 20.2-1.module+el8 (rpm)]\n?1\n" },
	{ "ksplice builds among themselves", "ol 8.9",
	    "glibc 2.28-1 x86_64\nopenssl 1-1.ksplice1 x86_64",
	    "record CVE-2024-1 1\nfixed glibc 2:2.28-2.ksplice1.el8 - ol 8\n"
	    "fixed openssl 1-2.ksplice1 - ol 8\n",
	    "openssl CVE-2024-1 affected fixed 1-2.ksplice1 [installed "
	    "1-1.ksplice1 < fixed 1-2.ksplice1 (rpm)]\n" },
	/* --- Red Hat: products --- */
	{ "the main stream by os-release", "rhel 9.4", "bash 5-1 x86_64",
	    "record CVE-2024-1 1\nfixed bash 5-2 - rhel 9\n"
	    "record CVE-2024-2 1\nfixed bash 5-3 - rhel 9.4 - - eus\n"
	    "record CVE-2024-3 1\naffected bash - - redhat 17.1 - - "
	    "cpe:/a:redhat:openstack:17.1\n"
	    "record CVE-2024-4 1\nfixed bash 5-4 - rhel 9.2\n"
	    "record CVE-2024-5 1\nfixed bash 5-5 - rhel 9.4\n"
	    "record CVE-2024-6 1\nfixed bash 5-6 - rhel 8\n",
	    "bash CVE-2024-1 affected fixed 5-2 [installed 5-1 < fixed 5-2 "
	    "(rpm)]\n"
	    "bash CVE-2024-5 affected fixed 5-5 [installed 5-1 < fixed 5-5 "
	    "(rpm)]\n" },
	{ "an extended stream", "rhel 9.2;eus", "bash 5-1 x86_64",
	    "record CVE-2024-1 1\nfixed bash 5-2 - rhel 9\n"
	    "record CVE-2024-2 1\nfixed bash 5-3 - rhel 9.2 - - eus\n"
	    "record CVE-2024-3 1\ndeferred bash - - rhel 9 - - - low "
	    "Fix_deferred\n"
	    "record CVE-2024-4 1\nfixed bash 5-4 - rhel 9.2 - - aus\n"
	    "record CVE-2024-5 1\nfixed bash 5-5 - rhel 9\n"
	    "fixed bash 5-1 - rhel 9.2 - - eus\n"
	    "record CVE-2024-6 1\nfixed bash 5-1 - rhel 9\n",
	    "bash CVE-2024-1 unknown fixed 5-2 [installed 5-1 < fixed 5-2 "
	    "(rpm)]\n"
	    "bash CVE-2024-2 affected fixed 5-3 pocket=eus [installed 5-1 < "
	    "fixed 5-3 (rpm)]\n"
	    "bash CVE-2024-3 affected deferred severity=low "
	    "detail=Fix_deferred\n"
	    "bash CVE-2024-5 not affected fixed 5-1 pocket=eus [installed 5-1 "
	    "= fixed 5-1 (rpm)]\n?1\n" },
	{ "a product above it, whatever its part", "rhel 9.2;stack",
	    "bash 5-1 x86_64",
	    "record CVE-2024-1 1\nfixed bash 5-2 - rhel 9\n"
	    "record CVE-2024-3 1\naffected bash - - redhat 17.1 - - "
	    "cpe:/o:redhat:openstack:17.1\n"
	    "record CVE-2024-4 1\naffected bash - - redhat 17 - - "
	    "cpe:/a:redhat:openstack:17\n",
	    "bash CVE-2024-1 affected fixed 5-2 [installed 5-1 < fixed 5-2 "
	    "(rpm)]\n"
	    "bash CVE-2024-3 affected affected "
	    "pocket=cpe:/o:redhat:openstack:17.1\n" },
	{ "an extended stream by its CPE",
	    "rhel 9.2;cpe:/o:redhat:rhel_eus:9.2", "bash 5-1 x86_64",
	    "record CVE-2024-1 1\nfixed bash 5-3 - rhel 9\n"
	    "fixed bash 5-2 - rhel 9.2 - - eus\n",
	    "bash CVE-2024-1 affected fixed 5-2 pocket=eus [installed 5-1 < "
	    "fixed 5-2 (rpm)]\n" },
	{ "a CPE of another minor release",
	    "rhel 9.4;cpe:/o:redhat:rhel_eus:9.2", "bash 5-1 x86_64",
	    "record CVE-2024-1 1\nfixed bash 5-3 - rhel 9\n",
	    "bash CVE-2024-1 affected fixed 5-3 [installed 5-1 < fixed 5-3 "
	    "(rpm)]\n" },
	{ "repositories that nobody knows", "rhel 9.2;what", "bash 5-1 x86_64",
	    "record CVE-2024-1 1\nfixed bash 5-2 - rhel 9\n",
	    "bash CVE-2024-1 affected fixed 5-2 [installed 5-1 < fixed 5-2 "
	    "(rpm)]\n" },
	{ "the erratum of a VEX statement", "rhel 9.4", "bash 5-1 x86_64",
	    "record CVE-2024-1 1\nfixed bash 5-2 - rhel 9 - - - Moderate "
	    "RHSA-2024:1\n",
	    "bash CVE-2024-1 affected fixed 5-2 notice=RHSA-2024:1 "
	    "severity=medium detail=RHSA-2024:1 [installed 5-1 < fixed 5-2 "
	    "(rpm)]\n" },
};

/* --- the image --- */

struct judge_world {
	struct family_world family;
	struct index_reader index;
	struct package packages[PACKAGES_MAX];
	struct facts facts;
	struct span repository;
	struct scan_advisories advisories[2];
	struct scan scan;
};

static struct package
read_package(struct span line, enum package_kind kind)
{
	struct package p = { .kind = kind };
	size_t colon;

	p.name = advisory_word(&line);
	p.full_version = advisory_word(&line);
	p.arch = advisory_word(&line);
	p.source = advisory_word(&line);
	p.source_version = advisory_word(&line);
	p.modularity = advisory_word(&line);
	colon = span_find(p.full_version, ':');
	if (colon < p.full_version.len)
		p.epoch = span_first(p.full_version, colon);
	p.release =
	    span_from(p.full_version, span_rfind(p.full_version, '-') + 1);
	return p;
}

static void
read_image(struct judge_world *w, const struct judge_case *c)
{
	struct span rest = span_of(c->image), image = SPAN_NONE;
	enum package_kind kind = PACKAGE_DPKG;
	struct facts *f = &w->facts;

	span_next(&rest, ';', &image);
	w->repository = rest;
	f->os_id = advisory_word(&image);
	f->os_version_id = advisory_word(&image);
	if (span_is(f->os_version_id, "-"))
		f->os_version_id = SPAN_NONE;
	f->os_codename = advisory_word(&image);
	f->repositories = &w->repository;
	f->n_repositories = rest.len > 0 && !span_has_prefix(rest, "cpe:");
	if (span_has_prefix(rest, "cpe:"))
		f->os_cpe = rest;
	assert_true(applies_package_kind(f->os_id, &kind));
	rest = span_of(c->packages);
	while (span_next(&rest, '\n', &image)) {
		assert_true(f->system.n_packages < PACKAGES_MAX);
		w->packages[f->system.n_packages++] = read_package(image, kind);
	}
	f->system.packages = w->packages;
}

static void
open_world(struct judge_world *w, const struct judge_case *c)
{
	struct family_text texts[] = {
		{ .name = "advisories",
		    .format = DOCUMENT_PHOTON,
		    .text = c->advisories },
		{ .name = "repositories",
		    .format = DOCUMENT_REPOSITORY_CPE,
		    .text = REPOSITORIES,
		    .distribution = "rhel" },
	};
	struct err e;

	memset(w, 0, sizeof(*w));
	read_image(w, c);
	texts[0].distribution =
	    arena_str(&w->facts.system.arena, w->facts.os_id);
	texts[0].release =
	    arena_str(&w->facts.system.arena, w->facts.os_codename);
	family_world_open(&w->family);
	family_world_must(&w->family, texts, TABLE_N(texts));
	if (index_open(
		&w->index, w->family.tmp.dirfd, w->family.tmp.path, &e) != 0)
		fail_msg("%s", e.msg);
	w->advisories[0] =
	    (struct scan_advisories){ &w->index.families[0].documents[0],
		    &w->index.families[0], true };
	assert_true(span_is(w->advisories[0].document->name, "advisories"));
	w->scan.facts = &w->facts;
	w->scan.index = &w->index;
	w->scan.advisories = w->advisories;
	w->scan.n_advisories = 1;
}

static void
close_world(struct judge_world *w)
{
	index_close(&w->index);
	family_world_close(&w->family);
	arena_cleanup(&w->facts.system.arena);
	arena_cleanup(&w->scan.arena);
}

/* --- what is said of it --- */

static void
print(struct buf *b, const struct evidence *f)
{
	size_t i;

	buf_printf(b, "%.*s ", SPAN_ARG(f->package));
	for (i = 0; i < f->n_cves; i++)
		buf_printf(
		    b, "%s%.*s", i == 0 ? "" : ",", SPAN_ARG(f->cves[i]));
	buf_printf(b, "%s%s %s %s", f->n_cves == 0 ? "-" : "",
	    f->is_group ? " group" : "", word_name(f->word),
	    advisory_state_name(f->state));
	advisory_print(b, " ", f->fixed);
	advisory_print(b, " notice=", f->notice);
	advisory_print(b, " pocket=", f->pocket);
	advisory_print(b, " module=", f->module);
	if (f->severity != SEVERITY_NONE)
		buf_printf(b, " severity=%s", severity_name(f->severity));
	advisory_print(b, " detail=", f->detail);
	if (f->comparison.len > 0)
		buf_printf(b, " [%.*s]", SPAN_ARG(f->comparison));
	buf_add_char(b, '\n');
}

static int
compare(const void *pa, const void *pb)
{
	const struct evidence *a = pa, *b = pb;
	int order = span_cmp(a->package, b->package);

	if (order == 0 && a->n_cves > 0 && b->n_cves > 0)
		order = span_cmp(a->cves[0], b->cves[0]);
	return order != 0 ? order : span_cmp(a->record, b->record);
}

static void
test_judge(void **state)
{
	const struct judge_case *c = *state;
	struct evidence_list list = { 0 };
	struct buf got = { 0 };
	struct judge_world w;
	struct err e = { 0 };
	size_t i;

	open_world(&w, c);
	if (judge_packages(&w.scan, &list, &e) != 0)
		fail_msg("%s", e.msg);
	if (list.n > 0)
		qsort(list.v, list.n, sizeof(*list.v), compare);
	for (i = 0; i < list.n; i++)
		print(&got, &list.v[i]);
	if (w.scan.n_undecided > 0)
		buf_printf(&got, "?%zu\n", w.scan.n_undecided);
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&got);
	free(list.v);
	close_world(&w);
}

static const struct judge_case contradicted = { "words about what others find",
	"debian 12 bookworm", "curl 7.1-1 amd64",
	"record A 1\nnot-affected src:curl - CVE-2024-1\n"
	"unknown src:curl - CVE-2024-2\nnot-affected src:curl - CVE-2024-3\n",
	NULL };

/* OVAL says that it is affected; a source that does not suffice disagrees. */
static void
test_contradicted(void **state)
{
	struct span cves[] = { SPAN_LIT("CVE-2024-1"), SPAN_LIT("CVE-2024-2") };
	struct evidence_list list = { 0 };
	struct evidence oval;
	struct buf got = { 0 };
	struct judge_world w;
	struct err e = { 0 };
	size_t i;

	(void)state;
	open_world(&w, &contradicted);
	oval = (struct evidence){ .document = w.advisories[0].document,
		.class = OVAL_CLASS_VULNERABILITY,
		.package = SPAN_LIT("curl"),
		.cves = cves,
		.n_cves = 2 };
	w.scan.evidence = &oval;
	w.scan.n_evidence = 1;
	w.advisories[0].suffices = false;
	if (judge_packages(&w.scan, &list, &e) != 0)
		fail_msg("%s", e.msg);
	qsort(list.v, list.n, sizeof(*list.v), compare);
	for (i = 0; i < list.n; i++)
		print(&got, &list.v[i]);
	assert_string_equal(buf_str(&got),
	    "curl CVE-2024-1 not affected not affected\n"
	    "curl CVE-2024-2 unknown unknown\n");
	assert_int_equal(w.scan.n_undecided, 0);
	buf_cleanup(&got);
	free(list.v);
	close_world(&w);
}

/* A changed file of Red Hat's stands for the archive's: so do its doubts. */
static void
test_changed(void **state)
{
	struct evidence_list list = { 0 };
	struct document archive;
	struct judge_world w;
	struct err e = { 0 };

	(void)state;
	open_world(&w, &contradicted);
	archive = *w.advisories[0].document;
	w.advisories[1] = w.advisories[0];
	w.advisories[1].document = &archive;
	w.advisories[0].suffices = false;
	w.scan.n_advisories = 2;
	if (judge_packages(&w.scan, &list, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(w.scan.n_undecided, 1);
	free(list.v);
	close_world(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 2] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_judge);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_contradicted);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_changed);
	return _cmocka_run_group_tests("judge", tests, n, NULL, NULL);
}
