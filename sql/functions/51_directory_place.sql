-- Finding a place from what somebody typed: a postcode, "Town, ST", a town alone, a point, each with or without case, accents and a slip.

create or replace function url_encode(p text) returns text
    language plpgsql immutable strict parallel safe
    as $$
declare
    made text := replace(replace(replace(p, '%', '%25'), ',', '%2C'), ' ', '%20');
    odd text;
begin
    loop
        odd := substring(made from '[^A-Za-z0-9_.~%-]');
        exit when odd is null;
        made := replace(made, odd, upper(regexp_replace(encode(convert_to(odd, 'UTF8'), 'hex'), '(..)', '%\1', 'g')));
    end loop;
    return made;
end $$;
comment on function url_encode is 'for a value in a query string (RFC 3986: everything but the unreserved characters)';

create or replace function us_states(out names text[], out codes text[])
    language plpgsql immutable parallel safe
    as $$
begin
    names := '{alabama,alaska,arizona,arkansas,california,colorado,connecticut,delaware,district of columbia,florida,georgia,hawaii,idaho,
        illinois,indiana,iowa,kansas,kentucky,louisiana,maine,maryland,massachusetts,michigan,minnesota,mississippi,missouri,montana,
        nebraska,nevada,new hampshire,new jersey,new mexico,new york,north carolina,north dakota,ohio,oklahoma,oregon,pennsylvania,
        puerto rico,rhode island,south carolina,south dakota,tennessee,texas,utah,vermont,virginia,washington,west virginia,wisconsin,
        wyoming}';
    codes := '{al,ak,az,ar,ca,co,ct,de,dc,fl,ga,hi,id,il,in,ia,ks,ky,la,me,md,ma,mi,mn,ms,mo,mt,ne,nv,nh,nj,nm,ny,nc,nd,oh,ok,or,pa,pr,ri,sc,sd,
        tn,tx,ut,vt,va,wa,wv,wi,wy}';
end $$;

create or replace function us_state(p_name text) returns text
    language plpgsql immutable strict parallel safe
    as $$
declare
    s constant record := us_states();
begin
    return upper(s.codes[coalesce(array_position(s.codes, p_name), array_position(s.names, regexp_replace(p_name, ' state$', '')))]);
end $$;
comment on function us_state is 'postal code of a state by its folded name or code, null for anything else';

create or replace function us_state_name(p_code text) returns text
    language sql immutable parallel safe
    as $$ select replace(initcap(s.names[array_position(s.codes, lower(p_code))]), ' Of ', ' of ') from us_states() s $$;

create or replace function place_key_forms(p_key text) returns text[]
    language plpgsql immutable strict parallel safe
    as $$
begin
    if p_key !~ '^(saint|sainte|st|mt|mount|ft|fort) ' then
        return array[p_key];
    end if;
    return array[p_key, regexp_replace(p_key, '^(saint|sainte) ', 'st '), regexp_replace(p_key, '^st ', 'saint '), regexp_replace(p_key, '^mt ', 'mount '),
                 regexp_replace(p_key, '^mount ', 'mt '), regexp_replace(p_key, '^ft ', 'fort '), regexp_replace(p_key, '^fort ', 'ft ')];
end $$;

-- What was typed, taken apart: the folded town (or postcode) and the folded region after it, '' when none was given.
create or replace function place_split(p_text text, out town text, out region text)
    language plpgsql stable
    as $$
declare
    said text := regexp_replace(btrim(p_text), ',?\s*(usa|u\.s\.a\.|united states)$', '', 'i');
    part text[];
    zip text := substring(p_text from '(?:^|[\s,])(\d{5})(?:-\d{4})?\s*$');
    word text[];
begin
    region := '';
    -- no town's name begins or ends like this
    said := regexp_replace(said, '^\s*(near|around|in|at|by|close to|downtown|greater|zip|zip code|zipcode)\s+(?=\S)|(?<!\mbay)\s+(area|metro|metro area)\s*$', '', 'gi');
    part := array(select btrim(x) from regexp_split_to_table(said, ',') x where btrim(x) <> '');
    if cardinality(part) > 1 and part[1] ~ '\d' and part[1] !~ '^\d{5}$' then -- a street and its number
        part := part[2:];
    end if;
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
            if us_state(array_to_string(word[cardinality(word) - n + 1:], ' ')) is not null and us_state(town) is null
                and not exists (select from place p where p.key = any (place_key_forms(array_to_string(word, ' ')))) then
                region := array_to_string(word[cardinality(word) - n + 1:], ' ');
                town := array_to_string(word[:cardinality(word) - n], ' ');
                exit;
            end if;
        end loop;
    end if;
    region := coalesce(lower(us_state(region)), region);
end $$;

-- The names of towns that somebody may mean who typed another: what shares a slip or the sound or only begins so, each found by exact look-ups. Ranges are
-- spelled out, since a generic plan does not see the beginning in a pattern.
create or replace function town_near(p_town text, p_limit int) returns table (word text, importance int, likeness real, score real)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    typed text := left(p_town, 60);
    bare text := replace(typed, ' ', '');
    near int := greatest(1, length(bare) / 3);
    far int := greatest(2, length(bare) * 2 / 3);
begin
    return query
    select n.word, n.importance, n.likeness, n.likeness + least(0.3, ln(n.importance) / 50)::real
    from (
        select c.word, c.importance, greatest(likeness(typed, c.word), c.begins) as likeness
        from (
            select u.word, u.importance, max(u.begins) as begins from (
                (select w.word, w.importance, 0::real as begins from town_word w
                 where w.slips && slips(typed) and levenshtein_less_equal(w.glued, bare, near) <= near
                 order by levenshtein(w.glued, bare), w.importance desc limit 12)
                union all
                (select w.word, w.importance, 0 from town_word w
                 where w.sound = dmetaphone(typed) and length(typed) > 3 and levenshtein_less_equal(w.glued, bare, far) <= far
                 order by levenshtein(w.glued, bare), w.importance desc limit 12)
                union all
                (select w.word, w.importance, 0.7 + 0.3 * length(typed) / length(w.word) from town_word w
                 where length(typed) > 2 and w.word > typed and w.word < typed || chr(1114111) order by w.importance desc limit 12)) u
            group by u.word, u.importance) c
        offset 0
    ) n
    where n.likeness >= 0.6
    order by 4 desc, n.word limit p_limit;
end $$;
comment on function town_near is 'likeness alone, and score with a little for the size of the place: a slip in a large name is likelier';

-- Towns and postcodes of exactly this name (several forms of it), in this region if it is not empty.
create or replace function place_named(p_forms text[], p_region text) returns setof place
    language sql stable
    as $$
    select p.* from place p where p.key = any (p_forms) and (p_region = '' or fold(p.region) = p_region or lower(p.country) = p_region)
    union all
    select p.* from place p where p.also && p_forms and p.also <> '{}' and p.key <> all (p_forms) and (p_region = '' or fold(p.region) = p_region or lower(p.country) = p_region)
    $$;

create or replace function place_find(p_text text, p_limit int, p_typing boolean default false)
    returns table (country text, region text, label text, lat float8, lon float8, importance int, rank int, score real)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    v record;
    forms text[];
begin
    select * into v from place_split(p_text);
    if v.town = '' then
        return;
    end if;
    forms := place_key_forms(v.town);
    -- 0: the label itself; 1: the name, in the region if one was given
    return query
    select p.country, p.region, p.label, p.lat, p.lon, p.importance, case when fold(p.label) = fold(p_text) then 0 else 1 end, 1::real
    from place_named(forms, v.region) p order by 7, p.importance desc, p.label limit p_limit;
    if found and not p_typing then
        return;
    end if;
    -- 2: begins like this while somebody types; for an unknown postcode the first three figures are enough
    if p_typing or v.town ~ '^\d{5}$' then
        return query
        select p.country, p.region, p.label, p.lat, p.lon, p.importance, 2, 1::real
        from (select case when p_typing then v.town else left(v.town, 3) end as begins) b
        join place p on p.key ~>~ b.begins and p.key ~<~ (b.begins || chr(1114111))
        where (v.region = '' or fold(p.region) like v.region || '%' or lower(p.country) = v.region) and (p.kind = 'town' or v.town ~ '\d')
        order by case when v.town ~ '^\d{5}$' and p.key ~ '^\d{5}$' then abs(p.key::int - v.town::int) end, p.importance desc, length(p.key), p.label limit p_limit;
        if found then
            return;
        end if;
    end if;
    -- 3: begins, looks or sounds like this; a code of another country and a whole state are like nothing
    if length(v.town) > 2 and v.town !~ '\d' and us_state(v.town) is null then
        return query
        select p.country, p.region, p.label, p.lat, p.lon, p.importance, 3, max(n.score)
        from (select distinct unnest(forms) as form) f cross join lateral town_near(f.form, 8) n cross join lateral place_named(array[n.word], v.region) p
        where p.kind = 'town'
        group by p.id, p.country, p.region, p.label, p.lat, p.lon, p.importance
        order by 8 desc, p.importance desc, p.label limit p_limit;
    end if;
    -- 4: a town of that name, but not in that state, or its state has a slip too
    if not found and (us_state(v.region) is not null or length(v.region) > 3) then
        return query
        select p.country, p.region, p.label, p.lat, p.lon, p.importance, 4, 0::real
        from place_named(forms, '') p where p.kind = 'town' order by p.importance desc, p.label limit p_limit;
    end if;
end $$;
comment on function place_find is 'places that what was typed may mean, best first; rank 0 label, 1 name, 2 beginning, 3 likeness, 4 elsewhere. Typing: beginnings as well';

create or replace function town_at(p_lat float8, p_lon float8) returns place
    language sql stable
    as $$
    select p from place p where p.kind = 'town'
    order by mercator(p.lat, p.lon) <-> mercator(p_lat, p_lon) limit 1
    $$;
comment on function town_at is 'the nearest town, on the plane of mercator()';

-- How one of several places stands to the best: it is out of the question, or somebody has to choose. Of towns of one name a large one is meant before
-- small ones; of names that are like what was typed the one that is clearly more so.
create or replace function place_rivals(p_best_rank int, p_best_score real, p_best_importance int, p_score real, p_importance int) returns boolean
    language sql immutable parallel safe
    as $$
    select case when p_best_rank = 0 then false
                when p_score = p_best_score or p_best_rank = 2 then p_best_importance < 50000 or p_best_importance < 5 * p_importance
                else p_score > p_best_score - 0.05 end
    $$;

-- A place by its label, as links and suggestions write it: nothing need be guessed.
create or replace function place_exact(p_label text) returns setof place
    language sql stable rows 1
    as $$ select * from place where label = p_label order by importance desc limit 1 $$;

-- Latitude and longitude, as links of the map write them, null where it is something else.
create or replace function spot_typed(p_text text) returns text[]
    language sql immutable parallel safe
    as $$ select regexp_match(p_text, '^\s*(-?\d{1,2}(?:\.\d{1,20})?)\s*[, ]\s*(-?\d{1,3}(?:\.\d{1,20})?)\s*$') $$;

-- How far somebody would go, inside a folded text: "within 5 miles of nyack", "10 km around nyack", "5mi from nyack". In whole kilometers, no more than a search
-- goes; km is null where it is no length, as in "20 minutes from nyack". away: its words; rest: the text without them, with "near" for the word before a place.
create or replace function distance_said(p_said text, out rest text, out away text, out km int)
    language plpgsql immutable
    as $$
declare
    led constant text := '(?:(?:within|in|up to|at most|max|maximum|less than|no more than|not more than|under|radius|distance|around|about|of) )*(?:a )?';
    figure constant text := '(\d{1,4}|a|one|two|three|four|five|ten|fifteen|twenty)';
    past constant text := '(?: (?:radius|range|away|max|tops|or less|drive|ride|walk|by car|by bus|on foot))*(?: (?:of|from|around|to|near))?';
    -- what somebody did, or does each day, is no distance to a place
    done constant text := '(?<!\m(?:ran|run|running|walk|walked|walking|drive|drove|driving|hike|hiked|hiking|bike|biked|cycle|cycled|ride|rode|swim|swam|every|after|my|per) )';
    miles constant text := done || '\m' || led || figure || ' ?(mi|miles?|kms?|kilomet(?:er|re)s?)\M' || past || '(?! (?:run|runs|walk|hike|ride|race|bike|commute|jog))\M';
    minutes constant text := '\m(?:within |about |less than |under )*(?:a )?\d{1,3} ?(?:min|mins|minutes?|hours?|hrs?|blocks?) (?:(?:away|drive|ride|walk|by car|by bus|on foot)(?: (?:of|from|to))?|from(?! now))\M'
                             || '|\m(?:within|less than|under) (?:a )?\d{1,3} ?(?:min|mins|minutes?|hours?|hrs?|blocks?) of\M';
    lead constant text := ' (of|from|around|to|near)$';
    m constant text[] := regexp_match(p_said, miles);
begin
    away := btrim(regexp_substr(p_said, case when m is not null then miles else minutes end));
    rest := p_said;
    if away is not null then
        if m is not null then
            km := case when m[1] ~ '\d' then m[1]::int else ('{"a":1,"one":1,"two":2,"three":3,"four":4,"five":5,"ten":10,"fifteen":15,"twenty":20}'::json ->> m[1])::int end
                  * case when m[2] like 'm%' then 1.609344 else 1 end;
            km := nullif(least(160, km), 0);
        end if;
        rest := btrim(replace(p_said, away, case when away ~ lead then 'near' else ' ' end));
        away := regexp_replace(away, lead, '');
    end if;
end $$;

-- The one place that is meant. state: found, guessed (found in spite of a slip: say so), ambiguous (choices), unknown (with choices where some are a little
-- like it, none of which is taken for it: New Era is not Nowhere). choices: all that it may mean, the likeliest first, also where one was found.
create or replace function place_meant(p_text text, out state text, out label text, out country text, out lat float8, out lon float8, out choices text[])
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    -- as the form writes them: Near Austin, TX (30.3,-97.7)
    named constant text[] := regexp_match(p_text, '^\s*Near (.+) \(([-\d.,]+)\)\s*$');
    at constant text[] := spot_typed(coalesce(named[2], p_text));
    other record;
    best record;
begin
    if at is not null and abs(at[1]::float8) <= 85 and abs(at[2]::float8) <= 180 then
        select t.label, t.country into label, country from town_at(at[1]::float8, at[2]::float8) t;
        if named is null or named[1] = label then
            state := 'found';
            lat := at[1];
            lon := at[2];
            label := coalesce(label, p_text);
            country := coalesce(country, 'US');
            return;
        end if;
        p_text := named[1]; -- another town was typed over it
        label := null;
        country := null;
    end if;
    for other in select * from place_find(p_text, 30) loop
        choices := choices || other.label;
        if state is null then
            best := other;
            state := case when other.rank <= 1 then 'found' else 'guessed' end;
        elsif (other.region, other.country, other.score) is distinct from (best.region, best.country, best.score)
            and place_rivals(best.rank, best.score, best.importance, other.score, other.importance) then
            state := 'ambiguous';
        end if;
    end loop;
    if state is null then
        state := 'unknown';
        return;
    elsif best.rank = 3 and best.score < 0.92 then
        state := 'unknown';
        return;
    elsif best.rank >= 3 and best.score < 0.6 and cardinality(choices) > 1 or best.rank = 1 and best.importance < 50000 and us_state(fold(p_text)) is not null then
        state := 'ambiguous'; -- Georgia is rather a state than a village of Vermont
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
               'name', label, 'lat', lat, 'lon', lon, 'href', '/therapists?near=' || url_encode(label)) order by o), '[]'),
           'none', p_text is not null and count(*) = 0)
    from (
        select label, lat, lon, row_number() over (order by rank, importance desc, o) as o
        from (select distinct on (f.label) f.label, f.lat, f.lon, f.rank, f.importance, f.o from place_find(coalesce(p_text, ''), p_limit, true) with ordinality
              f (country, region, label, lat, lon, importance, rank, score, o) order by f.label, f.o) once) x
    where o <= p_limit
    $$;

grant execute on function url_encode, us_states, us_state, us_state_name, place_key_forms, place_split, town_near, place_named, place_find, town_at, place_rivals,
    spot_typed, distance_said, place_exact, place_meant, directory_places to unknot_web;
