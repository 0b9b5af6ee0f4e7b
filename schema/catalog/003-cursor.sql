-- How far the pages of an API were read: a window of times of change, seconds
-- since 1970. Pages that came are resources of their own.
CREATE TABLE cursor (
	source TEXT PRIMARY KEY,
	since INTEGER NOT NULL,
	until INTEGER NOT NULL,
	total INTEGER NOT NULL,         -- records, as its first page said
	done INTEGER NOT NULL           -- all of it is in the index
) STRICT, WITHOUT ROWID;
