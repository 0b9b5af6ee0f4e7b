-- name: advisory_ids
SELECT key & 4294967295, id, digest FROM advisory
WHERE key BETWEEN :low AND :high;

-- name: advisory_raw_get
SELECT raw FROM advisory_raw WHERE key = :key;

-- name: advisory_product_get
SELECT id FROM advisory_product
WHERE distribution = :distribution AND release = :release AND
	pocket = :pocket AND module = :module AND arch = :arch AND
	is_source = :is_source;

-- name: advisory_product_put
INSERT INTO advisory_product (distribution, release, pocket, module, arch,
	is_source)
VALUES (:distribution, :release, :pocket, :module, :arch, :is_source);

-- name: advisory_put
INSERT INTO advisory (key, id, published, modified, withdrawn, severity, title,
	digest)
VALUES (:key, :id, :published, :modified, :withdrawn, :severity, :title,
	:digest);

-- name: advisory_alias_put
INSERT INTO advisory_alias (value, advisory, n) VALUES (:value, :advisory, :n)
ON CONFLICT (value, advisory) DO NOTHING;

-- name: advisory_package_put
INSERT INTO advisory_package (name, advisory, packed)
VALUES (:name, :advisory, :packed);

-- name: advisory_raw_put
INSERT INTO advisory_raw (key, raw) VALUES (:key, :raw);

-- name: advisory_delete
DELETE FROM advisory WHERE key = :key;

-- name: advisory_alias_delete
DELETE FROM advisory_alias WHERE advisory = :key;

-- name: advisory_package_delete
DELETE FROM advisory_package WHERE advisory = :key;

-- name: advisory_raw_delete
DELETE FROM advisory_raw WHERE key = :key;

-- name: advisory_row
SELECT a.id, a.published, a.modified, a.withdrawn, coalesce(w.value, ''),
	a.title, a.digest
FROM advisory a LEFT JOIN word w ON w.id = a.severity WHERE a.key = :key;

-- The record's aliases in their order, then what statements name; numbers
-- below 0 as eval/cve_number.h has them.
-- name: advisory_alias_rows
SELECT CASE WHEN a.value < 0 THEN printf('CVE-%d-%04d',
	(a.value >> 24 & 127) + 1990, a.value & 16777215)
	ELSE w.value END AS text, a.n
FROM advisory_alias a LEFT JOIN word w ON w.id = a.value
WHERE a.advisory = :key ORDER BY a.n < 0, a.n, text;

-- Without those that only statements name.
-- name: advisory_aliases
SELECT CASE WHEN a.value < 0 THEN printf('CVE-%d-%04d',
	(a.value >> 24 & 127) + 1990, a.value & 16777215)
	ELSE w.value END
FROM advisory_alias a LEFT JOIN word w ON w.id = a.value
WHERE a.advisory = :key AND a.n >= 0 ORDER BY a.n;

-- Of one record; of one package.
-- name: advisory_package_rows
SELECT w.value, p.packed, p.name
FROM advisory_package p JOIN word w ON w.id = p.name
WHERE p.advisory = :key ORDER BY w.value;

-- name: advisory_package_find
SELECT p.advisory, p.packed, p.name
FROM word w JOIN advisory_package p ON p.name = w.id
WHERE w.value = :name ORDER BY p.advisory;

-- name: advisory_product_row
SELECT coalesce(d.value, ''), coalesce(r.value, ''), coalesce(p.value, ''),
	coalesce(m.value, ''), coalesce(a.value, ''), x.is_source
FROM advisory_product x LEFT JOIN word d ON d.id = x.distribution
	LEFT JOIN word r ON r.id = x.release
	LEFT JOIN word p ON p.id = x.pocket
	LEFT JOIN word m ON m.id = x.module
	LEFT JOIN word a ON a.id = x.arch
WHERE x.id = :id;

-- name: advisory_releases
SELECT DISTINCT r.value
FROM advisory_product x JOIN word d ON d.id = x.distribution
	JOIN word r ON r.id = x.release
WHERE d.value = :distribution;

-- name: advisory_find
SELECT key FROM advisory WHERE id = :id ORDER BY key;

-- Records that stand for all of their id.
-- name: advisory_preferred
SELECT a.key FROM advisory a
WHERE a.id = :id AND NOT EXISTS
	(SELECT 1 FROM advisory_rival r WHERE r.key = a.key)
ORDER BY a.key;

-- The one record that stands for :key, if it is not itself.
-- name: advisory_newest
SELECT r.newer FROM advisory_rival r
WHERE r.key = :key AND NOT EXISTS
	(SELECT 1 FROM advisory_rival x WHERE x.key = r.newer);

-- Those of them whose id, alias or statement it is.
-- name: advisory_about
SELECT a.key FROM advisory a
WHERE (a.id = :id OR a.key IN
	(SELECT advisory FROM advisory_alias WHERE value = :value)) AND NOT EXISTS
	(SELECT 1 FROM advisory_rival r WHERE r.key = a.key)
ORDER BY a.key;

-- name: advisory_package_names
SELECT w.value FROM word w WHERE instr(w.value, :part) > 0 AND EXISTS
	(SELECT 1 FROM advisory_package p WHERE p.name = w.id)
ORDER BY w.value;

-- name: change_advisory
SELECT key & 4294967295, id, digest FROM advisory
WHERE key BETWEEN :low AND :high ORDER BY key;
