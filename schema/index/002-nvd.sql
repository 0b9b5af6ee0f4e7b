-- NVD's records, both feed shapes. key = document << 32 | ordinal: several
-- feeds may hold the same CVE. Times are milliseconds since 1970, UTC.

-- Match criteria that many records share; never renumbered.
CREATE TABLE nvd_criteria (
	id INTEGER PRIMARY KEY,
	cpe TEXT NOT NULL,              -- cpe:2.3:a:apache:log4j:*:…
	version_start TEXT NOT NULL,    -- empty: no bound
	start_excluding INTEGER NOT NULL,
	version_end TEXT NOT NULL,
	end_excluding INTEGER NOT NULL,
	match_id TEXT NOT NULL,         -- matchCriteriaId; 1.1 has none
	UNIQUE (cpe, version_start, start_excluding, version_end,
	    end_excluding, match_id)
) STRICT;

CREATE TABLE nvd_cve (
	key INTEGER PRIMARY KEY,
	id TEXT NOT NULL,               -- CVE-2021-44228
	published INTEGER NOT NULL,
	modified INTEGER NOT NULL,
	status TEXT NOT NULL,           -- vulnStatus; 1.1 has none
	assigner INTEGER NOT NULL,      -- word
	tags TEXT NOT NULL,             -- lines: disputed …
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

CREATE TABLE nvd_description (
	cve INTEGER NOT NULL,
	n INTEGER NOT NULL,
	lang TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (cve, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE nvd_metric (
	cve INTEGER NOT NULL,
	n INTEGER NOT NULL,
	version TEXT NOT NULL,          -- 2.0 3.0 3.1 4.0
	source INTEGER NOT NULL,        -- word
	is_primary INTEGER NOT NULL,
	vector TEXT NOT NULL,
	score REAL,
	severity TEXT NOT NULL,
	exploitability REAL,
	impact REAL,
	PRIMARY KEY (cve, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE nvd_weakness (
	cve INTEGER NOT NULL,
	n INTEGER NOT NULL,
	source INTEGER NOT NULL,        -- word
	value INTEGER NOT NULL,         -- word: CWE-79
	PRIMARY KEY (cve, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE nvd_reference (
	cve INTEGER NOT NULL,
	n INTEGER NOT NULL,
	url TEXT NOT NULL,
	source INTEGER NOT NULL,        -- word
	tags INTEGER NOT NULL,          -- word, lines
	PRIMARY KEY (cve, n)
) STRICT, WITHOUT ROWID;

-- Configurations as one tree a record: nodes without a parent are OR-ed.
CREATE TABLE nvd_node (
	cve INTEGER NOT NULL,
	node INTEGER NOT NULL,
	parent INTEGER NOT NULL,        -- -1: none
	is_and INTEGER NOT NULL,
	negate INTEGER NOT NULL,
	PRIMARY KEY (cve, node)
) STRICT, WITHOUT ROWID;

CREATE TABLE nvd_match (
	cve INTEGER NOT NULL,
	n INTEGER NOT NULL,
	node INTEGER NOT NULL,
	vulnerable INTEGER NOT NULL,
	criteria INTEGER NOT NULL,      -- nvd_criteria
	PRIMARY KEY (cve, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX nvd_match_criteria ON nvd_match (criteria);

-- The original record, zstd with dictionary.
CREATE TABLE nvd_raw (
	key INTEGER PRIMARY KEY,
	raw BLOB NOT NULL
) STRICT;
