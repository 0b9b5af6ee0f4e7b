/* SPDX-License-Identifier: Apache-2.0 */
/* Facts → inventory → facts; and bytes that no inventory has. */
#include <string.h>

#include "scanner/inventory.h"
#include "tests/unit/table.h"

/* Two packages, an owned file, four files, a pattern, and the rest. */
static struct package packages[] = {
	{ .kind = PACKAGE_DPKG,
	    .name = SPAN_LIT("bash"),
	    .arch = SPAN_LIT("amd64"),
	    .version = SPAN_LIT("5.0"),
	    .release = SPAN_LIT("4"),
	    .evr = SPAN_LIT("0:5.0-4"),
	    .full_version = SPAN_LIT("5.0-4"),
	    .source = SPAN_LIT("bash") },
	{ .kind = PACKAGE_RPM,
	    .name = SPAN_LIT("zlib"),
	    .arch = SPAN_LIT("(none)"),
	    .version = SPAN_LIT("1.2"),
	    .release = SPAN_LIT("3.el8"),
	    .epoch = SPAN_LIT("7"),
	    .evr = SPAN_LIT("7:1.2-3.el8"),
	    .full_version = SPAN_LIT("7:1.2-3.el8"),
	    .source_version = SPAN_LIT("1"),
	    .signature_keyid = SPAN_LIT("199e2f91fd431d51"),
	    .modularity = SPAN_LIT("a:b:1:2"),
	    .owns_files = true },
};
static struct package_file owned[] = {
	{ .package = 1, .path = SPAN_LIT("/etc/z"), .flags = 17 },
};
static struct file files[] = {
	{ .path = SPAN_LIT("/dev/null"),
	    .status = FILE_PRESENT,
	    .type = FILE_TYPE_CHARACTER },
	{ .path = SPAN_LIT("/etc/missing"), .status = FILE_MISSING },
	{ .path = SPAN_LIT("/etc/text"),
	    .status = FILE_PRESENT,
	    .text = SPAN_LIT("a\0b"),
	    .size_bytes = 3,
	    .uid = 5,
	    .mode = 0600,
	    .mtime = 9 },
	{ .path = SPAN_LIT("/etc/unread"),
	    .status = FILE_ERROR,
	    .text = SPAN_LIT("layer 2 ends early") },
};
static struct want wants[] = {
	{ .is_pattern = true, .path = SPAN_LIT("^/etc/.*$") },
	{ .is_owner = true, .path = SPAN_LIT("/etc/z") },
	{ .path = SPAN_LIT("/etc/text") },
};
static struct module_stream modules[] = {
	{ SPAN_LIT("nodejs"), SPAN_LIT("18"), true },
};
static struct span words[] = { SPAN_LIT("one"), SPAN_LIT("two") };
static struct fact_layer layers[] = {
	{ SPAN_LIT("sha256:aa"), SPAN_LIT("COPY x"), SPAN_LIT("2024") },
	{ SPAN_LIT("sha256:bb"), SPAN_LIT(""), SPAN_LIT("") },
};
static uint16_t package_layers[] = { 1, LAYER_NONE };

static void
facts_make(struct facts *f)
{
	const struct want_list asked = { .wants = wants, .n = 3 };

	*f = (struct facts){ .has_os_release = true,
		.os_id = SPAN_LIT("ubuntu"),
		.os_version_id = SPAN_LIT("20.04"),
		.os_codename = SPAN_LIT("focal"),
		.os_name = SPAN_LIT("Ubuntu 20.04 LTS"),
		.os_cpe = SPAN_LIT("cpe:/o:x"),
		.transport = TRANSPORT_OCI,
		.image_digest = SPAN_LIT("sha256:cc"),
		.architecture = SPAN_LIT("amd64"),
		.layers = layers,
		.n_layers = 2,
		.package_layers = package_layers,
		.modules = modules,
		.n_modules = 1,
		.repositories = words,
		.n_repositories = 2,
		.repositories_hint = true,
		.problems = words,
		.n_problems = 1 };
	f->system.packages = packages;
	f->system.n_packages = 2;
	f->system.package_files = owned;
	f->system.n_package_files = 1;
	f->system.files = files;
	f->system.n_files = 4;
	f->system.collected[PACKAGE_DPKG] = COLLECTION_COMPLETE;
	f->system.collected[PACKAGE_RPM] = COLLECTION_INCOMPLETE;
	f->system.collected_error[PACKAGE_RPM] = SPAN_LIT("cut off");
	f->system.is_oci_manifest = true;
	inventory_asked(f, &asked);
}

static void
encoded(struct buf *b)
{
	struct facts f;

	facts_make(&f);
	inventory_encode(&f, b);
	facts_cleanup(&f);
}

static void
assert_span(struct span is, struct span expected)
{
	assert_int_equal(is.len, expected.len);
	assert_int_equal(span_cmp(is, expected), 0);
}

static void
test_round_trip(void **state)
{
	struct buf b = { 0 };
	struct buf again = { 0 };
	struct digest d;
	struct facts f;
	struct err e;
	size_t i;

	(void)state;
	encoded(&b);
	assert_int_equal(inventory_decode(&f, buf_span(&b), &e), 0);
	inventory_encode(&f, &again);
	assert_span(buf_span(&again), buf_span(&b));
	digest_of(buf_span(&b), &d);
	assert_true(digest_eq(&d, &f.inventory_digest));
	assert_span(f.os_name, SPAN_LIT("Ubuntu 20.04 LTS"));
	for (i = 0; i < 2; i++) {
		const struct package *p = &f.system.packages[i];

		assert_int_equal(p->kind, packages[i].kind);
		assert_span(p->name, packages[i].name);
		assert_span(p->arch, packages[i].arch);
		assert_span(p->version, packages[i].version);
		assert_span(p->release, packages[i].release);
		assert_span(p->epoch, packages[i].epoch);
		assert_span(p->evr, packages[i].evr);
		assert_span(p->full_version, packages[i].full_version);
		assert_span(p->source, packages[i].source);
		assert_span(p->source_version, packages[i].source_version);
		assert_span(p->signature_keyid, packages[i].signature_keyid);
		assert_span(p->modularity, packages[i].modularity);
		assert_int_equal(p->owns_files, packages[i].owns_files);
	}
	assert_int_equal(
	    system_find(&f.system, PACKAGE_RPM, SPAN_LIT("zlib"), &i), 1);
	assert_int_equal(i, 1);
	assert_int_equal(f.system.package_files[0].package, 1);
	assert_int_equal(f.system.package_files[0].flags, 17);
	assert_span(system_file(&f.system, SPAN_LIT("/etc/text"))->text,
	    SPAN_LIT("a\0b"));
	assert_true(system_file(&f.system, SPAN_LIT("/etc/text"))->is_bare);
	assert_int_equal(f.system.files[0].type, FILE_TYPE_CHARACTER);
	assert_int_equal(f.system.files[1].status, FILE_MISSING);
	assert_span(f.system.files[3].text, SPAN_LIT("layer 2 ends early"));
	assert_true(f.system.has_asked);
	assert_int_equal(f.system.n_asked, 2);
	assert_true(f.system.is_oci_manifest);
	assert_span(f.system.collected_error[PACKAGE_RPM], SPAN_LIT("cut off"));
	assert_span(f.modules[0].stream, SPAN_LIT("18"));
	assert_span(f.repositories[1], SPAN_LIT("two"));
	assert_true(f.repositories_hint);
	assert_int_equal(f.n_problems, 1);
	facts_cleanup(&f);
	buf_cleanup(&b);
	buf_cleanup(&again);
}

static void
test_origin(void **state)
{
	struct buf b = { 0 };
	struct buf o = { 0 };
	struct facts f;
	struct err e = { 0 };

	(void)state;
	facts_make(&f);
	inventory_origin_encode(&f, &o);
	facts_cleanup(&f);
	encoded(&b);
	assert_int_equal(inventory_decode(&f, buf_span(&b), &e), 0);
	assert_int_equal(inventory_origin_decode(&f, buf_span(&o), &e), 0);
	assert_int_equal(f.transport, TRANSPORT_OCI);
	assert_span(f.image_digest, SPAN_LIT("sha256:cc"));
	assert_int_equal(f.n_layers, 2);
	assert_span(f.layers[0].created_by, SPAN_LIT("COPY x"));
	assert_int_equal(f.package_layers[0], 1);
	assert_int_equal(f.package_layers[1], LAYER_NONE);
	f.system.n_packages = 1; /* of another inventory */
	assert_int_equal(inventory_origin_decode(&f, buf_span(&o), &e), -1);
	assert_string_equal(
	    e.msg, "an image's origin is damaged: the number of packages");
	facts_cleanup(&f);
	buf_cleanup(&b);
	buf_cleanup(&o);
}

/* Every field counts. */
struct change_case {
	const char *name;
	void (*change)(struct facts *f);
	bool same; /* it is no part of the inventory */
};

static struct package changed_packages[2];
static struct file changed_files[4];

#define CHANGE(name, statement)           \
	static void name(struct facts *f) \
	{                                 \
		(void)f;                  \
		statement;                \
	}
CHANGE(c_os, f->os_cpe = SPAN_LIT("cpe:/o:y"))
CHANGE(c_reason, f->system.collected_error[1] = SPAN_LIT("cut"))
CHANGE(c_version, changed_packages[0].evr = SPAN_LIT("0:5.0-5"))
CHANGE(c_source, changed_packages[0].source = SPAN_LIT("b"))
CHANGE(c_key, changed_packages[1].signature_keyid = SPAN_LIT("(none)"))
CHANGE(c_bytes, changed_files[2].text = SPAN_LIT("a\0c"))
CHANGE(c_status, changed_files[1].status = FILE_ERROR)
CHANGE(c_asked, f->system.n_asked = 1)
CHANGE(c_module, f->n_modules = 0)
CHANGE(c_repository, f->n_repositories = 1)
CHANGE(c_problem, f->n_problems = 2)
CHANGE(c_owner, changed_files[2].uid = 0)
CHANGE(c_mtime, changed_files[2].mtime = 10)
CHANGE(c_layers, f->n_layers = 0)
CHANGE(c_digest, f->image_digest = SPAN_LIT("sha256:dd"))
CHANGE(c_transport, f->transport = TRANSPORT_ROOTFS)

static const struct change_case changes[] = {
	{ "os-release", c_os, false },
	{ "why a database is incomplete", c_reason, false },
	{ "a version", c_version, false },
	{ "a source package", c_source, false },
	{ "a key id", c_key, false },
	{ "a byte of a file", c_bytes, false },
	{ "a file that cannot be read", c_status, false },
	{ "what was asked for", c_asked, false },
	{ "a module", c_module, false },
	{ "a repository", c_repository, false },
	{ "a problem", c_problem, false },
	{ "the owner of a file is no part", c_owner, true },
	{ "the time of a file is no part", c_mtime, true },
	{ "layers are no part", c_layers, true },
	{ "the image's digest is no part", c_digest, true },
	{ "the transport is no part", c_transport, true },
};

static void
test_change(void **state)
{
	const struct change_case *row = *state;
	struct digest before, after;
	struct facts f;

	facts_make(&f);
	inventory_digest(&f, &before);
	memcpy(changed_packages, packages, sizeof(packages));
	memcpy(changed_files, files, sizeof(files));
	f.system.packages = changed_packages;
	f.system.files = changed_files;
	row->change(&f);
	inventory_digest(&f, &after);
	assert_int_equal(digest_eq(&before, &after), row->same);
	facts_cleanup(&f);
}

/* Each prefix is refused, and so is every byte that is not what it was, or
 * it is another inventory which is encoded so again. */
static void
test_damaged(void **state)
{
	struct buf b = { 0 };
	struct buf again = { 0 };
	struct facts f;
	struct err e;
	size_t i;
	unsigned bit;

	(void)state;
	encoded(&b);
	for (i = 0; i < b.len; i++) {
		assert_int_equal(
		    inventory_decode(&f, span_first(buf_span(&b), i), &e), -1);
		facts_cleanup(&f);
	}
	for (i = 0; i < b.len * 8; i++) {
		bit = 1u << (i % 8);
		b.ptr[i / 8] = (char)((unsigned char)b.ptr[i / 8] ^ bit);
		if (inventory_decode(&f, buf_span(&b), &e) == 0) {
			buf_reset(&again);
			inventory_encode(&f, &again);
			assert_span(buf_span(&again), buf_span(&b));
		} else {
			assert_true(e.code == ERR_FORMAT);
		}
		facts_cleanup(&f);
		b.ptr[i / 8] = (char)((unsigned char)b.ptr[i / 8] ^ bit);
	}
	buf_cleanup(&again);
	buf_cleanup(&b);
}

static void
test_other_form(void **state)
{
	struct facts f;
	struct err e;

	(void)state;
	assert_int_equal(
	    inventory_decode(&f, SPAN_LIT("\x15scapcache inventory 3"), &e),
	    -1);
	assert_string_equal(e.msg,
	    "the inventory is of the form \"scapcache inventory 3\", this "
	    "program reads \"scapcache inventory 2\": scan the image again");
	facts_cleanup(&f);
}

/* A file above the limit is one that could not be read, whoever asks. */
static void
test_large_file(void **state)
{
	static char bytes[INVENTORY_FILE_MAX + 1];
	struct buf b = { 0 };
	struct facts f;
	struct err e;

	(void)state;
	facts_make(&f);
	memcpy(changed_files, files, sizeof(files));
	changed_files[2].text = span_make(bytes, sizeof(bytes));
	f.system.files = changed_files;
	inventory_encode(&f, &b);
	facts_cleanup(&f);
	assert_int_equal(inventory_decode(&f, buf_span(&b), &e), 0);
	assert_int_equal(f.system.files[2].status, FILE_ERROR);
	assert_span(f.system.files[2].text,
	    SPAN_LIT("larger than what an inventory keeps"));
	facts_cleanup(&f);
	buf_cleanup(&b);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(changes) + 8] = { 0 };
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_origin),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_other_form),
		cmocka_unit_test(test_large_file),
	};
	size_t n = 0;
	size_t i;

	TABLE_ADD(tests, &n, changes, test_change);
	for (i = 0; i < TABLE_N(others); i++)
		tests[n++] = others[i];
	return _cmocka_run_group_tests("inventory", tests, n, NULL, NULL);
}
