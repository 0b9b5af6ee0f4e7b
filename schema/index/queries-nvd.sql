-- Ids as text; numbers below 0 as eval/cve_number.h has them.
-- name: nvd_ids
SELECT c.key & 4294967295, CASE WHEN c.id < 0 THEN printf('CVE-%d-%04d',
	(c.id >> 24 & 127) + 1990, c.id & 16777215)
	ELSE (SELECT value FROM word WHERE id = c.id) END,
	c.digest
FROM nvd_cve c WHERE c.key BETWEEN :low AND :high;

-- name: nvd_cve_put
INSERT INTO nvd_cve (key, id, published, modified, status, assigner, tags,
	metrics, digest)
VALUES (:key, :id, :published, :modified, :status, :assigner, :tags,
	:metrics, :digest);

-- name: nvd_kev_put
INSERT INTO nvd_kev (cve, exploit_add, action_due, required_action, name)
VALUES (:cve, :exploit_add, :action_due, :required_action, :name);

-- name: nvd_rating_get
SELECT id FROM nvd_rating
WHERE vector = :vector AND version = :version AND score IS :score AND
	severity = :severity AND exploitability IS :exploitability AND
	impact IS :impact;

-- name: nvd_rating_put
INSERT INTO nvd_rating (version, vector, score, severity, exploitability,
	impact)
VALUES (:version, :vector, :score, :severity, :exploitability, :impact);

-- name: nvd_product_put
INSERT OR IGNORE INTO nvd_product (product, cve) VALUES (:product, :cve);

-- name: nvd_product_delete
DELETE FROM nvd_product
WHERE product = (SELECT id FROM word WHERE value = :product) AND cve = :cve;

-- name: nvd_cve_delete
DELETE FROM nvd_cve WHERE key = :key;

-- name: nvd_kev_delete
DELETE FROM nvd_kev WHERE cve = :key;

-- Records and distinct CVEs of one source, and of the whole family.
-- name: nvd_distinct_source
SELECT count(*), count(DISTINCT id) FROM nvd_cve
WHERE key >> 32 IN (SELECT id FROM document WHERE source = :source);

-- name: nvd_distinct
SELECT count(*), count(DISTINCT id) FROM nvd_cve;

-- The API's questions (indexer/nvd_query.h).
-- name: nvd_list
SELECT key, id, published, modified, status, assigner, tags, metrics
FROM nvd_cve WHERE key BETWEEN :low AND :high;

-- name: nvd_kev_all
SELECT cve, exploit_add FROM nvd_kev;

-- name: nvd_rating_severities
SELECT id, version, severity FROM nvd_rating;

-- name: nvd_rating_vectors
SELECT id, vector FROM nvd_rating WHERE version BETWEEN :low AND :high;

-- name: nvd_product_range
SELECT p.cve FROM word w JOIN nvd_product p ON p.product = w.id
WHERE w.value >= :low AND w.value < :high;

-- name: nvd_word_rows
SELECT rowid FROM search WHERE search MATCH :words;

-- name: nvd_cve_row
SELECT CASE WHEN c.id < 0 THEN printf('CVE-%d-%04d',
	(c.id >> 24 & 127) + 1990, c.id & 16777215)
	ELSE (SELECT value FROM word WHERE id = c.id) END,
	c.published, c.modified, s.value, a.value, t.value, c.digest,
	c.metrics
FROM nvd_cve c JOIN word s ON s.id = c.status JOIN word a ON a.id = c.assigner
	JOIN word t ON t.id = c.tags
WHERE c.key = :key;

-- name: nvd_kev_rows
SELECT exploit_add, action_due, required_action, name FROM nvd_kev
WHERE cve = :key;

-- name: nvd_rating_row
SELECT version, vector, score, severity, exploitability, impact
FROM nvd_rating WHERE id = :key;

-- All of a document.
-- name: nvd_product_rows
SELECT p.cve & 4294967295, w.value
FROM nvd_product p JOIN word w ON w.id = p.product
WHERE p.cve BETWEEN :low AND :high;

-- The newest record of a CVE stands for all; a tie goes to the 2.0 feeds.
-- name: nvd_preferred
SELECT c.key FROM nvd_cve c JOIN document d ON d.id = c.key >> 32
WHERE c.id = :value ORDER BY c.modified DESC, d.format, d.name LIMIT 1;

-- name: nvd_find
SELECT key FROM nvd_cve WHERE id = :value ORDER BY key;

-- Every document that has the record's CVE, its own included.
-- name: nvd_documents
SELECT d.name FROM nvd_cve o JOIN nvd_cve c ON c.id = o.id
	JOIN document d ON d.id = c.key >> 32
WHERE o.key = :key ORDER BY d.name;

-- name: change_nvd
SELECT c.key & 4294967295, CASE WHEN c.id < 0 THEN printf('CVE-%d-%04d',
	(c.id >> 24 & 127) + 1990, c.id & 16777215)
	ELSE (SELECT value FROM word WHERE id = c.id) END,
	c.digest
FROM nvd_cve c WHERE c.key BETWEEN :low AND :high ORDER BY c.key;
