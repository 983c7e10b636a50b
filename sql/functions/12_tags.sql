-- The taxonomies as the rest reads them: bits, words, and what somebody stated as JSON.

-- The lowest free bit: of the first word for a technique while there is one, of the others for everything else. What a person says of their own pain
-- needs none; neither does a value for which none is left (see tag.bit).
create or replace function tag_bit() returns trigger
    language plpgsql
    as $$
begin
    if new.bit is not null or (select stated_of = 'person' from tag_kind where kind = new.kind) or exists (select from tag where kind = new.kind and slug = new.slug) then
        return new;
    end if;
    perform pg_advisory_xact_lock(7246102);
    new.bit := (select b from generate_series(0, 383) b where not exists (select from tag t where t.bit = b)
                order by (b < 64) = (new.kind = 'technique') desc, b limit 1);
    return new;
end $$;
create or replace trigger tag_takes_a_bit before insert on tag for each row execute function tag_bit();

-- Every kind of credential that may be a badge is a value to search by. Checked in the seed and whenever an operator changes a kind.
create or replace function credential_tags() returns void
    language sql volatile
    as $$
    insert into tag (kind, slug, label, about, basis, position)
    select 'credential', kind, label, left(meaning, 600), basis, position from credential_kind where offered
    on conflict (kind, slug) do update set label = excluded.label, about = excluded.about, basis = excluded.basis, position = excluded.position, retired_at = null
        where (tag.label, tag.about, tag.basis, tag.position) is distinct from (excluded.label, excluded.about, excluded.basis, excluded.position) or tag.retired_at is not null;
    update tag set retired_at = now() from credential_kind k where tag.kind = 'credential' and tag.slug = k.kind and not k.offered and tag.retired_at is null;
    $$;

create or replace function credential_word(p_kind text) returns text
    language plpgsql stable parallel safe
    as $$
begin
    return (select label from credential_kind where kind = p_kind);
end $$;

create or replace function is_profession(p_kind text) returns boolean
    language plpgsql stable parallel safe
    as $$
begin
    return (select profession from credential_kind where kind = p_kind);
end $$;
comment on function is_profession is 'permission to practise, as opposed to training or membership';

-- All kinds at once, for a page: [{"kind","label","one","values":[…]}], kinds with something in them only. Retired values stay until they change them.
create or replace function location_kinds(p_location int) returns json
    language plpgsql stable parallel safe
    as $$
begin
    return (
    select coalesce(json_agg(json_build_object('kind', k.kind, 'label', k.label, 'one', k.one, 'values', v.tags) order by k.position, k.kind), '[]')
    from (select t.kind, json_agg(json_build_object('slug', t.slug, 'label', t.label, 'about', nullif(t.about, '')) order by t.position, t.id) as tags
          from location_tag x join tag t on t.id = x.tag_id where x.location_id = p_location group by t.kind) v
    join tag_kind k using (kind));
end $$;

-- The same in words: {"technique": "Swedish massage, Cupping", "access": …} of a therapist and one of their places.
create or replace function stated_words(p_therapist int, p_location int) returns jsonb
    language plpgsql stable parallel safe
    as $$
begin
    return (
    select coalesce(jsonb_object_agg(v.kind, v.words), '{}')
    from (select t.kind, string_agg(t.label, ', ' order by t.position, t.id) as words
          from (select tag_id from therapist_tag where therapist_id = p_therapist union select tag_id from location_tag where location_id = p_location) x
          join tag t on t.id = x.tag_id group by t.kind) v);
end $$;

-- The taxonomies of which somebody may say that they do not work with a value, and what such values are called.
create or replace function not_kinds() returns table (nth int, kind text, title text)
    language sql immutable parallel safe
    as $$ values (1, 'technique', 'Techniques'), (2, 'complaint', 'Complaints'), (3, 'goal', 'Goals') $$;

-- What somebody does not work with: [{"kind","label","text","values":[…]}], kinds with something in them only.
create or replace function not_kinds_of(p_therapist int) returns json
    language plpgsql stable parallel safe
    as $$
begin
    return (
    select coalesce(json_agg(json_build_object('kind', v.kind, 'label', k.title, 'text', v.words, 'values', v.tags) order by k.nth), '[]')
    from (select t.kind, string_agg(t.label, ', ' order by t.position, t.id) as words, json_agg(json_build_object('slug', t.slug, 'label', t.label) order by t.position, t.id) as tags
          from therapist_not x join tag t on t.id = x.tag_id where x.therapist_id = p_therapist group by t.kind) v
    join not_kinds() k using (kind));
end $$;

-- The same as one line of words, with what they add in their own; null where nothing is said.
create or replace function not_words(t therapist) returns text
    language plpgsql stable parallel safe
    as $$
begin
    return nullif(concat_ws('; ', (select string_agg(x ->> 'text', '; ') from json_array_elements(not_kinds_of(t.id)) x), nullif(t.not_for, '')), '');
end $$;

grant execute on function not_kinds, not_kinds_of, not_words to unknot_web;
grant execute on function credential_word, is_profession to unknot_web, unknot_worker;
grant execute on function location_kinds, stated_words to unknot_web;
