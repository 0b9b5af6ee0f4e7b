/* SPDX-License-Identifier: Apache-2.0 */
/* Objects of every kind → items, seen through the tests that use them. */
#include "tests/unit/oval_world.h"

#define CHECK "check='at least one'"

/* --- packages --- */

#define DPKG(n, body)                                                    \
	W_TESTS(W_TEST("linux", "dpkginfo", "1", CHECK,                  \
	    W_OBJ("linux", "1") W_STE("linux", "1")))                    \
	W_OBJECTS(W_OBJECT(                                              \
	    "linux", "dpkginfo", "1", "<linux:name>" n "</linux:name>")) \
	W_STATES(W_STATE("linux", "dpkginfo", "1", "", body))
#define RPM(n, body)                                                    \
	W_TESTS(W_TEST("linux", "rpminfo", "1", CHECK,                  \
	    W_OBJ("linux", "1") W_STE("linux", "1")))                   \
	W_OBJECTS(W_OBJECT(                                             \
	    "linux", "rpminfo", "1", "<linux:name>" n "</linux:name>")) \
	W_STATES(W_STATE("linux", "rpminfo", "1", "", body))
#define EVR_DPKG "<linux:evr datatype='debian_evr_string' operation="
#define EVR_RPM "<linux:evr datatype='evr_string' operation="

static const struct oval_world_case package_rows[] = {
	{ "dpkg: earlier than the fix",
	    DPKG("bash", EVR_DPKG "'less than'>0:5.1-2</linux:evr>"),
	    { .packages = "dpkg bash amd64 5.0-1" }, "1=true" },
	{ "dpkg: the fix itself",
	    DPKG("bash", EVR_DPKG "'less than'>0:5.1-2</linux:evr>"),
	    { .packages = "dpkg bash amd64 5.1-2" }, "1=false" },
	{ "dpkg: not installed",
	    DPKG("bash", EVR_DPKG "'less than'>0:5.1-2</linux:evr>"),
	    { .packages = "dpkg bash-doc amd64 5.0-1" }, "1=false" },
	{ "dpkg: white space around the version",
	    DPKG("bash", EVR_DPKG "'less than'>\n  0:5.1-2\n </linux:evr>"),
	    { .packages = "dpkg bash amd64 5.0-1" }, "1=true" },
	{ "dpkg: white space around the name",
	    DPKG("\n bash\n ", EVR_DPKG "'less than'>0:5.1-2</linux:evr>"),
	    { .packages = "dpkg bash amd64 5.0-1" }, "1=true" },
	{ "dpkg: ESM sorts below",
	    DPKG("a", EVR_DPKG "'less than'>0:1.0-1ubuntu0.1</linux:evr>"),
	    { .packages = "dpkg a amd64 1.0-1ubuntu0.1~esm1" }, "1=true" },
	{ "dpkg: rpm's datatype is compared as dpkg does",
	    DPKG("a",
		"<linux:evr datatype='evr_string' operation="
		"'less than'>1.0+b1</linux:evr>"),
	    { .packages = "dpkg a amd64 1.0" }, "1=true" },
	{ "dpkg: every architecture is an item",
	    DPKG("libc6", "<linux:arch>i386</linux:arch>"),
	    { .packages = "dpkg libc6 amd64 2.31-1;dpkg libc6 i386 2.31-1" },
	    "1=true" },
	{ "dpkg: no epoch is (none)",
	    DPKG("a", "<linux:epoch>(none)</linux:epoch>"),
	    { .packages = "dpkg a amd64 1.0-1" }, "1=true" },
	{ "dpkg: an epoch", DPKG("a", "<linux:epoch>2</linux:epoch>"),
	    { .packages = "dpkg a amd64 2:1.0-1" }, "1=true" },
	{ "dpkg: version and release",
	    DPKG("a",
		"<linux:version>1.0-3</linux:version>"
		"<linux:release>1</linux:release>"),
	    { .packages = "dpkg a amd64 2:1.0-3-1" }, "1=true" },
	{ "dpkg: no revision, empty release", DPKG("a", "<linux:release/>"),
	    { .packages = "dpkg a amd64 1.0" }, "1=true" },
	{ "dpkg: of rpm's packages none",
	    DPKG("a", EVR_DPKG "'less than'>9</linux:evr>"),
	    { .packages = "rpm a x86_64 1.0-1" }, "1=false" },
	{ "dpkg: no database", DPKG("a", EVR_DPKG "'less than'>9</linux:evr>"),
	    { .databases = "dpkg none" }, "1=unknown" },
	{ "dpkg: a database that says nothing",
	    DPKG("a", EVR_DPKG "'less than'>9</linux:evr>"),
	    { .databases = "dpkg error" }, "1=error" },
	{ "dpkg: a part of a database, found there",
	    DPKG("a", EVR_DPKG "'less than'>9</linux:evr>"),
	    { .packages = "dpkg a amd64 1.0", .databases = "dpkg incomplete" },
	    "1=true" },
	{ "dpkg: a part of a database, not found there",
	    DPKG("a", EVR_DPKG "'less than'>9</linux:evr>"),
	    { .packages = "dpkg b amd64 1.0", .databases = "dpkg incomplete" },
	    "1=unknown" },
	{ "dpkg: a part of a database, found harmless there",
	    DPKG("a", EVR_DPKG "'less than'>0.1</linux:evr>"),
	    { .packages = "dpkg a amd64 1.0", .databases = "dpkg incomplete" },
	    "1=unknown" },
	{ "rpm: version and architecture of one instance",
	    RPM("kernel",
		EVR_RPM "'less than'>0:4.18.0-80.1.2</linux:evr>"
			"<linux:arch operation='pattern match'>"
			"aarch64|x86_64</linux:arch>"),
	    { .packages =
		    "rpm kernel x86_64 4.18.0-147;rpm kernel noarch 4.18.0-80" },
	    "1=false" },
	{ "rpm: of several instances one",
	    RPM("kernel", EVR_RPM "'less than'>0:4.18.0-80.1.2</linux:evr>"),
	    { .packages =
		    "rpm kernel x86_64 4.18.0-147;rpm kernel x86_64 4.18.0-80" },
	    "1=true" },
	{ "rpm: signature",
	    RPM("a",
		"<linux:signature_keyid>199e2f91fd431d51"
		"</linux:signature_keyid>"),
	    { .packages = "rpm a x86_64 1.0-1 199e2f91fd431d51" }, "1=true" },
	{ "rpm: no signature",
	    RPM("a", "<linux:signature_keyid>(none)</linux:signature_keyid>"),
	    { .packages = "rpm a x86_64 1.0-1 (none)" }, "1=true" },
	{ "rpm: nobody knows whether there is a signature",
	    RPM("a", "<linux:signature_keyid>(none)</linux:signature_keyid>"),
	    { .packages = "rpm a x86_64 1.0-1" }, "1=unknown" },
	{ "rpm: extended name",
	    RPM("a",
		"<linux:extended_name>a-0:1.0-1.x86_64"
		"</linux:extended_name>"),
	    { .packages = "rpm a x86_64 1.0-1" }, "1=true" },
	{ "rpm: keys are packages",
	    RPM("gpg-pubkey",
		"<linux:version>fd431d51</linux:version>"
		"<linux:arch>(none)</linux:arch>"),
	    { .packages = "rpm gpg-pubkey (none) fd431d51-4ae0493b" },
	    "1=true" },
	{ "rpm: what items do not have is not known",
	    RPM("a", "<linux:filepath>/bin/a</linux:filepath>"),
	    { .packages = "rpm a x86_64 1.0-1" }, "1=unknown" },
};

/* Names by other ways than one literal; test 2 asks for existence alone. */
#define NAMES(name, variables)                                               \
	W_TESTS(W_TEST("linux", "dpkginfo", "1", CHECK, W_OBJ("linux", "1")) \
		W_TEST("linux", "dpkginfo", "2",                             \
		    "check='all' check_existence='only_one_exists'",         \
		    W_OBJ("linux", "1")))                                    \
	W_OBJECTS(W_OBJECT("linux", "dpkginfo", "1", name)) variables

static const struct oval_world_case name_rows[] = {
	{ "names: at least one of a variable",
	    NAMES("<linux:name var_ref='oval:t:var:1' "
		  "var_check='at least one'/>",
		W_VARIABLES(W_CONSTANT("1", "string",
		    "<value>a</value><value>b</value><value>b</value>"))),
	    { .packages = "dpkg b all 1;dpkg c all 1" }, "1=true 2=true" },
	{ "names: all of a variable",
	    NAMES("<linux:name var_ref='oval:t:var:1' var_check='all'/>",
		W_VARIABLES(W_CONSTANT(
		    "1", "string", "<value>a</value><value>b</value>"))),
	    { .packages = "dpkg b all 1;dpkg a all 1" }, "1=false 2=false" },
	{ "names: pattern",
	    NAMES("<linux:name operation='pattern match'>^lib.*-dev$"
		  "</linux:name>",
		""),
	    { .packages =
		    "dpkg libc-dev all 1;dpkg libx-dev all 1;dpkg libc6 all 1" },
	    "1=true 2=false" },
	{ "names: what is installed twice, all the same, is one item",
	    W_TESTS(W_TEST("linux", "rpminfo", "1",
		"check='all' check_existence='only_one_exists'",
		W_OBJ("linux", "1"))) W_OBJECTS(W_OBJECT("linux", "rpminfo",
		"1", "<linux:name>a</linux:name>")),
	    { .packages = "rpm a x 1-1;rpm a x 1-1;rpm b x 1-1" }, "1=true" },
	{ "names: two that differ in what is signed",
	    W_TESTS(W_TEST("linux", "rpminfo", "1",
		"check='all' check_existence='only_one_exists'",
		W_OBJ("linux", "1"))) W_OBJECTS(W_OBJECT("linux", "rpminfo",
		"1", "<linux:name>a</linux:name>")),
	    { .packages = "rpm a x 1-1 aa;rpm a x 1-1 bb" }, "1=false" },
	{ "names: not equal",
	    NAMES("<linux:name operation='not equal'>a</linux:name>", ""),
	    { .packages = "dpkg a all 1;dpkg b all 1" }, "1=true 2=true" },
	{ "names: a pattern that is none",
	    NAMES("<linux:name operation='pattern match'>(</linux:name>", ""),
	    { .packages = "dpkg a all 1" }, "1=error 2=error" },
	{ "names: a pattern that costs too much",
	    NAMES("<linux:name operation='pattern match'>^(a+)+$"
		  "</linux:name>",
		""),
	    { .packages =
		    "dpkg aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa! "
		    "all 1" },
	    "1=error 2=error" },
	{ "names: an external variable without a value",
	    NAMES("<linux:name var_ref='oval:t:var:1'/>",
		W_VARIABLES("<external_variable id='oval:t:var:1' "
			    "version='1' comment='t' datatype='string'/>")),
	    { .packages = "dpkg a all 1" }, "1=false 2=false" },
};

/* --- rpmverifyfile --- */

#define ANY(entity) \
	"<linux:" entity " operation='pattern match'></linux:" entity ">"
#define VERIFY(behaviors, state)                                                 \
	W_TESTS(W_TEST("linux", "rpmverifyfile", "1", CHECK,                     \
	    W_OBJ("linux", "1") W_STE("linux", "1"))                             \
		W_TEST("linux", "rpmverifyfile", "2", "check='none satisfy'",    \
		    W_OBJ("linux", "1") W_STE("linux", "1")))                    \
	W_OBJECTS(W_OBJECT("linux", "rpmverifyfile", "1",                        \
	    "<linux:behaviors " behaviors                                        \
	    "/>" ANY("name") ANY("epoch") ANY("version") ANY("release") ANY(     \
		"arch") "<linux:filepath>/etc/redhat-release</linux:filepath>")) \
	W_STATES(W_STATE("linux", "rpmverifyfile", "1", "", state))
#define RELEASE                                                              \
	"<linux:name operation='pattern match'>^redhat-release</linux:name>" \
	"<linux:version operation='pattern match'>^9[^\\d]</linux:version>"

static const struct oval_world_case verify_rows[] = {
	{ "owner: the release's own package", VERIFY("", RELEASE),
	    { .packages = "rpm redhat-release x86_64 9.4-0.5",
		.owned = "/etc/redhat-release redhat-release 0" },
	    "1=true 2=false" },
	{ "owner: a minor release is needed", VERIFY("", RELEASE),
	    { .packages = "rpm redhat-release x86_64 9-1",
		.owned = "/etc/redhat-release redhat-release 0" },
	    "1=false 2=true" },
	{ "owner: another's package", VERIFY("", RELEASE),
	    { .packages = "rpm rocky-release noarch 9.4-1",
		.owned = "/etc/redhat-release rocky-release 0" },
	    "1=false 2=true" },
	{ "owner: nobody", VERIFY("", RELEASE),
	    { .packages = "rpm redhat-release x86_64 9.4-0.5" },
	    "1=false 2=false" },
	{ "owner: another file", VERIFY("", RELEASE),
	    { .packages = "rpm redhat-release x86_64 9.4-0.5",
		.owned = "/etc/system-release redhat-release 0" },
	    "1=false 2=false" },
	{ "owner: no database", VERIFY("", RELEASE),
	    { .databases = "rpm none" }, "1=unknown 2=unknown" },
	{ "owner: what was not to be done",
	    VERIFY("nosize='true'",
		"<linux:size_differs>not performed</linux:size_differs>"),
	    { .packages = "rpm redhat-release x86_64 9.4-0.5",
		.owned = "/etc/redhat-release redhat-release 0" },
	    "1=true 2=false" },
	{ "owner: what we do not do",
	    VERIFY("", "<linux:size_differs>pass</linux:size_differs>"),
	    { .packages = "rpm redhat-release x86_64 9.4-0.5",
		.owned = "/etc/redhat-release redhat-release 0" },
	    "1=unknown 2=unknown" },
	{ "owner: a configuration file",
	    VERIFY("",
		"<linux:configuration_file datatype='boolean'>true"
		"</linux:configuration_file>"),
	    { .packages = "rpm redhat-release x86_64 9.4-0.5",
		.owned = "/etc/redhat-release redhat-release 1" },
	    "1=true 2=false" },
	{ "owner: a configuration file that is left out",
	    VERIFY("noconfigfiles='true'", RELEASE),
	    { .packages = "rpm redhat-release x86_64 9.4-0.5",
		.owned = "/etc/redhat-release redhat-release 1" },
	    "1=false 2=false" },
};

/* --- text --- */

#define TEXT(path, behaviors, pattern, instance, state)            \
	W_TESTS(W_TEST("ind", "textfilecontent54", "1", CHECK,     \
	    W_OBJ("ind", "1") W_STE("ind", "1")))                  \
	W_OBJECTS(W_OBJECT("ind", "textfilecontent54", "1",        \
	    behaviors path                                         \
	    "<ind:pattern operation='pattern match'>" pattern      \
	    "</ind:pattern><ind:instance datatype='int' " instance \
	    "</ind:instance>"))                                    \
	W_STATES(W_STATE("ind", "textfilecontent54", "1", "", state))
#define AT(p) "<ind:filepath>" p "</ind:filepath>"
#define IN(p, f) "<ind:path>" p "</ind:path><ind:filename>" f "</ind:filename>"
#define SUB(v) "<ind:subexpression>" v "</ind:subexpression>"
#define FIRST ">1"
#define EACH "operation='greater than or equal'>1"

static const struct oval_world_case text_rows[] = {
	{ "text: a release check",
	    TEXT(AT("/etc/lsb-release"), "",
		"^[\\s\\S]*DISTRIB_CODENAME=([a-z]+)$", FIRST, SUB("focal")),
	    { .files = { { "/etc/lsb-release",
		  "DISTRIB_ID=Ubuntu\nDISTRIB_CODENAME=focal\nX=y\n" } } },
	    "1=true" },
	{ "text: another release",
	    TEXT(AT("/etc/lsb-release"), "",
		"^[\\s\\S]*DISTRIB_CODENAME=([a-z]+)$", FIRST, SUB("focal")),
	    { .files = { { "/etc/lsb-release",
		  "DISTRIB_CODENAME=xenial\n" } } },
	    "1=false" },
	{ "text: no such file",
	    TEXT(AT("/etc/lsb-release"), "", "x", FIRST, SUB("x")), { 0 },
	    "1=false" },
	{ "text: a file that cannot be read",
	    TEXT(AT("/etc/x"), "", "x", FIRST, SUB("x")),
	    { .files = { { "/etc/x", NULL } } }, "1=error" },
	{ "text: a folder is no file",
	    TEXT(AT("/etc/x"), "", "x", FIRST, SUB("x")),
	    { .files = { { "/etc/x/", "" } } }, "1=false" },
	{ "text: bytes that are no UTF-8",
	    TEXT(AT("/f"), "", "^k=(\\w+)$", FIRST, SUB("v")),
	    { .files = { { "/f", "\xff\xfe\nk=v\n" } } }, "1=true" },
	{ "text: path and filename",
	    TEXT(IN("/etc", "f"), "", "^(.*)$", FIRST, SUB("x")),
	    { .files = { { "/etc/f", "x\n" } } }, "1=true" },
	{ "text: a path with a slash behind it",
	    TEXT(IN("/etc/", "f"), "", "^(.*)$", FIRST, SUB("x")),
	    { .files = { { "/etc/f", "x\n" } } }, "1=true" },
	{ "text: first instance", TEXT(AT("/f"), "", "a(\\d)", FIRST, SUB("2")),
	    { .files = { { "/f", "a1 a2 a3" } } }, "1=false" },
	{ "text: second instance", TEXT(AT("/f"), "", "a(\\d)", ">2", SUB("2")),
	    { .files = { { "/f", "a1 a2 a3" } } }, "1=true" },
	{ "text: every instance", TEXT(AT("/f"), "", "a(\\d)", EACH, SUB("3")),
	    { .files = { { "/f", "a1 a2 a3" } } }, "1=true" },
	{ "text: last instance", TEXT(AT("/f"), "", "a(\\d)", ">-1", SUB("3")),
	    { .files = { { "/f", "a1 a2 a3" } } }, "1=true" },
	{ "text: last but one", TEXT(AT("/f"), "", "a(\\d)", ">-2", SUB("3")),
	    { .files = { { "/f", "a1 a2 a3" } } }, "1=false" },
	{ "text: empty matches count",
	    TEXT(AT("/f"), "", "x*", ">2", "<ind:text>x</ind:text>"),
	    { .files = { { "/f", "ax" } } }, "1=true" },
	{ "text: the whole match",
	    TEXT(AT("/f"), "", "a(\\d)", FIRST, "<ind:text>a1</ind:text>"),
	    { .files = { { "/f", "a1" } } }, "1=true" },
	{ "text: every group is asked",
	    TEXT(AT("/f"), "", "(a)(b)", FIRST, SUB("a")),
	    { .files = { { "/f", "ab" } } }, "1=false" },
	{ "text: a group that took no part",
	    TEXT(AT("/f"), "", "(a)|(b)", FIRST, SUB("b")),
	    { .files = { { "/f", "b" } } }, "1=true" },
	{ "text: lines by default",
	    TEXT(AT("/f"), "", "^b$", FIRST, "<ind:text>b</ind:text>"),
	    { .files = { { "/f", "a\nb\nc" } } }, "1=true" },
	{ "text: not by lines",
	    TEXT(AT("/f"), "<ind:behaviors multiline='false'/>", "^b$", FIRST,
		"<ind:text>b</ind:text>"),
	    { .files = { { "/f", "a\nb\nc" } } }, "1=false" },
	{ "text: either case",
	    TEXT(AT("/f"), "<ind:behaviors ignore_case='true'/>", "^b$", FIRST,
		"<ind:text>B</ind:text>"),
	    { .files = { { "/f", "a\nB\nc" } } }, "1=true" },
	{ "text: a dot takes line breaks",
	    TEXT(AT("/f"), "<ind:behaviors singleline='true'/>", "a.b", FIRST,
		"<ind:text operation='pattern match'>a\\nb</ind:text>"),
	    { .files = { { "/f", "a\nb" } } }, "1=true" },
	{ "text: a pattern with space behind it",
	    TEXT(AT("/f"), "", "<![CDATA[(?<=^saved_entry=).*]]>\n      ",
		FIRST, "<ind:text>2</ind:text>"),
	    { .files = { { "/f", "# x\nsaved_entry=2\n" } } }, "1=true" },
	{ "text: a module's stream",
	    TEXT(AT("/etc/dnf/modules.d/php.module"), "", "\\[php\\][\\w\\W]*",
		FIRST,
		"<ind:text operation='pattern match'>\\nstream\\s*=\\s*7\\.2\\b"
		"[\\w\\W]*\\nstate\\s*=\\s*(enabled|1|true)</ind:text>"),
	    { .files = { { "/etc/dnf/modules.d/php.module",
		  "[php]\nname=php\nstream=7.2\nprofiles=\nstate=enabled\n" } } },
	    "1=true" },
	{ "text: files by pattern, one of them unreadable",
	    TEXT("<ind:filepath operation='pattern match'>^/etc/.*\\.conf$"
		 "</ind:filepath>",
		"", "k=(.)", FIRST, SUB("v")),
	    { .files = { { "/etc/a.conf", "k=v" }, { "/etc/b.conf", NULL },
		  { "/etc/c", "k=w" } } },
	    "1=true" },
	{ "text: names by pattern",
	    TEXT("<ind:path>/etc</ind:path><ind:filename operation="
		 "'pattern match'>\\.conf$</ind:filename>",
		"", "k=(.)", FIRST, SUB("v")),
	    { .files = { { "/etc/d/a.conf", "k=v" },
		  { "/etc/b.conf", "k=x" } } },
	    "1=false" },
	{ "text: down into folders",
	    TEXT("<ind:path>/etc</ind:path><ind:filename operation="
		 "'pattern match'>\\.conf$</ind:filename>",
		"<ind:behaviors recurse_direction='down'/>", "k=(.)", FIRST,
		SUB("v")),
	    { .files = { { "/etc/d/e/a.conf", "k=v" } } }, "1=true" },
	{ "text: down, but not so far",
	    TEXT("<ind:path>/etc</ind:path><ind:filename operation="
		 "'pattern match'>\\.conf$</ind:filename>",
		"<ind:behaviors recurse_direction='down' max_depth='1'/>",
		"k=(.)", FIRST, SUB("v")),
	    { .files = { { "/etc/d/e/a.conf", "k=v" } } }, "1=false" },
	{ "text: up is not searched for",
	    TEXT(IN("/etc/d", "f"), "<ind:behaviors recurse_direction='up'/>",
		"k=(.)", FIRST, SUB("v")),
	    { .files = { { "/etc/d/f", "k=v" } } }, "1=unknown" },
	{ "text: a path that is not searched for",
	    TEXT("<ind:filepath operation='not equal'>/x</ind:filepath>", "",
		"k=(.)", FIRST, SUB("v")),
	    { .files = { { "/etc/f", "k=v" } } }, "1=unknown" },
};

/* The OCI flavour: packages as lines of a made-up file. */
#define MANIFEST(pattern, state)                                          \
	W_TESTS(W_TEST("ind", "textfilecontent54", "1", CHECK,            \
	    W_OBJ("ind", "1") W_STE("ind", "1")))                         \
	W_OBJECTS(W_OBJECT("ind", "textfilecontent54", "1",               \
	    IN(".", "manifest") "<ind:pattern operation='pattern match' " \
				"var_ref='oval:t:var:1' var_check="       \
				"'at least one'/><ind:instance datatype=" \
				"'int' " EACH "</ind:instance>"))         \
	W_STATES(W_STATE("ind", "textfilecontent54", "1", "",             \
	    "<ind:subexpression datatype='debian_evr_string' operation="  \
	    "'less than'>" state "</ind:subexpression>"))                 \
	W_VARIABLES(W_CONSTANT("1", "string", pattern))

static const struct oval_world_case manifest_rows[] = {
	{ "manifest: earlier than the fix",
	    MANIFEST("<value>^zsh(?::\\w+|)\\s+(.*)$</value>"
		     "<value>^libssh-4(?::\\w+|)\\s+(.*)$</value>",
		"0:0.9.6-2ubuntu0.22.04.2"),
	    { .files = { { "./manifest",
		  "bash\t5.1-6\nlibssh-4:amd64\t0.9.6-2ubuntu0.22.04.1\n" } },
		.is_oci_manifest = true },
	    "1=true" },
	{ "manifest: the fix, written without its epoch",
	    MANIFEST("<value>^libssh-4(?::\\w+|)\\s+(.*)$</value>",
		"0.9.6-2ubuntu0.22.04.2"),
	    { .files = { { "./manifest",
		  "libssh-4:amd64\t0.9.6-2ubuntu0.22.04.2\n" } },
		.is_oci_manifest = true },
	    "1=false" },
	{ "manifest: a plus that is not escaped misses its package",
	    MANIFEST("<value>^libstdc++6(?::\\w+|)\\s+(.*)$</value>", "99"),
	    { .files = { { "./manifest", "libstdc++6:amd64\t12.1\n" } },
		.is_oci_manifest = true },
	    "1=false" },
};

/* --- files --- */

#define FILES(state)                                       \
	W_TESTS(W_TEST("unix", "file", "1", CHECK,         \
	    W_OBJ("unix", "1") W_STE("unix", "1")))        \
	W_OBJECTS(W_OBJECT("unix", "file", "1",            \
	    "<unix:filepath>/snap/bin/x</unix:filepath>")) \
	W_STATES(W_STATE("unix", "file", "1", "", state))

static const struct oval_world_case file_rows[] = {
	{ "file: missing",
	    FILES("<unix:size datatype='int' operation='greater than'>0"
		  "</unix:size>"),
	    { 0 }, "1=false" },
	{ "file: size",
	    FILES("<unix:size datatype='int' operation='greater than'>0"
		  "</unix:size>"),
	    { .files = { { "/snap/bin/x", "abc" } } }, "1=true" },
	{ "file: an empty file",
	    FILES("<unix:size datatype='int' operation='greater than'>0"
		  "</unix:size>"),
	    { .files = { { "/snap/bin/x", "" } } }, "1=false" },
	{ "file: type, owner, mode",
	    FILES("<unix:type>regular</unix:type>"
		  "<unix:group_id datatype='int'>5</unix:group_id>"
		  "<unix:user_id datatype='int'>0</unix:user_id>"
		  "<unix:m_time datatype='int'>1000</unix:m_time>"
		  "<unix:suid datatype='boolean'>true</unix:suid>"
		  "<unix:sgid datatype='boolean'>false</unix:sgid>"
		  "<unix:uwrite datatype='boolean'>true</unix:uwrite>"
		  "<unix:gwrite datatype='boolean'>false</unix:gwrite>"
		  "<unix:oexec datatype='boolean'>true</unix:oexec>"),
	    { .files = { { "/snap/bin/x", "abc" } } }, "1=true" },
	{ "file: what an image does not have",
	    FILES("<unix:a_time datatype='int'>1</unix:a_time>"),
	    { .files = { { "/snap/bin/x", "abc" } } }, "1=unknown" },
};

/* --- the others --- */

static const struct oval_world_case other_rows[] = {
	{ "family: unix",
	    W_TESTS(W_TEST("ind", "family", "1", CHECK,
		W_OBJ("ind", "1") W_STE("ind", "1")))
		W_OBJECTS(W_OBJECT("ind", "family", "1", "")) W_STATES(W_STATE(
		    "ind", "family", "1", "", "<ind:family>unix</ind:family>")),
	    { 0 }, "1=true" },
	{ "uname: an image has none",
	    W_TESTS(W_TEST("unix", "uname", "1", CHECK,
		W_OBJ("unix", "1") W_STE("unix", "1")))
		W_OBJECTS(W_OBJECT("unix", "uname", "1", ""))
		    W_STATES(W_STATE("unix", "uname", "1", "",
			"<unix:os_release>5.4</unix:os_release>")),
	    { 0 }, "1=not applicable" },
	{ "unknown: always unknown",
	    W_TESTS(W_TEST("ind", "unknown", "1", CHECK, "")), { 0 },
	    "1=unknown" },
	{ "other: a test type that we do not know",
	    W_TESTS(W_TEST("unix", "interface", "1", CHECK, W_OBJ("unix", "1")))
		W_OBJECTS(W_OBJECT(
		    "unix", "interface", "1", "<unix:name>lo</unix:name>")),
	    { 0 }, "1=unknown" },
};

/* --- filters and sets --- */

#define NAMED(n, name) \
	W_OBJECT("linux", "dpkginfo", n, "<linux:name>" name "</linux:name>")
#define EVERY(n, filters)                \
	W_OBJECT("linux", "dpkginfo", n, \
	    "<linux:name operation='pattern match'>.</linux:name>" filters)
#define FILTER(action, n) \
	"<filter action='" action "'>oval:t:ste:" n "</filter>"
#define REF(n) "<object_reference>oval:t:obj:" n "</object_reference>"
#define SET(op, body)                      \
	W_OBJECT("linux", "dpkginfo", "9", \
	    "<set set_operator='" op "'>" body "</set>")
/* Test 1: something is left; test 2: just one thing is. */
#define LEFT(n)                                                            \
	W_TESTS(W_TEST("linux", "dpkginfo", "1", CHECK, W_OBJ("linux", n)) \
		W_TEST("linux", "dpkginfo", "2",                           \
		    "check='all' check_existence='only_one_exists'",       \
		    W_OBJ("linux", n)))
#define ARCH_ALL          \
	W_STATES(W_STATE( \
	    "linux", "dpkginfo", "1", "", "<linux:arch>all</linux:arch>"))

static const struct oval_world_case set_rows[] = {
	{ "filter: exclude",
	    LEFT("1") W_OBJECTS(EVERY("1", FILTER("exclude", "1"))) ARCH_ALL,
	    { .packages = "dpkg a all 1;dpkg b amd64 1;dpkg c all 1" },
	    "1=true 2=true" },
	{ "filter: include",
	    LEFT("1") W_OBJECTS(EVERY("1", FILTER("include", "1"))) ARCH_ALL,
	    { .packages = "dpkg a all 1;dpkg b amd64 1;dpkg c all 1" },
	    "1=true 2=false" },
	{ "filter: nothing left",
	    LEFT("1") W_OBJECTS(EVERY(
		"1", FILTER("include", "1") FILTER("exclude", "1"))) ARCH_ALL,
	    { .packages = "dpkg a all 1;dpkg b amd64 1" }, "1=false 2=false" },
	{ "set: union",
	    LEFT("9") W_OBJECTS(NAMED("1", "a") NAMED("2", "b")
		    SET("UNION", REF("1") REF("2"))),
	    { .packages = "dpkg a all 1;dpkg b all 1" }, "1=true 2=false" },
	{ "set: union has each once",
	    LEFT("9") W_OBJECTS(
		NAMED("1", "a") EVERY("2", "") SET("UNION", REF("1") REF("2"))),
	    { .packages = "dpkg a all 1" }, "1=true 2=true" },
	{ "set: intersection",
	    LEFT("9") W_OBJECTS(NAMED("1", "a") EVERY("2", "")
		    SET("INTERSECTION", REF("1") REF("2"))),
	    { .packages = "dpkg a all 1;dpkg b all 1" }, "1=true 2=true" },
	{ "set: complement",
	    LEFT("9") W_OBJECTS(EVERY("1", "") NAMED("2", "a")
		    SET("COMPLEMENT", REF("1") REF("2"))),
	    { .packages = "dpkg a all 1;dpkg b all 1" }, "1=true 2=true" },
	{ "set: of one object, filtered",
	    LEFT("9") W_OBJECTS(EVERY("1", "")
		    SET("UNION", REF("1") FILTER("exclude", "1"))) ARCH_ALL,
	    { .packages = "dpkg a all 1;dpkg b amd64 1" }, "1=true 2=true" },
	{ "set: of sets",
	    LEFT("9") W_OBJECTS(
		NAMED("1", "a") NAMED("2", "b") EVERY("3", "") SET("COMPLEMENT",
		    "<set>" REF("3") "</set><set>" REF("1") REF("2") "</set>")),
	    { .packages = "dpkg a all 1;dpkg b all 1;dpkg c all 1" },
	    "1=true 2=true" },
	{ "set: an operand in error",
	    LEFT("9") W_OBJECTS(
		NAMED("1", "a") EVERY("2", "") SET("UNION", REF("1") REF("2"))),
	    { .databases = "dpkg error" }, "1=error 2=error" },
};

int
main(void)
{
	struct CMUnitTest tests[128];
	size_t n = 0;

	TABLE_ADD(tests, &n, package_rows, oval_world_test);
	TABLE_ADD(tests, &n, name_rows, oval_world_test);
	TABLE_ADD(tests, &n, verify_rows, oval_world_test);
	TABLE_ADD(tests, &n, text_rows, oval_world_test);
	TABLE_ADD(tests, &n, manifest_rows, oval_world_test);
	TABLE_ADD(tests, &n, file_rows, oval_world_test);
	TABLE_ADD(tests, &n, other_rows, oval_world_test);
	TABLE_ADD(tests, &n, set_rows, oval_world_test);
	return _cmocka_run_group_tests("collect", tests, n, NULL, NULL);
}
