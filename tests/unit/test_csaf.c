/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "content/csaf.h"
#include "tests/unit/table.h"

struct csaf_case {
	const char *name;
	const char *input;
	enum err_code code;
	const char *expect;
};

#define HEAD(id, status)                                                \
	"{\"document\": {\"category\": \"csaf_vex\", "                  \
	"\"csaf_version\": \"2.0\", \"title\": \"t\", "                 \
	"\"aggregate_severity\": {\"text\": \"low\"}, \"tracking\": {"  \
	"\"id\": \"" id "\", \"status\": \"" status "\", "              \
	"\"initial_release_date\": \"2023-09-25T00:00:00+00:00\", "     \
	"\"current_release_date\": \"2024-06-20T01:13:21+00:00\", "     \
	"\"generator\": {\"engine\": {\"name\": \"Red Hat SDEngine\", " \
	"\"version\": \"3.33.3\"}}}}"
#define TREE(leaves, relations)                               \
	", \"product_tree\": {\"branches\": [{\"category\": " \
	"\"vendor\", \"branches\": [" leaves "]}], "          \
	"\"relationships\": [" relations "]}"
#define CPE(id, cpe)                                                      \
	"{\"category\": \"product_name\", \"product\": {\"product_id\":"  \
	"\"" id "\", \"product_identification_helper\": {\"cpe\": \"" cpe \
	"\"}}}"
#define PURL(id, purl)                                       \
	"{\"category\": \"product_version\", \"product\": {" \
	"\"product_id\": \"" id "\", "                       \
	"\"product_identification_helper\": {\"purl\": \"" purl "\"}}}"
#define PART(id, part, whole)                                              \
	"{\"category\": \"default_component_of\", \"full_product_name\": " \
	"{\"product_id\": \"" id "\"}, \"product_reference\": \"" part     \
	"\", \"relates_to_product_reference\": \"" whole "\"}"
#define VULN(body) ", \"vulnerabilities\": [" body "]}"
#define ABOUT " about Red Hat SDEngine 3.33.3 2024-06-20T01:13:21+00:00\n"
#define SAYS(id) id " \"t\" low 1695600000 1718846001"

/* One component of one product. */
#define ONE(cpe, id, purl, status)                                      \
	HEAD("CVE-2023-1", "final")                                     \
	TREE(CPE("p", cpe) "," PURL(id, purl), PART("p:" id, id, "p"))  \
	VULN("{\"cve\": \"CVE-2023-1\", \"product_status\": {\"" status \
	     "\": [\"p:" id "\"]}}")
#define RHEL9 "cpe:/o:redhat:enterprise_linux:9::baseos"

/* Remediations of a product that is affected. */
#define REMEDY(category, details)                                        \
	HEAD("CVE-2023-1", "final")                                      \
	TREE(CPE("p", RHEL9) "," PURL("a", "pkg:rpm/redhat/a?arch=src"), \
	    PART("p:a", "a", "p"))                                       \
	VULN(                                                            \
	    "{\"cve\": \"CVE-2023-1\", \"product_status\": "             \
	    "{\"known_affected\": [\"p:a\"]}, \"remediations\": ["       \
	    "{\"category\": \"workaround\", \"details\": \"w\", "        \
	    "\"product_ids\": [\"p:a\"]}, {\"category\": \"" category    \
	    "\", \"details\": \"" details "\", \"product_ids\": [\"p:a\"]}]}")

static const struct csaf_case cases[] = {
	{ "fixed, with its epoch, its advisory and severities",
	    HEAD("CVE-2023-1", "final") TREE(
		CPE("A-9",
		    "cpe:/a:redhat:enterprise_linux:9::appstream") "," CPE("B-9",
		    RHEL9) "," PURL("o-1:3-4.el9.x86_64",
		    "pkg:rpm/redhat/o@3-4.el9?arch=x86_64&epoch=1") "," PURL("o-1:3-4.el9.aarch64",
		    "pkg:rpm/redhat/o@3-4.el9?arch=aarch64&epoch=1") "," PURL("o-1:3-4.el9.src",
		    "pkg:rpm/redhat/o@3-4.el9?arch=src&epoch=1"),
		PART("A-9:x", "o-1:3-4.el9.x86_64", "A-9") "," PART(
		    "B-9:x", "o-1:3-4.el9.x86_64", "B-9") "," PART("B-9:a",
		    "o-1:3-4.el9.aarch64",
		    "B-9") "," PART("B-9:s", "o-1:3-4.el9.src", "B-9"))
		VULN("{\"cve\": \"CVE-2023-1\", \"notes\": [{\"category\": "
		     "\"description\", \"text\": \"long\"}], "
		     "\"product_status\": {\"fixed\": [\"A-9:x\", \"B-9:x\", "
		     "\"B-9:a\", \"B-9:s\"]}, \"remediations\": [{"
		     "\"category\": \"vendor_fix\", \"product_ids\": ["
		     "\"A-9:x\", \"B-9:x\", \"B-9:a\"], \"url\": "
		     "\"https://access.redhat.com/errata/RHSA-2024:1\"}], "
		     "\"threats\": [{\"category\": \"impact\", \"details\": "
		     "\"Low\", \"product_ids\": [\"B-9:s\"]}, {\"category\": "
		     "\"impact\", \"details\": \"Moderate\"}]}"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") " long\n"
			      "  rhel 9 - fixed o 1:3-4.el9 arch=aarch64,x86_64 "
			      "cve=CVE-2023-1 severity=Moderate detail=RHSA-2024:1\n"
			      "  rhel 9 - fixed o 1:3-4.el9 source cve=CVE-2023-1 "
			      "severity=Low\n" ABOUT },
	{ "no epoch is 0, no architecture is all",
	    ONE("cpe:/a:redhat:rhel_eus:9.2::crb", "tiff-0:4-12.el9",
		"pkg:rpm/redhat/tiff@4-12%2Bx.el9", "fixed"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 9.2 eus fixed tiff 0:4-12+x.el9 cve=CVE-2023-1\n" ABOUT },
	{ "not affected, of whatever version",
	    HEAD("CVE-2023-1", "final")
		TREE(CPE("p", RHEL9) "," PURL("k", "pkg:rpm/redhat/k@1-2"),
		    PART("p:k", "k", "p"))
		    VULN("{\"cve\": \"CVE-2023-1\", \"product_status\": "
			 "{\"known_not_affected\": [\"p:k\"]}, \"flags\": ["
			 "{\"label\": \"component_not_present\", "
			 "\"product_ids\": [\"p:k\"]}]}"),
	    ERR_NONE,
	    SAYS("CVE-2023-1") "\n"
			       "  rhel 9 - not affected k cve=CVE-2023-1 "
			       "detail=component_not_present\n" ABOUT },
	{ "affected", REMEDY("none_available", "Affected"), ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 9 - affected a source cve=CVE-2023-1 detail=Affected\n" ABOUT },
	{ "deferred", REMEDY("none_available", "Fix deferred"), ERR_NONE,
	    SAYS("CVE-2023-1") "\n"
			       "  rhel 9 - deferred a source cve=CVE-2023-1 "
			       "detail=Fix deferred\n" ABOUT },
	{ "will not fix", REMEDY("no_fix_planned", "Will not fix"), ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 9 - will not fix a source cve=CVE-2023-1 "
			      "detail=Will not fix\n" ABOUT },
	{ "end of life", REMEDY("no_fix_planned", "Out of support scope"),
	    ERR_NONE,
	    SAYS("CVE-2023-1") "\n"
			       "  rhel 9 - end of life a source cve=CVE-2023-1 "
			       "detail=Out of support scope\n" ABOUT },
	{ "a new word of a known remediation",
	    REMEDY("none_available", "Perhaps"), ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 9 - affected a source cve=CVE-2023-1 detail=Perhaps\n" ABOUT },
	{ "a fix that is promised leaves it affected",
	    REMEDY("vendor_fix", "soon"), ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 9 - affected a source cve=CVE-2023-1\n" ABOUT },
	{ "under investigation",
	    ONE(RHEL9, "a", "pkg:rpm/redhat/a", "under_investigation"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 9 - needs triage a cve=CVE-2023-1\n" ABOUT },
	{ "a status that nobody knows",
	    ONE(RHEL9, "a", "pkg:rpm/redhat/a", "safe"), ERR_NONE,
	    SAYS("CVE-2023-1") "\n"
			       "  rhel 9 - unknown a cve=CVE-2023-1\n" ABOUT },
	{ "another product",
	    ONE("cpe:/a:redhat:openstack:17.1::el9", "a", "pkg:rpm/redhat/a",
		"known_affected"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  redhat 17.1 cpe:/a:redhat:openstack:17.1 affected a "
			      "cve=CVE-2023-1\n" ABOUT },
	{ "a stream of extras",
	    ONE("cpe:/a:redhat:rhel_extras_sap:7", "a", "pkg:rpm/redhat/a",
		"known_affected"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 7 extras_sap affected a cve=CVE-2023-1\n" ABOUT },
	{ "RHEL 10's EUS has a name of its own",
	    ONE("cpe:/o:redhat:enterprise_linux_eus:10.0", "a",
		"pkg:rpm/redhat/a@1-1?epoch=0", "fixed"),
	    ERR_NONE,
	    SAYS("CVE-2023-1") "\n"
			       "  rhel 10.0 eus fixed a 0:1-1 "
			       "cve=CVE-2023-1\n" ABOUT },
	{ "a CPE of 2.3",
	    ONE("cpe:2.3:o:redhat:enterprise_linux:9:*:*:*:*:*:*:*", "a",
		"pkg:rpm/redhat/a", "known_affected"),
	    ERR_NONE,
	    SAYS("CVE-2023-1") "\n"
			       "  rhel 9 - affected a cve=CVE-2023-1\n" ABOUT },
	{ "fixed in what is no version",
	    ONE(RHEL9, "a", "pkg:rpm/redhat/a@%3C1", "fixed"), ERR_NONE,
	    SAYS("CVE-2023-1") "\n"
			       "  rhel 9 - unknown a cve=CVE-2023-1\n" ABOUT },
	{ "fixed with an epoch that is none",
	    ONE(RHEL9, "a", "pkg:rpm/redhat/a@1-1?epoch=x", "fixed"), ERR_NONE,
	    SAYS("CVE-2023-1") "\n"
			       "  rhel 9 - unknown a cve=CVE-2023-1\n" ABOUT },
	{ "a vulnerability without a CVE does not clear the others",
	    HEAD("CVE-2023-1", "final")
		TREE(CPE("p", RHEL9) "," PURL("a", "pkg:rpm/redhat/a"),
		    PART("p:a", "a", "p"))
		    VULN("{\"cve\": \"CVE-2023-1\", \"product_status\": "
			 "{\"known_affected\": [\"p:a\"]}}, "
			 "{\"product_status\": "
			 "{\"known_not_affected\": [\"p:a\"]}}"),
	    ERR_NONE,
	    SAYS("CVE-2023-1") "\n"
			       "  rhel 9 - affected a cve=CVE-2023-1\n"
			       "  rhel 9 - unknown a\n" ABOUT },
	{ "a status that is no list",
	    HEAD("CVE-2023-1", "final")
		VULN("{\"product_status\": {\"known_affected\": \"p:a\"}}"),
	    ERR_FORMAT, "byte 370: known_affected is not an array" },
	{ "a status that is null",
	    HEAD("CVE-2023-1", "final")
		VULN("{\"product_status\": {\"known_affected\": null}}"),
	    ERR_NONE, SAYS("CVE-2023-1") "\n" ABOUT },
	{ "a product of RHEL's name with a version of its own",
	    ONE("cpe:/a:redhat:rhel_dotnet:6.0::el7", "a", "pkg:rpm/redhat/a",
		"known_affected"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  redhat 6.0 cpe:/a:redhat:rhel_dotnet:6.0 affected a "
			      "cve=CVE-2023-1\n" ABOUT },
	{ "a CPE without a version",
	    ONE("cpe:/a:redhat:enterprise_linux", "a", "pkg:rpm/redhat/a",
		"known_affected"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  redhat - cpe:/a:redhat:enterprise_linux affected a "
			      "cve=CVE-2023-1\n" ABOUT },
	{ "module: qualifier",
	    ONE(RHEL9, "r-0:3-1.i686::ruby:3.1",
		"pkg:rpm/redhat/r@3-1.module%2Bel9?arch=i686"
		"&rpmmod=ruby:3.1:8090020240311122605:a75119d5",
		"fixed"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 9 - fixed r 0:3-1.module+el9 arch=i686 module=ruby:3.1 "
			      "cve=CVE-2023-1\n" ABOUT },
	{ "module: qualifier without a version, a bare word",
	    ONE(RHEL9, "f", "pkg:rpm/redhat/f?arch=src&rpmmod=rhel10",
		"known_affected"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 9 - affected f source module=rhel10 cve=CVE-2023-1\n" ABOUT },
	{ "module: behind the id",
	    ONE(RHEL9, "ruby-2-1.i686.rpm-ruby:2.5",
		"pkg:rpm/redhat/ruby@2-1?arch=i686", "fixed"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 9 - fixed ruby 0:2-1 arch=i686 module=ruby:2.5 "
			      "cve=CVE-2023-1\n" ABOUT },
	{ "module: behind two colons",
	    ONE(RHEL9, "golang.src::go-toolset:rhel8",
		"pkg:rpm/redhat/golang?arch=src", "known_affected"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 9 - affected golang source module=go-toolset:rhel8 "
			      "cve=CVE-2023-1\n" ABOUT },
	{ "module: before the id",
	    ONE(RHEL9, "python36:3.6/python36.src",
		"pkg:rpm/redhat/python36?arch=src", "known_affected"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 9 - affected python36 source module=python36:3.6 "
			      "cve=CVE-2023-1\n" ABOUT },
	{ "module: a purl of its own type",
	    ONE(RHEL9, "ruby:2.6/ruby", "pkg:rpmmod/redhat/ruby:2.6/ruby",
		"known_affected"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 9 - affected ruby module=ruby:2.6 cve=CVE-2023-1\n" ABOUT },
	{ "module: its whole build has no version to compare",
	    ONE(RHEL9, "python39-0:3.9-8100020240826142629.d47b87a4",
		"pkg:rpm/redhat/python39@3.9-8100020240826142629.d47b87a4"
		"?epoch=0",
		"fixed"),
	    ERR_NONE,
	    SAYS("CVE-2023-1") "\n"
			       "  rhel 9 - fixed python39 module=python39:3.9 "
			       "cve=CVE-2023-1\n" ABOUT },
	{ "module: relationships of relationships, either way round",
	    HEAD("CVE-2023-1", "final") TREE(
		CPE("A", "cpe:/a:redhat:enterprise_linux:8::appstream") "," PURL(
		    "n:18:80:r8",
		    "pkg:rpmmod/redhat/n@18:80:r8") "," PURL("x-1",
		    "pkg:rpm/redhat/x@1-1?arch=noarch") "," PURL("y-1",
		    "pkg:rpm/redhat/y@1-1?arch=noarch"),
		PART("A:n:18:80:r8:x-1", "x-1", "A:n:18:80:r8") "," PART(
		    "A:n:18:80:r8", "n:18:80:r8",
		    "A") "," PART("n:18:80:r8:y-1", "y-1",
		    "n:18:80:r8") "," PART("A:n:18:80:r8:y-1", "n:18:80:r8:y-1",
		    "A"))
		VULN("{\"cve\": \"CVE-2023-1\", \"product_status\": "
		     "{\"fixed\": [\"A:n:18:80:r8\", \"A:n:18:80:r8:x-1\", "
		     "\"A:n:18:80:r8:y-1\"]}}"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 8 - fixed x 0:1-1 arch=noarch module=n:18 "
			      "cve=CVE-2023-1\n"
			      "  rhel 8 - fixed y 0:1-1 arch=noarch module=n:18 "
			      "cve=CVE-2023-1\n" ABOUT },
	{ "an image",
	    ONE("cpe:/a:redhat:openshift:4.12::el9",
		"openshift4/c@sha256:00_amd64",
		"pkg:oci/c@sha256%3A00?arch=amd64&tag=v4.12-1", "fixed"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  redhat 4.12 cpe:/a:redhat:openshift:4.12 fixed openshift4/c "
			      "v4.12-1 arch=amd64 cve=CVE-2023-1\n" ABOUT },
	{ "other types",
	    ONE("cpe:/a:redhat:quarkus:3", "netty",
		"pkg:maven/io.netty/netty@4.1", "fixed"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  redhat 3 cpe:/a:redhat:quarkus:3 fixed io.netty/netty 4.1 "
			      "cve=CVE-2023-1\n" ABOUT },
	{ "no purl that we read",
	    ONE(RHEL9, "libxml2.src", "libxml2", "known_affected"), ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  rhel 9 - affected libxml2 source cve=CVE-2023-1\n" ABOUT },
	{ "circles, and products that are nowhere, keep their names",
	    HEAD("CVE-2023-1", "final")
		TREE(CPE("red_hat_products", "cpe:/a:redhat"),
		    PART("a", "b", "a") "," PART("b", "a", "b") "," PART(
			"c", "nobody", "red_hat_products"))
		    VULN("{\"cve\": \"CVE-2023-1\", \"product_status\": "
			 "{\"known_affected\": [\"a\", \"c\", \"gone:x\"], "
			 "\"known_not_affected\": [\"red_hat_products\"]}}"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  redhat - - affected a cve=CVE-2023-1\n"
			      "  redhat - cpe:/a:redhat affected c cve=CVE-2023-1\n"
			      "  redhat - - affected gone:x cve=CVE-2023-1\n"
			      "  redhat - cpe:/a:redhat not affected red_hat_products "
			      "cve=CVE-2023-1\n" ABOUT },
	{ "an advisory: what is the same of all its CVEs is said once",
	    HEAD("RHSA-2023:7435", "final") TREE(
		CPE("p", RHEL9) "," PURL("a", "pkg:rpm/redhat/a@1-1") "," PURL(
		    "b", "pkg:rpm/redhat/b@1-1"),
		PART("p:a", "a", "p") "," PART("p:b", "b", "p"))
		VULN("{\"cve\": \"CVE-2023-1\", \"product_status\": "
		     "{\"fixed\": [\"p:a\", \"p:b\"]}, \"remediations\": ["
		     "{\"category\": \"vendor_fix\", \"product_ids\": ["
		     "\"p:a\", \"p:b\"], \"url\": "
		     "\"https://access.redhat.com/errata/RHSA-2023:7435\"}]}, "
		     "{\"cve\": \"CVE-2023-2\", \"product_status\": "
		     "{\"fixed\": [\"p:a\"], \"known_not_affected\": "
		     "[\"p:b\"]}}"),
	    ERR_NONE,
	    SAYS(
		"RHSA-2023:7435") " alias=CVE-2023-1 alias=CVE-2023-2\n"
				  "  rhel 9 - fixed a 0:1-1\n"
				  "  rhel 9 - fixed b 0:1-1 cve=CVE-2023-1\n"
				  "  rhel 9 - not affected b cve=CVE-2023-2\n" ABOUT },
	{ "the same but for architectures is said of each",
	    HEAD("RHSA-2023:1", "final")
		TREE(CPE("p", RHEL9) "," PURL(
			 "a", "pkg:rpm/redhat/a@1-1?arch=x86_64") "," PURL("b",
			 "pkg:rpm/redhat/a@1-1?arch=i686"),
		    PART("p:a", "a", "p") "," PART("p:b", "b", "p"))
		    VULN("{\"cve\": \"CVE-2023-1\", \"product_status\": "
			 "{\"fixed\": [\"p:a\", \"p:b\"]}}, "
			 "{\"cve\": \"CVE-2023-2\", \"product_status\": "
			 "{\"fixed\": [\"p:b\"]}}"),
	    ERR_NONE,
	    SAYS(
		"RHSA-2023:1") " alias=CVE-2023-1 alias=CVE-2023-2\n"
			       "  rhel 9 - fixed a 0:1-1 arch=i686,x86_64 cve=CVE-2023-1\n"
			       "  rhel 9 - fixed a 0:1-1 arch=i686 cve=CVE-2023-2\n" ABOUT },
	{ "deleted, with nothing but its id",
	    "{\"document\":{\"tracking\":{\"id\":\"CVE-2023-6237\","
	    "\"status\":\"deleted\"}}}",
	    ERR_NONE, "CVE-2023-6237 \"\"  0 0 withdrawn\n about   \n" },
	{ "deleted, whatever else it says",
	    HEAD("CVE-2023-1", "deleted") VULN("7"), ERR_NONE,
	    SAYS("CVE-2023-1") " withdrawn\n" ABOUT },
	{ "no status of products", HEAD("CVE-2023-1", "final") "}", ERR_NONE,
	    SAYS("CVE-2023-1") "\n" ABOUT },
	{ "no id", "{\"document\": {}}", ERR_FORMAT,
	    "document.tracking.id is \"\", no id of a document" },
	{ "an id with a slash", HEAD("../x", "final") "}", ERR_FORMAT,
	    "document.tracking.id is \"../x\", no id of a document" },
	{ "another version",
	    "{\"document\":{\"csaf_version\":\"3.0\",\"tracking\":"
	    "{\"id\":\"CVE-2023-1\"}}}",
	    ERR_FORMAT, "CVE-2023-1: csaf_version is \"3.0\", not 2.0" },
	{ "the parts in another order",
	    "{\"vulnerabilities\": [{\"cve\": \"CVE-2023-1\", "
	    "\"product_status\": {\"fixed\": [\"p:a\"]}}], "
	    "\"product_tree\": {\"branches\": [" CPE("p", RHEL9) ", " PURL("a",
		"pkg:rpm/redhat/a@1-1") "], \"relationships\": [" PART("p:a",
		"a", "p") "]}, \"document\": {\"csaf_version\": "
			  "\"2.0\", \"title\": \"t\", \"tracking\": "
			  "{\"id\": \"CVE-2023-1\"}}}",
	    ERR_NONE,
	    "CVE-2023-1 \"t\"  0 0\n"
	    "  rhel 9 - fixed a 0:1-1 cve=CVE-2023-1\n"
	    " about   \n" },
	{ "no tree",
	    HEAD("CVE-2023-1", "final")
		VULN("{\"cve\": \"CVE-2023-1\", \"product_status\": "
		     "{\"known_affected\": [\"a\"]}}"),
	    ERR_NONE,
	    SAYS(
		"CVE-2023-1") "\n"
			      "  redhat - - affected a cve=CVE-2023-1\n" ABOUT },
	{ "a list instead", "[]", ERR_FORMAT, "not a JSON object" },
	{ "empty", " \n", ERR_FORMAT, "not a JSON object" },
	{ "vulnerabilities are no list",
	    HEAD("CVE-2023-1", "final") ",\n\"vulnerabilities\": {}}",
	    ERR_FORMAT, "line 2: the records do not stand in an array" },
	{ "cut off", "{\"document\": {", ERR_FORMAT,
	    "byte 14: the document ends early" },
};

static void
print_text(struct buf *b, const char *name, struct span text)
{
	size_t i;

	if (text.len > 0)
		buf_printf(b, " %s=", name);
	for (i = 0; i < text.len; i++)
		buf_add_char(b,
		    text.ptr[i] == ' ' && span_is(span_of(name), "arch")
			? ','
			: text.ptr[i]);
}

static void
print_word(struct buf *b, struct span text)
{
	buf_add_span(b, text.len == 0 ? SPAN_LIT("-") : text);
	buf_add_char(b, ' ');
}

static void
print_package(struct buf *b, const struct advisory_package *p)
{
	buf_printf(b, "  ");
	print_word(b, p->distribution);
	print_word(b, p->release);
	print_word(b, p->pocket);
	buf_printf(
	    b, "%s %.*s", advisory_state_name(p->state), SPAN_ARG(p->name));
	if (p->version.len > 0)
		buf_printf(b, " %.*s", SPAN_ARG(p->version));
	if (p->is_source)
		buf_add_str(b, " source");
	print_text(b, "arch", p->arch);
	print_text(b, "module", p->module);
	print_text(b, "cve", p->cve);
	print_text(b, "severity", p->severity);
	print_text(b, "detail", p->detail);
	buf_add_char(b, '\n');
}

static int
on_advisory(void *ctx, const struct advisory *a, struct err *e)
{
	struct buf *b = ctx;
	size_t i;

	(void)e;
	buf_printf(b, "%.*s \"%.*s\" %.*s %jd %jd", SPAN_ARG(a->id),
	    SPAN_ARG(a->title), SPAN_ARG(a->severity), (intmax_t)a->published,
	    (intmax_t)a->modified);
	if (a->summary.len > 0)
		buf_printf(b, " %.*s", SPAN_ARG(a->summary));
	if (a->withdrawn)
		buf_add_str(b, " withdrawn");
	for (i = 0; i < a->n_aliases; i++)
		print_text(b, "alias", a->aliases[i]);
	buf_add_char(b, '\n');
	for (i = 0; i < a->n_packages; i++)
		print_package(b, &a->packages[i]);
	assert_int_equal(a->raw.ptr[0], '{');
	assert_int_equal(a->raw.ptr[a->raw.len - 1], '}');
	assert_int_equal(a->offset, 0);
	return 0;
}

static void
test_csaf(void **state)
{
	const struct csaf_case *c = *state;
	struct buf got = { 0 };
	struct advisory_sink sink = { &got, on_advisory };
	struct advisory_about about = { 0 };
	struct arena arena = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	assert_int_equal(stream_open_span(&in, span_of(c->input), NULL, &e), 0);
	if (csaf_read(in, &sink, &arena, &about, &e) == 0) {
		buf_printf(&got, " about %.*s %.*s %.*s\n",
		    SPAN_ARG(about.product_name),
		    SPAN_ARG(about.product_version), SPAN_ARG(about.published));
	} else {
		buf_reset(&got);
		buf_add_str(&got, e.msg);
	}
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(e.code, c->code);
	stream_close(in);
	arena_cleanup(&arena);
	buf_cleanup(&got);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_csaf);
	return _cmocka_run_group_tests("csaf", tests, n, NULL, NULL);
}
