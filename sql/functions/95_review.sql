-- What somebody writes about a visit they came to: by the secret link of the booking, once, changed and taken back by the same link.

-- Every number of the rules, once; the pages that explain them read them here. The score's are ranking()'s.
set local client_min_messages = warning;
drop type if exists review_rule cascade;
reset client_min_messages;
create type review_rule as (
    asked_after int, open_days int, -- days after the visit: when its client is asked, until when a review can be written
    together int, alone_days int,   -- so many begin to show at once, or all that wait once one has waited so many days: a single visit is not to be guessed
    page int, body_most int, reply_most int,
    pain_least int, pain_step int   -- a mean of pain is shown of so many people, and made anew when so many more came
);
create or replace function review_rules() returns setof review_rule
    language sql immutable parallel safe rows 1
    as $$ select 4, 90, 3, 30, 10, 2000, 1000, 10, 3 $$;

-- Why an operator takes a review off, and nothing else is a reason. 'author' is who wrote it.
create or replace function review_reasons() returns table (key text, label text, about text, o int)
    language sql immutable parallel safe rows 8
    as $$
    values ('contact', 'Contact details or links', 'Phone numbers, addresses, e-mail addresses, links, or an invitation to meet elsewhere.', 1),
           ('person', 'About another person', 'It names or describes a client, a member of the family or anybody else who has not asked to be written about.', 2),
           ('abuse', 'Insults, threats or hatred', 'Insults, threats, or hatred of a group of people. Strong words about the visit itself are fine.', 3),
           ('sexual', 'Sexual words or hints', 'Sexual words, or hints that something sexual is on offer. A report of misconduct is not removed for this: we look into it.', 4),
           ('elsewhere', 'Not about this visit', 'It is about another therapist, a political matter, a price elsewhere, or anything that did not happen at the visit.', 5),
           ('reward', 'Written for a reward', 'It was paid for, or written by the therapist, by somebody close to them, or by a competitor.', 6),
           ('cure', 'Promises a cure', 'It says that massage heals or cures an illness, so that others might leave out care they need.', 7),
           ('law', 'A court or the law says so', 'A court order, or words that the law where the therapist works forbids.', 8)
    $$;
create or replace function review_reason(p_key text) returns json
    language sql immutable
    as $$ select json_build_object('key', r.key, 'label', r.label, 'about', r.about) from review_reasons() r where r.key = p_key $$;

-- Words that an operator looks at before anybody else does: an address, a link, a telephone number.
create or replace function review_words(p_text text) returns boolean
    language sql immutable parallel safe
    as $$
    select p_text ~* '[^\s@]@[^\s@]+\.[a-z]{2,}|https?:|\mwww\.|\m[a-z0-9-]+\.(com|net|org|info|biz|io|co|me|us|uk|ca|de|shop|site|online)\M|\m(whatsapp|telegram|instagram|facebook|venmo|paypal)\M'
        or p_text ~ '(\d[ ().+/-]{0,2}){7,}'
    $$;

create or replace function review_text(p_text text) returns text
    language sql immutable
    as $$ select btrim(regexp_replace(p_text, '\r\n?', E'\n', 'g'), E' \n\t') $$;

-- First name and an initial, of what the booking says.
create or replace function review_signs(b booking) returns text
    language sql immutable
    as $$
    select nullif(left(split_part(x.n, ' ', 1), 40) || coalesce(' ' || upper(left(substring(x.n from ' (\S+)$'), 1)) || '.', ''), '')
    from (select btrim(regexp_replace(coalesce(b.client_name, ''), '\s+', ' ', 'g')) as n) x
    $$;

create or replace function review_problem(p_type text, p_field text, p_title text) returns json
    language sql immutable
    as $$ select json_build_object('problem', true, 'status', 409, 'type', p_type, 'field', p_field, 'title', p_title) $$;

-- Why no review can be written of a visit; null: it can. One that is there can be changed as long as the link works.
create or replace function review_refusal(b booking) returns text
    language sql stable
    as $$
    select case when b.state <> 'attended' then 'A review is of a visit you came to. You can write it once ' || (booking_therapist(b.therapist_id) ->> 'name') || ' has noted that you came.'
                when b.ends_at < clock() - make_interval(days => r.open_days) then 'A review can be written within ' || r.open_days || ' days of the visit. That time is over.' end
    from review_rules() r
    $$;

create or replace function review_scores(p_expertise int, p_professionalism int, p_satisfaction int) returns json
    language sql stable -- as json_build_object is: so it is inlined
    as $$
    select json_build_array(json_build_object('label', 'Treating back pain', 'score', p_expertise, 'word', review_word(p_expertise)),
                            json_build_object('label', 'Professional conduct', 'score', p_professionalism, 'word', review_word(p_professionalism)),
                            json_build_object('label', 'Satisfied overall', 'score', p_satisfaction, 'word', review_word(p_satisfaction)))
    $$;
create or replace function review_word(p_n int) returns text
    language sql immutable parallel safe
    as $$ select (array['Poor', 'Fair', 'Good', 'Very good', 'Excellent'])[p_n] $$;

-- How a review stands, for who wrote it.
create or replace function review_standing(r review) returns json
    language sql stable
    as $$
    select json_build_object('edition', r.edition, 'shown', r.shown, 'taken_back', r.removed_why is not distinct from 'author', 'removed', review_reason(r.removed_why),
        'held', r.held and r.removed_at is null, 'again', r.held and r.removed_at is not null, 'waits', not r.shown and not r.held and r.removed_at is null,
        'latest', case when not r.shown then say_day((r.created_at + make_interval(days => k.alone_days))::date, country_for(r.therapist_id)) end,
        'author', r.author, 'body', nullif(r.body, ''), 'scores', review_scores(r.expertise, r.professionalism, r.satisfaction),
        'month', to_char(r.visited_on, 'FMMonth YYYY'), 'service', r.service_name,
        'reply', (select json_build_object('body', y.body) from review_reply y where y.review_id = r.id and r.shown),
        'has_versions', exists (select from review_version v where v.review_id = r.id),
        'versions', (select coalesce(json_agg(json_build_object('edition', v.edition, 'body', nullif(v.body, ''), 'author', v.author, 'until', say_date_long(v.until::date, country_for(r.therapist_id)),
                        'scores', review_scores(v.expertise, v.professionalism, v.satisfaction)) order by v.edition desc), '[]') from review_version v where v.review_id = r.id))
    from review_rules() k
    $$;

-- The fields of the form filled in: from what was just typed, else from what is kept.
create or replace function review_form(b booking, r review, p_form json) returns json
    language sql stable
    as $$
    select (jsonb_build_object('body', coalesce(x.body, ''), 'sign_is_name', x.sign = 'name', 'sign_is_client', x.sign = 'client', 'now_edition', coalesce(r.edition, 0))
            || (select jsonb_object_agg(s.name || '_is_' || n, n = s.score) from (values ('expertise', x.e), ('professionalism', x.p), ('satisfaction', x.s)) s (name, score), generate_series(1, 5) n))::json
    from (select case when p_form is null then r.body else p_form ->> 'body' end as body,
                 case when p_form is not null then p_form ->> 'sign' when r.author is null then 'client' else 'name' end as sign,
                 case when p_form is null then r.expertise else (p_form ->> 'expertise')::int end as e,
                 case when p_form is null then r.professionalism else (p_form ->> 'professionalism')::int end as p,
                 case when p_form is null then r.satisfaction else (p_form ->> 'satisfaction')::int end as s) x
    $$;

create or replace function review_preview(b booking, p_form json) returns json
    language sql stable
    as $$
    select json_build_object('author', case when p_form ->> 'sign' = 'name' then review_signs(b) end, 'body', nullif(review_text(p_form ->> 'body'), ''),
        'month', to_char(b.starts_at at time zone b.zone, 'FMMonth YYYY'), 'service', b.service_name, 'words', review_words(coalesce(p_form ->> 'body', '')),
        'scores', review_scores((p_form ->> 'expertise')::int, (p_form ->> 'professionalism')::int, (p_form ->> 'satisfaction')::int))
    $$;

-- The page of the review of a visit. p_form: what was typed (null: what is kept); p_preview: with how it will look. Null when the booking is not the caller's.
create or replace function review_page(p_booking uuid, p_form json default null, p_preview boolean default false) returns json
    language plpgsql stable
    as $$
declare
    b booking;
    r review;
    here text;
begin
    select * into b from booking where id = p_booking and token_hash = auth.token_hash('app.booking') and state not in ('held', 'expired');
    if not found then
        return null;
    end if;
    select * into r from review where booking_id = b.id;
    select country into here from location where id = b.location_id;
    return (review_form(b, r, p_form)::jsonb || jsonb_build_object('id', b.id, 'therapist', booking_therapist(b.therapist_id), 'service', b.service_name, 'day', say_date_full(local_day(b.starts_at, b.zone), here),
        'signs', review_signs(b), 'review_id', r.id, 'pain_kept', exists (select from review_pain p where p.review_id = r.id), 'review', case when r.id is not null then review_standing(r) end, 'preview', case when p_preview and (r.id is not null or review_refusal(b) is null) and r.removed_why is distinct from 'author' then review_preview(b, p_form) end,
        'refusal', case when r.id is null then review_refusal(b) end, 'may_write', coalesce(case when r.id is null then review_refusal(b) is null else r.removed_why is distinct from 'author' end, true),
        'until', say_day(local_day(b.ends_at + make_interval(days => (select open_days from review_rules())), b.zone), here), 'rules', (select to_json(k) from review_rules() k)))::json;
end $$;

-- Opens what an operator looks at, or brings the open one up to date. The caller has checked that it may.
create or replace function review_case_open(r review, p_why text, p_reason text, p_note text) returns void
    language sql
    as $$
    insert into review_case (review_id, therapist_id, why, reason, note, edition, opened_at)
    values (r.id, r.therapist_id, p_why, p_reason, coalesce(p_note, ''), r.edition, clock())
    on conflict (review_id) where decided_at is null do update set edition = excluded.edition
    $$;

-- Shows what waits, when there is enough of it or it has waited long enough, and tells the therapist once. The therapist is locked, so that of two reviews
-- that come at once the second counts the first → how many began to show.
create or replace function review_release(p_therapist int) returns int
    language plpgsql
    as $$
declare
    k review_rule := (select x from review_rules() x);
    n int;
begin
    if not bulk_load() then -- who loads many is alone, and a lock for each would be too many
        perform listing_lock(p_therapist);
    end if;
    select case when count(*) >= k.together or min(created_at) <= clock() - make_interval(days => k.alone_days) then count(*) else 0 end into n
    from review where therapist_id = p_therapist and not shown and removed_at is null and not held;
    if n > 0 then
        update review set shown = true, shown_at = clock() where therapist_id = p_therapist and not shown and removed_at is null and not held;
        if not bulk_load() then
            insert into outbox (kind, audience, recipient, data, due_at)
            select 'therapist-reviews', 'therapist', a.email, json_build_object('name', t.name, 'count', n, 'one', n = 1), clock()
            from therapist t join account a on a.id = t.account_id where t.id = p_therapist and a.disabled_at is null;
        end if;
    end if;
    return n;
end $$;

-- For the worker: the therapists of whom a review has waited long enough → how many reviews began to show; 0: none left.
create or replace function reviews_due() returns int
    language sql security definer set search_path = unknot, public, pg_temp
    as $$
    select coalesce(sum(review_release(x.therapist_id)), 0)::int
    from (select distinct therapist_id from review where not shown and removed_at is null and not held
          and created_at <= clock() - make_interval(days => (select alone_days from review_rules())) order by 1 limit 20) x
    $$;

create or replace function review_add(b booking, p_form json) returns review
    language sql
    as $$
    insert into review (therapist_id, booking_id, expertise, professionalism, satisfaction, body, author, service_name, visited_on, created_at, held)
    select b.therapist_id, b.id, (p_form ->> 'expertise')::int, (p_form ->> 'professionalism')::int, (p_form ->> 'satisfaction')::int, x.body,
           case when p_form ->> 'sign' = 'name' then review_signs(b) end, b.service_name, date_trunc('month', b.starts_at at time zone b.zone)::date, clock(), review_words(x.body)
    from (select review_text(coalesce(p_form ->> 'body', '')) as body) x
    returning *
    $$;

-- The same words again are no new edition. What was removed stays so until an operator has looked at the new words.
create or replace function review_change(r review, b booking, p_form json) returns review
    language plpgsql
    as $$
declare
    said text := review_text(coalesce(p_form ->> 'body', ''));
    signed text := case when p_form ->> 'sign' = 'name' then review_signs(b) end;
    look boolean := r.held or r.removed_at is not null or review_words(said);
    was review := r;
begin
    update review set expertise = (p_form ->> 'expertise')::int, professionalism = (p_form ->> 'professionalism')::int, satisfaction = (p_form ->> 'satisfaction')::int, body = said,
        author = signed, edition = edition + 1, edited_at = clock(), held = look, shown = shown and not look
    where id = was.id and (expertise, professionalism, satisfaction, body, author)
        is distinct from ((p_form ->> 'expertise')::smallint, (p_form ->> 'professionalism')::smallint, (p_form ->> 'satisfaction')::smallint, said, signed)
    returning * into r;
    if not found then
        return was;
    end if;
    insert into review_version values (was.id, was.edition, was.expertise, was.professionalism, was.satisfaction, was.body, was.author, clock());
    return r;
end $$;

-- By the guest whose booking it is. p_edition: that of the page it was written on, 0: there was none → as review_page, or a problem; null when it is not theirs.
create or replace function review_save(p_booking uuid, p_form json, p_edition int) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    b booking;
    r review;
    here text;
begin
    select * into b from booking where id = p_booking and token_hash = auth.token_hash('app.booking') and state not in ('held', 'expired') for update;
    if not found then
        return null;
    end if;
    select * into r from review where booking_id = b.id for update;
    if r.id is null and review_refusal(b) is not null then
        return review_problem('no-review-now', null, review_refusal(b));
    elsif r.removed_why = 'author' then
        return review_problem('taken-back', null, 'You took back your review of this visit. There can be no other.');
    elsif coalesce(r.edition, 0) <> p_edition then
        return review_problem('reviewed-already', null, case p_edition when 0 then 'You have reviewed this visit already. Below is what you typed now: publish it to put it in place of the first.'
                                                                      else 'Your review was changed since you opened this page. Below is what you typed now.' end);
    elsif r.id is null then
        r := review_add(b, p_form);
    else
        r := review_change(r, b, p_form);
    end if;
    if r.held then
        perform review_case_open(r, case when r.removed_at is null then 'words' else 'again' end, null, null);
    end if;
    perform review_release(b.therapist_id);
    return review_page(p_booking);
end $$;

-- Taken back for good: the words, the name, what it said before and the therapist's answer are gone. What an operator removed stays counted as removed.
create or replace function review_withdraw(p_booking uuid) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    r review;
begin
    select v.* into r from review v join booking b on b.id = v.booking_id
    where b.id = p_booking and b.token_hash = auth.token_hash('app.booking') for update;
    if not found then
        return null;
    end if;
    delete from review_version where review_id = r.id;
    delete from review_reply where review_id = r.id;
    delete from review_pain where review_id = r.id;
    delete from review_case where review_id = r.id and decided_at is null;
    update review set body = '', author = null, shown = false, held = false, removed_at = coalesce(removed_at, clock()), removed_why = coalesce(removed_why, 'author') where id = r.id;
    return review_page(p_booking);
end $$;

-- Some days after a visit its client is asked once, in the same words for everybody; not again for the same therapist and service while that could still be answered.
create or replace function review_invite() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    k review_rule := (select x from review_rules() x);
    at timestamptz := ((local_day(new.ends_at, new.zone) + k.asked_after) + time '10:00') at time zone new.zone;
begin
    if new.client_email is null or clock() > new.ends_at + make_interval(days => k.open_days) or exists (
        select from review_invitation i join booking o on o.id = i.booking_id
        where o.therapist_id = new.therapist_id and o.service_id = new.service_id and lower(o.client_email) = lower(new.client_email)
          and o.id <> new.id and i.asked_at > clock() - make_interval(days => k.open_days)) then
        return null;
    end if;
    insert into review_invitation (booking_id, asked_at) values (new.id, clock()) on conflict do nothing;
    if found then
        insert into outbox (kind, audience, channel, booking_id, data, due_at)
        select 'booking-review-ask', 'client', c.channel, new.id, json_build_object('booking', json_build_object('id', new.id, 'therapist', json_build_object('slug', booking_therapist(new.therapist_id) ->> 'slug')),
            'until', say_day(local_day(new.ends_at + make_interval(days => k.open_days), new.zone), (select country from location where id = new.location_id))), greatest(clock(), at)
        from outbox_channel c where c.used;
    end if;
    return null;
end $$;
create or replace trigger review_invite after update of state on booking for each row
    when (new.state = 'attended' and old.state <> 'attended') execute function review_invite();

grant execute on function review_rules, review_reasons, review_reason, review_words, review_text, review_signs, review_problem, review_refusal, review_scores, review_word, review_standing,
    review_form, review_preview, review_page, review_save, review_withdraw to unknot_web;
grant execute on function reviews_due to unknot_worker;
