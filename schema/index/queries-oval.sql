-- name: definition_ids
SELECT key & 4294967295, id FROM definition WHERE key BETWEEN :low AND :high;

-- name: test_ids
SELECT key & 4294967295, id FROM test WHERE key BETWEEN :low AND :high;

-- name: object_ids
SELECT key & 4294967295, id FROM object WHERE key BETWEEN :low AND :high;

-- name: state_ids
SELECT key & 4294967295, id FROM state WHERE key BETWEEN :low AND :high;

-- name: variable_ids
SELECT key & 4294967295, id FROM variable WHERE key BETWEEN :low AND :high;

-- name: definition_get
SELECT digest, nodes FROM definition WHERE key = :key;

-- name: test_get
SELECT packed FROM test WHERE key = :key;

-- name: object_get
SELECT packed FROM object WHERE key = :key;

-- name: state_get
SELECT packed FROM state WHERE key = :key;

-- name: variable_get
SELECT packed FROM variable WHERE key = :key;

-- name: definition_put
INSERT INTO definition (key, id, version, class, deprecated, digest, nodes)
VALUES (:key, :id, :version, :class, :deprecated, :digest, :nodes)
ON CONFLICT (key) DO UPDATE SET version = :version, class = :class,
	deprecated = :deprecated, digest = :digest, nodes = :nodes;

-- name: definition_text_put
INSERT INTO definition_text (key, title, severity)
VALUES (:key, :title, :severity)
ON CONFLICT (key) DO UPDATE SET title = :title, severity = :severity;

-- name: test_put
INSERT INTO test (key, id, packed) VALUES (:key, :id, :packed)
ON CONFLICT (key) DO UPDATE SET packed = :packed;

-- name: object_put
INSERT INTO object (key, id, packed) VALUES (:key, :id, :packed)
ON CONFLICT (key) DO UPDATE SET packed = :packed;

-- name: state_put
INSERT INTO state (key, id, packed) VALUES (:key, :id, :packed)
ON CONFLICT (key) DO UPDATE SET packed = :packed;

-- name: variable_put
INSERT INTO variable (key, id, packed) VALUES (:key, :id, :packed)
ON CONFLICT (key) DO UPDATE SET packed = :packed;

-- name: definition_delete
DELETE FROM definition WHERE key = :key;

-- name: definition_text_delete
DELETE FROM definition_text WHERE key = :key;

-- name: test_delete
DELETE FROM test WHERE key = :key;

-- name: object_delete
DELETE FROM object WHERE key = :key;

-- name: state_delete
DELETE FROM state WHERE key = :key;

-- name: variable_delete
DELETE FROM variable WHERE key = :key;

-- name: test_delete_all
DELETE FROM test WHERE key BETWEEN :low AND :high;

-- name: object_delete_all
DELETE FROM object WHERE key BETWEEN :low AND :high;

-- name: state_delete_all
DELETE FROM state WHERE key BETWEEN :low AND :high;

-- name: variable_delete_all
DELETE FROM variable WHERE key BETWEEN :low AND :high;

-- name: eval_definition
SELECT key, id, version, class, deprecated, nodes FROM definition
WHERE key >= :key ORDER BY key;

-- name: eval_nodes
SELECT nodes FROM definition WHERE key = :key;

-- name: eval_nodes_near
SELECT key, nodes FROM definition WHERE key >= :key ORDER BY key;

-- name: eval_test
SELECT key, id, packed FROM test WHERE key >= :key ORDER BY key;

-- name: eval_object
SELECT key, id, packed FROM object WHERE key >= :key ORDER BY key;

-- name: eval_state
SELECT key, id, packed FROM state WHERE key >= :key ORDER BY key;

-- name: eval_variable
SELECT key, id, packed FROM variable WHERE key >= :key ORDER BY key;

-- name: eval_definition_max
SELECT max(key) FROM definition WHERE key BETWEEN :low AND :high;

-- name: eval_test_max
SELECT max(key) FROM test WHERE key BETWEEN :low AND :high;

-- name: eval_object_max
SELECT max(key) FROM object WHERE key BETWEEN :low AND :high;

-- name: eval_state_max
SELECT max(key) FROM state WHERE key BETWEEN :low AND :high;

-- name: eval_variable_max
SELECT max(key) FROM variable WHERE key BETWEEN :low AND :high;

-- name: eval_definition_keys
SELECT key & 4294967295 FROM definition WHERE key BETWEEN :low AND :high;

-- name: eval_test_keys
SELECT key & 4294967295 FROM test WHERE key BETWEEN :low AND :high;

-- name: eval_definition_find
SELECT key & 4294967295 FROM definition
WHERE key >> 32 = :document AND id = :id;

-- name: eval_definition_by_id
SELECT key & 4294967295, id FROM definition
WHERE key >> 32 = :document ORDER BY id;

-- name: eval_wants
SELECT DISTINCT kind, path FROM want;

-- name: eval_paths
SELECT path FROM want WHERE document = :document AND kind = 0;

-- name: eval_nodes_all
SELECT key & 4294967295, nodes FROM definition
WHERE key BETWEEN :document << 32 AND (:document << 32) + 4294967295;

-- name: eval_plan
SELECT facts, always FROM plan
WHERE document = :document AND facts IS NOT NULL;

-- name: eval_plan_ids
SELECT ids FROM plan WHERE document = :document;

-- name: eval_plan_put
INSERT INTO plan (document, facts, always, ids)
VALUES (:document, :facts, :always, :ids)
ON CONFLICT (document) DO UPDATE
SET facts = :facts, always = :always, ids = :ids
WHERE facts IS NOT :facts OR always <> :always OR ids <> :ids;

-- name: eval_package_kind
SELECT 1 FROM package_test WHERE document = :document AND kind = :kind LIMIT 1;

-- name: eval_package_tests
SELECT tests FROM package_test
WHERE document = :document AND kind = :kind AND name = :name;

-- name: eval_package_test_keys
SELECT kind || name FROM package_test WHERE document = :document;

-- name: eval_package_test_put
INSERT INTO package_test (document, kind, name, tests)
VALUES (:document, :kind, :name, :tests)
ON CONFLICT (document, kind, name) DO UPDATE SET tests = :tests
WHERE tests <> :tests;

-- name: eval_package_test_delete
DELETE FROM package_test
WHERE document = :document AND kind = :kind AND name = :name;

-- name: eval_test_definitions
SELECT definitions FROM test_definition WHERE key = :key;

-- name: eval_test_definition_keys
SELECT key & 4294967295 FROM test_definition
WHERE key BETWEEN :document << 32 AND (:document << 32) + 4294967295;

-- name: eval_test_definition_put
INSERT INTO test_definition (key, definitions) VALUES (:key, :definitions)
ON CONFLICT (key) DO UPDATE SET definitions = :definitions
WHERE definitions <> :definitions;

-- name: eval_test_definition_delete
DELETE FROM test_definition WHERE key = :key;

-- name: eval_baseline
SELECT definitions, tests FROM baseline
WHERE document = :document AND vector = :vector;

-- name: eval_baseline_put
INSERT INTO baseline (document, vector, definitions, tests)
VALUES (:document, :vector, :definitions, :tests)
ON CONFLICT (document, vector) DO UPDATE
SET definitions = :definitions, tests = :tests
WHERE definitions <> :definitions OR tests <> :tests;

-- name: eval_baseline_keep
DELETE FROM baseline WHERE document = :document
	AND vector <> :first AND vector <> :second;

-- name: eval_want_keys
SELECT kind || path FROM want WHERE document = :document;

-- name: eval_want_put
INSERT INTO want (document, kind, path) VALUES (:document, :kind, :path)
ON CONFLICT (document, kind, path) DO NOTHING;

-- name: eval_want_delete
DELETE FROM want WHERE document = :document AND kind = :kind AND path = :path;

-- name: plan_delete_all
DELETE FROM plan WHERE document = :low >> 32 AND :high > 0;

-- name: package_test_delete_all
DELETE FROM package_test WHERE document = :low >> 32 AND :high > 0;

-- name: test_definition_delete_all
DELETE FROM test_definition WHERE key BETWEEN :low AND :high;

-- name: baseline_delete_all
DELETE FROM baseline WHERE document = :low >> 32 AND :high > 0;

-- name: want_delete_all
DELETE FROM want WHERE document = :low >> 32 AND :high > 0;

-- name: definition_row
SELECT d.id, d.version, d.class, d.deprecated, d.digest, t.title, t.severity,
	d.nodes
FROM definition d JOIN definition_text t ON t.key = d.key
WHERE d.key = :key;

-- Names with a part in them, and of which document and release.
-- name: package_test_names
SELECT DISTINCT o.id << 32, o.release, p.name
FROM document o JOIN package_test p ON p.document = o.id
WHERE instr(p.name, :part) > 0;

-- The plus: without it the index on the expression does not fit the column.
-- name: definition_find
SELECT d.key FROM document o CROSS JOIN definition d
	ON d.key >> 32 = +o.id AND d.id = :id
WHERE o.format = 'oval' ORDER BY o.name;

-- name: plan_row
SELECT facts, always FROM plan WHERE document = :key;

-- name: package_test_rows
SELECT kind, name, tests FROM package_test WHERE document = :key
ORDER BY kind, name;

-- name: test_definition_row
SELECT definitions FROM test_definition WHERE key = :key;

-- name: baseline_rows
SELECT vector, definitions, tests FROM baseline WHERE document = :key;

-- name: want_rows
SELECT kind, path FROM want WHERE document = :key ORDER BY kind, path;

-- What tells one version of a record from another (indexer/changes_records.c).
-- name: change_definition
SELECT key & 4294967295, id, digest FROM definition
WHERE key BETWEEN :low AND :high ORDER BY key;
