-- The ground: everything the main job stands on. Append-only from here: later changes are later files.
--
-- Personal data (account, session, booking, safety_check, review's author, outbox, audit) is under row-level security from the first day.
-- What search reads (therapist, service, location, hours, listing, slot_claim) holds public data only: operators on ranges and points are
-- not leakproof, so a policy predicate there would cost the index (measured: 50 to 75 times slower).

create schema auth;
revoke all on schema auth from public;
grant usage on schema unknot, auth to unknot_web, unknot_worker;
alter default privileges revoke execute on functions from public;

-- Taxonomies: editable data, loaded by sql/seed. The ids are bit numbers in listing.techniques and listing.complaints.

create table technique (
    id smallint primary key check (id between 0 and 62),
    slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    label text not null,
    about text not null,
    pressure_min smallint not null check (pressure_min between 0 and 5),
    pressure_max smallint not null check (pressure_max between pressure_min and 5),
    basis text not null
);
comment on column technique.basis is 'where the description comes from; "general knowledge" when nowhere better';

create table complaint (
    id smallint primary key check (id between 0 and 62),
    slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
    label text not null,
    suggest text[] not null default '{}',
    careful text not null default '',
    evidence text not null
);
comment on column complaint.suggest is 'technique slugs that are usually offered';
comment on column complaint.evidence is 'the label every suggestion is shown with';

create table term (
    word text not null,
    kind text not null check (kind in ('technique', 'complaint')),
    id smallint not null,
    primary key (word, kind, id)
);
comment on table term is 'words people type for a technique or a complaint, folded (see fold())';
create index term_trgm on term using gin (word public.gin_trgm_ops);

-- Gazetteer

create table place (
    id int generated always as identity primary key,
    kind text not null check (kind in ('town', 'postcode')),
    country text not null check (country ~ '^[A-Z]{2}$'),
    region text not null,
    name text not null,
    postcode text,
    label text not null,
    key text not null,
    lat float8 not null check (lat between -85 and 85),
    lon float8 not null check (lon between -180 and 180),
    population int not null default 0,
    unique (country, kind, label),
    check ((kind = 'postcode') = (postcode is not null))
);
comment on column place.region is 'state or province as written after the town: IL; empty where the country has none';
comment on column place.label is 'what is shown and what finds exactly this place again: "Springfield, IL", "62701"';
comment on column place.key is 'fold(name) for a town, fold(postcode) for a postcode';
create index place_key on place (key text_pattern_ops);
create index place_trgm on place using gin (key public.gin_trgm_ops);
create index place_point on place using gist (point(lon, lat));

create unlogged table place_import (
    kind text not null, country text not null, region text not null, name text not null, postcode text, lat float8 not null, lon float8 not null,
    population int not null
);
comment on table place_import is 'what `unknot import places` read last; place_merge() makes places of it';

-- People

create table account (
    id uuid primary key default gen_random_uuid(),
    role text not null check (role in ('therapist', 'operator')),
    name text not null check (length(name) between 1 and 200),
    email text not null check (length(email) between 3 and 254),
    email_key text generated always as (lower(email)) stored unique,
    password_hash text,
    created_at timestamptz not null default now(),
    disabled_at timestamptz
);

create table session (
    token_hash bytea primary key check (length(token_hash) = 32),
    account_id uuid not null references account on delete cascade,
    created_at timestamptz not null default now(),
    seen_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index session_account on session (account_id);

create unlogged table sign_in_throttle (
    bucket bytea primary key,
    failures int not null,
    last_at timestamptz not null
);
comment on table sign_in_throttle is 'hash of account or address → failed attempts; unlogged: losing it in a crash costs nothing';

-- Therapists: what is public

create table therapist (
    id int generated always as identity primary key,
    account_id uuid unique references account on delete set null,
    slug text not null unique check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(slug) <= 80),
    name text not null check (length(name) between 1 and 120),
    headline text not null default '' check (length(headline) <= 160),
    about text not null default '' check (length(about) <= 4000),
    languages text[] not null default '{}',
    published boolean not null default false,
    created_at timestamptz not null default now(),
    changed_at timestamptz not null default now()
);

create table therapist_technique (
    therapist_id int not null references therapist on delete cascade,
    technique_id smallint not null references technique,
    primary key (therapist_id, technique_id)
);
create table therapist_complaint (
    therapist_id int not null references therapist on delete cascade,
    complaint_id smallint not null references complaint,
    primary key (therapist_id, complaint_id)
);

create table credential (
    id uuid primary key default gen_random_uuid(),
    therapist_id int not null references therapist on delete cascade,
    kind text not null check (kind in ('state_license', 'state_registration', 'state_certification', 'local_permit',
        'board_certification', 'specialty_certificate', 'association_membership', 'insurance', 'education', 'ce_course')),
    title text not null check (length(title) between 1 and 160),
    issuer text not null check (length(issuer) between 1 and 160),
    number text not null default '' check (length(number) <= 60),
    valid_until date,
    checked_on date,
    checked_until date,
    checked_where text check (length(checked_where) between 1 and 300),
    checked_by text,
    created_at timestamptz not null default now(),
    check ((checked_on is null) = (checked_until is null) and (checked_on is null) = (checked_where is null)
        and (checked_on is null) = (checked_by is null)),
    check (checked_until >= checked_on)
);
comment on table credential is 'a badge means something: what was checked, where, when, by whom, until when; state by credential_state()';
create index credential_therapist on credential (therapist_id);
create index credential_queue on credential (checked_until nulls first, created_at);

create table location (
    id int generated always as identity primary key,
    therapist_id int not null references therapist on delete cascade,
    name text not null default '' check (length(name) <= 120),
    street text not null check (length(street) between 1 and 200),
    town text not null check (length(town) between 1 and 120),
    region text not null default '' check (length(region) <= 60),
    postcode text not null default '' check (length(postcode) <= 20),
    country text not null check (country ~ '^[A-Z]{2}$'),
    lat float8 not null check (lat between -85 and 85),
    lon float8 not null check (lon between -180 and 180),
    zone text not null,
    access text not null default '' check (length(access) <= 400),
    unique (id, therapist_id)
);
comment on column location.zone is 'IANA name: the wall clock of its hours and of every time shown for it';
create index location_therapist on location (therapist_id);

create table hours (
    location_id int not null references location on delete cascade,
    weekday smallint not null check (weekday between 1 and 7),
    starts time not null,
    ends time not null,
    primary key (location_id, weekday, starts),
    check (starts < ends),
    exclude using gist (location_id with =, weekday with =,
        int4range((extract(epoch from starts) / 60)::int, (extract(epoch from ends) / 60)::int) with &&)
);
comment on table hours is 'weekly opening as wall time of the location; weekday 1 is Monday (ISO 8601); ends may be 24:00';

create table service (
    id int generated always as identity primary key,
    therapist_id int not null references therapist on delete cascade,
    name text not null check (length(name) between 1 and 120),
    about text not null default '' check (length(about) <= 600),
    minutes smallint not null check (minutes between 10 and 480),
    price int not null check (price between 0 and 10000000),
    currency text not null check (currency ~ '^[A-Z]{3}$'),
    buffer_before smallint not null default 0 check (buffer_before between 0 and 240),
    buffer_after smallint not null default 0 check (buffer_after between 0 and 240),
    step smallint not null default 30 check (step in (5, 10, 15, 20, 30, 60)),
    notice int not null default 120 check (notice between 0 and 43200),
    horizon smallint not null default 60 check (horizon between 1 and 60),
    position smallint not null default 0,
    retired_at timestamptz,
    unique (id, therapist_id)
);
comment on column service.price is 'minor units of the currency';
comment on column service.notice is 'minutes between now and the earliest start offered';
comment on column service.horizon is 'days ahead that times are offered; at most 60, so that listing.days (63 bits) never wraps';
create index service_therapist on service (therapist_id) where retired_at is null;

-- Booking. The claim is the truth about time and holds no personal data; the booking is under row-level security.

create type booking_state as enum ('held', 'confirmed', 'attended', 'no_show', 'cancelled', 'expired');

create table booking (
    id uuid primary key default gen_random_uuid(),
    key uuid not null unique,
    token_hash bytea not null check (length(token_hash) = 32),
    therapist_id int not null,
    location_id int not null,
    service_id int not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    zone text not null,
    service_name text not null,
    minutes smallint not null,
    price int not null,
    currency text not null,
    state booking_state not null default 'held',
    hold_expires timestamptz,
    hold_extended boolean not null default false,
    reference text unique,
    client_name text check (length(client_name) between 1 and 120),
    client_email text check (length(client_email) between 3 and 254),
    safety_draft text,
    safety_id uuid,
    safety_ok boolean generated always as (case when state in ('confirmed', 'attended', 'no_show') then true end) stored,
    attended boolean generated always as (case when state = 'attended' then true end) stored,
    created_at timestamptz not null default now(),
    confirmed_at timestamptz,
    ended_at timestamptz,
    check (ends_at > starts_at),
    check ((state = 'held') = (hold_expires is not null)),
    check (state not in ('confirmed', 'attended', 'no_show')
        or (safety_id is not null and reference is not null and client_name is not null and client_email is not null)),
    unique (id, therapist_id, attended),
    foreign key (location_id, therapist_id) references location (id, therapist_id),
    foreign key (service_id, therapist_id) references service (id, therapist_id)
);
comment on column booking.key is 'idempotency key of the request that made it; the guest''s token is derived from it';
comment on column booking.safety_draft is 'answers so far, sealed by the program; gone when the check ends';
create index booking_therapist on booking (therapist_id, starts_at);
create index booking_expiry on booking (hold_expires) where state = 'held';

create table safety_check (
    id uuid primary key default gen_random_uuid(),
    booking_id uuid not null references booking on delete cascade,
    outcome text not null check (outcome in ('PROCEED', 'MODIFY', 'CLEARANCE', 'STOP')),
    passed boolean generated always as (outcome in ('PROCEED', 'MODIFY')) stored,
    rules text not null,
    sealed text not null,
    checked_at timestamptz not null default now(),
    unique (id, booking_id, passed)
);
comment on column safety_check.rules is 'version of questions and rules that decided';
comment on column safety_check.sealed is 'answers and fired rules, sealed by the program';
create index safety_check_booking on safety_check (booking_id);

-- "No booking is confirmed without a passed safety check": safety_ok is true exactly in the states that need one, and then
-- the referenced row must exist with passed = true and belong to this booking.
alter table booking add constraint booking_needs_passed_safety
    foreign key (safety_id, id, safety_ok) references safety_check (id, booking_id, passed) deferrable initially deferred;

create table slot_claim (
    booking_id uuid primary key references booking on delete cascade deferrable initially deferred,
    therapist_id int not null references therapist,
    blocked tstzrange not null check (not isempty(blocked)),
    hold_expires timestamptz,
    constraint slot_claim_no_overlap exclude using gist (therapist_id with =, blocked with &&)
);
comment on table slot_claim is 'one row per held, confirmed or kept visit, buffers included; made by claim_take(), ended by booking_moved() and nothing else';
create index slot_claim_therapist on slot_claim (therapist_id, lower(blocked));

create table review (
    id uuid primary key default gen_random_uuid(),
    therapist_id int not null references therapist on delete cascade,
    booking_id uuid not null unique,
    attended boolean not null default true check (attended),
    expertise smallint not null check (expertise between 1 and 5),
    professionalism smallint not null check (professionalism between 1 and 5),
    satisfaction smallint not null check (satisfaction between 1 and 5),
    body text not null default '' check (length(body) <= 2000),
    service_name text not null,
    visited_on date not null,
    created_at timestamptz not null default now(),
    removed_at timestamptz,
    removed_why text,
    check ((removed_at is null) = (removed_why is null)),
    -- only a completed visit can be reviewed
    foreign key (booking_id, therapist_id, attended) references booking (id, therapist_id, attended)
);
comment on table review is 'public: shown with month and service, never with a name; the scores are: treating back pain, professional conduct, satisfied overall';
create index review_therapist on review (therapist_id, visited_on desc) where removed_at is null;

-- What happened, and what must still be sent

create table audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    account_id uuid references account on delete set null,
    action text not null,
    object text not null,
    detail json
);
comment on table audit is 'append-only; detail carries no health data';

create table outbox (
    id uuid primary key default gen_random_uuid(),
    kind text not null,
    recipient text not null,
    data json not null,
    created_at timestamptz not null default now(),
    due_at timestamptz not null default now(),
    attempts smallint not null default 0,
    state text not null default 'waiting' check (state in ('waiting', 'sent', 'dead')),
    sent_at timestamptz
);
create index outbox_due on outbox (due_at) where state = 'waiting';

-- Search reads this and nothing else. Derived from the tables above by listing_refresh() in the transaction that changes them; can be rebuilt.

create table listing (
    location_id int primary key references location on delete cascade,
    therapist_id int not null,
    spot point not null,
    techniques int8 not null,
    complaints int8 not null,
    service_id int,
    minutes smallint,
    price int,
    currency text,
    notice interval not null default '0',
    rating_n int not null default 0,
    rating real,
    checked_until date,
    days int8 not null default 0,
    next timestamptz[] not null default '{}',
    zone text not null,
    refreshed_at timestamptz not null default '-infinity'
) with (fillfactor = 85);
comment on column listing.spot is 'Mercator (lon, degrees(asinh(tan(radians(lat))))): locally isotropic, so <@ circle and <-> are right within 0.5 % in city radii';
comment on column listing.service_id is 'the service whose price and times the card shows';
comment on column listing.days is 'bit (local day since 2000-01-01) mod 63: service_id has a free time on that day';
comment on column listing.next is 'the next free starts for service_id at this location, at most 12, ascending';
create index listing_spot on listing using gist (spot);
create index listing_therapist on listing (therapist_id);

create table listing_card (
    location_id int primary key references listing on delete cascade,
    name_key text not null,
    card text not null,
    credential text not null,
    credential_until date,
    credential_lapsed text not null
);
comment on column listing_card.credential is 'the credential shown, as JSON text, until credential_until (null: until changed); from the day after, credential_lapsed';
comment on column listing_card.card is 'the unchanging part of a result as JSON text without its closing brace';
create index listing_card_name on listing_card using gin (name_key public.gin_trgm_ops);

-- Row-level security: who sees what. See sql/functions/10_auth.sql for the capabilities the policies ask for.
-- The owner's own policy makes FORCE explicit: migrations and SECURITY DEFINER functions run as owner.
do $$
declare t text;
begin
    foreach t in array array['account', 'session', 'booking', 'safety_check', 'audit', 'outbox', 'therapist', 'therapist_technique',
        'therapist_complaint', 'credential', 'location', 'hours', 'service', 'review'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
    end loop;
end $$;

create function auth.token_hash(p_setting text) returns bytea
    language sql stable parallel safe
    as $$ select sha256(convert_to(nullif(current_setting(p_setting, true), ''), 'UTF8')) $$;
comment on function auth.token_hash is 'hash of the capability token set for this transaction (app.session, app.booking), null when there is none';

create function auth.account() returns uuid
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$
    select a.id from session s join account a on a.id = s.account_id
    where s.token_hash = auth.token_hash('app.session') and s.expires_at > now() and a.disabled_at is null
      and s.seen_at > now() - case a.role when 'operator' then interval '10 minutes' else interval '30 minutes' end
    $$;
comment on function auth.account is 'who is signed in: null after the idle limit (operator 10 minutes, therapist 30) or the absolute one';

create function auth.therapist() returns int
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select t.id from therapist t where t.account_id = auth.account() $$;

create function auth.is_operator() returns boolean
    language sql stable security definer set search_path = unknot, public, pg_temp
    as $$ select exists (select from account a where a.id = auth.account() and a.role = 'operator') $$;

create policy self on account for select to unknot_web using (id = (select auth.account()));

create policy guest on booking for select to unknot_web using (token_hash = (select auth.token_hash('app.booking')));
create policy guest_new on booking for insert to unknot_web
    with check (state = 'held' and token_hash = (select auth.token_hash('app.booking')));
create policy guest_change on booking for update to unknot_web using (token_hash = (select auth.token_hash('app.booking')));
create policy guest_gone on booking for delete to unknot_web
    using (state = 'held' and token_hash = (select auth.token_hash('app.booking')));
create policy therapist_reads on booking for select to unknot_web using (therapist_id = (select auth.therapist()));
create policy therapist_moves on booking for update to unknot_web using (therapist_id = (select auth.therapist()));

create policy guest on safety_check for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy guest_new on safety_check for insert to unknot_web
    with check (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
create policy therapist_reads on safety_check for select to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.therapist_id = (select auth.therapist()) and b.safety_id = safety_check.id));

create policy write_only on audit for insert to unknot_web with check (account_id is not distinct from (select auth.account()));
create policy operator_reads on audit for select to unknot_web using ((select auth.is_operator()));
create policy write_only on outbox for insert to unknot_web with check (state = 'waiting');

-- public tables: everybody reads what is published, a therapist changes what is theirs, an operator what is everybody's proof
create policy public_reads on therapist for select to unknot_web
    using (published or account_id = (select auth.account()) or (select auth.is_operator()));
create policy therapist_changes on therapist for update to unknot_web using (account_id = (select auth.account()));
do $$
declare t text;
begin
    foreach t in array array['therapist_technique', 'therapist_complaint', 'location', 'service', 'credential'] loop
        execute format('create policy all_read on %I for select to unknot_web using (true)', t);
    end loop;
    foreach t in array array['therapist_technique', 'therapist_complaint', 'location', 'service'] loop
        execute format('create policy therapist_adds on %I for insert to unknot_web with check (therapist_id = (select auth.therapist()))', t);
        execute format('create policy therapist_changes on %I for update to unknot_web using (therapist_id = (select auth.therapist()))', t);
        execute format('create policy therapist_drops on %I for delete to unknot_web using (therapist_id = (select auth.therapist()))', t);
    end loop;
end $$;
create policy all_read on hours for select to unknot_web using (true);
create policy therapist_adds on hours for insert to unknot_web
    with check (location_id in (select id from location where therapist_id = (select auth.therapist())));
create policy therapist_changes on hours for update to unknot_web
    using (location_id in (select id from location where therapist_id = (select auth.therapist())));
create policy therapist_drops on hours for delete to unknot_web
    using (location_id in (select id from location where therapist_id = (select auth.therapist())));
create policy operator_checks on credential for update to unknot_web using ((select auth.is_operator()));
create policy all_read on review for select to unknot_web using (removed_at is null);

create policy worker_all on outbox to unknot_worker using (true) with check (true);

-- Grants: by name, least first. Functions grant themselves where they are made (sql/functions).
grant select on technique, complaint, term, place, therapist, therapist_technique, therapist_complaint, credential, location, hours,
    service, slot_claim, review, listing, listing_card, booking, safety_check, audit to unknot_web;
grant select (id, role, name, email) on account to unknot_web;
grant update (headline, about, languages, changed_at) on therapist to unknot_web;
grant insert, delete on therapist_technique, therapist_complaint, hours to unknot_web;
grant insert (therapist_id, name, about, minutes, price, currency, buffer_before, buffer_after, position),
    update (name, about, minutes, price, currency, buffer_before, buffer_after, position, retired_at) on service to unknot_web;
grant update (name, street, town, region, postcode, lat, lon, zone, access) on location to unknot_web;
grant update (checked_on, checked_until, checked_where, checked_by) on credential to unknot_web;
grant insert, delete on booking to unknot_web;
grant update (state, hold_expires, hold_extended, reference, client_name, client_email, safety_draft, safety_id, confirmed_at, ended_at)
    on booking to unknot_web;
grant insert on safety_check, audit, outbox to unknot_web;
grant select, update, delete on outbox to unknot_worker;
grant select on listing, slot_claim to unknot_worker;
