-- role: owner

-- name: listing.rebuild
-- Makes the whole listing anew → how many therapists.
select count(*) from (select id, listing_refresh(id) from therapist order by id) x
