-- SCAP data streams: what each collection holds. key = document << 32 |
-- ordinal, of a data stream or a component; the file itself is in the store.

CREATE TABLE datastream (
	key INTEGER PRIMARY KEY,
	id TEXT NOT NULL,               -- scap_org.open-scap_comp_…
	kind INTEGER NOT NULL,          -- enum datastream_kind
	timestamp TEXT NOT NULL,        -- as written
	scap_version TEXT NOT NULL,     -- of a data stream; so is:
	use_case TEXT NOT NULL,
	benchmark TEXT NOT NULL,        -- id of a benchmark; so are:
	title TEXT NOT NULL,
	version TEXT NOT NULL,
	status TEXT NOT NULL,
	digest BLOB NOT NULL            -- SHA-256 of datastream_raw, unpacked
) STRICT;

CREATE INDEX datastream_id ON datastream (id);

CREATE TABLE datastream_ref (
	part INTEGER NOT NULL,          -- datastream.key, of a data stream
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	section TEXT NOT NULL,          -- dictionaries checklists checks …
	href TEXT NOT NULL,             -- "#" component, or a URL elsewhere
	PRIMARY KEY (part, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE datastream_profile (
	part INTEGER NOT NULL,          -- datastream.key, of a benchmark
	n INTEGER NOT NULL,
	id TEXT NOT NULL,
	title TEXT NOT NULL,
	PRIMARY KEY (part, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX datastream_profile_id ON datastream_profile (id);

-- All of the above as it was read, and a digest of the source bytes: what the
-- words of a row were made of.
CREATE TABLE datastream_raw (
	key INTEGER PRIMARY KEY,
	raw BLOB NOT NULL
) STRICT;
