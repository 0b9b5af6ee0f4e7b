# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# datastream_lib.sh: data streams for oscap.

# data_stream URIS REFS RULES: one whose benchmark has these rules; they name
# files of URIS, which lead to component-refs of REFS.
data_stream() {
	cat <<END
<ds:data-stream-collection id="scap_test_collection_1"
 schematron-version="1.2"
 xmlns:ds="http://scap.nist.gov/schema/scap/source/1.2"
 xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:cat="urn:oasis:names:tc:entity:xmlns:xml:catalog">
<ds:data-stream id="scap_test_datastream_1" scap-version="1.2"
 use-case="OTHER" timestamp="2024-01-01T00:00:00"><ds:checklists>
<ds:component-ref id="scap_test_cref_xccdf"
 xlink:type="simple" xlink:href="#scap_test_comp_xccdf"><cat:catalog>
$1
</cat:catalog></ds:component-ref></ds:checklists><ds:checks>
$2
</ds:checks></ds:data-stream>
<ds:component id="scap_test_comp_xccdf" timestamp="2024-01-01T00:00:00">
<Benchmark xmlns="http://checklists.nist.gov/xccdf/1.2"
 id="xccdf_test_benchmark_1" xml:lang="en"><status>draft</status>
<version>1</version>
$3
</Benchmark></ds:component></ds:data-stream-collection>
END
}

# uri NAME ID and component_ref ID HREF: one of URIS, one of REFS.
uri() {
	echo "<cat:uri name='$1' uri='#$2'/>"
}

component_ref() {
	echo "<ds:component-ref id='$1' xlink:type='simple' xlink:href='$2'/>"
}

# rule N FILE ID: that the OVAL definition of that file is.
rule() {
	echo "<Rule id='xccdf_test_rule_$1' selected='true'><title>$3</title>
<check system='http://oval.mitre.org/XMLSchema/oval-definitions-5'>
<check-content-ref href='$2' name='$3'/></check></Rule>"
}
