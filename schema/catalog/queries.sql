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

-- name: resource_drop
DELETE FROM resource WHERE path = :path;

-- name: run_add
INSERT INTO run (started, ended, origin, n_fetched, n_unchanged,
	n_not_offered, n_refused, generation, result)
VALUES (:started, :ended, :origin, :n_fetched, :n_unchanged, :n_not_offered,
	:n_refused, :generation, :result);

-- name: run_last
SELECT id, started, ended, origin, n_fetched, n_unchanged, n_not_offered,
	n_refused, generation, result
FROM run ORDER BY id DESC LIMIT 1;

-- name: run_list
SELECT id, started, ended, origin, n_fetched, n_unchanged, n_not_offered,
	n_refused, generation, result
FROM run WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- When the last run ended, and how many in a row have failed until then.
-- name: run_ended
SELECT coalesce(max(ended), 0), (SELECT count(*) FROM run f
	WHERE f.result <> 'ok' AND f.id > coalesce((SELECT max(o.id)
		FROM run o WHERE o.result = 'ok'), 0))
FROM run;

-- name: source_list
SELECT name, checked, changed, result, message, n_failed FROM source
ORDER BY name;

-- name: source_set
INSERT INTO source (name, checked, changed, result, message, n_failed)
VALUES (:name, :checked, :changed, :result, :message, :result = 'failed')
ON CONFLICT (name) DO UPDATE SET checked = excluded.checked,
	changed = max(changed, excluded.changed), result = excluded.result,
	message = excluded.message,
	n_failed = (n_failed + 1) * excluded.n_failed;

-- As another scapcache has it.
-- name: source_copy
INSERT INTO source (name, checked, changed, result, message, n_failed)
VALUES (:name, :checked, :changed, :result, :message, :n_failed)
ON CONFLICT (name) DO UPDATE SET checked = excluded.checked,
	changed = excluded.changed, result = excluded.result,
	message = excluded.message, n_failed = excluded.n_failed;

-- name: source_drop
DELETE FROM source WHERE name = :name;

-- name: generation_add
INSERT OR IGNORE INTO generation (number, made) VALUES (:number, :made);

-- name: generation_get
SELECT made FROM generation WHERE number = :number;

-- name: generation_last
SELECT coalesce(max(number), 0) FROM generation;

-- name: generation_list
SELECT g.number, g.made, (SELECT count(*) FROM generation_document x
	WHERE x.generation = g.number),
	(SELECT coalesce(sum(d.size_bytes), 0) FROM generation_document x
	JOIN indexed_document d ON d.id = x.document
	WHERE x.generation = g.number)
FROM generation g WHERE g.number < :before ORDER BY g.number DESC LIMIT :limit;

-- What a source had in the newest generations, the oldest of them first.
-- name: generation_source
SELECT g.number, g.made, count(*), sum(d.size_bytes)
FROM generation g JOIN generation_document x ON x.generation = g.number
	JOIN indexed_document d ON d.id = x.document
WHERE d.source = :source AND g.number IN
	(SELECT number FROM generation ORDER BY number DESC LIMIT :limit)
GROUP BY g.number ORDER BY g.number;

-- name: generation_document_add
INSERT OR IGNORE INTO generation_document (generation, document)
SELECT :generation, id FROM indexed_document
WHERE name = :name AND sha256 = :sha256 AND family = :family AND
	format = :format AND source = :source AND path = :path AND
	distribution = :distribution AND release = :release AND
	flavour = :flavour;

-- name: generation_document_list
SELECT d.name, d.format, d.source, d.path, d.sha256, d.size_bytes,
	d.distribution, d.release, d.flavour, d.family
FROM generation_document g JOIN indexed_document d ON d.id = g.document
WHERE g.generation = :generation ORDER BY d.family, d.name;

-- name: generation_document_seen
SELECT d.name, d.seen FROM generation_document g
JOIN indexed_document d ON d.id = g.document
WHERE g.generation = :generation ORDER BY d.name;

-- name: indexed_document_add
INSERT OR IGNORE INTO indexed_document (family, name, format, source, path,
	sha256, size_bytes, distribution, release, flavour, seen)
VALUES (:family, :name, :format, :source, :path, :sha256, :size_bytes,
	:distribution, :release, :flavour, :seen);

-- name: indexed_document_seen
UPDATE indexed_document SET seen = :seen
WHERE name = :name AND sha256 = :sha256 AND family = :family AND
	format = :format AND source = :source AND path = :path AND
	distribution = :distribution AND release = :release AND
	flavour = :flavour;

-- Generations that hold the same documents of a family.
-- name: generation_alike
SELECT g.number FROM generation g
WHERE g.number <> :generation AND EXISTS (
	SELECT 1 FROM generation_document o
	JOIN indexed_document d ON d.id = o.document
	WHERE o.generation = g.number AND d.family = :family)
AND NOT EXISTS (
	SELECT o.document FROM generation_document o
	JOIN indexed_document d ON d.id = o.document
	WHERE o.generation = :generation AND d.family = :family
	EXCEPT
	SELECT document FROM generation_document WHERE generation = g.number)
AND NOT EXISTS (
	SELECT o.document FROM generation_document o
	JOIN indexed_document d ON d.id = o.document
	WHERE o.generation = g.number AND d.family = :family
	EXCEPT
	SELECT document FROM generation_document WHERE generation = :generation)
ORDER BY g.number DESC;

-- Those whose stored files may go: they stopped being current, or were made
-- and never were, before :time.
-- name: generation_expired
SELECT g.number FROM generation g
WHERE (EXISTS (SELECT 1 FROM generation_document
		WHERE generation = g.number)
	OR EXISTS (SELECT 1 FROM generation_file WHERE generation = g.number))
AND coalesce((SELECT max(coalesce(
	(SELECT n.time FROM publication n WHERE n.id > p.id
		ORDER BY n.id LIMIT 1), 9223372036854775807))
	FROM publication p WHERE p.generation = g.number), g.made) < :time
ORDER BY g.number;

-- name: generation_forget
DELETE FROM generation_document WHERE generation = :generation;

-- name: indexed_document_forget
DELETE FROM indexed_document
WHERE id NOT IN (SELECT document FROM generation_document);

-- name: generation_file_forget
DELETE FROM generation_file WHERE generation = :generation;

-- name: file_forget
DELETE FROM file WHERE id NOT IN (SELECT file FROM generation_file);

-- name: file_add
INSERT OR IGNORE INTO file (path, source, sha256, size_bytes, last_modified,
	fetched)
VALUES (:path, :source, :sha256, :size_bytes, :last_modified, :fetched);

-- name: generation_file_add
INSERT OR IGNORE INTO generation_file (generation, file)
SELECT :generation, id FROM file
WHERE path = :path AND sha256 = :sha256 AND source = :source AND
	last_modified = :last_modified;

-- name: generation_file_drop
DELETE FROM generation_file WHERE generation = :generation AND file = :file;

-- name: generation_file_list
SELECT f.id, f.path, f.source, f.sha256, f.size_bytes, f.last_modified,
	f.fetched
FROM generation_file g JOIN file f ON f.id = g.file
WHERE g.generation = :generation ORDER BY f.path, f.id;

-- The last change of index/current after which a generation was current whose
-- files are written down.
-- name: publication_shown
SELECT p.generation FROM publication p
WHERE EXISTS (SELECT 1 FROM generation_file f
	WHERE f.generation = p.generation)
ORDER BY p.id DESC LIMIT 1;

-- The one that was current before :generation became it.
-- name: publication_before
SELECT generation FROM publication
WHERE generation <> :generation ORDER BY id DESC LIMIT 1;

-- What ever was a document, wherever it stands now.
-- name: document_paths
SELECT path FROM document UNION SELECT path FROM indexed_document;

-- Forms of lists of changes, with the time at which each was first published.
-- name: file_past
SELECT f.path, f.sha256, min(n.made) AS since
FROM file f JOIN generation_file g ON g.file = f.id
JOIN generation n ON n.number = g.generation
WHERE f.path LIKE '%/changes.csv' OR f.path LIKE '%/deletions.csv'
GROUP BY f.path, f.sha256 ORDER BY f.path, since, f.sha256;

-- With paths those that are no mirrored files.
-- name: tuf_digests
SELECT CASE WHEN role = 'index' THEN path ELSE '' END, sha256 FROM tuf_target
UNION SELECT '', sha256 FROM tuf_previous ORDER BY 1, 2;

-- Every digest of a stored file that something here still names. A table that
-- comes to name one belongs here, too: `gc` removes all others.
-- name: blob_names
SELECT sha256 FROM resource WHERE sha256 <> ''
UNION SELECT sha256 FROM document
UNION SELECT sha256 FROM indexed_document
UNION SELECT sha256 FROM file
UNION SELECT sha256 FROM tuf_target
UNION SELECT sha256 FROM tuf_previous;

-- name: publication_add
INSERT INTO publication (time, generation, event)
VALUES (:time, :generation, :event);

-- name: publication_last
SELECT id, time, generation, event FROM publication ORDER BY id DESC LIMIT 1;

-- name: publication_first
SELECT id, time, generation, event FROM publication ORDER BY id LIMIT 1;

-- The last word of those that were said by then.
-- name: publication_at
SELECT id, time, generation, event FROM publication WHERE time <= :time
ORDER BY id DESC LIMIT 1;

-- name: publication_of
SELECT time, event FROM publication WHERE generation = :generation ORDER BY id;

-- name: publication_list
SELECT id, time, generation, event FROM publication ORDER BY id;

-- name: audit_add
INSERT INTO audit (time, subject, event, detail, who, address)
VALUES (:time, :subject, :event, :detail, :who, :address);

-- name: audit_any
SELECT 1 FROM audit LIMIT 1;

-- name: audit_list
SELECT id, time, subject, event, detail, who, address FROM audit
WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- name: document_drop
DELETE FROM document WHERE name = :name;

-- name: cursor_get
SELECT since, until, total, done FROM cursor WHERE source = :source;

-- name: cursor_set
INSERT INTO cursor (source, since, until, total, done)
VALUES (:source, :since, :until, :total, :done)
ON CONFLICT (source) DO UPDATE SET since = excluded.since,
	until = excluded.until, total = excluded.total, done = excluded.done;

-- name: cursor_drop
DELETE FROM cursor WHERE source = :source;

-- name: resource_count
SELECT source, count(*), sum(size_bytes) FROM resource WHERE sha256 <> ''
GROUP BY source ORDER BY source;

-- name: resource_list
SELECT path, source, origin, etag, last_modified, checked, fetched, sha256,
	size_bytes
FROM resource WHERE sha256 <> '' ORDER BY path;

-- name: tuf_role_list
SELECT name, version, expires, threshold, keyids, sha256, size_bytes
FROM tuf_role ORDER BY name;

-- name: tuf_role_clear
DELETE FROM tuf_role;

-- name: tuf_role_add
INSERT INTO tuf_role (name, version, expires, threshold, keyids, sha256,
	size_bytes)
VALUES (:name, :version, :expires, :threshold, :keyids, :sha256, :size_bytes);

-- name: tuf_target_list
SELECT path, role, sha256, size_bytes FROM tuf_target ORDER BY path;

-- name: tuf_previous_clear
DELETE FROM tuf_previous;

-- name: tuf_previous_fill
INSERT OR IGNORE INTO tuf_previous (sha256) SELECT sha256 FROM tuf_target;

-- name: tuf_target_clear
DELETE FROM tuf_target;

-- name: tuf_target_add
INSERT INTO tuf_target (path, role, sha256, size_bytes)
VALUES (:path, :role, :sha256, :size_bytes);

-- name: ledger_add
INSERT INTO ledger (time, event, generation, made, root, timestamp, snapshot,
	snapshot_sha256, name, sha256, size_bytes, base, sources, expired)
VALUES (:time, :event, :generation, :made, :root, :timestamp, :snapshot,
	:snapshot_sha256, :name, :sha256, :size_bytes, :base, :sources,
	:expired);

-- name: ledger_list
SELECT id, time, event, generation, made, root, timestamp, snapshot,
	snapshot_sha256, name, sha256, size_bytes, base, sources, expired
FROM ledger ORDER BY id;

-- name: ledger_newest_made
SELECT coalesce(max(made), 0) FROM ledger;

-- name: tuf_role_set
INSERT INTO tuf_role (name, version, expires, threshold, keyids, sha256,
	size_bytes)
VALUES (:name, :version, :expires, :threshold, :keyids, :sha256, :size_bytes)
ON CONFLICT (name) DO UPDATE SET version = excluded.version,
	expires = excluded.expires, threshold = excluded.threshold,
	keyids = excluded.keyids, sha256 = excluded.sha256,
	size_bytes = excluded.size_bytes;

-- name: ledger_last
SELECT id, time, event, generation, made, root, timestamp, snapshot,
	snapshot_sha256, name, sha256, size_bytes, base, sources, expired
FROM ledger WHERE event <> 'exported' ORDER BY id DESC LIMIT 1;

-- name: signing_get
SELECT content, failed, message FROM signing WHERE id = 1;

-- name: signing_done
INSERT INTO signing (id, content) VALUES (1, :content)
ON CONFLICT (id) DO UPDATE SET content = excluded.content, failed = 0,
	message = '';

-- name: signing_well
UPDATE signing SET failed = 0, message = '' WHERE id = 1;

-- name: signing_failed
INSERT INTO signing (id, failed, message) VALUES (1, :failed, :message)
ON CONFLICT (id) DO UPDATE SET message = excluded.message,
	failed = CASE WHEN failed = 0 THEN excluded.failed ELSE failed END;

-- name: family_digest_list
SELECT family, file, content FROM family_digest ORDER BY family;

-- name: family_digest_set
INSERT INTO family_digest (family, file, content)
VALUES (:family, :file, :content)
ON CONFLICT (family) DO UPDATE SET file = excluded.file,
	content = excluded.content;

-- The snapshot that a generation was signed or taken over with, the last one.
-- name: ledger_snapshot
SELECT snapshot_sha256 FROM ledger
WHERE generation = :generation AND event <> 'exported'
ORDER BY id DESC LIMIT 1;

-- name: origin_list
SELECT path, source FROM resource WHERE sha256 <> ''
UNION SELECT path, source FROM document ORDER BY path;

-- What stood at a path before, the youngest first.
-- name: indexed_document_digests
SELECT path, sha256 FROM indexed_document ORDER BY path, seen DESC, id DESC;

-- Of the last import by the time another generation became current. One that
-- brought nothing new has made no generation of its own.
-- Some sources alone leave the others as they were.
-- name: ledger_is_stale
WITH had AS (SELECT id, sources, expired FROM ledger
	WHERE event = 'imported' AND (generation <= :generation OR time <
		coalesce((SELECT min(p.time) FROM publication p WHERE p.id >
			(SELECT max(o.id) FROM publication o
			WHERE o.generation = :generation)),
			9223372036854775807)))
SELECT count(*) FROM had old WHERE expired <> 0 AND NOT EXISTS (
	SELECT 1 FROM had new WHERE new.id > old.id AND new.expired = 0
	AND (new.sources = '' OR new.sources = old.sources));

-- name: token_list
SELECT name, salt, hash, scopes, made, expires, certificate FROM token
ORDER BY name;

-- name: token_add
INSERT INTO token (name, salt, hash, scopes, made, expires, certificate)
VALUES (:name, :salt, :hash, :scopes, :made, :expires, :certificate);

-- name: token_drop
DELETE FROM token WHERE name = :name;

-- Was what this timestamp leads to exported under that name, the last time
-- that anything was?
-- name: ledger_exported
SELECT size_bytes FROM (SELECT timestamp, snapshot_sha256, size_bytes
	FROM ledger
	WHERE event = 'exported' AND name = :name ORDER BY id DESC LIMIT 1)
WHERE timestamp = :timestamp AND snapshot_sha256 = :snapshot_sha256;

-- The generation that was signed or taken over before another one.
-- name: ledger_before
SELECT generation FROM ledger
WHERE event <> 'exported' AND generation <> :generation
ORDER BY id DESC LIMIT 1;

-- Another number as soon as another connection has changed the file.
-- name: data_version
PRAGMA data_version;

-- name: ledger_newest
SELECT id, time, event, generation, made, root, timestamp, snapshot,
	snapshot_sha256, name, sha256, size_bytes, base, sources, expired
FROM ledger ORDER BY id DESC LIMIT :limit;
