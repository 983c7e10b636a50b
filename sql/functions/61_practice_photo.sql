-- The photo of a therapist: kept, shown, put back, taken down, forgotten.

create or replace function photo_bytes(p_text text) returns bytea
    language sql immutable
    as $$ select decode(translate(p_text, '-_', '+/') || repeat('=', (4 - length(p_text) % 4) % 4), 'base64') $$;

create or replace function photo_text(p_data bytea) returns text
    language sql immutable
    as $$ select translate(encode(p_data, 'base64'), E'+/=\n', '-_') $$;

-- GET /photos/{name}-{size}.{kind}: row-level security says who may see it. "shown": everybody may.
create or replace function photo_show(p_name text, p_size int, p_kind text) returns json
    language plpgsql stable
    as $$
begin
    return (select json_build_object('data', photo_text(f.data), 'shown', exists (select from therapist t where t.photo = f.photo and t.published))
            from photo_file f where f.photo = p_name and f.size = p_size and f.kind = p_kind);
end $$;

-- GET /practice/photo
create or replace function practice_photo() returns json
    language sql stable
    as $$
    select json_build_object('name', t.name, 'slug', t.slug, 'published', t.published, 'photo', t.photo, 'initials', initials(t.name), 'tint', tint(t.id),
        'taken_down', (select json_build_object('why', p.taken_down_why, 'day', say_date_long(p.taken_down_at::date, country_for(t.id))) from photo p where p.therapist_id = t.id and p.taken_down_at > coalesce((select c.added_at from photo c where c.name = t.photo), '-infinity')
                       order by p.taken_down_at desc limit 1),
        'kept', (select count(*) from photo p where p.therapist_id = t.id and p.dropped_at is not null and p.taken_down_at is null), 'has_kept', exists (select from photo p where p.therapist_id = t.id and p.dropped_at is not null and p.taken_down_at is null))
    from therapist t where t.id = auth.therapist()
    $$;

-- One that is shown (null: none), and what follows for all others.
create or replace function photo_choose(p_therapist int, p_name text) returns void
    language plpgsql
    as $$
begin
    update photo set dropped_at = case when name is distinct from p_name then now() end where therapist_id = p_therapist and taken_down_at is null and (dropped_at is null) <> (name is not distinct from p_name);
    update therapist set photo = p_name, changed_at = now() where id = p_therapist and photo is distinct from p_name;
end $$;

-- p_files: [{"size","kind","data"}]. Its name is made of whose it is and of what it shows.
create or replace function practice_photo_save(p_files json) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
    before jsonb := profile_facts(me);
    made text;
begin
    if me is null then
        return null;
    end if;
    select left(encode(sha256(convert_to(me || ' ', 'UTF8') || photo_bytes(f ->> 'data')), 'hex'), 24) into made from json_array_elements(p_files) f where f ->> 'size' = '480' and f ->> 'kind' = 'webp';
    if exists (select from photo where name = made and taken_down_at is not null) then
        return practice_problem('photo', 'This photo was taken down. Choose another one');
    end if;
    insert into photo (name, therapist_id) values (made, me) on conflict do nothing;
    if found then
        insert into photo_file (photo, size, kind, data) select made, (f ->> 'size')::int, f ->> 'kind', photo_bytes(f ->> 'data') from json_array_elements(p_files) f;
    end if;
    perform photo_choose(me, made);
    -- a dozen are enough to go back to
    delete from photo where name in (select name from photo where therapist_id = me and taken_down_at is null and dropped_at is not null order by dropped_at desc offset 11);
    perform profile_keep(me, before, null);
    perform practice_noted(true, 'photo.changed', me::text);
    return practice_photo();
end $$;

-- All of the picture that is shown, for another part of it: {"data"}.
create or replace function practice_photo_whole() returns json
    language sql stable
    as $$ select json_build_object('data', photo_text(f.data)) from therapist t join photo_file f on f.photo = t.photo and f.size = 0 where t.id = auth.therapist() $$;

-- p_old: not the one that is shown, but for good those that were.
create or replace function practice_photo_remove(p_old boolean) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
    before jsonb := profile_facts(me);
begin
    if p_old then
        delete from photo where therapist_id = me and dropped_at is not null and taken_down_at is null;
    else
        perform photo_choose(me, null);
        perform profile_keep(me, before, null);
    end if;
    perform practice_noted(me is not null, 'photo.removed', me::text);
    return practice_photo();
end $$;

-- GET /operator/photos: what is shown, newest first.
create or replace function operator_photos(p_before timestamptz) returns json
    language sql stable
    as $$
    select json_build_object('photos', coalesce(json_agg(json_build_object('photo', x.photo, 'name', x.name, 'slug', x.slug, 'published', x.published, 'added', say_date_long(x.added_at::date, site_country())) order by x.added_at desc), '[]'),
        'any', count(*) > 0, 'older', case when count(*) = 24 then rfc3339(min(x.added_at)) end)
    from (select t.photo, t.name, t.slug, t.published, p.added_at from photo p join therapist t on t.photo = p.name
          where auth.is_operator() and p.added_at < coalesce(p_before, 'infinity') order by p.added_at desc limit 24) x
    $$;

-- The files are gone at once. Null: no operator's, or no such photo.
create or replace function operator_photo_remove(p_name text, p_why text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    whose int;
begin
    if not auth.is_operator() then
        return null;
    end if;
    update photo set taken_down_at = now(), taken_down_why = p_why, dropped_at = coalesce(dropped_at, now()) where name = p_name and taken_down_at is null returning therapist_id into whose;
    if whose is null then
        return null;
    end if;
    delete from photo_file where photo = p_name;
    update therapist set photo = null, changed_at = now() where id = whose and photo = p_name;
    insert into audit (account_id, action, object, detail) values (auth.account(), 'photo.taken-down', whose::text, json_build_object('why', p_why));
    return operator_photos(null);
end $$;

-- What has been kept long enough: photos that are shown no more for a month, versions for two years.
create or replace function profile_sweep() returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    n int;
    m int;
begin
    delete from photo where dropped_at < clock() - interval '30 days';
    get diagnostics n = row_count;
    delete from profile_version where at < clock() - interval '2 years';
    get diagnostics m = row_count;
    return n + m;
end $$;

-- Of who leaves: the photo and what the profile said before.
create or replace function profile_forget(p_account uuid) returns void
    language plpgsql
    as $$
begin
    delete from photo p using therapist t where t.account_id = p_account and p.therapist_id = t.id;
    delete from profile_version v using therapist t where t.account_id = p_account and v.therapist_id = t.id;
end $$;

grant execute on function photo_bytes, photo_text, photo_show, practice_photo, photo_choose, practice_photo_save, practice_photo_whole, practice_photo_remove, operator_photos, operator_photo_remove to unknot_web;
grant execute on function profile_sweep to unknot_worker;
