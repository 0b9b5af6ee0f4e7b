/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fast evaluator gives what the plain one gives: on random documents and
 * systems, and on every document and inventory of the corpus.
 * SCAPCACHE_ROUNDS=N and SCAPCACHE_SEED=N widen or repeat the random part.
 */
#include <dirent.h>

#include "scanner/facts.h"
#include "tests/unit/corpus.h"
#include "tests/unit/random_host.h"
#include "tests/unit/random_language.h"
#include "tests/unit/random_oval.h"

#define ROUNDS 60
#define SYSTEMS 8     /* of one document */
#define LANGUAGES 100 /* documents of 120 definitions */

static uint64_t
setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

struct tally {
	uint64_t n;
	uint64_t n_baseline;
	uint64_t n_true;
};

static void
compare(struct oval_world *w, const char *what, struct tally *tally)
{
	struct evaluation_stats stats;
	struct buf plain = { 0 };
	struct buf fast = { 0 };

	oval_world_results(w, EVALUATE_PLAIN, &plain, NULL);
	oval_world_results(w, EVALUATE_FAST, &fast, &stats);
	if (strcmp(buf_str(&plain), buf_str(&fast)) != 0)
		fail_msg("%s:\nplain %s\nfast  %s", what, buf_str(&plain),
		    buf_str(&fast));
	tally->n++;
	tally->n_baseline += stats.baseline_used;
	tally->n_true += strstr(buf_str(&plain), "=true") != NULL;
	buf_cleanup(&plain);
	buf_cleanup(&fast);
}

static void
random_round(uint64_t seed, struct tally *tally)
{
	struct random r = { seed };
	struct random_system s = { 0 };
	struct buf body = { 0 };
	struct oval_world w;
	struct err e;
	char what[64];
	unsigned i;

	random_document(&r, &body);
	if (oval_world_open(&w, buf_str(&body), &e) != 0)
		fail_msg(
		    "SCAPCACHE_SEED=%llu: %s", (unsigned long long)seed, e.msg);
	for (i = 0; i < SYSTEMS; i++) {
		random_system_make(&r, &s);
		oval_world_system(&w, &s.spec);
		snprintf(what, sizeof(what), "SCAPCACHE_SEED=%llu, system %u",
		    (unsigned long long)seed, i);
		compare(&w, what, tally);
	}
	oval_world_close(&w);
	buf_cleanup(&s.packages);
	buf_cleanup(&body);
}

static void
test_random(void **state)
{
	uint64_t first = setting("SCAPCACHE_SEED", 1);
	uint64_t n = setting("SCAPCACHE_ROUNDS", ROUNDS);
	struct tally tally = { 0 };
	uint64_t i;

	(void)state;
	print_message("seeds %llu to %llu\n", (unsigned long long)first,
	    (unsigned long long)(first + n - 1));
	for (i = 0; i < n; i++)
		random_round(first + i, &tally);
	/* A generator that leads nowhere would prove nothing. */
	assert_true(tally.n_baseline > tally.n / 4);
	assert_true(tally.n_baseline < tally.n);
	assert_true(tally.n_true > tally.n / 2);
}

/* --- the whole language --- */

static void
host_spec(const struct host *h, struct random *r, struct buf *packages,
    struct oval_world_system *spec)
{
	static const char *const databases[] = { NULL, NULL, NULL, NULL,
		"dpkg none", "rpm error", "rpm incomplete" };
	const struct host_package *p;
	const char *evr;
	size_t i;

	buf_reset(packages);
	for (i = 0; i < h->n_packages; i++) {
		p = &h->packages[i];
		evr = strncmp(p->evr, "0:", 2) == 0 ? p->evr + 2 : p->evr;
		buf_printf(packages, "%s n%u %s %s;",
		    p->is_rpm ? "rpm" : "dpkg", p->name, p->arch, evr);
	}
	*spec = (struct oval_world_system){
		.packages = buf_str(packages),
		.databases = databases[random_below(r, 7)],
		.owned = "/etc/release n0 0;/etc/app/a.conf n1 1;"
			 "/etc/app/b.conf n2 64",
	};
	for (i = 0; i < h->n_files; i++)
		spec->files[i] = (struct oval_world_file){ h->files[i].path,
			h->files[i].text };
}

static void
language_round(uint64_t seed, struct tally *tally)
{
	struct language l = { .r = { seed } };
	struct oval_world_system spec;
	struct buf packages = { 0 };
	struct oval_world w;
	struct host h;
	struct err e;
	char what[64];
	unsigned i;

	language_document(&l);
	if (oval_world_open(&w, buf_str(&l.b), &e) != 0)
		fail_msg("language %llu: %s", (unsigned long long)seed, e.msg);
	for (i = 0; i < 2; i++) {
		host_make(&l, &h);
		host_spec(&h, &l.r, &packages, &spec);
		oval_world_system(&w, &spec);
		snprintf(what, sizeof(what), "language %llu, host %u",
		    (unsigned long long)seed, i);
		compare(&w, what, tally);
	}
	oval_world_close(&w);
	buf_cleanup(&packages);
	buf_cleanup(&l.b);
}

/* 120 definitions each: 12 000 of them on two hosts. */
static void
test_language(void **state)
{
	uint64_t first = setting("SCAPCACHE_SEED", 1);
	uint64_t n = setting("SCAPCACHE_ROUNDS", LANGUAGES);
	struct tally tally = { 0 };
	uint64_t i;

	(void)state;
	for (i = 0; i < n; i++)
		language_round(first + i, &tally);
	assert_int_equal(tally.n_true, tally.n);
	assert_true(tally.n_baseline > tally.n / 4);
	assert_true(tally.n_baseline < tally.n);
}

/* --- the corpus --- */

/* How many definitions each has: `grep -c '<definition '` of it. */
static const struct document_case {
	const char *name;
	size_t n;
} documents[] = {
	{ CORPUS_UBUNTU "com.ubuntu.xenial.cve.oval.xml.bz2", 18656 },
	{ CORPUS_UBUNTU "com.ubuntu.focal.cve.oval.xml.bz2", 8480 },
	{ CORPUS_UBUNTU "com.ubuntu.noble.usn.oval.xml.bz2", 237 },
	{ CORPUS_UBUNTU "oci.com.ubuntu.jammy.cve.oval.xml.bz2", 1 },
	{ CORPUS_UBUNTU "oci.com.ubuntu.jammy.usn.oval.xml.bz2", 1 },
	{ CORPUS_UBUNTU "oci.com.ubuntu.jammy.pkg.oval.xml.bz2", 2 },
	{ CORPUS_UBUNTU "oci.com.ubuntu.fips-updates_jammy.cve.oval.xml.bz2",
	    1 },
	{ CORPUS_UBUNTU "oci.com.ubuntu.fips-updates_jammy.pkg.oval.xml.bz2",
	    2 },
	{ CORPUS_REDHAT "RHEL8/rhel-8.oval.xml.bz2", 169 },
	{ CORPUS_REDHAT "RHEL9/rhel-9-including-unpatched.oval.xml.bz2", 4 },
	{ CORPUS_REDHAT "RHEL9/jboss-ws-5-including-unpatched.oval.xml.bz2",
	    1 },
	{ "www.debian.org/security/oval/oval-definitions-bullseye.xml.bz2", 4 },
	{ "linux.oracle.com/security/oval/com.oracle.elsa-all.xml.bz2", 2 },
	{ "security.almalinux.org/oval/org.almalinux.alsa-9.xml.bz2", 2 },
	{ CORPUS_SUSE "opensuse.leap.15.2.xml.gz", 1 },
	{ CORPUS_SUSE "opensuse.leap.15.3.xml.gz", 9138 },
	{ CORPUS_SUSE "opensuse.tumbleweed.xml.gz", 1 },
	/* A cut of SUSE's document: most of its tests are missing. */
	{ CORPUS_SUSE "suse.linux.enterprise.15-affected.xml.gz", 2 },
};

static const char *
corpus_root(void)
{
	const char *root = getenv("SCAPCACHE_CORPUS");

	return root == NULL ? "../shared/corpus" : root;
}

/* A world of one document of the corpus, for compare(); -1: refused. */
static int
open_corpus(struct oval_world *w, const char *path, struct err *e)
{
	char full[512];
	int fd;

	*w = (struct oval_world){ 0 };
	snprintf(full, sizeof(full), "%s/upstream/%s", corpus_root(), path);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd == -1) {
		print_message("skipped: no corpus\n");
		skip();
	}
	tmp_init(&w->tmp);
	assert_int_equal(mkdirat(w->tmp.dirfd, "1", 0700), 0);
	if (oval_world_build(w->tmp.path, fd, e) != 0)
		return -1;
	oval_world_read(w);
	return 0;
}

static void
compare_inventory(struct oval_world *w, const char *document,
    const char *inventory, struct tally *tally)
{
	struct want_list wants = { 0 };
	struct arena a = { 0 };
	struct facts facts = { 0 };
	struct target target;
	char text[512];
	struct err e;

	snprintf(text, sizeof(text), "rootfs:%s/inventories/%s", corpus_root(),
	    inventory);
	if (index_wants(&w->index, &wants, &e) != 0 ||
	    target_parse(&target, text, &a, &e) != 0 ||
	    facts_gather(&facts, &target, &wants, &e) != 0)
		fail_msg("%s: %s", inventory, e.msg);
	w->system = facts.system;
	snprintf(text, sizeof(text), "%s x %s", document, inventory);
	compare(w, text, tally);
	w->system = (struct system){ 0 };
	facts_cleanup(&facts);
	want_list_cleanup(&wants);
	arena_cleanup(&a);
}

static void
test_corpus(void **state)
{
	const struct document_case *c = *state;
	struct tally tally = { 0 };
	struct oval_world w;
	struct dirent *d;
	char path[512];
	struct err e;
	DIR *dir;

	if (open_corpus(&w, c->name, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(w.index.families[0].documents[0].n_records, c->n);
	assert_int_equal(machine_n_definitions(w.machine), c->n);
	snprintf(path, sizeof(path), "%s/inventories", corpus_root());
	dir = opendir(path);
	assert_non_null(dir);
	while ((d = readdir(dir)) != NULL)
		if (d->d_name[0] != '.')
			compare_inventory(&w, c->name, d->d_name, &tally);
	closedir(dir);
	assert_true(tally.n > 0);
	oval_world_close(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(documents) + 2] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_language),
	};
	size_t n = 2;

	TABLE_ADD(tests, &n, documents, test_corpus);
	return _cmocka_run_group_tests("differential", tests, n, NULL, NULL);
}
