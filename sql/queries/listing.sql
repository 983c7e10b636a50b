-- role: owner

-- name: listing.order
-- One row a therapist, in geographic order: id. All of them: who is no longer published goes out of the listing.
select t.id from therapist t left join location l on l.therapist_id = t.id group by t.id order by min(map_order(l.lat, l.lon)), t.id

-- name: listing.rebuild
-- Makes the rows of the therapists $1 (int[]) anew.
select listing_rebuild($1::int[])
