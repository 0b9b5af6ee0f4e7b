-- name: layer_get
SELECT id, data, size_bytes, used FROM layer
WHERE diff_id = :diff_id AND wanted = :wanted;

-- name: layer_put
INSERT INTO layer (diff_id, wanted, data, size_bytes, used)
VALUES (:diff_id, :wanted, :data, :size_bytes, :used)
ON CONFLICT (diff_id, wanted) DO UPDATE SET data = excluded.data,
	size_bytes = excluded.size_bytes, used = excluded.used;

-- name: layer_touch
UPDATE layer SET used = :used WHERE id = :id AND used < :used;

-- name: layer_sum
SELECT COUNT(*), COALESCE(SUM(LENGTH(data)), 0) FROM layer;

-- name: layer_oldest
SELECT id, LENGTH(data), used FROM layer ORDER BY used, id;

-- name: layer_delete
DELETE FROM layer WHERE id = :id;

-- name: inventory_put
INSERT INTO inventory (digest, data, size_bytes, n_packages, os, used)
VALUES (:digest, :data, :size_bytes, :n_packages, :os, :used)
ON CONFLICT (digest) DO UPDATE SET used = MAX(used, excluded.used);

-- name: inventory_find
SELECT id, data, size_bytes, n_packages, os FROM inventory
WHERE digest = :digest;

-- name: inventory_id
SELECT id FROM inventory WHERE digest = :digest;

-- name: inventory_count
SELECT COUNT(*), COALESCE(SUM(LENGTH(data)), 0),
	COALESCE(SUM(size_bytes), 0)
FROM inventory;

-- name: inventory_stale
SELECT id, LENGTH(data), digest FROM inventory AS i
WHERE used < :before AND NOT EXISTS (
	SELECT 1 FROM image WHERE inventory = i.id
	AND last_scanned >= :before)
ORDER BY id;

-- name: inventory_delete
DELETE FROM inventory WHERE id = :id;

-- name: image_put
INSERT INTO image (target, digest, platform, inventory, origin, origin_size,
	first_scanned, last_scanned)
VALUES (:target, :digest, :platform, :inventory, :origin, :origin_size, :now,
	:now)
ON CONFLICT (target, digest, platform) DO UPDATE SET
	inventory = excluded.inventory, origin = excluded.origin,
	origin_size = excluded.origin_size,
	last_scanned = MAX(last_scanned, excluded.last_scanned);

-- An inventory that is not there is damage, not one image less.
-- name: image_list
SELECT i.id, i.target, i.digest, i.platform, i.first_scanned, i.last_scanned,
	v.digest, v.size_bytes, v.n_packages, v.os
FROM image AS i LEFT JOIN inventory AS v ON v.id = i.inventory
ORDER BY i.target, i.last_scanned DESC, i.digest, i.platform;

-- name: image_origin
SELECT origin, origin_size FROM image WHERE inventory = :inventory
ORDER BY last_scanned DESC, id LIMIT 1;

-- name: image_count
SELECT COUNT(*) FROM image;

-- name: image_delete_of
DELETE FROM image WHERE inventory = :inventory;

-- name: policy_put
INSERT INTO policy (digest, data, name) VALUES (:digest, :data, :name)
ON CONFLICT (digest) DO NOTHING;

-- name: policy_find
SELECT id, data, name FROM policy WHERE digest = :digest;

-- name: policy_drop_unused
DELETE FROM policy WHERE id NOT IN (
	SELECT policy FROM verdict WHERE policy IS NOT NULL);

-- name: verdict_put
INSERT INTO verdict (digest, inventory, target, image, policy, generation, content, fail_on,
	document, judged_at, verdict, n_findings, n_failing, record, record_size)
VALUES (:digest, :inventory, :target, :image, (SELECT id FROM policy WHERE digest = :policy),
	:generation, :content, :fail_on, :document, :judged_at, :verdict, :n_findings, :n_failing,
	:record, :record_size)
ON CONFLICT (digest) DO NOTHING;

-- name: verdict_list
SELECT v.id, v.digest, i.digest, p.digest, v.generation, v.judged_at,
	v.verdict, v.n_findings, v.n_failing, i.os, v.content,
	v.fail_on, v.document, v.target, v.image
FROM verdict AS v LEFT JOIN inventory AS i ON i.id = v.inventory
LEFT JOIN policy AS p ON p.id = v.policy
ORDER BY v.id;

-- name: verdict_last
SELECT v.id, v.digest, i.digest, p.digest, v.generation, v.judged_at,
	v.verdict, v.n_findings, v.n_failing, i.os, v.content,
	v.fail_on, v.document, v.target, v.image
FROM verdict AS v JOIN inventory AS i ON i.id = v.inventory
LEFT JOIN policy AS p ON p.id = v.policy
WHERE v.inventory = :inventory AND v.target = :target
	AND v.image = :image
ORDER BY v.id DESC LIMIT 1;

-- name: verdict_record
SELECT record, record_size FROM verdict WHERE digest = :digest;

-- name: verdict_count
SELECT COUNT(*), COALESCE(SUM(LENGTH(record)), 0) FROM verdict;

-- name: verdict_stale
SELECT id, LENGTH(record), digest FROM verdict AS v
WHERE judged_at < :before AND id < (
	SELECT MAX(id) FROM verdict WHERE inventory = v.inventory
	AND target = v.target AND image = v.image)
ORDER BY id;

-- name: verdict_delete
DELETE FROM verdict WHERE id = :id;

-- name: verdict_delete_of
DELETE FROM verdict WHERE inventory = :inventory;
