-- Pain before and after a visit, as the author of its review may give it. Data about health: kept only after a consent of its own, sealed by the program, apart
-- from the review, and shown as the mean of many alone: from review_rules().pain_least people on, since fewer could be told apart, and made anew only when
-- pain_step more have come, so that nobody works out the last one's from two means. The web role never reads it; the worker opens it and keeps the mean.

create or replace function review_pain_touched() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    insert into review_pain_due select r.therapist_id from review r where r.id = coalesce(new.review_id, old.review_id) on conflict do nothing;
    return null;
end $$;
create or replace trigger review_pain_touched after insert or update or delete on review_pain for each row execute function review_pain_touched();

create or replace function review_pain_follows() returns trigger
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
begin
    insert into review_pain_due select new.therapist_id where exists (select from review_pain p where p.review_id = new.id) on conflict do nothing;
    return null;
end $$;
create or replace trigger review_pain_follows after update of shown on review for each row when (new.shown <> old.shown) execute function review_pain_follows();

-- By the guest whose review it is; p_sealed null: it is deleted → as review_page, or a problem; null without a review that stands.
create or replace function review_pain_save(p_booking uuid, p_sealed text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    r review;
begin
    select v.* into r from review v join booking b on b.id = v.booking_id
    where b.id = p_booking and b.token_hash = auth.token_hash('app.booking') and v.removed_why is distinct from 'author' for update of v;
    if not found then
        return null;
    elsif p_sealed is null then
        delete from review_pain where review_id = r.id;
    else
        insert into review_pain (review_id, sealed, agreed_at) values (r.id, p_sealed, clock())
        on conflict (review_id) do update set sealed = excluded.sealed, agreed_at = excluded.agreed_at;
    end if;
    return review_page(p_booking);
end $$;

-- For the worker: what has to be opened to make the mean of one therapist → {"therapist","list":[{"id","sealed"}]}, an empty list where there is to be none,
-- or where the one there is stands; null: nothing is due.
create or replace function review_pain_take() returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    k review_rule := (select x from review_rules() x);
    who int;
    had int;
    n int;
begin
    delete from review_pain_due where therapist_id = (select d.therapist_id from review_pain_due d order by 1 limit 1 for update skip locked) returning therapist_id into who;
    if who is null then
        return null;
    end if;
    had := coalesce((select m.n from review_pain_mean m where m.therapist_id = who), 0);
    n := (select count(*) from review_pain p join review r on r.id = p.review_id where r.therapist_id = who and r.shown);
    return json_build_object('therapist', who, 'list', case when n >= k.pain_least and (n >= had + k.pain_step or n < had)
        then (select json_agg(json_build_object('id', p.review_id, 'sealed', p.sealed)) from review_pain p join review r on r.id = p.review_id where r.therapist_id = who and r.shown) else '[]' end);
end $$;

-- p_n 0: nothing was to be opened.
create or replace function review_pain_store(p_therapist int, p_n int, p_before numeric, p_after numeric) returns void
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    k review_rule := (select x from review_rules() x);
begin
    if p_n >= k.pain_least then
        insert into review_pain_mean values (p_therapist, p_n, round(p_before / p_n, 1), round(p_after / p_n, 1), clock())
        on conflict (therapist_id) do update set n = excluded.n, before = excluded.before, after = excluded.after, counted_at = excluded.counted_at;
    else
        delete from review_pain_mean m where m.therapist_id = p_therapist
           and (select count(*) from review_pain p join review r on r.id = p.review_id where r.therapist_id = p_therapist and r.shown) < k.pain_least;
    end if;
end $$;

grant execute on function review_pain_save to unknot_web;
grant execute on function review_pain_take, review_pain_store to unknot_worker;
