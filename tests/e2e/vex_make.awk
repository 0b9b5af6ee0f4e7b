# SPDX-License-Identifier: Apache-2.0
# vex_make.awk: CSAF VEX in the shape of Red Hat's, a file out/cve-….json each,
# of lines "CVE IMPACT" and below it "STATUS PRODUCT PURL [WORD]", where PRODUCT
# is rhel9, main or eus (9.2), PURL what stands behind pkg:rpm/redhat/ and WORD
# the remediation's, "_" a blank; and n more of a package nobody has.
#
#	awk -v out=csaf -v n=10000 -f vex_make.awk lines

function quote(s) {
	gsub(/_/, " ", s)
	return "\"" s "\""
}

function product(id, category, helper) {
	return sprintf("{\"category\":\"%s\",\"name\":\"x\",\"product\":{" \
		"\"product_id\":\"%s\",\"product_identification_helper\":" \
		"{%s}}}", category, id, helper)
}

function finish(    file, s, all) {
	if (cve == "")
		return
	for (s in ids)
		all = all (all == "" ? "" : ",") "\"" s "\":[" ids[s] "]"
	file = out "/" tolower(cve) ".json"
	printf "{\"document\":{\"category\":\"csaf_vex\"," \
		"\"csaf_version\":\"2.0\",\"title\":\"%s a bug\"," \
		"\"tracking\":{\"id\":\"%s\",\"status\":\"final\"," \
		"\"initial_release_date\":\"2024-01-02T00:00:00Z\"," \
		"\"current_release_date\":\"2024-01-02T00:00:00Z\"}}," \
		"\"product_tree\":{\"branches\":[{\"category\":\"vendor\"," \
		"\"name\":\"Red Hat\",\"branches\":[%s%s]}]," \
		"\"relationships\":[%s]},\"vulnerabilities\":[{\"cve\":" \
		"\"%s\",\"product_status\":{%s},\"remediations\":[%s]," \
		"\"threats\":[{\"category\":\"impact\",\"details\":\"%s\"," \
		"\"product_ids\":[%s]}]}]}", cve, cve, products, components,
		relations, cve, all, remediations, impact, every >file
	close(file)
	components = relations = remediations = every = ""
	delete ids
}

function row(status, where, purl, word,    id, sep) {
	id = where ":" purl
	components = components "," product(purl, "product_version",
		"\"purl\":\"pkg:rpm/redhat/" purl "\"")
	sep = relations == "" ? "" : ","
	relations = relations sep sprintf("{\"category\":" \
		"\"default_component_of\",\"full_product_name\":{\"name\":" \
		"\"x\",\"product_id\":\"%s\"},\"product_reference\":\"%s\"," \
		"\"relates_to_product_reference\":\"%s\"}", id, purl, where)
	every = every sep "\"" id "\""
	ids[status] = ids[status] (ids[status] == "" ? "" : ",") \
		"\"" id "\""
	if (word == "")
		return
	remediations = remediations (remediations == "" ? "" : ",") \
		"{\"category\":\"" (word ~ /^(Will|Out)/ ? "no_fix_planned" \
		: "none_available") "\",\"details\":" quote(word) \
		",\"product_ids\":[\"" id "\"]}"
}

BEGIN {
	products = product("rhel9", "product_name",
		"\"cpe\":\"cpe:/o:redhat:enterprise_linux:9\"") "," \
		product("main", "product_name",
		"\"cpe\":\"cpe:/a:redhat:enterprise_linux:9::appstream\"") \
		"," product("eus", "product_name",
		"\"cpe\":\"cpe:/o:redhat:rhel_eus:9.2::baseos\"")
	for (i = 0; i < n; i++) {
		finish()
		cve = "CVE-2020-" (100000 + i)
		impact = "low"
		row("known_affected", "rhel9", "filler?arch=src")
	}
}

/^CVE/ {
	finish()
	cve = $1
	impact = $2
	next
}

{ row($1, $2, $3, $4) }

END { finish() }
