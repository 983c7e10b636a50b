-- From a new account to a page that is found: what is there and what is missing is worked out from the data each time. And the address of a place.

create or replace function practice_step(p_nth int, p_step text, p_title text, p_about text, p_href text, p_act text, p_missing json) returns json
    language sql stable
    as $$
    select json_build_object('nth', p_nth, 'step', p_step, 'title', p_title, 'about', p_about, 'href', p_href, 'act', p_act, 'missing', x.list, 'done', x.list is null)
    from (select json_agg(m.item order by m.n) as list from json_array_elements(p_missing) with ordinality m (item, n) where m.item ->> 'step' = p_step) x
    $$;

-- GET /practice/start
create or replace function practice_start() returns json
    language plpgsql stable
    as $$
declare
    t therapist;
    missing json;
    steps json;
begin
    select * into t from therapist where id = auth.therapist();
    if not found then
        return null;
    end if;
    missing := practice_missing(t);
    steps := json_build_array(
        practice_step(1, 'profile', 'Your profile', 'Who you are, how you work and what you help with.', '/practice/profile', 'Open my profile', missing),
        practice_step(2, 'place', 'A place', 'Where people come to you, or from where you go to them.',
            coalesce('/practice/places/' || (select min(id) from location where therapist_id = t.id), '/practice/places/new'), 'Open the place', missing),
        practice_step(3, 'service', 'A service', 'What can be booked, how long it takes and what it costs.', '/practice/services', 'Open my services', missing),
        practice_step(4, 'hours', 'Hours', 'When you work. Free times come from them.', '/practice/hours', 'Open my hours', missing),
        practice_step(5, 'credential', 'Credentials', 'What says that you may practice. We check it and show what was checked.', '/practice/credentials', 'Open my credentials', missing));
    return json_build_object('name', t.name, 'slug', t.slug, 'published', t.published, 'suspended', t.suspended_why, 'closed', unlicensed_json(t.id), 'steps', steps,
        'ready', json_array_length(missing) = 0, 'missing', missing, 'missing_any', json_array_length(missing) > 0,
        'done', (select count(*) from json_array_elements(steps) s where (s ->> 'done')::boolean), 'of', json_array_length(steps));
end $$;

-- Rights of the owner: no other way leads to being found. Null: not a therapist's.
create or replace function practice_publish(p_on boolean) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    t therapist;
begin
    select * into t from therapist where id = auth.therapist() for update;
    if not found then
        return null;
    elsif p_on and t.suspended_at is not null then
        return practice_problem('publish', 'Your page was suspended by the operators, so it cannot be published');
    elsif p_on and json_array_length(practice_missing(t)) > 0 then
        return practice_problem('publish', 'Your page cannot be published yet. See what is missing');
    end if;
    update therapist set published = p_on, changed_at = now() where id = t.id and published <> p_on;
    perform practice_noted(found, case when p_on then 'profile.published' else 'profile.withdrawn' end, t.id::text);
    return practice_start();
end $$;
comment on function practice_publish is 'for whoever is signed in, of their own page alone';

-- The zone of a new place: as the nearest place that is known, else as the land lies in the United States. Null: it has to be said.
create or replace function zone_guess(p_country text, p_lat float8, p_lon float8) returns text
    language sql stable
    as $$
    select coalesce((select l.zone from location l where l.country = p_country and earth_metres(l.lat, l.lon, p_lat, p_lon) < 100000 order by earth_metres(l.lat, l.lon, p_lat, p_lon) limit 1),
        case when p_country = 'US' and p_lon < -154 then 'Pacific/Honolulu' when p_country = 'US' and p_lon < -129 then 'America/Anchorage' when p_country = 'US' and p_lon < -114.5 then 'America/Los_Angeles'
             when p_country = 'US' and p_lon < -102 then 'America/Denver' when p_country = 'US' and p_lon < -86.5 then 'America/Chicago' when p_country = 'US' then 'America/New_York' end)
    $$;

-- Whether a place can be taken out, and if not why: null when it can.
create or replace function place_stays(l location) returns text
    language sql stable
    as $$
    select case when exists (select from booking b where b.therapist_id = l.therapist_id and (b.location_id = l.id or b.suggested_location = l.id)) then 'Visits were booked here, so it stays on record. To work here no more, take its hours out.'
                when (select published from therapist where id = l.therapist_id) and not exists (select from location o where o.therapist_id = l.therapist_id and o.id <> l.id and exists (select from hours h where h.location_id = o.id))
                    then 'It is the only place with hours, and your page is published. Add another one first.' end
    $$;

-- The form of an address; p_id null: of a new place. p_typed: what was sent, when the form comes again.
create or replace function practice_place_form(p_id int, p_typed json) returns json
    language plpgsql stable
    as $$
declare
    me int := auth.therapist();
    l location;
begin
    select * into l from location where id = p_id and therapist_id = me;
    if me is null or p_id is not null and l.id is null then
        return null;
    end if;
    return json_build_object('id', l.id, 'name', l.name, 'street', l.street, 'town', l.town || coalesce(', ' || nullif(l.region, ''), ''), 'postcode', l.postcode, 'access', l.access,
        'published', (select published from therapist where id = me), 'zones', practice_zones(p_typed ->> 'zone', l.zone), 'stays', place_stays(l), 'action', '/practice/places/' || coalesce(l.id::text, 'new'));
end $$;

-- Where an address lies: what the gazetteer knows of its town or postcode, or the position that was given.
create or replace function place_read(p_form json, out town text, out region text, out postcode text, out country text, out lat float8, out lon float8, out wrong json)
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    typed text := btrim(regexp_replace(p_form ->> 'town', '\s+', ' ', 'g'));
    at text[] := regexp_match(coalesce(p_form ->> 'position', ''), '^\s*(-?\d{1,2}(?:\.\d{1,12})?)\s*[, ]\s*(-?\d{1,3}(?:\.\d{1,12})?)\s*$');
    m record;
    here record;
begin
    if p_form ->> 'position' is not null and (at is null or abs(at[1]::float8) > 85 or abs(at[2]::float8) > 180) then
        wrong := practice_problem('position', 'Enter the position as two numbers, such as 45.5231, -122.6765');
        return;
    end if;
    select * into m from place_meant(typed);
    if m.choices is null or m.state = 'unknown' then
        if at is null or m.choices is null and m.state = 'found' then
            wrong := practice_problem('town', 'We know no such town. Enter it with its state, or the ZIP code; or give the position below');
            return;
        end if;
        lat := at[1]; lon := at[2];
        select t.country into country from town_at(lat, lon) t;
        town := split_part(typed, ',', 1); region := left(btrim(split_part(typed, ',', 2)), 60); country := coalesce(country, 'US');
    elsif m.state <> 'found' then
        wrong := practice_problem('town', case m.state when 'guessed' then 'We do not know it. Do you mean ' || array_to_string(m.choices[:3], '; ') || '? Then enter it so'
            else 'There are several: ' || array_to_string(m.choices[:3], '; ') || '. Enter the state too, or the ZIP code' end);
        return;
    else
        select p.* into here from place p where p.label = m.label and p.country = m.country order by p.kind = 'town' desc limit 1;
        town := case when here.kind = 'postcode' and typed ~ '^[[:alpha:]]' then btrim(regexp_replace(split_part(typed, ',', 1), '[0-9]+', '', 'g')) else here.name end;
        region := here.region; country := here.country; postcode := here.postcode; lat := here.lat; lon := here.lon;
        if at is not null then
            if earth_metres(lat, lon, at[1]::float8, at[2]::float8) > 100000 then
                wrong := practice_problem('position', 'That position is more than 100 km from ' || here.name || '. Look at both');
                return;
            end if;
            lat := at[1]; lon := at[2];
        end if;
    end if;
    postcode := coalesce(p_form ->> 'postcode', postcode, '');
    if at is null and postcode <> '' then
        select p.lat, p.lon into here from place p where p.kind = 'postcode' and p.country = country and p.postcode = postcode and earth_metres(p.lat, p.lon, lat, lon) < 100000;
        lat := coalesce(here.lat, lat); lon := coalesce(here.lon, lon);
    end if;
end $$;

create or replace function practice_place_address(p_id int, p_form json) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
    before jsonb := profile_facts(me);
    l location;
    a record;
    chosen text := p_form ->> 'zone';
    made int := p_id;
begin
    select * into l from location where id = p_id and therapist_id = me;
    if me is null or p_id is not null and l.id is null then
        return null;
    elsif l.premises_id is not null then
        return practice_problem('street', 'This place is the practice''s: its owner changes the address, for all who work here');
    elsif p_id is null and (select count(*) from location where therapist_id = me) >= 12 then
        return practice_problem('street', 'Twelve places are the most. Take one out first');
    elsif chosen is not null and not exists (select from zone_known where zone = chosen) then
        return practice_problem('zone', 'Choose a time zone from the list');
    end if;
    select * into a from place_read(p_form);
    if a.wrong is not null then
        return a.wrong;
    end if;
    chosen := coalesce(chosen, case when l.country = a.country and earth_metres(l.lat, l.lon, a.lat, a.lon) < 50000 then l.zone end, zone_guess(a.country, a.lat, a.lon));
    if chosen is null then
        return practice_problem('zone', 'Choose the time zone of the place');
    elsif p_id is null then
        insert into location (therapist_id, name, street, town, region, postcode, country, lat, lon, zone, access)
        values (me, coalesce(p_form ->> 'name', ''), p_form ->> 'street', a.town, a.region, a.postcode, a.country, a.lat, a.lon, chosen, coalesce(p_form ->> 'access', '')) returning id into made;
    else
        -- who changes the street alone keeps the position
        update location set name = coalesce(p_form ->> 'name', ''), street = p_form ->> 'street', town = a.town, region = a.region, postcode = a.postcode, country = a.country, zone = chosen, access = coalesce(p_form ->> 'access', ''),
            lat = case when p_form ->> 'position' is null and (l.town, l.region, l.postcode) = (a.town, a.region, a.postcode) then l.lat else a.lat end,
            lon = case when p_form ->> 'position' is null and (l.town, l.region, l.postcode) = (a.town, a.region, a.postcode) then l.lon else a.lon end
        where id = p_id;
    end if;
    perform profile_keep(me, before, null);
    perform practice_noted(true, case when p_id is null then 'place.added' else 'place.changed' end, made::text);
    return practice_place_form(made, null);
end $$;

create or replace function practice_place_remove(p_id int) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
    before jsonb := profile_facts(me);
    l location;
begin
    select * into l from location where id = p_id and therapist_id = me for update;
    if not found then
        return null;
    elsif place_stays(l) is not null then
        return practice_problem('street', place_stays(l));
    end if;
    delete from location where id = p_id;
    perform profile_keep(me, before, null);
    perform practice_noted(true, 'place.removed', p_id::text);
    return practice_start();
end $$;

grant execute on function practice_step, practice_start, practice_publish, zone_guess, place_stays, practice_place_form, place_read, practice_place_address, practice_place_remove to unknot_web;
