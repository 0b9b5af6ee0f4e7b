-- The TUF metadata that tuf/metadata/timestamp.json leads to, for those who
-- only ask; the files themselves are what counts.
CREATE TABLE tuf_role (
	name TEXT PRIMARY KEY,          -- root timestamp snapshot targets redhat
	version INTEGER NOT NULL,
	expires INTEGER NOT NULL,
	threshold INTEGER NOT NULL,
	keyids TEXT NOT NULL,           -- hex, with blanks between
	sha256 TEXT NOT NULL,           -- of the file
	size_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The targets that it names: gc keeps their stored files.
CREATE TABLE tuf_target (
	path TEXT PRIMARY KEY,
	role TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	size_bytes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was signed, exported and imported, for good.
CREATE TABLE ledger (
	id INTEGER PRIMARY KEY,
	time INTEGER NOT NULL,
	event TEXT NOT NULL,            -- signed renewed exported imported
	generation INTEGER NOT NULL,    -- as its manifest numbers it
	made INTEGER NOT NULL,          -- when that was published there
	root INTEGER NOT NULL,          -- versions …
	timestamp INTEGER NOT NULL,
	snapshot INTEGER NOT NULL,
	snapshot_sha256 TEXT NOT NULL,
	name TEXT NOT NULL DEFAULT '',  -- of the file, as the user gave it
	sha256 TEXT NOT NULL DEFAULT '',-- of the bundle's OCI manifest
	size_bytes INTEGER NOT NULL DEFAULT 0,
	base TEXT NOT NULL DEFAULT '',  -- snapshot_sha256 that a delta needs
	sources TEXT NOT NULL DEFAULT '',-- words; empty: all
	expired INTEGER NOT NULL DEFAULT 0 -- taken with --accept-expired
) STRICT;
