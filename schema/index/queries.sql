-- name: document_list
SELECT id, name, format, source, distribution, release, flavour, path,
	sha256, size_bytes, published, n_records, n_missing
FROM document ORDER BY name;

-- name: dictionary_last
SELECT bytes FROM dictionary WHERE format = :format ORDER BY id DESC LIMIT 1;

-- name: dictionary_max
SELECT coalesce(max(id), 0) FROM dictionary;

-- name: dictionary_get
SELECT bytes FROM dictionary WHERE id = :id;

-- name: dictionary_put
INSERT INTO dictionary (id, format, bytes) VALUES (:id, :format, :bytes);

-- name: document_get
SELECT id, sha256, format, source, distribution, release, flavour, path,
	n_records
FROM document WHERE name = :name;

-- name: document_add
INSERT INTO document (name, format, source, path, sha256, size_bytes)
VALUES (:name, '', '', '', '', 0);

-- name: document_put
UPDATE document SET format = :format, source = :source,
	distribution = :distribution, release = :release, flavour = :flavour,
	path = :path, sha256 = :sha256, size_bytes = :size_bytes,
	product_name = :product_name, product_version = :product_version,
	schema_version = :schema_version, published = :published,
	n_records = :n_records, n_missing = :n_missing
WHERE id = :id;

-- name: document_delete
DELETE FROM document WHERE id = :key;

-- name: place_get
SELECT offsets FROM place WHERE document = :document;

-- name: place_put
INSERT INTO place (document, offsets) VALUES (:document, :offsets)
ON CONFLICT (document) DO UPDATE SET offsets = :offsets;

-- name: place_delete
DELETE FROM place WHERE document = :key;

-- name: search_put
INSERT INTO search (rowid, head, body) VALUES (:key, :head, :body);

-- name: search_take
INSERT INTO search (search, rowid, head, body)
VALUES ('delete', :key, :head, :body);

-- name: word_get
SELECT id FROM word WHERE value = :value;

-- name: word_put
INSERT INTO word (value) VALUES (:value);

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

-- eval: begin
-- name: eval_definition
SELECT id, version, class, deprecated, nodes FROM definition WHERE key = :key;

-- name: eval_nodes
SELECT nodes FROM definition WHERE key = :key;

-- name: eval_test
SELECT id, packed FROM test WHERE key = :key;

-- name: eval_object
SELECT id, packed FROM object WHERE key = :key;

-- name: eval_state
SELECT id, packed FROM state WHERE key = :key;

-- name: eval_variable
SELECT id, packed FROM variable WHERE key = :key;

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

-- eval: end

-- explain: begin
-- name: explain_find
SELECT rowid & 4294967295 FROM search
WHERE search MATCH :words AND rowid BETWEEN :low AND :high
ORDER BY rowid;
-- explain: end

-- exploit: begin
-- name: kev_ids
SELECT key & 4294967295, id, digest FROM kev WHERE key BETWEEN :low AND :high;

-- name: kev_raw_get
SELECT raw FROM kev_raw WHERE key = :key;

-- name: kev_put
INSERT INTO kev (key, id, cve, vendor, product, name, added, due, action,
	description, ransomware, notes, cwes, digest)
VALUES (:key, :id, :cve, :vendor, :product, :name, :added, :due, :action,
	:description, :ransomware, :notes, :cwes, :digest);

-- name: kev_raw_put
INSERT INTO kev_raw (key, raw) VALUES (:key, :raw);

-- name: kev_delete
DELETE FROM kev WHERE key = :key;

-- name: kev_raw_delete
DELETE FROM kev_raw WHERE key = :key;

-- name: kev_row
SELECT id, cve, vendor, product, name, added, due, action, description,
	ransomware, notes, cwes, digest
FROM kev WHERE key = :key;

-- name: kev_find
SELECT key FROM kev WHERE cve = :id ORDER BY key;

-- name: epss_rows
SELECT year, block, scores FROM epss WHERE document = :key
ORDER BY year, block;

-- name: epss_put
INSERT INTO epss (document, year, block, scores)
VALUES (:document, :year, :block, :scores)
ON CONFLICT (document, year, block) DO UPDATE SET scores = :scores
WHERE scores <> :scores;

-- name: epss_delete
DELETE FROM epss
WHERE document = :document AND year = :year AND block = :block;

-- name: eval_kev
SELECT added, due, name, action, ransomware FROM kev WHERE cve = :cve
ORDER BY key LIMIT 1;

-- name: eval_epss
SELECT p.scores, d.published, d.id FROM document d JOIN epss p
	ON p.document = d.id AND p.year = :year AND p.block = :block
WHERE d.format = 'epss' ORDER BY d.published DESC, d.name;

-- As nvd_preferred.
-- name: eval_nvd_metrics
SELECT c.metrics FROM nvd_cve c JOIN document d ON d.id = c.key >> 32
WHERE c.id = :value ORDER BY c.modified DESC, d.format, d.name LIMIT 1;
-- exploit: end

-- cpe: begin
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
-- cpe: end

-- repository: begin
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
-- repository: end

-- datastream: begin
-- name: datastream_ids
SELECT key & 4294967295, id, digest FROM datastream
WHERE key BETWEEN :low AND :high ORDER BY key;

-- name: datastream_raw_get
SELECT raw FROM datastream_raw WHERE key = :key;

-- name: datastream_row
SELECT id, kind, timestamp, scap_version, use_case, benchmark, title, version,
	status, digest
FROM datastream WHERE key = :key;

-- name: datastream_ref_rows
SELECT id, section, href FROM datastream_ref WHERE part = :key ORDER BY n;

-- name: datastream_profile_rows
SELECT id, title FROM datastream_profile WHERE part = :key ORDER BY n;

-- name: datastream_put
INSERT INTO datastream (key, id, kind, timestamp, scap_version, use_case,
	benchmark, title, version, status, digest)
VALUES (:key, :id, :kind, :timestamp, :scap_version, :use_case, :benchmark,
	:title, :version, :status, :digest);

-- name: datastream_ref_put
INSERT INTO datastream_ref (part, n, id, section, href)
VALUES (:part, :n, :id, :section, :href);

-- name: datastream_profile_put
INSERT INTO datastream_profile (part, n, id, title)
VALUES (:part, :n, :id, :title);

-- name: datastream_raw_put
INSERT INTO datastream_raw (key, raw) VALUES (:key, :raw);

-- name: datastream_delete
DELETE FROM datastream WHERE key = :key;

-- name: datastream_ref_delete
DELETE FROM datastream_ref WHERE part = :key;

-- name: datastream_profile_delete
DELETE FROM datastream_profile WHERE part = :key;

-- name: datastream_raw_delete
DELETE FROM datastream_raw WHERE key = :key;
-- name: datastream_find
SELECT key FROM datastream WHERE id = :id
UNION
SELECT part FROM datastream_profile WHERE id = :id
ORDER BY 1;
-- datastream: end

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

-- name: raw_block_get
SELECT packed FROM raw_block WHERE key = :key;

-- name: raw_block_put
INSERT OR REPLACE INTO raw_block (key, packed) VALUES (:key, :packed);

-- name: raw_block_delete
DELETE FROM raw_block WHERE key = :key;

-- name: raw_large_get
SELECT packed FROM raw_large WHERE key = :key;

-- name: raw_large_put
INSERT OR REPLACE INTO raw_large (key, packed) VALUES (:key, :packed);

-- name: raw_large_delete
DELETE FROM raw_large WHERE key = :key;

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

-- name: kev_all
SELECT cve, added FROM kev;

-- name: nvd_rating_severities
SELECT id, version, severity FROM nvd_rating;

-- name: nvd_rating_vectors
SELECT id, vector FROM nvd_rating WHERE version BETWEEN :low AND :high;

-- name: nvd_product_range
SELECT p.cve FROM word w JOIN nvd_product p ON p.product = w.id
WHERE w.value >= :low AND w.value < :high;

-- name: nvd_word_rows
SELECT rowid FROM search WHERE search MATCH :words;

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

-- name: word_value
SELECT value FROM word WHERE id = :id;

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

-- name: document_row
SELECT name, format, source, distribution, release, flavour, path, sha256,
	size_bytes, product_name, product_version, schema_version, published,
	n_records
FROM document WHERE id = :key;

-- name: definition_row
SELECT d.id, d.version, d.class, d.deprecated, d.digest, t.title, t.severity,
	d.nodes
FROM definition d JOIN definition_text t ON t.key = d.key
WHERE d.key = :key;

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

-- name: usn_row
SELECT id, published, title, digest FROM usn WHERE key = :key;

-- name: usn_reference_rows
SELECT value FROM usn_reference WHERE notice = :key ORDER BY n;

-- Names with a part in them, and of which document and release.
-- name: package_test_names
SELECT DISTINCT o.id << 32, o.release, p.name
FROM document o JOIN package_test p ON p.document = o.id
WHERE instr(p.name, :part) > 0;

-- name: usn_package_names
SELECT notice, release, name FROM usn_package WHERE instr(name, :part) > 0
GROUP BY notice >> 32, release, name;

-- name: advisory_package_names
SELECT w.value FROM word w WHERE instr(w.value, :part) > 0 AND EXISTS
	(SELECT 1 FROM advisory_package p WHERE p.name = w.id)
ORDER BY w.value;

-- name: usn_package_find
SELECT p.notice, u.id, p.is_source, p.version, p.pocket
FROM usn_package p JOIN usn u ON u.key = p.notice
WHERE p.name = :name AND p.release = :release ORDER BY p.notice;

-- name: usn_package_rows
SELECT release, is_source, name, version, pocket FROM usn_package
WHERE notice = :key ORDER BY release, is_source DESC, name;

-- The newest record of a CVE stands for all; a tie goes to the 2.0 feeds.
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

-- name: usn_find
SELECT key FROM usn WHERE id = :id ORDER BY key;

-- name: usn_about
SELECT notice FROM usn_reference WHERE value = :id ORDER BY notice;

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

-- name: change_nvd
SELECT c.key & 4294967295, CASE WHEN c.id < 0 THEN printf('CVE-%d-%04d',
	(c.id >> 24 & 127) + 1990, c.id & 16777215)
	ELSE (SELECT value FROM word WHERE id = c.id) END,
	c.digest
FROM nvd_cve c WHERE c.key BETWEEN :low AND :high ORDER BY c.key;

-- name: change_usn
SELECT key & 4294967295, id, digest FROM usn
WHERE key BETWEEN :low AND :high ORDER BY key;

-- name: change_advisory
SELECT key & 4294967295, id, digest FROM advisory
WHERE key BETWEEN :low AND :high ORDER BY key;

-- name: change_kev
SELECT key & 4294967295, id, digest FROM kev
WHERE key BETWEEN :low AND :high ORDER BY key;

-- name: change_epss
SELECT year << 32 | block, '', scores FROM epss
WHERE document = :low >> 32 AND :high > 0 ORDER BY year, block;

-- name: change_repository
SELECT r.ord, r.id, w.value, r.urls
FROM repository r JOIN word w ON w.id = r.cpes
WHERE r.document = :low >> 32 AND :high > 0 ORDER BY r.ord;
