/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/buf.h"
#include "scanner/image_platform.h"

/* The kernel's names and those of images. */
static const struct machine_name {
	const char *kernel;
	const char *image;
} names[] = {
	{ "x86_64", "amd64" },
	{ "aarch64", "arm64" },
	{ "armv7l", "arm" },
	{ "armv6l", "arm" },
	{ "i686", "386" },
};

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

const char *
platform_host(char text[64])
{
	struct utsname u;
	const char *machine;
	size_t i;

	memset(&u, 0, sizeof(u));
	uname(&u);
	machine = u.machine;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(u.machine, names[i].kernel) == 0)
			machine = names[i].image;
	snprintf(text, 64, "linux/%.48s", machine);
	return text;
}
