-- name: cpe_ids
SELECT key & 4294967295, id, digest FROM cpe_product
WHERE key BETWEEN :low AND :high ORDER BY key;

-- name: cpe_names_get
SELECT names FROM cpe_names WHERE key = :key;

-- name: cpe_row
SELECT id, title, n, digest FROM cpe_product WHERE key = :key;

-- name: cpe_put
INSERT INTO cpe_product (key, id, title, n, digest)
VALUES (:key, :id, :title, :n, :digest);

-- name: cpe_names_put
INSERT INTO cpe_names (key, names) VALUES (:key, :names);

-- name: cpe_delete
DELETE FROM cpe_product WHERE key = :key;

-- name: cpe_names_delete
DELETE FROM cpe_names WHERE key = :key;

-- name: cpe_find
SELECT key FROM cpe_product WHERE id = :id ORDER BY key;
