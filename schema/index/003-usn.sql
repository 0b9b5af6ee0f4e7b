-- Ubuntu's notices. key = document << 32 | ordinal.

CREATE TABLE usn (
	key INTEGER PRIMARY KEY,
	id TEXT NOT NULL,               -- USN-4011-1
	published INTEGER NOT NULL,     -- seconds since 1970
	title TEXT NOT NULL,
	digest BLOB NOT NULL            -- SHA-256 of the source bytes
) STRICT;

CREATE INDEX usn_id ON usn (id);

-- CVEs and whatever else a notice names: bugs by URL.
CREATE TABLE usn_reference (
	notice INTEGER NOT NULL,        -- usn.key
	n INTEGER NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (notice, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX usn_reference_value ON usn_reference (value);

CREATE TABLE usn_package (
	notice INTEGER NOT NULL,
	release TEXT NOT NULL,          -- focal
	is_source INTEGER NOT NULL,
	name TEXT NOT NULL,
	version TEXT NOT NULL,          -- fixed in
	pocket TEXT NOT NULL,           -- security esm-infra …; empty: unsaid
	PRIMARY KEY (notice, release, is_source, name)
) STRICT, WITHOUT ROWID;

CREATE INDEX usn_package_name ON usn_package (name);

CREATE TABLE usn_raw (
	key INTEGER PRIMARY KEY,
	raw BLOB NOT NULL               -- zstd with dictionary
) STRICT;
