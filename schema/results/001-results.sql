-- What was scanned and what came out (scanner/results.h). Times are seconds
-- since 1970; digests are SHA-256, 32 bytes.

-- What verdicts rest on, once each, however many images have it.
CREATE TABLE inventory (
	id INTEGER PRIMARY KEY,
	digest BLOB NOT NULL UNIQUE,    -- of the bytes, unpacked
	data BLOB NOT NULL,             -- zstd
	size_bytes INTEGER NOT NULL,    -- unpacked
	n_packages INTEGER NOT NULL,
	os TEXT NOT NULL,               -- for people: "Ubuntu 20.04 LTS"
	used INTEGER NOT NULL           -- last scanned or judged
) STRICT;

-- What was scanned: a target that turned out to be another image is another.
CREATE TABLE image (
	id INTEGER PRIMARY KEY,
	target TEXT NOT NULL,           -- as the user wrote it
	digest TEXT NOT NULL,           -- of the manifest; '': it has none
	platform TEXT NOT NULL,
	inventory INTEGER NOT NULL REFERENCES inventory (id),
	origin BLOB NOT NULL,           -- inventory_origin_encode(), zstd
	origin_size INTEGER NOT NULL,   -- bytes, unpacked
	first_scanned INTEGER NOT NULL,
	last_scanned INTEGER NOT NULL,
	UNIQUE (target, digest, platform)
) STRICT;
CREATE INDEX image_inventory ON image (inventory);

-- Policies, byte for byte: a verdict can be worked out again.
CREATE TABLE policy (
	id INTEGER PRIMARY KEY,
	digest BLOB NOT NULL UNIQUE,
	data BLOB NOT NULL,
	name TEXT NOT NULL              -- of the file, for messages
) STRICT;

CREATE TABLE verdict (
	id INTEGER PRIMARY KEY,
	digest BLOB NOT NULL UNIQUE,    -- of the record, unpacked
	inventory INTEGER NOT NULL REFERENCES inventory (id),
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

-- Facts of layers, so that no layer is read twice.
CREATE TABLE layer (
	id INTEGER PRIMARY KEY,
	diff_id BLOB NOT NULL,
	wanted BLOB NOT NULL,           -- digest of what was asked for
	data BLOB NOT NULL,             -- scanner/layer_facts.h, zstd
	size_bytes INTEGER NOT NULL,    -- unpacked
	used INTEGER NOT NULL,
	UNIQUE (diff_id, wanted)
) STRICT;
CREATE INDEX layer_used ON layer (used);
