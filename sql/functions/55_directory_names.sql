-- Names: the words of published therapists' names, kept in the transaction that changes them, and who is meant by what somebody typed.

-- With short words glued to the next, since O'Brien is typed obrien and van der Berg vanderberg.
create or replace function name_words(p_name text) returns text[]
    language plpgsql stable strict parallel safe
    as $$
declare
    word text[] := array_remove((string_to_array(fold(p_name), ' '))[1:12], '');
    made text[] := word;
    glued text;
begin
    for i in 1..cardinality(word) - 1 loop
        glued := word[i];
        for j in i + 1..cardinality(word) loop
            exit when length(word[j - 1]) > 3;
            glued := glued || word[j];
            made := made || glued;
        end loop;
    end loop;
    return made;
end $$;

create or replace function therapist_named() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if bulk_load() then
        return null;
    end if;
    delete from therapist_name n using changed c where n.therapist_id = c.id and not c.published;
    insert into therapist_name (therapist_id, words)
    select c.id, array_to_tsvector(name_words(c.name)) from changed c where c.published order by c.id
    on conflict (therapist_id) do update set words = excluded.words where therapist_name.words <> excluded.words;
    return null;
end $$;
create or replace trigger therapist_named_insert after insert on therapist referencing new table as changed for each statement execute function therapist_named();
create or replace trigger therapist_named_update after update on therapist referencing new table as changed for each statement execute function therapist_named();

-- Words in their order, so that two who change names do not wait for each other in a ring.
create or replace function name_words_count() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    changed_words text[];
    by_how_many int[];
begin
    if tg_op = 'INSERT' then
        select array_agg(x.word), array_agg(x.n) into changed_words, by_how_many
        from (select u.lexeme as word, count(*)::int as n from new_names n, unnest(n.words) u group by 1) x;
    elsif tg_op = 'DELETE' then
        select array_agg(x.word), array_agg(-x.n) into changed_words, by_how_many
        from (select u.lexeme as word, count(*)::int as n from old_names n, unnest(n.words) u group by 1) x;
    else
        select array_agg(x.word), array_agg(x.n) into changed_words, by_how_many
        from (
            select y.word, sum(y.n)::int as n
            from (select u.lexeme as word, 1 as n from new_names n, unnest(n.words) u union all select u.lexeme, -1 from old_names n, unnest(n.words) u) y
            group by 1 having sum(y.n) <> 0) x;
    end if;
    insert into name_word (word, uses) select c.word, c.uses from unnest(changed_words, by_how_many) c (word, uses) order by 1
    on conflict (word) do update set uses = name_word.uses + excluded.uses;
    delete from name_word where word = any (changed_words) and uses <= 0;
    return null;
end $$;
create or replace trigger name_words_insert after insert on therapist_name referencing new table as new_names for each statement execute function name_words_count();
create or replace trigger name_words_update after update on therapist_name referencing new table as new_names old table as old_names for each statement execute function name_words_count();
create or replace trigger name_words_delete after delete on therapist_name referencing old table as old_names for each statement execute function name_words_count();

-- Indexes are made after the rows: one by one they would cost several times as much.
create or replace function names_rebuild() returns int
    language plpgsql
    as $$
declare
    n int;
    index_of record;
    made text[] := '{}';
begin
    for index_of in select indexrelid::regclass as name, pg_get_indexdef(indexrelid) as definition from pg_index
                    where indrelid in ('therapist_name'::regclass, 'name_word'::regclass) and not indisprimary loop
        made := made || index_of.definition;
        execute 'drop index ' || index_of.name;
    end loop;
    truncate therapist_name, name_word;
    insert into therapist_name (therapist_id, words) select id, array_to_tsvector(name_words(name)) from therapist where published order by id;
    get diagnostics n = row_count;
    foreach index_of.definition in array made loop
        execute index_of.definition;
    end loop;
    analyze therapist_name;
    analyze name_word;
    return n;
end $$;
comment on function names_rebuild is 'both tables anew, after many therapists were loaded with bulk_load(); answers how many there are';

-- The words of names most like one that was typed: what shares a slip or the sound, and what begins so.
create or replace function name_near(p_word text, p_limit int) returns table (word text, uses int, likeness real)
    language plpgsql stable
    as $$
#variable_conflict use_column
declare
    typed text := left(p_word, 60);
    near int := greatest(1, length(typed) / 3);
    far int := greatest(1, length(typed) / 2);
begin
    return query
    select n.word, n.uses, n.likeness
    from (
        select c.word, c.uses, greatest(likeness(typed, c.word), c.begins) as likeness
        from (
            select u.word, u.uses, max(u.begins) as begins from (
                (select w.word, w.uses, 0::real as begins from name_word w
                 where w.slips && slips(typed) and levenshtein_less_equal(w.word, typed, near) <= near
                 order by levenshtein(w.word, typed), w.uses desc limit 12)
                union all
                (select w.word, w.uses, 0 from name_word w
                 where w.sound = dmetaphone(typed) and length(typed) > 2 and levenshtein_less_equal(w.word, typed, far) <= far
                 order by levenshtein(w.word, typed), w.uses desc limit 12)
                union all
                (select w.word, w.uses, 0.75 + 0.25 * length(typed) / length(w.word) from name_word w
                 where length(typed) > 2 and w.word > typed and w.word < typed || chr(1114111) order by w.uses desc limit 10)) u
            group by u.word, u.uses) c
        offset 0
    ) n
    where n.likeness >= 0.6
    order by n.likeness + ln(n.uses + 1) / 100 desc, n.word limit p_limit;
end $$;

-- One typed word as a part of a tsquery: itself where it is somebody's, else what begins so, else what is like it; with p_wide all of these.
create or replace function name_part(p_word text, p_known boolean, p_wide boolean) returns text
    language plpgsql stable
    as $$
declare
    likely text[];
begin
    if p_known and not p_wide then
        return quote_literal(p_word);
    elsif length(p_word) < 3 then
        return quote_literal(p_word) || ':*';
    end if;
    likely := array(select quote_literal(n.word) from (select word, likeness, max(likeness) over () as best from name_near(p_word, 6)) n where n.likeness >= n.best - 0.1);
    if p_known then
        likely := likely || quote_literal(p_word);
    end if;
    return '(' || array_to_string(likely, '|') || ')';
end $$;

-- Typed words as a tsquery. First all of them must be there, as they are or corrected where nobody has them; failing that, they or the ones like them;
-- failing that, all but one of three or more. Null when there is nothing to try.
create or replace function name_query(p_name text, p_attempt int) returns tsquery
    language plpgsql stable
    as $$
declare
    typed text[] := (string_to_array(fold(p_name), ' '))[1:6];
    known text[] := array(select w.word from name_word w where w.word = any (name_words(p_name)));
    part text[] := '{}';
begin
    if p_attempt = 2 and not typed <@ known then
        return null;
    end if;
    for i in 1..cardinality(typed) loop
        if length(typed[i]) <= 3 and typed[i] || typed[i + 1] = any (known) then
            typed[i + 1] := typed[i] || typed[i + 1];
        else
            part := part || name_part(typed[i], typed[i] = any (known), p_attempt = 2);
        end if;
    end loop;
    part := array_remove(part, '()');
    if p_attempt = 3 then
        part := array(select '(' || array_to_string(part[:i - 1] || part[i + 1:], '&') || ')' from generate_subscripts(part, 1) i where cardinality(part) > 2);
        return nullif(array_to_string(part, '|'), '')::tsquery;
    end if;
    return nullif(array_to_string(part, '&'), '')::tsquery;
end $$;

create or replace function names_meant(p_name text, p_limit int) returns setof int
    language plpgsql stable strict
    as $$
declare
    wanted tsquery;
begin
    for attempt in 1..3 loop
        wanted := name_query(left(p_name, 100), attempt);
        -- who has few other names comes first
        return query select n.therapist_id from (select * from therapist_name t where t.words @@ wanted limit p_limit + 200) n
                     order by length(n.words), n.therapist_id limit p_limit;
        exit when found;
    end loop;
end $$;
comment on function names_meant is 'the published therapists somebody means by a name, best first';

grant execute on function name_words, name_near, name_part, name_query, names_meant to unknot_web;
