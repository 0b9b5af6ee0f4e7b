-- Words of every record; rowid is the record's key. We cut text into words
-- ourselves (indexer/words.c), so that ids stay whole; a removed row is taken
-- out by handing in its words again. head: ids, title, packages; body: what
-- describes it. Nothing but "which column of which row" is kept of a word.
CREATE VIRTUAL TABLE search USING fts5(
	head, body,
	content='', columnsize=0, detail=column,
	tokenize="ascii tokenchars '-_.:+~'"
);

-- Merged only when there are many segments: a build is one go. The default
-- hashsize, 1 MiB, stays in the processor's cache; 8 MiB takes half as long
-- again.
INSERT INTO search (search, rank) VALUES ('automerge', 0);
