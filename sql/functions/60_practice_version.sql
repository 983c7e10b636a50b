-- The versions of a profile: what it says, as names and values; each change kept with both sides; one change undone, which is a change too.

-- {"headline": "…", "kind technique": [ids], "place 12": {…}, "place 12 kind access": [ids], …}. What is not there is nowhere in it.
create or replace function profile_facts(p_therapist int) returns jsonb
    language plpgsql stable
    as $$
begin
    return (select jsonb_strip_nulls(jsonb_build_object('headline', nullif(t.headline, ''), 'profession', nullif(t.profession, ''), 'pronouns', nullif(t.pronouns, ''), 'about', nullif(t.about, ''),
                'not_for', nullif(t.not_for, ''), 'new_clients', t.new_clients, 'since', t.since, 'back_share', t.back_share, 'first_visit', nullif(t.first_visit, ''), 'photo', t.photo)) from therapist t where t.id = p_therapist)
        || coalesce((select jsonb_object_agg('kind ' || k.kind, k.ids) from (
               select g.kind, jsonb_agg(g.id order by g.id) as ids from therapist_tag x join tag g on g.id = x.tag_id where x.therapist_id = p_therapist group by g.kind) k), '{}')
        || coalesce((select jsonb_object_agg('not ' || k.kind, k.ids) from (
               select g.kind, jsonb_agg(g.id order by g.id) as ids from therapist_not x join tag g on g.id = x.tag_id where x.therapist_id = p_therapist group by g.kind) k), '{}')
        || coalesce((select jsonb_object_agg('place ' || l.id, jsonb_build_object('name', l.name, 'street', l.street, 'town', l.town, 'region', l.region, 'postcode', l.postcode, 'country', l.country,
                'lat', l.lat, 'lon', l.lon, 'zone', l.zone, 'access', l.access, 'home_km', l.home_km)) from location l where l.therapist_id = p_therapist), '{}')
        || coalesce((select jsonb_object_agg('place ' || k.location_id || ' kind ' || k.kind, k.ids) from (
               select x.location_id, g.kind, jsonb_agg(g.id order by g.id) as ids from location_tag x join location l on l.id = x.location_id join tag g on g.id = x.tag_id
               where l.therapist_id = p_therapist group by 1, 2) k), '{}');
end $$;

-- Keeps what differs from p_before, if anything does.
create or replace function profile_keep(p_therapist int, p_before jsonb, p_undoes bigint) returns void
    language plpgsql
    as $$
declare
    after constant jsonb := profile_facts(p_therapist);
begin
    insert into profile_version (therapist_id, account_id, before, after, undoes)
    select p_therapist, auth.account(), coalesce(jsonb_object_agg(key, p_before -> key) filter (where p_before ? key), '{}'), coalesce(jsonb_object_agg(key, after -> key) filter (where after ? key), '{}'), p_undoes
    from (select jsonb_object_keys(p_before || after) as key) k where p_before -> key is distinct from after -> key having count(*) > 0;
end $$;

-- Of a name like "place 12 kind access": "Getting in and around, Upstairs".
create or replace function version_label(p_key text) returns text
    language sql stable
    as $$
    select coalesce(case split_part(p_key, ' ', 1)
        when 'kind' then (select label from tag_kind where kind = split_part(p_key, ' ', 2))
        when 'not' then 'Not worked with: ' || (select lower(title) from not_kinds() where kind = split_part(p_key, ' ', 2))
        when 'place' then coalesce((select label from tag_kind where kind = split_part(p_key, ' ', 4)), 'Place')
            || coalesce(', ' || (select coalesce(nullif(name, ''), street) from location where id = split_part(p_key, ' ', 2)::int), '')
        else case p_key when 'headline' then 'Headline' when 'profession' then 'What you call yourself' when 'pronouns' then 'Pronouns' when 'about' then 'Text' when 'not_for' then 'What you do not work with, in your own words'
             when 'new_clients' then 'New clients' when 'since' then 'In practice since' when 'back_share' then 'Of 100 clients, with back pain' when 'first_visit' then 'First visit' when 'photo' then 'Photo' end end, p_key)
    $$;

create or replace function version_words(p_key text, p_value jsonb) returns text
    language sql stable
    as $$
    select case when p_value is null then null
                when jsonb_typeof(p_value) = 'array' then (select string_agg(g.label, ', ' order by g.position, g.id) from tag g where g.id in (select x::int from jsonb_array_elements_text(p_value) x))
                when jsonb_typeof(p_value) = 'object' then concat_ws(', ', nullif(p_value ->> 'name', ''), p_value ->> 'street', concat_ws(' ', p_value ->> 'town', nullif(p_value ->> 'region', ''), nullif(p_value ->> 'postcode', '')),
                    nullif(p_value ->> 'access', ''), case when (p_value ->> 'home_km')::real > 0 then 'home visits up to ' || say_radius((p_value ->> 'home_km')::real, p_value ->> 'country') end, say_zone_place(p_value ->> 'zone'))
                when jsonb_typeof(p_value) = 'boolean' then case when p_value = 'true' then 'Welcome' else 'None at present' end
                when p_key = 'photo' then 'A photo'
                else p_value #>> '{}' end
    $$;

-- The photo of one side, while it is kept.
create or replace function version_photo(p_key text, p_side jsonb) returns text
    language sql stable
    as $$ select name from photo where p_key = 'photo' and name = p_side ->> 'photo' and taken_down_at is null $$;

-- Why a change cannot be undone; null when it can.
create or replace function version_stays(v profile_version, p_facts jsonb) returns text
    language sql stable
    as $$
    select case when exists (select from jsonb_object_keys(v.before || v.after) k where v.after -> k is distinct from p_facts -> k) then 'Changed again since'
                when exists (select from jsonb_object_keys(v.before || v.after) k where k ~ '^place \d+$' and (v.before ? k) <> (v.after ? k)) then 'A place came or went'
                when v.before ? 'photo' and not exists (select from photo p where p.name = v.before ->> 'photo' and p.taken_down_at is null) then 'That photo is not kept any more' end
    $$;

-- GET /practice/versions: the last hundred, newest first.
create or replace function practice_versions() returns json
    language plpgsql stable
    as $$
declare
    t therapist;
    facts jsonb;
begin
    select * into t from therapist where id = auth.therapist();
    if not found then
        return null;
    end if;
    facts := profile_facts(t.id);
    return json_build_object('name', t.name, 'slug', t.slug, 'published', t.published, 'versions', (
        select coalesce(json_agg(json_build_object('id', v.id, 'at', rfc3339(v.at), 'when', say_date_full(local_day(v.at, x.zone), x.country) || ', ' || say_time(v.at, x.zone, x.country), 'is_undo', v.undoes is not null,
            'by', coalesce((select a.name from account a where a.id = v.account_id), 'Somebody who has left'), 'stays', version_stays(v, facts), 'undoable', version_stays(v, facts) is null,
            'changes', (select json_agg(json_build_object('label', version_label(k), 'before', version_words(k, v.before -> k), 'after', version_words(k, v.after -> k),
                'photo_before', version_photo(k, v.before), 'photo_after', version_photo(k, v.after)) order by k) from jsonb_object_keys(v.before || v.after) k))
            order by v.id desc), '[]')
        from (select * from profile_version where therapist_id = t.id order by id desc limit 100) v
        cross join (select coalesce(min(zone), 'UTC') as zone, coalesce(min(country), 'US') as country from (select zone, country from location where therapist_id = t.id order by id limit 1) l) x));
end $$;

create or replace function version_put_back(p_therapist int, b jsonb, p_keys text[]) returns void
    language plpgsql
    as $$
declare
    k text;
    place int;
    p jsonb;
begin
    if p_keys && '{headline,profession,pronouns,about,not_for,new_clients,since,back_share,first_visit}' then
        update therapist set headline = case when 'headline' = any (p_keys) then coalesce(b ->> 'headline', '') else headline end,
            profession = case when 'profession' = any (p_keys) then coalesce(b ->> 'profession', '') else profession end,
            pronouns = case when 'pronouns' = any (p_keys) then coalesce(b ->> 'pronouns', '') else pronouns end,
            about = case when 'about' = any (p_keys) then coalesce(b ->> 'about', '') else about end,
            not_for = case when 'not_for' = any (p_keys) then coalesce(b ->> 'not_for', '') else not_for end,
            new_clients = case when 'new_clients' = any (p_keys) then (b ->> 'new_clients')::boolean else new_clients end,
            since = case when 'since' = any (p_keys) then (b ->> 'since')::smallint else since end,
            back_share = case when 'back_share' = any (p_keys) then (b ->> 'back_share')::smallint else back_share end,
            first_visit = case when 'first_visit' = any (p_keys) then coalesce(b ->> 'first_visit', '') else first_visit end, changed_at = now() where id = p_therapist;
    end if;
    if 'photo' = any (p_keys) then
        perform photo_choose(p_therapist, b ->> 'photo');
    end if;
    foreach k in array p_keys loop
        place := substring(k from '^place (\d+)');
        p := b -> k;
        if k ~ '^not ' then
            delete from therapist_not x using tag g where x.therapist_id = p_therapist and g.id = x.tag_id and g.kind = split_part(k, ' ', 2);
            insert into therapist_not select p_therapist, g.id from tag g where g.id in (select x::int from jsonb_array_elements_text(p) x);
        elsif k ~ '^kind ' then
            delete from therapist_tag x using tag g where x.therapist_id = p_therapist and g.id = x.tag_id and g.kind = split_part(k, ' ', 2);
            insert into therapist_tag select p_therapist, g.id from tag g where g.id in (select x::int from jsonb_array_elements_text(p) x);
        elsif k ~ ' kind ' then
            delete from location_tag x using tag g where x.location_id = place and g.id = x.tag_id and g.kind = split_part(k, ' ', 4);
            insert into location_tag select place, g.id from tag g where g.id in (select x::int from jsonb_array_elements_text(p) x);
        elsif place is not null then
            update location set name = p ->> 'name', street = p ->> 'street', town = p ->> 'town', region = p ->> 'region', postcode = p ->> 'postcode', country = p ->> 'country', lat = (p ->> 'lat')::float8,
                lon = (p ->> 'lon')::float8, zone = p ->> 'zone', access = p ->> 'access', home_km = (p ->> 'home_km')::real where id = place and therapist_id = p_therapist;
        end if;
    end loop;
end $$;

-- A value that would be both done and not done if this change were undone: its words, else null.
create or replace function version_both(p_therapist int, v profile_version) returns text
    language sql stable
    as $$
    select g.label from jsonb_each(v.before) b cross join lateral jsonb_array_elements_text(case jsonb_typeof(b.value) when 'array' then b.value else '[]' end) x join tag g on g.id = x::int
    where b.key ~ '^kind ' and exists (select from therapist_not n where n.therapist_id = p_therapist and n.tag_id = g.id)
       or b.key ~ '^not ' and exists (select from therapist_tag d where d.therapist_id = p_therapist and d.tag_id = g.id)
    order by g.position limit 1
    $$;

-- POST /practice/versions/{id}/undo
create or replace function practice_version_undo(p_id bigint) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
    before jsonb;
    keys text[];
    v profile_version;
    lost text;
begin
    perform from therapist where id = me for update;
    before := profile_facts(me);
    select * into v from profile_version where id = p_id and therapist_id = me;
    if not found then
        return null;
    elsif version_stays(v, before) is not null then
        return practice_problem('version', version_stays(v, before) || ', so this change cannot be undone');
    end if;
    if version_both(me, v) is not null then
        return practice_problem('version', version_both(me, v) || ' cannot be both what you work with and what you do not. Change that first, then undo this change');
    end if;
    keys := array(select jsonb_object_keys(v.before || v.after));
    -- what a service consists of stays stated
    select g.label || ' is in your service “' || s.name || '”' into lost from service s join service_tag x on x.service_id = s.id join tag g on g.id = x.tag_id
    where s.therapist_id = me and s.retired_at is null and 'kind technique' = any (keys) and not coalesce(v.before -> 'kind technique', '[]') @> to_jsonb(g.id) limit 1;
    if lost is not null then
        return practice_problem('version', lost || '. Take it out there first, then undo this change');
    end if;
    perform version_put_back(me, v.before, keys);
    perform profile_keep(me, before, v.id);
    perform practice_noted(true, 'profile.undone', p_id::text);
    return practice_versions();
end $$;

grant execute on function profile_facts, profile_keep, version_label, version_words, version_photo, version_stays, practice_versions, version_both, version_put_back, practice_version_undo to unknot_web;
