-- How often in a row a source failed: a daemon tries again ever later.
ALTER TABLE source ADD COLUMN n_failed INTEGER NOT NULL DEFAULT 0;
