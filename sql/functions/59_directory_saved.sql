-- Two to four therapists side by side, and the list of those somebody wants to find again.

-- Whom to compare, in the order of p_slugs, with what their columns rest on: all of it in one statement. home: the first of their places; place: the nearest,
-- of who has several, or the same one; shown: the service that lists show.
create or replace function compare_asked(p_slugs text[], p_lat float8, p_lon float8)
    returns table (t therapist, home location, place location, metres float8, places int, words jsonb, rated int, score numeric, shown service, lengths text, trained text, excluded text)
    language plpgsql stable rows 4
    as $$
#variable_conflict use_column
begin
    return query
    select x, l.all_of[1], l.near[1], l.metres, l.places::int,
           stated_words(x.id, l.near[1].id), r.n::int, r.score, v.shown,
           (select string_agg(say_minutes(m), ', ' order by m) from (select distinct s.minutes from service s where s.therapist_id = x.id and s.retired_at is null) s (m)),
           (select string_agg(c.title || case when c.checked_until >= current_date then ' (checked)' when c.checked_on is null then ' (not checked yet)' else ' (our check has run out)' end, ', ' order by c.title)
            from credential c join tag g on g.id = c.specialism_id where c.therapist_id = x.id and g.part = 'back_pain'),
           case when exists (select from therapist_not n where n.therapist_id = x.id) then not_words(x) else nullif(x.not_for, '') end
    from unnest(p_slugs) with ordinality c (slug, o) join therapist x on x.slug = c.slug
    cross join lateral (select array_agg(y.place order by (y.place).id) as all_of, array_agg(y.place order by y.metres, (y.place).id) as near, min(y.metres) as metres, count(*) as places
                        from (select l as place, case when p_lat is not null then earth_metres(l.lat, l.lon, p_lat, p_lon) end as metres from location l where l.therapist_id = x.id) y) l
    cross join lateral (select count(*) as n, round(avg((expertise + professionalism + satisfaction) / 3.0), 1) as score from review w where w.therapist_id = x.id and w.shown) r
    left join lateral (select s as shown from service s where s.therapist_id = x.id and s.retired_at is null order by abs(s.minutes - 60), s.price, s.position, s.id limit 1) v on true
    order by c.o;
end $$;

-- What one column says: as many texts as there are lines (see directory_compare), null where nothing is stated, then the addresses behind the first line
-- and the eighth. Asks no table itself.
create or replace function compare_column(t therapist, home location, place location, metres float8, places int, words jsonb, rated int, score numeric, shown service, lengths text, trained text, excluded text) returns text[]
    language plpgsql stable
    as $$
declare
    known timestamptz[];
    first timestamptz;
begin
    if t.new_clients and places > 0 and shown.id is not null then
        known := service_known(shown.id, t.id, places);
        first := case when cardinality(known) >= 3 then known[1] else (service_soonest(shown.id))[1] end;
    end if;
    return array[
        credential_shown(t.id, current_date) ->> 'word',
        trained,
        case rated when 0 then 'None yet' when 1 then score || ' of 5 from 1 review' else score || ' of 5 from ' || rated || ' reviews' end,
        t.since::text,
        case when shown.id is not null then say_money(shown.price, shown.currency) || ' for ' || say_minutes(shown.minutes) end,
        case when shown.id is not null then say_money((round(shown.price * 60.0 / shown.minutes / 100) * 100)::int, shown.currency) end,
        words ->> 'payment',
        case when places = 0 or shown.id is null then null
             when not t.new_clients then 'For people who have been there before'
             when first is null then 'None in the next 60 days'
             else say_day_short(local_day(first, home.zone), local_day(clock(), home.zone), home.country) || ', ' || say_time(first, home.zone, home.country) end,
        lengths,
        case when shown.id is not null then 'Free until the visit begins' end,
        say_distance(metres, place.country),
        place.town || coalesce(', ' || nullif(place.region, ''), ''),
        coalesce(words ->> 'access', nullif(place.access, '')),
        case when place.home_km > 0 then 'Up to ' || say_radius(place.home_km, place.country) end,
        words ->> 'complaint',
        excluded,
        words ->> 'technique',
        t.back_share || ' of 100',
        words ->> 'language',
        words ->> 'gender',
        words ->> 'age',
        case when t.new_clients then 'Welcome' else 'Not taken now' end,
        '/therapists/' || t.slug || '#credentials',
        '/therapists/' || t.slug || '/book?service=' || shown.id || '&start=' || rfc3339(first)];
end $$;

create or replace function compare_href(p_slugs text[], p_near text, p_diff boolean) returns text
    language plpgsql stable
    as $$
begin
    return '/compare?t=' || array_to_string(p_slugs, '&t=') || coalesce('&' || p_near, '') || case when p_diff then '&diff=1' else '' end;
end $$;
comment on function compare_href is 'p_near: "near=…" as it stands in an address, or null';

-- GET /compare. Slugs that are nobody's (any more) are left out and counted; p_near: distances from there.
create or replace function directory_compare(p_slugs text[], p_near text, p_diff boolean) returns json
    language plpgsql stable
    as $$
declare
    place record;
    slugs text[];
    asked int := (select count(distinct s) from unnest(p_slugs) s);
    parts constant text[] := '{Proof,Proof,Proof,Proof,Cost,Cost,Cost,Time,Time,Time,Place,Place,Place,Place,Work,Work,Work,Work,People,People,People,People}';
    labels constant text[] := '{Permission to practice,Training about back pain,Reviews,In practice since,Price,That is for an hour,Ways to pay,Next free,Lengths,Canceling,Distance,Town,
        Access,Home visits,Works with,Does not work with,Techniques,Clients who come for their back,Languages,Gender,Ages,New clients}';
    near constant text := 'near=' || url_encode(p_near);
    who record;
    people text := '';
    many boolean;
    columns text[] := '{}';
    names text[] := '{}';
    first text;
    said text;
    stated boolean;
    differs boolean;
    cells text;
    part text;
    groups text := '';
    same int := 0;
begin
    select p.lat, p.lon, p.label into place from place_exact(p_near) p;
    if not found then
        select lat, lon, label into place from place_meant(p_near) where state in ('found', 'guessed');
    end if;
    slugs := array(select t.slug from therapist t join (select s, min(o) as o from unnest(p_slugs) with ordinality x (s, o) group by s) x on x.s = t.slug where t.published order by x.o);
    many := cardinality(slugs) > 1;
    for who in select * from compare_asked(slugs, place.lat, place.lon) loop
        columns := columns || compare_column(who.t, who.home, who.place, who.metres, who.places, who.words, who.rated, who.score, who.shown, who.lengths, who.trained, who.excluded);
        names := names || to_json((who.t).name)::text;
        people := people || ', ' || json_build_object('slug', (who.t).slug, 'name', (who.t).name, 'initials', initials((who.t).name), 'tint', tint((who.t).id), 'photo', (who.t).photo,
            'new_clients', (who.t).new_clients, 'book', '/therapists/' || (who.t).slug || '/book', 'without', case when many then compare_href(array_remove(slugs, (who.t).slug), near, p_diff) end)::text;
    end loop;
    for line in 1..cardinality(labels) loop
        stated := false;
        differs := false;
        cells := '';
        first := columns[line];
        for n in 1..cardinality(names) loop
            said := columns[(n - 1) * 24 + line];
            stated := stated or said is not null;
            differs := differs or coalesce(said, '') <> coalesce(first, '');
            cells := cells || case when said is null then ',{"said":null,"href":null,"unknown":true,"name":'
                                   else ',{"said":' || to_json(said)::text || ',"href":' || case line when 1 then js(columns[n * 24 - 1]) when 8 then js(columns[n * 24]) else 'null' end
                                        || ',"unknown":false,"name":' end || names[n] || '}';
        end loop;
        continue when not stated;
        same := same + (not differs)::int;
        continue when p_diff and not differs;
        groups := groups || case when part = parts[line] then ',' else case when part is null then '' else ']},' end || '{"label":"' || parts[line] || '","rows":[' end
                  || '{"label":"' || labels[line] || '","differs":' || differs::text || ',"cells":[' || substr(cells, 2) || ']}';
        part := parts[line];
    end loop;
    groups := '[' || groups || case when part is null then '' else ']}' end || ']';
    return json_build_object(
        'therapists', ('[' || substr(people, 3) || ']')::json,
        'count', cardinality(slugs), 'few', cardinality(slugs) < 2, 'none', cardinality(slugs) = 0, 'gone', nullif(asked - cardinality(slugs), 0), 'one_gone', asked - cardinality(slugs) = 1,
        'groups', groups::json, 'all_same', p_diff and part is null and many, 'same', same, 'diff', p_diff, 'has_same', same > 0,
        'other_view', case when many then compare_href(slugs, near, not p_diff) end,
        'near', p_near, 'place', place.label, 'span', cardinality(slugs) + 1,
        'back', '/therapists' || coalesce('?' || near, ''));
end $$;

-- --- The saved list. p_ids: what the cookie names. Whoever is signed in has a list that goes with the account, and what the cookie named comes into it
-- with the next change.

create or replace function saved_ids(p_ids int[]) returns table (therapist_id int, o bigint)
    language sql stable
    as $$
    select x.id, min(x.o) from (
        select s.therapist_id as id, row_number() over (order by s.saved_at desc, s.therapist_id) as o from saved_therapist s where s.account_id = auth.account()
        union all select u.id, 1000 + u.o from unnest(p_ids) with ordinality u (id, o)) x
    group by x.id
    $$;

-- GET /saved
create or replace function directory_saved(p_ids int[]) returns json
    language sql stable
    as $$
    with mine as materialized (
        select s.therapist_id, s.o, (select min(l.location_id) from listing l where l.therapist_id = s.therapist_id) as location_id from saved_ids(p_ids) s
    )
    select json_build_object('count', count(m.location_id), 'none', count(*) = 0, 'many', count(m.location_id) > 1, 'in_account', auth.account() is not null,
        'gone', nullif(count(*) - count(m.location_id), 0), 'one_gone', count(*) - count(m.location_id) = 1,
        'therapists', coalesce(json_agg((c.card || ',' || substr(json_build_object('credential', case when c.credential_until < current_date then c.credential_lapsed else c.credential end::json,
                'price', (select o.offer::json from listing l join listing_offer o using (location_id, class) where l.location_id = m.location_id and l.shown))::text, 2))::json order by m.o)
            filter (where c.card is not null), '[]'))
    from mine m left join listing_card c on c.location_id = m.location_id
    $$;

-- POST /saved: {"ids"}: what the cookie is to name from now on.
create or replace function saved_change(p_ids int[], p_slug text, p_act text) returns json
    language plpgsql
    as $$
declare
    who uuid := auth.account();
    chosen int := (select id from therapist where slug = p_slug and published or slug = p_slug and p_act = 'remove');
    ids int[] := p_ids;
begin
    if p_act <> 'clear' and chosen is null then
        return null;
    end if;
    ids := case p_act when 'save' then array_prepend(chosen, array_remove(ids, chosen)) when 'remove' then array_remove(ids, chosen) else '{}' end;
    if who is null then
        return json_build_object('ids', array_to_string(ids[1:40], '.'));
    end if;
    if p_act = 'clear' then
        delete from saved_therapist where account_id = who;
    elsif p_act = 'remove' then
        delete from saved_therapist where account_id = who and therapist_id = chosen;
    end if;
    insert into saved_therapist (account_id, therapist_id) select who, t.id from therapist t where t.id = any (ids) on conflict do nothing;
    return json_build_object('ids', '');
end $$;

grant execute on function compare_asked, compare_column, compare_href, directory_compare, saved_ids, directory_saved, saved_change to unknot_web;
