-- A listing that a migration has emptied is made again; otherwise it is true already and left alone.
select count(listing_refresh(id)) from therapist where published and not exists (select from listing_due);
