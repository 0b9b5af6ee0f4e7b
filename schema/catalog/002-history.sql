-- What each generation was made from, and which one was current when. Rows of
-- generation and publication are kept for good; what a generation was made
-- from is kept as long as the stored files are (retention.blob_days).

CREATE TABLE generation (
	number INTEGER PRIMARY KEY,
	made INTEGER NOT NULL           -- when it was published
) STRICT;

-- Every change of index/current, in the order in which it happened: clocks
-- are set back, row ids are not.
CREATE TABLE publication (
	id INTEGER PRIMARY KEY,
	time INTEGER NOT NULL,
	generation INTEGER NOT NULL,
	event TEXT NOT NULL             -- published rolled-back
) STRICT;

-- A document as an index family had it, shared by the generations that hold
-- it.
CREATE TABLE indexed_document (
	id INTEGER PRIMARY KEY,
	family TEXT NOT NULL,
	name TEXT NOT NULL,
	format TEXT NOT NULL,
	source TEXT NOT NULL,
	path TEXT NOT NULL,
	sha256 TEXT NOT NULL,
	size_bytes INTEGER NOT NULL,
	distribution TEXT NOT NULL,
	release TEXT NOT NULL,
	flavour TEXT NOT NULL,
	UNIQUE (name, sha256, family, format, source, path, distribution,
	    release, flavour)
) STRICT;

DROP TABLE generation_document;

CREATE TABLE generation_document (
	generation INTEGER NOT NULL,
	document INTEGER NOT NULL,      -- indexed_document.id
	PRIMARY KEY (generation, document)
) STRICT, WITHOUT ROWID;
