-- One file an index family (ubuntu, redhat, nvd …). Surrogate ids and
-- ordinals never leave the file: the content digest is over keys.
-- key = document << 32 | ordinal; ordinals count a document's definitions,
-- tests, objects, states and variables each from 0 and stay with their id
-- from one publication to the next; a removed one leaves a hole.

CREATE TABLE document (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,      -- com.ubuntu.focal.cve.oval
	format TEXT NOT NULL,           -- oval nvd csaf … (indexer/family.c)
	source TEXT NOT NULL,           -- row of the sources table
	distribution TEXT NOT NULL DEFAULT '', -- os-release ID it judges
	release TEXT NOT NULL DEFAULT '',
	flavour TEXT NOT NULL DEFAULT '',
	path TEXT NOT NULL,             -- <host>/<path>
	sha256 TEXT NOT NULL,           -- of the stored file, hex
	size_bytes INTEGER NOT NULL,
	product_name TEXT NOT NULL DEFAULT '',
	product_version TEXT NOT NULL DEFAULT '',
	schema_version TEXT NOT NULL DEFAULT '',
	published TEXT NOT NULL DEFAULT '', -- as written in the document
	n_records INTEGER NOT NULL DEFAULT 0,
	n_missing INTEGER NOT NULL DEFAULT 0 -- OVAL: tests that are not there
) STRICT;

CREATE TABLE definition (
	key INTEGER PRIMARY KEY,
	id TEXT NOT NULL,
	version INTEGER NOT NULL,
	class INTEGER NOT NULL,         -- enum oval_class
	deprecated INTEGER NOT NULL,
	digest BLOB NOT NULL,           -- SHA-256 of the source bytes
	nodes BLOB NOT NULL             -- oval_pack_nodes()
) STRICT;

-- What people read: kept apart from what a scan reads. Source bytes stand in
-- raw_block and raw_large (002-nvd.sql).
CREATE TABLE definition_text (
	key INTEGER PRIMARY KEY,
	title TEXT NOT NULL,
	severity TEXT NOT NULL
) STRICT;

-- Where a document's records stand in the unpacked file. One row, so that a
-- record that only moved costs no write of its own: pairs of varints, ordinal
-- minus the last one's and offset minus the last one's, both signed.
CREATE TABLE place (
	document INTEGER PRIMARY KEY,
	offsets BLOB NOT NULL
) STRICT;

-- Ids of definitions in byte order, with what a report lists of them:
-- oval_id sorts (document, id) and covers the key.
CREATE UNIQUE INDEX definition_id ON definition (key >> 32, id);

CREATE TABLE test (
	key INTEGER PRIMARY KEY,
	id TEXT NOT NULL,
	packed BLOB NOT NULL            -- oval_pack_test()
) STRICT;

CREATE TABLE object (
	key INTEGER PRIMARY KEY,
	id TEXT NOT NULL,
	packed BLOB NOT NULL
) STRICT;

CREATE TABLE state (
	key INTEGER PRIMARY KEY,
	id TEXT NOT NULL,
	packed BLOB NOT NULL
) STRICT;

CREATE TABLE variable (
	key INTEGER PRIMARY KEY,
	id TEXT NOT NULL,
	packed BLOB NOT NULL
) STRICT;

-- The plan of a document (eval/plan.h). Lists are varint deltas of ordinals.
CREATE TABLE plan (
	document INTEGER PRIMARY KEY,
	facts BLOB,                     -- tests that decide the baseline;
	                                -- NULL: everything is evaluated
	always BLOB NOT NULL,           -- tests that no name leads to
	ids BLOB NOT NULL               -- definitions by id (eval/id_list.h)
) STRICT;

CREATE TABLE package_test (
	document INTEGER NOT NULL,
	kind INTEGER NOT NULL,          -- enum package_kind
	name TEXT NOT NULL,
	tests BLOB NOT NULL,
	PRIMARY KEY (document, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE test_definition (
	key INTEGER PRIMARY KEY,        -- of the test
	definitions BLOB NOT NULL       -- all above it, through extends
) STRICT;

CREATE TABLE baseline (
	document INTEGER NOT NULL,
	vector BLOB NOT NULL,           -- results of the facts, a byte each
	definitions BLOB NOT NULL,      -- results by ordinal, a byte each
	tests BLOB NOT NULL,
	PRIMARY KEY (document, vector)
) STRICT, WITHOUT ROWID;

CREATE TABLE want (
	document INTEGER NOT NULL,
	kind INTEGER NOT NULL,          -- enum want_kind
	path TEXT NOT NULL,
	PRIMARY KEY (document, kind, path)
) STRICT, WITHOUT ROWID;

-- zstd dictionaries; a row names its dictionary in the frame header.
CREATE TABLE dictionary (
	id INTEGER PRIMARY KEY,
	format TEXT NOT NULL,           -- as document.format: new rows use the
	                                -- last one of their format
	bytes BLOB NOT NULL
) STRICT;

-- Texts that many records share; never renumbered.
CREATE TABLE word (
	id INTEGER PRIMARY KEY,
	value TEXT NOT NULL UNIQUE
) STRICT;
