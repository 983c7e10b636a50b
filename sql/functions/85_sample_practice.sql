-- A demo practice: three therapists of one town under one roof, with two rooms for two of their services each and a front desk that books for all.
create or replace function sample.practice(p_hash text) returns int
    language plpgsql
    as $$
declare
    home text;
    ours int[]; -- the first owns it
    made int;
    roof int;
begin
    perform set_config('app.bulk', 'on', true);
    -- of the town with most to choose from those with one place, but for whom the list of demo accounts names
    select l.town into home from location l group by l.town order by count(*) desc, l.town limit 1;
    ours := array(select t.id from therapist t where t.published and (select count(*) from location l where l.therapist_id = t.id and l.home_km = 0) = 1 and (select count(*) from location l where l.therapist_id = t.id) = 1
                  and exists (select from location l join hours h on h.location_id = l.id where l.therapist_id = t.id and l.town = home)
                  and (select count(*) from service s where s.therapist_id = t.id and s.retired_at is null and not s.at_home) >= 2 order by t.id offset 2 limit 3);
    insert into practice (name) values ('Corner Practice') returning id into made;
    insert into practice_member (account_id, practice_id, role)
    select t.account_id, made, case when t.id = ours[1] then 'owner' else 'therapist' end from therapist t where t.id = any (ours);
    insert into premises (practice_id, name, street, town, region, postcode, country, lat, lon, zone, access)
    select made, 'Corner Practice', street, town, region, postcode, country, lat, lon, zone, access from location where therapist_id = ours[1] returning id into roof;
    update location set premises_id = roof where therapist_id = any (ours);
    insert into room (premises_id, name, position) values (roof, 'Garden room', 1), (roof, 'Street room', 2);
    perform service_needs(s.id, array(select r.id from room r where r.premises_id = roof))
    from service s where s.therapist_id = any (ours) and s.retired_at is null and not s.at_home
      and s.id in (select x.id from service x where x.therapist_id = s.therapist_id and x.retired_at is null and not x.at_home order by x.position, x.id limit 2);
    with a as (
        insert into account (role, name, email, password_hash, email_verified_at) values ('desk', 'Demo Front Desk', 'desk@example.org', p_hash, clock()) returning id
    )
    insert into practice_member (account_id, practice_id, role) select id, made, 'desk' from a;
    return cardinality(ours);
end $$;
