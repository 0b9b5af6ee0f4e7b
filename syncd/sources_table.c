/* SPDX-License-Identifier: Apache-2.0 */
#include "syncd/sources.h"

#define MIB ((uint64_t)1024 * 1024)

const struct source sources[] = {
	{
	    .name = "ubuntu-oval",
	    .title = "Ubuntu OVAL: CVEs and notices, a release each",
	    .family = "ubuntu",
	    .host = "security-metadata.canonical.com",
	    .base = "/oval/",
	    .pattern = "com.ubuntu.{codename}.{flavour}.oval.xml.bz2",
	    .distribution = "ubuntu",
	    .words_key = "source.ubuntu-oval.releases",
	    .flavours_key = "source.ubuntu-oval.flavours",
	    .format = DOCUMENT_OVAL,
	    .choice = SOURCE_CHOICE_WORDS,
	    .size_max = 128 * MIB,
	},
	{
	    .name = "ubuntu-usn",
	    .title = "Ubuntu security notices (USN database)",
	    .family = "ubuntu",
	    .host = "usn.ubuntu.com",
	    .base = "/usn-db/",
	    .pattern = "database-all.json.bz2",
	    .fallback = "database.json.bz2",
	    .distribution = "ubuntu",
	    .format = DOCUMENT_USN,
	    .size_max = 256 * MIB,
	},
	{
	    .name = "redhat-oval",
	    .title = "Red Hat OVAL v2, a stream each",
	    .family = "redhat",
	    .host = "security.access.redhat.com",
	    .base = "/data/oval/v2/",
	    .pattern = "RHEL{major}/{stream}.oval.xml.bz2",
	    .distribution = "rhel",
	    .words_key = "source.redhat-oval.streams",
	    .format = DOCUMENT_OVAL,
	    .index = SOURCE_INDEX_MANIFEST,
	    .size_max = 128 * MIB,
	},
	{
	    .name = "nvd",
	    .title = "NVD, JSON 2.0 feeds",
	    .family = "nvd",
	    .host = "nvd.nist.gov",
	    .base = "/feeds/json/cve/2.0/",
	    .pattern = "nvdcve-2.0-{feed}.json.gz",
	    .first_year_key = "source.nvd.first_year",
	    .format = DOCUMENT_NVD,
	    .index = SOURCE_INDEX_META,
	    .choice = SOURCE_CHOICE_YEARS,
	    .size_max = 128 * MIB,
	},
	{
	    .name = "nvd-1.1",
	    .title = "NVD, JSON 1.1 feeds as they were published to 2025",
	    .family = "nvd",
	    .host = "nvd.nist.gov",
	    .base = "/feeds/json/cve/1.1/",
	    .pattern = "nvdcve-1.1-{feed}.json.gz",
	    .format = DOCUMENT_NVD_11,
	    .index = SOURCE_INDEX_META,
	    .choice = SOURCE_CHOICE_YEARS,
	    .last_year = 2025,
	    .archive = true,
	    .size_max = 128 * MIB,
	},
};

const size_t n_sources = sizeof(sources) / sizeof(*sources);

const struct source *
source_find(struct span name)
{
	size_t i;

	for (i = 0; i < n_sources; i++)
		if (span_is(name, sources[i].name))
			return &sources[i];
	return NULL;
}
