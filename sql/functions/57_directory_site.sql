-- For search engines: the map of the site in parts, and what a page says in schema.org's words.

create or replace function xml_escape(p text) returns text
    language sql immutable parallel safe
    as $$ select replace(replace(replace(p, '&', '&amp;'), '<', '&lt;'), '>', '&gt;') $$;

create or replace function sitemap_part_size() returns int language sql immutable parallel safe as $$ select 5000 $$;
comment on function sitemap_part_size is 'therapists'' numbers in a part: a part stays the same part however many come and go';

-- GET /sitemap.xml
create or replace function sitemap_index(p_origin text) returns text
    language sql stable
    as $$
    select '<?xml version="1.0" encoding="UTF-8"?>' || E'\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        || string_agg('<sitemap><loc>' || xml_escape(p_origin) || '/sitemap/' || part || '</loc></sitemap>', E'\n' order by o, n) || E'\n</sitemapindex>\n'
    from (select 1 as o, 0 as n, 'pages.xml' as part
          union all select 2, 0, 'towns.xml' where exists (select from town)
          union all select 3, n, 'therapists-' || n || '.xml'
                    from generate_series(0, coalesce((select max(id) from therapist where published), -1) / sitemap_part_size()) n
                    -- the next from its first number on: whether there is one between two numbers was looked for all over the table
                    where (select t.id from therapist t where t.published and t.id >= n * sitemap_part_size() order by t.id limit 1) < (n + 1) * sitemap_part_size()) x
    $$;

-- The addresses of one part; no row when there is no such part. Of therapists: who is listed, but for whom each permission to practise was not checked or its check has run out,
-- and one has.
create or replace function sitemap_urls(p_part text) returns table (path text, changed date)
    language plpgsql stable
    as $$
declare
    n constant int := substring(p_part from '^therapists-(0|[1-9]\d{0,4})\.xml$')::int;
    first constant int := n * sitemap_part_size();
    last constant int := first + sitemap_part_size() - 1;
begin
    if p_part = 'pages.xml' then
        return query
        select p, null::date from unnest('{/,/finder,/massage,/techniques,/complaints,/guides,/how-ranking-works}'::text[]) p
        union all select '/techniques/' || slug, null from tag where kind = 'technique' and retired_at is null
        union all select '/complaints/' || slug, null from tag where kind = 'complaint' and retired_at is null;
    elsif p_part = 'towns.xml' then
        return query
        select '/massage/' || url_encode(area_slug(country, region)), max(changed_at)::date from town group by country, region
        union all
        (select town_href(country, region, slug), changed_at::date from town order by therapists desc, country, region, slug limit 45000);
    elsif n is not null then
        return query
        select '/therapists/' || t.slug, t.changed_at::date from therapist t
        where t.published and t.id between first and last and exists (select from listing_due l where l.therapist_id = t.id)
          and t.id not in (select c.therapist_id from credential c join credential_kind k using (kind) where k.profession and c.therapist_id between first and last group by c.therapist_id
                           having bool_or(c.checked_until < current_date) and bool_and(coalesce(c.checked_until < current_date, true)))
        order by t.id;
    end if;
end $$;

-- GET /sitemap/{part}; null when there is no such part
create or replace function sitemap_part(p_origin text, p_part text) returns text
    language sql stable
    as $$
    select case when count(*) > 0 then '<?xml version="1.0" encoding="UTF-8"?>' || E'\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        || string_agg('<url><loc>' || xml_escape(p_origin || path) || '</loc>' || coalesce('<lastmod>' || changed || '</lastmod>', '') || '</url>', E'\n') || E'\n</urlset>\n' end
    from sitemap_urls(p_part)
    $$;

-- A therapist as schema.org has it. The type is the operator's choice (schema_type): in some places massage therapists may not call themselves
-- physiotherapists. hasCredential only for what was checked and has not run out, aggregateRating only when there are reviews: nothing that the page
-- itself does not show. https://schema.org/Physiotherapy, /hasCredential, /AggregateRating
create or replace function therapist_schema(p_slug text, p_origin text, p_type text) returns json
    language sql stable
    as $$
    select json_strip_nulls(json_build_object(
        '@context', 'https://schema.org', '@type', p_type, '@id', p_origin || '/therapists/' || t.slug, 'url', p_origin || '/therapists/' || t.slug,
        'name', t.name, 'description', nullif(t.headline, ''), 'image', p_origin || '/photos/' || t.photo || '-480.jpg',
        'address', json_build_object('@type', 'PostalAddress', 'streetAddress', l.street, 'addressLocality', l.town, 'addressRegion', nullif(l.region, ''),
                       'postalCode', nullif(l.postcode, ''), 'addressCountry', l.country),
        'geo', json_build_object('@type', 'GeoCoordinates', 'latitude', l.lat, 'longitude', l.lon),
        'knowsLanguage', (select json_agg(g.slug order by g.id) from therapist_tag x join tag g on g.id = x.tag_id where x.therapist_id = t.id and g.kind = 'language'),
        'priceRange', (select case when min(s.price) = max(s.price) then say_money(min(s.price), min(s.currency)) else say_money(min(s.price), min(s.currency)) || ' to ' || say_money(max(s.price), min(s.currency)) end
                       from service s where s.therapist_id = t.id and s.retired_at is null having count(distinct s.currency) = 1),
        'makesOffer', (select json_agg(json_build_object('@type', 'Offer', 'name', s.name, 'price', round(s.price / 100.0, 2)::text, 'priceCurrency', s.currency,
                           'itemOffered', case when s.techniques_stated then (select json_build_object('@type', 'Service', 'name', s.name, 'serviceType', json_agg(g.label order by g.position, g.id))
                               from service_tag x join tag g on g.id = x.tag_id where x.service_id = s.id having count(*) > 0) end) order by s.position, s.id)
                       from service s where s.therapist_id = t.id and s.retired_at is null),
        'openingHoursSpecification', (select json_agg(json_strip_nulls(json_build_object('@type', 'OpeningHoursSpecification', 'dayOfWeek', 'https://schema.org/' || say_weekday(h.weekday),
                       'opens', to_char(h.starts, 'HH24:MI'), 'closes', to_char(h.ends, 'HH24:MI'),
                       'validFrom', z.valid_from, 'validThrough', nullif(z.valid_until, 'infinity'))) order by z.valid_from nulls first, h.weekday, h.starts)
                       from hours h left join season z on z.id = h.season_id where h.location_id = l.id and (z.id is null or z.valid_until >= local_day(clock(), l.zone))),
        'hasCredential', (select json_agg(json_build_object('@type', 'EducationalOccupationalCredential', 'name', c.title, 'credentialCategory', k.label,
                              'recognizedBy', json_build_object('@type', 'Organization', 'name', c.issuer), 'expires', c.checked_until) order by k.profession desc, c.title)
                          from credential c join credential_kind k using (kind) where c.therapist_id = t.id and c.checked_until >= current_date),
        'aggregateRating', (select json_build_object('@type', 'AggregateRating', 'ratingValue', x.rating, 'bestRating', 5, 'worstRating', 1, 'reviewCount', x.n)
                            from (select count(*) as n, round(avg((expertise + professionalism + satisfaction) / 3.0), 1) as rating from review r
                                  where r.therapist_id = t.id and r.shown) x where x.n > 0)))
    from therapist t left join lateral (select * from location l where l.therapist_id = t.id order by l.id limit 1) l on true
    where t.slug = p_slug and t.published
    $$;

-- GET /how-ranking-works: the numbers the query uses, and what follows from them.
create or replace function directory_ranking() returns json
    language sql stable
    as $$
    select json_build_object('canonical', '/how-ranking-works', 'total', named + training_for + technique + distance + credentials + training + reviews + free,
        'fit', named + training_for + technique, 'named', named, 'training_for', training_for, 'technique', technique, 'distance', distance, 'credentials', credentials,
        'training', training, 'reviews', reviews, 'free', free, 'imagined', imagined, 'imagined_mean', imagined_mean,
        'unrated', round(reviews * (imagined_mean - 1) / 4)::int)
    from ranking()
    $$;

grant execute on function directory_ranking, xml_escape, sitemap_part_size, sitemap_index, sitemap_urls, sitemap_part, therapist_schema to unknot_web;
