-- Red Hat's repositories and the CPEs that each stands for. ord is the
-- record's ordinal in place: it stays from one publication to the next.
CREATE TABLE repository (
	id TEXT NOT NULL,               -- rhel-9-for-x86_64-baseos-rpms
	document INTEGER NOT NULL,
	ord INTEGER NOT NULL,
	cpes INTEGER NOT NULL,          -- word: lines
	urls TEXT NOT NULL,             -- lines: content/dist/rhel9/9/…/os
	PRIMARY KEY (id, document)
) STRICT, WITHOUT ROWID;
