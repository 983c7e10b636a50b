-- The form of a booked visit, answered again: what is answered so far lies apart from what counts until the new answers are complete.

create table reopening (
    booking_id uuid primary key references booking on delete cascade,
    asked_at timestamptz,
    begun_at timestamptz,
    afresh boolean not null default false,
    draft text,
    check (asked_at is not null or begun_at is not null),
    check (draft is null or begun_at is not null)
);
comment on table reopening is 'a form that is answered again before a visit; gone when it is complete or left';
comment on column reopening.booking_id is 'of several visits that are booked together: the first';
comment on column reopening.asked_at is 'when the therapist asked for it';
comment on column reopening.begun_at is 'when the client began; null: not yet';
comment on column reopening.afresh is 'the visit is about something else now: nothing is filled in from last time';
comment on column reopening.draft is 'answers so far, sealed under the client''s key';
alter table reopening enable row level security;
alter table reopening force row level security;
create policy owner_all on reopening to unknot_owner using (true) with check (true);
create policy guest on reopening to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))))
    with check (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))));
grant select, insert (booking_id, begun_at, afresh, draft), update (begun_at, afresh, draft), delete on reopening to unknot_web;

-- A visit whose new answers say that a clinician is to be asked is held again: nothing is booked without a passed check, not even for an hour.
alter table booking add column safety_before uuid;
comment on column booking.safety_before is 'the check that counted until the form was answered again, while a clinician is asked';
grant update (safety_before) on booking to unknot_web;
drop policy guest_gone on booking;
create policy guest_gone on booking for delete to unknot_web
    using (state in ('held', 'expired') and requested_at is null and confirmed_at is null and token_hash = (select auth.token_hash('app.booking')));

-- What is agreed to again takes the place of what was agreed to before, which stays to be read.
alter table consent add column replaced_at timestamptz check (replaced_at >= agreed_at);
comment on column consent.replaced_at is 'when the same was agreed to again for the same visit; null: it counts';
alter table consent drop constraint consent_booking_id_purpose_key;
create unique index consent_counts on consent (booking_id, purpose) where replaced_at is null;
drop policy guest_new on consent;
create policy guest_new on consent for insert to unknot_web
    with check (exists (select from booking b where b.id = booking_id and b.token_hash = (select auth.token_hash('app.booking'))
                        and (exists (select from booking o where (o.id = b.id or o.series_id = b.id) and o.state = 'held')
                             or exists (select from reopening r where r.booking_id = b.id and r.begun_at is not null))));
drop policy guest_anew on consent;
create policy guest_anew on consent for delete to unknot_web
    using (exists (select from booking b where b.id = booking_id and b.state = 'held' and b.confirmed_at is null and b.requested_at is null
                   and b.token_hash = (select auth.token_hash('app.booking'))));

-- Records about somebody under age are kept until some years after they come of age. The date of birth is sealed: beside the check stands the first of
-- January after which they are of age, and nothing of somebody who is.
alter table safety_check add column adult_from date check (extract(doy from adult_from) = 1);
comment on column safety_check.adult_from is 'the first of January from which on the client is of age where the visit is; null: is so already';
alter table retention
    add column adult_age smallint not null default 18 check (adult_age between 14 and 25),
    add column minor_years smallint not null default 7 check (minor_years between 0 and 30);
comment on column retention.adult_age is 'when somebody comes of age there';
comment on column retention.minor_years is 'how long records of somebody under age are kept after they come of age; never shorter than years after the last visit';
update retention set minor_years = 10, basis = 'CMTO: ten years from the last entry, or from age 18' where (country, region) = ('CA', 'ON');
insert into retention (country, region, years, adult_age, minor_years, basis) values
    ('US', 'AL', 7, 19, 7, 'age of majority 19 (general knowledge); years: our judgement'),
    ('US', 'NE', 7, 19, 7, 'age of majority 19 (general knowledge); years: our judgement'),
    ('US', 'MS', 7, 21, 7, 'age of majority 21 (general knowledge); years: our judgement'),
    ('CA', 'BC', 7, 19, 7, 'age of majority 19 (general knowledge); years: our judgement');
