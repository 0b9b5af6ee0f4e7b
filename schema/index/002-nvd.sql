-- NVD's records, both feed shapes. key = document << 32 | ordinal: several
-- feeds may hold the same CVE. Rows are what is asked for or joined with;
-- descriptions, references and configurations stand in the source bytes alone.

-- Source bytes of 64 records in the order of their ordinals, zstd with
-- dictionary: eval/raw_block.h. What they have in common is most of them.
-- OVAL's definitions stand here, too.
CREATE TABLE raw_block (
	key INTEGER PRIMARY KEY,        -- document << 32 | ordinal >> 6
	packed BLOB NOT NULL
) STRICT;

-- Records that are too large for a block.
CREATE TABLE raw_large (
	key INTEGER PRIMARY KEY,
	packed BLOB NOT NULL
) STRICT;

-- Times are milliseconds since 1970, UTC.
CREATE TABLE nvd_cve (
	key INTEGER PRIMARY KEY,
	id INTEGER NOT NULL,            -- < 0: eval/cve_number.h; else word
	published INTEGER NOT NULL,
	modified INTEGER NOT NULL,
	status INTEGER NOT NULL,        -- word: vulnStatus; 1.1 has none
	assigner INTEGER NOT NULL,      -- word
	tags INTEGER NOT NULL,          -- word, lines: disputed …
	metrics BLOB NOT NULL,          -- ratings: eval/nvd_metric.h
	digest BLOB NOT NULL            -- SHA-256 of the source bytes
) STRICT;

CREATE INDEX nvd_cve_id ON nvd_cve (id);

-- CISA's catalog, as far as NVD repeats it; dates as written.
CREATE TABLE nvd_kev (
	cve INTEGER PRIMARY KEY,        -- nvd_cve.key
	exploit_add TEXT NOT NULL,
	action_due TEXT NOT NULL,
	required_action TEXT NOT NULL,
	name TEXT NOT NULL
) STRICT;

-- Ratings that many records share; never renumbered.
CREATE TABLE nvd_rating (
	id INTEGER PRIMARY KEY,
	version TEXT NOT NULL,          -- 2.0 3.0 3.1 4.0
	vector TEXT NOT NULL,
	score REAL,
	severity TEXT NOT NULL,
	exploitability REAL,
	impact REAL
) STRICT;

CREATE INDEX nvd_rating_vector ON nvd_rating (vector);

-- Every product that a record's configurations name, whatever the role: who
-- asks for a CPE finds candidates here.
CREATE TABLE nvd_product (
	product INTEGER NOT NULL,       -- word: apache:log4j
	cve INTEGER NOT NULL,
	PRIMARY KEY (product, cve)
) STRICT, WITHOUT ROWID;
