-- What was fetched from where, when, and how it was proved. Times are
-- seconds since 1970, UTC.

-- One row an upstream URL that was ever asked for.
CREATE TABLE resource (
	path TEXT PRIMARY KEY,          -- <host>/<path>
	source TEXT NOT NULL,
	origin TEXT NOT NULL,           -- URL or tree that the validators are of
	etag TEXT NOT NULL DEFAULT '',
	last_modified TEXT NOT NULL DEFAULT '',
	checked INTEGER NOT NULL,       -- last answer, also 304
	fetched INTEGER NOT NULL,       -- last body
	sha256 TEXT NOT NULL DEFAULT '',-- of the last accepted body
	size_bytes INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- The accepted file behind each document.
CREATE TABLE document (
	name TEXT PRIMARY KEY,          -- com.ubuntu.focal.cve.oval
	source TEXT NOT NULL,
	family TEXT NOT NULL,
	format TEXT NOT NULL,
	distribution TEXT NOT NULL DEFAULT '',
	release TEXT NOT NULL DEFAULT '',
	flavour TEXT NOT NULL DEFAULT '',
	path TEXT NOT NULL,
	origin TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	size_bytes INTEGER NOT NULL,
	proof TEXT NOT NULL,            -- proof_name()
	proved INTEGER NOT NULL,
	n_records INTEGER NOT NULL,
	published TEXT NOT NULL DEFAULT '',
	held TEXT NOT NULL DEFAULT ''   -- why a newer file was refused
) STRICT, WITHOUT ROWID;

CREATE TABLE run (
	id INTEGER PRIMARY KEY,
	started INTEGER NOT NULL,
	ended INTEGER NOT NULL,
	origin TEXT NOT NULL,
	n_fetched INTEGER NOT NULL,
	n_unchanged INTEGER NOT NULL,
	n_not_offered INTEGER NOT NULL,
	n_refused INTEGER NOT NULL,
	generation INTEGER NOT NULL,    -- current when the run ended
	result TEXT NOT NULL            -- ok failed
) STRICT;

-- Last word about each source.
CREATE TABLE source (
	name TEXT PRIMARY KEY,
	checked INTEGER NOT NULL,       -- last time that it was asked
	changed INTEGER NOT NULL,       -- last time that something new came
	result TEXT NOT NULL,           -- ok failed held
	message TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- Which stored file each document of a generation was made from.
CREATE TABLE generation_document (
	generation INTEGER NOT NULL,
	document TEXT NOT NULL,
	family TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	PRIMARY KEY (generation, document)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
	id INTEGER PRIMARY KEY,
	time INTEGER NOT NULL,
	subject TEXT NOT NULL,
	event TEXT NOT NULL,
	detail TEXT NOT NULL
) STRICT;
