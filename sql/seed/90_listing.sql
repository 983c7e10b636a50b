-- A listing that a migration has emptied is made again, in geographic order; otherwise it is true already and left alone. One lock for all: there are not
-- enough for each therapist.
do $$
begin
    if exists (select from listing_due) then
        perform listing_blocks_begin();
        return;
    end if;
    lock table listing_due in exclusive mode;
    perform listing_write(b.ids)
    from (select array_agg(x.id) as ids
          from (select t.id, row_number() over (order by min(map_order(l.lat, l.lon)), t.id) as n
                from therapist t left join location l on l.therapist_id = t.id where t.published group by t.id) x
          group by x.n / 200 order by min(x.n)) b;
    analyze listing, listing_offer, listing_card, listing_due;
    perform listing_blocks_begin();
end $$;
