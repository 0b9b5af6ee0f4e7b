/* SPDX-License-Identifier: Apache-2.0 */
/* The form that hands in an image, and how far its scan is. */
#include "server/page_write.h"

static void
write_form(struct page *p)
{
	static const char *const severities[] = { "critical", "high", "medium",
		"low", "negligible" };
	size_t i;

	html_raw(&p->h,
	    "<form method=\"post\" action=\"/scan\" "
	    "enctype=\"multipart/form-data\" data-busy=\"Sending, then "
	    "judging: a large image takes a minute.\">\n"
	    "<div class=\"field\"><label for=\"name\">Name</label>"
	    "<input type=\"text\" id=\"name\" name=\"name\" "
	    "spellcheck=\"false\" aria-describedby=\"name-help\">"
	    "<span class=\"quiet small\" id=\"name-help\">As it shall stand in "
	    "the list; empty: the file's name.</span></div>\n"
	    "<div class=\"field\"><label for=\"fail_on\">Fails from severity"
	    "</label><select id=\"fail_on\" name=\"fail_on\">"
	    "<option value=\"\">as this server is set</option>\n");
	for (i = 0; i < sizeof(severities) / sizeof(*severities); i++)
		page_option(p, severities[i], severities[i], SPAN_NONE);
	html_raw(&p->h,
	    "</select></div>\n<div class=\"field\"><label for=\"os\">System, of a "
	    "package list</label><input type=\"text\" id=\"os\" name=\"os\" "
	    "spellcheck=\"false\" placeholder=\"ubuntu:20.04\" "
	    "aria-describedby=\"os-help\"><span class=\"quiet small\" "
	    "id=\"os-help\">Only where the file is a list of packages that "
	    "does not say it.</span></div>\n"
	    "<div class=\"field\"><label for=\"file\">"
	    "Image, bill of materials, or package list</label>"
	    "<input type=\"file\" id=\"file\" name=\"file\" required "
	    "aria-describedby=\"file-help\"><span class=\"quiet small\" "
	    "id=\"file-help\">An OCI or Docker archive (.tar, .tar.gz, .zst), "
	    "a root file system as tar, CycloneDX or SPDX, or the output of "
	    "dpkg-query, rpm or apk.</span></div>\n"
	    "<button class=\"main\">Scan</button> "
	    "<span role=\"status\"></span></form>\n");
}

void
page_scan_write(struct page *p)
{
	html_raw(&p->h,
	    "<h1>Scan</h1>\n<p class=\"lead\">Hand in an image and "
	    "see its verdict. Nothing in it is run.</p>\n");
	if (access_may(&p->q->access, SCOPE_SCAN)) {
		write_form(p);
		return;
	}
	html_raw(&p->h,
	    "<div class=\"empty\"><h2>This takes a token with the scope scan"
	    "</h2>\n<p><a class=\"button main\" href=\"/sign-in?to=/scan\">"
	    "Sign in</a></p>\n<p>From a shell: <code>curl -H "
	    "&quot;Authorization: Bearer TOKEN&quot; -X POST -T app.tar "
	    "&quot;…/v1/scan?name=app&quot;</code></p></div>\n");
}

void
page_job_write(struct page *p, const struct json_node *job)
{
	struct span state = page_text(job, "state");
	bool has_failed = span_is(state, "failed");

	HTML(&p->h,
	    "<p class=\"crumbs\"><a href=\"/scan\">Scan</a></p>\n"
	    "<h1>{-}</h1>\n<div class=\"note {}\"><p role=\"status\">",
	    page_text(job, "target"), has_failed ? SPAN_LIT("bad") : SPAN_NONE);
	if (has_failed)
		HTML(&p->h, "It could not be judged, which is no pass: {}",
		    page_text(job, "why"));
	else if (span_is(state, "done"))
		HTML(&p->h, "The verdict is {}; it is not kept here.",
		    page_text(job, "verdict"));
	else
		HTML(&p->h, "It is {}.", state);
	html_raw(&p->h, "</p></div>\n<dl class=\"about\">\n");
	page_fact(p, "Handed in by", page_text(job, "who"));
	page_fact_time(p, "Handed in", page_text(job, "created"));
	page_fact_time(p, "Begun", page_text(job, "started"));
	page_fact_time(p, "Ended", page_text(job, "ended"));
	html_raw(&p->h, "</dl>\n");
	if (span_is(state, "queued") || span_is(state, "running"))
		html_raw(&p->h,
		    "<p class=\"actions\"><a class=\"button\" href=\"\" "
		    "data-again=\"3\">Look again</a></p>\n");
}
