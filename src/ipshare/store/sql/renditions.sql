-- read: how far ready items reach (a row of its own; none where nothing is ready), then those after a position.
-- Of a record that is outside since before its reader began nothing is told.
SELECT position, NULL AS "right", NULL AS number, NULL::bytea AS item
FROM rendition_upto
WHERE office = %(office)s AND mask = %(mask)s
UNION ALL (
    SELECT r.position, r."right", r.number, r.item
    FROM rendition r
    WHERE r.office = %(office)s AND r.mask = %(mask)s AND r.position > %(after)s AND r."right" = ANY(%(rights)s)
      AND (r.position > {left} OR substr(r.item, 10, 3) = 'put')
    ORDER BY r.position
    LIMIT %(limit)s
)

-- blocked_alone: whether a record was ever blocked for one authorization.
SELECT EXISTS (SELECT FROM store_recordblock WHERE authorization_id = %(authorization)s)

-- lock: the office's last position; no submission of the office is published until this transaction ends.
SELECT position FROM office_position WHERE office = %(office)s FOR SHARE

-- reach: how far the ready items of a mask reach, for this transaction alone to change.
SELECT position FROM rendition_upto WHERE office = %(office)s AND mask = %(mask)s FOR UPDATE

-- ready: ready records after a position, and nothing else.
SELECT r.position, r."right", r.number, r.item
FROM rendition r
WHERE r.office = %(office)s AND r.mask = %(mask)s AND r.position > %(after)s AND r."right" = ANY(%(rights)s)
  AND substr(r.item, 10, 3) = 'put'
ORDER BY r.position
LIMIT %(limit)s
