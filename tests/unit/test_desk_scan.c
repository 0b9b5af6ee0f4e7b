/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The desk trusts nothing that the server process says: questions about scans
 * and results that make no sense, or ask for too much, are refused by name.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "base/file.h"
#include "base/memfd.h"
#include "base/pack.h"
#include "server/desk_results.h"
#include "server/desk_scan.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

static const char *const no_sources[] = { NULL };

struct world {
	struct tmp tmp;
	struct desk_server desk;
	struct out out;
	int answer_fd;
};

static void
world_init(struct world *w)
{
	struct buf text = { 0 };
	struct buf path = { 0 };
	struct err e;

	*w = (struct world){ .answer_fd = -1 };
	tmp_init(&w->tmp);
	w->desk.state.path = w->tmp.path;
	w->desk.state.dirfd = w->tmp.dirfd;
	assert_int_equal(file_make_dirs(w->tmp.dirfd, "incoming", &e), 0);
	assert_int_equal(file_make_dirs(w->tmp.dirfd, "run", &e), 0);
	assert_int_equal(file_make_dirs(w->tmp.dirfd, "policies", &e), 0);
	assert_int_equal(file_replace(w->tmp.dirfd, "policies/lax.ini",
			     SPAN_LIT("[fail]\nseverity = off\n"), &e),
	    0);
	buf_printf(&text,
	    "[serve]\npolicies = %s/policies\nupload_max_mib = 1\n"
	    "scan_registries = good.example:5000\nscan_queue = 0\n",
	    w->tmp.path);
	assert_int_equal(
	    file_replace(w->tmp.dirfd, "conf", buf_span(&text), &e), 0);
	buf_printf(&path, "%s/conf", w->tmp.path);
	assert_int_equal(
	    config_open(&w->desk.config, buf_str(&path), no_sources, &e), 0);
	out_init(&w->out, -1);
	buf_cleanup(&text);
	buf_cleanup(&path);
}

static void
world_cleanup(struct world *w)
{
	if (w->answer_fd != -1)
		close(w->answer_fd);
	results_close(w->desk.results);
	config_close(w->desk.config);
	out_cleanup(&w->out);
	tmp_cleanup(&w->tmp);
}

static int
ask(struct world *w, enum desk_call call, struct span question, int fd,
    struct err *e)
{
	const struct desk_entry *tables[] = { desk_results_entries,
		desk_scan_entries };
	const struct desk_entry *row;
	size_t i;

	*e = (struct err){ 0 };
	buf_reset(&w->out.buf);
	for (i = 0; i < 2; i++)
		for (row = tables[i]; row->call != DESK_NONE; row++)
			if (row->call == call)
				return row->answer(&w->desk, question, fd,
				    &w->out, &w->answer_fd, e);
	fail_msg("there is no call %d", (int)call);
	return -1;
}

/* --- scans --- */

struct scan_case {
	const char *name;
	enum scan_body body;
	const char *target;
	const char *os;
	const char *format;
	const char *policy;
	const char *fail_on;
	const char *as_of;
	const char *bytes; /* NULL: none */
	enum err_code code;
	const char *text; /* of the error: begins so */
};

#define NO_POLICY "policy is the name of a policy"

static const struct scan_case cases[] = {
	{ "nothing", SCAN_BODY_ANY, "a", "", "", "", "", "", NULL, ERR_FORMAT,
	    "nothing was handed in" },
	{ "an empty file", SCAN_BODY_ANY, "a", "", "", "", "", "", "",
	    ERR_FORMAT, "what was handed in is empty" },
	{ "a name with an escape", SCAN_BODY_ANY, "a\033[2J", "", "", "", "",
	    "", "x", ERR_FORMAT, "a name is text" },
	{ "a name that is no UTF-8", SCAN_BODY_ANY, "a\xff", "", "", "", "", "",
	    "x", ERR_FORMAT, "a name is text" },
	{ "a path for a target", SCAN_BODY_NONE, "/etc", "", "", "", "", "",
	    NULL, ERR_FORMAT, "target is docker://" },
	{ "a transport for a target", SCAN_BODY_NONE, "rootfs:/", "", "", "",
	    "", "", NULL, ERR_FORMAT, "target is docker://" },
	{ "a registry that is not allowed", SCAN_BODY_NONE,
	    "docker://evil.example/x", "", "", "", "", "", NULL, ERR_MISSING,
	    "this server fetches no images of evil.example" },
	{ "one whose name ends as an allowed one", SCAN_BODY_NONE,
	    "docker://not-good.example:5000/x", "", "", "", "", "", NULL,
	    ERR_MISSING, "this server fetches no images of" },
	{ "another port of it", SCAN_BODY_NONE, "docker://good.example/x", "",
	    "", "", "", "", NULL, ERR_MISSING,
	    "this server fetches no images of" },
	{ "a format that is none", SCAN_BODY_ANY, "a", "", "pdf", "", "", "",
	    "x", ERR_FORMAT, "format is json" },
	{ "a format that is not built", SCAN_BODY_ANY, "a", "", "xccdf", "", "",
	    "", "x", ERR_FORMAT, "format is json" },
	{ "a policy by its path", SCAN_BODY_ANY, "a", "", "", "../conf", "", "",
	    "x", ERR_FORMAT, NO_POLICY },
	{ "a hidden policy", SCAN_BODY_ANY, "a", "", "", ".lax", "", "", "x",
	    ERR_FORMAT, NO_POLICY },
	{ "a policy that is not there", SCAN_BODY_ANY, "a", "", "", "strict",
	    "", "", "x", ERR_MISSING, "there is no policy strict" },
	{ "a severity that is none", SCAN_BODY_ANY, "a", "", "", "", "loud", "",
	    "x", ERR_FORMAT, "fail_on is" },
	{ "unrated is none to fail on", SCAN_BODY_ANY, "a", "", "", "",
	    "unrated", "", "x", ERR_FORMAT, "fail_on is" },
	{ "a moment that is none", SCAN_BODY_ANY, "a", "", "", "", "",
	    "yesterday", "x", ERR_FORMAT, "as_of is" },
	{ "a system without a release", SCAN_BODY_LIST, "a", "ubuntu", "", "",
	    "", "", "x", ERR_FORMAT, "os is ID:VERSION_ID" },
	{ "a queue that is full", SCAN_BODY_ANY, "a", "", "", "lax", "high",
	    "7", "x", ERR_NONE, "full" },
};

static void
test_scan(void **state)
{
	const struct scan_case *c = *state;
	const struct scan_question q = { .body = c->body,
		.target = span_of(c->target),
		.os = span_of(c->os),
		.format = span_of(c->format),
		.policy = span_of(c->policy),
		.fail_on = span_of(c->fail_on),
		.as_of = span_of(c->as_of) };
	struct scan_outcome outcome;
	struct buf question = { 0 };
	struct world w;
	struct err e;
	int fd = -1;
	int rc;

	world_init(&w);
	if (c->bytes != NULL)
		assert_int_equal(memfd_of(span_of(c->bytes), &fd, &e), 0);
	scan_question_pack(&question, &q);
	rc = ask(&w, DESK_SCAN, buf_span(&question), fd, &e);
	assert_int_equal(e.code, c->code);
	if (c->code == ERR_NONE) {
		assert_int_equal(rc, 0);
		assert_int_equal(
		    scan_outcome_unpack(&outcome, buf_span(&w.out.buf), &e), 0);
		assert_true(outcome.is_full);
		assert_false(outcome.has_ended);
	} else {
		assert_int_equal(rc, -1);
		if (strncmp(e.msg, c->text, strlen(c->text)) != 0)
			fail_msg("%s", e.msg);
	}
	if (fd != -1)
		close(fd);
	buf_cleanup(&question);
	world_cleanup(&w);
}

/* --- others --- */

/* No call takes bytes that are none of its questions. */
static void
test_nonsense(void **state)
{
	static const enum desk_call calls[] = { DESK_IMAGES, DESK_IMAGE,
		DESK_VERDICTS, DESK_VERDICT, DESK_INVENTORY, DESK_CVE_IMAGES,
		DESK_FINDINGS, DESK_PACKAGES, DESK_LAYERS, DESK_EXPLAIN,
		DESK_COMPARE, DESK_VERIFY, DESK_UPLOAD, DESK_SCAN, DESK_JOB };
	static const char *const questions[] = { "", "\xff",
		"\x05"
		"ab",
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01" };
	struct world w;
	struct err e;
	size_t i, k;

	(void)state;
	world_init(&w);
	for (i = 0; i < TABLE_N(calls); i++)
		for (k = 0; k < TABLE_N(questions); k++) {
			assert_int_equal(
			    ask(&w, calls[i], span_of(questions[k]), -1, &e),
			    -1);
			assert_int_equal(e.code, ERR_FORMAT);
		}
	world_cleanup(&w);
}

static void
test_nothing_scanned(void **state)
{
	struct results_question q = { .id = SPAN_LIT("00") };
	struct buf question = { 0 };
	struct world w;
	struct err e;

	(void)state;
	world_init(&w);
	results_question_pack(&question, &q);
	assert_int_equal(ask(&w, DESK_IMAGES, buf_span(&question), -1, &e), 0);
	assert_non_null(strstr(buf_str(&w.out.buf), "\"total\": 0"));
	assert_int_equal(
	    ask(&w, DESK_CVE_IMAGES, buf_span(&question), -1, &e), 0);
	assert_int_equal(ask(&w, DESK_IMAGE, buf_span(&question), -1, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_int_equal(
	    ask(&w, DESK_VERDICT, buf_span(&question), -1, &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	buf_cleanup(&question);
	world_cleanup(&w);
}

static void
test_upload(void **state)
{
	struct upload_question q = { .max = 5 };
	struct buf question = { 0 };
	struct stat st;
	struct world w;
	struct err e;

	(void)state;
	world_init(&w);
	upload_question_pack(&question, &q);
	assert_int_equal(ask(&w, DESK_UPLOAD, buf_span(&question), -1, &e), 0);
	assert_int_equal(fstat(w.answer_fd, &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_nlink, 0); /* who is killed leaves nothing */
	close(w.answer_fd);
	w.answer_fd = -1;
	q.size = UINT64_MAX / 2;
	buf_reset(&question);
	upload_question_pack(&question, &q);
	assert_int_equal(ask(&w, DESK_UPLOAD, buf_span(&question), -1, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	buf_cleanup(&question);
	world_cleanup(&w);
}

/* What says that it has ended and says no verdict is no outcome. */
static void
test_outcome(void **state)
{
	struct scan_outcome o = { .has_ended = true, .has_report = true };
	struct scan_outcome got;
	struct buf b = { 0 };
	struct err e;

	(void)state;
	scan_outcome_pack(&b, &o);
	assert_int_equal(scan_outcome_unpack(&got, buf_span(&b), &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	buf_reset(&b);
	o.verdict = VERDICT_UNKNOWN;
	o.image = SPAN_LIT("i");
	o.was_killed = true;
	scan_outcome_pack(&b, &o);
	assert_int_equal(scan_outcome_unpack(&got, buf_span(&b), &e), 0);
	assert_int_equal(got.verdict, VERDICT_UNKNOWN);
	assert_true(span_is(got.image, "i"));
	assert_true(got.was_killed);
	buf_cleanup(&b);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 4] = {
		cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_nothing_scanned),
		cmocka_unit_test(test_upload),
		cmocka_unit_test(test_outcome),
	};
	size_t n = 4;

	TABLE_ADD(tests, &n, cases, test_scan);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
