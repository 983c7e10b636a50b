-- What somebody typed into the one search box, understood word by word: what is asked for, a place, a day and hours, a name.

create or replace function say_within(p_label text) returns text
    language sql immutable parallel safe
    as $$
    select case when p_label ~ '^(Swedish|Thai|Bowen|Lomi|Ayurvedic|[A-Z]{2})' then p_label else lower(left(p_label, 1)) || substr(p_label, 2) end
    $$;
comment on function say_within is 'a label inside a sentence: low back pain, Swedish massage';

create or replace function initials(p_name text) returns text
    language plpgsql stable parallel safe
    as $$
declare
    name constant text := fold(p_name);
begin
    return upper(left(name, 1) || coalesce(substring(name from ' (.)[^ ]*$'), ''));
end $$;

create or replace function tint(p_id int) returns int
    language sql immutable parallel safe
    as $$ select 1 + (p_id * 5) % 8 $$;
comment on function tint is 'one of the style sheet''s eight tints (.t1 to .t8), always the same one for a therapist';

-- The vocabulary follows the words of values. A word that stands for several is taken for the first of them; a value without words is known by its label.
create or replace function vocabulary_follow() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    with value as (
        select distinct on (w.word) w.word, t.id
        from tag t join tag_kind k using (kind)
        cross join lateral (select x.word from term x where x.tag_id = t.id
                            union all select fold(t.label) where not exists (select from term x where x.tag_id = t.id)) w
        where t.retired_at is null and k.stated_of <> 'person' and w.word <> '' order by w.word, k.position, t.id
    ), wanted as materialized (
        select word, 'value' as sense, array[id] as tags from value
        union all
        select distinct part, 'part', '{}'::int[] from value, unnest(string_to_array(word, ' ')) part
        where strpos(word, ' ') > 0 and length(part) > 2 and not exists (select from value v where v.word = part)
          and not exists (select from vocabulary v where v.word = part and v.sense in ('time', 'order', 'filler', 'other'))
    ), gone as (
        delete from vocabulary v where sense in ('value', 'part') and not exists (select from wanted w where w.word = v.word)
    )
    insert into vocabulary as known (word, sense, tags) select word, sense, tags from wanted
    on conflict (word) do update set sense = excluded.sense, tags = excluded.tags, means = '' where (known.sense, known.tags) is distinct from (excluded.sense, excluded.tags);
    return null;
end $$;
create or replace trigger vocabulary_follows after insert or update or delete on term for each statement execute function vocabulary_follow();
create or replace trigger vocabulary_follows after insert or update or delete on tag for each statement execute function vocabulary_follow();

-- The word or phrase most like what was typed, of what shares a slip, the sound or the first letter: there are few enough. Nothing would be won with a slip in what
-- no search asks by, and little with one in what narrows nothing.
create or replace function vocabulary_near(p_typed text, out word text, out sense text, out likeness real)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    bare text := replace(p_typed, ' ', '');
    far int := greatest(2, length(p_typed) * 2 / 5); -- two neighbors out of order are two
begin
    select n.word, n.sense, n.likeness into word, sense, likeness
    from (
        select c.word, c.sense, likeness(p_typed, c.word) as likeness
        from (
            select v.word, v.sense from vocabulary v where v.slips && slips(p_typed) and v.sense <> 'other' and levenshtein_less_equal(v.glued, bare, far) <= far
            union
            select v.word, v.sense from vocabulary v where v.sound = dmetaphone(p_typed) and v.sense <> 'other' and levenshtein_less_equal(v.glued, bare, far) <= far
            union
            select v.word, v.sense from vocabulary v
            where v.word >= left(p_typed, 1) and v.word < left(p_typed, 1) || chr(1114111) and v.sense <> 'other' and levenshtein_less_equal(v.glued, bare, far) <= far) c
        offset 0
    ) n
    where n.likeness >= case when n.sense in ('filler', 'order') then 0.85 when length(p_typed) < 6 or n.sense = 'time' then 0.74 else 0.7 end
    order by n.likeness desc, array_position('{value,time,part,filler}', n.sense), abs(length(n.word) - length(p_typed)), n.word limit 1;
end $$;

-- A text on its way to being understood. w: its folded words; is: what each was taken for ('' not yet): value, time, filler, town, name, lost (nothing is asked
-- by it), denied (it is not wanted), order (it counts near a place); put: what stands for it in the corrected wording, where that is something else; fixed: w is corrected already; denies: there is
-- a word by which something may be denied; away: how far somebody would go, as typed.
drop type if exists reading cascade;
create type reading as (w text[], "is" text[], put text[], tags int[], near text, name text, whn text, part text, from_hour int, to_hour int, price int, sort text, away text, radius int, fixed boolean, denies boolean);

-- Words p_at … p_at + p_n - 1 are taken for p_is; p_word is how they are written.
create or replace function reading_take(r reading, p_at int, p_n int, p_is text, p_word text) returns reading
    language plpgsql immutable
    as $$
declare
    typed text := array_to_string(r.w[p_at:p_at + p_n - 1], ' ');
begin
    for i in p_at..p_at + p_n - 1 loop
        r.is[i] := p_is;
        if p_word <> typed then
            r.put[i] := case when i = p_at then p_word else '' end;
        end if;
    end loop;
    return r;
end $$;

-- What a word of the vocabulary says: values are added, a time is a day, a part of one or hours. A day narrows a week, and has its date.
create or replace function reading_say(r reading, p_tags int[], p_means text) returns reading
    language plpgsql immutable
    as $$
declare
    said text;
begin
    if not p_tags <@ r.tags then
        r.tags := r.tags || p_tags;
    end if;
    foreach said in array string_to_array(p_means, ' ') loop
        if said in ('morning', 'afternoon', 'evening') then
            r.part := said;
        elsif said ~ '^\d' then
            r.from_hour := split_part(said, '-', 1);
            r.to_hour := split_part(said, '-', 2);
        elsif r.whn is null or r.whn in ('week', 'weekend') then
            r.whn := said;
        end if;
    end loop;
    return r;
end $$;

-- Whether a time is another than what was said already: a search is for one day and one part of it.
create or replace function reading_clashes(r reading, p_means text) returns boolean
    language plpgsql immutable
    as $$
declare
    said text;
begin
    foreach said in array string_to_array(p_means, ' ') loop
        if (case when said in ('morning', 'afternoon', 'evening') then r.part <> said
                when said ~ '^\d' then said <> concat(r.from_hour, '-', r.to_hour) and coalesce(r.from_hour, r.to_hour) is not null
                else r.whn <> said and r.whn !~ '^(week|weekend|20.*)$' and said not in ('week', 'weekend') end) then
            return true;
        end if;
    end loop;
    return false;
end $$;

-- The word by which what begins at p_at is denied: "no cupping", "do not want any cupping", "anything but cupping", "no hot stone or cupping"; null when it is not.
-- Between the two stand words that ask for nothing. "Cannot" denies nothing that could be asked for: "cannot walk, back spasm".
create or replace function reading_denied(r reading, p_at int) returns int
    language plpgsql immutable
    as $$
declare
    joined int := 0; -- so many words may be those of another that is denied with it
    w text;
begin
    for i in reverse p_at - 1..1 loop
        w := r.w[i];
        if r.is[i] <> 'value' then
            if w in ('no', 'not', 'non', 'without', 'except', 'excluding', 'avoid', 'avoiding', 'hate', 'dislike', 'never', 'nor', 'neither', 'nothing', 'dont', 'doesnt', 'isnt') then
                return i;
            elsif w = 'but' and r.w[i - 1] in ('anything', 'everything', 'anyone', 'everyone', 'anybody', 'everybody', 'all', 'any')
                or w = 'than' and r.w[i - 1] in ('other', 'rather') or w = 'of' and r.w[i - 1] = 'instead' then
                return i - 1;
            end if;
        end if;
        if w in ('or', 'and') then
            joined := 3;
        elsif w <> all ('{a,an,any,the,my,too,so,very,really,more,much,longer,to,do,does,be,is,it,that,want,wants,wanting,need,like,likes,have,having,get,getting,give,me,use,using,for,of,with,on,at,in,near,'
                        'by,this,next,please,into,interested,looking,fan}') then
            if joined = 0 then
                return null;
            end if;
            joined := joined - 1;
        end if;
    end loop;
    return null;
end $$;

-- Words p_at … p_to are denied, as they are typed.
create or replace function reading_deny(r reading, p_at int, p_to int) returns reading
    language plpgsql immutable
    as $$
begin
    for i in p_at..p_to loop
        r.is[i] := 'denied';
        r.put[i] := null;
    end loop;
    return r;
end $$;

-- Who is not wanted, by words that are names; with p_all also what else is not wanted, whatever it is.
create or replace function reading_deny_rest(r reading, p_known text[], p_all boolean) returns reading
    language plpgsql immutable
    as $$
declare
    since int;
begin
    for i in 2..cardinality(r.w) loop
        continue when r.is[i] <> '' or not (p_all or r.w[i] = any (p_known));
        since := case when r.is[i - 1] = 'denied' and r.w[i - 1:i] <@ p_known then i else reading_denied(r, i) end;
        if since is not null then
            r := reading_deny(r, since, i);
        end if;
    end loop;
    return r;
end $$;

-- Its words p_at, p_at + 1 … taken together, up to p_longest of them, where all are taken for one of p_is. A function with an estimate: with series
-- in its place the planner expects a million spans and reads whole vocabularies.
create or replace function reading_spans(r reading, p_is text[], p_longest int) returns table (at int, n int, spaced text)
    language plpgsql immutable rows 12
    as $$
begin
    for i in 1..cardinality(r.w) loop
        at := i;
        spaced := '';
        for j in i..least(i + p_longest - 1, cardinality(r.w)) loop
            exit when r.is[j] <> all (p_is);
            n := j - i + 1;
            spaced := case when n = 1 then '' else spaced || ' ' end || r.w[j];
            return next;
        end loop;
    end loop;
end $$;

-- Nothing but these words is not understood yet.
create or replace function reading_only(r reading, p_at int, p_n int) returns boolean
    language sql immutable
    as $$ select '' <> all (r.is[:p_at - 1] || r.is[p_at + p_n:]) $$;

-- Known words and phrases, the longest first; also written in one ("deeptissue") or apart ("ham string"). Short words are left: most are something else
-- as often as not ("art", "met"). So are short names of days ("sun") without a word beside them that says that a day is meant.
create or replace function reading_known(r reading) returns reading
    language plpgsql stable
    as $$
declare
    hit record;
    denied int;
begin
    for hit in
        select s.at, s.n, v.word, v.sense, v.tags, v.means
        from reading_spans(r, '{""}', 7) s cross join lateral (select * from vocabulary x where x.glued = replace(s.spaced, ' ', '') offset 0) v
        where v.sense <> 'part' and (v.word = s.spaced or length(v.glued) >= 7)
          and (length(v.glued) > 3 or v.sense in ('filler', 'other') or reading_only(r, s.at, s.n)
               or v.sense = 'time' and (r.w[s.at - 1] in ('on', 'this', 'next', 'by') or exists (select from vocabulary x where x.word = r.w[s.at + 1] and x.sense = 'time')))
        order by length(v.glued) desc, v.word = s.spaced desc, s.at
    loop
        continue when not r.is[hit.at:hit.at + hit.n - 1] <@ array[''];
        if r.denies and hit.sense <> 'filler' then
            denied := reading_denied(r, hit.at);
            if denied is not null then
                r := reading_deny(r, denied, hit.at + hit.n - 1);
                continue;
            end if;
        end if;
        if hit.sense = 'other' or hit.sense = 'time' and coalesce(r.whn, r.part, r.from_hour::text, r.to_hour::text) is not null and reading_clashes(r, hit.means) then
            r := reading_take(r, hit.at, hit.n, 'lost', array_to_string(r.w[hit.at:hit.at + hit.n - 1], ' '));
        else
            r := reading_take(r, hit.at, hit.n, hit.sense, hit.word);
            if hit.sense = 'order' then
                r.sort := coalesce(nullif(r.sort, 'best'), hit.means);
            else
                r := reading_say(r, hit.tags, hit.means);
            end if;
        end if;
    end loop;
    return r;
end $$;

-- A name that somebody has in all its words wins over days, towns and single words of what is asked: "Dawn May" and "Rosa Thai" are therapists. Null
-- when it is nobody's, or when nothing but values was said.
create or replace function reading_name(r reading, p_known text[]) returns text
    language plpgsql stable
    as $$
declare
    content text[] := '{}';
    valued constant int := cardinality(array_positions(r.is, 'value'));
    said text[];
begin
    for i in 1..cardinality(r.w) loop
        if r.is[i] not in ('filler', 'lost', 'denied', 'order') then
            content := content || r.w[i];
        end if;
    end loop;
    if content = '{}' or not content <@ p_known or valued > 0 and (cardinality(content) = 1 or valued = cardinality(content)) then
        return null;
    end if;
    said := case when r.w <@ p_known then r.w else content end;
    for attempt in 1..2 loop
        -- counted, not asked whether there is one: that would be looked for row by row
        if cardinality(said) = 1 or (select count(*) from therapist_name n where n.words @@ array_to_string(array(select quote_literal(x) from unnest(said) x), '&')::tsquery) > 0 then
            return array_to_string(said, ' ');
        end if;
        exit when said = content;
        said := content;
    end loop;
    return null;
end $$;

-- A state behind a town, in one word or two. "in" is one at the very end alone: "portland in the morning".
create or replace function reading_state(r reading, p_at int, out n int, out state text)
    language plpgsql immutable
    as $$
begin
    foreach n in array '{2,1}'::int[] loop
        continue when p_at + n - 1 > cardinality(r.w) or r.w[p_at] = 'in' and p_at < cardinality(r.w);
        state := us_state(array_to_string(r.w[p_at:p_at + n - 1], ' '));
        exit when state is not null;
    end loop;
end $$;

-- Whether a word is half of a phrase with a slip in it, as "mio" of "mio fascial release" is, and not by itself what else it may be.
create or replace function reading_torn(r reading, p_at int) returns boolean
    language plpgsql stable
    as $$
begin
    return exists (select from (values (r.w[p_at - 1] || ' ' || r.w[p_at]), (r.w[p_at] || ' ' || r.w[p_at + 1])) pair (said)
                   cross join lateral vocabulary_near(pair.said) v where v.sense = 'value' and v.likeness >= 0.85);
end $$;

-- A town after a word like "near" or before a state, or standing by itself where nobody has that name. p_known: the words that are names.
create or replace function reading_town(r reading, p_known text[], p_place boolean) returns reading
    language plpgsql stable
    as $$
declare
    hit record;
    denied int;
    at int;
    since int;
begin
    for i in 1..cardinality(r.w) loop
        if r.w[i] ~ '^\d{5}$' and r.is[i] = '' and not (r.denies and reading_denied(r, i) is not null) then
            r := reading_take(r, i, case when r.w[i + 1] ~ '^\d{4}$' then 2 else 1 end, 'town', r.w[i]);
            r.near := r.w[i];
            for n in reverse least(i - 1, 4)..1 loop -- Nyack, NY 10960
                if '' = any (r.is[i - n:i - 1]) and exists (select from place_split(array_to_string(r.w[i - n:i - 1], ' ')) p where p.town <> '' and exists (select from place_named(place_key_forms(p.town), p.region))) then
                    r := reading_take(r, i - n, n, 'town', array_to_string(r.w[i - n:i - 1], ' '));
                    exit;
                end if;
            end loop;
        end if;
    end loop;
    at := array_position(r.w, 'county');
    if r.near is null and r.is[at - 1] = '' and r.w[at - 1] <> all (p_known) then -- it has no place of its own: place_meant() asks for a town
        since := case when r.is[at - 2] = '' and r.w[at - 2] <> all (p_known) then at - 2 else at - 1 end;
        at := at + (select coalesce(case when st.state is not null then st.n end, 0) from reading_state(r, at + 1) st);
        r.near := array_to_string(r.w[since:at], ' ');
        r := reading_take(r, since, at - since + 1, 'town', r.near);
    end if;
    if r.near is not null or not r.is && '{"",lost}' then
        return r;
    end if;
    select s.*, st.n as state_words, st.state, st.there into hit
    from (
        select s.at, s.n, s.spaced, t.importance, s.at > 1 and r.w[s.at - 1] in ('near', 'in', 'around', 'at', 'by', 'to') as led, not r.w[s.at:s.at + s.n - 1] && p_known as nameless
        from reading_spans(r, '{"",filler,lost}', 4) s cross join lateral (select * from town_word x where x.word = any (place_key_forms(s.spaced)) offset 0) t
        where '' = any (r.is[s.at:s.at + s.n - 1]) or 'lost' = any (r.is[s.at:s.at + s.n - 1])
    ) s
    -- a state in which there is no such town is one if it can be nothing else: somebody errs, or has made a slip that is another town
    left join lateral (
        select x.n, x.state, y.there
        from reading_state(r, s.at + s.n) x cross join lateral (select exists (select from place_named(place_key_forms(s.spaced), lower(x.state))) as there) y
        where x.state is not null and us_state(concat(s.spaced, ' ', r.w[s.at + s.n])) is null and (y.there or r.is[s.at + s.n] = '' and array_to_string(r.w[s.at + s.n:s.at + s.n + x.n - 1], ' ') <> all ('{hi,ok,oh,de,la,id,al,pa,ma,co,mo,me}'))) st on true
    where st.there or '' = any (r.is[s.at:s.at + s.n - 1]) and (st.state is not null or s.led
       or p_place and (s.nameless or r.tags <> '{}') and (length(s.spaced) > 2 or reading_only(r, s.at, s.n)) and coalesce(r.w[s.at - 1], '') <> all ('{the,with,named,called,my,a,an,your}')
          and (s.importance >= 50000 or reading_only(r, s.at, s.n) and not (s.n = 1 and reading_torn(r, s.at)))
          -- "gay" asks for more than for a town of Georgia, and "new jersey" for another Jersey
          and (length(s.spaced) > 3 or not exists (select from vocabulary v where v.word = s.spaced and v.sense in ('value', 'time')))
          and (coalesce(r.w[s.at - 1], '') <> all ('{new,west,north,south}') or us_state(r.w[s.at - 1] || ' ' || s.spaced) is null)
          and (r.w[s.at + s.n] is distinct from 'state' or us_state(s.spaced) is null))
    order by st.there desc nulls last, st.state is not null desc, s.led desc, s.n desc, s.importance desc, s.at desc limit 1;
    if found then
        if r.denies then
            denied := reading_denied(r, hit.at);
            if denied is not null then
                return reading_deny(r, denied, hit.at + hit.n - 1 + coalesce(hit.state_words, 0));
            end if;
        end if;
        r := reading_take(r, hit.at, hit.n, 'town', hit.spaced);
        r.near := hit.spaced;
        if hit.state is not null then
            r := reading_take(r, hit.at + hit.n, hit.state_words, 'town', array_to_string(r.w[hit.at + hit.n:hit.at + hit.n + hit.state_words - 1], ' '));
            r.near := hit.spaced || ', ' || hit.state;
        end if;
    end if;
    return r;
end $$;

-- A whole state: no place to be near to, but it has a page.
create or replace function reading_whole_state(r reading, p_known text[]) returns reading
    language plpgsql stable
    as $$
declare
    hit record;
begin
    select s.at, s.n, s.spaced into hit from us_states() u, reading_spans(r, '{"",filler}', 3) s
    where (s.spaced = any (u.names) or s.spaced = any (u.codes) or s.spaced like '% state' and us_state(s.spaced) is not null) and '' = any (r.is[s.at:s.at + s.n - 1]) and (length(s.spaced) > 2 or reading_only(r, s.at, s.n)) and not r.w[s.at:s.at + s.n - 1] && p_known
    order by s.n desc limit 1;
    if found then
        r := reading_take(r, hit.at, hit.n, 'town', hit.spaced);
        r.near := hit.spaced;
    end if;
    return r;
end $$;

-- Whether the words around p_at make a phrase of the vocabulary once p_word stands there.
create or replace function reading_phrase(r reading, p_at int, p_word text) returns boolean
    language plpgsql stable
    as $$
begin
    r.w[p_at] := p_word;
    r.is := array_fill(''::text, array[cardinality(r.w)]);
    return exists (select from reading_spans(r, '{""}', 4) s join lateral (select x.sense from vocabulary x where x.word = s.spaced offset 0) v on v.sense = 'value'
                   where s.n > 1 and p_at between s.at and s.at + s.n - 1);
end $$;

-- One word that is not understood, corrected; null when it is like nothing, or likelier a name or a large town. A name that somebody has is a slip only within a phrase:
-- "bak" in "low bak pain".
create or replace function reading_slip(r reading, p_at int, p_known text[], p_place boolean) returns text
    language plpgsql stable
    as $$
declare
    typed text := r.w[p_at];
    near record;
begin
    if length(typed) < 3 or typed ~ '\d' then
        return null;
    end if;
    near := vocabulary_near(typed);
    if near.word is null or near.word = typed then
        return null;
    elsif typed = any (p_known) then
        return case when reading_phrase(r, p_at, near.word) then near.word end;
    elsif near.likeness < 0.92 then -- a query in the condition would be executed for the likest too
        if exists (select from name_near(typed, 1) n where likeness(typed, n.word) > near.likeness + 0.08)
            or p_place and exists (select from town_near(typed, 1) t
                                   where t.importance >= 50000 and t.likeness > near.likeness + 0.08 or t.word = typed and not reading_phrase(r, p_at, near.word)) then
            return null;
        end if;
    end if;
    return near.word;
end $$;

-- What is left, corrected word by word, or two by two where they were torn apart; then everything is read once more, since corrected words may make
-- a phrase. Short words of the vocabulary count now where nothing else is left.
create or replace function reading_like(r reading, p_known text[], p_place boolean) returns reading
    language plpgsql stable
    as $$
declare
    i int := 0;
    fix text;
    pair record;
    before reading;
    again reading;
    left_over int;
begin
    r := reading_known(r);
    before := r;
    left_over := cardinality(array_positions(r."is", ''));
    while i < cardinality(r.w) loop
        i := i + 1;
        continue when r.is[i] <> '';
        fix := reading_slip(r, i, p_known, p_place and r.near is null);
        if fix is null and i < cardinality(r.w) and r.is[i + 1] in ('', 'filler') and length(r.w[i] || r.w[i + 1]) > 5 and not r.w[i:i + 1] <@ p_known then
            pair := vocabulary_near(r.w[i] || ' ' || r.w[i + 1]);
            if pair.likeness >= 0.8 and (r.w[i] !~ '\d' or pair.word like r.w[i] || ' %') then -- 24 hours are not 2
                r := reading_take(r, i, 2, 'new', pair.word);
            end if;
        elsif fix is not null then
            r := reading_take(r, i, 1, 'new', fix);
        end if;
    end loop;
    if 'new' = any (r.is) then
        again := reading_again(r);
        -- corrected to halves of phrases that are not there
        if cardinality(again."is") = cardinality(r."is") and again."is" @> array[''] and cardinality(array_positions(again."is", '')) >= left_over then
            again := before;
        end if;
        r := again;
    end if;
    return r;
end $$;

-- Read once more with its corrections in place; what was taken for a town stays so.
create or replace function reading_again(r reading) returns reading
    language plpgsql stable
    as $$
declare
    fresh reading := r;
begin
    fresh.w := '{}';
    fresh."is" := '{}';
    fresh.put := '{}';
    fresh.tags := '{}';
    for i in 1..cardinality(r.w) loop
        continue when r.put[i] = '';
        fresh.w := fresh.w || string_to_array(coalesce(r.put[i], r.w[i]), ' ');
        while cardinality(fresh."is") < cardinality(fresh.w) loop
            fresh."is" := fresh."is" || case when r.is[i] = 'town' then 'town' else '' end;
            fresh.put := fresh.put || null::text;
        end loop;
    end loop;
    fresh.fixed := true;
    return reading_known(fresh);
end $$;

-- The town that n words from p_at are most like, with what is behind them taken for its state if there is one of it there; null when none is.
create or replace function reading_town_near(r reading, p_at int, p_n int, out word text, out importance int, out likeness real, out state_words int, out state text)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    st record := reading_state(r, p_at + p_n);
begin
    select n.word, n.importance, n.likeness, n.there::int * st.n, case when n.there then st.state end into word, importance, likeness, state_words, state
    from (
        select t.*, st.state is not null and exists (select from place_named(array[t.word], lower(st.state))) as there
        from (select distinct unnest(place_key_forms(array_to_string(r.w[p_at:p_at + p_n - 1], ' '))) as form) f cross join lateral town_near(f.form, 8) t) n
    order by n.there desc, n.score desc, n.word limit 1;
end $$;

-- Whether n words from p_at are likelier a name, than which they are something else by p_likeness.
create or replace function reading_name_near(r reading, p_at int, p_n int, p_likeness float8) returns boolean
    language plpgsql stable
    as $$
begin
    return exists (select from name_near(array_to_string(r.w[p_at:p_at + p_n - 1], ''), 1) n where n.likeness > p_likeness);
end $$;

-- A town with a slip in it: after a word like "near", before its state, or by itself, if it is a large one or all that is left, where no name is as like it. p_sure: only where it can be
-- nothing else, so that it is read before what else a word may be like.
create or replace function reading_town_like(r reading, p_known text[], p_place boolean, p_sure boolean) returns reading
    language plpgsql stable
    as $$
declare
    hit record;
    sure boolean;
    led boolean;
begin
    for i in 1..cardinality(r.w) loop
        continue when r.is[i] <> '';
        sure := i > 1 and (r.w[i - 1] in ('near', 'around', 'nearby') or r.w[i - 2:i - 1] = '{close,to}');
        led := sure or i > 1 and r.w[i - 1] in ('in', 'at', 'by', 'to');
        continue when not sure and p_sure or not led and (not p_place or r.is[i - 1] = '' or r.w[i - 1] in ('the', 'a', 'my', 'with', 'named', 'called'));
        for n in reverse least(3, cardinality(r.w) - i + 1)..1 loop
            continue when not r.is[i:i + n - 1] <@ '{""}' or r.w[i:i + n - 1] && p_known or length(array_to_string(r.w[i:i + n - 1], '')) < 4
                          or n > 1 and length(r.w[i + n - 1]) = 2 and us_state(r.w[i + n - 1]) is not null;
            hit := reading_town_near(r, i, n);
            continue when not led and r.is[i + n] = '' and (select x.state is null from reading_state(r, i + n) x);
            if hit.likeness >= (case when sure and n = 1 then 0.65 else 0.75 end)
                and (led or hit.state is not null
                     or hit.importance >= 50000 and hit.likeness >= 0.8 and not reading_name_near(r, i, n, hit.likeness)
                     -- not by its beginning alone: "breathe" is not Breathedsville
                     or reading_only(r, i, n) and 'lost' <> all (r.is) and length(r.w[i]) > 5 and (r.tags <> '{}' or r.sort <> '' or r.fixed is null) and hit.likeness >= 0.85
                        and not hit.word like array_to_string(r.w[i:i + n - 1], ' ') || '__%'
                        and not reading_name_near(r, i, n, hit.likeness - 0.05)) then
                r := reading_take(r, i, n, 'town', hit.word);
                r.near := hit.word;
                if hit.state is not null then
                    r := reading_take(r, i + n, hit.state_words, 'town', array_to_string(r.w[i + n:i + n + hit.state_words - 1], ' '));
                    r.near := hit.word || ', ' || hit.state;
                end if;
                return r;
            end if;
        end loop;
    end loop;
    return r;
end $$;

-- What is left then is somebody's name, if it is like one or nothing else was said; a word that is like nothing is lost rather than in the way.
create or replace function reading_rest(r reading, p_known text[]) returns reading
    language plpgsql stable
    as $$
declare
    likely record;
    alone boolean := r.tags = '{}' and r.near is null and r.whn is null and r.part is null and r.price is null;
begin
    for i in 1..cardinality(r.w) loop
        continue when r.is[i] <> '';
        if r.w[i] ~ '^\d+$' then -- nobody is called so, and "for 2 weeks" narrows nothing
            r.is[i] := case when r.w[i + 1] ~ '^(days?|weeks?|months?|years?|yrs?|yo)$' then 'filler' else 'lost' end;
            continue;
        end if;
        r.is[i] := 'name';
        if r.w[i] <> all (p_known) then
            select n.word, n.likeness into likely from name_near(r.w[i], 1) n;
            if likely.likeness >= 0.75 then
                r.put[i] := likely.word;
            elsif not alone then
                r.is[i] := 'lost';
            end if;
        end if;
        if r.is[i] = 'name' then
            r.name := concat_ws(' ', r.name, r.w[i]);
        end if;
    end loop;
    return r;
end $$;

-- The wording with its corrections: names, towns and days as they are written.
create or replace function reading_wording(r reading, p_is text[]) returns text
    language plpgsql stable
    as $$
declare
    made text;
    word text;
begin
    for i in 1..cardinality(r.w) loop
        word := coalesce(r.put[i], r.w[i]);
        continue when word = '' or r.is[i] <> all (p_is);
        if r.is[i] = 'town' and i > 1 and length(word) = 2 and us_state(word) is not null then
            word := upper(word);
        elsif r.is[i] in ('name', 'town') or word ~ '^(mon|tues|wednes|thurs|fri|satur|sun)day$' then
            word := initcap(word);
        end if;
        made := concat_ws(' ', made, word);
    end loop;
    return made;
end $$;

create or replace function reading_new(p_text text) returns reading
    language plpgsql stable
    as $$
declare
    r reading;
    text text := left(p_text, 100);
    said text;
begin
    r.tags := '{}';
    if text ~ '[''’]' then
        text := regexp_replace(text, '(\w)[''’](t|m|s|re|ve|d|ll)\M', '\1\2', 'gi'); -- can't, runner's: one word
    end if;
    said := fold(text);
    if said ~ '\d' and (text ~ '[$£€]' or said ~ '\m(under|below|up to|at most|max|budget|less|more|over|cheaper|dollars?|bucks?|usd|eur|pounds?|tops)') then
        select rest, price into text, r.price from price_said(text);
        said := fold(text);
    end if;
    if said ~ '(\d ?(mi|kms?|kilomet\w*)|miles?)\M' or said ~ '\d' and said ~ '\m(within|drive|ride|walk|away|from|under)\M' then
        select rest, d.away, km into said, r.away, r.radius from distance_said(said) d;
    end if;
    r.denies := string_to_array(said, ' ') && '{no,not,non,without,except,excluding,avoid,avoiding,hate,dislike,never,nor,neither,nothing,dont,doesnt,isnt,but,than,of}';
    -- what is not wanted is no day and no hour
    if said ~ '\d' and not (r.denies and said ~ '\m(no|not|non|except|excluding|without|avoid) (on |at |the |between |from |around |about )*(\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)') then
        select rest, day into said, r.whn from date_said(text, said, current_date);
        select rest, from_hour, to_hour into said, r.from_hour, r.to_hour from hours_said(said);
    end if;
    r.w := array_remove((string_to_array(said, ' '))[1:20], '');
    r.is := array_fill(''::text, array[cardinality(r.w)]);
    r.put := array_fill(null::text, array[cardinality(r.w)]);
    return r;
end $$;

-- What was typed without the town in it and the word that leads there.
create or replace function reading_rest_of(r reading, p_text text) returns text
    language plpgsql immutable
    as $$
declare
    lead constant text := '\s*\m(near|in|around|at|by|to|from|of|close to)\s*$';
    town text[];
    at int;
begin
    for i in 1..cardinality(r.w) loop
        if r.is[i] = 'town' then
            town := town || r.w[i];
        end if;
    end loop;
    at := strpos(' ' || lower(p_text) || ' ', ' ' || array_to_string(town, ' ') || ' ');
    if at > 0 then
        return btrim(concat(regexp_replace(left(p_text, at - 1), lead, '', 'i'), substr(p_text, at + length(array_to_string(town, ' ')))));
    end if;
    -- Nyack, NY
    town := regexp_match(p_text, '^(.*)\m' || array_to_string(town, '\W+') || '\M(.*)$', 'i');
    return case when town is null then p_text else btrim(concat(regexp_replace(town[1], lead, '', 'i'), town[2])) end;
end $$;

-- The phrases of words taken for p_is, as they are typed, in quotation marks; null where there are none.
create or replace function reading_quoted(r reading, p_is text) returns text
    language plpgsql immutable
    as $$
declare
    made text;
begin
    for i in 1..cardinality(r.w) loop
        continue when r.is[i] <> p_is;
        if i = 1 or r.is[i - 1] <> p_is then
            made := coalesce(made || '”, “', '“') || r.w[i];
        else
            made := made || ' ' || r.w[i];
        end if;
    end loop;
    return made || '”';
end $$;

-- Everything that one search box takes. tags: ids of the values of the taxonomies that are named, in the order found. how: all (nothing that narrows),
-- word, like (a word was corrected), name (nothing but a name). name: what is somebody's name, for names_meant(); called: the same as it is written,
-- corrected. corrected: the wording taken, where it is not what was typed. near: a place named in it, for place_meant(); without p_place, because there is another, only what clearly stands as one is taken
-- out. whn: today, tomorrow, +2 (in two days), week, weekend, monday … sunday, YYYY-MM-DD or two of these with a slash between (see date_said()); part: morning, afternoon, evening;
-- from_hour, to_hour: 0 to 24. price: the most, in whole units. lost: what nothing is asked by, denied: what is not wanted and therefore not asked for; near_me: what counts near a place alone ("near me",
-- "cheapest", "within 5 miles"), all quoted. sort: the order it asks for, null for the best match. radius: in km. rest: what was typed without its place.
create or replace function text_meant(p_text text, p_place boolean default true, out tags int[], out how text, out name text, out called text, out corrected text, out near text,
                                      out whn text, out part text, out from_hour int, out to_hour int, out price int, out lost text, out denied text, out sort text, out near_me text, out radius int, out rest text)
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    half int;
    r reading := reading_new(p_text);
    known text[] := array(select n.word from name_word n where n.word = any (r.w));
begin
    r := reading_known(r);
    tags := '{}';
    if r.denies then
        r := reading_deny_rest(r, known, false);
    end if;
    name := reading_name(r, known);
    if name is not null then
        how := 'name';
        called := initcap(name);
    else
        r := reading_town(r, known, p_place);
        if '' = any (r.is) and r.near is null then
            r := reading_town_like(r, known, p_place, true);
        end if;
        if r.denies then
            r := reading_deny_rest(r, known, true);
        end if;
        if r.near is null and p_place and r.w && '{new,north,south,west}' then -- before they are taken for slips
            r := reading_whole_state(r, known);
        end if;
        if '' = any (r.is) then
            r := reading_like(r, known, p_place);
        end if;
        if '' = any (r.is) and r.near is null and p_place then
            r := reading_whole_state(r, known);
        end if;
        if '' = any (r.is) and r.near is null then
            r := reading_town_like(r, known, p_place, false);
        end if;
        r := reading_rest(r, known);
        if r.fixed or array_remove(r.put, null) <> '{}' then
            corrected := reading_wording(r, r.is);
        end if;
        tags := r.tags;
        name := r.name;
        called := reading_wording(r, '{name}');
        near := r.near;
        whn := r.whn;
        part := r.part;
        from_hour := r.from_hour;
        to_hour := r.to_hour;
        if part is not null and hours_meant(part, from_hour, to_hour) = 0 then -- "tonight at 8" is at 20
            half := case part when 'morning' then -12 else 12 end;
            if coalesce(from_hour + half, 0) between 0 and 23 and coalesce(to_hour + half, 24) between 1 and 24 and hours_meant(part, from_hour + half, to_hour + half) <> 0 then
                from_hour := from_hour + half;
                to_hour := to_hour + half;
            end if;
        end if;
        if near is not null then
            rest := reading_rest_of(r, p_text);
        end if;
        how := case when corrected is not null then 'like' when tags <> '{}' or near is not null or whn is not null or part is not null or from_hour is not null
                         or to_hour is not null or r.price is not null then 'word' when name is not null then 'name' else 'all' end;
    end if;
    price := r.price;
    sort := nullif(r.sort, 'best');
    radius := r.radius;
    if r.is && '{lost,denied,order}' then
        lost := reading_quoted(r, 'lost');
        denied := reading_quoted(r, 'denied');
        near_me := reading_quoted(r, 'order');
    elsif r.w = '{}' and r.away is null and how = 'all' then
        lost := '“' || nullif(btrim(p_text), '') || '”'; -- signs and pictures alone
    end if;
    if r.away is not null and radius is null then
        lost := concat_ws(', ', lost, '“' || r.away || '”');
    elsif r.away is not null then
        near_me := concat_ws(', ', near_me, '“' || r.away || '”');
    end if;
end $$;

grant execute on function say_within, initials, tint, vocabulary_near, reading_take, reading_say, reading_clashes, reading_denied, reading_deny, reading_deny_rest, reading_quoted, reading_rest_of, reading_spans, reading_only, reading_known, reading_name, reading_state, reading_torn, reading_town, reading_whole_state, reading_town_near, reading_name_near, reading_phrase, reading_slip, reading_like, reading_again, reading_town_like,
    reading_rest, reading_wording, reading_new, text_meant to unknot_web;
