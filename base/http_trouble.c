/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/http_trouble.h"

static int
explain_connection(const struct http_trouble *t, struct err *e)
{
	long os = 0, proxy = 0;

	libcurl.easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &os);
	libcurl.easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &proxy);
	if (proxy >= 300)
		return err_set(e, ERR_NETWORK, "the proxy answered %ld", proxy);
	return err_set(e, ERR_NETWORK, "no connection: %s",
	    os != 0 ? strerror((int)os) : "nobody answers");
}

static int
broke_off(const struct http_trouble *t, struct err *e)
{
	return err_set(e, ERR_NETWORK, "ended after %llu bytes",
	    (unsigned long long)t->size_bytes);
}

int
http_explain(const struct http_trouble *t, struct err *e)
{
	switch (t->code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return err_set(e, ERR_NETWORK, "the host's name is not known");
	case CURLE_COULDNT_RESOLVE_PROXY:
		return err_set(e, ERR_NETWORK, "the proxy's name is not known");
	case CURLE_COULDNT_CONNECT:
	case CURLE_PROXY:
		return explain_connection(t, e);
	case CURLE_OPERATION_TIMEDOUT:
		return err_set(e, ERR_NETWORK,
		    "no answer, or too slow: given up after %llu bytes",
		    (unsigned long long)t->size_bytes);
	case CURLE_PARTIAL_FILE:
		return broke_off(t, e);
	case CURLE_PEER_FAILED_VERIFICATION:
		return err_set(e, ERR_UNTRUSTED,
		    "the host's certificate is not one that this system "
		    "trusts");
	case CURLE_SSL_CACERT_BADFILE:
		return err_set(e, ERR_SYSTEM,
		    "%s cannot be read, or holds no certificate",
		    t->ca_file == NULL ? "the system's CA file" : t->ca_file);
	case CURLE_SSL_CONNECT_ERROR:
		return err_set(e, ERR_NETWORK, HTTP_NO_TLS);
	case CURLE_GOT_NOTHING:
		return err_set(e, ERR_NETWORK, "the host answered nothing");
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
		return err_set(e, ERR_FORMAT, "is no URL that can be fetched");
	case CURLE_RECV_ERROR:
		return t->answered ? broke_off(t, e) : explain_connection(t, e);
	default:
		return err_set(e, ERR_NETWORK,
		    "the transfer broke off after %llu bytes (curl %d)",
		    (unsigned long long)t->size_bytes, (int)t->code);
	}
}

bool
http_may_go_better(CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
		return false;
	default:
		return true;
	}
}
