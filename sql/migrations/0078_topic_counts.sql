-- How many listed therapists state each technique and complaint, counted ahead where there are so many that a page would wait for it.
create table topic_count (
    tag_id int primary key references tag (id) on delete cascade,
    therapists int not null,
    counted_at timestamptz not null
);
comment on table topic_count is 'kept by topic_counts_keep(), empty in a small directory';
grant select on topic_count to unknot_web;
