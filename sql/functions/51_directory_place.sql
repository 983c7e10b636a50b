-- Finding a place from what somebody typed: a postcode, "Town, ST", a town alone, a point, each with or without case, accents and a slip.

create or replace function url_encode(p text) returns text
    language plpgsql immutable strict parallel safe
    as $$
declare
    bytes bytea;
    made text := '';
    c text;
begin
    if p ~ '^[A-Za-z0-9_.~-]*$' then
        return p;
    end if;
    bytes := convert_to(p, 'UTF8');
    for i in 1..length(bytes) loop
        c := encode(substr(bytes, i, 1), 'escape');
        made := made || case when c ~ '^[A-Za-z0-9_.~-]$' then c else '%' || upper(encode(substr(bytes, i, 1), 'hex')) end;
    end loop;
    return made;
end $$;
comment on function url_encode is 'for a value in a query string (RFC 3986: everything but the unreserved characters)';

create or replace function us_states(out names text[], out codes text[])
    language sql immutable parallel safe
    as $$
    select '{alabama,alaska,arizona,arkansas,california,colorado,connecticut,delaware,district of columbia,florida,georgia,hawaii,idaho,
        illinois,indiana,iowa,kansas,kentucky,louisiana,maine,maryland,massachusetts,michigan,minnesota,mississippi,missouri,montana,
        nebraska,nevada,new hampshire,new jersey,new mexico,new york,north carolina,north dakota,ohio,oklahoma,oregon,pennsylvania,
        puerto rico,rhode island,south carolina,south dakota,tennessee,texas,utah,vermont,virginia,washington,west virginia,wisconsin,
        wyoming}'::text[],
           '{al,ak,az,ar,ca,co,ct,de,dc,fl,ga,hi,id,il,in,ia,ks,ky,la,me,md,ma,mi,mn,ms,mo,mt,ne,nv,nh,nj,nm,ny,nc,nd,oh,ok,or,pa,pr,ri,sc,sd,
        tn,tx,ut,vt,va,wa,wv,wi,wy}'::text[]
    $$;

create or replace function us_state(p_name text) returns text
    language plpgsql immutable strict parallel safe
    as $$
declare
    s constant record := us_states();
begin
    return upper(s.codes[coalesce(array_position(s.codes, p_name), array_position(s.names, p_name))]);
end $$;
comment on function us_state is 'postal code of a state by its folded name or code, null for anything else';

create or replace function us_state_name(p_code text) returns text
    language sql immutable parallel safe
    as $$ select replace(initcap(s.names[array_position(s.codes, lower(p_code))]), ' Of ', ' of ') from us_states() s $$;

create or replace function place_key_forms(p_key text) returns text[]
    language sql immutable strict parallel safe
    as $$
    select array[p_key, regexp_replace(p_key, '^(saint|sainte) ', 'st '), regexp_replace(p_key, '^st ', 'saint '), regexp_replace(p_key, '^mt ', 'mount '),
                 regexp_replace(p_key, '^mount ', 'mt '), regexp_replace(p_key, '^ft ', 'fort '), regexp_replace(p_key, '^fort ', 'ft ')]
    $$;

-- What was typed, taken apart: the folded town (or postcode) and the folded region after it, '' when none was given.
create or replace function place_split(p_text text, out town text, out region text)
    language plpgsql stable
    as $$
declare
    part text[] := array(select btrim(x) from regexp_split_to_table(regexp_replace(btrim(p_text), ',?\s*(usa|u\.s\.a\.|united states)$', '', 'i'), ',') x
                         where btrim(x) <> '');
    zip text := substring(p_text from '(?:^|[\s,])(\d{5})(?:-\d{4})?\s*$');
    word text[];
begin
    region := '';
    if zip is not null then
        town := zip;
    elsif cardinality(part) >= 2 then
        town := fold(part[cardinality(part) - 1]);
        region := fold(part[cardinality(part)]);
    else
        town := fold(coalesce(part[1], ''));
        -- "springfield il", "portland oregon", "albany new york"; but not where the whole is a town's name, as New York is
        word := string_to_array(town, ' ');
        for n in 1..least(2, cardinality(word) - 1) loop
            if us_state(array_to_string(word[cardinality(word) - n + 1:], ' ')) is not null
                and not exists (select from place p where p.key = any (place_key_forms(array_to_string(word, ' ')))) then
                region := array_to_string(word[cardinality(word) - n + 1:], ' ');
                town := array_to_string(word[:cardinality(word) - n], ' ');
                exit;
            end if;
        end loop;
    end if;
    region := coalesce(lower(us_state(region)), region);
end $$;

create or replace function place_find(p_text text, p_limit int, p_typing boolean default false)
    returns table (country text, region text, label text, lat float8, lon float8, rank int, likeness real)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    v record;
begin
    select * into v from place_split(p_text);
    if v.town = '' then
        return;
    end if;
    -- 0: the label itself; 1: the name, in the region if one was given
    return query
    select p.country, p.region, p.label, p.lat, p.lon, case when fold(p.label) = fold(p_text) then 0 else 1 end, 1::real
    from place p
    where p.key = any (place_key_forms(v.town)) and (v.region = '' or fold(p.region) = v.region or lower(p.country) = v.region)
    order by 6, p.population desc, p.label limit p_limit;
    if found and not p_typing then
        return;
    end if;
    -- 2: begins like this; for an unknown postcode the first three figures are enough
    return query
    select p.country, p.region, p.label, p.lat, p.lon, 2, similarity(p.key, v.town)
    from place p
    where p.key like replace(replace(case when v.town ~ '^\d{5}$' and not p_typing then left(v.town, 3) else v.town end, '\', ''), '%', '') || '_%'
      and (v.region = '' or fold(p.region) like v.region || '%' or lower(p.country) = v.region)
      and (p.kind = 'town' or v.town ~ '\d')
    order by 7 desc, p.population desc, p.label limit p_limit;
    if found or length(v.town) < 3 or v.town ~ '^\d+$' then
        return;
    end if;
    -- 3: looks like this
    return query
    select p.country, p.region, p.label, p.lat, p.lon, 3, similarity(p.key, v.town)
    from place p
    where p.key % v.town and p.kind = 'town' and (v.region = '' or fold(p.region) = v.region or lower(p.country) = v.region)
    order by 7 desc, p.population desc, abs(length(p.key) - length(v.town)), p.label limit p_limit;
end $$;
comment on function place_find is 'places that what was typed may mean, best first; rank 0 label, 1 name, 2 beginning, 3 likeness. Typing: beginnings as well';

-- The one place that is meant. state: found, guessed (found in spite of a slip: say so), ambiguous (choices), unknown.
create or replace function place_meant(p_text text, out state text, out label text, out country text, out lat float8, out lon float8, out choices text[])
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    at text[] := regexp_match(p_text, '^\s*(-?\d{1,2}(?:\.\d{1,20})?)\s*[, ]\s*(-?\d{1,3}(?:\.\d{1,20})?)\s*$');
    other record;
    best record;
begin
    select null::text as label, null as country, null as region, null::float8 as lat, null::float8 as lon, null::int as rank, null::real as likeness into best;
    if at is not null and abs(at[1]::float8) <= 85 and abs(at[2]::float8) <= 180 then
        state := 'found';
        lat := at[1];
        lon := at[2];
        select p.label, p.country into label, country from place p where p.kind = 'town' order by point(p.lon, p.lat) <-> point(lon, lat) limit 1;
        label := coalesce(label, p_text);
        country := coalesce(country, 'US');
        return;
    end if;
    for other in select * from place_find(p_text, 30) loop
        if best.label is null then
            best := other;
            state := case when other.rank <= 1 then 'found' else 'guessed' end;
            choices := array[other.label];
        else
            choices := choices || other.label;
            if (best.rank = 1 and (other.region, other.country) is distinct from (best.region, best.country)) or best.rank = 2
                or (best.rank = 3 and other.likeness > best.likeness - 0.12) then
                state := 'ambiguous';
            end if;
        end if;
    end loop;
    if best.label is null then
        state := 'unknown';
    elsif best.rank = 3 and best.likeness < 0.5 and cardinality(choices) > 1 then
        state := 'ambiguous';
    end if;
    label := best.label;
    country := best.country;
    lat := best.lat;
    lon := best.lon;
end $$;

create or replace function directory_places(p_text text, p_limit int) returns json
    language sql stable
    as $$
    select json_build_object('q', coalesce(p_text, ''), 'asked', p_text is not null, 'places', coalesce(json_agg(json_build_object(
               'name', label, 'lat', lat, 'lon', lon, 'href', '/therapists?near=' || url_encode(label)) order by rank, o), '[]'),
           'none', p_text is not null and count(*) = 0)
    from (select f.*, row_number() over () as o from place_find(coalesce(p_text, ''), p_limit, true) f) x
    where o <= p_limit
    $$;

grant execute on function url_encode, us_states, us_state, us_state_name, place_key_forms, place_split, place_find, place_meant, directory_places to unknot_web;
