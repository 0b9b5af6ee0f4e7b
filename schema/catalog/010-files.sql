-- Every mirrored file as it stood at its path, and the generations that show
-- it: a feed and what proves it belong together after a rollback, too.
CREATE TABLE file (
	id INTEGER PRIMARY KEY,
	path TEXT NOT NULL,             -- <host>/<path>
	source TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	size_bytes INTEGER NOT NULL,
	last_modified TEXT NOT NULL,    -- as upstream wrote it
	fetched INTEGER NOT NULL,       -- when it first came like this
	UNIQUE (path, sha256, source, last_modified)
) STRICT;

CREATE TABLE generation_file (
	generation INTEGER NOT NULL,
	file INTEGER NOT NULL,          -- file.id
	PRIMARY KEY (generation, file)
) STRICT, WITHOUT ROWID;
