-- name: home.counts
-- What is listed now → {"counts":{"therapists","towns"}}
select json_build_object('counts', json_build_object(
    'therapists', (select count(*) from listing_due),
    'towns', (select count(*) from town)))
