-- What was asked for over HTTP: by whom, and from where.
ALTER TABLE audit ADD COLUMN who TEXT NOT NULL DEFAULT '';     -- token, certificate
ALTER TABLE audit ADD COLUMN address TEXT NOT NULL DEFAULT '';
