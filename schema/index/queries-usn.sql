-- name: usn_ids
SELECT key & 4294967295, id, digest FROM usn WHERE key BETWEEN :low AND :high;

-- name: usn_raw_get
SELECT raw FROM usn_raw WHERE key = :key;

-- name: usn_put
INSERT INTO usn (key, id, published, title, digest)
VALUES (:key, :id, :published, :title, :digest);

-- name: usn_reference_put
INSERT INTO usn_reference (notice, n, value) VALUES (:notice, :n, :value);

-- name: usn_package_put
INSERT INTO usn_package (notice, release, is_source, name, version, pocket)
VALUES (:notice, :release, :is_source, :name, :version, :pocket);

-- name: usn_raw_put
INSERT INTO usn_raw (key, raw) VALUES (:key, :raw);

-- name: usn_delete
DELETE FROM usn WHERE key = :key;

-- name: usn_reference_delete
DELETE FROM usn_reference WHERE notice = :key;

-- name: usn_package_delete
DELETE FROM usn_package WHERE notice = :key;

-- name: usn_raw_delete
DELETE FROM usn_raw WHERE key = :key;

-- name: usn_row
SELECT id, published, title, digest FROM usn WHERE key = :key;

-- name: usn_reference_rows
SELECT value FROM usn_reference WHERE notice = :key ORDER BY n;

-- name: usn_package_names
SELECT notice, release, name FROM usn_package WHERE instr(name, :part) > 0
GROUP BY notice >> 32, release, name;

-- name: usn_package_find
SELECT p.notice, u.id, p.is_source, p.version, p.pocket
FROM usn_package p JOIN usn u ON u.key = p.notice
WHERE p.name = :name AND p.release = :release ORDER BY p.notice;

-- name: usn_package_rows
SELECT release, is_source, name, version, pocket FROM usn_package
WHERE notice = :key ORDER BY release, is_source DESC, name;

-- name: usn_find
SELECT key FROM usn WHERE id = :id ORDER BY key;

-- name: usn_about
SELECT notice FROM usn_reference WHERE value = :id ORDER BY notice;

-- name: change_usn
SELECT key & 4294967295, id, digest FROM usn
WHERE key BETWEEN :low AND :high ORDER BY key;
