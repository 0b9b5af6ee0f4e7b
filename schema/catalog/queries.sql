-- name: resource_get
SELECT origin, etag, last_modified, checked, fetched, sha256, size_bytes
FROM resource WHERE path = :path;

-- name: resource_set
INSERT INTO resource (path, source, origin, etag, last_modified, checked,
	fetched, sha256, size_bytes)
VALUES (:path, :source, :origin, :etag, :last_modified, :checked, :fetched,
	:sha256, :size_bytes)
ON CONFLICT (path) DO UPDATE SET source = excluded.source,
	origin = excluded.origin, etag = excluded.etag,
	last_modified = excluded.last_modified, checked = excluded.checked,
	fetched = excluded.fetched, sha256 = excluded.sha256,
	size_bytes = excluded.size_bytes;

-- name: document_list
SELECT name, source, family, format, distribution, release, flavour, path,
	origin, sha256, size_bytes, proof, proved, n_records, published, held
FROM document ORDER BY name;

-- name: document_set
INSERT INTO document (name, source, family, format, distribution, release,
	flavour, path, origin, sha256, size_bytes, proof, proved, n_records,
	published)
VALUES (:name, :source, :family, :format, :distribution, :release, :flavour,
	:path, :origin, :sha256, :size_bytes, :proof, :proved, :n_records,
	:published)
ON CONFLICT (name) DO UPDATE SET source = excluded.source,
	family = excluded.family, format = excluded.format,
	distribution = excluded.distribution, release = excluded.release,
	flavour = excluded.flavour, path = excluded.path,
	origin = excluded.origin, sha256 = excluded.sha256,
	size_bytes = excluded.size_bytes, proof = excluded.proof,
	proved = excluded.proved, n_records = excluded.n_records,
	published = excluded.published, held = '';

-- name: document_held
UPDATE document SET held = :held WHERE name = :name;

-- name: run_add
INSERT INTO run (started, ended, origin, n_fetched, n_unchanged,
	n_not_offered, n_refused, generation, result)
VALUES (:started, :ended, :origin, :n_fetched, :n_unchanged, :n_not_offered,
	:n_refused, :generation, :result);

-- name: run_last
SELECT id, started, ended, origin, n_fetched, n_unchanged, n_not_offered,
	n_refused, generation, result
FROM run ORDER BY id DESC LIMIT 1;

-- name: source_list
SELECT name, checked, changed, result, message FROM source ORDER BY name;

-- name: source_set
INSERT INTO source (name, checked, changed, result, message)
VALUES (:name, :checked, :changed, :result, :message)
ON CONFLICT (name) DO UPDATE SET checked = excluded.checked,
	changed = max(changed, excluded.changed), result = excluded.result,
	message = excluded.message;

-- name: generation_document_add
INSERT OR REPLACE INTO generation_document (generation, document, family,
	sha256)
SELECT :generation, name, family, sha256 FROM document;

-- name: generation_known
SELECT DISTINCT generation FROM generation_document ORDER BY generation;

-- name: generation_forget
DELETE FROM generation_document WHERE generation = :generation;

-- name: audit_add
INSERT INTO audit (time, subject, event, detail)
VALUES (:time, :subject, :event, :detail);
