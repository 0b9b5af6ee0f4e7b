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

-- name: latest_delete_of
DELETE FROM latest WHERE image IN (
	SELECT id FROM image WHERE inventory = :inventory);

-- name: latest_cves_delete_of
DELETE FROM latest_cves WHERE image IN (
	SELECT id FROM image WHERE inventory = :inventory);

-- name: image_id
SELECT id FROM image
WHERE target = :target AND digest = :digest AND platform = :platform;

-- Images that a verdict may stand for, and when the one that does judged.
-- name: image_judged
SELECT i.id, COALESCE(v.judged_at, -1), COALESCE(v.id, 0)
FROM image AS i JOIN latest AS l ON l.image = i.id
LEFT JOIN verdict AS v ON v.id = l.verdict
WHERE i.inventory = :inventory AND i.target = :target AND i.digest = :image;

-- Scanned again: what has changed has no verdict yet.
-- name: latest_put
INSERT INTO latest (image, name, scanned, verdict)
VALUES (:image, :name, :now, NULL)
ON CONFLICT (image) DO UPDATE SET scanned = MAX(scanned, excluded.scanned),
	verdict = (SELECT v.id FROM verdict AS v JOIN image AS i ON i.id = :image
		WHERE v.id = latest.verdict AND v.inventory = i.inventory);

-- name: latest_judge
UPDATE latest SET verdict = :verdict WHERE image = :image;

-- Rows of a file that an older version made.
-- name: latest_missing
SELECT i.id, i.target, i.digest, i.platform, i.last_scanned,
	COALESCE((SELECT v.id FROM verdict AS v
		WHERE v.inventory = i.inventory AND v.target = i.target
		AND v.image = i.digest AND v.document = ''
		ORDER BY v.judged_at DESC, v.id DESC LIMIT 1), 0)
FROM image AS i LEFT JOIN latest AS l ON l.image = i.id
WHERE l.image IS NULL ORDER BY i.id LIMIT 1;

-- name: latest_cves_get
SELECT data FROM latest_cves WHERE image = :image;

-- name: latest_cves_put
INSERT INTO latest_cves (image, data) VALUES (:image, :data)
ON CONFLICT (image) DO UPDATE SET data = excluded.data;

-- name: latest_cves_list
SELECT image, data FROM latest_cves ORDER BY image DESC;

-- The columns of the next three are read by one function.
-- name: image_page
SELECT l.name, i.target, i.digest, i.platform, i.first_scanned, l.scanned,
	n.digest, n.size_bytes, n.n_packages, n.os, 0,
	v.id, v.digest, n.digest, p.digest, v.generation, v.judged_at,
	v.verdict, v.n_findings, v.n_failing, n.os, v.content,
	v.fail_on, v.document, v.target, v.image, v.counts
FROM latest AS l JOIN image AS i ON i.id = l.image
JOIN inventory AS n ON n.id = i.inventory
LEFT JOIN verdict AS v ON v.id = l.verdict
LEFT JOIN policy AS p ON p.id = v.policy
WHERE (:verdict < 0 OR COALESCE(v.verdict, 0) = :verdict)
	AND (:words = '' OR INSTR(LOWER(i.target), :words) > 0
		OR INSTR(i.digest, :words) > 0
		OR INSTR(LOWER(n.os), :words) > 0)
ORDER BY l.scanned DESC, l.image DESC LIMIT :limit OFFSET :offset;

-- name: image_page_count
SELECT COUNT(*)
FROM latest AS l JOIN image AS i ON i.id = l.image
JOIN inventory AS n ON n.id = i.inventory
LEFT JOIN verdict AS v ON v.id = l.verdict
WHERE (:verdict < 0 OR COALESCE(v.verdict, 0) = :verdict)
	AND (:words = '' OR INSTR(LOWER(i.target), :words) > 0
		OR INSTR(i.digest, :words) > 0
		OR INSTR(LOWER(n.os), :words) > 0);

-- name: image_doubts
SELECT v.verdict, v.generation, v.counts, c.data
FROM latest AS l LEFT JOIN verdict AS v ON v.id = l.verdict
LEFT JOIN latest_cves AS c ON c.image = l.image;

-- name: image_get
SELECT l.name, i.target, i.digest, i.platform, i.first_scanned, l.scanned,
	n.digest, n.size_bytes, n.n_packages, n.os, 0,
	v.id, v.digest, n.digest, p.digest, v.generation, v.judged_at,
	v.verdict, v.n_findings, v.n_failing, n.os, v.content,
	v.fail_on, v.document, v.target, v.image, v.counts
FROM latest AS l JOIN image AS i ON i.id = l.image
JOIN inventory AS n ON n.id = i.inventory
LEFT JOIN verdict AS v ON v.id = l.verdict
LEFT JOIN policy AS p ON p.id = v.policy
WHERE l.image =
	COALESCE(:image, (SELECT image FROM latest WHERE name = :name));

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
	document, judged_at, verdict, n_findings, n_failing, record, record_size, counts)
VALUES (:digest, :inventory, :target, :image, (SELECT id FROM policy WHERE digest = :policy),
	:generation, :content, :fail_on, :document, :judged_at, :verdict, :n_findings, :n_failing,
	:record, :record_size, :counts)
ON CONFLICT (digest) DO UPDATE SET counts = excluded.counts RETURNING id;

-- name: verdict_by_id
SELECT digest, record, record_size FROM verdict WHERE id = :id;

-- name: verdict_count_set
UPDATE verdict SET counts = :counts WHERE id = :id;

-- The columns are those of verdict_list, and counts.
-- name: verdict_named
SELECT v.id, v.digest, i.digest, p.digest, v.generation, v.judged_at,
	v.verdict, v.n_findings, v.n_failing, i.os, v.content,
	v.fail_on, v.document, v.target, v.image, v.counts
FROM verdict AS v LEFT JOIN inventory AS i ON i.id = v.inventory
LEFT JOIN policy AS p ON p.id = v.policy
WHERE v.digest = :digest;

-- name: verdict_of_image
SELECT v.id, v.digest, i.digest, p.digest, v.generation, v.judged_at,
	v.verdict, v.n_findings, v.n_failing, i.os, v.content,
	v.fail_on, v.document, v.target, v.image, v.counts
FROM verdict AS v LEFT JOIN inventory AS i ON i.id = v.inventory
LEFT JOIN policy AS p ON p.id = v.policy
WHERE v.target = :target AND v.image = :image
ORDER BY v.judged_at DESC, v.id DESC LIMIT :limit OFFSET :offset;

-- name: verdict_of_image_count
SELECT COUNT(*) FROM verdict WHERE target = :target AND image = :image;

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

-- name: verdict_each
SELECT verdict, COUNT(*) FROM verdict GROUP BY verdict;

-- name: verdict_stale
SELECT id, LENGTH(record), digest FROM verdict AS v
WHERE judged_at < :before AND id < (
	SELECT MAX(id) FROM verdict WHERE inventory = v.inventory
	AND target = v.target AND image = v.image)
	AND id NOT IN (SELECT verdict FROM latest WHERE verdict IS NOT NULL)
ORDER BY id;

-- name: verdict_delete
DELETE FROM verdict WHERE id = :id;

-- name: verdict_delete_of
DELETE FROM verdict WHERE inventory = :inventory;

-- name: roll_get
SELECT data, size_bytes FROM roll WHERE name = :name;

-- name: roll_put
INSERT INTO roll (name, data, size_bytes, used)
VALUES (:name, :data, :size_bytes, :used)
ON CONFLICT (name) DO UPDATE SET data = excluded.data,
	size_bytes = excluded.size_bytes, used = excluded.used;

-- name: roll_trim
DELETE FROM roll WHERE id NOT IN (
	SELECT id FROM roll ORDER BY used DESC, id DESC LIMIT :keep);

-- name: job_put
INSERT INTO job (name, state, target, who, created, started, ended, verdict,
	record, image, why)
VALUES (:name, 1, :target, :who, :now, 0, 0, 0, NULL, '', '');

-- name: job_start
UPDATE job SET state = 2, started = :now WHERE name = :name AND state = 1;

-- name: job_end
UPDATE job SET state = :state, ended = :now, verdict = :verdict,
	record = :record, image = :image, why = :why
WHERE name = :name AND state < 3;

-- name: job_get
SELECT state, target, who, created, started, ended, verdict, record, image, why
FROM job WHERE name = :name;

-- name: job_open_list
SELECT name FROM job WHERE state < 3 ORDER BY id;

-- name: job_trim
DELETE FROM job WHERE state > 2 AND id NOT IN (
	SELECT id FROM job ORDER BY id DESC LIMIT :keep);

-- name: image_origin_named
SELECT i.origin, i.origin_size FROM latest AS l JOIN image AS i ON i.id = l.image
WHERE l.name = :name;
