-- Visits at the client's address: which addresses are within reach, and how one is read. An address is held to the distance between the place that the
-- therapist starts from and the middle of its town or postcode: the gazetteer knows no streets, and nobody else is asked.

create or replace function home_reaches(l location, p_lat float8, p_lon float8) returns boolean
    language sql immutable parallel safe
    as $$ select l.home_km > 0 and round(earth_metres(l.lat, l.lon, p_lat, p_lon)) <= round(l.home_km::numeric, 2) * 1000 $$;

create or replace function booking_reaches(p_id uuid, p_location int) returns boolean
    language plpgsql stable
    as $$
begin
    return coalesce((select home_reaches(l, b.home_lat, b.home_lon) from booking b join location l on l.id = p_location
                     where b.id = p_id and b.home_lat is not null), true);
end $$;
comment on function booking_reaches is 'whether the therapist would come to this booking''s address from that place; true where none is known';

create or replace function say_home_reach(l location) returns text
    language sql stable
    as $$ select say_radius(l.home_km, l.country) || ' from ' || l.town $$;

-- The place of an address. Of towns of one name the one within reach is meant; a slip is asked about, since somebody will drive there.
create or replace function home_place(p_text text, l location, out label text, out lat float8, out lon float8, out wrong text)
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    m record;
    here record;
begin
    select * into m from place_meant(p_text);
    if m.state = 'unknown' or m.choices is null then -- coordinates are no address
        wrong := 'We know no such place. Enter the town and its state, or the ZIP code';
        return;
    elsif m.state = 'guessed' then
        wrong := 'We do not know it. Do you mean ' || array_to_string(m.choices[:3], '; ') || '? Then enter it so';
        return;
    end if;
    select p.* into here from place p where p.label = any (m.choices) and p.country = m.country
    order by not home_reaches(l, p.lat, p.lon), p.label <> m.label, earth_metres(l.lat, l.lon, p.lat, p.lon) limit 1;
    if m.state = 'ambiguous' and not home_reaches(l, here.lat, here.lon) then
        wrong := 'There are several: ' || array_to_string(m.choices[:3], '; ') || '. Enter the state too, or the ZIP code';
        return;
    end if;
    -- which town a postcode belongs to the gazetteer guesses at: what was written with it stays
    label := case when here.kind = 'postcode' and p_text ~ '[[:alpha:]]' then left(regexp_replace(btrim(p_text), '\s+', ' ', 'g'), 120) else here.label end;
    lat := here.lat;
    lon := here.lon;
end $$;

create or replace function home_problem(p_field text, p_title text) returns json
    language sql immutable
    as $$ select json_build_object('problem', true, 'status', 422, 'type', 'form', 'field', p_field, 'title', p_title) $$;

-- An address as it was typed: {"home_street","home_place","home_access","phone"}; p_from: the places that the therapist starts from. What is wrong
-- with it is a problem of one field.
create or replace function home_read(p_typed json, p_from int[], out street text, out place text, out access text, out lat float8, out lon float8, out phone text, out wrong json)
    language plpgsql stable
    as $$
#variable_conflict use_variable
declare
    found record;
    short location;
begin
    street := p_typed ->> 'home_street';
    access := p_typed ->> 'home_access';
    phone := p_typed ->> 'phone';
    if phone is null then
        wrong := home_problem('phone', 'Enter a telephone number: a home visit needs one');
    elsif street is null then
        wrong := home_problem('home_street', 'Enter the street and number');
    elsif p_typed ->> 'home_place' is null then
        wrong := home_problem('home_place', 'Enter the town and its state, or the ZIP code');
    else
        select * into found from home_place(p_typed ->> 'home_place', (select l from location l where l.id = p_from[1]));
        place := found.label;
        lat := found.lat;
        lon := found.lon;
        select l.* into short from location l where l.id = any (p_from) and not home_reaches(l, lat, lon) order by l.home_km limit 1;
        wrong := case when found.wrong is not null then home_problem('home_place', found.wrong)
                      when short.id is not null then
                          home_problem('home_place', 'This is too far: ' || case when short.home_km > 0 then 'home visits go up to ' || say_home_reach(short) else 'no home visits start from ' || short.town end) end;
    end if;
end $$;

-- Where a visit is, as place_json() says it of a practice; the address itself is not in it.
create or replace function home_json(b booking) returns json
    language sql stable
    as $$ select json_build_object('at_home', true, 'town', b.home_place, 'lat', null, 'lon', null) $$;

-- The address, in the names of the form that it came by: for the client and the therapist.
create or replace function home_address(b booking) returns json
    language sql stable
    as $$
    select case when b.home_street is not null then
        json_build_object('home_street', b.home_street, 'home_place', b.home_place, 'home_access', b.home_access, 'phone', b.client_phone) end
    $$;

grant execute on function home_reaches, booking_reaches, say_home_reach, home_place, home_problem, home_read, home_json, home_address to unknot_web, unknot_worker;
