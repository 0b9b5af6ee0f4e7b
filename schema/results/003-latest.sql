-- What stands for an image, for lists that are asked for often: kept apart
-- from its row, which is long.
CREATE TABLE latest (
	image INTEGER PRIMARY KEY REFERENCES image (id),
	name TEXT NOT NULL UNIQUE,      -- its public id
	scanned INTEGER NOT NULL,       -- last
	verdict INTEGER,                -- NULL: none of the image as it is
	cves BLOB                       -- digest of its rows in image_cve
) STRICT;
CREATE INDEX latest_scanned ON latest (scanned, image);
CREATE INDEX latest_verdict ON latest (verdict);

-- CVEs, or notices, of the findings of the verdicts that stand.
CREATE TABLE cve (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE image_cve (
	image INTEGER NOT NULL,
	cve INTEGER NOT NULL,
	fails INTEGER NOT NULL,         -- one of its findings does
	PRIMARY KEY (image, cve)
) STRICT, WITHOUT ROWID;
CREATE INDEX image_cve_cve ON image_cve (cve, image);

-- Findings of a verdict by severity, and how many are waived: base/pack.h;
-- NULL: not counted yet.
ALTER TABLE verdict ADD COLUMN counts BLOB;
CREATE INDEX verdict_target ON verdict (target, image, id);

-- Findings of verdicts with all evidence, made when they are first looked at
-- (scanner/roll.h): the least recently used go first.
CREATE TABLE roll (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,
	data BLOB NOT NULL,             -- zstd
	size_bytes INTEGER NOT NULL,    -- unpacked
	used INTEGER NOT NULL
) STRICT;
CREATE INDEX roll_used ON roll (used);

-- Scans that somebody asked for over HTTP and did not wait for.
CREATE TABLE job (
	id INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE,      -- its public id
	state INTEGER NOT NULL,         -- 1 queued, 2 running, 3 done, 4 failed
	target TEXT NOT NULL,
	who TEXT NOT NULL,              -- of the token; '': nobody's
	created INTEGER NOT NULL,
	started INTEGER NOT NULL,       -- 0: not yet
	ended INTEGER NOT NULL,         -- 0: not yet
	verdict INTEGER NOT NULL,       -- 0: none
	record BLOB,                    -- digest of the verdict's; NULL: none
	image TEXT NOT NULL,            -- its public id; '': none
	why TEXT NOT NULL               -- it failed
) STRICT;
