-- What signing knows of the last time.
CREATE TABLE signing (
	id INTEGER PRIMARY KEY CHECK (id = 1),
	content TEXT NOT NULL DEFAULT '', -- of the manifest, without the times
	                                -- at which sources were asked: sha256
	failed INTEGER NOT NULL DEFAULT 0, -- since when it fails; 0: it does not
	message TEXT NOT NULL DEFAULT ''-- why
) STRICT;

-- Content digests of index files, which stay as they are for good.
CREATE TABLE family_digest (
	family TEXT PRIMARY KEY,
	file TEXT NOT NULL,             -- program, device, inode, size, time
	content TEXT NOT NULL
) STRICT, WITHOUT ROWID;
