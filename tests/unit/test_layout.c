/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "bundle/layout.h"
#include "bundle/refusal.h"
#include "tests/unit/table.h"

#define ZEROS "00000000000000000000000000000000"
#define HEX(c) ZEROS "000000000000000000000000000000" c

#define HEAD "{\"artifactType\":\"application/vnd.scapcache.bundle.v1\","
#define CONFIG                                                               \
	"\"config\":{\"digest\":\"sha256:"                                   \
	"44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a\"" \
	",\"mediaType\":\"application/vnd.oci.empty.v1+json\",\"size\":2},"
#define LAYER(type, name, hex, size)                              \
	"{\"annotations\":{\"tuf.io/filename\":\"" name           \
	"\"},\"digest\":\"sha256:" hex "\",\"mediaType\":\"" type \
	"\",\"size\":" size "}"
#define META(name, hex) LAYER(LAYOUT_METADATA, name, HEX(hex), "3")
#define TARGET(name, hex) LAYER(LAYOUT_TARGET, name, HEX(hex), "4")
#define PATCH(name, hex) LAYER(LAYOUT_PATCH, name, HEX(hex), "5")
#define END                                                               \
	"],\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\"," \
	"\"schemaVersion\":2}"
#define OF(layers) HEAD CONFIG "\"layers\":[" layers END

struct layout_case {
	const char *name;
	const char *input;
	enum refusal code;
	const char *expect;
};

#define NO(what) REFUSAL_SHAPE, "the manifest of the bundle: " what

static const struct layout_case cases[] = {
	{ "all kinds",
	    OF(META("1.root.json", "01") "," META("2.root.json", "02") "," META(
		"timestamp.json", "03") "," META("7.snapshot.json",
		"04") "," META("1.targets.json", "05") "," META("3.index.json",
		"06") "," META("5.redhat.json",
		"07") "," TARGET("index/manifest.json",
		"08") "," TARGET("index/NOTICE", "09") "," PATCH("nvd/h/x.gz",
		"0a") "," TARGET("ubuntu/h/a.b_c-d~e+f@g:h=20", "0a")),
	    REFUSAL_NONE,
	    "0 1.root.json 01 3; 0 2.root.json 02 3; 0 timestamp.json 03 3; "
	    "0 7.snapshot.json 04 3; 0 1.targets.json 05 3; "
	    "0 3.index.json 06 3; 0 5.redhat.json 07 3; "
	    "1 index/manifest.json 08 4; 1 index/NOTICE 09 4; "
	    "2 nvd/h/x.gz 0a 5; 1 ubuntu/h/a.b_c-d~e+f@g:h=20 0a 4; " },
	{ "a delta of some sources",
	    "{\"annotations\":{\"io.scapcache.base-snapshot\":\"" HEX(
		"0b") "\",\"io.scapcache.sources\":\"nvd rhel-oval\"},"
		      "\"artifactType\":\"application/vnd.scapcache.bundle.v1\"," CONFIG
		      "\"layers\":[" META("timestamp.json", "01") END,
	    REFUSAL_NONE,
	    "base " HEX("0b") " of nvd rhel-oval 0 timestamp.json 01 3; " },
	{ "no layers", OF(""), REFUSAL_NONE, "" },

	{ "nothing", "", NO("it is no JSON") },
	{ "breaks off", HEAD, NO("it is no JSON") },
	{ "an array", "[]", NO("this is another kind of artifact") },
	{ "an image",
	    "{\"artifactType\":\"application/vnd.example\"," CONFIG
	    "\"layers\":[" END,
	    NO("this is another kind of artifact") },
	{ "layers are none", HEAD CONFIG "\"layers\":{}}",
	    NO("it has no layers") },
	{ "white space", OF("") "\n", NO("it is not as scapcache writes it") },
	{ "a version of ours to come",
	    HEAD CONFIG
	    "\"layers\":[],"
	    "\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
	    "\"schemaVersion\":3}",
	    NO("it is not as scapcache writes it") },
	{ "a subject",
	    HEAD CONFIG
	    "\"layers\":[],"
	    "\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
	    "\"schemaVersion\":2,\"subject\":{}}",
	    NO("it is not as scapcache writes it") },
	{ "another configuration", HEAD "\"config\":{},\"layers\":[" END,
	    NO("it is not as scapcache writes it") },
	{ "a name twice",
	    OF(META("1.root.json", "01\",\"digest\":\"sha256:" HEX("02"))),
	    NO("it is not as scapcache writes it") },
	{ "a digest in capitals", OF(TARGET("a/b", "AB")),
	    NO("it is not as scapcache writes it") },
	{ "an escape in a name", OF(TARGET("a\\/b", "01")),
	    NO("it is not as scapcache writes it") },
	{ "a layer of another kind",
	    OF(LAYER("text/plain", "a/b", HEX("01"), "1")),
	    NO("a layer of a kind that is not known") },
	{ "a short digest", OF(LAYER(LAYOUT_TARGET, "a/b", "00", "1")),
	    NO("a layer without digest or size") },
	{ "a size below none", OF(LAYER(LAYOUT_TARGET, "a/b", HEX("01"), "-1")),
	    NO("a layer without digest or size") },
	{ "a size that is text",
	    OF(LAYER(LAYOUT_TARGET, "a/b", HEX("01"), "\"1\"")),
	    NO("it is not as scapcache writes it") },
	{ "a name that leads up", OF(TARGET("a/../b", "01")),
	    NO("a layer's name is not one of a bundle") },
	{ "an absolute name", OF(TARGET("/a", "01")),
	    NO("a layer's name is not one of a bundle") },
	{ "a quote in a name", OF(TARGET("a\\\"b", "01")),
	    NO("a layer's name is not one of a bundle") },
	{ "no name", OF(TARGET("", "01")),
	    NO("a layer's name is not one of a bundle") },
	{ "metadata without a version", OF(META("root.json", "01")),
	    NO("a layer's name is not one of a bundle") },
	{ "a version with a zero", OF(META("01.root.json", "01")),
	    NO("a layer's name is not one of a bundle") },
	{ "a timestamp with a version", OF(META("1.timestamp.json", "01")),
	    NO("a layer's name is not one of a bundle") },
	{ "a role in a folder", OF(META("1.a/b.json", "01")),
	    NO("a layer's name is not one of a bundle") },
	{ "not of JSON's name", OF(META("1.root.jso", "01")),
	    NO("a layer's name is not one of a bundle") },
	{ "no role", OF(META("1.json", "01")),
	    NO("a layer's name is not one of a bundle") },
	{ "a target before its metadata",
	    OF(TARGET("a/b", "01") "," META("timestamp.json", "02")),
	    NO("layers are not in their order") },
	{ "a target twice", OF(TARGET("a/b", "01") "," TARGET("a/b", "01")),
	    NO("layers are not in their order") },
	{ "a patch of a target that is there",
	    OF(TARGET("a/b", "01") "," PATCH("a/b", "02")),
	    NO("layers are not in their order") },
	{ "a root is left out",
	    OF(META("1.root.json", "01") "," META("3.root.json", "02")),
	    NO("layers are not in their order") },
	{ "two snapshots",
	    OF(META("1.snapshot.json", "01") "," META("2.snapshot.json", "02")),
	    NO("layers are not in their order") },
	{ "a role twice",
	    OF(META("1.nvd.json", "01") "," META("2.nvd.json", "02")),
	    NO("layers are not in their order") },
	{ "the generation's manifest behind others",
	    OF(TARGET("a/b", "01") "," TARGET("index/manifest.json", "02")),
	    NO("layers are not in their order") },
	{ "a base that is no digest",
	    "{\"annotations\":{"
	    "\"io.scapcache.base-snapshot\":\"00\"},\"artifactType\":"
	    "\"application/vnd.scapcache.bundle.v1\"," CONFIG
	    "\"layers\":[" END,
	    NO("io.scapcache.base-snapshot is no digest") },
	{ "sources that are none",
	    "{\"annotations\":{"
	    "\"io.scapcache.sources\":\"a  b\"},\"artifactType\":"
	    "\"application/vnd.scapcache.bundle.v1\"," CONFIG
	    "\"layers\":[" END,
	    NO("io.scapcache.sources names no sources") },
};

static void
print(struct buf *out, const struct layout *l)
{
	size_t i;

	if (l->base_snapshot.len > 0)
		buf_printf(out, "base %.*s ", SPAN_ARG(l->base_snapshot));
	if (l->sources.len > 0)
		buf_printf(out, "of %.*s ", SPAN_ARG(l->sources));
	for (i = 0; i < l->n_parts; i++)
		buf_printf(out, "%d %.*s %02x %ju; ", (int)l->parts[i].kind,
		    SPAN_ARG(l->parts[i].name),
		    l->parts[i].sha256.bytes[DIGEST_SIZE - 1],
		    (uintmax_t)l->parts[i].size_bytes);
}

static void
test_read(void **state)
{
	const struct layout_case *c = *state;
	struct arena arena = { 0 };
	struct buf got = { 0 };
	struct layout l;
	struct err e = { 0 };

	if (layout_read(span_of(c->input), &arena, &l, &e) != 0)
		buf_add_str(&got, e.msg);
	else
		print(&got, &l);
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(refusal_of(&e), c->code);
	buf_cleanup(&got);
	arena_cleanup(&arena);
}

static void
test_index(void **state)
{
	struct digest d = { .bytes = { [DIGEST_SIZE - 1] = 0x0c } };
	struct buf got = { 0 };

	(void)state;
	layout_index(&got, &d, 77);
	assert_string_equal(buf_str(&got),
	    "{\"manifests\":[{\"artifactType\":"
	    "\"application/vnd.scapcache.bundle.v1\",\"digest\":\"sha256:" HEX(
		"0c") "\",\"mediaType\":"
		      "\"application/vnd.oci.image.manifest.v1+json\",\"size\":77}],"
		      "\"mediaType\":\"application/vnd.oci.image.index.v1+json\","
		      "\"schemaVersion\":2}");
	buf_reset(&got);
	buf_add_span(&got, layout_oci());
	assert_string_equal(
	    buf_str(&got), "{\"imageLayoutVersion\":\"1.0.0\"}");
	buf_cleanup(&got);
}

struct name_case {
	const char *name;
	enum layout_kind kind;
	const char *part;
	const char *expect;
};

static const struct name_case names[] = {
	{ "names of metadata", LAYOUT_IS_METADATA, "7.redhat.json",
	    "blobs/sha256/" HEX("0d") " metadata/7.redhat.json" },
	{ "names of a target", LAYOUT_IS_TARGET, "redhat/host/x/y.bz2",
	    "blobs/sha256/" HEX("0d") " targets/redhat/host/x/" HEX(
		"0d") ".y.bz2 content/redhat/host/x/y.bz2" },
	{ "names of a target without a folder", LAYOUT_IS_TARGET, "y",
	    "blobs/sha256/" HEX("0d") " targets/" HEX("0d") ".y content/y" },
	{ "names of a patch", LAYOUT_IS_PATCH, "redhat/host/x/y.bz2",
	    "blobs/sha256/" HEX("0d") },
};

static void
test_names(void **state)
{
	const struct name_case *c = *state;
	struct layout_part p = { .kind = c->kind, .name = span_of(c->part) };
	struct buf got = { 0 }, path = { 0 };
	unsigned i;

	p.sha256.bytes[DIGEST_SIZE - 1] = 0x0d;
	layout_blob_path(&got, &p.sha256);
	for (i = 0; layout_link_path(&path, &p, i) == 1; i++) {
		buf_printf(&got, " %s", buf_str(&path));
		buf_reset(&path);
	}
	assert_string_equal(buf_str(&got), c->expect);
	buf_cleanup(&path);
	buf_cleanup(&got);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(names) + 1] = {
		cmocka_unit_test(test_index),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, cases, test_read);
	TABLE_ADD(tests, &n, names, test_names);
	return _cmocka_run_group_tests("layout", tests, n, NULL, NULL);
}
