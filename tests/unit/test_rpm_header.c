/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "scanner/pkgdb_rpm.h"
#include "tests/unit/rpm_make.h"
#include "tests/unit/table.h"

/* What of a sound header is left out or spoilt. */
enum spoil {
	SOUND = 0,
	NO_NAME,
	EMPTY_NAME,
	NO_RELEASE,
	NAME_OF_WRONG_TYPE,
	NAME_WITHOUT_END,
	EPOCH_OF_WRONG_TYPE,
	EPOCH_BEYOND_DATA,
	OFFSET_BEYOND_DATA,
	COUNT_BEYOND_DATA,
	TOO_FEW_DIRS,
	DIR_INDEX_BEYOND,
	TOO_FEW_INDEXES,
	FLAGS_OF_WRONG_COUNT,
	BASES_WITHOUT_END,
	CUT,
	LONGER,
	NO_ENTRIES,
	TOO_MANY_ENTRIES,
	TOO_MUCH_DATA,
	TINY,
};

struct header_case {
	const char *name;
	enum spoil spoil;
	const char *failed;
};

static const struct header_case header_cases[] = {
	{ "sound", SOUND, NULL },
	{ "no name", NO_NAME, "an rpm header without tag 1000" },
	{ "an empty name", EMPTY_NAME, "an rpm header without tag 1000" },
	{ "no release", NO_RELEASE, "an rpm header without tag 1002" },
	{ "a name that is a number", NAME_OF_WRONG_TYPE,
	    "an rpm header whose tag 1000 is malformed" },
	{ "a string without its end", NAME_WITHOUT_END,
	    "an rpm header whose tag 1000 is malformed" },
	{ "an epoch that is text", EPOCH_OF_WRONG_TYPE,
	    "an rpm header whose tag 1003 is malformed" },
	{ "an epoch that ends behind the data", EPOCH_BEYOND_DATA,
	    "an rpm header whose tag 1003 is malformed" },
	{ "an offset behind the data", OFFSET_BEYOND_DATA,
	    "an rpm header whose tag 1022 is malformed" },
	{ "a count behind the data", COUNT_BEYOND_DATA,
	    "an rpm header whose tag 1022 is malformed" },
	{ "fewer folders than files need", TOO_FEW_DIRS,
	    "an rpm header whose file lists do not fit each other" },
	{ "a folder that is not there", DIR_INDEX_BEYOND,
	    "an rpm header whose file lists do not fit each other" },
	{ "fewer folder indexes than files", TOO_FEW_INDEXES,
	    "an rpm header whose file lists do not fit each other" },
	{ "more flags than files", FLAGS_OF_WRONG_COUNT,
	    "an rpm header whose file lists do not fit each other" },
	{ "a list that is shorter than it says", BASES_WITHOUT_END,
	    "an rpm header whose tag 1117 is malformed" },
	{ "cut", CUT, "an rpm header of 339 bytes that says it has 340" },
	{ "longer than it says", LONGER,
	    "an rpm header of 341 bytes that says it has 340" },
	{ "no entries", NO_ENTRIES,
	    "an rpm header with 0 entries and 0 bytes of data" },
	{ "too many entries", TOO_MANY_ENTRIES,
	    "an rpm header with 65536 entries and 0 bytes of data" },
	{ "too much data", TOO_MUCH_DATA,
	    "an rpm header with 1 entries and 268435457 bytes of data" },
	{ "seven bytes", TINY, "an rpm header of 7 bytes" },
};

static void
make_names(struct rpm_make *m, enum spoil s)
{
	static const uint32_t epoch[] = { 2 };

	if (s == NAME_OF_WRONG_TYPE)
		rpm_make_ints(m, RPM_TAG_NAME, epoch, 1);
	else if (s != NO_NAME && s != NAME_WITHOUT_END)
		rpm_make_string(m, RPM_TAG_NAME, s == EMPTY_NAME ? "" : "name");
	rpm_make_string(m, RPM_TAG_VERSION, "1.2");
	if (s != NO_RELEASE)
		rpm_make_string(m, RPM_TAG_RELEASE, "3.el9");
	if (s == EPOCH_OF_WRONG_TYPE)
		rpm_make_string(m, RPM_TAG_EPOCH, "two");
	else if (s != EPOCH_BEYOND_DATA)
		rpm_make_ints(m, RPM_TAG_EPOCH, epoch, 1);
	if (s == OFFSET_BEYOND_DATA || s == COUNT_BEYOND_DATA) {
		rpm_make_entry(m, RPM_TAG_ARCH, 6,
		    s == COUNT_BEYOND_DATA ? 100000 : 1, SPAN_LIT(""));
		if (s == OFFSET_BEYOND_DATA)
			m->index.ptr[m->index.len - 8] = 0x7f;
	} else {
		rpm_make_string(m, RPM_TAG_ARCH, "x86_64");
	}
	rpm_make_string(m, RPM_TAG_SOURCERPM, "src-name-1.2-3.el9.src.rpm");
	rpm_make_string(
	    m, RPM_TAG_MODULARITYLABEL, "name:1:20240101:abcdef:x86_64");
}

static void
make_files(struct rpm_make *m, enum spoil s)
{
	const uint32_t indexes[] = { 0, 0, s == DIR_INDEX_BEYOND ? 2 : 1 };
	static const uint32_t flags[] = { 1, 0, 2, 0 };

	rpm_make_strings(m, RPM_TAG_BASENAMES, "passwd,name-release,README");
	if (s == BASES_WITHOUT_END)
		m->index.ptr[m->index.len - 1] = 100;
	if (s != TOO_FEW_DIRS)
		rpm_make_strings(m, RPM_TAG_DIRNAMES, "/etc/,/usr/share/");
	rpm_make_ints(
	    m, RPM_TAG_DIRINDEXES, indexes, s == TOO_FEW_INDEXES ? 2 : 3);
	rpm_make_ints(
	    m, RPM_TAG_FILEFLAGS, flags, s == FLAGS_OF_WRONG_COUNT ? 4 : 3);
}

static void
make_head(struct buf *out, uint32_t n, uint32_t size)
{
	rpm_make_be32(out, n);
	rpm_make_be32(out, size);
}

static void
make_header(enum spoil s, struct buf *out)
{
	struct rpm_make m = { 0 };

	switch (s) {
	case NO_ENTRIES:
		make_head(out, 0, 0);
		return;
	case TOO_MANY_ENTRIES:
		make_head(out, RPM_HEADER_ENTRIES_MAX + 1, 0);
		return;
	case TOO_MUCH_DATA:
		make_head(out, 1, RPM_HEADER_DATA_MAX + 1);
		return;
	case TINY:
		buf_add_str(out, "1234567");
		return;
	default:
		break;
	}
	make_names(&m, s);
	make_files(&m, s);
	if (s == NAME_WITHOUT_END)
		rpm_make_entry(&m, RPM_TAG_NAME, 6, 1, SPAN_LIT("name"));
	if (s == EPOCH_BEYOND_DATA)
		rpm_make_entry(&m, RPM_TAG_EPOCH, 4, 1, SPAN_LIT("\0\0"));
	rpm_make_finish(&m, out);
	if (s == CUT)
		out->len--;
	if (s == LONGER)
		buf_add_char(out, '\0');
}

/* Asks who owns two files, one by its path and one by a pattern. */
struct world {
	struct want wants[2];
	struct want_list list;
	struct wanted wanted;
	struct arena arena;
	struct package_list packages;
};

static void
world_init(struct world *w)
{
	*w = (struct world){
		.wants = { { .is_owner = true,
			       .path = SPAN_LIT("/etc/name-release") },
		    { .is_owner = true,
			.is_pattern = true,
			.path = SPAN_LIT("^/usr/share/READ") } },
	};
	w->list.wants = w->wants;
	w->list.n = 2;
	w->packages.arena = &w->arena;
	wanted_init(&w->wanted, &w->list);
}

static void
world_cleanup(struct world *w)
{
	wanted_cleanup(&w->wanted);
	package_list_cleanup(&w->packages);
	arena_cleanup(&w->arena);
}

static void
check_sound(const struct package_list *l)
{
	const struct package *p = &l->packages[0];

	assert_int_equal(l->n_packages, 1);
	assert_int_equal(p->kind, PACKAGE_RPM);
	assert_true(span_is(p->name, "name"));
	assert_true(span_is(p->arch, "x86_64"));
	assert_true(span_is(p->epoch, "2"));
	assert_true(span_is(p->version, "1.2"));
	assert_true(span_is(p->release, "3.el9"));
	assert_true(span_is(p->evr, "2:1.2-3.el9"));
	assert_true(span_is(p->full_version, "2:1.2-3.el9"));
	assert_true(span_is(p->source, "src-name"));
	assert_true(span_is(p->source_version, "1.2-3.el9"));
	assert_true(span_is(p->signature_keyid, "(none)"));
	assert_true(span_is(p->modularity, "name:1:20240101:abcdef:x86_64"));
	assert_true(p->owns_files);
	assert_int_equal(l->n_files, 2);
	assert_true(span_is(l->files[0].path, "/etc/name-release"));
	assert_int_equal(l->files[0].flags, 0);
	assert_true(span_is(l->files[1].path, "/usr/share/README"));
	assert_int_equal(l->files[1].flags, 2);
	assert_int_equal(l->files[1].package, 0);
}

static void
test_header(void **state)
{
	const struct header_case *c = *state;
	struct buf blob = { 0 };
	struct err e = { 0 };
	struct world w;
	int rc;

	world_init(&w);
	make_header(c->spoil, &blob);
	rc = rpm_package_read(&w.packages, buf_span(&blob), &w.wanted, &e);
	assert_string_equal(e.msg, c->failed == NULL ? "" : c->failed);
	if (c->failed == NULL) {
		assert_int_equal(rc, 0);
		check_sound(&w.packages);
	} else {
		assert_int_equal(rc, -1);
		assert_int_equal(e.code, ERR_FORMAT);
		assert_int_equal(w.packages.n_packages, 0);
		assert_int_equal(w.packages.n_files, 0);
	}
	buf_cleanup(&blob);
	world_cleanup(&w);
}

/* As gpg-pubkey has it, and as packages of old: whole paths. */
static void
test_bare(void **state)
{
	struct rpm_make m = { 0 };
	struct buf blob = { 0 };
	struct err e = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	rpm_make_string(&m, RPM_TAG_NAME, "gpg-pubkey");
	rpm_make_string(&m, RPM_TAG_VERSION, "d4082792");
	rpm_make_string(&m, RPM_TAG_RELEASE, "5b32db75");
	rpm_make_string(&m, RPM_TAG_SOURCERPM, "(none)");
	rpm_make_strings(
	    &m, RPM_TAG_OLDFILENAMES, "/etc/passwd,/etc/name-release,x");
	rpm_make_finish(&m, &blob);
	assert_int_equal(
	    rpm_package_read(&w.packages, buf_span(&blob), &w.wanted, &e), 0);
	assert_true(span_is(w.packages.packages[0].arch, "(none)"));
	assert_true(span_is(w.packages.packages[0].evr, "0:d4082792-5b32db75"));
	assert_true(
	    span_is(w.packages.packages[0].full_version, "d4082792-5b32db75"));
	assert_int_equal(w.packages.packages[0].epoch.len, 0);
	assert_true(span_is(w.packages.packages[0].source, "gpg-pubkey"));
	assert_int_equal(w.packages.packages[0].source_version.len, 0);
	assert_int_equal(w.packages.n_files, 1);
	buf_cleanup(&blob);
	world_cleanup(&w);
}

/* Entries that were added to a header replace those of its region. */
static void
test_last_holds(void **state)
{
	struct rpm_make m = { 0 };
	struct buf blob = { 0 };
	struct rpm_header h;
	struct span s;
	struct err e = { 0 };

	(void)state;
	rpm_make_string(&m, RPM_TAG_NAME, "first");
	rpm_make_string(&m, RPM_TAG_NAME, "second");
	rpm_make_finish(&m, &blob);
	assert_int_equal(rpm_header_parse(&h, buf_span(&blob), &e), 0);
	assert_int_equal(rpm_header_string(&h, RPM_TAG_NAME, &s, &e), 1);
	assert_true(span_is(s, "second"));
	assert_int_equal(rpm_header_string(&h, RPM_TAG_ARCH, &s, &e), 0);
	buf_cleanup(&blob);
}

struct keyid_case {
	const char *name;
	struct span packet;
	const char *keyid; /* NULL: it does not say */
};

#define V4 "\x04\x00\x01\x08"
#define ISSUER "\x09\x10\x19\x9e\x2f\x91\xfd\x43\x1d\x51"
#define FINGERPRINT                                                            \
	"\x16\x21\x04\x56\x7e\x34\x7a\xd0\x04\x4a\xde\x55\xba\x8a\x5f\x19\x9e" \
	"\x2f\x91\xfd\x43\x1d\x51"

static const struct keyid_case keyid_cases[] = {
	{ "version 4, fingerprint",
	    SPAN_LIT("\x89\x00\x1f" V4 "\x00\x17" FINGERPRINT "\x00\x00"),
	    "199e2f91fd431d51" },
	{ "version 4, issuer in the second area",
	    SPAN_LIT("\x88\x12" V4 "\x00\x00\x00\x0a" ISSUER),
	    "199e2f91fd431d51" },
	{ "version 4, something else first",
	    SPAN_LIT("\x88\x15" V4 "\x00\x0d\x02\x02\x01" ISSUER "\x00\x00"),
	    "199e2f91fd431d51" },
	{ "version 3",
	    SPAN_LIT("\x88\x0f\x03\x05\x00\x01\x02\x03\x04\x19\x9e\x2f\x91\xfd"
		     "\x43\x1d\x51"),
	    "199e2f91fd431d51" },
	{ "a packet of the new form",
	    SPAN_LIT("\xc2\x12" V4 "\x00\x0a" ISSUER "\x00\x00"),
	    "199e2f91fd431d51" },
	{ "no subpackets", SPAN_LIT("\x88\x08" V4 "\x00\x00\x00\x00"), NULL },
	{ "no bytes", SPAN_LIT(""), NULL },
	{ "text", SPAN_LIT("199e2f91fd431d51"), NULL },
	{ "another packet", SPAN_LIT("\x99\x00\x01\x04"), NULL },
	{ "a length behind the end",
	    SPAN_LIT("\x89\x7f\x1f" V4 "\x00\x17" FINGERPRINT), NULL },
	{ "an area behind the end",
	    SPAN_LIT("\x88\x12" V4 "\x7f\x0a" ISSUER "\x00\x00"), NULL },
	{ "a subpacket behind the end",
	    SPAN_LIT("\x88\x0a" V4 "\x00\x02\x7f\x10\x00\x00"), NULL },
	{ "a short issuer",
	    SPAN_LIT("\x88\x0b" V4 "\x00\x03\x02\x10\x19\x00\x00"), NULL },
	{ "version 3, cut", SPAN_LIT("\x88\x05\x03\x05\x00\x01\x02"), NULL },
	{ "version 5", SPAN_LIT("\x88\x12\x05\x00\x01\x08\x00\x0a" ISSUER),
	    NULL },
	{ "a subpacket of no length",
	    SPAN_LIT("\x88\x09" V4 "\x00\x01\x00\x00\x00"), NULL },
};

static void
test_keyid(void **state)
{
	const struct keyid_case *c = *state;
	char text[17] = "";

	assert_int_equal(
	    rpm_signature_keyid(c->packet, text), c->keyid != NULL);
	if (c->keyid != NULL)
		assert_string_equal(text, c->keyid);
}

int
main(void)
{
	struct CMUnitTest
	    tests[TABLE_N(header_cases) + TABLE_N(keyid_cases) + 2] = {
		    cmocka_unit_test(test_bare),
		    cmocka_unit_test(test_last_holds),
	    };
	size_t n = 2;

	TABLE_ADD(tests, &n, header_cases, test_header);
	TABLE_ADD(tests, &n, keyid_cases, test_keyid);
	return cmocka_run_group_tests_name("rpm header", tests, NULL, NULL);
}
