-- page: the newest visible change of each record after a position, in the order of publication.
-- The lateral join is fenced (OFFSET 0): change is walked along its primary key, so a page costs the
-- same at every position. {masks}, {newest} and {documents} are made of the groups of the view.
SELECT c.position, c."right", c.number, r.live, {documents}
FROM change c
CROSS JOIN LATERAL (
    SELECT r.live, {documents}, {newest} AS newest
    FROM record r
    WHERE r.office = c.office AND r."right" = c."right" AND r.number = c.number
    OFFSET 0
) r
WHERE c.office = %(office)s
  AND c.position > %(after)s
  AND c.position <= %(upto)s
  AND c.groups & {masks} <> 0
  AND c.position = r.newest
ORDER BY c.position
LIMIT %(limit)s

-- count_of: how many changes of a record someone who sees these groups has seen up to a position.
SELECT count(*)
FROM change
WHERE office = %(office)s AND "right" = %(right)s AND number = %(number)s
  AND groups & %(mask)s <> 0 AND position <= %(position)s

-- position_of: the position of a record's change that is the count-th for someone who sees these groups.
SELECT position
FROM change
WHERE office = %(office)s AND "right" = %(right)s AND number = %(number)s AND groups & %(mask)s <> 0
ORDER BY position
OFFSET %(count)s - 1
LIMIT 1
