-- name: datastream_ids
SELECT key & 4294967295, id, digest FROM datastream
WHERE key BETWEEN :low AND :high ORDER BY key;

-- name: datastream_raw_get
SELECT raw FROM datastream_raw WHERE key = :key;

-- name: datastream_row
SELECT id, kind, timestamp, scap_version, use_case, benchmark, title, version,
	status, digest
FROM datastream WHERE key = :key;

-- name: datastream_ref_rows
SELECT id, section, href FROM datastream_ref WHERE part = :key ORDER BY n;

-- name: datastream_profile_rows
SELECT id, title FROM datastream_profile WHERE part = :key ORDER BY n;

-- name: datastream_put
INSERT INTO datastream (key, id, kind, timestamp, scap_version, use_case,
	benchmark, title, version, status, digest)
VALUES (:key, :id, :kind, :timestamp, :scap_version, :use_case, :benchmark,
	:title, :version, :status, :digest);

-- name: datastream_ref_put
INSERT INTO datastream_ref (part, n, id, section, href)
VALUES (:part, :n, :id, :section, :href);

-- name: datastream_profile_put
INSERT INTO datastream_profile (part, n, id, title)
VALUES (:part, :n, :id, :title);

-- name: datastream_raw_put
INSERT INTO datastream_raw (key, raw) VALUES (:key, :raw);

-- name: datastream_delete
DELETE FROM datastream WHERE key = :key;

-- name: datastream_ref_delete
DELETE FROM datastream_ref WHERE part = :key;

-- name: datastream_profile_delete
DELETE FROM datastream_profile WHERE part = :key;

-- name: datastream_raw_delete
DELETE FROM datastream_raw WHERE key = :key;

-- name: datastream_find
SELECT key FROM datastream WHERE id = :id
UNION
SELECT part FROM datastream_profile WHERE id = :id
ORDER BY 1;
