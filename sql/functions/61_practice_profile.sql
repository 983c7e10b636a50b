-- What a therapist states: of themself, and of each place. One topic is one page; which taxonomies stand on it says tag_kind, so that a taxonomy or
-- a value that an operator adds is asked for by itself. Invoker's rights: row-level security says whose rows these are.

create or replace function practice_topics() returns table (nth int, topic text, stated_of text, title text, about text)
    language sql immutable parallel safe
    as $$
    values (1, 'about', 'therapist', 'About you', ''),
           (2, 'techniques', 'therapist', 'Techniques', 'Tick only what you are trained in.'),
           (3, 'help', 'therapist', 'What you help with', 'Tick what you see often. People search by it.'),
           (4, 'reasons', 'therapist', 'Causes and goals', 'Causes that you know well, and what you work toward.'),
           (5, 'not', 'therapist', 'What you do not work with', 'So that nobody comes in vain. It stands on your page, and beside your times before one is chosen.'),
           (6, 'languages', 'therapist', 'Languages', ''),
           (7, 'people', 'therapist', 'People and payment', ''),
           (8, 'visits', 'therapist', 'Experience and first visits', ''),
           (9, 'room', 'location', 'The place and the room', ''),
           (10, 'access', 'location', 'Access, linen and safety', 'Tick what is there every day, not what can be arranged now and then.'),
           (11, 'home', 'location', 'Home visits', '')
    $$;
comment on function practice_topics is 'the pages of a profile, in their order';

create or replace function kind_topic(k tag_kind) returns text
    language plpgsql stable parallel safe
    as $$
begin
    return coalesce((select t.topic from practice_topics() t where t.topic = k.topic and t.stated_of = k.stated_of),
                    case k.stated_of when 'therapist' then 'people' when 'location' then 'room' end);
end $$;
comment on function kind_topic is 'the page on which a taxonomy is asked';

create or replace function practice_stated(p_of text, p_id int) returns int[]
    language sql stable
    as $$
    select array(select tag_id from therapist_tag where p_of = 'therapist' and therapist_id = p_id
                 union all select tag_id from location_tag where p_of = 'location' and location_id = p_id)
    $$;

-- The groups of boxes of one page. p_ticked: [["kind","slug"],…] as sent, or null: as stored. A retired value is there for who still has it.
create or replace function practice_groups(p_of text, p_id int, p_topic text, p_ticked json, p_wrong text, p_why text) returns json
    language plpgsql stable
    as $$
begin
    return (
        with stated as materialized (select practice_stated(p_of, p_id) as ids),
        ticked as materialized (select x ->> 0 as kind, x ->> 1 as slug from json_array_elements(p_ticked) x),
        option as (
            select t.kind, t.position, t.id, json_build_object('kind', t.kind, 'slug', t.slug, 'label', t.label, 'about', nullif(t.about, ''), 'one', k.one, 'retired', t.retired_at is not null,
                'checked', case when p_ticked is null then t.id = any (s.ids) else (t.kind, t.slug) in (select c.kind, c.slug from ticked c) end) as j
            from tag t join tag_kind k using (kind), stated s
            where k.stated_of = p_of and kind_topic(k) = p_topic and (t.retired_at is null or t.id = any (s.ids))
        )
        select coalesce(json_agg(json_build_object('kind', k.kind, 'label', k.label, 'ask', coalesce(nullif(k.ask, ''), k.label), 'one', k.one,
                'error', case when k.kind = p_wrong then p_why end, 'options', o.options,
                'none', not exists (select from json_array_elements(o.options) x where (x ->> 'checked')::boolean)) order by k.position, k.kind), '[]')
        from tag_kind k cross join lateral (select json_agg(x.j order by x.position, x.id) as options from option x where x.kind = k.kind) o
        where o.options is not null);
end $$;

-- The same of what is not done: its fields are not_technique, not_complaint and not_goal. What is among the things done says so.
create or replace function practice_not_groups(p_therapist int, p_ticked json, p_wrong text, p_why text) returns json
    language plpgsql stable
    as $$
begin
    return (
        with ticked as materialized (select x ->> 0 as kind, x ->> 1 as slug from json_array_elements(p_ticked) x),
        option as (
            select t.kind, t.position, t.id, json_build_object('slug', t.slug, 'label', t.label, 'about', case when d.tag_id is not null then 'You say that you work with it' end, 'retired', t.retired_at is not null,
                'checked', case when p_ticked is null then n.tag_id is not null else ('not_' || t.kind, t.slug) in (select c.kind, c.slug from ticked c) end) as j
            from tag t left join therapist_not n on n.tag_id = t.id and n.therapist_id = p_therapist left join therapist_tag d on d.tag_id = t.id and d.therapist_id = p_therapist
            where t.kind in (select kind from not_kinds()) and (t.retired_at is null or n.tag_id is not null)
        )
        select json_agg(json_build_object('kind', 'not_' || k.kind, 'label', k.title, 'ask', k.title, 'error', case when 'not_' || k.kind = p_wrong then p_why end,
                'options', (select coalesce(json_agg(o.j order by o.position, o.id), '[]') from option o where o.kind = k.kind)) order by k.nth)
        from not_kinds() k);
end $$;

create or replace function practice_explained(p_of text, p_topic text) returns boolean
    language plpgsql stable
    as $$
begin
    return exists (select from tag t join tag_kind k using (kind) where k.stated_of = p_of and kind_topic(k) = p_topic and t.about <> '' and t.retired_at is null);
end $$;
comment on function practice_explained is 'some value on the page has a text of its own, which is written for clients';

-- What is wrong with what was ticked as not done; values are compared with those of the things done, since nothing is both.
create or replace function practice_not_problem(p_therapist int, p_ticked json) returns json
    language sql stable
    as $$
    select practice_problem(x ->> 0, case when t.id is null or t.retired_at is not null and n.tag_id is null then 'Choose from the list: ' || k.title
                                          else t.label || ' is among what you work with. Take it off there first, or leave it out here' end)
    from json_array_elements(p_ticked) x join not_kinds() k on x ->> 0 = 'not_' || k.kind
    left join tag t on t.kind = k.kind and t.slug = x ->> 1
    left join therapist_not n on n.tag_id = t.id and n.therapist_id = p_therapist
    where t.id is null or t.retired_at is not null and n.tag_id is null or exists (select from therapist_tag d where d.therapist_id = p_therapist and d.tag_id = t.id)
    order by k.nth, t.position limit 1
    $$;

-- What is wrong with what was ticked: {"field","title"}, null when it will do.
create or replace function practice_ticked_problem(p_of text, p_id int, p_topic text, p_ticked json) returns json
    language sql stable
    as $$
    with kinds as (select * from tag_kind k where k.stated_of = p_of and kind_topic(k) = p_topic),
    ticked as (select distinct x ->> 0 as kind, x ->> 1 as slug from json_array_elements(p_ticked) x)
    (select practice_problem(k.kind, 'Choose from the list: ' || k.label) from ticked c join kinds k using (kind) left join tag t using (kind, slug)
     where t.id is null or t.retired_at is not null and t.id <> all (practice_stated(p_of, p_id)) order by k.position limit 1)
    union all
    -- what a service consists of stays stated, or search by it would not find who gives it
    (select practice_problem('technique', t.label || ' is in your service “' || s.name || '”. Take it out there first, under Services')
     from service s join service_tag x on x.service_id = s.id join tag t on t.id = x.tag_id join kinds k using (kind)
     where p_of = 'therapist' and s.therapist_id = p_id and s.retired_at is null and t.retired_at is null and (t.kind, t.slug) not in (select c.kind, c.slug from ticked c) order by s.position, t.position limit 1)
    union all
    (select practice_problem(c.kind, t.label || ' is among what you do not work with. Take it off there first, or leave it out here')
     from ticked c join kinds k using (kind) join tag t using (kind, slug) join therapist_not n on n.tag_id = t.id
     where p_of = 'therapist' and n.therapist_id = p_id order by k.position, t.position limit 1)
    union all
    (select practice_problem(k.kind, 'Choose one only: ' || k.label) from ticked c join kinds k using (kind) where k.one group by k.kind, k.label having count(*) > 1 limit 1)
    limit 1
    $$;

create or replace function practice_ticked_ids(p_of text, p_topic text, p_ticked json) returns int[]
    language sql stable
    as $$
    select array(select t.id from tag t join tag_kind k using (kind) join json_array_elements(p_ticked) x on x ->> 0 = t.kind and x ->> 1 = t.slug
                 where k.stated_of = p_of and kind_topic(k) = p_topic)
    $$;

create or replace function practice_topic_tags(p_of text, p_topic text) returns int[]
    language sql stable
    as $$ select array(select t.id from tag t join tag_kind k using (kind) where k.stated_of = p_of and kind_topic(k) = p_topic) $$;

-- Only what changes is touched: each statement that touches something makes the listing anew.
create or replace function practice_tags_save(p_of text, p_id int, p_topic text, p_ticked json) returns void
    language plpgsql
    as $$
declare
    wanted int[] := practice_ticked_ids(p_of, p_topic, p_ticked);
    stated int[] := practice_stated(p_of, p_id);
    fresh int[] := array(select unnest(wanted) except select unnest(stated));
    gone int[] := array(select x from unnest(stated) x where x = any (practice_topic_tags(p_of, p_topic)) and x <> all (wanted));
begin
    if p_of = 'therapist' then
        delete from therapist_tag where therapist_id = p_id and tag_id = any (gone);
        insert into therapist_tag select p_id, unnest(fresh);
    else
        delete from location_tag where location_id = p_id and tag_id = any (gone);
        insert into location_tag select p_id, unnest(fresh);
    end if;
end $$;

create or replace function practice_not_save(p_therapist int, p_ticked json) returns void
    language plpgsql
    as $$
declare
    wanted constant int[] := array(select t.id from tag t join json_array_elements(p_ticked) x on x ->> 0 = 'not_' || t.kind and x ->> 1 = t.slug where t.kind in (select kind from not_kinds()));
begin
    delete from therapist_not where therapist_id = p_therapist and tag_id <> all (wanted);
    insert into therapist_not select p_therapist, w from unnest(wanted) w where w not in (select tag_id from therapist_not where therapist_id = p_therapist);
end $$;

-- PL/pgSQL, whose plans are kept: a page asks for a dozen of these.
create or replace function practice_stated_lines(p_of text, p_id int, p_topic text) returns json
    language plpgsql stable
    as $$
begin
    return (
        select coalesce(json_agg(json_build_object('label', k.label, 'values', v.labels) order by k.position, k.kind), '[]')
        from (select t.kind, string_agg(t.label, ', ' order by t.position, t.id) as labels
              from tag t join (select tag_id from therapist_tag where p_of = 'therapist' and therapist_id = p_id
                               union all select tag_id from location_tag where p_of = 'location' and location_id = p_id) x on x.tag_id = t.id group by t.kind) v
        join tag_kind k using (kind) where k.stated_of = p_of and kind_topic(k) = p_topic);
end $$;

create or replace function say_years(p_since int) returns text
    language sql stable parallel safe
    as $$
    select case extract(year from current_date) - p_since when 0 then 'Since this year' when 1 then 'For a year, since ' || p_since
                else 'For ' || extract(year from current_date) - p_since || ' years, since ' || p_since end
    $$;

create or replace function say_home(l location) returns text
    language sql stable parallel safe
    as $$ select case when l.home_km > 0 then 'Up to ' || say_radius(l.home_km, l.country) || ' from here' end $$;

-- What stands in a topic's own fields, for the page of all topics.
create or replace function practice_lines(t therapist, p_topic text) returns json
    language sql stable
    as $$
    select coalesce(json_agg(json_build_object('label', x.label, 'values', x.said) order by x.o), '[]') from (values
        (1, 'about', 'Headline', nullif(t.headline, '')), (2, 'about', 'What you call yourself', nullif(t.profession, '')), (2, 'about', 'Pronouns', nullif(t.pronouns, '')),
        (3, 'about', 'Text', case when t.about <> '' then array_length(regexp_split_to_array(t.about, '\s+'), 1) || ' words' end),
        (4, 'not', 'In your own words', nullif(left(t.not_for, 120) || case when length(t.not_for) > 120 then '…' else '' end, '')),
        (5, 'visits', 'New clients', case when t.new_clients then 'Welcome' else 'None at present' end), (6, 'visits', 'In practice', say_years(t.since)),
        (7, 'visits', 'Clients with back pain', t.back_share || ' in 100'),
        (8, 'visits', 'First visit', case when t.first_visit <> '' then array_length(regexp_split_to_array(t.first_visit, '\s+'), 1) || ' words' end)) x (o, topic, label, said)
    where x.topic = p_topic and x.said is not null
    $$;

create or replace function practice_profile() returns json
    language plpgsql stable
    as $$
begin
    return (
        select json_build_object('name', t.name, 'slug', t.slug, 'published', t.published, 'photo', t.photo, 'initials', initials(t.name), 'tint', tint(t.id),
            'topics', (select json_agg(json_build_object('topic', p.topic, 'title', p.title, 'lines', l.lines, 'empty', json_array_length(l.lines) = 0) order by p.nth)
                       from practice_topics() p cross join lateral (
                           select coalesce(json_agg(x), '[]') as lines from (
                               select x from json_array_elements(practice_lines(t, p.topic)) x union all select x from json_array_elements(practice_stated_lines('therapist', t.id, p.topic)) x
                               union all select json_build_object('label', x ->> 'label', 'values', x ->> 'text') from json_array_elements(not_kinds_of(t.id)) x where p.topic = 'not') y) l
                       where p.stated_of = 'therapist'),
            'places', (select coalesce(json_agg(json_build_object('id', l.id, 'name', coalesce(nullif(l.name, ''), l.street), 'street', l.street, 'town', l.town,
                           'topics', (select json_agg(json_build_object('topic', p.topic, 'title', p.title, 'lines', s.lines, 'empty', json_array_length(s.lines) = 0) order by p.nth)
                                      from practice_topics() p cross join lateral (select case when p.topic = 'home' and l.home_km > 0 then json_build_array(json_build_object('label', 'Home visits', 'values', say_home(l)))
                                          else practice_stated_lines('location', l.id, p.topic) end as lines) s where p.stated_of = 'location')) order by l.id), '[]')
                       from location l where l.therapist_id = t.id),
            'credentials', (select coalesce(json_agg(json_build_object('title', c.title, 'word', credential_word(c.kind), 'issuer', c.issuer, 'number', nullif(c.number, ''),
                                'specialism', (select label from tag where id = c.specialism_id), 'hours', c.hours, 'checked', c.state = 'checked', 'lapsed', c.state = 'lapsed',
                                'unchecked', c.state = 'unchecked') order by is_profession(c.kind) desc, c.title), '[]')
                            from (select *, credential_state(checked_on, checked_until) as state from credential where therapist_id = t.id) c), 'has_credentials', exists (select from credential c where c.therapist_id = t.id))
        from therapist t where t.id = auth.therapist());
end $$;

-- One topic of oneself. p_ticked, p_wrong, p_why: see practice_groups(). Null when there is no such topic.
create or replace function practice_topic(p_topic text, p_ticked json, p_wrong text, p_why text) returns json
    language sql stable
    as $$
    select json_build_object('topic', p.topic, 'title', p.title, 'lead', nullif(p.about, ''), 'slug', t.slug, 'published', t.published,
        'action', '/practice/profile/' || p.topic, 'on_' || p.topic, true, 'has_words', p.topic in ('about', 'visits'),
        'headline', t.headline, 'profession', t.profession, 'pronouns', t.pronouns, 'about', t.about, 'not_for', t.not_for, 'since', t.since, 'back_share', t.back_share, 'first_visit', t.first_visit,
        'new_clients_is_yes', t.new_clients, 'new_clients_is_no', not t.new_clients,
        'groups', case p.topic when 'not' then practice_not_groups(t.id, p_ticked, p_wrong, p_why) else practice_groups('therapist', t.id, p.topic, p_ticked, p_wrong, p_why) end,
        'explained', practice_explained('therapist', p.topic))
    from therapist t, practice_topics() p where t.id = auth.therapist() and p.topic = p_topic and p.stated_of = 'therapist'
    $$;

-- p_form: the topic's own fields by name, null where left empty.
create or replace function practice_topic_save(p_topic text, p_form json, p_ticked json) returns json
    language plpgsql
    as $$
declare
    me int := auth.therapist();
    before jsonb := profile_facts(me);
    wrong json := case p_topic when 'not' then practice_not_problem(me, p_ticked) else practice_ticked_problem('therapist', me, p_topic, p_ticked) end;
begin
    if wrong is not null then
        return wrong;
    elsif p_topic = 'visits' and (p_form ->> 'since')::int > extract(year from current_date) then
        return practice_problem('since', 'The year you began cannot be in the future');
    end if;
    case p_topic
        when 'about' then
            update therapist set headline = coalesce(p_form ->> 'headline', ''), profession = coalesce(p_form ->> 'profession', ''), pronouns = coalesce(p_form ->> 'pronouns', ''), about = coalesce(p_form ->> 'about', ''), changed_at = now() where id = me;
        when 'not' then
            update therapist set not_for = coalesce(p_form ->> 'not_for', ''), changed_at = now() where id = me and not_for <> coalesce(p_form ->> 'not_for', '');
            perform practice_not_save(me, p_ticked);
        when 'visits' then
            update therapist set new_clients = (p_form ->> 'new_clients') = 'yes', since = (p_form ->> 'since')::smallint, back_share = (p_form ->> 'back_share')::smallint,
                first_visit = coalesce(p_form ->> 'first_visit', ''), changed_at = now() where id = me;
        else null;
    end case;
    if me is null then
        return null;
    end if;
    perform practice_tags_save('therapist', me, p_topic, p_ticked);
    perform profile_keep(me, before, null);
    insert into audit (account_id, action, object, detail) values (auth.account(), 'profile.changed', me::text, json_build_object('topic', p_topic));
    return practice_topic(p_topic, null, null, null);
end $$;

create or replace function practice_place(p_location int, p_topic text, p_ticked json, p_wrong text, p_why text) returns json
    language sql stable
    as $$
    select json_build_object('topic', p.topic, 'title', p.title, 'lead', nullif(p.about, ''), 'slug', t.slug, 'published', t.published,
        'action', '/practice/places/' || l.id || '/' || p.topic, 'on_' || p.topic, true,
        'place', json_build_object('id', l.id, 'name', coalesce(nullif(l.name, ''), l.street), 'town', l.town),
        'unit', case when uses_miles(l.country) then 'miles' else 'kilometers' end,
        'home', round(case when uses_miles(l.country) then l.home_km / 1.609344 else l.home_km end),
        'groups', practice_groups('location', l.id, p.topic, p_ticked, p_wrong, p_why), 'explained', practice_explained('location', p.topic))
    from location l join therapist t on t.id = l.therapist_id, practice_topics() p
    where l.id = p_location and l.therapist_id = auth.therapist() and p.topic = p_topic and p.stated_of = 'location'
    $$;

create or replace function practice_place_save(p_location int, p_topic text, p_form json, p_ticked json) returns json
    language plpgsql
    as $$
declare
    l location;
    before jsonb := profile_facts(auth.therapist());
    wrong json := practice_ticked_problem('location', p_location, p_topic, p_ticked);
    km real;
begin
    select * into l from location where id = p_location and therapist_id = auth.therapist();
    if not found then
        return null;
    elsif wrong is not null then
        return wrong;
    end if;
    if p_topic = 'home' then
        km := coalesce((p_form ->> 'home')::int, 0) * case when uses_miles(l.country) then 1.609344 else 1 end;
        update location set home_km = km where id = p_location;
    end if;
    perform practice_tags_save('location', p_location, p_topic, p_ticked);
    perform profile_keep(l.therapist_id, before, null);
    insert into audit (account_id, action, object, detail) values (auth.account(), 'place.changed', p_location::text, json_build_object('topic', p_topic));
    return practice_place(p_location, p_topic, null, null, null);
end $$;

-- The public page as it is, or would be once it is published.
create or replace function practice_preview() returns json
    language sql stable
    as $$ select directory_profile(t.slug, true) from therapist t where t.id = auth.therapist() $$;

grant execute on function practice_topics, kind_topic, practice_stated, practice_groups, practice_not_groups, practice_not_problem, practice_not_save, practice_explained, practice_ticked_problem, practice_ticked_ids, practice_topic_tags, practice_tags_save,
    practice_stated_lines, say_years, say_home, practice_lines, practice_profile, practice_topic, practice_topic_save, practice_place, practice_place_save, practice_preview to unknot_web;
