-- The files of the repository before the one of now: who began to read it may
-- end, and a run may be killed before timestamp.json moves on.
CREATE TABLE tuf_previous (
	sha256 TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
