-- read: ready items after a position, and how far they reach; one row without an item where there are none.
SELECT u.position, x.position, x."right", x.number, x.item
FROM rendition_upto u
LEFT JOIN LATERAL (
    SELECT r.position, r."right", r.number, r.item
    FROM rendition r
    WHERE r.office = u.office AND r.mask = u.mask AND r.position > %(after)s AND r."right" = ANY(%(rights)s)
    ORDER BY r.position
    LIMIT %(limit)s
) x ON true
WHERE u.office = %(office)s AND u.mask = %(mask)s
ORDER BY x.position

-- lock: the office's last position; no submission of the office is published until this transaction ends.
SELECT position FROM office_position WHERE office = %(office)s FOR SHARE

-- reach: how far the ready items of a mask reach, for this transaction alone to change.
SELECT position FROM rendition_upto WHERE office = %(office)s AND mask = %(mask)s FOR UPDATE

-- ready: ready items after a position, and nothing else.
SELECT r.position, r."right", r.number, r.item
FROM rendition r
WHERE r.office = %(office)s AND r.mask = %(mask)s AND r.position > %(after)s AND r."right" = ANY(%(rights)s)
ORDER BY r.position
LIMIT %(limit)s
