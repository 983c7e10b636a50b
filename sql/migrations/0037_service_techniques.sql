-- A service says of which techniques it consists, and a booking keeps those it was made with.

create table service_tag (
    service_id int not null,
    tag_id int not null references tag,
    therapist_id int not null,
    primary key (service_id, tag_id),
    foreign key (service_id, therapist_id) references service (id, therapist_id) on delete cascade
);
comment on table service_tag is 'the techniques of a service: what a safety check rules out is looked for here. A service without a row says nothing, and fits everybody';
create index service_tag_tag on service_tag (tag_id);

alter table service_tag enable row level security;
alter table service_tag force row level security;
create policy owner_all on service_tag to unknot_owner using (true) with check (true);
create policy all_read on service_tag for select to unknot_web using (true);
create policy therapist_adds on service_tag for insert to unknot_web
    with check (therapist_id = (select auth.therapist()) and tag_id in (select g.id from tag g where g.kind = 'technique' and g.retired_at is null));
create policy therapist_drops on service_tag for delete to unknot_web using (therapist_id = (select auth.therapist()));
grant select on service_tag to unknot_web, unknot_worker;
grant insert, delete on service_tag to unknot_web;

-- Services of before: the techniques that their names carry, else all that their therapist states. A guess, which is asked about.
alter table service add column techniques_stated boolean not null default false;
alter table service alter column techniques_stated set default true;
comment on column service.techniques_stated is 'false: the techniques were derived from its name, and its therapist has not said yet whether they are right';
grant insert (techniques_stated), update (techniques_stated) on service to unknot_web;

with named as (
    select s.id, s.therapist_id, g.id as tag_id from service s join tag g on g.kind = 'technique' and g.retired_at is null
    cross join lateral (select lower(regexp_replace(g.label, '\s*(massage|therapy|\(.*\)|/.*)\s*', '', 'gi')) as word) w
    where w.word <> '' and position(w.word in lower(s.name)) > 0
), own as (
    select s.id, s.therapist_id, x.tag_id from service s join therapist_tag x on x.therapist_id = s.therapist_id join tag g on g.id = x.tag_id and g.kind = 'technique'
    where not exists (select from named n where n.id = s.id)
)
insert into service_tag (service_id, therapist_id, tag_id) select * from named union select * from own;

alter table booking add column techniques text[] not null default '{}';
comment on column booking.techniques is 'slugs of the techniques of the service when the time was taken: a service that changes later changes no booking';
update booking b set techniques = x.slugs
from (select t.service_id, array_agg(g.slug order by g.position, g.id) as slugs from service_tag t join tag g on g.id = t.tag_id group by 1) x
where x.service_id = b.service_id and b.state in ('held', 'requested', 'suggested', 'confirmed') and b.starts_at > now();
