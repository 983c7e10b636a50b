-- Who belongs to a practice, its shared places and their rooms. Nobody is put into a practice: who is invited accepts, with an account of their own. An
-- owner invites, removes, and looks after places; each step is written down.

-- The practice that the caller owns.
create or replace function team_owned() returns int
    language sql stable
    as $$ select m.practice_id from practice_member m where m.account_id = auth.account() and m.role = 'owner' $$;

create or replace function team_noted(p_action text, p_object text, p_about uuid default null) returns void
    language sql
    as $$ insert into audit (account_id, about, action, object) values (auth.account(), p_about, p_action, p_object) $$;

create or replace function say_member(p_role text) returns text
    language sql immutable
    as $$ select case p_role when 'owner' then 'Therapist, owner of the practice' when 'therapist' then 'Therapist' else 'Front desk' end $$;

-- When a room is closed next, or now: its words; null when nothing is planned.
create or replace function room_closed(p_room int, p_zone text, p_country text) returns text
    language sql stable
    as $$ select say_span(c.starts_at at time zone p_zone, c.ends_at at time zone p_zone, p_country) from room_closing c where c.room_id = p_room and c.ends_at > clock() order by c.starts_at limit 1 $$;

create or replace function premises_json(p premises) returns json
    language sql stable
    as $$
    select json_build_object('id', p.id, 'name', p.name, 'title', coalesce(nullif(p.name, ''), p.street), 'street', p.street, 'town', p.town || coalesce(', ' || nullif(p.region, ''), ''), 'postcode', p.postcode, 'access', p.access,
        'users', (select string_agg(t.name, ', ' order by t.name) from location l join therapist t on t.id = l.therapist_id where l.premises_id = p.id),
        'used_by_me', exists (select from location l where l.premises_id = p.id and l.therapist_id = auth.therapist()),
        'rooms', (select coalesce(json_agg(json_build_object('id', r.id, 'name', r.name, 'closed', room_closed(r.id, p.zone, p.country), 'services', (select string_agg(t.name || ': ' || s.name, ', ' order by t.name, s.name)
                      from service_room x join service s on s.id = x.service_id and s.retired_at is null join therapist t on t.id = s.therapist_id where x.room_id = r.id)) order by r.position, r.id), '[]')
                  from room r where r.premises_id = p.id and r.retired_at is null))
    $$;

-- The team as a member sees it; {"none": true} for who belongs to no practice yet.
create or replace function team_page() returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me constant uuid := auth.account();
    mine practice_member;
    here text;
begin
    select * into mine from practice_member where account_id = me;
    if mine.account_id is null then
        return (select json_build_object('none', true, 'can_found', t.id is not null) from (select 1) x left join therapist t on t.account_id = me where me is not null);
    end if;
    here := coalesce((select x.country from premises x where x.practice_id = mine.practice_id order by x.id limit 1), site_country());
    return (select json_build_object('none', false, 'name', p.name, 'is_owner', mine.role = 'owner', 'is_therapist', mine.role <> 'desk', 'desk_answers', mine.desk_answers, 'at_desk', mine.role in ('owner', 'desk'),
        'members', (select json_agg(json_build_object('id', m.account_id, 'name', a.name, 'email', case when mine.role = 'owner' then a.email end, 'role', m.role, 'what', say_member(m.role),
                        'since', say_date_long(m.joined_at::date, here), 'me', m.account_id = me, 'slug', t.slug, 'can_own', m.role = 'therapist') order by m.role = 'desk', m.joined_at)
                    from practice_member m join account a on a.id = m.account_id left join therapist t on t.account_id = a.id where m.practice_id = p.id),
        'invited', (select json_agg(json_build_object('id', i.id, 'email', i.email, 'what', say_member(i.role), 'until', say_day((i.expires_at at time zone 'UTC')::date, here),
                        'over', i.expires_at <= clock()) order by i.created_at)
                    from practice_invitation i where i.practice_id = p.id and i.ended_at is null and mine.role = 'owner'),
        'places', (select coalesce(json_agg(premises_json(x) order by x.id), '[]') from premises x where x.practice_id = p.id),
        'own_places', (select json_agg(json_build_object('id', l.id, 'title', coalesce(nullif(l.name, ''), l.street) || ', ' || l.town) order by l.id)
                       from location l join therapist t on t.id = l.therapist_id where t.account_id = me and l.premises_id is null and mine.role = 'owner'))
        from practice p where p.id = mine.practice_id);
end $$;

-- Founds a practice, or gives the caller's own another name.
create or replace function team_name(p_name text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    made int := team_owned();
begin
    if made is not null then
        update practice set name = p_name where id = made;
        perform team_noted('practice.renamed', made::text);
    elsif auth.therapist() is null or auth.practice() is not null then
        return null;
    else
        insert into practice (name) values (p_name) returning id into made;
        insert into practice_member (account_id, practice_id, role) values (auth.account(), made, 'owner');
        perform team_noted('practice.founded', made::text);
    end if;
    return team_page();
end $$;

-- Sends an invitation; one that is open to the same address ends. p_key is of the program's making, and so is the token.
create or replace function team_invite(p_email text, p_role text, p_key uuid, p_token text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    mine constant int := team_owned();
    made uuid;
begin
    if mine is null then
        return null;
    elsif exists (select from practice_member m join account a on a.id = m.account_id where m.practice_id = mine and a.email_key = lower(p_email)) then
        return practice_problem('email', 'Whoever has this address belongs to the practice already');
    elsif (select count(*) from practice_invitation i where i.practice_id = mine and i.created_at > clock() - interval '1 day') >= 20 then
        return practice_problem('email', 'You have sent 20 invitations in a day. Send this one tomorrow');
    end if;
    update practice_invitation set ended_at = clock(), ended_why = 'withdrawn' where practice_id = mine and lower(email) = lower(p_email) and ended_at is null;
    insert into practice_invitation (practice_id, email, role, key, token_hash, invited_by, created_at, expires_at)
    values (mine, p_email, p_role, p_key, sha256(convert_to(p_token, 'UTF8')), auth.account(), clock(), clock() + interval '7 days') returning id into made;
    insert into outbox (kind, invitation_id, data, due_at) values ('practice-invitation', made, '{}', clock());
    perform team_noted('practice.invited', made::text);
    return team_page();
end $$;

create or replace function team_withdraw(p_id uuid) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    update practice_invitation set ended_at = clock(), ended_why = 'withdrawn' where id = p_id and practice_id = team_owned() and ended_at is null;
    if not found then
        return null;
    end if;
    perform team_noted('practice.invitation-withdrawn', p_id::text);
    return team_page();
end $$;

-- --- The invitation, for whoever has the mail

create or replace function invitation_meant(p_token text) returns practice_invitation
    language sql stable
    as $$ select * from practice_invitation i where i.token_hash = sha256(convert_to(p_token, 'UTF8')) $$;

-- What its page asks. "as": how one can accept: account (make one), accept (signed in as who is meant), sign_in, sign_up, other (signed in as somebody
-- else), taken (the address has an account of another kind).
create or replace function invitation_look(p_token text) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
declare
    i practice_invitation := invitation_meant(p_token);
    known account;
    me constant uuid := auth.account();
    way text;
begin
    if i.id is null then
        return null;
    end if;
    select * into known from account a where a.email_key = lower(i.email) and a.disabled_at is null;
    way := case when me is not null and me is distinct from known.id then 'other' when known.id is not null and known.role <> i.role then 'taken'
                when me is not null and auth.practice() is not null then 'member' when me is not null then 'accept' when known.id is not null then 'sign_in' when i.role = 'therapist' then 'sign_up' else 'account' end;
    return (select json_build_object('practice', p.name, 'by', (select a.name from account a where a.id = i.invited_by), 'email', i.email, 'for_desk', i.role = 'desk', 'what', say_member(i.role),
        'open', i.ended_at is null and i.expires_at > clock(), 'accepted', i.ended_why = 'accepted', 'declined', i.ended_why = 'declined', 'withdrawn', i.ended_why = 'withdrawn',
        'over', i.ended_at is null and i.expires_at <= clock(), 'as_' || way, true, 'as', way)
        from practice p where p.id = i.practice_id);
end $$;

-- Uses it, once. p_name and p_hash: of the account that is made for a front desk.
-- → {"problem"}, or a session where an account was made, or {"to"}.
create or replace function invitation_answer(p_token text, p_accept boolean, p_name text, p_hash text, p_session text, p_agent text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    i practice_invitation := invitation_meant(p_token);
    way text;
    who account;
begin
    select * into i from practice_invitation x where x.id = i.id for update;
    way := invitation_look(p_token) ->> 'as';
    if i.id is null then
        return null;
    elsif i.ended_at is not null or i.expires_at <= clock() then
        return json_build_object('problem', 'over');
    elsif not p_accept then
        update practice_invitation set ended_at = clock(), ended_why = 'declined' where id = i.id;
        insert into audit (account_id, action, object) values (auth.account(), 'practice.invitation-declined', i.id::text);
        return '{"declined": true}';
    elsif way not in ('account', 'accept') or way = 'account' and p_hash is null then
        return json_build_object('problem', way);
    end if;
    if way = 'account' then
        insert into account (role, name, email, password_hash, email_verified_at) values ('desk', p_name, i.email, p_hash, clock()) returning * into who;
        perform account_noted(who.id, 'account.made', json_build_object('device', p_agent));
    else
        select * into who from account where id = auth.account();
    end if;
    update practice_invitation set ended_at = clock(), ended_why = 'accepted' where id = i.id;
    insert into practice_member (account_id, practice_id, role) values (who.id, i.practice_id, i.role);
    insert into audit (account_id, about, action, object) values (who.id, who.id, 'practice.joined', i.practice_id::text);
    return case when way = 'account' then session_begin(who, p_session, p_agent, false) else json_build_object('to', case i.role when 'desk' then '/desk' else '/practice/team?saved=joined' end) end;
end $$;

-- --- Leaving

-- Takes somebody out of their practice. Visits to come in its rooms would have no room any more, so they are moved or cancelled before. Null, or what
-- is wrong.
create or replace function team_part(p_account uuid, p_practice int, p_action text) returns json
    language plpgsql
    as $$
declare
    whose constant int := (select t.id from therapist t where t.account_id = p_account);
    n int;
begin
    if (select m.role from practice_member m where m.account_id = p_account) = 'owner'
       and (select count(*) filter (where m.role = 'owner') = 1 and count(*) > 1 from practice_member m where m.practice_id = p_practice) then
        return practice_problem(null, 'A practice needs an owner. Make somebody else one first.');
    end if;
    if whose is not null then
        perform listing_lock(whose);
        select count(*) into n from slot_claim c where c.therapist_id = whose and c.room_id is not null and lower(c.blocked) > clock();
        if n > 0 then
            return practice_problem(null, case n when 1 then 'One visit to come is in a room of the practice. Move or cancel it first.' else n || ' visits to come are in rooms of the practice. Move or cancel them first.' end);
        end if;
        perform service_needs(s.id, '{}') from service s where s.therapist_id = whose and s.needs_room;
        delete from hours where location_id in (select l.id from location l join premises x on x.id = l.premises_id where l.therapist_id = whose and x.practice_id = p_practice);
        update location set premises_id = null where therapist_id = whose and premises_id in (select x.id from premises x where x.practice_id = p_practice);
    end if;
    delete from practice_member where account_id = p_account;
    perform team_noted(p_action, p_practice::text, p_account);
    return null;
end $$;

create or replace function team_leave() returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    mine constant int := auth.practice();
    wrong json;
begin
    if mine is null then
        return null;
    end if;
    perform from practice where id = mine for update;
    wrong := team_part(auth.account(), mine, 'practice.left');
    return coalesce(wrong, json_build_object('left', true));
end $$;

-- p_act: remove, own (make somebody an owner), unown.
create or replace function team_member(p_account uuid, p_act text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    mine constant int := team_owned();
    wrong json;
    was text;
begin
    perform from practice where id = mine for update;
    select m.role into was from practice_member m where m.account_id = p_account and m.practice_id = mine;
    if was is null or p_account = auth.account() and p_act = 'remove' then
        return null;
    elsif p_act = 'remove' then
        wrong := team_part(p_account, mine, 'practice.removed');
    elsif p_act = 'unown' and (select count(*) from practice_member m where m.practice_id = mine and m.role = 'owner') = 1 then
        wrong := practice_problem(null, 'A practice needs an owner. Make somebody else one first.');
    elsif was = (case p_act when 'own' then 'therapist' else 'owner' end) then
        update practice_member set role = case p_act when 'own' then 'owner' else 'therapist' end where account_id = p_account;
        perform team_noted(case p_act when 'own' then 'practice.owner-made' else 'practice.owner-ended' end, mine::text, p_account);
    end if;
    return coalesce(wrong, json_build_object('saved', true));
end $$;

-- Whether the front desk may answer requests to the caller.
create or replace function team_answers(p_may boolean) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    update practice_member set desk_answers = p_may where account_id = auth.account() and role <> 'desk' and desk_answers <> p_may;
    if found then
        perform team_noted(case when p_may then 'practice.desk-answers' else 'practice.desk-asks' end, auth.practice()::text);
    end if;
    return case when auth.practice() is not null and auth.therapist() is not null then team_page() end;
end $$;

-- --- Places

-- A place of the caller's own becomes one of the practice, with the same address.
create or replace function premises_share(p_location int) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    mine constant int := team_owned();
    made int;
begin
    if mine is null or not exists (select from location l where l.id = p_location and l.therapist_id = auth.therapist() and l.premises_id is null) then
        return null;
    end if;
    insert into premises (practice_id, name, street, town, region, postcode, country, lat, lon, zone, access)
    select mine, name, street, town, region, postcode, country, lat, lon, zone, access from location where id = p_location returning id into made;
    update location set premises_id = made where id = p_location;
    perform team_noted('premises.shared', made::text);
    return team_page();
end $$;

-- A therapist of the practice works there too: a place of theirs, with the practice's address. Their hours there are theirs to set.
create or replace function premises_use(p_id int) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    me constant int := auth.therapist();
begin
    if me is null or not exists (select from premises p where p.id = p_id and p.practice_id = auth.practice()) then
        return null;
    end if;
    insert into location (therapist_id, premises_id, street, town, country, lat, lon, zone)
    select me, p.id, p.street, p.town, p.country, p.lat, p.lon, p.zone from premises p where p.id = p_id on conflict do nothing;
    perform team_noted('premises.used', p_id::text);
    return team_page();
end $$;

create or replace function premises_one(p_id int) returns json
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select premises_json(p) from premises p where p.id = p_id and p.practice_id = team_owned() $$;

-- p_form: {"name","street","town","postcode","access"}, as a therapist's own place is written. Who changes the street alone keeps position and zone.
create or replace function premises_save(p_id int, p_form json) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    p premises;
    a record;
    stays boolean;
begin
    select * into p from premises x where x.id = p_id and x.practice_id = team_owned() for update;
    if not found then
        return null;
    end if;
    select * into a from place_read(p_form);
    if a.wrong is not null then
        return a.wrong;
    end if;
    stays := (p.town, p.region, p.postcode) = (a.town, a.region, a.postcode);
    update premises set name = coalesce(p_form ->> 'name', ''), street = p_form ->> 'street', town = a.town, region = a.region, postcode = a.postcode, country = a.country, access = coalesce(p_form ->> 'access', ''),
        lat = case when stays then lat else a.lat end, lon = case when stays then lon else a.lon end,
        zone = case when country = a.country and earth_metres(lat, lon, a.lat, a.lon) < 50000 then zone else coalesce(zone_guess(a.country, a.lat, a.lon), zone) end where id = p_id;
    perform team_noted('premises.saved', p_id::text);
    return premises_one(p_id);
end $$;

create or replace function room_add(p_premises int, p_name text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    perform from premises p where p.id = p_premises and p.practice_id = team_owned() for update;
    if not found then
        return null;
    elsif exists (select from room r where r.premises_id = p_premises and lower(r.name) = lower(p_name) and r.retired_at is null) then
        return practice_problem('room', 'There is a room of this name already');
    elsif (select count(*) from room r where r.premises_id = p_premises and r.retired_at is null) >= 40 then
        return practice_problem('room', 'A place has 40 rooms at most');
    end if;
    insert into room (premises_id, name, position) select p_premises, p_name, coalesce(max(r.position) + 1, 1) from room r where r.premises_id = p_premises;
    perform team_noted('room.added', p_premises::text);
    return premises_one(p_premises);
end $$;

-- A room that is used no more: no visit to come is in it, and each service that needs one has another.
create or replace function room_remove(p_id int) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    r room;
    alone text;
    need record;
begin
    select x.* into r from room x join premises p on p.id = x.premises_id and p.practice_id = team_owned() where x.id = p_id and x.retired_at is null for update of x;
    if not found then
        return null;
    end if;
    perform pg_advisory_xact_lock('room'::regclass::oid::int, team_owned());
    select string_agg(t.name || ': ' || s.name, ', ' order by t.name) into alone from service_room x join service s on s.id = x.service_id join therapist t on t.id = s.therapist_id
    where x.room_id = p_id and not exists (select from service_room o where o.service_id = x.service_id and o.room_id <> p_id);
    if alone is not null then
        return practice_problem('room', 'Give another room first to ' || alone);
    elsif exists (select from slot_claim c where c.room_id = p_id and c.closing_id is null and upper(c.blocked) > clock()) then
        return practice_problem('room', 'Visits to come are in this room. Move them first');
    end if;
    for need in select x.service_id, array(select o.room_id from service_room o where o.service_id = x.service_id and o.room_id <> p_id) as others from service_room x where x.room_id = p_id order by x.therapist_id loop
        perform service_needs(need.service_id, need.others);
    end loop;
    delete from slot_claim where room_id = p_id and closing_id is not null;
    delete from room_closing where room_id = p_id;
    update room set retired_at = clock() where id = p_id;
    perform team_noted('room.removed', p_id::text);
    return premises_one(r.premises_id);
end $$;

-- --- Rooms of a service, in the form of its therapist

create or replace function practice_rooms(p_service int, p_typed json) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_agg(json_build_object('id', r.id, 'name', r.name, 'place', coalesce(nullif(p.name, ''), p.street),
            'on', case when p_typed is not null then r.id::text = any (coalesce((p_typed ->> 'room')::text[], '{}')) else exists (select from service_room x where x.service_id = p_service and x.room_id = r.id) end)
            order by p.id, r.position, r.id)
        from location l join premises p on p.id = l.premises_id join room r on r.premises_id = p.id and r.retired_at is null
        where l.therapist_id = auth.therapist());
end $$;

-- The rooms that a service of the caller needs from now on → how many of its visits to come have none; null: these are not the caller's to choose.
create or replace function practice_service_rooms(p_service int, p_rooms text[]) returns int
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    rooms constant int[] := array(select r.id from room r join location l on l.premises_id = r.premises_id join premises p on p.id = r.premises_id
                                  where r.id::text = any (p_rooms) and r.retired_at is null and l.therapist_id = auth.therapist() and p.practice_id = auth.practice());
begin
    if cardinality(rooms) < (select count(distinct x) from unnest(p_rooms) x) or not exists (select from service s where s.id = p_service and s.therapist_id = auth.therapist()) then
        return null;
    end if;
    if array(select x.room_id from service_room x where x.service_id = p_service order by 1) = array(select x from unnest(rooms) x order by 1) then
        return 0;
    end if;
    return service_needs(p_service, rooms);
end $$;

grant execute on function team_answers, team_page, team_name, team_invite, team_withdraw, invitation_look, invitation_answer, team_leave, team_member, premises_share, premises_use, premises_one, premises_save, room_add,
    room_remove, practice_rooms, practice_service_rooms to unknot_web;
