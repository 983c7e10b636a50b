-- Pages of techniques and complaints: what each is, how sure anybody is, where to find somebody.

-- Listed therapists who state each value of a kind, or one value.
create or replace function topic_counts(p_kind text, p_tag int default null) returns table (tag_id int, therapists bigint)
    language plpgsql stable
    as $$
#variable_conflict use_column
begin
    return query
    select x.tag_id, sum(x.n) from town_tag x join tag g on g.id = x.tag_id
    where x.country = '' and x.region = '' and x.slug = '' and g.kind = p_kind and (p_tag is null or g.id = p_tag) group by x.tag_id having sum(x.n) > 0;
end $$;

create or replace function topic_json(g tag, p_therapists bigint) returns json
    language sql stable
    as $$
    select json_build_object('slug', g.slug, 'label', g.label, 'within', say_within(g.label), 'about', nullif(g.about, ''),
        'href', '/' || g.kind || 's/' || g.slug, 'therapists', p_therapists, 'text', say_count(p_therapists::int),
        'pressure', case when g.pressure_max = 0 then 'none' when g.pressure_max is not null then
            (array['very light', 'light', 'medium', 'firm', 'very firm'])[greatest(g.pressure_min, 1)]
            || case when g.pressure_max > greatest(g.pressure_min, 1) then ' to ' || (array['very light', 'light', 'medium', 'firm', 'very firm'])[g.pressure_max] else '' end end)
    $$;

-- GET /techniques, /complaints
create or replace function directory_topics(p_kind text) returns json
    language sql stable
    as $$
    select json_build_object('canonical', '/' || p_kind || 's',
        'topics', (select json_agg(topic_json(g, coalesce(c.therapists, 0)) order by g.position, g.id)
                   from tag g left join topic_counts(p_kind) c on c.tag_id = g.id where g.kind = p_kind and g.retired_at is null))
    $$;

create or replace function topic_list(p_slugs text[]) returns json
    language sql stable
    as $$
    select coalesce(json_agg(json_build_object('label', g.label, 'about', g.about, 'href', '/techniques/' || g.slug) order by s.o), '[]')
    from unnest(p_slugs) with ordinality s (slug, o) join tag g on g.kind = 'technique' and g.slug = s.slug and g.retired_at is null
    $$;

-- GET /techniques/{slug}, /complaints/{slug}; null when there is none
create or replace function directory_topic(p_kind text, p_slug text) returns json
    language plpgsql stable
    as $$
declare
    g tag;
    n bigint;
begin
    select * into g from tag t where t.kind = p_kind and t.slug = p_slug and t.retired_at is null;
    if not found then
        return null;
    end if;
    n := coalesce((select c.therapists from topic_counts(p_kind, g.id) c), 0);
    return json_build_object('topic', topic_json(g, n), 'label', g.label, 'canonical', '/' || p_kind || 's/' || g.slug, 'is_technique', p_kind = 'technique',
        'name', p_kind, 'basis', nullif(g.basis, ''),
        'search', '/therapists' || query_of(p_kind, g.slug),
        'guidance', (select json_build_object('suggest', topic_list(d.suggest), 'others', topic_list(d.others), 'has_others', d.others <> '{}', 'careful', nullif(d.careful, ''), 'plan', nullif(d.plan, ''),
                         'evidence', d.evidence, 'basis', nullif(d.basis, '')) from guidance d where d.tag_id = g.id),
        'has_suggested_for', exists (select from guidance d join tag c on c.id = d.tag_id where c.kind = 'complaint' and c.retired_at is null and g.slug = any (d.suggest || d.others)),
        'has_towns', exists (select from town),
        'suggested_for', case when p_kind = 'technique' then
            (select coalesce(json_agg(json_build_object('label', c.label, 'evidence', d.evidence, 'href', '/complaints/' || c.slug) order by c.position, c.id), '[]')
             from guidance d join tag c on c.id = d.tag_id where c.kind = 'complaint' and c.retired_at is null and g.slug = any (d.suggest || d.others)) end,
        'towns', (select coalesce(json_agg(json_build_object('name', town_label(t.name, t.region),
                      'href', '/therapists' || query_of('near', url_encode(town_label(t.name, t.region)), p_kind, g.slug)) order by t.therapists desc, t.name), '[]')
                  from (select * from town order by therapists desc, name limit 12) t),
        'studies', (select coalesce(json_agg(json_build_object('source', e.source, 'finding', e.finding, 'label', e.label, 'basis', e.basis)
                       order by p_kind || '/' || g.slug = any (e.about) desc, e.position, e.key), '[]') from evidence e where e.retired_at is null),
        'crumbs', json_build_array(json_build_object('name', case p_kind when 'technique' then 'Techniques' else 'What hurts' end, 'href', '/' || p_kind || 's')));
end $$;

grant execute on function topic_counts, topic_json, directory_topics, topic_list, directory_topic to unknot_web;
