/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/log.h"
#include "cli/bundle_registry.h"
#include "server/registry_settings.h"

static void
log_answer(const struct registry_ask *asked, const struct http_answer *a)
{
	struct buf b = { 0 };

	registry_asked_text(&b, asked, a);
	log_info("%s", buf_str(&b));
	buf_cleanup(&b);
}

static void
show(void *ctx, uint64_t bytes, uint64_t of_bytes)
{
	const struct bundle_way *w = ctx;

	progress_show(w->progress, w->name, bytes, of_bytes, "bytes");
}

void
bundle_way_open(const struct cli *cli, struct bundle_way *w, const char *target,
    const char *file)
{
	*w = (struct bundle_way){ .name = span_of(file) };
	registry_settings(cli->config, &w->registry);
	w->progress = progress_open(cli->quiet);
	w->options = (struct transfer_options){ .target = target,
		.registry = &w->registry,
		.ctx = w,
		.progress = show,
		.told = log_answer };
}

void
bundle_way_close(struct bundle_way *w)
{
	progress_clear(w->progress, w->name);
	progress_close(w->progress);
}

void
bundle_way_print(const struct transfer_result *r)
{
	char hex[DIGEST_HEX_SIZE];

	printf("sha256:%s\n", digest_hex(&r->manifest, hex));
}

bool
bundle_way_is_target(const struct cli *cli, const char *text)
{
	if (span_has_prefix(span_of(text), REGISTRY_SCHEME))
		return true;
	cli_usage(cli,
	    "a registry is " REGISTRY_SCHEME "HOST/NAME[:TAG], not %s", text);
	return false;
}
