/* SPDX-License-Identifier: Apache-2.0 */
#include "server/registry_settings.h"

void
registry_settings(struct config *c, struct registry_options *out)
{
	const char *ca = config_str(c, "registry.ca_file");
	const char *proxy = config_str(c, "registry.proxy");
	struct http_options *o = &out->http;

	*out = (struct registry_options){ .http = http_defaults };
	out->ca_file = ca[0] == '\0' ? NULL : ca;
	o->proxy = proxy[0] == '\0' ? NULL : proxy;
	o->plain = config_words(c, "registry.plain_http");
	o->insecure = config_words(c, "registry.insecure");
	o->connect_ms =
	    (unsigned)config_uint(c, "registry.connect_timeout_s") * 1000;
	o->slow_rate = (unsigned)config_uint(c, "registry.low_speed_bytes");
	o->slow_s = (unsigned)config_uint(c, "registry.low_speed_s");
	o->retries = (unsigned)config_uint(c, "registry.retries");
	o->retry_delay_ms = (unsigned)config_uint(c, "registry.retry_delay_ms");
}
