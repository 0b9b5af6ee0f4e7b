/* SPDX-License-Identifier: Apache-2.0 */
#include "syncd/http_options.h"

#define MIB ((uint64_t)1024 * 1024)

static const char *
user_agent(struct config *c, struct arena *a, const char *name)
{
	const char *contact = config_str(c, "sync.contact");
	struct buf agent = { 0 };
	const char *copy;

	buf_add_str(&agent, name);
	if (contact[0] != '\0')
		buf_printf(&agent, " (+%s)", contact);
	copy = arena_str(a, buf_span(&agent));
	buf_cleanup(&agent);
	return copy;
}

static const char *
text_of(struct config *c, const char *key)
{
	const char *text = config_str(c, key);

	return text[0] == '\0' ? NULL : text;
}

void
fetch_options_of(struct config *c, struct arena *a, struct fetch_options *o)
{
	*o = fetch_defaults;
	o->user_agent = user_agent(c, a, o->user_agent);
	o->proxy = text_of(c, "sync.proxy");
	o->ca_file = text_of(c, "sync.ca_bundle");
	o->retries = (unsigned)config_uint(c, "sync.retries");
	o->retry_delay_ms = (unsigned)config_uint(c, "sync.retry_delay_ms");
	o->connect_ms =
	    (unsigned)config_uint(c, "sync.connect_timeout_s") * 1000;
	o->slow_s = (unsigned)config_uint(c, "sync.low_speed_s");
	o->slow_rate = (unsigned)config_uint(c, "sync.low_speed_bytes");
	o->host_transfers = (unsigned)config_uint(c, "sync.host_connections");
	if (o->host_transfers == 0)
		o->host_transfers = 1;
	o->run_max_s = (unsigned)config_uint(c, "sync.run_max_s");
	o->run_bytes_max = config_uint(c, "sync.run_bytes_max_mib") * MIB;
}

void
http_options_of(struct config *c, struct arena *a, struct http_options *o)
{
	*o = http_defaults;
	o->user_agent = user_agent(c, a, o->user_agent);
	o->proxy = text_of(c, "sync.proxy");
	o->retries = (unsigned)config_uint(c, "sync.retries");
	o->retry_delay_ms = (unsigned)config_uint(c, "sync.retry_delay_ms");
	o->connect_ms =
	    (unsigned)config_uint(c, "sync.connect_timeout_s") * 1000;
	o->slow_s = (unsigned)config_uint(c, "sync.low_speed_s");
	o->slow_rate = (unsigned)config_uint(c, "sync.low_speed_bytes");
}
