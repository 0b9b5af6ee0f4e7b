-- name: document_list
SELECT id, name, format, source, distribution, release, flavour, path,
	sha256, size_bytes, published, n_records
FROM document ORDER BY name;
