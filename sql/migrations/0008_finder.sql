-- The guided finder: what somebody says of their back leads to guidance, and guidance to techniques. All of it is data that can be read, judged and
-- changed; finder() in sql/functions/55_finder.sql adds it up. What a person answers is in none of these tables, nor in any other.

create table finder_rule (
    said_id int not null references tag on delete cascade,
    guidance_id int not null references guidance on delete cascade,
    weight smallint not null check (weight between 1 and 10),
    reason text not null check (length(reason) between 1 and 160),
    alone boolean not null default false,
    edited_at timestamptz,
    primary key (said_id, guidance_id)
);
comment on table finder_rule is 'what somebody can say, and a guidance it speaks for. Of each kind of value the strongest said counts, kinds add up, and from 4 on the guidance fits';
comment on column finder_rule.reason is 'the rest of a sentence that begins with "because"';
comment on column finder_rule.alone is 'when this was said, the techniques of this guidance are suggested and no others';
comment on column finder_rule.edited_at is 'here and in the tables below: when an operator made it theirs; from then on sql/seed leaves the row alone';
create index finder_rule_guidance on finder_rule (guidance_id);

create table finder_limit (
    tag_id int primary key references tag on delete cascade,
    pressure_max smallint check (pressure_max between 1 and 5),
    exclude text[] not null default '{}',
    beside text not null default '' check (length(beside) <= 60),
    reason text not null check (length(reason) between 1 and 300),
    basis text not null,
    edited_at timestamptz
);
comment on table finder_limit is 'what holds when this was said, or when the guidance of this complaint fits';
comment on column finder_limit.pressure_max is 'techniques whose usual pressure begins above it are not suggested, the others with at most this much';
comment on column finder_limit.exclude is 'techniques that are not suggested, by slug';
comment on column finder_limit.beside is 'what massage is recommended together with and not without, so that every suggestion says so; empty: nothing';

create table finder_note (
    tag_id int not null references tag on delete cascade,
    part text not null check (part in ('first', 'time', 'self')),
    position smallint not null default 0,
    text text not null check (length(text) between 1 and 400),
    basis text not null,
    guide text not null default '',
    edited_at timestamptz,
    primary key (tag_id, part, position)
);
comment on table finder_note is 'what is told when this was said, or when the guidance of this complaint fits';
comment on column finder_note.part is 'first: before anything is suggested; time: what to expect; self: what to do oneself';
comment on column finder_note.guide is 'the guide that tells more, by slug';

create table finder_private (
    technique_id int primary key references tag on delete cascade
);
comment on table finder_private is 'techniques whose name says something about the health of who asks for them: chosen for an address by the person, never for them';

grant select on finder_rule, finder_limit, finder_note, finder_private to unknot_web;
