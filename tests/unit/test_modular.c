/* SPDX-License-Identifier: Apache-2.0 */
/* Errata of modules where modules.d and the packages' labels differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "scanner/modular.h"
#include "tests/unit/oval_world.h"

#define FILE_18 "[nodejs]\nname=nodejs\nstream=18\nprofiles=\nstate=enabled\n"
#define FILE_16 "[nodejs]\nname=nodejs\nstream=16\nprofiles=\nstate=enabled\n"

/* An erratum of nodejs:18. */
static const char erratum[] =
    "<definitions><definition id='oval:t:def:1' version='1' "
    "class='patch'><metadata><title>RHSA-2024:1: nodejs:18</title>"
    "<description/></metadata><criteria operator='AND'><criterion "
    "test_ref='oval:t:tst:1'/><criterion test_ref='oval:t:tst:2'/>"
    "</criteria></definition></definitions>" W_TESTS(
	W_TEST("ind", "textfilecontent54", "1", "check='all'",
	    W_OBJ("ind", "1") W_STE("ind", "1")) W_TEST("linux", "rpminfo", "2",
	    "check='at least one'", W_OBJ("linux", "2") W_STE("linux", "2")))
	W_OBJECTS(W_OBJECT("ind", "textfilecontent54", "1",
	    "<ind:filepath>/etc/dnf/modules.d/nodejs.module</ind:filepath>"
	    "<ind:pattern operation='pattern match'>\\[nodejs\\][\\w\\W]*"
	    "</ind:pattern><ind:instance datatype='int'>1</ind:instance>")
		W_OBJECT(
		    "linux", "rpminfo", "2", "<linux:name>nodejs</linux:name>"))
	    W_STATES(W_STATE("ind", "textfilecontent54", "1", "",
		"<ind:text operation='pattern match'>\\nstream\\s*=\\s*18\\b"
		"[\\w\\W]*\\nstate\\s*=\\s*(enabled|1|true)</ind:text>")
		    W_STATE("linux", "rpminfo", "2", "",
			"<linux:evr datatype='evr_string' operation='less than'"
			">1:18.2-1</linux:evr>"));

static const struct modular_case {
	const char *name;
	const char *evr;
	const char *label; /* NULL: none */
	const char *file;  /* NULL: none */
	enum verdict verdict;
	size_t n_evidence;
} cases[] = {
	{ "the file enables it", "1:18.1-1.module+el8", "nodejs:18:80:ab",
	    FILE_18, VERDICT_FAIL, 1 },
	{ "no file: the label enables it", "1:18.1-1.module+el8",
	    "nodejs:18:80:ab", NULL, VERDICT_FAIL, 1 },
	{ "a label without more", "1:18.1-1.module+el8", "nodejs:18", NULL,
	    VERDICT_FAIL, 1 },
	{ "the file enables another", "1:18.1-1.module+el8", "nodejs:18:80:ab",
	    FILE_16, VERDICT_FAIL, 1 },
	{ "a package of another stream", "1:16.1-1.module+el8",
	    "nodejs:16:80:ab", NULL, VERDICT_PASS, 0 },
	{ "whose stream begins so", "1:18.1-1.module+el8", "nodejs:180:80:ab",
	    NULL, VERDICT_PASS, 0 },
	{ "of another module", "1:18.1-1.module+el8", "node:18:80:ab", NULL,
	    VERDICT_PASS, 0 },
	{ "the fix is installed", "1:18.2-1.module+el8", "nodejs:18:80:ab",
	    NULL, VERDICT_PASS, 0 },
	{ "no label, no file", "1:18.1-1.module+el8", NULL, NULL,
	    VERDICT_UNKNOWN, 0 },
	{ "no label, and the file enables another", "1:18.1-1.module+el8", NULL,
	    FILE_16, VERDICT_PASS, 0 },
	{ "no label, and the fix is installed", "1:18.2-1.module+el8", NULL,
	    NULL, VERDICT_PASS, 0 },
	{ "of no module", "1:18.1-1.el8", NULL, NULL, VERDICT_PASS, 0 },
};

static void
test_modular(void **state)
{
	const struct modular_case *c = *state;
	struct oval_world_system spec = { 0 };
	struct scan_options options = { .document = "t", .findings = true };
	struct oval_world w;
	struct facts facts;
	char packages[128];
	struct scan s;
	struct err e;

	snprintf(packages, sizeof(packages), "rpm nodejs x86_64 %s ab", c->evr);
	spec.packages = packages;
	if (c->file != NULL)
		spec.files[0] = (struct oval_world_file){
			"/etc/dnf/modules.d/nodejs.module", c->file
		};
	if (oval_world_open(&w, erratum, &e) != 0)
		fail_msg("%s", e.msg);
	oval_world_system(&w, &spec);
	if (c->label != NULL)
		w.system.packages[0].modularity = span_of(c->label);
	w.index.families[0].documents[0].distribution = SPAN_LIT("rhel");
	facts = (struct facts){ .system = w.system,
		.has_os_release = true,
		.os_id = SPAN_LIT("rhel"),
		.os_version_id = SPAN_LIT("8.9") };
	if (scan_run(&s, &facts, &w.index, &options, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(s.verdict, c->verdict);
	assert_int_equal(s.n_evidence, c->n_evidence);
	/* OVAL's own result stays: true only by the file. */
	assert_int_equal(s.documents[0].counts[RESULT_TRUE],
	    c->file != NULL && strcmp(c->file, FILE_18) == 0);
	scan_cleanup(&s);
	oval_world_close(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_modular);
	return _cmocka_run_group_tests("modular", tests, n, NULL, NULL);
}
