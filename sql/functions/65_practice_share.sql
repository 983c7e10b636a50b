-- What leads to a therapist's page: a link, a button for a site of their own, a card. And the list of one day, for paper.

create or replace function html_text(p text) returns text
    language sql immutable strict parallel safe
    as $$ select replace(replace(replace(replace(p, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '"', '&quot;') $$;

-- The button is one link, with its looks in it: no script, no frame, nothing that is fetched from here before somebody presses it.
create or replace function practice_share(p_origin text) returns json
    language sql stable
    as $$
    select json_build_object('name', t.name, 'slug', t.slug, 'headline', coalesce(nullif(t.headline, ''), nullif(t.profession, '')), 'published', t.published,
        'link', x.link, 'book', x.link || '/book', 'shown_link', regexp_replace(x.link, '^https?://', ''),
        'button', '<a href="' || html_text(x.link) || '/book" style="display:inline-block;padding:12px 20px;border-radius:10px;background:#0b5f50;color:#ffffff;'
                  || 'font:600 17px/1.3 system-ui,sans-serif;text-decoration:none">Book a visit with ' || html_text(t.name) || '</a>')
    from therapist t cross join lateral (select p_origin || '/therapists/' || t.slug as link) x where t.id = auth.therapist()
    $$;

-- A day's visits and blocked times in their order, with what one needs at hand. What was answered about health is on no paper: that there is something to read is.
create or replace function practice_day_list(p_day date) returns json
    language plpgsql stable
    as $$
declare
    me constant int := auth.therapist();
    home location;
    here text;
    today date;
    wanted date;
begin
    if me is null then
        return null;
    end if;
    select * into home from location l where l.therapist_id = me order by l.id limit 1;
    here := coalesce(home.zone, 'UTC');
    today := local_day(clock(), here);
    wanted := coalesce(p_day, today);
    return (
        with item as (
            select b.starts_at, practice_visit(b)::jsonb || jsonb_build_object('phone', b.client_phone, 'access', b.home_access, 'reference', b.reference, 'price', say_money(b.price, b.currency)) as item, true as visit
            from booking b
            where b.therapist_id = me and b.starts_at >= day_starts(wanted, here) and b.starts_at < day_starts(wanted + 1, here)
              and (b.state in ('confirmed', 'attended', 'no_show') or booking_waits(b.state) and b.hold_expires > clock())
            union all
            select k.starts_at, practice_block_json(k, here, home.country)::jsonb, false from block k
            where k.therapist_id = me and k.starts_at >= day_starts(wanted, here) and k.starts_at < day_starts(wanted + 1, here)
        )
        select json_build_object('name', (select t.name from therapist t where t.id = me), 'date', wanted, 'day', say_date_full(wanted, country_for(me)), 'is_today', wanted = today,
            'previous', wanted - 1, 'following', wanted + 1, 'zone', say_zone_place(home.zone), 'zone_name', say_zone(day_starts(wanted, here), home.zone),
            'count', count(*) filter (where i.visit), 'one', count(*) filter (where i.visit) = 1, 'items', coalesce(json_agg(i.item order by i.starts_at), '[]'),
            'closed', count(*) = 0 and not exists (select from practice_open(me, wanted, wanted) o where not isempty(o.open)))
        from item i);
end $$;

grant execute on function html_text, practice_share, practice_day_list to unknot_web;
