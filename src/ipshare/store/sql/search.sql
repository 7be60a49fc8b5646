-- begin: the row that one transaction at a time extends.
INSERT INTO search_upto VALUES (%(office)s, 0) ON CONFLICT DO NOTHING

-- lock: how far the index of an office reaches, for this transaction alone to change.
SELECT position FROM search_upto WHERE office = %(office)s FOR UPDATE

-- reach: the index of an office reaches so far now.
UPDATE search_upto SET position = %(position)s WHERE office = %(office)s

-- touched: the records whose indexed groups changed in a stretch of positions (withdrawn ones as well).
SELECT DISTINCT c."right", c.number
FROM change c
WHERE c.office = %(office)s AND c.position > %(after)s AND c.position <= %(upto)s AND c.groups & %(indexed)s <> 0

-- present: what some records hold of the indexed groups at present.
SELECT r.number, coalesce((r.facets).filed, '-infinity')::text, coalesce((r.facets).registered, '-infinity')::text,
  {documents}, {digests}
FROM record r
WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number = ANY(%(numbers)s::text[]) AND r.live

-- forget: their rows, before the new ones are written.
DELETE FROM search WHERE office = %(office)s AND "right" = %(right)s AND number = ANY(%(numbers)s::text[])

-- behind: records within a view of which the index does not know the present content of the groups asked for.
-- Only changes after its reach are looked at; what a view does not hold can bring no record in here.
SELECT DISTINCT c.number
FROM change c
JOIN record r ON r.office = c.office AND r."right" = c."right" AND r.number = c.number
LEFT JOIN search s ON s.office = c.office AND s."right" = c."right" AND s.number = c.number
WHERE c.office = %(office)s
  AND c.position > coalesce((SELECT position FROM search_upto WHERE office = %(office)s), 0)
  AND c."right" = %(right)s AND c."right" = ANY(%(rights)s)
  AND c.groups & %(asked)s <> 0
  AND {inside}
  AND ({unknown})
LIMIT %(limit)s

-- found: the records of a right within a view that a search finds, in the order of their numbers. An entry of the
-- index counts only while its group is what the record holds at present.
SELECT r.number, r.stale & %(mask)s, {documents}
FROM {source}
WHERE r.office = %(office)s AND r."right" = %(right)s AND r."right" = ANY(%(rights)s)
  AND {number} > %(after)s
  AND {inside}
  AND r.number <> ALL (%(blocked)s::text[])
  AND {conditions}
ORDER BY {number}
LIMIT %(limit)s
