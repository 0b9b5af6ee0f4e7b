/* SPDX-License-Identifier: Apache-2.0 */
/* Random machines for random documents: packages of both kinds and files. */
#ifndef TESTS_UNIT_RANDOM_HOST_H
#define TESTS_UNIT_RANDOM_HOST_H

#include "tests/unit/random_values.h"

#define HOST_PACKAGES_MAX 24u
#define HOST_FILES_MAX 6u

struct host_package {
	bool is_rpm;
	unsigned name; /* n0 … */
	const char *arch;
	const char *evr; /* "[E:]V-R" */
};

struct host_file {
	const char *path;
	const char *text;
};

struct host {
	struct host_package packages[HOST_PACKAGES_MAX];
	size_t n_packages;
	struct host_file files[HOST_FILES_MAX];
	size_t n_files;
};

/* dpkg: each name once, of the machine's architecture. */
static inline void
host_dpkg(struct language *l, struct host *h)
{
	unsigned i;

	for (i = 0; i < LANGUAGE_NAMES; i++)
		if (language_one_in(l, 2) || (i == 0 && language_is_narrow(l)))
			h->packages[h->n_packages++] =
			    (struct host_package){ false, i,
				    LANGUAGE_WORD(l, "amd64", "all"),
				    language_evr(l) };
}

/* rpm: any name up to twice. */
static inline void
host_rpm(struct language *l, struct host *h)
{
	unsigned n = random_below(&l->r, 9);

	if (language_is_narrow(l))
		h->packages[h->n_packages++] =
		    (struct host_package){ true, 0, "noarch", language_evr(l) };
	for (; n > 0; n--)
		h->packages[h->n_packages++] = (struct host_package){ true,
			random_below(&l->r, LANGUAGE_NAMES),
			LANGUAGE_WORD(l, "x86_64", "noarch"), language_evr(l) };
}

static inline void
host_files(struct language *l, struct host *h)
{
	static const char *const paths[HOST_FILES_MAX] = { "/etc/release",
		"/etc/app/a.conf", "/etc/app/b.conf", "/etc/app/c.txt",
		"/etc/empty" };
	unsigned i;

	for (i = 0; i < HOST_FILES_MAX && paths[i] != NULL; i++)
		if (!language_one_in(l, 4))
			h->files[h->n_files++] = (struct host_file){ paths[i],
				i == 4 ? ""
				       : LANGUAGE_WORD(l, "focal\n",
					     "k1 = 12\nk2 = 7\nk3 = a b\n",
					     "# x\nk1 = 5\n\nk2 = focal\n",
					     "k1 = 12\nk1 = 13\nk1 = x\n",
					     "a\nb a.b 1.0\n") };
}

static inline void
host_make(struct language *l, struct host *h)
{
	*h = (struct host){ 0 };
	host_dpkg(l, h);
	host_rpm(l, h);
	host_files(l, h);
}

#endif
