-- Where the law wants a license, and until when it has been checked: location.bookable_until. Kept by triggers in the transaction that changes what it rests
-- on; after its last day the clock alone ends it. slots(), the listing and every new booking ask it.

-- As registers write it: OR for Oregon.
create or replace function place_region(p_country text, p_region text) returns text
    language plpgsql stable
    as $$
begin
    return case when p_country = 'US' then coalesce(us_state(fold(p_region)), upper(p_region)) else upper(p_region) end;
end $$;

create or replace function license_wanted(p_country text, p_region text) returns boolean
    language plpgsql stable
    as $$
declare
    here constant text := place_region(p_country, p_region);
begin
    return exists (select from register r where r.country = p_country and r.region in ('', here) and r.required and r.retired_at is null)
       and (select license_blocks from credential_setting);
end $$;
comment on function license_wanted is 'whether nobody is booked here without a license that has been checked';

create or replace function place_license(p_therapist int, p_country text, p_region text) returns date
    language plpgsql stable
    as $$
declare
    here constant text := place_region(p_country, p_region);
begin
    if not license_wanted(p_country, p_region) then
        return 'infinity';
    end if;
    return coalesce((select max(c.checked_until) from credential c join credential_kind k on k.kind = c.kind join register r on r.id = c.register_id
                     where c.therapist_id = p_therapist and k.profession and r.required and r.country = p_country and r.region in ('', here)), '-infinity');
end $$;
comment on function place_license is 'until when the check of a license counts that gives permission here: infinity where none is wanted, -infinity where none was checked';

create or replace function location_licensed() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    new.bookable_until := place_license(new.therapist_id, new.country, new.region);
    return new;
end $$;
create or replace trigger location_licensed before insert or update of therapist_id, country, region, bookable_until on location for each row execute function location_licensed();

create or replace function credential_licenses() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    update location l set bookable_until = x.until
    from (select p.id, place_license(p.therapist_id, p.country, p.region) as until from location p where p.therapist_id in (select c.therapist_id from changed c)) x
    where l.id = x.id and l.bookable_until <> x.until;
    return null;
end $$;
-- before those of the listing, which go by name
create or replace trigger a_licenses_insert after insert on credential referencing new table as changed for each statement execute function credential_licenses();
create or replace trigger a_licenses_update after update on credential referencing new table as changed for each statement execute function credential_licenses();
create or replace trigger a_licenses_delete after delete on credential referencing old table as changed for each statement execute function credential_licenses();

-- What the law wants somewhere, or whether this site goes by it, has changed: the places there are asked anew. p_countries: null for all.
create or replace function licenses_anew(p_countries text[]) returns void
    language sql
    as $$
    update location l set bookable_until = x.until
    from (select p.id, place_license(p.therapist_id, p.country, p.region) as until from location p where p_countries is null or p.country = any (p_countries)) x
    where l.id = x.id and l.bookable_until <> x.until
    $$;
create or replace function law_licenses() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if tg_table_name = 'credential_setting' then
        perform licenses_anew(null);
    elsif tg_op = 'INSERT' then
        perform licenses_anew(array(select distinct c.country from changed c where c.required)) where exists (select from changed c where c.required);
    else
        perform licenses_anew(x.countries)
        from (select array_agg(c.country) || array_agg(w.country) as countries from changed c join was w using (id)
              where (w.country, w.region, w.required, w.retired_at is null) is distinct from (c.country, c.region, c.required, c.retired_at is null)) x
        where x.countries is not null;
    end if;
    return null;
end $$;
create or replace trigger a_licenses_insert after insert on register referencing new table as changed for each statement execute function law_licenses();
create or replace trigger a_licenses_update after update on register referencing old table as was new table as changed for each statement execute function law_licenses();
create or replace trigger a_licenses_update after update on credential_setting for each row when (old.license_blocks <> new.license_blocks) execute function law_licenses();

create or replace function place_bookable(p_location int) returns boolean
    language plpgsql stable
    as $$
begin
    return (select l.bookable_until >= (clock() at time zone 'UTC')::date and t.suspended_at is null from location l join therapist t on t.id = l.therapist_id where l.id = p_location);
end $$;

-- Whoever makes a booking, and by whatever way: the last look.
create or replace function booking_licensed() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if not bulk_load() and not place_bookable(new.location_id) then
        raise exception 'nobody can be booked here until a license has been checked' using errcode = 'check_violation';
    end if;
    return new;
end $$;
create or replace trigger booking_licensed before insert or update of location_id, starts_at on booking for each row execute function booking_licensed();

-- A page that was taken off the list by two operators stays off it.
create or replace function therapist_suspended() returns trigger
    language plpgsql
    as $$
begin
    new.published := new.published and new.suspended_at is null;
    return new;
end $$;
create or replace trigger therapist_suspended before insert or update of published, suspended_at on therapist for each row execute function therapist_suspended();

-- Why nothing can be booked with somebody, in words; null: it can, somewhere.
create or replace function unlicensed_json(p_therapist int) returns json
    language plpgsql stable
    as $$
declare
    today constant date := (clock() at time zone 'UTC')::date;
begin
    return (select json_build_object('all', bool_and(l.bookable_until < today), 'lapsed', bool_or(l.bookable_until < today and l.bookable_until > '-infinity'),
                'places', json_agg(coalesce(nullif(l.name, ''), l.street) order by l.id) filter (where l.bookable_until < today))
            from location l where l.therapist_id = p_therapist having bool_or(l.bookable_until < today));
end $$;

grant execute on function place_region, license_wanted, place_license, place_bookable, unlicensed_json to unknot_web, unknot_worker;
