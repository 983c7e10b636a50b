-- The questions of `make bench`, 1,000 of each kind: where people live, so that towns come as often as they have therapists.
set search_path = unknot, public;
set client_min_messages = warning;
drop table if exists bench;
create table bench (i int primary key, near text not null, radius int not null, technique text, day text, part text, price int, slug text not null, others text[] not null, word text not null, path text not null, facets_path text not null);
insert into bench (i, near, radius, technique, day, part, price, slug, others, word, path, facets_path)
select n, t.town || ', ' || t.region, (array[8, 16, 25, 16])[1 + n % 4], (array['swedish', 'deep-tissue', 'trigger-point', 'therapeutic'])[1 + n / 4 % 4],
       (array['monday', 'week', 'thursday', 'week', 'tuesday'])[1 + n / 16 % 5], (array[null, 'morning', null, 'afternoon'])[1 + n / 80 % 4],
       case when n % 5 < 2 then (array[80, 100, 125])[1 + n % 3] end, p.slug, p.others,
       (array['sciattica', 'low back', 'deap tisue', 'stif neck', 'migrane', 'pregnency', 'herniated disk', 'swedish', 'trigger point', 'desk work'])[1 + n % 10], '', ''
from generate_series(1, 1000) n
cross join lateral (select * from sample.town where upto > sample.r(n, 'bench') order by upto limit 1) t
cross join lateral (select min(x.slug) as slug, array_agg(x.slug) as others
                    from (select h.slug from therapist h where h.published and h.id >= 1 + floor(sample.r(n, 'who') * (select max(id) - 20 from therapist))::int order by h.id limit 3) x) p;
update bench set path = concat('/therapists?near=', url_encode(near), '&radius_km=', radius, '&technique=', technique, '&when=', day, '&part=' || part, '&price_max=' || price);
grant select on bench to unknot_web;
update bench set facets_path = replace(path, '/therapists?', '/filters?');
