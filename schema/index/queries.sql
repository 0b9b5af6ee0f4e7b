-- name: document_list
SELECT id, name, format, source, distribution, release, flavour, path,
	sha256, size_bytes, published, n_records, n_missing
FROM document ORDER BY name;

-- name: dictionary_last
SELECT bytes FROM dictionary WHERE format = :format ORDER BY id DESC LIMIT 1;

-- name: dictionary_max
SELECT coalesce(max(id), 0) FROM dictionary;

-- name: dictionary_get
SELECT bytes FROM dictionary WHERE id = :id;

-- name: dictionary_put
INSERT INTO dictionary (id, format, bytes) VALUES (:id, :format, :bytes);

-- name: document_get
SELECT id, sha256, format, source, distribution, release, flavour, path,
	n_records
FROM document WHERE name = :name;

-- name: document_add
INSERT INTO document (name, format, source, path, sha256, size_bytes)
VALUES (:name, '', '', '', '', 0);

-- name: document_put
UPDATE document SET format = :format, source = :source,
	distribution = :distribution, release = :release, flavour = :flavour,
	path = :path, sha256 = :sha256, size_bytes = :size_bytes,
	product_name = :product_name, product_version = :product_version,
	schema_version = :schema_version, published = :published,
	n_records = :n_records, n_missing = :n_missing
WHERE id = :id;

-- name: document_delete
DELETE FROM document WHERE id = :key;

-- name: place_get
SELECT offsets FROM place WHERE document = :document;

-- name: place_put
INSERT INTO place (document, offsets) VALUES (:document, :offsets)
ON CONFLICT (document) DO UPDATE SET offsets = :offsets;

-- name: place_delete
DELETE FROM place WHERE document = :key;

-- name: word_get
SELECT id FROM word WHERE value = :value;

-- name: word_put
INSERT INTO word (value) VALUES (:value);

-- name: raw_block_get
SELECT packed FROM raw_block WHERE key = :key;

-- name: raw_block_put
INSERT OR REPLACE INTO raw_block (key, packed) VALUES (:key, :packed);

-- name: raw_block_delete
DELETE FROM raw_block WHERE key = :key;

-- name: raw_large_get
SELECT packed FROM raw_large WHERE key = :key;

-- name: raw_large_put
INSERT OR REPLACE INTO raw_large (key, packed) VALUES (:key, :packed);

-- name: raw_large_delete
DELETE FROM raw_large WHERE key = :key;

-- name: word_value
SELECT value FROM word WHERE id = :id;

-- name: document_row
SELECT name, format, source, distribution, release, flavour, path, sha256,
	size_bytes, product_name, product_version, schema_version, published,
	n_records
FROM document WHERE id = :key;
