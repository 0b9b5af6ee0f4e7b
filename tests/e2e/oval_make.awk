# SPDX-License-Identifier: Apache-2.0
# oval_make.awk: OVAL in the shape of a publisher's, of lines
#
#	def ID SEVERITY CVE[,CVE…]    a definition
#	kernel                        it asks for the running kernel, too
#	earlier NAME EVR ARCHES [MODULE:STREAM]
#	installed NAME [STATE]        is not fixed: Red Hat's word, "_" a blank
#	equals0 NAME                  is not affected, as SUSE says it
#	fill N                        N definitions of packages nobody has
#
#	awk -v style=redhat|almalinux|oracle|suse -v version=9 -v key=KEYID \
#		-v product=sles -f oval_make.awk lines

function add(section, text) {
	parts[section, ++n_parts[section]] = text
}

function give(section,    i) {
	print "<" section ">"
	for (i = 1; i <= n_parts[section]; i++)
		printf "%s", parts[section, i]
	print "</" section ">"
}

function element(kind, name, id, attributes, body) {
	return "<" kind "_" name " xmlns=\"" xmlns[kind] "\" id=\"" id \
		"\" version=\"1\"" attributes ">" body "</" kind "_" name ">\n"
}

# test(KIND, OBJECT, STATE, ATTRIBUTES, COMMENT): its id; the same one is one
function test(kind, object, state, attributes, comment,    id, body) {
	id = object "|" state "|" attributes
	if (id in tests_of)
		return tests_of[id]
	tests_of[id] = oval ":tst:" (1000 + ++n_tests)
	body = "<object object_ref=\"" object "\"/>"
	if (state != "")
		body = body "<state state_ref=\"" state "\"/>"
	add("tests", element(kind, "test", tests_of[id], attributes \
		" comment=\"" comment "\"", body))
	return tests_of[id]
}

function object(kind, body) {
	if (!(body in objects_of)) {
		objects_of[body] = oval ":obj:" (1000 + ++n_objects)
		add("objects", element(kind, "object", objects_of[body], "",
			body))
	}
	return objects_of[body]
}

function state(kind, body) {
	if (!(body in states_of)) {
		states_of[body] = oval ":ste:" (1000 + ++n_states)
		add("states", element(kind, "state", states_of[body], "", body))
	}
	return states_of[body]
}

function criterion(id, comment) {
	return "<criterion test_ref=\"" id "\" comment=\"" comment "\"/>"
}

function named(name) {
	return object("rpminfo", "<name>" name "</name>")
}

function leaf(name, state_body, comment) {
	return criterion(test("rpminfo", named(name),
		state_body == "" ? "" : state("rpminfo", state_body),
		" check=\"at least one\"", comment), comment)
}

function signed(name) {
	if (style == "suse")
		return ""
	return leaf(name, "<signature_keyid operation=\"equals\">" key \
		"</signature_keyid>", name " is signed with the key")
}

function earlier(name, evr, arches) {
	return leaf(name, "<arch operation=\"pattern match\">" arches "</arch>" \
		"<evr datatype=\"evr_string\" operation=\"less than\">" evr \
		"</evr>", name " is earlier than " evr)
}

function module(word,    name, stream) {
	name = word
	sub(/:.*/, "", name)
	stream = word
	sub(/^[^:]*:/, "", stream)
	return criterion(test("textfilecontent54",
		object("textfilecontent54", "<filepath>/etc/dnf/modules.d/" name \
			".module</filepath><pattern operation=\"pattern match\">" \
			"\\[" name "\\][\\w\\W]*</pattern>" \
			"<instance datatype=\"int\">1</instance>"),
		state("textfilecontent54", "<text operation=\"pattern match\">" \
			"\\nstream\\s*=\\s*" stream "\\b[\\w\\W]*\\nstate\\s*=\\s*" \
			"(enabled|1|true)|\\nstate\\s*=\\s*(enabled|1|true)[\\w\\W]*" \
			"\\nstream\\s*=\\s*" stream "\\b</text>"),
		" check=\"all\"", "Module " word " is enabled"),
		"Module " word " is enabled")
}

function release_file(check, with_version,    body, every) {
	every = " operation=\"pattern match\"/>"
	body = "<name operation=\"pattern match\">^" style "-release</name>"
	if (with_version)
		body = body "<version operation=\"pattern match\">^" version \
			"[^\\d]</version>"
	return criterion(test("rpmverifyfile", object("rpmverifyfile",
		"<behaviors nomd5=\"true\" nosize=\"true\" nomtime=\"true\"/>" \
		"<name" every "<epoch" every "<version" every "<release" every \
		"<arch" every "<filepath>/etc/" style "-release</filepath>"),
		state("rpmverifyfile", body), " check=\"" check "\"",
		style " is installed"), style " is installed")
}

function kernel() {
	return "<criteria operator=\"OR\">" \
		criterion(test("uname", object("uname", ""), state("uname",
			"<os_release operation=\"pattern match\">5\\.14\\.0-([0-9])\\." \
			"</os_release>"), " check=\"at least one\"", "is running"),
			"kernel is currently running") \
		criterion(test("textfilecontent54", object("textfilecontent54",
			"<filepath>/boot/grub2/grubenv</filepath>" \
			"<pattern operation=\"pattern match\">saved_entry=.*" \
			"</pattern><instance datatype=\"int\">1</instance>"),
			state("textfilecontent54",
			"<text operation=\"pattern match\">5\\.14\\.0-[0-9]\\.</text>"),
			" check=\"all\"", "boots next"),
			"kernel is set to boot up on next boot") "</criteria>"
}

function release_of_suse() {
	return leaf(product "-release", "<version operation=\"equals\">" version \
		"</version>", product " is installed")
}

function release_of_oracle(arch) {
	return leaf("oraclelinux-release", arch == "" \
		? "<version operation=\"pattern match\">^" version "</version>" \
		: "<arch operation=\"pattern match\">" arch "</arch>",
		"Oracle Linux " version arch)
}

function criteria(body) {
	if (style == "suse")
		return "<criteria operator=\"AND\"><criteria operator=\"OR\">" \
			release_of_suse() "</criteria><criteria operator=\"OR\">" \
			body "</criteria></criteria>"
	if (style == "oracle")
		return "<criteria operator=\"AND\">" release_of_oracle() \
			"<criteria operator=\"OR\">" body "</criteria></criteria>"
	return "<criteria operator=\"OR\">" release_file("none satisfy", 0) \
		"<criteria operator=\"AND\">" release_file("at least one", 1) \
		extra "<criteria operator=\"OR\">" body \
		"</criteria></criteria></criteria>"
}

function reference(source, id) {
	return "<reference source=\"" source "\" ref_id=\"" id "\"/>"
}

function finish(    i, cves, meta, class) {
	if (def == "")
		return
	class = def ~ /^CVE-/ ? "vulnerability" : "patch"
	if (class == "patch")
		meta = reference(style == "oracle" ? "elsa" : "RHSA", def)
	split(def_cves, cves, ",")
	for (i = 1; i in cves; i++)
		meta = meta reference("CVE", cves[i])
	meta = meta "<description>A test.</description><advisory><severity>" \
		severity "</severity><issued date=\"2024-01-02\"/>"
	for (i = 1; i in cves; i++)
		meta = meta "<cve href=\"x\">" cves[i] "</cve>"
	if (resolution != "")
		meta = meta "<affected><resolution state=\"" resolution "\">" \
			"<component>" component "</component></resolution></affected>"
	add("definitions", "<definition class=\"" class "\" id=\"" oval \
		":def:" (20240000 + ++n_definitions) "\" version=\"1\"><metadata>" \
		"<title>" def ": " component " update (" severity ")</title>" \
		"<affected family=\"unix\"/>" meta "</advisory></metadata>" \
		criteria(rows) "</definition>\n")
	def = rows = extra = resolution = component = ""
}

function row(body) {
	rows = rows "<criteria operator=\"AND\">" body "</criteria>"
}

BEGIN {
	base = "http://oval.mitre.org/XMLSchema/oval-definitions-5"
	xmlns["rpminfo"] = xmlns["rpmverifyfile"] = base "#linux"
	xmlns["textfilecontent54"] = base "#independent"
	xmlns["uname"] = base "#unix"
	oval = "oval:org.example." style
}

$1 == "def" {
	finish()
	def = $2
	severity = $3
	def_cves = $4
}

$1 == "kernel" { extra = extra kernel() }

$1 == "earlier" {
	component = $2
	row((NF > 4 ? module($5) : "") \
		(style == "oracle" ? release_of_oracle($4) : "") \
		earlier($2, $3, $4) signed($2))
}

$1 == "installed" {
	component = $2
	resolution = $3
	gsub(/_/, " ", resolution)
	row(leaf($2, "", $2 " is installed") signed($2))
}

$1 == "equals0" {
	row(leaf($2, "<version operation=\"equals\">0</version>",
		$2 " is not affected"))
}

$1 == "fill" {
	for (i = 0; i < $2; i++) {
		finish()
		def = "FILL-2023:" i
		severity = "Low"
		def_cves = "CVE-2023-" (100000 + i)
		component = "filler"
		row(earlier("filler", "0:2-1", "x86_64") signed("filler"))
	}
	finish()
}

END {
	finish()
	print "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
	print "<oval_definitions xmlns=\"" base "\" xmlns:oval=\"" \
		"http://oval.mitre.org/XMLSchema/oval-common-5\"><generator>" \
		"<oval:schema_version>5.10</oval:schema_version><oval:timestamp>" \
		"2024-06-01T00:00:00</oval:timestamp></generator>"
	give("definitions")
	give("tests")
	give("objects")
	give("states")
	print "</oval_definitions>"
}
