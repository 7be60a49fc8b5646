-- tree: the twigs of a right within a view, each with its digest; the row without a twig counts the records whose
-- leaf is not ready (a valid leaf is of the record's present visible content).
SELECT x.twig, count(*), sha256('\x01'::bytea || coalesce(string_agg(x.digest, ''::bytea ORDER BY x.digest), ''))
FROM (
    SELECT CASE WHEN {valid} THEN l.twig END AS twig, CASE WHEN {valid} THEN l.digest END AS digest
    FROM record r
    LEFT JOIN proof_leaf l
      ON l.office = r.office AND l.mask = %(mask)s AND l."right" = r."right" AND l.number = r.number
    WHERE r.office = %(office)s AND r."right" = %(right)s AND {inside}
) x
GROUP BY x.twig

-- leaves: the leaves of some twigs of a right within a view.
SELECT l.twig, l.number, l.digest
FROM proof_leaf l
JOIN record r ON r.office = l.office AND r."right" = l."right" AND r.number = l.number
WHERE l.office = %(office)s AND l.mask = %(mask)s AND l."right" = %(right)s
  AND l.twig >= %(first)s AND l.twig < %(upto)s AND {valid} AND {inside}
ORDER BY l.twig, l.digest

-- missing: records of a right within a view, after a number, whose leaf is not ready.
SELECT r.number, r.position, {state}, r.stale & %(mask)s, {documents}
FROM record r
LEFT JOIN proof_leaf l
  ON l.office = r.office AND l.mask = %(mask)s AND l."right" = r."right" AND l.number = r.number
WHERE r.office = %(office)s AND r."right" = %(right)s AND r.number > %(after)s AND {inside} AND NOT {valid}
ORDER BY r.number
LIMIT %(limit)s

-- keep: leaves of records as of their positions.
INSERT INTO proof_leaf (office, mask, "right", number, twig, position, state, digest)
SELECT %(office)s, %(mask)s, %(right)s, made.*
FROM unnest(%(numbers)s::text[], %(twigs)s::integer[], %(positions)s::bigint[], %(states)s::bytea[],
            %(digests)s::bytea[]) AS made
ON CONFLICT (office, mask, "right", number) DO UPDATE
SET twig = excluded.twig, position = excluded.position, state = excluded.state, digest = excluded.digest

-- pass: leaves of records that have changed in nothing that is seen are of their new positions too.
UPDATE proof_leaf l SET position = r.position
FROM record r
WHERE r.office = l.office AND r."right" = l."right" AND r.number = l.number AND r.live
  AND l.office = %(office)s AND l.mask = %(mask)s AND l."right" = %(right)s
  AND l.position <> r.position AND l.state = {state}

-- forget: leaves of sets of groups that nobody may read at present, and of records that are gone.
DELETE FROM proof_leaf l
WHERE l.office = %(office)s AND (l.mask <> ALL (%(masks)s::integer[]) OR NOT EXISTS (
    SELECT FROM record r WHERE r.office = l.office AND r."right" = l."right" AND r.number = l.number AND r.live
))
