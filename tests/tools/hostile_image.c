/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hostile_image KIND [N]: writes to standard output an image, as `docker save`
 * does, whose layer is hostile. Everything is written as it comes, so the
 * image may be larger than memory. KINDs are in the table below.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 512

static unsigned long long n_blocks; /* of the layer; counted first */
static int is_counting = 1;

static void
emit(const void *ptr)
{
	if (is_counting)
		n_blocks++;
	else if (fwrite(ptr, 1, BLOCK, stdout) != BLOCK)
		exit(1);
}

static void
header(const char *name, const char *link, char type, unsigned long long size)
{
	char h[BLOCK] = { 0 };
	unsigned long sum = 0;
	size_t i;

	snprintf(h, 100, "%s", name);
	snprintf(h + 100, 8, "%07o", 0644);
	snprintf(h + 108, 8, "%07o", 0);
	snprintf(h + 116, 8, "%07o", 0);
	if (size < 077777777777ULL)
		snprintf(h + 124, 12, "%011llo", size);
	else {
		h[124] = (char)0x80;
		for (i = 0; i < 8; i++)
			h[135 - i] = (char)(size >> (8 * i));
	}
	snprintf(h + 136, 12, "%011o", 0);
	h[156] = type;
	snprintf(h + 157, 100, "%s", link);
	memcpy(h + 257, "ustar\00000", 8);
	memset(h + 148, ' ', 8);
	for (i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 8, "%06lo", sum);
	emit(h);
}

static void
fill(char c, unsigned long long size)
{
	char block[BLOCK];

	memset(block, c, BLOCK);
	for (; size > 0; size -= size < BLOCK ? size : BLOCK)
		emit(block);
}

static void
text(const char *name, const char *data)
{
	char block[BLOCK] = { 0 };

	header(name, "", '0', strlen(data));
	memcpy(block, data, strlen(data));
	emit(block);
}

static void
sound(void)
{
	text("etc/os-release",
	    "ID=ubuntu\nVERSION_ID=24.04\nVERSION_CODENAME=noble\n");
	text("etc/lsb-release", "DISTRIB_CODENAME=noble\n");
	text("var/lib/dpkg/status",
	    "Package: bash\nStatus: install ok installed\nArchitecture: "
	    "amd64\nVersion: 5.2.21-2ubuntu4\n\n");
}

static void
entries(unsigned long long n)
{
	char name[100];
	unsigned long long i;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "usr/share/doc/%llu/file", i);
		header(name, "", '0', 0);
	}
}

static void
wanted_entries(unsigned long long n)
{
	char name[100];
	unsigned long long i;

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "var/lib/dpkg/status.d/%llu", i);
		header(name, "", '0', 0);
	}
}

/* Each name leads to one more that is to be asked for. */
static void
many_links(unsigned long long n)
{
	char name[100], link[100];
	unsigned long long i;

	for (i = 0; i < n; i++) {
		snprintf(link, sizeof(link), "x/%llu", i);
		header(link, "", '0', 0);
	}
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "var/lib/dpkg/status.d/%llu", i);
		snprintf(link, sizeof(link), "x/%llu", i);
		header(name, link, '1', 0);
	}
}

/* Half a block each. */
static void
many_packages(unsigned long long n)
{
	char stanzas[2 * BLOCK];
	unsigned long long i;

	header("var/lib/dpkg/status", "", '0', (n + 1) / 2 * BLOCK);
	for (i = 0; i < n; i += 2) {
		snprintf(stanzas, sizeof(stanzas),
		    "Package: a%08llu\nStatus: install ok installed\n"
		    "Version: 1\nDescription: %0182d\n\n"
		    "Package: b%08llu\nStatus: install ok installed\n"
		    "Version: 1\nDescription: %0182d\n\n",
		    i, 0, i, 0);
		emit(stanzas);
	}
}

static void
long_name(unsigned long long size)
{
	header("././@LongLink", "", 'L', size);
	fill('a', size);
	text("a", "x");
}

static void
long_pax(unsigned long long size)
{
	header("PaxHeader", "", 'x', size);
	fill('a', size);
	text("a", "x");
}

static void
bomb(unsigned long long size)
{
	header("usr/zeros", "", '0', size);
	fill('\0', size);
}

static void
large_status(unsigned long long size)
{
	header("var/lib/dpkg/status", "", '0', size);
	fill('\n', size);
}

static void
says_more(unsigned long long size)
{
	header("usr/short", "", '0', size);
}

static void
escapes(unsigned long long n)
{
	(void)n;
	text("../../../../etc/os-release", "ID=hostile\n");
}

static void
links_out(unsigned long long n)
{
	(void)n;
	header("var/lib/dpkg", "../../../../../../var/lib/dpkg", '2', 0);
	header("etc/debian_version", "/proc/1/environ", '2', 0);
}

static void
hard_link_out(unsigned long long n)
{
	(void)n;
	header("etc/debian_version", "../../../etc/shadow", '1', 0);
}

static void
link_loop(unsigned long long n)
{
	(void)n;
	header("var/lib/dpkg", "dpkg2", '2', 0);
	header("var/lib/dpkg2", "dpkg", '2', 0);
}

static void
link_growth(unsigned long long n)
{
	(void)n;
	header("var/lib/dpkg", "dpkg/x", '2', 0);
}

static void
link_chain(unsigned long long n)
{
	char name[100], target[100];
	unsigned long long i;

	header("var/lib/dpkg", "/l0", '2', 0);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "l%llu", i);
		snprintf(target, sizeof(target), "/l%llu", i + 1);
		header(name, target, '2', 0);
	}
}

static void
devices(unsigned long long n)
{
	(void)n;
	header("var/lib/dpkg/status", "", '4', 0);
	header("etc/debian_version", "", '6', 0);
}

static void
whiteouts(unsigned long long n)
{
	unsigned long long i;

	for (i = 0; i < n; i++)
		text("var/lib/dpkg/.wh.status", "");
}

static void
nothing(unsigned long long n)
{
	(void)n;
}

static const struct kind {
	const char *name;
	void (*write)(unsigned long long n);
} kinds[] = {
	{ "sound", nothing },
	{ "entries", entries },
	{ "wanted-entries", wanted_entries },
	{ "long-name", long_name },
	{ "long-pax", long_pax },
	{ "bomb", bomb },
	{ "large-status", large_status },
	{ "many-packages", many_packages },
	{ "many-links", many_links },
	{ "says-more", says_more },
	{ "escapes", escapes },
	{ "links-out", links_out },
	{ "hard-link-out", hard_link_out },
	{ "link-loop", link_loop },
	{ "link-growth", link_growth },
	{ "link-chain", link_chain },
	{ "devices", devices },
	{ "whiteouts", whiteouts },
};

static void
layer(const struct kind *k, unsigned long long n)
{
	sound();
	k->write(n);
	fill('\0', 2 * BLOCK);
}

int
main(int argc, char **argv)
{
	const struct kind *k = NULL;
	unsigned long long n = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;
	unsigned long long size;
	size_t i;

	for (i = 0; argc > 1 && i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strcmp(argv[1], kinds[i].name) == 0)
			k = &kinds[i];
	if (k == NULL) {
		fprintf(stderr, "usage: hostile_image KIND [N]\n");
		return 1;
	}
	layer(k, n);
	is_counting = 0;
	size = n_blocks * BLOCK;
	text("manifest.json",
	    "[{\"Config\":\"config.json\",\"RepoTags\":null,"
	    "\"Layers\":[\"layer.tar\"]}]");
	text("config.json", "{\"architecture\":\"amd64\",\"os\":\"linux\"}");
	header("layer.tar", "", '0', size);
	layer(k, n);
	fill('\0', 2 * BLOCK);
	return fflush(stdout) == 0 ? 0 : 1;
}
