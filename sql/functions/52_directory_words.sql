-- What somebody typed into "what hurts, or a technique", understood.

create or replace function say_within(p_label text) returns text
    language sql immutable parallel safe
    as $$
    select case when p_label ~ '^(Swedish|Thai|Bowen|Lomi|Ayurvedic|[A-Z]{2})' then p_label else lower(left(p_label, 1)) || substr(p_label, 2) end
    $$;
comment on function say_within is 'a label inside a sentence: low back pain, Swedish massage';

-- The longest known word or phrase in what was typed, then one of the other kind in what is left: "deep tissue for sciatica" is both. Nothing found:
-- the known word most like it ("sciattica"), when it is likelier than a name. Words that say nothing here ("massage", "back pain") ask for everybody.
-- how: all, word, like, name (nobody may have it: the caller looks).
create or replace function words_meant(p_text text, out technique smallint, out complaint smallint, out how text, out name text)
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    said text := ' ' || fold(left(p_text, 100)) || ' ';
    rest text;
    hit record;
begin
    for i in 1..2 loop
        select t.word, t.kind, t.id into hit from term t
        where strpos(said, ' ' || t.word || ' ') > 0 and (length(t.word) >= 4 or btrim(said) = t.word)
          and not (t.kind = 'technique' and technique is not null) and not (t.kind = 'complaint' and complaint is not null)
        order by length(t.word) desc, t.kind, t.id limit 1;
        exit when not found;
        how := 'word';
        if hit.kind = 'technique' then technique := hit.id; else complaint := hit.id; end if;
        said := replace(said, ' ' || hit.word || ' ', ' ');
    end loop;
    if how = 'word' then
        return;
    end if;
    rest := btrim(regexp_replace(said,
        '\m(massages?|masseuse|masseur|massaging|therap(y|ist|ists)|back|pains?|aches?|hurts?|sore|bad|help|for|my|a|the|with|and|in|of|near|me|i|have|need|good|best)\M', ' ', 'g'));
    rest := regexp_replace(rest, '\s+', ' ', 'g');
    if rest = '' then
        how := 'all';
        return;
    end if;
    select t.kind, t.id, greatest(similarity(t.word, rest), similarity(t.word, btrim(said))) as likeness into hit
    from term t where length(t.word) >= 4 order by 3 desc, length(t.word), t.kind, t.id limit 1;
    how := 'name';
    name := rest;
    if hit.likeness >= 0.4 and not exists (
        select from listing_card c where c.name_key % btrim(said) and similarity(c.name_key, btrim(said)) > hit.likeness) then
        how := 'like';
        name := null;
        if hit.kind = 'technique' then technique := hit.id; else complaint := hit.id; end if;
    end if;
end $$;

grant execute on function say_within, words_meant to unknot_web;

-- Everything that one search box takes. tags: ids of the values of the taxonomies that are named (techniques from 100, complaints from 200). how: all (nothing
-- that narrows), word, like (a word was corrected), name (nothing but a name). name: what is left that looks like somebody's name, for names_meant().
-- corrected: the wording taken, where it is not what was typed. near: a place named in it, for place_meant(); left in where p_place is false, because
-- there is another. whn: today, tomorrow, week, weekend, monday … sunday or YYYY-MM-DD; part: morning, afternoon, evening; from_hour, to_hour: 0 to 24.
create or replace function text_meant(p_text text, p_place boolean default true, out tags int[], out how text, out name text, out corrected text, out near text,
                                      out whn text, out part text, out from_hour int, out to_hour int)
    language sql stable
    as $$
    select array_remove(array[100 + w.technique, 200 + w.complaint], null), w.how, w.name,
           case when w.how = 'like' then coalesce((select fold(label) from technique where id = w.technique), (select fold(label) from complaint where id = w.complaint)) end,
           null::text, null::text, null::text, null::int, null::int
    from words_meant(p_text) w
    $$;

-- The therapists somebody means by a name, best first; published ones alone.
create or replace function names_meant(p_name text, p_limit int) returns setof int
    language sql stable
    as $$
    select l.therapist_id from listing_card c join listing l using (location_id) where fold(p_name) operator(public.<%) c.name_key
    group by 1 order by max(public.word_similarity(fold(p_name), c.name_key)) desc, 1 limit p_limit
    $$;

grant execute on function text_meant, names_meant to unknot_web;

create or replace function initials(p_name text) returns text
    language sql stable parallel safe
    as $$ select upper(left(k, 1) || coalesce(substring(k from ' (.)[^ ]*$'), '')) from fold(p_name) k $$;

create or replace function tint(p_id int) returns int
    language sql immutable parallel safe
    as $$ select 1 + (p_id * 5) % 8 $$;
comment on function tint is 'one of the style sheet''s eight tints (.t1 to .t8), always the same one for a therapist';

grant execute on function initials, tint to unknot_web;
