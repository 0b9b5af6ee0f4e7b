/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/applies_table.h"

/* The archive, what has changed since, and what was deleted. */
#define CSAF_ROWS(name_, n)                        \
	{ .name = name_,                           \
		.source = name_,                   \
		.set = n,                          \
		.records_min = RECORDS_ARCHIVE,    \
		.is_of_many = true },              \
	{                                          \
		.name = name_ "/", .source = name_ \
	}

#define SUSE_ROW(name_, n)                                      \
	{                                                       \
		.name = name_, .source = "suse-oval", .set = n, \
		.records_min = RECORDS_RELEASE                  \
	}
#define SUSE_ROWS(name_, first)                                           \
	SUSE_ROW(name_ "-affected", first), SUSE_ROW(name_, (first) + 1), \
	    SUSE_ROW(name_ "-patch", (first) + 2)

/* Those of the server, too, are named after the product before 15. */
#define SLES_ROWS                                                    \
	{                                                            \
		SUSE_ROWS("suse.linux.enterprise.%m", 1),            \
		    SUSE_ROWS("suse.linux.enterprise.%p", 4),        \
		    SUSE_ROWS("suse.linux.enterprise.server.%m", 7), \
	}

#define SLES(id_)                                                        \
	{                                                                \
		.id = id_, .content = "sles", .kind = PACKAGE_RPM,       \
		.by = RELEASE_VERSION, .n_wanted = 1, .rows = SLES_ROWS, \
	}

static const struct distribution distributions[] = {
	{
	    .id = "ubuntu",
	    .kind = PACKAGE_DPKG,
	    .by = RELEASE_CODENAME,
	    .any_oval = true,
	    .n_wanted = 2,
	    .rows = {
		{ .name = "com.ubuntu.%s.cve.oval",
		    .source = "ubuntu-oval",
		    .set = 1 },
		{ .name = "com.ubuntu.%s.usn.oval",
		    .source = "ubuntu-oval",
		    .set = 2 },
		{ .name = "ubuntu-osv",
		    .source = "ubuntu-osv",
		    .set = 3,
		    .records_min = RECORDS_ARCHIVE,
		    .is_of_many = true },
		/* Versions of fixes it has none (FORMATS §2.4). */
		{ .name = "ubuntu-vex", .source = "ubuntu-vex" },
	    },
	},
	{
	    /* Its OVAL means sources where it says packages (§6.1). */
	    .id = "debian",
	    .kind = PACKAGE_DPKG,
	    .by = RELEASE_CODENAME,
	    .n_wanted = 1,
	    .rows = {
		{ .name = "debian-tracker",
		    .source = "debian-tracker",
		    .set = 1,
		    .records_min = RECORDS_DISTRIBUTION,
		    .is_of_many = true },
	    },
	},
	{
	    .id = "rhel",
	    .kind = PACKAGE_RPM,
	    .by = RELEASE_MAJOR,
	    .any_oval = true,
	    .n_wanted = 2,
	    .rows = {
		{ .name = "rhel-%s.oval", .source = "redhat-oval", .set = 1 },
		{ .name = "rhel-%s-including-unpatched.oval",
		    .source = "redhat-oval",
		    .set = 2 },
		CSAF_ROWS("redhat-vex", 3),
		CSAF_ROWS("redhat-vex-feed", 4),
		CSAF_ROWS("redhat-advisories", 0),
	    },
	},
	{
	    .id = "almalinux",
	    .kind = PACKAGE_RPM,
	    .by = RELEASE_MAJOR,
	    .n_wanted = 1,
	    .rows = {
		{ .name = "org.almalinux.alsa-%s",
		    .source = "almalinux-oval",
		    .set = 1,
		    .records_min = RECORDS_RELEASE },
		{ .name = "almalinux-%s-errata",
		    .source = "almalinux-errata",
		    .set = 2,
		    .records_min = RECORDS_RELEASE },
	    },
	},
	{
	    .id = "rocky",
	    .kind = PACKAGE_RPM,
	    .by = RELEASE_MAJOR,
	    .n_wanted = 1,
	    .rows = {
		{ .name = "rocky-osv",
		    .source = "rocky-osv",
		    .set = 1,
		    .records_min = RECORDS_DISTRIBUTION / 2,
		    .is_of_many = true },
	    },
	},
	{
	    .id = "ol",
	    .kind = PACKAGE_RPM,
	    .by = RELEASE_MAJOR,
	    .n_wanted = 1,
	    .rows = {
		{ .name = "com.oracle.elsa-all",
		    .source = "oracle-oval",
		    .set = 1,
		    .records_min = RECORDS_DISTRIBUTION },
		{ .name = "com.oracle.elsa-ol%s",
		    .source = "oracle-oval",
		    .set = 2,
		    .records_min = RECORDS_RELEASE },
	    },
	},
	{
	    .id = "amzn",
	    .kind = PACKAGE_RPM,
	    .by = RELEASE_VERSION,
	    .n_wanted = 1,
	    .rows = {
		{ .name = "amazon-%s-%a", .source = "amazon", .set = 1,
		    .records_min = RECORDS_RELEASE },
	    },
	},
	SLES("sles"),
	SLES("sles_sap"),
	SLES("sled"),
	{
	    .id = "sl-micro",
	    .kind = PACKAGE_RPM,
	    .by = RELEASE_VERSION,
	    .n_wanted = 1,
	    .rows = {
		SUSE_ROWS("suse.linux.micro.%s", 1),
		SUSE_ROWS("suse.linux.micro.%m", 4),
	    },
	},
	{
	    .id = "sle-micro",
	    .kind = PACKAGE_RPM,
	    .by = RELEASE_VERSION,
	    .n_wanted = 1,
	    .rows = {
		SUSE_ROWS("suse.linux.enterprise.micro.%s", 1),
		SUSE_ROWS("suse.linux.enterprise.micro.%m", 4),
	    },
	},
	{
	    .id = "opensuse-leap",
	    .kind = PACKAGE_RPM,
	    .by = RELEASE_VERSION,
	    .n_wanted = 1,
	    .rows = {
		{ .name = "opensuse.leap.%s", .source = "suse-oval", .set = 1,
		    .records_min = RECORDS_RELEASE },
		{ .name = "opensuse.leap.%s-affected",
		    .source = "suse-oval",
		    .set = 2,
		    .records_min = RECORDS_RELEASE },
		{ .name = "opensuse.leap.%s-patch",
		    .source = "suse-oval",
		    .set = 3,
		    .records_min = RECORDS_RELEASE },
	    },
	},
	{
	    .id = "opensuse-tumbleweed",
	    .kind = PACKAGE_RPM,
	    .by = RELEASE_NONE,
	    .n_wanted = 1,
	    .rows = {
		{ .name = "opensuse.tumbleweed",
		    .source = "suse-oval",
		    .set = 1,
		    .records_min = RECORDS_RELEASE },
		{ .name = "opensuse.tumbleweed-affected",
		    .source = "suse-oval",
		    .set = 2,
		    .records_min = RECORDS_RELEASE },
		{ .name = "opensuse.tumbleweed-patch",
		    .source = "suse-oval",
		    .set = 3,
		    .records_min = RECORDS_RELEASE },
	    },
	},
	{
	    /* Which repository a package is of is not told: both. */
	    .id = "alpine",
	    .kind = PACKAGE_APK,
	    .by = RELEASE_MINOR,
	    .n_wanted = 1,
	    .rows = {
		{ .name = "alpine-%v-main",
		    .source = "alpine-secdb",
		    .set = 1,
		    .records_min = RECORDS_RELEASE },
		{ .name = "alpine-%v-community",
		    .source = "alpine-secdb",
		    .set = 1,
		    .records_min = RECORDS_RELEASE },
	    },
	},
	{
	    .id = "wolfi",
	    .kind = PACKAGE_APK,
	    .by = RELEASE_NONE,
	    .n_wanted = 1,
	    .rows = {
		{ .name = "wolfi", .source = "wolfi-secdb", .set = 1,
		    .records_min = RECORDS_RELEASE },
	    },
	},
	{
	    .id = "chainguard",
	    .kind = PACKAGE_APK,
	    .by = RELEASE_NONE,
	    .n_wanted = 1,
	    .rows = {
		{ .name = "chainguard",
		    .source = "chainguard-secdb",
		    .set = 1,
		    .records_min = RECORDS_RELEASE },
	    },
	},
	{
	    .id = "photon",
	    .kind = PACKAGE_RPM,
	    .by = RELEASE_VERSION,
	    .n_wanted = 1,
	    .rows = {
		{ .name = "photon-%s", .source = "photon", .set = 1,
		    .records_min = RECORDS_RELEASE },
	    },
	},
};

const struct distribution *
applies_distribution(struct span id)
{
	size_t i;

	for (i = 0; i < sizeof(distributions) / sizeof(*distributions); i++)
		if (span_is(id, distributions[i].id))
			return &distributions[i];
	return NULL;
}

struct span
applies_content(const struct distribution *d)
{
	return span_of(d->content != NULL ? d->content : d->id);
}
