-- Reviews as everybody reads them, and as their therapist does. Shown ones alone, newest month first, within a month in no order that says anything.

-- Scores as one number a review (the mean of its three), and how many reviews round to each of 1 to 5. drawn: what the order of results counts.
create or replace function profile_rating(p_therapist int) returns json
    language plpgsql stable
    as $$
begin
    return (
    select case when r.n > 0 then json_build_object('score', r.score, 'count', r.n, 'one', r.n = 1,
        'expertise', r.expertise, 'professionalism', r.professionalism, 'satisfaction', r.satisfaction,
        'drawn', round((r.sum + k.imagined * k.imagined_mean) / (r.n + k.imagined), 1), 'imagined', k.imagined, 'imagined_mean', k.imagined_mean,
        'distribution', (select json_agg(json_build_object('stars', s, 'count', h.n, 'percent', round(100.0 * h.n / r.n)) order by s desc)
                         from generate_series(1, 5) s cross join lateral (select count(*) as n from unnest(r.scores) x where round(x) = s) h)) end
    from (select count(*) as n, sum(score) as sum, round(avg(score), 1) as score, round(avg(expertise), 1) as expertise, round(avg(professionalism), 1) as professionalism,
                 round(avg(satisfaction), 1) as satisfaction, array_agg(score) as scores
          from (select (expertise + professionalism + satisfaction) / 3.0 as score, * from review where therapist_id = p_therapist and shown) x) r cross join ranking() k);
end $$;

create or replace function review_json(r review, p_therapist text) returns json
    language plpgsql stable
    as $$
begin
    return json_build_object('expertise', r.expertise, 'professionalism', r.professionalism, 'satisfaction', r.satisfaction,
        'score', round((r.expertise + r.professionalism + r.satisfaction) / 3.0, 1), 'body', nullif(r.body, ''), 'author', r.author, 'service', r.service_name,
        'scores', review_scores(r.expertise, r.professionalism, r.satisfaction), 'month', to_char(r.visited_on, 'FMMonth YYYY'), 'edited', to_char(r.edited_at, 'FMMonth YYYY'),
        'reply', (select json_build_object('body', y.body, 'by', p_therapist, 'edited', y.edited_at is not null) from review_reply y where y.review_id = r.id));
end $$;

-- p_after: "2026-03~id" of the last one of the page before, null: from the start → {"reviews","next"}, next in the same form or null. p_own: with the ids.
create or replace function review_list(t therapist, p_after text, p_own boolean default false) returns json
    language plpgsql stable
    as $$
declare
    k review_rule := (select x from review_rules() x);
begin
    return (
    with page as (
        select r, row_number() over (order by r.visited_on desc, r.id) as n
        from review r
        where r.therapist_id = t.id and r.shown
          and (p_after is null or r.visited_on < (left(p_after, 7) || '-01')::date or r.visited_on = (left(p_after, 7) || '-01')::date and r.id > substr(p_after, 9)::uuid)
        order by r.visited_on desc, r.id limit k.page + 1)
    select json_build_object(
        'reviews', coalesce(json_agg(case when p_own then (review_json(x.r, t.name)::jsonb || jsonb_build_object('id', (x.r).id))::json else review_json(x.r, t.name) end order by x.n) filter (where x.n <= k.page), '[]'),
        'next', (select to_char((l.r).visited_on, 'YYYY-MM') || '~' || (l.r).id from page l where l.n = k.page and exists (select from page m where m.n > k.page)))
    from page x);
end $$;

-- How many an operator removed, by reason. What its author took back is not among them: that is nobody's business.
create or replace function review_removed(p_therapist int) returns json
    language plpgsql stable security definer set search_path = unknot, public, pg_temp
    as $$
begin
    if p_therapist is not null and not exists (select from review r where r.therapist_id = p_therapist and r.removed_at is not null) then
        return null;
    end if;
    return (
    select json_agg(json_build_object('label', x.label, 'count', x.n) order by x.o)
    from (select k.label, k.o, count(*) as n from review r join review_reasons() k on k.key = r.removed_why
          where r.removed_at is not null and r.therapist_id between coalesce(p_therapist, -2147483648) and coalesce(p_therapist, 2147483647) group by 1, 2) x);
end $$;
comment on function review_removed is 'null when there is none; p_therapist null: of all';

-- What stands beside the reviews of a profile; p_next: of review_list.
create or replace function profile_about_reviews(t therapist, p_next text) returns json
    language plpgsql stable
    as $$
declare
    removed constant json := review_removed(t.id);
begin
    return (
    select json_build_object('next', '/therapists/' || t.slug || '/reviews?after=' || p_next, 'removed', removed, 'has_removed', removed is not null,
        'pain', case when m.therapist_id is not null then json_build_object('n', m.n, 'before', m.before, 'after', m.after) end, 'rules', to_json(k))
    from review_rules() k left join review_pain_mean m on m.therapist_id = t.id);
end $$;

-- GET /therapists/{slug}/reviews. Null when there is no such therapist.
create or replace function review_page_of(p_slug text, p_after text) returns json
    language plpgsql stable
    as $$
declare
    t therapist;
    page json;
begin
    select * into t from therapist where slug = p_slug and published;
    if not found then
        return null;
    end if;
    page := review_list(t, p_after);
    return json_build_object('slug', t.slug, 'name', t.name, 'rating', profile_rating(t.id), 'reviews', page -> 'reviews', 'first', p_after is null,
        'about_reviews', profile_about_reviews(t, page ->> 'next'));
end $$;

-- GET /review-rules
create or replace function review_rules_page() returns json
    language sql stable
    as $$
    select json_build_object('canonical', '/review-rules', 'rules', (select to_json(k) from review_rules() k), 'imagined', r.imagined, 'imagined_mean', r.imagined_mean,
        'reasons', (select json_agg(json_build_object('label', x.label, 'about', x.about) order by x.o) from review_reasons() x), 'removed', review_removed(null), 'has_removed', review_removed(null) is not null)
    from ranking() r
    $$;

-- --- The therapist's side

create or replace function practice_reviews(p_after text) returns json
    language plpgsql stable
    as $$
declare
    t therapist;
    page json;
begin
    select * into t from therapist where id = auth.therapist();
    if not found then
        return null;
    end if;
    page := review_list(t, p_after, true);
    return json_build_object('slug', t.slug, 'rating', profile_rating(t.id), 'reviews', page -> 'reviews', 'next', '/practice/reviews?after=' || (page ->> 'next'), 'first', p_after is null,
        'removed', review_removed(t.id), 'has_removed', review_removed(t.id) is not null, 'rules', (select to_json(k) from review_rules() k));
end $$;

-- Why it cannot be reported (again); null: it can.
create or replace function review_report_refusal(r review) returns text
    language plpgsql stable
    as $$
begin
    return case when exists (select from review_case c where c.review_id = r.id and c.decided_at is null) then 'You have reported this review. An operator looks at it.'
                when exists (select from review_case c where c.review_id = r.id and c.why = 'report' and c.decision = 'keep' and c.edition = r.edition)
                     then 'You reported this review, and an operator kept it: it breaks none of the rules.' end;
end $$;

create or replace function practice_review(p_id uuid, p_reason text default null) returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_build_object('id', r.id, 'review', review_json(r, t.name), 'reply', y.body, 'has_reply', y.review_id is not null, 'now_edition', coalesce(y.edition, 0),
            'has_versions', exists (select from review_reply_version v where v.review_id = r.id),
            'versions', (select coalesce(json_agg(json_build_object('body', v.body, 'until', say_date_long(v.until::date, country_for(r.therapist_id))) order by v.edition desc), '[]') from review_reply_version v where v.review_id = r.id),
            'reported', review_report_refusal(r), 'reasons', (select json_agg(json_build_object('key', x.key, 'label', x.label, 'on', x.key is not distinct from p_reason) order by x.o) from review_reasons() x),
            'rules', (select to_json(k) from review_rules() k))
        from review r join therapist t on t.id = r.therapist_id left join review_reply y on y.review_id = r.id
        where r.id = p_id and r.therapist_id = auth.therapist() and r.shown);
end $$;

-- The one answer of a therapist to a review; p_edition: of the answer that was seen, 0: there was none. p_body null: the answer is taken away.
create or replace function practice_review_reply(p_id uuid, p_body text, p_edition int) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    r review;
    y review_reply;
begin
    select * into r from review where id = p_id and therapist_id = auth.therapist() and shown for update;
    if not found then
        return null;
    end if;
    select * into y from review_reply where review_id = p_id;
    if coalesce(y.edition, 0) <> p_edition then
        return review_problem('answered-already', null, 'The answer was changed since you opened this page. Below is what you typed now.');
    elsif p_body is null then
        delete from review_reply where review_id = p_id;
    elsif y.review_id is null then
        insert into review_reply (review_id, therapist_id, body, written_at) values (p_id, r.therapist_id, review_text(p_body), clock());
    elsif y.body <> review_text(p_body) then
        insert into review_reply_version values (p_id, y.edition, y.body, clock());
        update review_reply set body = review_text(p_body), edition = edition + 1, edited_at = clock() where review_id = p_id;
    end if;
    return practice_review(p_id);
end $$;

create or replace function practice_review_report(p_id uuid, p_reason text, p_note text) returns json
    language plpgsql security definer set search_path = unknot, public, pg_temp
    as $$
declare
    r review;
begin
    select * into r from review where id = p_id and therapist_id = auth.therapist() and shown for update;
    if not found then
        return null;
    elsif review_report_refusal(r) is not null then
        return review_problem('reported-already', null, review_report_refusal(r));
    elsif review_reason(p_reason) is null then
        return review_problem('no-reason', 'reason', 'Choose a reason from the list');
    end if;
    perform review_case_open(r, 'report', p_reason, p_note);
    return practice_review(p_id);
end $$;

grant execute on function profile_rating, review_json, review_list, review_removed, profile_about_reviews, review_page_of, review_rules_page, practice_reviews,
    review_report_refusal, practice_review, practice_review_reply, practice_review_report to unknot_web;
