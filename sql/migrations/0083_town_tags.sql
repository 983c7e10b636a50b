-- How many therapists of a town state a technique or a complaint, kept instead of counted: the largest town of a million therapists has 53,000 of them, with
-- 32 values each.

create table town_member (
    therapist_id int not null,
    country text not null,
    region text not null,
    slug text not null,
    primary key (therapist_id, country, region, slug)
);
comment on table town_member is 'in which towns a therapist is listed, and that they are (country, region and slug are empty); as counted in town_tag. Kept by town_members_follow()';

create table town_tag (
    country text not null,
    region text not null,
    slug text not null,
    tag_id int not null references tag (id) on delete cascade,
    n int not null,
    folded boolean not null default false
);
comment on table town_tag is 'how many therapists of a town, or of the whole directory, state a technique or complaint: the sum of n. Added to and taken from, never changed, so that nobody waits for a neighbor';
create index town_tag_town on town_tag (country, region, slug);
create index town_tag_new on town_tag (tag_id) where not folded;
grant select on town_tag to unknot_web;

drop table topic_count;
