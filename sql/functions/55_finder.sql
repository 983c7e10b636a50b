-- The guided finder: said is an array of kind:slug, as {region:neck,duration:acute,pain:not_sure}. Pure: reads the taxonomies and finder_*, keeps nothing.

-- The kinds that are asked, in the order in which they are.
create or replace function finder_kinds() returns table (kind text, n bigint) language sql immutable parallel safe as $$
    select * from unnest(array['region', 'duration', 'pain', 'cause', 'age', 'goal']) with ordinality $$;

-- The first kind of which something was said that is none of its values; null when all are. "kind:not_sure" is always one: not knowing is an answer.
create or replace function finder_wrong(p_said text[]) returns text language sql stable parallel safe as $$
    select split_part(s, ':', 1)
    from unnest(p_said) with ordinality x (s, n)
    where s not like '%:not_sure'
      and not exists (select from tag t join finder_kinds() k using (kind) where t.kind = split_part(s, ':', 1) and t.slug = split_part(s, ':', 2) and t.retired_at is null)
    order by n limit 1 $$;

create or replace function finder_tags(p_said text[]) returns int[] language sql stable parallel safe as $$
    select coalesce(array_agg(t.id), '{}')
    from tag t join finder_kinds() k using (kind)
    where t.retired_at is null and t.kind || ':' || t.slug = any (p_said) $$;

-- The guidance that fits, strongest first. With nothing else, that of a first visit.
create or replace function finder_fits(p_tags int[]) returns table (guidance_id int, points int, reasons text[], alone boolean) language sql stable parallel safe as $$
    with strongest as (
        select distinct on (r.guidance_id, t.kind) r.guidance_id, r.weight, r.reason, k.n
        from finder_rule r join tag t on t.id = r.said_id join finder_kinds() k using (kind) join tag g on g.id = r.guidance_id
        where r.said_id = any (p_tags) and g.retired_at is null
        order by r.guidance_id, t.kind, r.weight desc, t.position
    ), fitting as (
        select s.guidance_id, sum(s.weight)::int as points, array_agg(s.reason order by s.weight desc, s.n) as reasons,
               exists (select from finder_rule r where r.said_id = any (p_tags) and r.guidance_id = s.guidance_id and r.alone) as alone
        from strongest s group by s.guidance_id having sum(s.weight) >= 4
    )
    select f.guidance_id, f.points, f.reasons, f.alone from fitting f
    union all
    select t.id, 1, '{}', false
    from tag t join guidance g on g.tag_id = t.id
    where t.kind = 'goal' and t.slug = 'first_try' and not exists (select from fitting f where f.guidance_id = t.id)
    order by 2 desc, 1 $$;

-- What holds for whom these tags were said of and this guidance fits; p_pressure and p_exclude come from the safety check.
create or replace function finder_limits(p_tags int[], p_guidance int[], p_pressure int, p_exclude text[]) returns table (pressure_max int, exclude text[], beside text)
language sql stable parallel safe as $$
    select least(p_pressure, min(l.pressure_max)),
           coalesce(p_exclude, '{}') || coalesce((select array_agg(distinct x) from finder_limit l2, unnest(l2.exclude) x where l2.tag_id = any (p_tags || p_guidance)), '{}'),
           coalesce(max(l.beside) filter (where l.beside <> ''), '')
    from finder_limit l where l.tag_id = any (p_tags || p_guidance) $$;

-- The techniques suggested, best first, at most 4: the earlier in the row of a guidance and the better that fits, the more points. What is only added to a
-- massage (no pressure of its own) comes last. Each with the guidance it is told of: one that is not recommended alone has the word for all, else what gave most points.
create or replace function finder_techniques(p_tags int[], p_pressure int, p_exclude text[])
    returns table (technique_id int, points int, guidance_id int, reasons text[], pressure_min int, pressure_max int, beside text, n bigint) language sql stable parallel safe as $$
    with fits as materialized (select f.* from finder_fits(p_tags) f),
    limits as materialized (select l.* from finder_limits(p_tags, (select array_agg(f.guidance_id) from fits f), p_pressure, p_exclude) l),
    allowed as (select f.* from fits f where f.alone or not exists (select from fits o where o.alone)),
    named as (
        select a.guidance_id, a.reasons, u.slug, a.points * (10 - least(u.n, 5))::int as points
        from allowed a join guidance g on g.tag_id = a.guidance_id, unnest(g.suggest) with ordinality u (slug, n)
        union all
        select a.guidance_id, a.reasons, slug, a.points * 3 from allowed a join guidance g on g.tag_id = a.guidance_id, unnest(g.others) slug
    ), counted as (
        select t.id, sum(m.points)::int as points, (array_agg(m.guidance_id order by m.points desc, m.guidance_id))[1] as guidance_id, t.slug,
               t.pressure_min, t.pressure_max, t.position
        from named m join tag t on t.kind = 'technique' and t.slug = m.slug and t.retired_at is null
        group by t.id
    )
    select c.id, c.points, coalesce((select f.guidance_id from fits f join finder_limit x on x.tag_id = f.guidance_id where x.beside <> '' order by f.points desc limit 1), c.guidance_id),
           array(select r.reason from (select u.reason, min(u.n) as first, max(m.points) as points from named m, unnest(m.reasons) with ordinality u (reason, n) where m.slug = c.slug group by u.reason) r
                 order by r.first, r.points desc limit 3),
           c.pressure_min, least(c.pressure_max, l.pressure_max), l.beside, row_number() over (order by c.pressure_max = 0, c.points desc, c.position)
    from counted c cross join limits l
    where not c.slug = any (l.exclude) and c.pressure_min <= coalesce(l.pressure_max, 5)
    order by 8 limit 4 $$;

-- a; a and b; a, b and c
create or replace function finder_list(p text[]) returns text language sql immutable parallel safe as $$
    select case when cardinality(p) < 2 then p[1] else array_to_string(p[:cardinality(p) - 1], ', ') || ' and ' || p[cardinality(p)] end $$;

create or replace function finder_suggestions(p_tags int[], p_pressure int, p_exclude text[]) returns json language sql stable parallel safe as $$
    select coalesce(json_agg(json_build_object(
        'slug', t.slug, 'label', t.label, 'about', t.about,
        'why', 'Suggested because ' || coalesce(finder_list(nullif(s.reasons, '{}')), 'it suits most people who come for the first time') || '.',
        'pressure', case when s.pressure_max > 0 then json_build_object('min', s.pressure_min, 'max', s.pressure_max, 'one', s.pressure_min = s.pressure_max) end,
        'careful', nullif(g.careful, ''), 'evidence', json_build_object('label', g.evidence, 'source', nullif(g.basis, '')),
        'beside', nullif(s.beside, ''), 'private', exists (select from finder_private p where p.technique_id = t.id)) order by s.n), '[]')
    from finder_techniques(p_tags, p_pressure, p_exclude) s join tag t on t.id = s.technique_id join guidance g on g.tag_id = s.guidance_id $$;

-- What one page offers, in groups: all values of its kind, of causes and ages those that lead somewhere; whether each was said.
create or replace function finder_groups(p_step text, p_said text[]) returns json language sql stable parallel safe as $$
    with offered as (
        select t.kind, t.slug, case t.kind when 'age' then 'I am 65 or older' else t.label end as label, case t.kind when 'age' then '' else t.about end as about, case t.kind when 'age' then 'life_stage' else t.part end as part,
               t.position, t.id, row_number() over (order by g.n, t.kind desc, t.position, t.id) as n, g.n as at, g.label as heading
        from tag t left join (values (1, 'life_stage', 'About me'), (2, 'condition', 'What I was told'), (3, 'injury', 'How it began'), (4, 'load', 'What my back has to bear')) g (n, part, label)
          on g.part = case t.kind when 'age' then 'life_stage' else t.part end and t.kind in ('cause', 'age')
        where t.kind = any (case p_step when 'cause' then array['cause', 'age'] else array[p_step] end) and t.retired_at is null and t.slug <> 'not_sure'
          and (t.kind not in ('cause', 'age') or t.id in (select said_id from finder_rule union select tag_id from finder_limit union select tag_id from finder_note))
    )
    select json_build_object('groups', coalesce(json_agg(json_build_object('label', x.heading, 'choices', x.choices) order by x.at), '[]'))
    from (select o.at, o.heading, json_agg(json_build_object('id', case o.n when 1 then p_step else o.kind || '-' || o.slug end, 'name', o.kind, 'value', o.slug, 'label', o.label,
                                                             'about', nullif(o.about, ''), 'on', o.kind || ':' || o.slug = any (p_said)) order by o.n) as choices
          from offered o group by o.at, o.heading) x $$;

-- The notes of one part, of what was asked first: at most so many, for a page that fits a sheet of paper.
create or replace function finder_notes(p_part text, p_tags int[], p_most int) returns json language sql stable parallel safe as $$
    select coalesce(json_agg(json_build_object('text', x.text, 'basis', x.basis, 'guide', nullif(x.guide, '')) order by x.kind, x.at, x.position), '[]')
    from (select n.text, n.basis, n.guide, n.position, t.position as at, k.n as kind
          from finder_note n join tag t on t.id = n.tag_id left join finder_kinds() k using (kind) where n.part = p_part and n.tag_id = any (p_tags) order by 6, 5, 4 limit p_most) x $$;

-- What was said, in words, a line for each page.
create or replace function finder_told(p_said text[]) returns json language sql stable parallel safe as $$
    select json_agg(json_build_object('step', s.step, 'about', s.about, 'labels',
        (select coalesce(json_agg(case t.kind when 'age' then '65 or older' else t.label end order by t.kind desc, t.part, t.position), '[]')
         from tag t where t.id = any (finder_tags(p_said)) and t.kind = any (s.kinds) and t.slug <> 'not_sure')) order by s.n)
    from (values (1, 'region', '{region}'::text[], 'Where'), (2, 'duration', '{duration}', 'Since when'), (3, 'pain', '{pain}', 'What it is like'),
                 (4, 'cause', '{cause,age}', 'What belongs to it'), (5, 'goal', '{goal}', 'What should get better')) s (n, step, kinds, about) $$;

-- What the search can be started with: the suggestions that are a massage, the first of them chosen that tells nothing of a condition.
create or replace function finder_search(p_suggestions json, p_complaints json) returns json language sql immutable parallel safe as $$
    with offered as (
        select x ->> 'slug' as slug, x ->> 'label' as label, (x ->> 'private')::boolean as private, n,
               row_number() over (partition by (x ->> 'private')::boolean order by n) = 1 and not (x ->> 'private')::boolean as chosen
        from json_array_elements(p_suggestions) with ordinality y (x, n) where x -> 'pressure' ->> 'max' is not null
    )
    select json_build_object('any', not coalesce(bool_or(chosen), false),
                             'techniques', coalesce(json_agg(json_build_object('value', slug, 'label', label, 'private', private, 'on', chosen) order by n), '[]'),
                             'named', case when json_array_length(p_complaints) > 0 then json_build_object('complaints', p_complaints) end) from offered $$;

-- The document of the last page. p_pressure and p_exclude: what the safety check allows, null for all. {"wrong": kind} when a value is none of ours.
create or replace function finder(p_said text[], p_pressure int, p_exclude text[]) returns json language sql stable parallel safe as $$
    with tags as materialized (select finder_tags(p_said) as said),
    fits as materialized (select f.*, g.plan, t.kind, t.slug, t.label, coalesce(l.beside, '') <> '' as beside, row_number() over (order by f.points desc, f.guidance_id) as n
                          from tags, finder_fits(tags.said) f join guidance g on g.tag_id = f.guidance_id join tag t on t.id = f.guidance_id left join finder_limit l on l.tag_id = f.guidance_id),
    holding as materialized (select tags.said || (select array_agg(guidance_id) from fits) as ids from tags),
    suggested as materialized (select finder_suggestions(tags.said, p_pressure, p_exclude) as list from tags),
    -- what all suggestions have in common is told once
    shared as (select case when count(distinct x -> 'evidence' ->> 'label') = 1 then min(x ->> 'evidence') end as evidence, case when count(distinct x ->> 'careful') = 1 and count(x ->> 'careful') = count(*) then min(x ->> 'careful') end as careful
               from suggested, json_array_elements(suggested.list) x having count(*) > 1),
    named as materialized (select coalesce(json_agg(json_build_object('slug', x.slug, 'label', x.label) order by x.n), '[]') as list from (select * from fits where kind = 'complaint' order by n limit 3) x),
    plans as (select plan from fits where plan <> '' order by beside desc, alone desc, n limit 1)
    select case when finder_wrong(p_said) is not null then json_build_object('wrong', finder_wrong(p_said)) else json_build_object(
        'told', finder_told(p_said),
        'suggestions', suggested.list, 'shared', (select json_build_object('evidence', evidence::json, 'careful', careful) from shared), 'search', finder_search(suggested.list, named.list),
        'beside', (select nullif(beside, '') from finder_limits(tags.said, (select array_agg(guidance_id) from fits), p_pressure, p_exclude)),
        'limits', (select coalesce(json_agg(json_build_object('reason', l.reason, 'basis', l.basis) order by l.tag_id), '[]') from finder_limit l where l.tag_id = any (holding.ids)),
        'start_plan', (select plan from plans),
        'before', case when json_array_length(first.list) > 0 then json_build_object('first', first.list) end, 'time', finder_notes('time', holding.ids, 2), 'self', finder_notes('self', holding.ids, 3),
        'complaints', named.list) end
    from tags, holding, suggested, named, (select finder_notes('first', holding.ids, 9) as list from holding) first $$;

-- Where somebody is who names no place is not known: their day and the manner of dates are those of the place that is listed first.
create or replace function finder_today() returns json
    language plpgsql stable
    as $$
begin
    return json_build_object('day', site_today(), 'month_first', month_first(site_country()));
end $$;

grant execute on function finder_today, finder_kinds, finder_wrong, finder_tags, finder_fits, finder_limits, finder_techniques, finder_list, finder_suggestions, finder_groups, finder_notes, finder_told, finder_search, finder
    to unknot_web;
