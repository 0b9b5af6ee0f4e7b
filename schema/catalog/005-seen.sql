-- When a generation first had the document: the age of one that has no date.
ALTER TABLE indexed_document ADD COLUMN seen INTEGER NOT NULL DEFAULT 0;

UPDATE indexed_document SET seen = coalesce((
	SELECT min(g.made) FROM generation_document x
	JOIN generation g ON g.number = x.generation
	WHERE x.document = indexed_document.id), 0);
