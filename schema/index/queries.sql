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
