-- name: repository_all
SELECT id, ord, cpes, urls FROM repository WHERE document = :key;

-- name: repository_put
INSERT INTO repository (id, document, ord, cpes, urls)
VALUES (:id, :document, :ord, :cpes, :urls)
ON CONFLICT (id, document) DO UPDATE SET cpes = :cpes, urls = :urls;

-- name: repository_delete
DELETE FROM repository WHERE id = :id AND document = :document;

-- name: repository_rows
SELECT r.id, w.value, r.urls, r.ord
FROM repository r JOIN word w ON w.id = r.cpes
WHERE r.document = :key ORDER BY r.id;

-- name: repository_find
SELECT w.value, r.urls
FROM repository r JOIN word w ON w.id = r.cpes
	JOIN document d ON d.id = r.document
WHERE r.id = :id ORDER BY d.name;

-- name: change_repository
SELECT r.ord, r.id, w.value, r.urls
FROM repository r JOIN word w ON w.id = r.cpes
WHERE r.document = :low >> 32 AND :high > 0 ORDER BY r.ord;
