-- name: document_list
SELECT id, name, format, source, distribution, release, flavour, path,
	sha256, size_bytes, published, n_records
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
	n_records = :n_records
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

-- name: search_put
INSERT INTO search (rowid, head, body) VALUES (:key, :head, :body);

-- name: search_take
INSERT INTO search (search, rowid, head, body)
VALUES ('delete', :key, :head, :body);

-- name: definition_ids
SELECT key & 4294967295, id FROM definition WHERE key BETWEEN :low AND :high;

-- name: test_ids
SELECT key & 4294967295, id FROM test WHERE key BETWEEN :low AND :high;

-- name: object_ids
SELECT key & 4294967295, id FROM object WHERE key BETWEEN :low AND :high;

-- name: state_ids
SELECT key & 4294967295, id FROM state WHERE key BETWEEN :low AND :high;

-- name: variable_ids
SELECT key & 4294967295, id FROM variable WHERE key BETWEEN :low AND :high;

-- name: definition_get
SELECT digest, nodes FROM definition WHERE key = :key;

-- name: test_get
SELECT packed FROM test WHERE key = :key;

-- name: object_get
SELECT packed FROM object WHERE key = :key;

-- name: state_get
SELECT packed FROM state WHERE key = :key;

-- name: variable_get
SELECT packed FROM variable WHERE key = :key;

-- name: definition_put
INSERT INTO definition (key, id, version, class, deprecated, digest, nodes)
VALUES (:key, :id, :version, :class, :deprecated, :digest, :nodes)
ON CONFLICT (key) DO UPDATE SET version = :version, class = :class,
	deprecated = :deprecated, digest = :digest, nodes = :nodes;

-- name: definition_text_put
INSERT INTO definition_text (key, title, severity, raw)
VALUES (:key, :title, :severity, :raw)
ON CONFLICT (key) DO UPDATE SET title = :title, severity = :severity,
	raw = :raw;

-- name: test_put
INSERT INTO test (key, id, packed) VALUES (:key, :id, :packed)
ON CONFLICT (key) DO UPDATE SET packed = :packed;

-- name: object_put
INSERT INTO object (key, id, packed) VALUES (:key, :id, :packed)
ON CONFLICT (key) DO UPDATE SET packed = :packed;

-- name: state_put
INSERT INTO state (key, id, packed) VALUES (:key, :id, :packed)
ON CONFLICT (key) DO UPDATE SET packed = :packed;

-- name: variable_put
INSERT INTO variable (key, id, packed) VALUES (:key, :id, :packed)
ON CONFLICT (key) DO UPDATE SET packed = :packed;

-- name: definition_raw
SELECT raw FROM definition_text WHERE key = :key;

-- name: definition_delete
DELETE FROM definition WHERE key = :key;

-- name: definition_text_delete
DELETE FROM definition_text WHERE key = :key;

-- name: test_delete
DELETE FROM test WHERE key = :key;

-- name: object_delete
DELETE FROM object WHERE key = :key;

-- name: state_delete
DELETE FROM state WHERE key = :key;

-- name: variable_delete
DELETE FROM variable WHERE key = :key;

-- name: test_delete_all
DELETE FROM test WHERE key BETWEEN :low AND :high;

-- name: object_delete_all
DELETE FROM object WHERE key BETWEEN :low AND :high;

-- name: state_delete_all
DELETE FROM state WHERE key BETWEEN :low AND :high;

-- name: variable_delete_all
DELETE FROM variable WHERE key BETWEEN :low AND :high;

-- eval: begin
-- name: eval_definition
SELECT id, version, class, deprecated, nodes FROM definition WHERE key = :key;

-- name: eval_nodes
SELECT nodes FROM definition WHERE key = :key;

-- name: eval_raw
SELECT raw FROM definition_text WHERE key = :key;

-- name: eval_test
SELECT id, packed FROM test WHERE key = :key;

-- name: eval_object
SELECT id, packed FROM object WHERE key = :key;

-- name: eval_state
SELECT id, packed FROM state WHERE key = :key;

-- name: eval_variable
SELECT id, packed FROM variable WHERE key = :key;

-- name: eval_definition_max
SELECT max(key) FROM definition WHERE key BETWEEN :low AND :high;

-- name: eval_test_max
SELECT max(key) FROM test WHERE key BETWEEN :low AND :high;

-- name: eval_object_max
SELECT max(key) FROM object WHERE key BETWEEN :low AND :high;

-- name: eval_state_max
SELECT max(key) FROM state WHERE key BETWEEN :low AND :high;

-- name: eval_variable_max
SELECT max(key) FROM variable WHERE key BETWEEN :low AND :high;

-- name: eval_definition_keys
SELECT key & 4294967295 FROM definition WHERE key BETWEEN :low AND :high;

-- name: eval_test_keys
SELECT key & 4294967295 FROM test WHERE key BETWEEN :low AND :high;

-- name: eval_definition_find
SELECT key & 4294967295 FROM definition
WHERE key >> 32 = :document AND id = :id;

-- name: eval_definition_by_id
SELECT key & 4294967295, id FROM definition
WHERE key >> 32 = :document ORDER BY id;

-- name: eval_wants
SELECT DISTINCT kind, path FROM want;

-- eval: end

-- explain: begin
-- name: explain_find
SELECT rowid & 4294967295 FROM search
WHERE search MATCH :words AND rowid BETWEEN :low AND :high
ORDER BY rowid;
-- explain: end
