-- CVEs of the findings of the verdict that stands, a list an image: writing a
-- row for each finding would take longer than judging.
DROP TABLE image_cve;
DROP TABLE cve;
CREATE TABLE latest_cves (
	image INTEGER PRIMARY KEY REFERENCES image (id),
	data BLOB NOT NULL              -- scanner/results_cves.c
) STRICT;
ALTER TABLE latest DROP COLUMN cves;
DELETE FROM latest;                     -- filled in again, with these
