/* SPDX-License-Identifier: Apache-2.0 */
/* Sign in by token: nothing is kept here, the browser keeps the token. */
#include "server/page_write.h"

void
page_sign_in_write(struct page *p, struct span to, struct span trouble)
{
	html_raw(&p->h, "<h1>Sign in</h1>\n");
	if (p->q->access.name.len > 0)
		HTML(&p->h,
		    "<div class=\"note good\"><p>You are signed in as "
		    "<strong>{}</strong>. Another token takes its "
		    "place.</p></div>\n",
		    p->q->access.name);
	if (trouble.len > 0)
		HTML(&p->h,
		    "<div class=\"note bad\" role=\"alert\" id=\"trouble\">"
		    "<p>{}</p></div>\n",
		    trouble);
	html_raw(&p->h,
	    "<p>Reading takes no token unless this server is set so. Scanning "
	    "takes one with the scope <code>scan</code>, syncing "
	    "<code>sync</code>. Whoever runs this server makes one with "
	    "<code>scapcache token add NAME --scope scan</code>.</p>\n"
	    "<form method=\"post\" action=\"/sign-in\">\n");
	HTML(&p->h,
	    "<input type=\"hidden\" name=\"to\" value=\"{}\">\n"
	    "<div class=\"field\"><label for=\"token\">Token</label>"
	    "<input type=\"password\" id=\"token\" name=\"token\" required "
	    "autocomplete=\"current-password\" spellcheck=\"false\"{}>"
	    "<span class=\"quiet small\" id=\"kept\">It is kept in a cookie "
	    "of this browser until that is closed, or you sign out.</span>"
	    "</div>\n<button class=\"main\">Sign in</button></form>\n",
	    to, trouble.len > 0 ? SPAN_LIT(" aria-invalid=true") : SPAN_NONE);
}
