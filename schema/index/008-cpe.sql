-- NVD's dictionary of CPE names by product. key = document << 32 | ordinal.

CREATE TABLE cpe_product (
	key INTEGER PRIMARY KEY,
	id TEXT NOT NULL,               -- cpe:2.3:a:apache:log4j
	title TEXT NOT NULL,            -- what the titles begin with
	n INTEGER NOT NULL,             -- names
	digest BLOB NOT NULL            -- SHA-256 of the names, unpacked
) STRICT;

CREATE INDEX cpe_product_id ON cpe_product (id);

-- Every name with its title and what took its place, in byte order
-- (eval/dictionary.h), zstd with dictionary.
CREATE TABLE cpe_names (
	key INTEGER PRIMARY KEY,
	names BLOB NOT NULL
) STRICT;
