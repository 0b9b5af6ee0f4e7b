-- Advisories of every publisher (content/advisory.h). key = document << 32 |
-- ordinal. Times are seconds since 1970; 0: unsaid. A number in place of a
-- text is its row in word; 0: empty.

CREATE TABLE advisory (
	key INTEGER PRIMARY KEY,
	id TEXT NOT NULL,               -- CVE-2024-6387 RHSA-2024:4312 openssl
	published INTEGER NOT NULL,
	modified INTEGER NOT NULL,
	withdrawn INTEGER NOT NULL,
	severity INTEGER NOT NULL,
	title TEXT NOT NULL,
	digest BLOB NOT NULL            -- SHA-256 of the source bytes
) STRICT;

CREATE INDEX advisory_id ON advisory (id);

-- What a record is about: its aliases in their order, and the CVEs that only
-- its statements name.
CREATE TABLE advisory_alias (
	value INTEGER NOT NULL,         -- below 0: a CVE, eval/cve_number.h
	advisory INTEGER NOT NULL,      -- advisory.key
	n INTEGER NOT NULL,             -- -1: of a statement
	PRIMARY KEY (value, advisory)
) STRICT, WITHOUT ROWID;

CREATE INDEX advisory_alias_advisory ON advisory_alias (advisory);

-- What packages are part of, and in which form: few rows, many statements.
CREATE TABLE advisory_product (
	id INTEGER PRIMARY KEY,
	distribution INTEGER NOT NULL,  -- 0: the document's, and so is release
	release INTEGER NOT NULL,
	pocket INTEGER NOT NULL,
	module INTEGER NOT NULL,
	arch INTEGER NOT NULL,
	is_source INTEGER NOT NULL,
	UNIQUE (distribution, release, pocket, module, arch, is_source)
) STRICT;

-- All that one record states of one package, eval/advisory_pack.h: a row a
-- statement would take four times the room.
CREATE TABLE advisory_package (
	name INTEGER NOT NULL,
	advisory INTEGER NOT NULL,      -- advisory.key
	packed BLOB NOT NULL,
	PRIMARY KEY (name, advisory)
) STRICT, WITHOUT ROWID;

CREATE INDEX advisory_package_advisory ON advisory_package (advisory);

-- The summary and the record's source bytes, zstd with dictionary.
CREATE TABLE advisory_raw (
	key INTEGER PRIMARY KEY,
	raw BLOB NOT NULL
) STRICT;

-- Lines of a list of deletions that are over: an archive or document of the
-- source that is newer than the line has the record again (FORMATS 4.1). A
-- document is as new as the newest of its records, which is what it says of
-- itself; none of them may have changed since.
CREATE VIEW advisory_undone AS
SELECT x.key AS key
FROM advisory x JOIN document o ON o.id = x.key >> 32
WHERE o.format = 'csaf-deletions' AND EXISTS
	(SELECT 1 FROM advisory a JOIN document d ON d.id = a.key >> 32
	WHERE a.id = x.id AND d.source = o.source AND d.format = 'csaf' AND
		unixepoch(d.published) > x.modified);

-- Sources that publish an archive and its changes hold several records of one
-- id: key gives way to newer. What was undone gives way to all; of the same
-- time what is withdrawn, then the later name: nothing is clean by chance.
CREATE VIEW advisory_rival AS
SELECT a.key AS key, b.key AS newer
FROM advisory a JOIN advisory b ON b.id = a.id AND b.key <> a.key
	JOIN document d ON d.id = a.key >> 32
	JOIN document o ON o.id = b.key >> 32
WHERE d.source = o.source AND
	d.format IN ('csaf', 'csaf-deletions', 'openvex', 'osv') AND
	o.format IN ('csaf', 'csaf-deletions', 'openvex', 'osv') AND
	(NOT EXISTS (SELECT 1 FROM advisory_undone u WHERE u.key = b.key),
		b.modified, a.withdrawn, d.name) >
	(NOT EXISTS (SELECT 1 FROM advisory_undone u WHERE u.key = a.key),
		a.modified, b.withdrawn, o.name);
