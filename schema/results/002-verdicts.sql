-- A verdict is of an image, not of an inventory alone: waivers may name it.
DROP TABLE verdict;
CREATE TABLE verdict (
	id INTEGER PRIMARY KEY,
	digest BLOB NOT NULL UNIQUE,    -- of the record, unpacked
	inventory INTEGER NOT NULL REFERENCES inventory (id),
	target TEXT NOT NULL,           -- waivers may name it, and …
	image TEXT NOT NULL,            -- … the manifest's digest; '': none
	policy INTEGER REFERENCES policy (id), -- NULL: judged without one
	generation INTEGER NOT NULL,    -- 0: there was none
	content BLOB NOT NULL,          -- digest of what the generation holds
	fail_on INTEGER,                -- --fail-on; NULL: not asked for
	document TEXT NOT NULL,         -- --document; '': all that apply
	judged_at INTEGER NOT NULL,
	verdict INTEGER NOT NULL,       -- 1 pass, 2 fail, 3 unknown
	n_findings INTEGER NOT NULL,
	n_failing INTEGER NOT NULL,
	record BLOB NOT NULL,           -- canonical JSON, zstd
	record_size INTEGER NOT NULL    -- bytes, unpacked
) STRICT;
CREATE INDEX verdict_inventory ON verdict (inventory, id);
CREATE INDEX verdict_policy ON verdict (policy);
