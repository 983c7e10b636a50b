-- What a therapist does not work with, as values of the same taxonomies that say what they do. A value is one of both at most: each of the two policies
-- looks into the other table, so that no form, however it comes, makes a profile that says both.
create table therapist_not (
    therapist_id int not null references therapist on delete cascade,
    tag_id int not null references tag,
    primary key (therapist_id, tag_id)
);
comment on table therapist_not is 'techniques, complaints and goals that a therapist says they do not work with; what is in neither table they have not said';
create index therapist_not_tag on therapist_not (tag_id);
alter table therapist_not enable row level security;
alter table therapist_not force row level security;
create policy owner_all on therapist_not to unknot_owner using (true) with check (true);
create policy all_read on therapist_not for select to unknot_web using (true);
create policy therapist_adds on therapist_not for insert to unknot_web
    with check (therapist_id = (select auth.therapist())
        and tag_id in (select g.id from tag g where g.kind in ('technique', 'complaint', 'goal') and g.retired_at is null)
        and not exists (select from therapist_tag x where x.therapist_id = therapist_not.therapist_id and x.tag_id = therapist_not.tag_id));
create policy therapist_drops on therapist_not for delete to unknot_web using (therapist_id = (select auth.therapist()));
grant select, insert, delete on therapist_not to unknot_web;

drop policy therapist_adds on therapist_tag;
create policy therapist_adds on therapist_tag for insert to unknot_web
    with check (therapist_id = (select auth.therapist()) and tag_id in (select g.id from tag g join tag_kind k using (kind) where k.stated_of = 'therapist' and g.retired_at is null)
        and not exists (select from therapist_not x where x.therapist_id = therapist_tag.therapist_id and x.tag_id = therapist_tag.tag_id));
