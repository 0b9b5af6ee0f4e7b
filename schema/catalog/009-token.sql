-- Who may ask the server: `token add`.
CREATE TABLE token (
	name TEXT PRIMARY KEY,
	salt BLOB NOT NULL,             -- empty, as the hash is: a certificate
	hash BLOB NOT NULL,             -- SHA-256 of salt and token
	scopes TEXT NOT NULL,           -- read,scan
	made INTEGER NOT NULL,
	expires INTEGER NOT NULL,       -- 0: never
	certificate INTEGER NOT NULL    -- the common name of one is its name
) STRICT, WITHOUT ROWID;
