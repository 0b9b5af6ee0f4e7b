#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Values from outside for OVAL's external variables: as OpenSCAP takes them;
# without them nothing is known.
. "$(dirname "$0")/lib.sh"
need oscap
place=security-metadata.canonical.com/oval
name=com.ubuntu.noble.usn.oval
fixture=$ROOT/tests/fixtures/oval/differences/variable-external.xml

mkdir -p "$T/root/etc" "$T/tree/$place"
echo ID=ubuntu >"$T/root/etc/os-release"
# The values 22 to 24, and 30, are allowed, and 23 is what the state asks for.
sed 's|datatype=.string./>|datatype="int">\
<possible_value hint="t">30</possible_value>\
<possible_restriction hint="t">\
<restriction operation="greater than">21</restriction>\
<restriction operation="less than">25</restriction>\
</possible_restriction>\
</external_variable>|
s|\(<ind:object .*/>\)|\1\
<ind:state state_ref="oval:t:ste:1"/>|
s|</objects>|</objects>\
<states>\
<ind:variable_state id="oval:t:ste:1" version="1">\
<ind:value datatype="int">23</ind:value>\
</ind:variable_state>\
</states>|' "$fixture" >"$T/document.xml"
bzip2 -c "$T/document.xml" >"$T/tree/$place/$name.xml.bz2"
run scapcache --quiet --state "$S" sync --from "$T/tree"
expect "sync" 0

# given FILE DATATYPE VALUE
given() {
	cat >"$1" <<EOF
<oval_variables
 xmlns="http://oval.mitre.org/XMLSchema/oval-variables-5"
 xmlns:oval="http://oval.mitre.org/XMLSchema/oval-common-5">
<generator>
<oval:schema_version>5.11.1</oval:schema_version>
<oval:timestamp>2024-01-02T03:04:05</oval:timestamp>
</generator>
<variables>
<variable id="oval:t:var:1" datatype="$2" comment="t">
<value>$3</value>
</variable>
</variables>
</oval_variables>
EOF
}

ours() {
	run scapcache --state "$S" scan --document $name \
		--format definitions "$@" "rootfs:$T/root"
	cut -f2 "$T/out"
}

theirs() {
	oscap oval eval --skip-validation --variables "$1" \
		"$T/document.xml" 2>/dev/null |
		sed -n 's/^Definition .*: //p'
}

equal "no value" unknown "$(ours)"
for row in 23:true 24:false 30:false; do
	given "$T/given.xml" int "${row%:*}"
	equal "${row%:*}" "${row#*:}" "$(ours --variables "$T/given.xml")"
	equal "${row%:*}, OpenSCAP" "${row#*:}" "$(theirs "$T/given.xml")"
done
given "$T/given.xml" int 25
equal "a value that is not allowed" error \
	"$(ours --variables "$T/given.xml")"
given "$T/given.xml" string 23
equal "another datatype" error "$(ours --variables "$T/given.xml")"
given "$T/given.xml" int x
equal "a value that is none" error "$(ours --variables "$T/given.xml")"
echo '<oval_variables/>' >"$T/given.xml"
run scapcache --state "$S" scan --variables "$T/given.xml" "rootfs:$T/root"
expect "another document" 1 "given.xml: this is no OVAL variables document"
run scapcache --state "$S" scan --variables "$T/none.xml" "rootfs:$T/root"
expect "no document" 1 "none.xml: "
done_testing
