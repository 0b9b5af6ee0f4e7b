/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/buf.h"
#include "scanner/image_platform.h"

struct span
platform_of(const struct json_node *n, struct arena *a)
{
	struct span os = json_text(json_get(n, "os"));
	struct span architecture = json_text(json_get(n, "architecture"));
	struct span variant = json_text(json_get(n, "variant"));
	struct buf b = { 0 };
	struct span platform;

	if (os.len == 0 || architecture.len == 0)
		return SPAN_NONE;
	buf_printf(&b, "%.*s/%.*s", SPAN_ARG(os), SPAN_ARG(architecture));
	if (variant.len > 0)
		buf_printf(&b, "/%.*s", SPAN_ARG(variant));
	platform = arena_span(a, buf_span(&b));
	buf_cleanup(&b);
	return platform;
}

bool
platform_fits(struct span platform, const char *asked)
{
	size_t n = strlen(asked);

	return span_has_prefix(platform, asked) &&
	    (platform.len == n || platform.ptr[n] == '/');
}
