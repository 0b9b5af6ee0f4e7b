-- name: search_put
INSERT INTO search (rowid, head, body) VALUES (:key, :head, :body);

-- name: search_take
INSERT INTO search (search, rowid, head, body)
VALUES ('delete', :key, :head, :body);

-- name: explain_find
SELECT rowid & 4294967295 FROM search
WHERE search MATCH :words AND rowid BETWEEN :low AND :high
ORDER BY rowid;

-- name: search_ranked
SELECT s.rowid, s.rowid NOT IN
	(SELECT rowid FROM search WHERE search MATCH :head)
FROM search s WHERE search MATCH :words;

-- name: search_head
SELECT s.rowid FROM search s JOIN definition d ON d.key = s.rowid
WHERE search MATCH :id ORDER BY s.rowid;

-- Id and title of whatever has the key.
-- name: record_line
SELECT d.id, t.title FROM definition d JOIN definition_text t ON t.key = d.key
WHERE d.key = :key
UNION ALL
SELECT id, title FROM usn WHERE key = :key
UNION ALL
SELECT a.id, a.title FROM advisory a WHERE a.key = :key AND NOT EXISTS
	(SELECT 1 FROM advisory_rival r WHERE r.key = a.key)
UNION ALL
SELECT id, name FROM kev WHERE key = :key
UNION ALL
SELECT id, title FROM cpe_product WHERE key = :key
UNION ALL
SELECT id, title FROM datastream WHERE key = :key
UNION ALL
SELECT CASE WHEN c.id < 0 THEN printf('CVE-%d-%04d',
	(c.id >> 24 & 127) + 1990, c.id & 16777215)
	ELSE (SELECT value FROM word WHERE id = c.id) END,
	''
FROM nvd_cve c WHERE c.key = :key AND c.key =
	(SELECT x.key FROM nvd_cve x JOIN document d ON d.id = x.key >> 32
	WHERE x.id = c.id ORDER BY x.modified DESC, d.format, d.name LIMIT 1);
