/* SPDX-License-Identifier: Apache-2.0 */
/* Whose the files are, and what their licences ask us to say. */
#include "syncd/publish_parts.h"
#include "syncd/sources.h"

/*
 * NVD asks for this sentence, word for word:
 * https://nvd.nist.gov/developers/start-here
 */
#define NVD_NOTICE                                                     \
	"This product uses data from the NVD API but is not endorsed " \
	"or certified by the NVD."

static const char head[] =
    "NOTICE\n"
    "\n"
    "This repository holds files of others, byte for byte as they were\n"
    "published. Each keeps its own licence or terms of use, named below;\n"
    "`custom` of a target says where and when it was fetched.\n"
    "\n" NVD_NOTICE "\n"
    "\n"
    "Ubuntu security notices, OSV and VEX records are licensed under\n"
    "Creative Commons Attribution-ShareAlike 4.0 International,\n"
    "https://creativecommons.org/licenses/by-sa/4.0/, (c) Canonical Ltd.\n"
    "\n"
    "Red Hat security data is licensed under Creative Commons Attribution\n"
    "4.0 International, https://creativecommons.org/licenses/by/4.0/,\n"
    "(c) Red Hat, Inc.\n";

void
publish_notice(struct buf *out)
{
	size_t i;

	buf_add_str(out, head);
	for (i = 0; i < n_sources; i++)
		buf_printf(out, "\n%s: %s\n  https://%s%s\n  %s\n",
		    sources[i].name, sources[i].title, sources[i].host,
		    sources[i].base, sources[i].licence);
}
