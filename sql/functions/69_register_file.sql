-- What a published register says of a credential: matches, differs (and in what), or not found. By number first, then by name. It decides nothing.

-- A name as it is compared: without accents, case, titles and single letters, in order of the alphabet.
create or replace function name_key(p_name text) returns text
    language sql immutable parallel safe
    as $$
    select coalesce(string_agg(w, ' ' order by w), '') from (
        select distinct w from unnest(string_to_array(fold(p_name), ' ')) w
        where length(w) > 1 and w <> all ('{lmt,lmbt,rmt,cmt,cmp,mmp,lmp,bctmb,ncbtmb,rn,dr,mr,mrs,ms,mx,jr,sr,ii,iii,iv}'::text[])) x
    $$;

-- One has all the words of the other, two at least: Ann Lee Miller is Ann Miller, Ann Lee is not Ann Miller.
create or replace function names_agree(p_one text, p_other text) returns boolean
    language sql immutable parallel safe
    as $$
    select a = b or least(cardinality(a), cardinality(b)) >= 2 and (a <@ b or b <@ a)
    from (select string_to_array(name_key(p_one), ' ') as a, string_to_array(name_key(p_other), ' ') as b) x
    $$;

create or replace function register_status_active(p_status text, p_mapping jsonb) returns boolean
    language sql immutable parallel safe
    as $$
    select case when jsonb_typeof(p_mapping -> 'active') = 'array' then exists (select from jsonb_array_elements_text(p_mapping -> 'active') a where lower(a) = lower(p_status)) end
    $$;

-- register_load becomes an edition → {"entries","left_out","dated"}; the same day again takes the place of what was there.
create or replace function register_store(p_register int, p_dated date, p_name text, p_left_out int, p_mapping jsonb) returns json
    language plpgsql
    as $$
declare
    f int;
    n int;
begin
    update register set mapping = p_mapping where id = p_register and mapping is distinct from p_mapping;
    delete from register_file where register_id = p_register and dated = p_dated;
    insert into register_file (register_id, dated, name, entries, left_out, imported_at) values (p_register, p_dated, p_name, 0, p_left_out, clock()) returning id into f;
    insert into register_entry (file_id, number_key, number, name, name_key, status, active, expires, discipline)
    select f, upper(regexp_replace(l.number, '[^[:alnum:]]', '', 'g')), l.number, l.name, name_key(l.name), l.status, register_status_active(l.status, p_mapping), l.expires, l.discipline
    from register_load l;
    get diagnostics n = row_count;
    update register_file set entries = n where id = f;
    delete from register_file where register_id = p_register and id not in (select id from register_file where register_id = p_register order by dated desc limit 2);
    truncate register_load;
    return json_build_object('register', (select body from register where id = p_register), 'dated', p_dated, 'entries', n, 'left_out', p_left_out);
end $$;

-- What differs between a credential and an entry of the same number, in words.
create or replace function register_differences(c credential, p_name text, e register_entry) returns text[]
    language sql stable
    as $$
    select array_remove(array[
        case when not names_agree(p_name, e.name) then 'The name there is ' || e.name end,
        case when e.active is false then 'The status there is ' || e.status end,
        case when e.expires < current_date then 'It ended there on ' || say_date(e.expires, site_country()) end,
        case when e.expires >= current_date and e.expires <> coalesce(c.renew_until, c.valid_until) then 'It ends there on ' || say_date(e.expires, site_country()) end,
        case when e.discipline is not null then 'A remark there on discipline: ' || left(e.discipline, 200) end], null)
    $$;

-- → {"dated","match","mismatch","not_found","differs":[…],"entry"}; null where no file of the register is here.
create or replace function register_says(c credential) returns json
    language plpgsql stable
    as $$
declare
    f register_file;
    e register_entry;
    owner constant text := (select t.name from therapist t where t.id = c.therapist_id);
    differs text[];
    other text;
begin
    select * into f from register_file x where x.register_id = c.register_id order by x.dated desc limit 1;
    if f.id is null then
        return null;
    end if;
    select x.* into e from register_entry x where x.file_id = f.id and x.number_key = c.number_key and c.number_key <> '' order by names_agree(owner, x.name) desc limit 1;
    if e.file_id is null then
        other := (select x.number from register_entry x where x.file_id = f.id and x.name_key = name_key(owner) and x.name_key <> '' limit 1);
    else
        differs := register_differences(c, owner, e);
    end if;
    return json_build_object('dated', say_date(f.dated, site_country()), 'match', e.file_id is not null and differs = '{}', 'mismatch', e.file_id is not null and differs <> '{}', 'not_found', e.file_id is null,
        'differs', coalesce(differs, '{}'), 'other', other, 'entry', case when e.file_id is not null then json_build_object('number', e.number, 'name', e.name, 'status', e.status, 'expires', e.expires) end);
end $$;

grant execute on function name_key, names_agree, register_status_active, register_differences, register_says to unknot_web;
