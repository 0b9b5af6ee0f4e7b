/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of scapcache.conf: the table behind base/config.h. */
#ifndef BASE_CONFIG_KEYS_H
#define BASE_CONFIG_KEYS_H

#include "base/span.h"

enum config_type {
	CONFIG_TEXT = 0,
	CONFIG_UINT,
	CONFIG_BOOL, /* yes or no */
};

struct config_key {
	/* "section.key"; the last dot divides them; "*" is any source */
	const char *name;
	enum config_type type;
	const char *standard; /* the default, as text */
	uint64_t max;         /* CONFIG_UINT */
	const char *help;
};

static const struct config_key config_keys[] = {
	{ "scapcache.state", CONFIG_TEXT, "", 0,
	    "state directory; empty: /var/lib/scapcache for root, else "
	    "$XDG_STATE_HOME/scapcache" },
	{ "scapcache.log_level", CONFIG_TEXT, "warn", 0,
	    "error, warn, info or debug" },
	{ "sync.sources", CONFIG_TEXT, "", 0,
	    "sources that `sync` asks when none is named; empty: those that "
	    "are enabled" },
	{ "sync.from", CONFIG_TEXT, "", 0,
	    "URL or folder that stands in for all upstreams, or the "
	    "tuf+https:// URL of another scapcache; empty: the upstreams "
	    "themselves" },
	{ "sync.root", CONFIG_TEXT, "", 0,
	    "file of the root that is trusted first where sync.from is a "
	    "tuf+https:// URL; empty: that which is trusted already" },
	{ "sync.contact", CONFIG_TEXT, "", 0,
	    "address for upstreams, shown in the user agent" },
	{ "sync.proxy", CONFIG_TEXT, "", 0,
	    "proxy URL; empty: http_proxy, https_proxy and no_proxy" },
	{ "sync.ca_bundle", CONFIG_TEXT, "", 0,
	    "PEM file of certificate authorities; empty: the system's" },
	{ "sync.connect_timeout_s", CONFIG_UINT, "30", 3600,
	    "seconds to wait for a connection" },
	{ "sync.low_speed_bytes", CONFIG_UINT, "1000", UINT32_MAX,
	    "bytes a second below which a transfer is given up" },
	{ "sync.low_speed_s", CONFIG_UINT, "60", 3600,
	    "seconds that it may stay below" },
	{ "sync.retries", CONFIG_UINT, "3", 100,
	    "further tries after 429, 5xx or a broken connection" },
	{ "sync.retry_delay_ms", CONFIG_UINT, "6000", 900000,
	    "longest wait before the second try; doubled with each, at most "
	    "15 minutes" },
	{ "sync.host_connections", CONFIG_UINT, "1", 10,
	    "connections to one host at a time" },
	{ "sync.run_max_s", CONFIG_UINT, "0", 604800,
	    "seconds after which a run fetches no more; 0: no limit" },
	{ "sync.run_bytes_max_mib", CONFIG_UINT, "0", 16777216,
	    "MiB after which a run fetches no more; 0: no limit" },
	{ "sync.size_max_mib", CONFIG_UINT, "2048", 65536,
	    "largest file that is fetched" },
	{ "sync.unpacked_max_mib", CONFIG_UINT, "4096", 65536,
	    "largest size that a file may unpack to" },
	{ "sync.schedule", CONFIG_TEXT, "daily 02:00", 0,
	    "when the daemon syncs a source that has no schedule of its own" },
	{ "sync.random_delay_s", CONFIG_UINT, "7200", 86400,
	    "most seconds that the daemon adds to daily, weekly and monthly "
	    "times; a site draws its own once" },
	{ "source.*.enabled", CONFIG_BOOL, "", 0,
	    "is it asked when no source is named? empty: see `source list`" },
	{ "source.*.url", CONFIG_TEXT, "", 0,
	    "URL or folder in place of the upstream's own; empty: upstream" },
	{ "source.*.releases", CONFIG_TEXT, "", 0,
	    "releases, streams or products; empty: see `source show`" },
	{ "source.*.flavours", CONFIG_TEXT, "", 0,
	    "kinds of file of each release; empty: see `source show`" },
	{ "source.*.first_year", CONFIG_UINT, "", 9999,
	    "first yearly feed; empty: 2002" },
	{ "source.*.schedule", CONFIG_TEXT, "", 0,
	    "when the daemon syncs it; empty: sync.schedule" },
	{ "source.*.api_key", CONFIG_TEXT, "", 0,
	    "key for the upstream's API; it is sent to that host only" },
	{ "source.*.interval_ms", CONFIG_UINT, "", 3600000,
	    "least time between two requests; empty: the upstream's rule" },
	{ "source.*.size_max_mib", CONFIG_UINT, "", 65536,
	    "largest file that is fetched; empty: see `source show`" },
	{ "retention.generations", CONFIG_UINT, "14", 100000,
	    "published generations that are kept" },
	{ "retention.days", CONFIG_UINT, "0", 36500,
	    "age in days above which generations are removed; 0: any age" },
	{ "retention.blob_days", CONFIG_UINT, "30", 36500,
	    "days for which the files of a removed generation are kept after "
	    "it was last current, so that it can be made anew" },
	{ "registry.ca_file", CONFIG_TEXT, "", 0,
	    "PEM file of further certificate authorities for registries" },
	{ "registry.plain_http", CONFIG_TEXT, "", 0,
	    "HOST or HOST:PORT of registries that are spoken to without TLS" },
	{ "registry.insecure", CONFIG_TEXT, "", 0,
	    "HOST or HOST:PORT of registries whose certificate is not "
	    "verified" },
	{ "registry.proxy", CONFIG_TEXT, "", 0,
	    "proxy URL; empty: http_proxy, https_proxy and no_proxy" },
	{ "registry.connect_timeout_s", CONFIG_UINT, "30", 3600,
	    "seconds to wait for a connection" },
	{ "registry.low_speed_bytes", CONFIG_UINT, "1000", UINT32_MAX,
	    "bytes a second below which a transfer is given up" },
	{ "registry.low_speed_s", CONFIG_UINT, "60", 3600,
	    "seconds that it may stay below" },
	{ "registry.retries", CONFIG_UINT, "3", 100,
	    "further tries after 429, 5xx or a broken connection" },
	{ "registry.retry_delay_ms", CONFIG_UINT, "1000", 300000,
	    "longest wait before the second try; doubled with each, at most "
	    "5 minutes" },
	{ "scan.fail_on", CONFIG_TEXT, "", 0,
	    "severity from which a finding fails; empty: every finding" },
	{ "scan.policy", CONFIG_TEXT, "", 0,
	    "file of the policy to judge by; empty: none" },
	{ "scan.keep", CONFIG_UINT, "0", 36500,
	    "days for which images that were scanned, their inventories and "
	    "older verdicts are kept; 0: ever" },
	{ "serve.listen", CONFIG_TEXT, "127.0.0.1:8080", 0,
	    "what `serve` listens on: ADDRESS:PORT, [ADDRESS]:PORT, :PORT for "
	    "all addresses, unix:/PATH; several with blanks between them" },
	{ "serve.unix_mode", CONFIG_TEXT, "0660", 0,
	    "permissions of the sockets of unix:/PATH" },
	{ "serve.tls_cert", CONFIG_TEXT, "", 0,
	    "PEM file of the server's certificate and those that lead to its "
	    "authority; empty: no TLS" },
	{ "serve.tls_key", CONFIG_TEXT, "", 0, "PEM file of its private key" },
	{ "serve.client_ca", CONFIG_TEXT, "", 0,
	    "PEM file of the authorities whose clients are known by their "
	    "certificates; empty: none are asked for" },
	{ "serve.behind_tls", CONFIG_BOOL, "no", 0,
	    "does another server end TLS before it? Browsers then keep a "
	    "token for TLS alone" },
	{ "serve.anonymous", CONFIG_BOOL, "yes", 0,
	    "may who shows no token read?" },
	{ "serve.threads", CONFIG_UINT, "0", 64,
	    "threads that wait for connections; 0: one for each processor, at "
	    "most 8" },
	{ "serve.workers", CONFIG_UINT, "4", 64,
	    "questions of the index that are answered at a time" },
	{ "serve.scans", CONFIG_UINT, "2", 16, "scans at a time" },
	{ "serve.judges", CONFIG_UINT, "2", 16,
	    "stored images that are judged anew for readers at a time" },
	{ "serve.connections_max", CONFIG_UINT, "1024", 7000,
	    "connections at a time" },
	{ "serve.address_max", CONFIG_UINT, "256", 7000,
	    "connections of one address at a time; 0: any number" },
	{ "serve.rate", CONFIG_UINT, "0", 1000000,
	    "requests a second of one address; 0: any number" },
	{ "serve.idle_s", CONFIG_UINT, "60", 3600,
	    "seconds that a connection may be idle" },
	{ "serve.request_s", CONFIG_UINT, "30", 3600,
	    "seconds to send a request, without its body" },
	{ "serve.low_speed_bytes", CONFIG_UINT, "1000", UINT32_MAX,
	    "bytes a second below which a transfer is given up" },
	{ "serve.upload_max_mib", CONFIG_UINT, "4096", 65536,
	    "largest image that may be handed in" },
	{ "serve.drain_s", CONFIG_UINT, "30", 3600,
	    "seconds for requests to end when the server stops or reads its "
	    "configuration again" },
	{ "serve.policies", CONFIG_TEXT, "", 0,
	    "folder of policies, NAME.ini, that a scan over HTTP may name; "
	    "empty: none" },
	{ "serve.scan_registries", CONFIG_TEXT, "", 0,
	    "HOST or HOST:PORT of registries whose images a scan over HTTP may "
	    "name; empty: none" },
	{ "serve.scan_queue", CONFIG_UINT, "32", 10000,
	    "scans over HTTP that may wait for their turn or run" },
	{ "serve.scan_wait_s", CONFIG_UINT, "10", 300,
	    "seconds after which a scan over HTTP is answered with where its "
	    "verdict will be" },
	{ "keys.root_days", CONFIG_UINT, "730", 36500,
	    "days until a new root expires" },
	{ "keys.targets_days", CONFIG_UINT, "365", 36500,
	    "days until a new top-level targets file expires" },
	{ "keys.role_days", CONFIG_UINT, "90", 36500,
	    "days until what a family's key signs expires" },
	{ "keys.snapshot_days", CONFIG_UINT, "90", 36500,
	    "days until a snapshot expires" },
	{ "keys.timestamp_days", CONFIG_UINT, "35", 36500,
	    "days until a timestamp expires" },
	{ "keys.passphrase_file", CONFIG_TEXT, "", 0,
	    "file whose first line is the passphrase of the keys that sign "
	    "generations; empty: they have none" },
	{ "bundle.publish", CONFIG_TEXT, "none", 0,
	    "which bundles a run that signs writes into bundles/: none, full, "
	    "delta or both" },
	{ "bundle.keep", CONFIG_UINT, "7", 100000,
	    "bundles of each kind that are kept there; 0: all" },
};

#define N_CONFIG_KEYS (sizeof(config_keys) / sizeof(*config_keys))

#endif
