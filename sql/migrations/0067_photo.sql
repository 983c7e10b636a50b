-- A therapist's photo: drawn anew in three sizes and two formats, in files that are named by their content. One that is shown no more is kept for a
-- month, so that it can be put back.

create table photo (
    name text primary key check (name ~ '^[0-9a-f]{24}$'),
    therapist_id int not null references therapist on delete cascade,
    added_at timestamptz not null default now(),
    dropped_at timestamptz,
    taken_down_at timestamptz,
    taken_down_why text check (length(taken_down_why) between 1 and 300),
    unique (name, therapist_id),
    check ((taken_down_at is null) = (taken_down_why is null))
);
comment on table photo is 'of a therapist, one at most shown: therapist.photo';
comment on column photo.dropped_at is 'since when another one, or none, is shown; a month later it is forgotten';
comment on column photo.taken_down_at is 'an operator took it down: its files are gone, and why is kept';
create index photo_therapist on photo (therapist_id);
create index photo_dropped on photo (dropped_at) where dropped_at is not null;

create table photo_file (
    photo text not null references photo on delete cascade,
    size smallint not null check (size in (0, 96, 240, 480)),
    kind text not null check (kind in ('webp', 'jpg')),
    data bytea not null,
    primary key (photo, size, kind)
);
comment on column photo_file.size is 'pixels of a side; 0: all of the picture, from which another part can be cut, for its owner alone';
alter table photo_file alter data set storage external; -- pixels do not get smaller

alter table therapist add column photo text, add foreign key (photo, id) references photo (name, therapist_id) on delete set null (photo);
create index therapist_photo on therapist (photo) where photo is not null;
grant update (photo) on therapist to unknot_web;

do $$
declare
    t text;
begin
    foreach t in array array['photo', 'photo_file'] loop
        execute format('alter table %I enable row level security', t);
        execute format('alter table %I force row level security', t);
        execute format('create policy owner_all on %I to unknot_owner using (true) with check (true)', t);
    end loop;
end $$;
create policy own on photo to unknot_web using (therapist_id = (select auth.therapist())) with check (therapist_id = (select auth.therapist()));
create policy operator_looks on photo for select to unknot_web using ((select auth.is_operator()));
create policy shown on photo for select to unknot_web using (exists (select from therapist t where t.id = photo.therapist_id and t.photo = photo.name and t.published));
create policy as_its_photo on photo_file for select to unknot_web
    using (exists (select from photo p where p.name = photo_file.photo and (photo_file.size > 0 or p.therapist_id = (select auth.therapist()))));
create policy own_new on photo_file for insert to unknot_web with check (exists (select from photo p where p.name = photo_file.photo and p.therapist_id = (select auth.therapist())));
grant select, insert (name, therapist_id), update (dropped_at), delete on photo to unknot_web;
grant select, insert on photo_file to unknot_web;
create index profile_version_at on profile_version (at);
